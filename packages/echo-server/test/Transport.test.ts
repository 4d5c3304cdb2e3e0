import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import * as SocketServer from "effect/socket/SocketServer"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { EchoServer, Handler } from "../src/index.ts"
import * as Memory from "./memory.ts"
import { connect, connectTo, eventually, listen, request, responsesIn } from "./support.ts"

const echo = { handler: Handler.echo }

const serveOver = (options: EchoServer.Options, direct = false) =>
  Effect.gen(function* () {
    const memory = Memory.make({ direct })
    const scope = yield* Scope.make()
    const server = yield* EchoServer.make(options).pipe(
      Effect.provideService(SocketServer.SocketServer, memory.server),
      Scope.provide(scope)
    )
    yield* Effect.yieldNow
    return { ...memory, server, stop: Scope.close(scope, Exit.void) }
  })

const closed = (code: number) => new Socket.SocketCloseError({ code })

for (const direct of [false, true])
  describe(direct ? "a stream that is used directly" : "a socket", () => {
    const serve = (options: EchoServer.Options) => serveOver(options, direct)

    it.live("that fails is a fault, unless its peer just went away", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        const failures: ReadonlyArray<Socket.SocketErrorReason> = [
          closed(1006),
          new Socket.SocketReadError({ cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) }),
          new Socket.SocketReadError({ cause: new Error("the cable melted") }),
          new Socket.SocketReadError({ cause: "no error at all" })
        ]
        for (const failure of failures) (yield* connect()).fail(failure)
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.deepStrictEqual((yield* server.stats).faults, { TransportFailed: 2 })
        yield* stop
      })
    )

    it.live("that fails before it can be read leaves no trace", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        yield* connect({ refused: closed(1006) })
        yield* eventually(Effect.map(server.stats, ({ accepted, open }) => accepted === 1 && open === 0))
        assert.deepStrictEqual((yield* server.stats).faults, {})
        yield* stop
      })
    )

    it.live("that fails in a write ends the connection", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        const connection = yield* connect()
        connection.writeFailure = new Socket.SocketWriteError({ cause: new Error("no more") })
        connection.push(request(1))
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.deepStrictEqual((yield* server.stats).faults, { TransportFailed: 1 })
        yield* stop
      })
    )

    it.live("that takes its time gets what became ready meanwhile in the next write", () =>
      Effect.gen(function* () {
        const gates = [Deferred.makeUnsafe<void>(), Deferred.makeUnsafe<void>()]
        const { connect, stop } = yield* serve({
          handler: (request) => {
            const gate = gates[request.sequence]
            return gate === undefined ? request : Effect.as(Deferred.await(gate), request)
          }
        })
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        connection.push(Buffer.concat([request(0), request(1), request(2)]))
        yield* eventually(Effect.sync(() => connection.written.length === 1))
        for (const gate of gates) yield* Deferred.succeed(gate, undefined)
        yield* Effect.sleep(5)
        assert.lengthOf(connection.written, 1)
        yield* Deferred.succeed(connection.stall, undefined)
        yield* eventually(Effect.sync(() => connection.written.length === 2))
        assert.lengthOf(connection.written[1]!, 2 * connection.written[0]!.length)
        connection.fail(closed(1000))
        yield* eventually(Effect.sync(() => connection.ended))
        yield* stop
      })
    )

    it.live("whose fiber is interrupted is closed at once, and its handlers with it", () =>
      Effect.gen(function* () {
        let given = 0
        const handler = () => Effect.onInterrupt(Effect.never, () => Effect.sync(() => given++))
        const { connect, server, stop } = yield* serve({ handler })
        const connection = yield* connect()
        connection.push(request(0))
        yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
        connection.interrupt()
        yield* eventually(Effect.map(server.stats, ({ inFlight, open }) => open === 0 && inFlight === 0))
        assert.isTrue(connection.destroyed)
        assert.strictEqual(given, 1)
        assert.deepStrictEqual((yield* server.stats).faults, {})
        yield* stop
      })
    )

    it.live("that is full gets an answer that came meanwhile behind the others", () =>
      Effect.gen(function* () {
        const gate = Deferred.makeUnsafe<void>()
        const { connect, stop } = yield* serve({
          handler: (request) => (request.sequence === 0 ? Effect.as(Deferred.await(gate), request) : request)
        })
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        for (let sequence = 0; sequence < 50; sequence++) {
          connection.push(request(sequence, { body: "x".repeat(3000) }))
        }
        yield* eventually(Effect.sync(() => connection.written.length > 0))
        yield* Deferred.succeed(gate, undefined)
        yield* Effect.sleep(20)
        const { stall } = connection
        connection.stall = undefined
        yield* Deferred.succeed(stall, undefined)
        yield* eventually(Effect.sync(() => responsesIn(connection.written).length === 50))
        assert.deepStrictEqual(
          new Set(responsesIn(connection.written).map(({ sequence }) => sequence)),
          new Set(Array.from({ length: 50 }, (_, sequence) => sequence))
        )
        yield* stop
      })
    )

    it.live("that brings much at once leaves others their turn", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        const [greedy, modest] = [yield* connect(), yield* connect()]
        const total = 100
        for (let sent = 0; sent < total; sent++) greedy.push(request(sent, { body: "x".repeat(30_000) }))
        modest.push(request(0))
        yield* eventually(Effect.sync(() => modest.written.length > 0))
        assert.isBelow((yield* server.stats).requests, total / 2)
        yield* eventually(Effect.sync(() => responsesIn(greedy.written).length === total))
        yield* stop
      })
    )

    it.live("that is lost in the middle of a late response ends its connection", () =>
      Effect.gen(function* () {
        const gate = Deferred.makeUnsafe<void>()
        const { connect, server, stop } = yield* serve({
          handler: (request) => Effect.as(Deferred.await(gate), request)
        })
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        connection.push(request(0))
        yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
        yield* Deferred.succeed(gate, undefined)
        yield* eventually(Effect.sync(() => connection.written.length === 1))
        connection.fail(closed(1006))
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.strictEqual(connection.interrupted, direct ? 0 : 1)
        yield* stop
      })
    )

    it.live("is closed when it holds nothing any longer", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        connection.push(request(0))
        connection.fail(closed(1000))
        yield* eventually(Effect.sync(() => connection.written.length === 1))
        yield* Effect.sleep(20)
        assert.strictEqual((yield* server.stats).open, 1)
        yield* Deferred.succeed(connection.stall, undefined)
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.isTrue(connection.ended)
        assert.isFalse(connection.destroyed)
        yield* stop
      })
    )

    it.live("is destroyed when it holds something for too long", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve({ ...echo, limits: { writeStallTimeout: "50 millis" } })
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        connection.push(request(0))
        connection.fail(closed(1000))
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
        assert.isTrue(connection.destroyed)
        assert.deepStrictEqual((yield* server.stats).faults, { LimitReached: 1 })
        yield* stop
      })
    )

    it.live("gets many responses in pieces that it can take", () =>
      Effect.gen(function* () {
        const { connect, stop } = yield* serve(echo)
        const connection = yield* connect()
        const requests = Array.from({ length: 128 }, (_, sequence) => request(sequence, { body: "x".repeat(1500) }))
        connection.push(Buffer.concat(requests))
        yield* eventually(Effect.sync(() => responsesIn(connection.written).length === 128))
        assert.deepStrictEqual(
          responsesIn(connection.written).map(({ id }) => id),
          Array.from({ length: 128 }, (_, index) => index + 1)
        )
        assert.isAbove(connection.written.length, 1)
        for (const bytes of connection.written) assert.isBelow(bytes.length, 2 * 65_536)
        yield* stop
      })
    )

    it.live("that takes nothing is not read from, and goes on where it stopped", () =>
      Effect.gen(function* () {
        const { connect, server, stop } = yield* serve(echo)
        const connection = yield* connect()
        connection.stall = Deferred.makeUnsafe<void>()
        const total = 600
        for (let sent = 0; sent < total; sent++) connection.push(request(sent & 127, { body: "x".repeat(3000) }))
        yield* eventually(Effect.sync(() => connection.written.length > 0))
        yield* Effect.sleep(20)
        assert.isBelow((yield* server.stats).requests, total / 2)
        yield* Deferred.succeed(connection.stall, undefined)
        connection.stall = undefined
        yield* eventually(Effect.sync(() => responsesIn(connection.written).length === total))
        yield* stop
      })
    )
  })

