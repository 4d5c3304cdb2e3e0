/**
 * What compresses and decompresses the buffers of a body.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Lz4Frame from "./Lz4Frame.ts"

/**
 * One compression format. Both functions return bytes that share nothing with their input, and may throw anything: a
 * reader turns it into a `CompressionError`.
 *
 * @category models
 * @since 0.1.0
 */
export interface CompressionCodec {
  /** One frame holding `bytes`. */
  readonly compress: (bytes: Uint8Array) => Uint8Array
  /**
   * The content of one frame. `uncompressedLength` is what the buffer's prefix announces: a codec must fail rather than
   * produce more, and must not allocate more because a frame asks for it.
   */
  readonly decompress: (bytes: Uint8Array, uncompressedLength: number) => Uint8Array
}

/**
 * The codecs at hand, by the names of `CompressionType` in `Message.fbs`.
 *
 * @category models
 * @since 0.1.0
 */
export interface CompressionCodecs {
  readonly LZ4_FRAME?: CompressionCodec | undefined
  readonly ZSTD?: CompressionCodec | undefined
}

/**
 * The codecs used where none are given: this package's LZ4_FRAME. `NodeCodecs` adds Node's ZSTD.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults: CompressionCodecs = { LZ4_FRAME: Lz4Frame.codec }

/**
 * The codecs that the `Stream` and file shells use.
 *
 * @category services
 * @since 0.1.0
 */
export const CompressionCodecs: Context.Reference<CompressionCodecs> =
  /* @__PURE__ */ Context.Reference<CompressionCodecs>("@bytewright/arrow-ipc/CompressionCodecs", {
    defaultValue: () => defaults
  })
