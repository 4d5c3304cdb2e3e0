/**
 * What compresses and decompresses the buffers of a body.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { CompressionCodec } from "./internal/compressionCodec.ts"
import * as Lz4Frame from "./Lz4Frame.ts"

export type { CompressionCodec } from "./internal/compressionCodec.ts"

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
