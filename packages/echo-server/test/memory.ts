/** A transport in memory, whose every event a test causes. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as NetAddress from "effect/net/NetAddress"
import * as Queue from "effect/Queue"
import * as Socket from "effect/socket/Socket"
import * as SocketServer from "effect/socket/SocketServer"
import { Transport } from "../src/index.ts"

export interface MemoryConnection {
  /** Delivers bytes to the server. */
  readonly push: (bytes: Uint8Array) => void
  /** Fails the server's next read. */
  readonly fail: (reason: Socket.SocketErrorReason) => void
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

/** A stream that tells what it holds, and that never has anything to read. */
const streamThat = (unsent: () => number, destroyed: () => boolean): Transport.Duplex => ({
  get writableLength() {
    return unsent()
  },
  get destroyed() {
    return destroyed()
  },
  read: () => null,
  write: () => true,
  prependListener: () => undefined,
  removeListener: () => undefined
})

/** A server to be run in memory, and the means to connect to it. */
export const make = (options?: { readonly unsent?: () => number; readonly destroyed?: () => boolean }) => {
  let accept: ((socket: Socket.Socket) => void) | undefined
  const server = SocketServer.SocketServer.of({
    address: NetAddress.unixPathAddress("/memory"),
    run: (handler) =>
      Effect.flatMap(Effect.context<never>(), (context) =>
        Effect.callback<never>(() => {
          accept = (socket) => {
            const served = handler(socket) as Effect.Effect<unknown>
            const unsent = options?.unsent
            void Effect.runForkWith(context)(
              unsent === undefined
                ? served
                : Effect.provideService(
                    served,
                    Transport.Direct,
                    streamThat(unsent, options?.destroyed ?? (() => false))
                  )
            )
          }
        })
      )
  })
  const connect = (options?: { readonly refused?: Socket.SocketErrorReason }) =>
    Effect.gen(function* () {
      const reads = yield* Queue.unbounded<Effect.Effect<readonly [Uint8Array], Socket.SocketError>>()
      const connection: MemoryConnection = {
        push: (bytes) => void Queue.offerUnsafe(reads, Effect.succeed([bytes])),
        fail: (reason) => void Queue.offerUnsafe(reads, Effect.fail(new Socket.SocketError({ reason }))),
        written: [],
        ended: false,
        destroyed: false,
        interrupted: 0,
        stall: undefined,
        writeFailure: undefined
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
      accept!(
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
