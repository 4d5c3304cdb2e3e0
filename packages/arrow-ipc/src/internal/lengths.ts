/** The lengths of messages, checked before anything is allocated for them. */
import { found } from "./details.ts"
import * as ArrowError from "../ArrowError.ts"
import type * as Limits from "../Limits.ts"

/** The little-endian int32 at `at`. */
export const int32 = (bytes: Uint8Array, at = 0): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** Refuses a negative or too large length of metadata, found at `offset`. */
export const checkMetadataLength = (length: number, offset: number, limits: Limits.Limits): void => {
  if (length < 0) ArrowError.raise("FramingError", "negative-metadata-length", found(length, "a length"), offset)
  ArrowError.checkLimit("metadata", length, limits.metadataLength, offset)
}
