/** `pnpm --filter echo-client chaos [--requests N] [--seed N] [--duplicate P | --corrupt P] [--verify]` */
import * as Effect from "effect/Effect"
import { setImmediate } from "node:timers/promises"
import { parseArgs } from "node:util"
import * as Storm from "./storm.ts"

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    seed: { type: "string", default: "20261121" },
    duplicate: { type: "string", default: "0" },
    corrupt: { type: "string", default: "0" },
    verify: { type: "boolean", default: false }
  }
})
const requests = Number(values.requests)
const seed = Number(values.seed)

/**
 * What is still held after all garbage is gone. The `chaos` script runs Node with `--no-flush-bytecode`: V8 drops code that was
 * not run for half a minute, and the type stripper, used at the start alone, would look like 6 MB that the client let go.
 */
const heapAfterGC = async (): Promise<number> => {
  let least = Infinity
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await setImmediate()
    least = Math.min(least, process.memoryUsage().heapUsed)
  }
  return least
}

const heap: Array<number> = []
const report = await Effect.runPromise(
  Storm.run({
    requests,
    seed,
    toServer: Storm.weather.toServer,
    toClient: { ...Storm.weather.toClient, duplicate: Number(values.duplicate), corrupt: Number(values.corrupt) },
    restartEvery: 2_000,
    verify: values.verify,
    onQuiet: async (done) => {
      heap.push(await heapAfterGC())
      process.stderr.write(`${done} of ${requests}, heap after GC ${(heap.at(-1)! / 1e6).toFixed(1)} MB\n`)
    }
  })
)
console.log("faults", report.faults)
console.log("failures", report.failures)
console.log("client", report.stats)
const [early, late] = [heap[0]!, heap.at(-1)!]
const change = (late / early - 1) * 100
const flat = Math.abs(change) <= 10
console.log(
  `memory ${flat ? "flat" : "NOT flat"}: heap after GC ${(early / 1e6).toFixed(1)} MB at 20%, ` +
    `${(late / 1e6).toFixed(1)} MB at the end: ${change >= 0 ? "+" : ""}${change.toFixed(1)}%, at most 10% allowed`
)
console.log(`seed ${seed}, answered ${report.answered}, interrupted ${report.interrupted}`)
console.log(`wrong ${report.wrong}, unsettled ${report.unsettled}, leaked ${report.leaked} of ${requests}`)
// What eight bits cannot tell apart is measured, not failed, in the runs that double or corrupt.
const clean = values.verify || (values.duplicate === "0" && values.corrupt === "0")
process.exitCode = flat && report.unsettled === 0 && report.leaked === 0 && (!clean || report.wrong === 0) ? 0 : 1
