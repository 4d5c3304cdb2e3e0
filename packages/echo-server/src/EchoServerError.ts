/**
 * The one error of this package, and the reasons it can carry. It never leaves the connection at fault: the server logs
 * it, counts it, closes that connection and goes on.
 *
 * @since 0.1.0
 */
import type { DecodeError, EncodeError } from "@bytewright/core-binary/BinaryError"
import * as Cause from "effect/Cause"
import * as Data from "effect/Data"

/**
 * Bytes that are not a request; `error` names the byte and the field.
 *
 * @category reasons
 * @since 0.1.0
 */
export class MalformedRequest extends Data.TaggedClass("MalformedRequest")<{
  readonly error: DecodeError
}> {
  get message(): string {
    return `malformed request: ${this.error.message}`
  }
}

/**
 * A request with the sequence number of one that is still unanswered: its peer could not tell their responses apart.
 *
 * @category reasons
 * @since 0.1.0
 */
export class DuplicateSequence extends Data.TaggedClass("DuplicateSequence")<{ readonly sequence: number }> {
  get message(): string {
    return `sequence ${this.sequence} is still in flight; a peer may use a number again once it is answered`
  }
}

/**
 * The handler threw, failed, died or was interrupted.
 *
 * @category reasons
 * @since 0.1.0
 */
export class HandlerFailed extends Data.TaggedClass("HandlerFailed")<{
  readonly sequence: number
  readonly cause: Cause.Cause<unknown>
}> {
  get message(): string {
    return `the handler of sequence ${this.sequence} failed: ${Cause.pretty(this.cause)}`
  }
}

/**
 * The handler's reply is no response: a number out of range, or more bytes than a frame can count.
 *
 * @category reasons
 * @since 0.1.0
 */
export class InvalidReply extends Data.TaggedClass("InvalidReply")<{
  readonly sequence: number
  readonly error: EncodeError
}> {
  get message(): string {
    return `the reply to sequence ${this.sequence} cannot be written: ${this.error.message}`
  }
}

/**
 * One of the limits in time or number was reached; `limit` is its name, `value` what it was set to.
 *
 * @category reasons
 * @since 0.1.0
 */
export class LimitReached extends Data.TaggedClass("LimitReached")<{
  readonly limit: "maxConnections" | "partialFrameTimeout" | "idleTimeout" | "writeStallTimeout" | "gracePeriod"
  readonly value: string
}> {
  get message(): string {
    return `${this.limit} (${this.value}) was reached`
  }
}

/**
 * The transport failed otherwise than by a peer that went away.
 *
 * @category reasons
 * @since 0.1.0
 */
export class TransportFailed extends Data.TaggedClass("TransportFailed")<{ readonly cause: unknown }> {
  get message(): string {
    return `the transport failed: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
  }
}

/**
 * Everything an `EchoServerError` can have as its reason.
 *
 * @category reasons
 * @since 0.1.0
 */
export type Reason =
  | MalformedRequest
  | DuplicateSequence
  | HandlerFailed
  | InvalidReply
  | LimitReached
  | TransportFailed

/**
 * Why a connection was closed; `connection` is its number, counted from 1.
 *
 * @category errors
 * @since 0.1.0
 */
export class EchoServerError extends Data.TaggedError("EchoServerError")<{
  readonly connection: number
  readonly reason: Reason
}> {
  override get message(): string {
    return `connection ${this.connection}: ${this.reason.message}`
  }
}
