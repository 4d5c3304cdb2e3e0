/**
 * `node fuzz/run.ts [--cases N] [--seed N]`: reads mutants of fixtures and foreign vectors. Each case must end in a
 * value or a typed error, soon and
 * in little memory; the seed that is printed with a fault makes it again.
 */
import { parseArgs } from "node:util"
import { mutate } from "./mutate.ts"
import { run, sources } from "./cases.ts"

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_000) }
  }
})

const slow = 100
const files = sources()
const first = Number(flags.seed)
const count = Number(flags.cases)
const outcomes = { accept: 0, reject: 0 }
let faults = 0
let slowest = 0
let peak = 0
console.log(`seed ${first}, ${count} cases of ${files.length} files`)
for (let seed = first; seed < first + count; seed++) {
  const bytes = mutate(files[seed % files.length]!, files[(seed * 7 + 3) % files.length]!, seed)
  // Time of this process alone: on a busy machine the clock measures the others.
  const start = process.cpuUsage()
  const outcome = run(bytes)
  const { system, user } = process.cpuUsage(start)
  const elapsed = (system + user) / 1000
  slowest = Math.max(slowest, elapsed)
  if (seed % 1024 === 0) peak = Math.max(peak, process.memoryUsage.rss())
  if (outcome === "accept" || outcome === "reject") outcomes[outcome]++
  else {
    faults++
    console.log(`seed ${seed}: ${outcome}`)
  }
  if (elapsed > slow) console.log(`seed ${seed}: ${Math.round(elapsed)} ms`)
  if (faults > 20) break
}
const megabytes = Math.round(peak / 2 ** 20)
console.log(
  `${outcomes.accept} accepted, ${outcomes.reject} refused, ${faults} faults; slowest ${slowest.toFixed(1)} ms, peak ${megabytes} MB`
)
process.exitCode = faults === 0 ? 0 : 1
