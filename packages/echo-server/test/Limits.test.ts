import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as Layer from "effect/Layer"
import * as SocketServer from "effect/socket/SocketServer"
import { EchoServer, Handler, Limits } from "../src/index.ts"
import * as Memory from "./memory.ts"
import { connect, eventually, listen, request } from "./support.ts"

const handler = Handler.echo

describe("a limit", () => {
  it.live("on connections refuses more, and makes room when one is closed", () =>
    Effect.gen(function* () {
      const { logs, port, server } = yield* listen({ handler, limits: { maxConnections: 2 } })
      const a = yield* connect(port)
      const b = yield* connect(port)
      b.send(request(1))
      yield* b.responses(1)
      const c = yield* connect(port)
      yield* c.ended
      assert.deepStrictEqual(c.received, [])
      a.socket.end()
      yield* a.ended
      a.socket.destroy()
      yield* eventually(Effect.map(server.stats, ({ open }) => open === 1))
      const d = yield* connect(port)
      d.send(request(2))
      yield* d.responses(1)
      b.send(request(3))
      yield* b.responses(2)
      assert.deepStrictEqual((yield* server.stats).faults, { LimitReached: 1 })
      assert.deepStrictEqual(logs, ["Debug: connection 3: maxConnections (2) was reached"])
    })
  )

  it.live("on frames is exact", () =>
    Effect.gen(function* () {
      const exact = request(1).length
      const { port } = yield* listen({ handler, limits: { maxFrameSize: exact } })
      const client = yield* connect(port)
      client.send(request(1))
      yield* client.responses(1)
      client.send(request(2, { body: "body+" }))
      assert.strictEqual(yield* client.ended, "end")
      assert.lengthOf(client.received, 1)
    })
  )

  it.live("on requests in flight stops the connection at it, and other connections go on", () =>
    Effect.gen(function* () {
      const started: Array<number> = []
      const gates = new Map<number, Deferred.Deferred<void>>()
      const { port, server } = yield* listen({
        limits: { maxInFlight: 3 },
        handler: (request) => {
          started.push(request.sequence)
          if (request.sequence > 100) return request
          const gate = Deferred.makeUnsafe<void>()
          gates.set(request.sequence, gate)
          return Effect.as(Deferred.await(gate), request)
        }
      })
      const client = yield* connect(port)
      const other = yield* connect(port)
      client.send(...[1, 2, 3, 4, 5, 6].map((sequence) => request(sequence)))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 3))
      other.send(request(101))
      yield* other.responses(1)
      assert.deepStrictEqual(started, [1, 2, 3, 101])
      yield* Deferred.succeed(gates.get(2)!, undefined)
      yield* client.responses(1)
      yield* eventually(Effect.sync(() => started.length === 5))
      assert.deepStrictEqual(started, [1, 2, 3, 101, 4])
      for (const sequence of [1, 3, 4, 5, 6]) {
        yield* eventually(Effect.sync(() => gates.has(sequence)))
        yield* Deferred.succeed(gates.get(sequence)!, undefined)
      }
      assert.deepStrictEqual(
        (yield* client.responses(6)).map(({ sequence }) => sequence),
        [2, 1, 3, 4, 5, 6]
      )
    })
  )

  it.live("on requests in flight over all stops all at it", () =>
    Effect.gen(function* () {
      const gate = Deferred.makeUnsafe<void>()
      const { port, server } = yield* listen({
        limits: { maxInFlightTotal: 2 },
        handler: (request) => Effect.as(Deferred.await(gate), request)
      })
      const a = yield* connect(port)
      const b = yield* connect(port)
      a.send(request(1), request(2), request(3))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 2))
      b.send(request(4), request(5), request(6))
      yield* eventually(Effect.map(server.stats, ({ bytesRead }) => bytesRead === 6 * request(1).length))
      assert.strictEqual((yield* server.stats).requests, 2)
      yield* Deferred.succeed(gate, undefined)
      yield* a.responses(3)
      yield* b.responses(3)
      assert.strictEqual((yield* server.stats).inFlight, 0)
    })
  )

  const timeouts: ReadonlyArray<readonly [keyof Limits.Limits, Uint8Array, string]> = [
    ["partialFrameTimeout", request(1).subarray(0, 9), "a frame whose rest does not come (slow loris)"],
    ["idleTimeout", request(1), "silence"]
  ]
  for (const [limit, bytes, what] of timeouts) {
    it.live(`on time closes the connection after ${what}`, () =>
      Effect.gen(function* () {
        const { logs, port, server } = yield* listen({ handler, limits: { [limit]: "60 millis" } })
        const client = yield* connect(port)
        client.send(request(0), bytes)
        assert.strictEqual(yield* client.ended, "end")
        client.socket.destroy()
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.deepStrictEqual((yield* server.stats).faults, { LimitReached: 1 })
        assert.deepStrictEqual(logs, [`Debug: connection 1: ${limit} (60ms) was reached`])
      })
    )
  }

  it.live("on partial frames counts from the frame's first byte, however the rest trickles", () =>
    Effect.gen(function* () {
      const { port } = yield* listen({ handler, limits: { partialFrameTimeout: "100 millis" } })
      const client = yield* connect(port)
      const bytes = request(1, { body: "x".repeat(200) })
      let sent = 0
      yield* Effect.sync(() => client.socket.write(bytes.subarray(sent, ++sent))).pipe(
        Effect.andThen(Effect.sleep(5)),
        Effect.repeat({ until: () => client.ending !== undefined })
      )
      assert.isBelow(sent, bytes.length)
      assert.deepStrictEqual(client.received, [])
    })
  )

  it.live("on silence does not count while a request is in flight", () =>
    Effect.gen(function* () {
      const { port } = yield* listen({
        limits: { idleTimeout: "40 millis" },
        handler: (request) => Effect.as(Effect.sleep(300), request)
      })
      const client = yield* connect(port)
      client.send(request(1))
      assert.lengthOf(yield* client.responses(1), 1)
    })
  )

  it.live("on stalled writes closes the connection of a peer that does not read, and no other notices", () =>
    Effect.gen(function* () {
      const { logs, port, server } = yield* listen({ handler, limits: { writeStallTimeout: "200 millis" } })
      const other = yield* connect(port)
      const client = yield* connect(port)
      client.socket.pause()
      // More than the buffers of both kernels take.
      const large = request(1, { body: "x".repeat(1_000_000) })
      let sent = 0
      yield* Effect.sync(() => {
        if (client.socket.writableLength < 4 * large.length) client.send(large)
        other.send(request(sent++ & 127))
      }).pipe(
        Effect.andThen(Effect.suspend(() => other.responses(sent))),
        Effect.repeat({ until: () => logs.length > 0 })
      )
      assert.deepStrictEqual(logs, ["Debug: connection 2: writeStallTimeout (200ms) was reached"])
      yield* eventually(Effect.map(server.stats, ({ open }) => open === 1))
      assert.isBelow((yield* server.stats).bytesRead, 64 * large.length)
    })
  )

  it.live("on stalled writes counts since the peer last took some of what was written", () =>
    Effect.gen(function* () {
      const memory = Memory.make({ direct: true })
      const server = yield* EchoServer.make({ handler, limits: { writeStallTimeout: "80 millis" } }).pipe(
        Effect.provideService(SocketServer.SocketServer, memory.server)
      )
      yield* Effect.yieldNow
      const connection = yield* memory.connect()
      const faults = Effect.map(server.stats, ({ faults }) => faults)
      const take = Effect.suspend(() => {
        const held = connection.stall!
        connection.stall = Deferred.makeUnsafe<void>()
        return Deferred.succeed(held, undefined)
      })
      connection.stall = Deferred.makeUnsafe<void>()
      for (let sent = 0; sent < 50; sent++) {
        connection.push(request(sent))
        yield* Effect.yieldNow
      }
      yield* take.pipe(Effect.andThen(Effect.sleep(10)), Effect.repeat({ times: 30 }))
      assert.deepStrictEqual(yield* faults, {})
      yield* eventually(Effect.sync(() => connection.destroyed))
      assert.deepStrictEqual(yield* faults, { LimitReached: 1 })
    }).pipe(Effect.scoped)
  )

  it.live("may come from the configuration", () =>
    Effect.gen(function* () {
      const memory = Memory.make()
      const limits = { maxConnections: Config.Int("MAX_CONNECTIONS") }
      let plain: boolean | undefined
      const look: Handler.Handler = (request) => {
        plain = Object.hasOwn(request, "subject")
        return request
      }
      const context = yield* Layer.build(
        EchoServer.layerConfig({ handler: look, lazy: true, limits }).pipe(
          Layer.provide(Layer.succeed(SocketServer.SocketServer, memory.server)),
          Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ MAX_CONNECTIONS: "1" })))
        )
      )
      yield* Effect.yieldNow
      const first = yield* memory.connect()
      const second = yield* memory.connect()
      yield* eventually(Effect.sync(() => second.destroyed))
      assert.isFalse(first.destroyed)
      assert.strictEqual((yield* Context.get(context, EchoServer.EchoServer).stats).open, 1)
      // The other options stand beside those of the configuration.
      first.push(request(1))
      yield* eventually(Effect.sync(() => first.written.length > 0))
      assert.isFalse(plain)
    })
  )
})

