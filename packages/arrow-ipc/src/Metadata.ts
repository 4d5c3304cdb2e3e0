/**
 * Decodes the flatbuffers of messages and footers into plain values, verified.
 *
 * Each function takes the flatbuffer's bytes, and the `offset` at which they start in what the caller reads, so that
 * errors point there. Failures:
 * `FlatbufferError`, `UnsupportedFeature` (a version, type, codec or message that is not known), `FramingError` (a
 * negative body length) and
 * `LimitExceeded`.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import type { Footer } from "./Footer.ts"
import * as metadata from "./internal/messageMetadata.ts"
import { tensorHeaders } from "./internal/tensorMetadata.ts"
import * as Limits from "./Limits.ts"
import type { Message } from "./Message.ts"

/**
 * As `decodeMessage`, but throws the `ArrowError`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const unsafeDecodeMessage = (bytes: Uint8Array, offset: number, limits: Limits.Limits): Message =>
  metadata.decodeMessage(bytes, offset, limits, tensorHeaders)

/**
 * Decodes the flatbuffer of one message: `bytes` holds the flatbuffer alone, without its length prefix.
 *
 * Source: `Message.fbs`, table `Message`. Nothing of the result refers to `bytes`, except metadata values that are
 * not UTF-8.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeMessage = (
  bytes: Uint8Array,
  offset = 0,
  limits: Limits.Limits = Limits.defaults
): Result.Result<Message, ArrowError.ArrowError> => ArrowError.attempt(() => unsafeDecodeMessage(bytes, offset, limits))

/**
 * Decodes the flatbuffer of a file's footer: `bytes` holds the flatbuffer alone.
 *
 * Source: `File.fbs`, table `Footer`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeFooter = (
  bytes: Uint8Array,
  offset = 0,
  limits: Limits.Limits = Limits.defaults
): Result.Result<Footer, ArrowError.ArrowError> =>
  ArrowError.attempt(() => metadata.decodeFooter(bytes, offset, limits))

export { encodeFooter, encodeMessage } from "./internal/encodeMetadata.ts"
