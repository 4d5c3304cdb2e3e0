/** A server in memory, for tests of those who use a client. */
import * as Parser from "@bytewright/core-binary/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Socket from "effect/socket/Socket"
import type { Message } from "../Connection.ts"
import * as Endpoint from "../Endpoint.ts"
import * as MemorySocket from "../MemorySocket.ts"

/** What a handler answers: a response without what only repeats the request. */
export type Answer = Pick<Response.Response, "id" | "timestamp" | "subject" | "body">

export type Handler = (request: Message) => Answer | Effect.Effect<Answer>

const answer = (handler: Handler, request: Request.Request): Effect.Effect<Uint8Array> =>
  Effect.suspend(() => {
    const result = handler(request)
    return Effect.isEffect(result) ? result : Effect.succeed(result)
  }).pipe(Effect.map((answer) => Response.codec.encodeSync({ ...answer, apiKey: 0, sequence: request.sequence })))

/** Serves one end of a pair until the other end goes; answers leave in the order in which the handler has them. */
const serve = (socket: Socket.Socket, handler: Handler): Effect.Effect<void> =>
  Effect.gen(function* () {
    const pull = yield* Socket.readerBytes(socket)
    const { write } = yield* socket.writer
    const answering = yield* FiberSet.make()
    const parser = Parser.make(Request.frame)
    while (true) {
      for (const chunk of yield* pull) {
        for (const request of yield* parser.feed(chunk)) {
          yield* FiberSet.run(answering, Effect.flatMap(answer(handler, request), write))
        }
      }
    }
  }).pipe(Effect.scoped, Effect.ignore)

/** A dialer whose every connection is to such a server. */
export const dialer = (handler: Handler): Layer.Layer<Endpoint.Dialer> =>
  Layer.effect(
    Endpoint.Dialer,
    Effect.map(FiberSet.make<void>(), (servers) => () => {
      const pair = MemorySocket.makePair()
      return Effect.as(FiberSet.run(servers, serve(pair.server, handler)), pair.client)
    })
  )
