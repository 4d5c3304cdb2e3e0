import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Config, Effect, Exit, Fiber, Layer, Stream } from "effect"
import { EchoClient, type EchoClientError, Endpoint } from "../src/index.ts"
import { answers, dialer, message, responseTo, tcpServer } from "./support/peer.ts"

const client = (port: number, options?: Partial<EchoClient.Options>) =>
  EchoClient.make({ endpoints: [Endpoint.tcp("127.0.0.1", port)], ...options }).pipe(Effect.provide(dialer))

const reasonOf = <A>(effect: Effect.Effect<A, EchoClientError.EchoClientError>) =>
  Effect.map(Effect.flip(effect), (error) => error.reason)

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

describe("EchoClient on TCP", () => {
  it.live("echoes", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((request, reply) => reply(responseTo(request)))
      const echo = yield* client(port)
      assert.isTrue(answers(1, yield* echo.echo(message(1))))
      assert.isTrue(answers(2, yield* echo.echo(message(2))))
      const stats = yield* echo.stats
      assert.strictEqual(stats.requests, 2)
      assert.strictEqual(stats.answered, 2)
      assert.strictEqual(stats.connections, 1)
      assert.strictEqual(stats.inFlight, 0)
    })
  )

  it.live("gives each of 5,000 concurrent callers its own answer, over several connections, in any order", () =>
    Effect.gen(function* () {
      let held: Array<() => void> = []
      const { port } = yield* tcpServer((request, reply) => {
        held.push(() => reply(responseTo(request)))
        if (held.length === 1) {
          setImmediate(() => {
            const ready = held.reverse()
            held = []
            for (const send of ready) send()
          })
        }
      })
      const echo = yield* client(port, { connections: 3 })
      const right = yield* Effect.forEach(
        numbers(5_000),
        (n) => Effect.map(echo.echo(message(n)), (r) => answers(n, r)),
        {
          concurrency: "unbounded"
        }
      )
      assert.isTrue(right.every((ok) => ok))
      const many = yield* echo.echoMany(numbers(5_000).map(message))
      assert.isTrue(many.every((response, n) => answers(n, response)))
      const streamed = yield* Stream.runCollect(echo.echoStream()(Stream.map(Stream.range(0, 4_999), message)))
      assert.strictEqual(streamed.length, 5_000)
      assert.isTrue([...streamed].every((response, n) => answers(n, response)))
      assert.deepStrictEqual(yield* echo.echoMany([]), [])
      const stats = yield* echo.stats
      assert.strictEqual(stats.answered, 15_000)
      assert.strictEqual(stats.waiting, 0)
    })
  )

  it.live("reads its options from the configuration", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((request, reply) => reply(responseTo(request)))
      const layer = EchoClient.layerConfig({
        endpoints: Config.map(Config.Int("PORT"), (port) => [Endpoint.tcp("127.0.0.1", port)]),
        connections: Config.Int("CONNECTIONS")
      }).pipe(
        Layer.provide(dialer),
        Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ PORT: port, CONNECTIONS: 2 })))
      )
      const response = yield* Effect.provide(
        EchoClient.EchoClient.use((echo) => echo.echo(message(3))),
        layer
      )
      assert.isTrue(answers(3, response))
    })
  )

  it.live("is a layer", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer((request, reply) => reply(responseTo(request)))
      const layer = Layer.provide(EchoClient.layer({ endpoints: [Endpoint.tcp("127.0.0.1", port)] }), dialer)
      const response = yield* Effect.provide(
        EchoClient.EchoClient.use((echo) => echo.echo(message(3))),
        layer
      )
      assert.isTrue(answers(3, response))
    })
  )

  it.live("fails what is in flight when the server goes, and recovers without help", () =>
    Effect.gen(function* () {
      const server = yield* tcpServer((request, reply) => {
        if (request.timestamp >= 0n) reply(responseTo(request))
      })
      const echo = yield* client(server.port, { backoff: { min: 1, max: 5 } })
      yield* echo.echo(message(1))
      const unanswered = { ...message(1), timestamp: -1n }
      const pending = yield* Effect.forkChild(
        Effect.forEach(numbers(100), () => Effect.exit(echo.echo(unanswered)), { concurrency: "unbounded" })
      )
      while ((yield* echo.stats).inFlight < 100) yield* Effect.sleep(1)
      for (const socket of server.sockets) socket.resetAndDestroy()
      const exits = yield* Fiber.join(pending)
      for (const exit of exits) {
        assert.isTrue(Exit.isFailure(exit))
      }
      assert.isTrue(answers(2, yield* echo.echo(message(2))))
      const stats = yield* echo.stats
      assert.strictEqual(stats.connected, 2)
      assert.strictEqual(stats.inFlight, 0)
    })
  )

  it.live("says whether a lost request was written, and repeats only what its caller calls idempotent", () =>
    Effect.gen(function* () {
      let seen = 0
      const { port } = yield* tcpServer((request, reply, socket) => {
        if (seen++ === 0) socket.resetAndDestroy()
        else reply(responseTo(request))
      })
      const echo = yield* client(port, { backoff: { min: 1, max: 5 } })
      const reason = yield* reasonOf(echo.echo(message(1)))
      assert.strictEqual(reason._tag, "ConnectionLost")
      assert.isTrue(reason._tag === "ConnectionLost" && reason.written)
      assert.include(reason.message, "lost after the request was written")
      assert.strictEqual(seen, 1)
      seen = 0
      assert.isTrue(answers(1, yield* echo.echo(message(1), { idempotent: true })))
      assert.strictEqual(seen, 2)
      assert.strictEqual((yield* echo.stats).retried, 1)
    })
  )

  it.live("says why nothing was sent when no server listens", () =>
    Effect.gen(function* () {
      const { port } = yield* Effect.scoped(tcpServer(() => {}))
      const echo = yield* client(port, { timeout: 50 })
      const reason = yield* reasonOf(echo.echo(message(1)))
      assert.strictEqual(reason._tag, "Timeout")
      assert.isTrue(reason._tag === "Timeout" && reason.phase === "queued")
      assert.include(reason.message, "ECONNREFUSED")
    })
  )

  it.live("drains: pending requests are answered, new ones refused, connections closed", () =>
    Effect.gen(function* () {
      const server = yield* tcpServer((request, reply) => setTimeout(() => reply(responseTo(request)), 20))
      const echo = yield* client(server.port, { connections: 2 })
      const pending = yield* Effect.forkChild(echo.echoMany(numbers(1_000).map(message)))
      yield* Effect.sleep(5)
      const draining = yield* Effect.forkChild(echo.drain)
      yield* Effect.sleep(1)
      assert.strictEqual((yield* reasonOf(echo.echo(message(1))))._tag, "Closed")
      const responses = yield* Fiber.join(pending)
      assert.isTrue(responses.every((response, n) => answers(n, response)))
      yield* Fiber.join(draining)
      yield* echo.drain
      assert.strictEqual((yield* echo.stats).connections, 0)
    })
  )

  it.live("half-closes a drained connection: the server sees its end, not a reset", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const server = yield* tcpServer((request, reply) => reply(responseTo(request)))
      const echo = yield* client(server.port)
      yield* echo.echo(message(1))
      for (const socket of server.sockets) {
        for (const event of ["end", "error", "close"]) socket.on(event, () => seen.push(event))
      }
      yield* echo.drain
      while (!seen.includes("close")) yield* Effect.sleep(1)
      assert.deepStrictEqual(seen, ["end", "close"])
    })
  )

  it.live("settles what is in flight when the server ends its half, and dials again", () =>
    Effect.gen(function* () {
      const server = yield* tcpServer((request, reply, socket) => {
        if (request.timestamp >= 0n) reply(responseTo(request))
        else socket.end()
      })
      const echo = yield* client(server.port, { backoff: { min: 1, max: 5 } })
      const reason = yield* reasonOf(echo.echo({ ...message(1), timestamp: -1n }))
      assert.deepInclude(reason, { _tag: "ConnectionLost", written: true })
      assert.include(reason.message, "the peer closed the connection")
      assert.isTrue(answers(2, yield* echo.echo(message(2))))
    })
  )

  it.live("fails everything pending when its scope closes", () =>
    Effect.gen(function* () {
      const { port } = yield* tcpServer(() => {})
      const fibers = yield* Effect.scoped(
        Effect.gen(function* () {
          const echo = yield* client(port, { window: 1 })
          const inFlight = yield* Effect.forkDetach(reasonOf(echo.echo(message(1))))
          const waiting = yield* Effect.forkDetach(reasonOf(echo.echo(message(2))))
          while ((yield* echo.stats).inFlight === 0) yield* Effect.sleep(1)
          return [inFlight, waiting] as const
        })
      )
      assert.deepInclude(yield* Fiber.join(fibers[0]), { _tag: "ConnectionLost", written: true })
      assert.strictEqual((yield* Fiber.join(fibers[1]))._tag, "Closed")
    })
  )
})
