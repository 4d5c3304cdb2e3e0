/**
 * The one error of this package.
 *
 * Whatever the bytes hold, reading fails with an `ArrowError` and with nothing else. Its `reason` is tagged by the
 * layer
 * that found the fault and carries a stable `code`; `offset` is the byte at fault, counted from the start of what the
 * caller handed over (stream, file or message), and `path` the names of the fields on the way to it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"

/**
 * The envelope of a message is wrong: prefix, lengths, order of messages, or the stream's end.
 *
 * @category models
 * @since 0.1.0
 */
export interface FramingError {
  readonly _tag: "FramingError"
  readonly code:
    | "negative-metadata-length"
    | "empty-metadata"
    | "negative-body-length"
    | "truncated"
    | "no-schema"
    | "second-schema"
    | "unexpected-message"
    | "after-end"
    | "trailing-bytes"
    | "non-advancing-frame"
    | "range-exceeded"
}

/**
 * A flatbuffer does not verify: an offset leaves the buffer, a vector does not fit, a required field is missing.
 *
 * @category models
 * @since 0.1.0
 */
export interface FlatbufferError {
  readonly _tag: "FlatbufferError"
  readonly code:
    | "out-of-bounds"
    | "misaligned"
    | "unterminated-string"
    | "invalid-utf8"
    | "missing-field"
    | "too-many-tables"
    | "too-deep"
}

/**
 * The bytes are well formed but ask for what this package does not know: a version, type, codec or feature of tomorrow.
 *
 * @category models
 * @since 0.1.0
 */
export interface UnsupportedFeature {
  readonly _tag: "UnsupportedFeature"
  readonly code: "metadata-version" | "type" | "message-type" | "parameter" | "codec" | "feature"
}

/**
 * A limit of `Limits` would be exceeded; nothing was allocated for it.
 *
 * @category models
 * @since 0.1.0
 */
export interface LimitExceeded {
  readonly _tag: "LimitExceeded"
  readonly code: "metadata" | "body" | "fields" | "depth" | "rows" | "decompressed" | "ratio" | "blocks"
  readonly limit: number
  readonly wanted: number
}

/**
 * The nodes and buffers of a record batch do not fit its schema or its body.
 *
 * @category models
 * @since 0.1.0
 */
export interface LayoutError {
  readonly _tag: "LayoutError"
  readonly code:
    | "missing-node"
    | "missing-buffer"
    | "extra-node"
    | "extra-buffer"
    | "missing-variadic-count"
    | "negative-length"
    | "null-count"
    | "buffer-out-of-body"
    | "buffer-misaligned"
    | "buffer-too-short"
    | "child-length"
    | "length-mismatch"
    | "schema"
}

/**
 * A value is wrong: an offset, index, view, type id, run end or text, found by full or semantic validation, by
 * a conversion that would lose something, or by a writer asked for what the format cannot say.
 *
 * @category models
 * @since 0.1.0
 */
export interface DataError {
  readonly _tag: "DataError"
  readonly code:
    | "offsets"
    | "view"
    | "utf8"
    | "index"
    | "type-id"
    | "run-end"
    | "null-count"
    | "non-nullable"
    | "precision"
    | "date"
    | "time"
    | "map-key"
    | "unsafe-integer"
    | "unrepresentable"
  readonly row?: number | undefined
}

/**
 * A compressed buffer cannot be decompressed, or no codec is there to do it.
 *
 * @category models
 * @since 0.1.0
 */
export interface CompressionError {
  readonly _tag: "CompressionError"
  readonly code: "no-codec" | "corrupt" | "length-prefix" | "length-mismatch"
  readonly cause?: unknown
}

/**
 * A dictionary is missing, replaced where the file format forbids it, or of two types.
 *
 * @category models
 * @since 0.1.0
 */
export interface DictionaryError {
  readonly _tag: "DictionaryError"
  readonly code: "missing" | "replacement" | "conflict" | "unknown-id"
  readonly id: bigint
}

/**
 * A schema is not the one the caller asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface SchemaMismatch {
  readonly _tag: "SchemaMismatch"
  readonly code: "type" | "nullability" | "missing-field" | "extra-field" | "unsupported"
  readonly expected: string
  readonly actual: string
}

/**
 * A file's magic, footer or block index is wrong, or the bytes are no Arrow at all.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileError {
  readonly _tag: "FileError"
  readonly code: "not-arrow" | "magic" | "footer" | "block" | "schema" | "index"
}

/**
 * Why reading or writing failed, by the layer that found it; `code` is stable and meant for programs.
 *
 * @category models
 * @since 0.1.0
 */
export type Reason =
  | FramingError
  | FlatbufferError
  | UnsupportedFeature
  | LimitExceeded
  | LayoutError
  | DataError
  | CompressionError
  | DictionaryError
  | SchemaMismatch
  | FileError

/**
 * A step of a field path: a field's name, or the index of a column, child or buffer.
 *
 * @category models
 * @since 0.1.0
 */
export type Path = ReadonlyArray<string | number>

/**
 * The one error of this package: a tagged `reason`, the byte `offset` at fault (`undefined` where no byte is), the
 * `path` of field names, and `detail`, a sentence that says what was there and what was expected.
 *
 * @category errors
 * @since 0.1.0
 */
export class ArrowError extends Data.TaggedError("ArrowError")<{
  readonly reason: Reason
  readonly detail: string
  readonly offset: number | undefined
  readonly path: Path
}> {
  /** `Layer/code at byte N in a.b: detail`. */
  override get message(): string {
    const at = this.offset === undefined ? "" : ` at byte ${this.offset}`
    const within = this.path.length === 0 ? "" : ` in ${this.path.join(".")}`
    return `${this.reason._tag}/${this.reason.code}${at}${within}: ${this.detail}`
  }
}

/**
 * Makes an `ArrowError`; `offset` and `path` default to unknown and empty.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (reason: Reason, detail: string, offset?: number, path: Path = []): ArrowError =>
  new ArrowError({ reason, detail, offset, path })

/**
 * Throws an `ArrowError` by the tag and code of its reason; `more` holds what else a reason of that tag has.
 *
 * @category constructors
 * @since 0.1.0
 */
export const raise = <Tag extends Reason["_tag"]>(
  _tag: Tag,
  code: (Reason & { readonly _tag: Tag })["code"],
  detail: string,
  offset?: number,
  path?: Path,
  more?: Omit<Reason & { readonly _tag: Tag }, "_tag" | "code">
): never => {
  throw make({ _tag, code, ...more } as Reason, detail, offset, path)
}

/**
 * Throws `LimitExceeded` if `wanted` is more than `limit`.
 *
 * @category validation
 * @since 0.1.0
 */
export const checkLimit = (
  code: LimitExceeded["code"],
  wanted: number,
  limit: number,
  offset?: number,
  path?: Path
): void => {
  if (wanted > limit) {
    raise("LimitExceeded", code, `${wanted} is more than the limit of ${limit}`, offset, path, { limit, wanted })
  }
}

/**
 * Runs `evaluate` and returns what it throws as a failure, if that is an `ArrowError`; anything else is a defect of
 * this package and is thrown on.
 *
 * @category conversions
 * @since 0.1.0
 */
export const attempt = <A>(evaluate: () => A): Result.Result<A, ArrowError> => {
  try {
    return Result.succeed(evaluate())
  } catch (error) {
    if (error instanceof ArrowError) return Result.fail(error)
    throw error
  }
}
