import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { NodeSocket } from "@effect/platform-node"
import { EchoClient, Endpoint } from "../src/index.ts"
import { Connection } from "../src/Connection.ts"
import { answers, message, responseTo, tcpServer } from "./support/peer.ts"

/** Reproducible randomness: the seed is in the test's name, so that a failing run can be run again. */
const randomly = (seed: number) => (bound: number) => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((seed / 4_294_967_296) * bound)
}

const seed = Number(process.env["BYTEWRIGHT_SEED"] ?? 20_261_121)

/** Sends `count` requests of which many time out or are interrupted, to a server that delays and reorders. */
const run = (count: number) =>
  Effect.gen(function* () {
    const random = randomly(seed)
    let held: Array<() => void> = []
    const { port } = yield* tcpServer((request, reply) => {
      held.push(() => reply(responseTo(request)))
      if (held.length === 1) {
        setTimeout(() => {
          const ready = held
          held = []
          while (ready.length > 0) ready.splice(random(ready.length), 1)[0]!()
        }, random(12))
      }
    })
    const echo = yield* EchoClient.make({
      endpoints: [Endpoint.tcp("127.0.0.1", port)],
      connections: 4,
      timeout: 30_000,
      backoff: { min: 1, max: 10 }
    }).pipe(Effect.provide(Endpoint.layer((endpoint) => NodeSocket.makeNet(endpoint))))
    const tally = { right: 0, wrong: 0, failed: 0, interrupted: 0 }
    const one = (n: number) => {
      const kind = random(3)
      const call = echo.echo(message(n), kind === 0 ? { timeout: 1 + random(15) } : undefined)
      const limited = kind === 1 ? Effect.timeoutOption(call, random(10)) : Effect.asSome(call)
      return Effect.map(Effect.exit(limited), (exit) => {
        if (Exit.isFailure(exit)) tally.failed++
        else if (exit.value._tag === "None") tally.interrupted++
        else if (answers(n, exit.value.value)) tally.right++
        else tally.wrong++
      })
    }
    yield* Effect.forEach(
      Array.from({ length: count }, (_, n) => n),
      one,
      { concurrency: 1_500, discard: true }
    )
    // Late responses come home before the count.
    yield* Effect.sleep(50)
    return { tally, stats: yield* echo.stats }
  })

describe(`correlation (BYTEWRIGHT_SEED=${seed})`, () => {
  it.live("20,000 requests with random timeouts and interruptions: none wrong, none unsettled, no number leaked", () =>
    Effect.gen(function* () {
      const { stats, tally } = yield* run(20_000)
      assert.strictEqual(tally.wrong, 0)
      assert.strictEqual(tally.right + tally.failed + tally.interrupted, 20_000)
      assert.isAbove(tally.right, 1_000)
      assert.isAbove(tally.failed, 1_000)
      assert.isAbove(tally.interrupted, 1_000)
      assert.isAbove(stats.late, 1_000)
      assert.strictEqual(stats.inFlight, 0)
      assert.strictEqual(stats.waiting, 0)
      assert.strictEqual(stats.quarantined, 0)
    })
  )

  it.live("the same with numbers freed at once gives wrong answers, so the test can fail", () =>
    Effect.gen(function* () {
      const prototype = Connection.prototype as unknown as Record<string, unknown>
      const giveUp = prototype["giveUp"]
      // What clients without a quarantine do.
      prototype["giveUp"] = function (this: { sequences: { release(sequence: number): void } }, sequence: number) {
        this.sequences.release(sequence)
      }
      const { tally } = yield* Effect.ensuring(
        run(20_000),
        Effect.sync(() => {
          prototype["giveUp"] = giveUp
        })
      )
      assert.isAbove(tally.wrong, 0)
    })
  )
})
