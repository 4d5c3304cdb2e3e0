/** What a compression format must offer; apart from `CompressionCodecs`, which names `Lz4Frame` as a default. */

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
