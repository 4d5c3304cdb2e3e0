/** The lengths of messages, checked before anything is allocated for them. */
import * as ArrowError from "../ArrowError.ts"
import type * as Limits from "../Limits.ts"

/** The little-endian int32 at `at`. */
export const int32 = (bytes: Uint8Array, at = 0): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)

/** Refuses a negative or too large length of metadata, found at `offset`. */
export const checkMetadataLength = (length: number, offset: number, limits: Limits.Limits): void => {
  if (length < 0) {
    throw ArrowError.make({ _tag: "FramingError", code: "negative-metadata-length" }, `the length is ${length}`, offset)
  }
  if (length > limits.metadataLength) {
    const detail = `${length} bytes of metadata exceed the limit of ${limits.metadataLength}`
    const limit = limits.metadataLength
    throw ArrowError.make({ _tag: "LimitExceeded", code: "metadata", limit, wanted: length }, detail, offset)
  }
}

/** Refuses a body that is too large, of the message at `offset`. */
export const checkBodyLength = (length: number, offset: number, limits: Limits.Limits): void => {
  if (length > limits.bodyLength) {
    const detail = `a body of ${length} bytes exceeds the limit of ${limits.bodyLength}`
    throw ArrowError.make(
      { _tag: "LimitExceeded", code: "body", limit: limits.bodyLength, wanted: length },
      detail,
      offset
    )
  }
}
