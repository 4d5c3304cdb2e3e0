/** A transport in memory, whose every event a test causes. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as NetAddress from "effect/net/NetAddress"
import * as Queue from "effect/Queue"
import * as Socket from "effect/socket/Socket"
import * as SocketServer from "effect/socket/SocketServer"
import { Duplex } from "node:stream"
import { Transport } from "../src/index.ts"

export interface MemoryConnection {
  /** Delivers bytes to the server. */
  readonly push: (bytes: Uint8Array) => void
  /** Fails the server's next read. */
  readonly fail: (reason: Socket.SocketErrorReason) => void
  /** Interrupts the fiber that serves the connection. */
  readonly interrupt: () => void
  /** What the server wrote. */
  readonly written: Array<Uint8Array>
  /** Whether the server ended its side, and whether it destroyed the connection. */
  ended: boolean
  destroyed: boolean
  /** How many writes were given up. */
  interrupted: number
  /** When set, writes wait for it. */
  stall: Deferred.Deferred<void> | undefined
  /** When set, writes fail with it. */
  writeFailure: Socket.SocketErrorReason | undefined
}

/** A stream that does to `connection` what the server does to it. */
const streamOf = (connection: MemoryConnection): Duplex =>
  new Duplex({
    allowHalfOpen: true,
    writableHighWaterMark: 65_536,
    read: () => undefined,
    write: (chunk: Uint8Array, _, done) => {
      if (connection.writeFailure !== undefined) return done(causeOf(connection.writeFailure))
      connection.written.push(Uint8Array.from(chunk))
      if (connection.stall === undefined) return done()
      Effect.runFork(Deferred.await(connection.stall)).addObserver(() => done())
    },
    final: (done) => {
      connection.ended = true
      done()
    },
    destroy(error, done) {
      connection.destroyed = !this.writableFinished
      done(error)
    }
  })

const causeOf = (reason: Socket.SocketErrorReason): Error | undefined =>
  reason._tag === "SocketCloseError" ? undefined : (reason.cause as Error)

/** A server to be run in memory, which is given streams or sockets alone, and the means to connect to it. */
export const make = ({ direct = false }: { readonly direct?: boolean | undefined } = {}) => {
  let accept: ((socket: Socket.Socket, stream?: Duplex) => Fiber.Fiber<unknown>) | undefined
  const server = SocketServer.SocketServer.of({
    address: NetAddress.unixPathAddress("/memory"),
    run: (handler) =>
      Effect.flatMap(Effect.context<never>(), (context) =>
        Effect.callback<never>(() => {
          accept = (socket, stream) => {
            const served = handler(socket) as Effect.Effect<unknown>
            return Effect.runForkWith(context)(
              stream === undefined ? served : Effect.provideService(served, Transport.Direct, stream)
            )
          }
        })
      )
  })
  const connect = (options?: { readonly refused?: Socket.SocketErrorReason }) =>
    Effect.gen(function* () {
      const reads = yield* Queue.unbounded<Effect.Effect<readonly [Uint8Array], Socket.SocketError>>()
      let fiber: Fiber.Fiber<unknown> | undefined
      const connection: { -readonly [K in keyof MemoryConnection]: MemoryConnection[K] } = {
        push: (bytes) => void Queue.offerUnsafe(reads, Effect.succeed([bytes])),
        fail: (reason) => void Queue.offerUnsafe(reads, Effect.fail(new Socket.SocketError({ reason }))),
        interrupt: () => fiber!.interruptUnsafe(),
        written: [],
        ended: false,
        destroyed: false,
        interrupted: 0,
        stall: undefined,
        writeFailure: undefined
      }
      if (direct) {
        const stream = streamOf(connection)
        connection.push = (bytes) => void stream.push(bytes)
        connection.fail = (reason) => {
          if (reason._tag === "SocketCloseError" && reason.code === 1000) stream.push(null)
          else stream.destroy(causeOf(reason))
        }
        if (options?.refused !== undefined) stream.destroy()
        fiber = accept!(Socket.make({ reader: Effect.never, writer: Effect.never }), stream)
        return connection
      }
      const write = (chunk: Uint8Array | string | Socket.CloseEvent) =>
        Effect.suspend(() => {
          if (Socket.isCloseEvent(chunk)) {
            connection.destroyed = true
            return Effect.void
          }
          if (connection.writeFailure !== undefined) {
            return Effect.fail(new Socket.SocketError({ reason: connection.writeFailure }))
          }
          connection.written.push(Uint8Array.from(chunk as Uint8Array))
          if (connection.stall === undefined) return Effect.void
          return Effect.onInterrupt(Deferred.await(connection.stall), () => Effect.sync(() => connection.interrupted++))
        })
      const pull = Effect.flatten(Queue.take(reads))
      const refused = options?.refused
      fiber = accept!(
        Socket.make({
          reader:
            refused === undefined
              ? Effect.succeed({ pull, upgrade: Socket.SocketUpgradeError.unsupported })
              : Effect.fail(new Socket.SocketError({ reason: refused })),
          writer: Effect.acquireRelease(
            Effect.succeed({ write, writeAll: (chunks) => Effect.forEach(chunks, write, { discard: true }) }),
            () =>
              Effect.sync(() => {
                connection.ended = true
              })
          )
        })
      )
      return connection
    })
  return { server, connect }
}
