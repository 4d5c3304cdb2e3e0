/** TCP for the server: `node:net` behind `effect/socket`, and what it knows beyond. */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import { Transport } from "@bytewright/echo-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as SocketServer from "effect/socket/SocketServer"
import type { ListenOptions } from "node:net"

/**
 * Listens on TCP or a Unix socket. Sides close separately, so that a peer that has sent its last request still gets its
 * responses, and small writes leave at once.
 */
export const layer = (options: ListenOptions) =>
  Layer.effect(
    SocketServer.SocketServer,
    Effect.map(NodeSocketServer.make({ ...options, allowHalfOpen: true, noDelay: true }), (server) =>
      SocketServer.SocketServer.of({
        address: server.address,
        run: (handler) =>
          server.run((socket) =>
            Effect.flatMap(Effect.serviceOption(NodeSocket.NetSocket), (found) => {
              const connection = Option.getOrUndefined(found)
              const unsent = () =>
                connection === undefined ? Infinity : connection.destroyed ? 0 : connection.writableLength
              return Effect.provideService(handler(socket), Transport.Unsent, unsent)
            })
          )
      })
    )
  )
