/**
 * What attacks do to those who are served meanwhile, and to the server's memory: `pnpm --filter demo-server attack
 * [--json]`. Server, victim and attacker are processes of their own; spans without and with the attack take turns.
 */
import { type ChildProcess, fork, spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { median, report, row, type Row } from "../../../harness/ratio.ts"
import { type Attack, attacks } from "./attacks.ts"
import { memoryOf } from "./memory.ts"
import type { Latencies } from "./victim.ts"

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    rounds: { type: "string", default: "3" },
    millis: { type: "string", default: "700" },
    only: { type: "string", default: "" }
  }
})

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

const ask = async <A>(child: ChildProcess, message: object): Promise<A> => {
  const answer = once(child, "message")
  child.send(message)
  return (await answer)[0] as A
}

const suffer = async (attack: Attack): Promise<ReadonlyArray<Row>> => {
  const server = spawn(process.execPath, [beside("../src/main.ts"), "--port", "0", "--log-level", "none"], {
    stdio: ["ignore", "pipe", "ignore"]
  })
  const [victim, attacker] = [fork(beside("./victim.ts")), fork(beside("./attacker.ts"))]
  try {
    const [line] = await once(server.stdout, "data")
    const port = Number(/listening on port (\d+)/.exec(String(line))![1])
    victim.send({ port })
    const measure = async (): Promise<Latencies> => {
      const latencies = await ask<Latencies>(victim, { millis: Number(values.millis) })
      // Where nothing was answered in the whole span, what was sent is nothing.
      return latencies.answered > 0 ? latencies : { answered: 0, p50: Infinity, p99: Infinity }
    }
    await measure()
    await measure()
    const before = memoryOf(server.pid!)
    let most = before
    const watch = setInterval(() => {
      most = Math.max(most, memoryOf(server.pid!))
    }, 100)
    const ratios: Array<number> = []
    for (let round = 0; round < Number(values.rounds); round++) {
      const without = await measure()
      await ask(attacker, { attack: attacks.indexOf(attack), port })
      // Its arrival is over when the span with it begins.
      await measure()
      const withIt = await measure()
      // Nothing answered before it is what the attack before left behind.
      ratios.push(without.answered === 0 ? Infinity : withIt.p99 / without.p99)
      await ask(attacker, {})
      process.stderr.write(
        `${attack.name}: p99 ${without.p99.toFixed(0)} µs without, ${withIt.p99.toFixed(0)} µs with it; ${(most / 1e6).toFixed(0)} MB\n`
      )
      // And so is its departure when the next span without it begins.
      await measure()
    }
    clearInterval(watch)
    return [
      row(`${attack.name}: p99 of others`, "without it", median(ratios), { atMost: 3 }),
      row(`${attack.name}: memory`, "its bound", (most - before) / attack.bound, { atMost: 1 })
    ]
  } finally {
    for (const child of [server, victim, attacker]) child.kill("SIGKILL")
  }
}

const rows: Array<Row> = []
for (const attack of attacks.filter(({ name }) => name.includes(values.only))) rows.push(...(await suffer(attack)))
report(rows)
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1
