/**
 * Cuts a byte stream into encapsulated messages, however it is chunked.
 *
 * A message is `FFFFFFFF, int32 length, flatbuffer, padding, body`; before 0.15 the first word was missing. A length
 * of 0, or the end of the bytes
 * between two messages, ends the stream.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type * as ArrowError from "./ArrowError.ts"
import { type Frame, FrameDecoder } from "./internal/frameDecoder.ts"
import { tensorHeaders } from "./internal/tensorMetadata.ts"
import * as Limits from "./Limits.ts"

export type { Frame } from "./internal/frameDecoder.ts"

/**
 * The incremental machine: push chunks, get the messages they complete.
 *
 * **Details**
 *
 * A failure is terminal. Messages that were complete before the fault are returned first, and the failure by the next
 * call. Bytes after
 * the end-of-stream marker are not looked at. Failures: `FramingError`, `LimitExceeded` and what
 * `Metadata.decodeMessage` fails with.
 *
 * @category models
 * @since 0.1.0
 */
export class Framer extends FrameDecoder<Frame> {
  constructor(limits: Limits.Limits = Limits.defaults) {
    super(limits, tensorHeaders)
  }

  protected read(frame: Frame): Frame {
    return frame
  }
}

/**
 * All messages of `bytes`, which holds a whole stream; no byte is copied.
 *
 * @category decoding
 * @since 0.1.0
 */
export const frames = (
  bytes: Uint8Array,
  limits: Limits.Limits = Limits.defaults
): Result.Result<ReadonlyArray<Frame>, ArrowError.ArrowError> => {
  const framer = new Framer(limits)
  return Result.flatMap(framer.push(bytes), (frames) => Result.map(framer.end(), () => frames))
}
