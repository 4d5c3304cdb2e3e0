/**
 * What a server would like to have of its transport beyond what a `Socket` gives.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SocketServer from "effect/socket/SocketServer"

/**
 * The part of Node's streams that a server uses: `node:net` and `node:tls` sockets have it.
 *
 * **Details**
 *
 * - `writableLength`: bytes that were written and that the transport still holds.
 * - `destroyed`: whether the stream is gone; it tells nothing any more.
 * - `read`: bytes that have arrived, or `null`; `readable` is the event that there are more, `end` the one that there will be none.
 * - `write`: returns `false` when no more should follow before the event `drain`.
 * - `end`: ends this side; `finish` is the event that all was handed to the operating system.
 * - `destroy`: closes both sides at once.
 *
 * Nobody may have read from it, and nobody else may use it from then on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Duplex {
  readonly writableLength: number
  readonly destroyed: boolean
  read(): unknown
  write(bytes: Uint8Array): boolean
  end(): unknown
  destroy(): unknown
  on(event: "readable" | "drain" | "end" | "finish" | "close", listener: () => void): unknown
  on(event: "error", listener: (error: Error) => void): unknown
}

/**
 * The stream under the socket of the connection at hand, where the server may use it instead of the socket: it carries the
 * same bytes, unchanged. By default there is none.
 *
 * **When to use**
 *
 * `layer` provides it. With it requests are answered in the event that brings them, no fiber is woken, the memory of
 * responses is used again as soon as they have left, and connections come and go for less.
 *
 * @category references
 * @since 0.1.0
 */
export const Direct = Context.Reference<Duplex | undefined>("@bytewright/echo-server/Direct", {
  defaultValue: () => undefined
})

/**
 * The `SocketServer` at hand, with the service it provides to each connection's handler as the stream to use directly.
 *
 * **Example** (TCP on Node)
 *
 * ```ts
 * import { NodeSocket, NodeSocketServer } from "@effect/platform-node"
 * import { EchoServer, Handler, Transport } from "@bytewright/echo-server"
 * import { Layer } from "effect"
 *
 * const TransportLive = Transport.layer(NodeSocket.NetSocket).pipe(
 *   Layer.provide(NodeSocketServer.layer({ port: 0, host: "127.0.0.1", allowHalfOpen: true, noDelay: true }))
 * )
 * const ServerLive = EchoServer.layer({ handler: Handler.echo }).pipe(Layer.provide(TransportLive))
 * console.log(Layer.isLayer(ServerLive))
 * // => true
 * ```
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <I>(
  stream: Context.Key<I, Duplex>
): Layer.Layer<SocketServer.SocketServer, never, SocketServer.SocketServer> =>
  Layer.effect(
    SocketServer.SocketServer,
    Effect.map(SocketServer.SocketServer, (server) =>
      SocketServer.SocketServer.of({
        address: server.address,
        run: (handler) =>
          server.run((socket) =>
            Effect.flatMap(Effect.serviceOption(stream), (found) =>
              Effect.provideService(handler(socket), Direct, Option.getOrUndefined(found))
            )
          )
      })
    )
  )
