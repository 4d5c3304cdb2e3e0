/**
 * What answers requests.
 *
 * @since 0.1.0
 */
import type { Request } from "@bytewright/echo-protocol/Request"
import type * as Effect from "effect/Effect"

/**
 * The part of a response that a handler decides; the server adds the request's API key and sequence number.
 *
 * **Details**
 *
 * Without an `id` the server counts: 1 for its first response, one more for each that follows, -2147483648 after
 * 2147483647. The bytes are copied when the handler returns or its effect succeeds, not later.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reply {
  readonly id?: number | undefined
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly body: Uint8Array
}

/**
 * A function from a request to its reply, or to an effect of it.
 *
 * **Details**
 *
 * It is called in the order in which requests arrive. An effect runs at once and in place; only when it suspends do the
 * requests behind it go on without it, and its response follows when it is ready. An exception, a failure or a defect
 * costs the connection, since the protocol has no response for it; so map expected failures to replies.
 *
 * The request's bytes are views of what was read; they stay valid as long as they are held, and hold as much as a whole
 * read buffer, so copy what you keep.
 *
 * @category models
 * @since 0.1.0
 */
export type Handler<E = never, R = never> = (request: Request) => Reply | Effect.Effect<Reply, E, R>

/**
 * The handler of the demo: a response with the request's timestamp, subject and body.
 *
 * @category handlers
 * @since 0.1.0
 */
export const echo: Handler = (request) => request
