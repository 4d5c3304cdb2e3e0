/**
 * One buffer out of many messages.
 *
 * @since 0.1.0
 */
import type { EncodeError } from "@bytewright/core-binary/BinaryError"
import type { Codec } from "@bytewright/core-binary/Codec"
import { makeEncodeError } from "@bytewright/core-binary/BinaryError"
import * as Result from "effect/Result"
import { defaultMaxFrameSize } from "./Frame.ts"

/**
 * Gathers messages and gives the bytes of all of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Builder<in A> {
  /** Adds a message; one that cannot be written is refused and leaves the others as they are. */
  add(message: A): Result.Result<void, EncodeError>
  /** The size of what `build` would give, in bytes. */
  readonly size: number
  /** The bytes of all messages, in the order they were added, in a buffer of their own; the builder is empty afterwards. */
  build(): Uint8Array<ArrayBuffer>
}

/**
 * Makes a builder of `Request.codec` or `Response.codec`: messages are sized as they are added and written in place, once,
 * into one buffer. A frame above `maxFrameSize` (1 MiB, size field included, unless said otherwise) is a `LimitExceeded`.
 *
 * **Gotchas**
 *
 * A message is written by `build`: do not change it between. One that can no longer be written makes `build` throw its `EncodeError`.
 *
 * **Example** (Two requests in one buffer)
 *
 * ```ts
 * import { Builder, Request } from "@bytewright/echo-protocol"
 *
 * const builder = Builder.make(Request.codec)
 * const none = new Uint8Array(0)
 * for (const sequence of [0, 1]) {
 *   builder.add({ apiKey: 0, sequence, timestamp: 0n, subject: none, metadata: [], body: none })
 * }
 * console.log(builder.build().length)
 * // => 48
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(codec: Codec<A>, options?: { readonly maxFrameSize?: number | undefined }): Builder<A> => {
  const maxFrameSize = options?.maxFrameSize ?? defaultMaxFrameSize
  let messages: Array<A> = []
  let total = 0
  return {
    add(message) {
      const size = codec.size(message)
      if (Result.isFailure(size)) return Result.fail(size.failure)
      if (size.success > maxFrameSize) {
        return Result.fail(
          makeEncodeError("LimitExceeded", 0, [], `a frame of at most ${maxFrameSize} bytes`, String(size.success))
        )
      }
      messages.push(message)
      total += size.success
      return Result.void
    },
    get size() {
      return total
    },
    build() {
      const bytes = new Uint8Array(total)
      let offset = 0
      for (const message of messages) {
        offset = codec.write(message, bytes, offset)
        // Changed since it was added: better no bytes than wrong ones.
        if (offset < 0) throw codec.diagnoseValue(message)
      }
      messages = []
      total = 0
      return bytes
    }
  }
}
