/**
 * The one error of this package. What went wrong is its tagged `reason`; where, its `offset` (bytes from the start of the
 * input that was given to the function) and its `path` (the field or value at fault, outermost first).
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * The bytes at the start of an object are not the magic `NCO`.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface NotNco {
  readonly _tag: "NotNco"
  readonly found: string
}

/**
 * The version of an object (`what: "NCO" | "NPY" | "index"`) or the protocol of a pickle is not one this package reads.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface UnsupportedVersion {
  readonly _tag: "UnsupportedVersion"
  readonly what: string
  readonly version: string
}

/**
 * The input ends inside an object's header: `needed` bytes from `offset`, `available` there.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface TruncatedHeader {
  readonly _tag: "TruncatedHeader"
  readonly needed: number
  readonly available: number
}

/**
 * No C layout, or more than one, makes sense of an object's header.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface AmbiguousAbi {
  readonly _tag: "AmbiguousAbi"
  readonly candidates: ReadonlyArray<string>
}

/**
 * The offsets of an object's header do not rise, overlap its header or each other, or leave the file.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface BadOffsets {
  readonly _tag: "OffsetsOutOfOrder" | "OffsetsOverlap" | "OffsetsOutOfFile"
  readonly detail: string
}

/**
 * Bytes follow the end of an object (`what: "nco" | "pickle" | "npy"`) where none may.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface TrailingBytes {
  readonly _tag: "PickleTrailingBytes" | "NpyTrailingBytes" | "TrailingGarbage" | "Gap"
  readonly count: number
}

/**
 * The input ends before the pickle or the array does: `needed` bytes from `offset`, `available` there.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface Truncated {
  readonly _tag: "PickleTruncated" | "NpyTruncated"
  readonly needed: number
  readonly available: number
}

/**
 * The bytes at the start of an array are not the magic of NPY.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface NpyBadMagic {
  readonly _tag: "NpyBadMagic"
  readonly found: string
}

/**
 * An NPY header, a dtype or a shape that cannot be.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface NpyMalformed {
  readonly _tag: "NpyMalformed"
  readonly detail: string
}

/**
 * A pickle that breaks the rules of its opcodes, or of a type it builds.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface PickleMalformed {
  readonly _tag: "PickleMalformed"
  /** The opcode's name in `pickletools`, or `0x..` for a byte that is none. */
  readonly opcode: string
  readonly detail: string
}

/**
 * A pickle names a class or a function that the registry does not hold. Nothing was imported or called.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface PickleUnknownGlobal {
  readonly _tag: "PickleUnknownGlobal"
  readonly module: string
  readonly name: string
}

/**
 * A budget is used up: `value` is what the input asks for, `maximum` what the option `limit` allows.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface LimitExceeded {
  readonly _tag: "LimitExceeded"
  readonly limit: string
  readonly value: number
  readonly maximum: number
}

/**
 * A value that the format, or the chosen profile, cannot hold without loss.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface NotRepresentable {
  readonly _tag: "NotRepresentable"
  readonly detail: string
}

/**
 * A key or a position at which there is no object.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface NotFound {
  readonly _tag: "NotFound"
  readonly detail: string
}

/**
 * The file system failed; `cause` is its error.
 *
 * @category reasons
 * @since 0.1.0
 */
export interface Io {
  readonly _tag: "Io"
  readonly cause: Error
}

/**
 * What can go wrong.
 *
 * @category reasons
 * @since 0.1.0
 */
export type Reason =
  | NotNco
  | UnsupportedVersion
  | TruncatedHeader
  | AmbiguousAbi
  | BadOffsets
  | TrailingBytes
  | Truncated
  | NpyBadMagic
  | NpyMalformed
  | PickleMalformed
  | PickleUnknownGlobal
  | LimitExceeded
  | NotRepresentable
  | NotFound
  | Io

const describe = (reason: Reason): string => {
  switch (reason._tag) {
    case "NotNco":
      return `not an NCO object: expected "NCO", found ${reason.found}`
    case "UnsupportedVersion":
      return `${reason.what} version ${reason.version} is not supported`
    case "AmbiguousAbi":
      return `the C layout cannot be told (candidates: ${reason.candidates.join(", ") || "none"}): name it with the option abi`
    case "TruncatedHeader":
    case "PickleTruncated":
    case "NpyTruncated":
      return `the input ends early: ${reason.needed} bytes needed, ${reason.available} available`
    case "PickleTrailingBytes":
    case "NpyTrailingBytes":
    case "TrailingGarbage":
    case "Gap":
      return `${reason.count} unexpected bytes`
    case "NpyBadMagic":
      return `not an NPY array: expected "\\x93NUMPY", found ${reason.found}`
    case "PickleMalformed":
      return `${reason.opcode}: ${reason.detail}`
    case "PickleUnknownGlobal":
      return `the pickle refers to ${reason.module}.${reason.name}, which the registry does not hold: register it, or decode in opaque mode`
    case "LimitExceeded":
      return `${reason.value} exceeds the limit ${reason.limit} of ${reason.maximum}`
    case "Io":
      return reason.cause.message
    default:
      return reason.detail
  }
}

/**
 * What every function of this package fails with: a `reason`, the `offset` of the byte at fault from the start of the
 * input, and the `path` of the field or value (`"header/pickleEnd"`, `"metadata/rmses"`), empty where there is none.
 *
 * @category errors
 * @since 0.1.0
 */
export class NcoError extends Data.TaggedError("NcoError")<{
  readonly reason: Reason
  readonly offset: number
  readonly path: string
}> {
  /** `<tag> at byte <offset> (<path>): <what to know>`. */
  override get message(): string {
    const where = this.path === "" ? "" : ` (${this.path})`
    return `${this.reason._tag} at byte ${this.offset}${where}: ${describe(this.reason)}`
  }
}

/**
 * Makes an {@link NcoError}.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (reason: Reason, offset: number, path = ""): NcoError => new NcoError({ reason, offset, path })
