/** A server in memory, for tests of those who use a client. */
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Socket from "effect/socket/Socket"
import type { Message } from "../Connection.ts"
import * as Endpoint from "../Endpoint.ts"
import * as MemorySocket from "../MemorySocket.ts"
import { type Request, requestParser, type Response, responseSize, writeResponse } from "./protocol.ts"

/** What a handler answers: a response without what only repeats the request. */
export type Answer = Pick<Response, "id" | "timestamp" | "subject" | "body">

export type Handler = (request: Message) => Answer | Effect.Effect<Answer>

const answer = (handler: Handler, request: Request): Effect.Effect<Uint8Array> =>
  Effect.suspend(() => {
    const result = handler(request)
    return Effect.isEffect(result) ? result : Effect.succeed(result)
  }).pipe(
    Effect.map((answer) => {
      const response = { ...answer, apiKey: request.apiKey, sequence: request.sequence }
      const bytes = new Uint8Array(responseSize(response))
      writeResponse(response, bytes, 0)
      return bytes
    })
  )

/** Serves one end of a pair until the other end goes; answers leave in the order in which the handler has them. */
const serve = (socket: Socket.Socket, handler: Handler): Effect.Effect<void> =>
  Effect.gen(function* () {
    const pull = yield* Socket.readerBytes(socket)
    const { write } = yield* socket.writer
    const answering = yield* FiberSet.make()
    const parser = requestParser(1_048_576)
    while (true) {
      for (const chunk of yield* pull) parser.feed(chunk)
      for (const request of Result.getOrThrow(parser.parse())) {
        yield* FiberSet.run(answering, Effect.flatMap(answer(handler, request), write))
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
