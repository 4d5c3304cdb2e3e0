/**
 * Messages out of bytes in any pieces.
 *
 * @since 0.1.0
 */
import type { DecodeError } from "@bytewright/core-binary/BinaryError"
import type { Layout } from "@bytewright/core-binary/Layout"
import * as Core from "@bytewright/core-binary/Parser"
import * as Result from "effect/Result"
import { defaultMaxFrameSize } from "./Frame.ts"

/**
 * Gathers bytes and gives messages.
 *
 * **Details**
 *
 * A failure is final: `parse` gives the messages before it first, and the failure from then on. Messages view the bytes
 * they were fed (or a copy, where a message came in pieces): do not change fed bytes while messages are in use.
 *
 * @category models
 * @since 0.1.0
 */
export interface Parser<out A> {
  /** Takes bytes in any pieces. */
  feed(bytes: Uint8Array): void
  /** The messages that are whole and were not given before. */
  parse(): Result.Result<ReadonlyArray<A>, DecodeError>
  /** The bytes of the incomplete message that are held. */
  readonly pending: number
}

/**
 * Makes a parser of `Request.frame` or `Response.frame`. A frame above `maxFrameSize` (1 MiB, size field included, unless
 * said otherwise) is a `LimitExceeded` before its payload is awaited.
 *
 * **Example** (A response in two pieces)
 *
 * ```ts
 * import { Parser, Response } from "@bytewright/echo-protocol"
 *
 * const bytes = Response.codec.encodeSync({
 *   apiKey: 0, sequence: 7, id: 1, timestamp: 9999n, subject: new Uint8Array(0), body: Uint8Array.of(104, 105)
 * })
 * const parser = Parser.make(Response.frame)
 * parser.feed(bytes.subarray(0, 10))
 * console.log(parser.parse())
 * // => { _id: 'Result', _tag: 'Success', value: [] }
 * parser.feed(bytes.subarray(10))
 * const messages = parser.parse()
 * console.log(messages._tag === "Success" && messages.success[0]?.sequence)
 * // => 7
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(frame: Layout<A>, options?: { readonly maxFrameSize?: number | undefined }): Parser<A> => {
  const parser = Core.make(frame, { maxFrameSize: options?.maxFrameSize ?? defaultMaxFrameSize })
  let messages: Array<A> = []
  let failure: DecodeError | undefined
  const keep = (message: A) => {
    messages.push(message)
  }
  return {
    feed(bytes) {
      failure = parser.push(bytes, keep)
    },
    parse() {
      if (failure !== undefined && messages.length === 0) return Result.fail(failure)
      const given = messages
      messages = []
      return Result.succeed(given)
    },
    get pending() {
      return parser.pending
    }
  }
}