describe("the default of", () => {
  /** A server, whose end takes time that only the test's clock gives it. */
  const serve = (handler: Handler.Handler) =>
    Effect.gen(function* () {
      const memory = Memory.make()
      const scope = yield* Scope.make()
      const server = yield* EchoServer.make({ handler }).pipe(
        Effect.provideService(SocketServer.SocketServer, memory.server),
        Scope.provide(scope)
      )
      yield* Effect.yieldNow
      const connection = yield* memory.connect()
      const stop = Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      return { server, connection, stop }
    })

  const whole = request(1)
  const times: ReadonlyArray<readonly [string, Uint8Array, number, boolean]> = [
    ["partialFrameTimeout", whole.subarray(0, 9), 30, false],
    ["idleTimeout", whole, 600, false],
    ["writeStallTimeout", whole, 30, true]
  ]
  for (const [limit, bytes, seconds, stalls] of times) {
    it.effect(`${limit} is ${seconds} seconds, to the tick`, () =>
      Effect.gen(function* () {
        const { connection, server, stop } = yield* serve(handler)
        if (stalls) connection.stall = Deferred.makeUnsafe()
        connection.push(bytes)
        yield* TestClock.adjust(Duration.seconds(seconds - 1))
        assert.deepStrictEqual((yield* server.stats).faults, {})
        assert.strictEqual((yield* server.stats).open, 1)
        // A tick is a second, and what is closed is listened to for half of one.
        yield* TestClock.adjust("3 seconds")
        assert.deepStrictEqual((yield* server.stats).faults, { LimitReached: 1 })
        assert.strictEqual((yield* server.stats).open, 0)
        assert.strictEqual(connection.destroyed, stalls)
        yield* stop
        yield* TestClock.adjust("1 second")
      })
    )
  }

  it.effect("gracePeriod is 10 seconds, with a handler that never ends", () =>
    Effect.gen(function* () {
      const { connection, server, stop } = yield* serve(() => Effect.never)
      connection.push(whole)
      const stopping = yield* stop
      yield* TestClock.adjust("9 seconds")
      assert.isFalse(connection.destroyed)
      assert.strictEqual((yield* server.stats).inFlight, 1)
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(connection.destroyed)
      assert.isDefined(stopping.pollUnsafe())
    })
  )
})
