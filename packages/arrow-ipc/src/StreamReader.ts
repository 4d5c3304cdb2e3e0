/**
 * Reads the stream format: bytes in, in pieces of any size; record batches out.
 *
 * @since 0.1.0
 */
import { StreamDecoder } from "./internal/streamDecoder.ts"
import * as ReadOptions from "./ReadOptions.ts"

/**
 * An incremental reader.
 *
 * **Details**
 *
 * `push` returns the batches that the chunk completes; their bytes are views of it where they did not span chunks, so
 * the chunk must not be written to again. A
 * failure is terminal: batches before the fault are returned first, and the failure by the next call. It can be any
 * reason but `FileError`.
 *
 * @category models
 * @since 0.1.0
 */
export class StreamReader extends StreamDecoder {
  constructor(options?: ReadOptions.ReadOptions) {
    super(ReadOptions.resolve(options))
  }
}
