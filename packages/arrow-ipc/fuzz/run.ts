/**
 * `node fuzz/run.ts [--cases N] [--seed N]`: reads mutants of fixtures and foreign vectors. Each case must end in a
 * value or a typed error, and each call take at most 50 ms and 50 MB; the seed that is printed with a fault makes it
 * again.
 */
import { parseArgs } from "node:util"
import { type Call, run, sources } from "./cases.ts"
import { Meter } from "./meter.ts"
import { mutate } from "./mutate.ts"

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) }
  }
})

const files = sources()
const first = Number(flags.seed)
const count = Number(flags.cases)
const outcomes = { accept: 0, reject: 0 }
let faults = 0
const meter = new Meter({ milliseconds: 50, megabytes: 50 })
const call: Call = (name, entrance) => meter.measure(name, entrance)

console.log(`seed ${first}, ${count} cases of ${files.length} files`)
for (let seed = first; seed < first + count && faults <= 20; seed++) {
  const bytes = mutate(files[seed % files.length]!, files[(seed * 7 + 3) % files.length]!, seed)
  const outcome = run(bytes, call)
  const wrong = [...(outcome === "accept" || outcome === "reject" ? [] : [outcome]), ...meter.excesses()]
  if (outcome === "accept" || outcome === "reject") outcomes[outcome]++
  for (const text of wrong) console.log(`seed ${seed}: ${text}`)
  faults += wrong.length
}
console.log(`${outcomes.accept} accepted, ${outcomes.reject} refused, ${faults} faults`)
console.log(meter.summary())
process.exitCode = faults === 0 ? 0 : 1
