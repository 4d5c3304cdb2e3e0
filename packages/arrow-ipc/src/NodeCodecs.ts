/**
 * The codecs of a program on Node: LZ4 of this package, and ZSTD of Node's own `node:zlib`. Imported by its
 * sub-path, so that browsers never see `node:zlib`; they put a WebAssembly codec of the same shape into
 * `CompressionCodecs`.
 *
 * @since 0.1.0
 */
import * as zlib from "node:zlib"
import * as Layer from "effect/Layer"
import { type CompressionCodec, CompressionCodecs } from "./CompressionCodecs.ts"
import * as Lz4Frame from "./Lz4Frame.ts"

const largestChunk = 2 ** 22

// A Buffer would show through in the values of binary columns.
const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)

/**
 * ZSTD by `node:zlib`; a frame that holds more than its prefix announces fails before the excess is allocated.
 *
 * @category codecs
 * @since 0.1.0
 */
export const zstd: CompressionCodec = {
  compress: (bytes) => plain(zlib.zstdCompressSync(bytes)),
  decompress: (bytes, length) =>
    plain(
      zlib.zstdDecompressSync(bytes, {
        maxOutputLength: Math.max(1, length),
        chunkSize: Math.min(largestChunk, Math.max(64, length))
      })
    )
}

/**
 * Both codecs.
 *
 * @category codecs
 * @since 0.1.0
 */
export const codecs: CompressionCodecs = { LZ4_FRAME: Lz4Frame.codec, ZSTD: zstd }

/**
 * Provides both codecs to the `Stream` and file shells.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never> = Layer.succeed(CompressionCodecs, codecs)
