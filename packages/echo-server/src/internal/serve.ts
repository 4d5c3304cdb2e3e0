/** Serves one connection, over its stream where the server may use it, over its socket where not. */
import * as Effect from "effect/Effect"
import * as Socket from "effect/socket/Socket"
import type { Reason } from "../EchoServerError.ts"
import { Direct } from "../Transport.ts"
import { DuplexWire } from "./duplexWire.ts"
import { Session } from "./session.ts"
import type { Shared } from "./shared.ts"
import * as SocketWire from "./socketWire.ts"
import type { Connect } from "./wire.ts"

/**
 * Serves `socket` until its peer, the server or a fault ends it; all the while `open` has its session. Returns the fault,
 * if there was one. Interruption closes the connection at once.
 */
export const serve = (socket: Socket.Socket, shared: Shared, open: Set<Session>) => {
  const run = (connect: Connect) =>
    Effect.callback<Reason | undefined>((resume) => {
      const session = new Session(shared, connect, (fault) => {
        open.delete(session)
        resume(Effect.succeed(fault))
      })
      open.add(session)
      session.begin()
      return Effect.sync(() => session.signal("abort"))
    })
  return Effect.flatMap(Direct, (stream) => {
    if (stream === undefined) return Effect.scoped(Effect.flatMap(SocketWire.open(socket, shared.fork), run))
    // It is gone, and will not tell.
    return stream.destroyed ? Effect.undefined : run((events) => new DuplexWire(stream, events))
  })
}

/** Closes `socket` at once. */
export const refuse = (socket: Socket.Socket) =>
  Effect.flatMap(Direct, (stream) =>
    stream === undefined ? Effect.scoped(refuseSocket(socket)) : Effect.sync(() => void stream.destroy())
  )

const refuseSocket = Effect.fnUntraced(function* (socket: Socket.Socket) {
  const writer = yield* socket.writer
  yield* socket.reader
  yield* writer.write(new Socket.CloseEvent())
})
