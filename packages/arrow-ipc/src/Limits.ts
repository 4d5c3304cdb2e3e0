/**
 * How much an Arrow stream or file may ask for before it is refused.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * Upper bounds that are checked before anything is allocated; lengths are bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  /** Bytes of one message's flatbuffer, or of a file's footer. */
  readonly metadataLength: number
  /** Bytes of one message's body. */
  readonly bodyLength: number
  /** Fields of a schema, children included. */
  readonly fields: number
  /** Nesting of fields, and of flatbuffer tables. */
  readonly depth: number
  /** Rows of one record batch whose columns have buffers. */
  readonly rows: number
  /** Bytes that the compressed buffers of one message may become. */
  readonly decompressedLength: number
  /** How many times its compressed size a buffer may become. */
  readonly decompressionRatio: number
}

/**
 * The limits used where none are given: 64 MiB of metadata, 2 GiB of body, 65,536 fields nested at most 64 deep, 2^31
 * rows, 4 GiB and 1,000 times when decompressing.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaults: Limits = {
  metadataLength: 2 ** 26,
  bodyLength: 2 ** 31,
  fields: 65_536,
  depth: 64,
  rows: 2 ** 31,
  decompressedLength: 2 ** 32,
  decompressionRatio: 1_000
}

/**
 * The limits that the `Stream` and file shells read by; provide it to change them for a part of a program.
 *
 * @category services
 * @since 0.1.0
 */
export const Limits: Context.Reference<Limits> = /* @__PURE__ */ Context.Reference<Limits>(
  "@bytewright/arrow-ipc/Limits",
  {
    defaultValue: () => defaults
  }
)
