/** How a client chooses between connections, and what it does about slow and silent ones: in memory, on the test clock. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { type EchoClient, Endpoint } from "../src/index.ts"
import { answers, message } from "./support/peer.ts"
import { type Accepted, clientOf, makeNetwork, settle } from "./support/network.ts"

const start = (echo: EchoClient.EchoClient["Service"], n: number, options?: EchoClient.CallOptions) =>
  Effect.forkChild(Effect.exit(echo.echo(message(n), options)), { startImmediately: true }).pipe(Effect.tap(settle))

const pass = (duration: number) => TestClock.adjust(duration).pipe(Effect.andThen(settle))

const answerAll = (accepted: Accepted) =>
  Effect.forEach(accepted.requests.splice(0), (request) => accepted.reply(request)).pipe(Effect.andThen(settle))

const endpoints = [Endpoint.unix("a"), Endpoint.unix("b")]
const at = (accepted: ReadonlyArray<Accepted>, path: string) =>
  accepted.filter(({ endpoint }) => Endpoint.format(endpoint) === path)

describe("choice", () => {
  it.effect("spreads requests over all connections of all endpoints", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { endpoints, connections: 2 })
      assert.strictEqual(at(network.accepted, "a").length, 2)
      for (let n = 0; n < 200; n++) yield* Effect.forkChild(echo.echo(message(n)), { startImmediately: true })
      yield* settle
      for (const { requests } of network.accepted) {
        assert.isAtLeast(requests.length, 40)
        assert.isAtMost(requests.length, 60)
      }
    })
  )

  it.effect("uses every connection's window before anyone waits", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { endpoints, window: 3 })
      for (let n = 0; n < 7; n++) yield* Effect.forkChild(echo.echo(message(n)), { startImmediately: true })
      yield* settle
      assert.deepInclude(yield* echo.stats, { inFlight: 6, waiting: 1 })
    })
  )

  it.effect("avoids an endpoint that leaves requests unanswered, for a while", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { endpoints, timeout: 100, ejectAfter: 3, ejectFor: 1_000, window: 40 })
      const [[a], [b]] = [at(network.accepted, "a"), at(network.accepted, "b")]
      const round = Effect.gen(function* () {
        for (let n = 0; n < 20; n++)
          yield* Effect.forkChild(Effect.exit(echo.echo(message(n))), { startImmediately: true })
        yield* settle
        yield* answerAll(b!)
        const asked = a!.requests.splice(0).length
        yield* pass(100)
        return asked
      })
      assert.isAbove(yield* round, 3)
      assert.strictEqual((yield* echo.stats).ejected, 1)
      assert.strictEqual(yield* round, 0)
      yield* pass(1_000)
      assert.isAbove(yield* round, 0)
    })
  )

  it.effect("asks ejected endpoints when all are, and waits for the others when they are full", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { endpoints, timeout: 100, ejectAfter: 1, ejectFor: 10_000, window: 1 })
      yield* start(echo, 1)
      yield* start(echo, 2)
      yield* pass(100)
      assert.strictEqual((yield* echo.stats).ejected, 2)
      network.accepted.forEach(({ requests }) => requests.splice(0))
      const both = [yield* start(echo, 3), yield* start(echo, 4)]
      yield* Effect.forEach(network.accepted, answerAll)
      for (const fiber of both) assert.isTrue(Exit.isSuccess(yield* Fiber.join(fiber)))
    })
  )

  it.effect("lets a caller wait for a healthy endpoint rather than ask an ejected one", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { endpoints, ejectAfter: 1, ejectFor: 10_000, window: 1 })
      const slow = [yield* start(echo, 1, { timeout: 100 }), yield* start(echo, 2, { timeout: 100 })]
      yield* answerAll(network.accepted[0]!)
      yield* pass(100)
      const exits = yield* Effect.forEach(slow, Fiber.join)
      assert.deepStrictEqual(exits.map((exit) => Exit.isSuccess(exit)).sort(), [false, true])
      yield* start(echo, 3)
      yield* start(echo, 4)
      assert.deepInclude(yield* echo.stats, { inFlight: 1, waiting: 1 })
    })
  )
})

describe("hedging", () => {
  const hedging = { endpoints, hedgeAfter: 50, timeout: 1_000 }

  it.effect("sends an idempotent request again over another connection, and takes the first answer", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, hedging)
      const fiber = yield* start(echo, 1, { idempotent: true })
      yield* pass(49)
      assert.strictEqual(network.accepted.filter(({ requests }) => requests.length > 0).length, 1)
      yield* pass(1)
      assert.isTrue(network.accepted.every(({ requests }) => requests.length === 1))
      const second = network.accepted[1]!
      yield* answerAll(second)
      const exit = yield* Fiber.join(fiber)
      assert.isTrue(Exit.isSuccess(exit) && answers(1, exit.value))
      assert.deepInclude(yield* echo.stats, { hedged: 1, inFlight: 0, quarantined: 1, cancelled: 1 })
      yield* answerAll(network.accepted[0]!)
      assert.deepInclude(yield* echo.stats, { late: 1, quarantined: 0 })
    })
  )

  it.effect("is not for other requests, nor beyond the budget", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { ...hedging, retryBurst: 1, retryRatio: 0 })
      yield* start(echo, 1)
      yield* pass(50)
      assert.strictEqual((yield* echo.stats).hedged, 0)
      yield* start(echo, 2, { idempotent: true })
      yield* start(echo, 3, { idempotent: true })
      yield* pass(50)
      assert.strictEqual((yield* echo.stats).hedged, 1)
    })
  )

  it.effect("goes on with one copy when the other is lost, and fails when both are unanswered", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { ...hedging, backoff: { min: 10_000 } })
      const fiber = yield* start(echo, 1, { idempotent: true })
      yield* pass(50)
      network.accepted[0]!.pair.cut("cut by the test")
      yield* settle
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(950)
      assert.isTrue(Exit.isFailure(yield* Fiber.join(fiber)))
      assert.deepInclude(yield* echo.stats, { retried: 0, inFlight: 0 })
    })
  )

  it.effect("needs a second connection", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { hedgeAfter: 50 })
      const fiber = yield* start(echo, 1, { idempotent: true })
      yield* pass(50)
      assert.strictEqual((yield* echo.stats).hedged, 0)
      yield* answerAll(network.accepted[0]!)
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(fiber)))
    })
  )
})

describe("probes", () => {
  it.effect("ask a connection that is idle, and replace one that does not answer", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { probeAfter: 1_000, timeout: 100, backoff: { min: 10, max: 10 } })
      const [first] = network.accepted
      yield* pass(1_000)
      assert.strictEqual(first!.requests.length, 1)
      yield* answerAll(first!)
      yield* pass(999)
      assert.strictEqual((yield* echo.stats).probed, 1)
      yield* pass(1)
      assert.strictEqual(first!.requests.length, 1)
      yield* pass(100)
      assert.isTrue(first!.closed)
      yield* pass(10)
      assert.strictEqual(network.accepted.length, 2)
      assert.deepInclude(yield* echo.stats, { probed: 2, connections: 1, requests: 0 })
    })
  )

  it.effect("are not sent while requests are in flight", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { probeAfter: 1_000, timeout: 10_000 })
      yield* start(echo, 1)
      yield* pass(3_000)
      assert.strictEqual(network.accepted[0]!.requests.length, 1)
      assert.strictEqual((yield* echo.stats).probed, 0)
    })
  )
})
