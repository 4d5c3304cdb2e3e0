/** What time and a peer's silence do to a client: on the test clock, in memory. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { EchoClient, EchoClientError } from "../src/index.ts"
import { answers, encodeResponse, message, responseTo } from "./support/peer.ts"
import { clientOf, makeNetwork, settle } from "./support/network.ts"

type Client = EchoClient.EchoClient["Service"]

const start = (echo: Client, n: number, options?: EchoClient.CallOptions) =>
  Effect.forkChild(Effect.exit(echo.echo(message(n), options)), { startImmediately: true }).pipe(Effect.tap(settle))

const reasonOf = (exit: Exit.Exit<unknown, EchoClientError.EchoClientError> | undefined) => {
  assert.isDefined(exit)
  assert.isTrue(Exit.isFailure(exit!))
  const error = Exit.findErrorOption(exit!)
  assert.strictEqual(error._tag, "Some")
  return (error as { readonly value: EchoClientError.EchoClientError }).value.reason
}

const pass = (duration: number) => TestClock.adjust(duration).pipe(Effect.andThen(settle))

describe("deadlines", () => {
  it.effect("fail a request in flight when they pass, and not before", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { timeout: 100 })
      const fiber = yield* start(echo, 1)
      yield* pass(99)
      assert.isUndefined(fiber.pollUnsafe())
      yield* pass(1)
      const reason = reasonOf(yield* Fiber.join(fiber))
      assert.deepInclude(reason, { _tag: "Timeout", phase: "in flight", written: true })
      assert.strictEqual((yield* echo.stats).quarantined, 1)
      yield* network.accepted[0]!.reply(network.accepted[0]!.requests[0]!)
      yield* settle
      const stats = yield* echo.stats
      assert.deepInclude(stats, { quarantined: 0, late: 1, timedOut: 1, answered: 0 })
    })
  )

  it.effect("may be earlier for a call than those already set", () =>
    Effect.gen(function* () {
      const echo = yield* clientOf(yield* makeNetwork, { timeout: 1_000 })
      const late = yield* start(echo, 1)
      const early = yield* start(echo, 2, { timeout: "10 millis" })
      yield* pass(10)
      assert.strictEqual(reasonOf(yield* Fiber.join(early))._tag, "Timeout")
      assert.isUndefined(late.pollUnsafe())
      yield* pass(990)
      assert.strictEqual(reasonOf(yield* Fiber.join(late))._tag, "Timeout")
    })
  )

  it.effect("cover waiting and flight together, and the error says which it was", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { timeout: 100, window: 1 })
      const first = yield* start(echo, 1)
      const second = yield* start(echo, 2)
      const third = yield* start(echo, 3, { timeout: 50 })
      assert.strictEqual((yield* echo.stats).waiting, 2)
      yield* pass(50)
      const waited = reasonOf(yield* Fiber.join(third))
      assert.deepInclude(waited, { _tag: "Timeout", phase: "queued", written: false })
      assert.include(waited.message, "waited for a connection with room")
      const [accepted] = network.accepted
      yield* accepted!.reply(accepted!.requests[0]!)
      yield* settle
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(first)))
      assert.strictEqual(accepted!.requests.length, 2)
      yield* pass(50)
      assert.deepInclude(reasonOf(yield* Fiber.join(second)), { phase: "in flight" })
      assert.deepInclude(yield* echo.stats, { timedOut: 1, timedOutWaiting: 1, waiting: 0 })
    })
  )

  it.effect("fail a batch as one, and withdraw what is left of it", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { timeout: 100, window: 3 })
      const fiber = yield* Effect.forkChild(Effect.exit(echo.echoMany([1, 2, 3, 4, 5].map(message))), {
        startImmediately: true
      })
      yield* settle
      assert.strictEqual((yield* echo.stats).waiting, 1)
      const [accepted] = network.accepted
      yield* accepted!.reply(accepted!.requests[1]!)
      yield* pass(100)
      assert.strictEqual(reasonOf(yield* Fiber.join(fiber))._tag, "Timeout")
      assert.deepInclude(yield* echo.stats, { inFlight: 0, waiting: 0, quarantined: 3, answered: 1 })
    })
  )
})

describe("interruption", () => {
  it.effect("quarantines the number, and a late response goes to nobody", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { window: 1 })
      const gone = yield* start(echo, 1)
      const next = yield* start(echo, 2)
      yield* Fiber.interrupt(gone)
      yield* settle
      assert.deepInclude(yield* echo.stats, { cancelled: 1, quarantined: 1, inFlight: 1 })
      const [accepted] = network.accepted
      for (const request of accepted!.requests) yield* accepted!.reply(request)
      const exit = yield* Fiber.join(next)
      assert.isTrue(Exit.isSuccess(exit) && answers(2, exit.value))
      assert.deepInclude(yield* echo.stats, { late: 1, quarantined: 0, inFlight: 0 })
    })
  )

  it.effect("withdraws a whole batch, in flight and waiting", () =>
    Effect.gen(function* () {
      const echo = yield* clientOf(yield* makeNetwork, { window: 2 })
      const fiber = yield* Effect.forkChild(echo.echoMany([1, 2, 3].map((n) => message(n))), { startImmediately: true })
      yield* settle
      assert.deepInclude(yield* echo.stats, { inFlight: 2, waiting: 1 })
      yield* Fiber.interrupt(fiber)
      assert.deepInclude(yield* echo.stats, { inFlight: 0, waiting: 0, quarantined: 2 })
    })
  )

  it.effect("of one who waits leaves the queue", () =>
    Effect.gen(function* () {
      const echo = yield* clientOf(yield* makeNetwork, { window: 1 })
      yield* start(echo, 1)
      const waiting = [yield* start(echo, 2), yield* start(echo, 3), yield* start(echo, 4)] as const
      yield* Fiber.interrupt(waiting[1])
      assert.strictEqual((yield* echo.stats).waiting, 2)
      yield* Fiber.interrupt(waiting[2])
      yield* Fiber.interrupt(waiting[0])
      assert.deepInclude(yield* echo.stats, { waiting: 0, inFlight: 1, quarantined: 0 })
    })
  )
})

describe("limits", () => {
  it.effect("refuse more waiting callers than maxWaiting", () =>
    Effect.gen(function* () {
      const echo = yield* clientOf(yield* makeNetwork, { window: 1, maxWaiting: 1 })
      yield* start(echo, 1)
      yield* start(echo, 2)
      const reason = reasonOf(yield* Fiber.join(yield* start(echo, 3)))
      assert.deepInclude(reason, { _tag: "Overloaded", waiting: 1 })
      assert.include(reason.message, "1 requests already wait")
      assert.strictEqual((yield* echo.stats).overloaded, 1)
    })
  )

  it.effect("refuse at once when the caller says fail", () =>
    Effect.gen(function* () {
      const echo = yield* clientOf(yield* makeNetwork, { window: 1, whenFull: "fail" })
      yield* start(echo, 1)
      assert.strictEqual(reasonOf(yield* Fiber.join(yield* start(echo, 2)))._tag, "Overloaded")
    })
  )

  it.effect("refuse a request that cannot be written, and the batch it is in", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network)
      const bad = { ...message(1), metadata: [70_000] }
      const single = reasonOf(yield* Effect.exit(echo.echo(bad)))
      assert.strictEqual(single._tag, "InvalidRequest")
      assert.include(single.message, "cannot be written")
      const batch = reasonOf(yield* Effect.exit(echo.echoMany([message(1), bad, message(2)])))
      assert.strictEqual(batch._tag, "InvalidRequest")
      assert.deepInclude(yield* echo.stats, { inFlight: 0, waiting: 0, quarantined: 1 })
    })
  )
})

describe("connections", () => {
  it.effect("are attempted again after growing, jittered delays", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      network.refuse = 8
      const echo = yield* clientOf(network, { backoff: { min: 100, max: 1_000 }, timeout: "1 minute" })
      const fiber = yield* start(echo, 1)
      for (let i = 0; i < 1_000 && network.accepted.length === 0; i++) yield* TestClock.adjust(10)
      yield* settle
      const delays = network.attempts.slice(1).map((at, i) => at - network.attempts[i]!)
      assert.strictEqual(delays.length, 8)
      delays.forEach((delay, i) => {
        const longest = Math.min(1_000, 100 * 2 ** (i + 1))
        assert.isAtLeast(delay, longest / 2)
        assert.isAtMost(delay, longest + 10)
      })
      const [accepted] = network.accepted
      yield* accepted!.reply(accepted!.requests[0]!)
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(fiber)))
    })
  )

  it.effect("start the delays over after a healthy spell, and not before", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      yield* clientOf(network, { backoff: { min: 100, max: 100_000, healthyAfter: 1_000 } })
      const cut = Effect.gen(function* () {
        const attempts = network.attempts.length
        const accepted = network.accepted.length
        network.accepted[accepted - 1]!.pair.cut("cut by the test")
        yield* settle
        const from = yield* TestClock.testClockWith((clock) => Effect.sync(() => clock.currentTimeMillisUnsafe()))
        while (network.attempts.length === attempts) yield* pass(10)
        return network.attempts[attempts]! - from
      })
      const flapping = [yield* cut, yield* cut, yield* cut, yield* cut]
      assert.isAtLeast(flapping[3]!, 800)
      yield* pass(1_000)
      assert.isAtMost(yield* cut, 110)
    })
  )

  it.effect("that do not open in time count as failures", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      network.silent = true
      const echo = yield* clientOf(network, {
        connectTimeout: 1_000,
        timeout: 1_500,
        backoff: { min: 10_000, max: 10_000 }
      })
      const fiber = yield* start(echo, 1)
      yield* pass(1_500)
      const reason = reasonOf(yield* Fiber.join(fiber))
      assert.include(reason.message, "was not open in time")
      assert.strictEqual(network.attempts.length, 1)
    })
  )

  it.effect("are replaced when 64 numbers are quarantined, and end when what they had is settled", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network)
      const lasting = yield* start(echo, 999)
      const fibers = []
      for (let n = 0; n < 64; n++) fibers.push(yield* start(echo, n))
      yield* Effect.forEach(fibers.slice(1), Fiber.interrupt)
      yield* settle
      assert.strictEqual(network.accepted.length, 1)
      yield* Fiber.interrupt(fibers[0]!)
      yield* settle
      assert.strictEqual(network.accepted.length, 2)
      const [worn, fresh] = network.accepted
      const next = yield* start(echo, 5)
      assert.strictEqual(fresh!.requests.length, 1)
      assert.isFalse(worn!.closed)
      assert.deepInclude(yield* echo.stats, { inFlight: 2, quarantined: 64, sent: 66, connections: 1 })
      yield* worn!.reply(worn!.requests[0]!)
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(lasting)))
      yield* settle
      assert.isTrue(worn!.closed)
      yield* fresh!.reply(fresh!.requests[0]!)
      const exit = yield* Fiber.join(next)
      assert.isTrue(Exit.isSuccess(exit) && answers(5, exit.value))
      assert.deepInclude(yield* echo.stats, { recycled: 1, connected: 2, connections: 1, quarantined: 0 })
    })
  )

  it.effect("are replaced when a number is quarantined for 30 seconds", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { timeout: 1_000 })
      const fiber = yield* start(echo, 1)
      yield* pass(1_000)
      assert.strictEqual(reasonOf(yield* Fiber.join(fiber))._tag, "Timeout")
      yield* pass(29_999)
      assert.strictEqual(network.accepted.length, 1)
      yield* pass(1)
      assert.strictEqual(network.accepted.length, 2)
      assert.isTrue(network.accepted[0]!.closed)
    })
  )

  it.effect("that are cut fail what was written, and what was not goes out on the next", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { backoff: { min: 10, max: 10 } })
      network.accepted[0]!.pair.toServer.stalled = true
      const written = yield* start(echo, 1)
      const unwritten = yield* start(echo, 2)
      network.accepted[0]!.pair.cut("cut by the test")
      yield* settle
      const reason = reasonOf(yield* Fiber.join(written))
      assert.deepInclude(reason, { _tag: "ConnectionLost", written: true, detail: "cut by the test" })
      yield* pass(10)
      const [, next] = network.accepted
      assert.strictEqual(next!.requests[0]!.timestamp, 2n)
      yield* next!.reply(next!.requests[0]!)
      assert.isTrue(Exit.isSuccess(yield* Fiber.join(unwritten)))
      assert.strictEqual((yield* echo.stats).retried, 1)
    })
  )

  it.effect("repeat a batch's lost requests when it is idempotent, and keep its order", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { backoff: { min: 10, max: 10 }, window: 4 })
      const fiber = yield* Effect.forkChild(
        echo.echoMany(
          [0, 1, 2, 3, 4, 5].map((n) => message(n)),
          { idempotent: true }
        ),
        { startImmediately: true }
      )
      yield* settle
      const [first] = network.accepted
      yield* first!.reply(first!.requests[2]!)
      yield* settle
      first!.pair.cut("cut by the test")
      yield* settle
      yield* pass(10)
      const [, second] = network.accepted
      let replied = 0
      while (fiber.pollUnsafe() === undefined) {
        for (const request of second!.requests.slice(replied)) yield* second!.reply(request)
        replied = second!.requests.length
        yield* settle
      }
      const responses = yield* Fiber.join(fiber)
      assert.isTrue(responses.every((response, n) => answers(n, response)))
      assert.strictEqual((yield* echo.stats).retried, 4)
    })
  )

  it.effect("fail a batch once, however many of its requests were lost", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network)
      const fiber = yield* Effect.forkChild(Effect.exit(echo.echoMany([1, 2, 3].map((n) => message(n)))), {
        startImmediately: true
      })
      yield* settle
      network.accepted[0]!.pair.cut("cut by the test")
      yield* settle
      assert.strictEqual(reasonOf(yield* Fiber.join(fiber))._tag, "ConnectionLost")
      assert.deepInclude(yield* echo.stats, { inFlight: 0, waiting: 0, retried: 0 })
    })
  )

  it.effect("repeat nothing when the retry budget is spent", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { retryBurst: 1, retryRatio: 0, backoff: { min: 10, max: 10 } })
      const fibers = [yield* start(echo, 1, { idempotent: true }), yield* start(echo, 2, { idempotent: true })]
      network.accepted[0]!.pair.cut("cut by the test")
      yield* settle
      assert.deepStrictEqual(
        fibers.map((fiber) => fiber.pollUnsafe() === undefined),
        [true, false]
      )
    })
  )

  it.effect("end when the peer breaks the protocol, and take the requests in flight with them", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { backoff: { min: 10, max: 10 } })
      const fiber = yield* start(echo, 1)
      const [first] = network.accepted
      const stray = { ...responseTo(first!.requests[0]!), sequence: 77 }
      yield* first!.send(encodeResponse(stray))
      yield* settle
      const reason = reasonOf(yield* Fiber.join(fiber))
      assert.deepInclude(reason, { _tag: "ProtocolViolation", written: true })
      assert.include(reason.message, "sequence 77")
      assert.isTrue(first!.closed)
      yield* pass(10)
      assert.strictEqual(network.accepted.length, 2)
    })
  )

  it.effect("that are not open yet do not hold up a drain", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      network.silent = true
      const echo = yield* clientOf(network, { connections: 2 })
      const fiber = yield* Effect.forkChild(echo.drain, { startImmediately: true })
      yield* settle
      assert.isDefined(fiber.pollUnsafe())
      assert.strictEqual((yield* echo.stats).connections, 0)
    })
  )

  it.effect("that answer something else end when responses are verified", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network, { verify: true })
      const [accepted] = network.accepted
      const fine = yield* Effect.forkChild(echo.echoMany([message(1), message(2)]), { startImmediately: true })
      yield* settle
      yield* Effect.forEach(accepted!.requests.splice(0), accepted!.reply)
      assert.strictEqual((yield* Fiber.join(fine)).length, 2)
      const changes = [
        { timestamp: 0n },
        { subject: new Uint8Array(3) },
        { body: new Uint8Array(message(3).body.length) }
      ]
      for (const change of changes) {
        const fiber = yield* start(echo, 3)
        const last = network.accepted.at(-1)!
        yield* last.send(encodeResponse({ ...responseTo(last.requests[0]!), ...change }))
        yield* settle
        const reason = reasonOf(yield* Fiber.join(fiber))
        assert.deepInclude(reason, { _tag: "ProtocolViolation", detail: "a response does not repeat its request" })
        assert.isTrue(last.closed)
        yield* pass(10_000)
      }
    })
  )

  it.effect("that the peer closes say so", () =>
    Effect.gen(function* () {
      const network = yield* makeNetwork
      const echo = yield* clientOf(network)
      const fiber = yield* start(echo, 1)
      yield* Effect.scoped(network.accepted[0]!.pair.server.writer)
      yield* settle
      assert.include(reasonOf(yield* Fiber.join(fiber)).message, "the peer closed the connection (1000)")
    })
  )
})

describe("layerTest", () => {
  it.effect("answers from a handler, at once or later", () =>
    Effect.gen(function* () {
      const layer = EchoClient.layerTest((request) => {
        const answer = { ...request, id: 1 }
        return request.timestamp === 1n ? answer : Effect.as(Effect.sleep(1_000), answer)
      })
      yield* Effect.gen(function* () {
        const echo = yield* EchoClient.EchoClient
        const slow = yield* start(echo, 2)
        assert.isTrue(answers(1, yield* echo.echo(message(1))))
        assert.isUndefined(slow.pollUnsafe())
        yield* pass(1_000)
        const exit = yield* Fiber.join(slow)
        assert.isTrue(Exit.isSuccess(exit) && answers(2, exit.value))
      }).pipe(Effect.provide(layer))
    })
  )
})
