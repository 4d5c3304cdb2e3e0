/**
 * The one error of this package, and the reasons it can carry.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * The request cannot be written: a field is out of its range, or the frame exceeds the limit. Nothing was sent.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidRequest extends Data.TaggedClass("InvalidRequest")<{ readonly detail: string }> {
  get message(): string {
    return `the request cannot be written: ${this.detail}`
  }
}

/**
 * The deadline passed: `queued` while the request waited for a connection with room (nothing was sent), `in flight`
 * after it had a sequence number. `written` says whether its bytes were handed to the socket.
 *
 * **Details**
 *
 * `lastFailure` is what the latest connection attempt or connection died of, where the client had no connection at all.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Timeout extends Data.TaggedClass("Timeout")<{
  readonly phase: "queued" | "in flight"
  readonly written: boolean
  readonly lastFailure?: string | undefined
}> {
  get message(): string {
    const why = this.lastFailure === undefined ? "" : `; last failure: ${this.lastFailure}`
    return this.phase === "queued"
      ? `the deadline passed while the request waited for a connection with room${why}`
      : `the deadline passed before the response arrived${this.written ? "" : " (the request was never written)"}`
  }
}

/**
 * More callers wait than the client was told to admit. Nothing was sent.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Overloaded extends Data.TaggedClass("Overloaded")<{ readonly waiting: number }> {
  get message(): string {
    return `all windows are full and ${this.waiting} requests already wait; slow down, or raise maxWaiting`
  }
}

/**
 * The connection ended with the request in flight. `written: false` means the peer cannot have seen it; `true` that
 * its bytes were handed to the socket, so that the peer may have acted on it.
 *
 * @category reasons
 * @since 0.1.0
 */
export class ConnectionLost extends Data.TaggedClass("ConnectionLost")<{
  readonly written: boolean
  readonly detail: string
}> {
  get message(): string {
    return `the connection was lost ${this.written ? "after" : "before"} the request was written: ${this.detail}`
  }
}

/**
 * The peer broke the protocol, and the connection was closed with the request in flight: a malformed frame, or a
 * response to a sequence number that no request holds.
 *
 * @category reasons
 * @since 0.1.0
 */
export class ProtocolViolation extends Data.TaggedClass("ProtocolViolation")<{
  readonly written: boolean
  readonly detail: string
}> {
  get message(): string {
    return `the peer broke the protocol: ${this.detail}`
  }
}

/**
 * The client is closed or drains, and takes no more requests. Nothing was sent.
 *
 * @category reasons
 * @since 0.1.0
 */
export class Closed extends Data.TaggedClass("Closed")<{}> {
  get message(): string {
    return "the client is closed"
  }
}

/**
 * An `echo://` URL that does not say where to connect or how.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidUrl extends Data.TaggedClass("InvalidUrl")<{ readonly url: string; readonly detail: string }> {
  get message(): string {
    return `${this.url}: ${this.detail}`
  }
}

/**
 * Everything an `EchoClientError` can have as its reason.
 *
 * @category reasons
 * @since 0.1.0
 */
export type Reason = InvalidRequest | Timeout | Overloaded | ConnectionLost | ProtocolViolation | Closed | InvalidUrl

/**
 * A request that was not answered, or a client that could not be made; `reason` says why, and recovers with
 * `Effect.catchReason`.
 *
 * @category errors
 * @since 0.1.0
 */
export class EchoClientError extends Data.TaggedError("EchoClientError")<{ readonly reason: Reason }> {
  override get message(): string {
    return this.reason.message
  }
}
