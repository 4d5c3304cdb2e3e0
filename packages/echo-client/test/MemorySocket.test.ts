import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope } from "effect"
import * as Socket from "effect/socket/Socket"
import { MemorySocket } from "../src/index.ts"
import { bytes, text } from "./support/peer.ts"

const open = (socket: Socket.Socket) =>
  Effect.gen(function* () {
    const pull = yield* Socket.readerBytes(socket)
    const writer = yield* socket.writer
    return { pull: Effect.map(pull, (chunks) => chunks.map(text)), ...writer }
  })

const closeCode = (effect: Effect.Effect<unknown, Socket.SocketError>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => (reason._tag === "SocketCloseError" ? reason.code : reason.message))

describe("MemorySocket", () => {
  it.effect("carries bytes and text both ways", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      yield* client.write(bytes("question"))
      assert.deepStrictEqual(yield* server.pull, ["question"])
      yield* server.writeAll([bytes("ans"), "wer"])
      assert.deepStrictEqual(yield* client.pull, ["ans", "wer"])
    })
  )

  it.effect("copies what is written", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      const mine = bytes("abc")
      yield* client.write(mine)
      mine.fill(0)
      assert.deepStrictEqual(yield* server.pull, ["abc"])
    })
  )

  it.effect("slices as it is told", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      pair.toServer.slice = (chunk) => [...chunk].map((byte) => Uint8Array.of(byte))
      yield* client.write(bytes("abc"))
      assert.deepStrictEqual(yield* server.pull, ["a", "b", "c"])
    })
  )

  it.effect("holds what is on its way, and lets it go", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      pair.toServer.held = true
      yield* client.write(bytes("a"))
      yield* client.write(bytes("b"))
      const fiber = yield* Effect.forkChild(server.pull, { startImmediately: true })
      yield* Effect.yieldNow
      assert.isTrue(pair.toServer.held)
      assert.isUndefined(fiber.pollUnsafe())
      pair.toServer.held = false
      assert.deepStrictEqual(yield* Fiber.join(fiber), ["a", "b"])
    })
  )

  it.effect("stalls writers until it is told to go on", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      pair.toServer.stalled = true
      assert.isTrue(pair.toServer.stalled)
      const fiber = yield* Effect.forkChild(client.write(bytes("late")), { startImmediately: true })
      assert.isUndefined(fiber.pollUnsafe())
      pair.toServer.stalled = false
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(yield* server.pull, ["late"])
    })
  )

  it.effect("cut, fails both ends, and loses what was on its way", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      pair.toServer.held = true
      pair.toClient.stalled = true
      yield* client.write(bytes("lost"))
      const stalled = yield* Effect.forkChild(Effect.exit(server.write(bytes("lost"))), { startImmediately: true })
      pair.cut("a cable broke")
      for (const { pull } of [client, server]) {
        const error = yield* Effect.flip(pull)
        assert.strictEqual((error.reason as Socket.SocketReadError).cause instanceof Error, true)
      }
      assert.isTrue(Exit.isFailure(yield* Fiber.join(stalled)))
      assert.isTrue(Exit.isFailure(yield* Effect.exit(client.write(bytes("more")))))
    })
  )

  it.effect("half-closes when a writer is released or writes a close event, after what it wrote", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      yield* client.write(bytes("last"))
      yield* client.write(new Socket.CloseEvent())
      assert.deepStrictEqual(yield* server.pull, ["last"])
      assert.strictEqual(yield* closeCode(server.pull), 1000)
      yield* Effect.scoped(Effect.flatMap(pair.server.writer, (writer) => writer.write(bytes("answer"))))
      assert.deepStrictEqual(yield* client.pull, ["answer"])
      assert.strictEqual(yield* closeCode(client.pull), 1000)
    })
  )

  it.effect("fails a suspended pull when its scope closes, and tells the peer", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const scope = yield* Scope.make()
      const client = yield* Scope.provide(open(pair.client), scope)
      const server = yield* open(pair.server)
      const fiber = yield* Effect.forkChild(closeCode(client.pull), { startImmediately: true })
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(yield* Fiber.join(fiber), 1000)
      assert.strictEqual(yield* closeCode(server.pull), 1000)
    })
  )

  it.effect("leaves the bytes to the next pull when one is interrupted", () =>
    Effect.gen(function* () {
      const pair = MemorySocket.makePair()
      const [client, server] = [yield* open(pair.client), yield* open(pair.server)]
      const fiber = yield* Effect.forkChild(server.pull, { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* client.write(bytes("kept"))
      yield* Effect.yieldNow
      assert.deepStrictEqual(yield* server.pull, ["kept"])
    })
  )
})