describe("a Unix socket", () => {
  it.live("is a transport like any other", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "echo-server-"))),
        (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
      )
      const path = join(directory, "socket")
      const server = yield* NodeSocketServer.make({ path, allowHalfOpen: true })
      const { address } = yield* EchoServer.make(echo).pipe(Effect.provideService(SocketServer.SocketServer, server))
      assert.strictEqual(address._tag, "UnixPathAddress")
      const client = yield* connectTo({ path })
      client.socket.end(request(7))
      assert.strictEqual((yield* client.responses(1))[0]!.sequence, 7)
      assert.strictEqual(yield* client.ended, "end")
    })
  )
})

describe("a server that stops", () => {
  it.live("answers what is on its way, and then ends its side", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { port, server } = yield* Scope.provide(
        listen({ handler: (request) => (request.sequence === 1 ? Effect.as(Effect.sleep(100), request) : request) }),
        scope
      )
      const idle = yield* connect(port)
      const client = yield* connect(port)
      client.send(request(1))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
      const stopped = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      client.send(request(2))
      assert.deepStrictEqual(
        (yield* client.responses(2)).map(({ sequence }) => sequence),
        [2, 1]
      )
      assert.strictEqual(yield* client.ended, "end")
      assert.strictEqual(yield* idle.ended, "end")
      client.socket.end()
      idle.socket.end()
      yield* Fiber.join(stopped)
      assert.strictEqual((yield* server.stats).open, 0)
      assert.deepStrictEqual((yield* server.stats).faults, {})
    })
  )

  it.live("goes on while requests come in, but not for ever", () =>
    Effect.gen(function* () {
      const { connect, server, stop } = yield* serveOver(echo)
      const connection = yield* connect()
      connection.push(request(0))
      yield* eventually(Effect.map(server.stats, ({ responses }) => responses === 1))
      const stopped = yield* Effect.forkChild(stop)
      let sent = 1
      yield* Effect.sync(() => {
        connection.push(request(++sent & 127))
      }).pipe(Effect.andThen(Effect.sleep(5)), Effect.repeat({ until: () => connection.ended }))
      yield* Fiber.join(stopped)
      const { responses } = yield* server.stats
      assert.isAbove(responses, 10)
      assert.lengthOf(responsesIn(connection.written), responses)
      assert.isFalse(connection.destroyed)
    })
  )

  it.live("answers what it has read and not yet begun", () =>
    Effect.gen(function* () {
      const { connect, server, stop } = yield* serveOver({
        handler: (request) => Effect.as(Effect.sleep(100), request),
        limits: { maxInFlight: 1 }
      })
      const connection = yield* connect()
      connection.push(Buffer.concat([request(1), request(2), request(3)]))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
      yield* stop
      assert.deepStrictEqual(
        responsesIn(connection.written).map(({ sequence }) => sequence),
        [1, 2, 3]
      )
      assert.isTrue(connection.ended)
      assert.isFalse(connection.destroyed)
    })
  )

  it.live("reads away what a peer goes on to send, so that it sees the end and no reset", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const { port, server } = yield* Scope.provide(listen(echo), scope)
      const client = yield* connect(port)
      client.send(request(1))
      yield* client.responses(1)
      const stopped = yield* Effect.forkChild(Scope.close(scope, Exit.void))
      yield* client.ended
      client.send(request(2))
      yield* Effect.sleep(20)
      assert.strictEqual(client.ending, "end")
      assert.lengthOf(client.received, 1)
      client.socket.end()
      yield* Fiber.join(stopped)
      assert.strictEqual((yield* server.stats).open, 0)
    })
  )

  it.live("waits for its peers no longer than the grace period, and refuses new ones", () =>
    Effect.gen(function* () {
      const { connect, server, stop } = yield* serveOver({
        handler: () => Effect.never,
        limits: { gracePeriod: "300 millis" }
      })
      const connection = yield* connect()
      connection.push(request(1))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
      const stopped = yield* Effect.forkChild(stop)
      yield* Effect.sleep(120)
      const late = yield* connect()
      yield* Fiber.join(stopped)
      assert.isTrue(late.destroyed)
      assert.isTrue(connection.destroyed)
      assert.deepStrictEqual((yield* server.stats).faults, { LimitReached: 1 })
      assert.strictEqual((yield* server.stats).inFlight, 0)
    })
  )
})
