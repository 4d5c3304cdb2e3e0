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

/** What a batch of small messages takes. */
const initialSize = 4096

/**
 * Makes a builder of `Request.codec` or `Response.codec`: messages are written as they are added, one behind the other, into
 * memory that grows with them and is used again. A frame above `maxFrameSize` (1 MiB, size field included, unless said otherwise) is a `LimitExceeded`.
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
  const tooLarge = (size: number) =>
    Result.fail(makeEncodeError("LimitExceeded", 0, [], `a frame of at most ${maxFrameSize} bytes`, String(size)))
  let bytes = new Uint8Array(initialSize)
  let used = 0
  return {
    add(message) {
      let end = codec.write(message, bytes, used)
      if (end === -1) {
        // Looked at twice only where the room is not enough.
        const size = codec.size(message)
        if (Result.isFailure(size)) return Result.fail(size.failure)
        if (size.success > maxFrameSize) return tooLarge(size.success)
        const larger = new Uint8Array(Math.max(2 * bytes.length, used + size.success))
        larger.set(bytes.subarray(0, used))
        bytes = larger
        end = codec.write(message, bytes, used)
      }
      if (end < 0) return Result.fail(codec.diagnoseValue(message))
      if (end - used > maxFrameSize) return tooLarge(end - used)
      used = end
      return Result.void
    },
    get size() {
      return used
    },
    build() {
      const built = bytes.slice(0, used)
      used = 0
      return built
    }
  }
}
