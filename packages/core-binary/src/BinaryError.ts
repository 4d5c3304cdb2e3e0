/**
 * The two errors of this package. Both name the byte and the field.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"

/**
 * Where a value stands: names of fields, and indexes of elements.
 *
 * @category models
 * @since 0.1.0
 */
export type Path = ReadonlyArray<string | number>

/**
 * What is wrong with the bytes.
 *
 * - `UnexpectedEnd`: a field needs more bytes than are left.
 * - `InvalidLength`: a length or count is negative, or announces more than is left.
 * - `InvalidTag`: no case of a tagged union, or no name of an enum, has this number.
 * - `InvalidUtf8`: text is not well formed in its encoding.
 * - `InvalidVarint`: a variable-length integer is too long, too large or not canonical.
 * - `OutOfRange`: a number is beyond what its value type holds exactly.
 * - `ConstantMismatch`: a constant, padding or reserved bit is not what the layout says.
 * - `ComputedMismatch`: a computed field does not agree with what it was computed from.
 * - `ChecksumMismatch`: the bytes are not those that were summed.
 * - `InvalidPointer`: an offset leads outside the message.
 * - `MissingTerminator`: the window ends before the terminator.
 * - `TrailingBytes`: bytes are left where there should be none.
 * - `LimitExceeded`: a limit of the codec's options was met.
 * - `DepthExceeded`: the layout refers to itself more often than `maxDepth`.
 * - `CheckFailed`: the bytes are right but a schema refuses the value.
 *
 * @category models
 * @since 0.1.0
 */
export type DecodeReason =
  | "UnexpectedEnd"
  | "InvalidLength"
  | "InvalidTag"
  | "InvalidUtf8"
  | "InvalidVarint"
  | "OutOfRange"
  | "ConstantMismatch"
  | "ComputedMismatch"
  | "ChecksumMismatch"
  | "InvalidPointer"
  | "MissingTerminator"
  | "TrailingBytes"
  | "LimitExceeded"
  | "DepthExceeded"
  | "CheckFailed"

/**
 * What is wrong with the value.
 *
 * - `InvalidType`: not the kind of value that the layout holds.
 * - `OutOfRange`: a number that the wire cannot represent (`-0` among them).
 * - `InvalidLength`: too many bytes or elements, or not as many as another field says.
 * - `InvalidTag`: a `_tag` that is no case, or a name that is no enum value.
 * - `InvalidText`: text that the encoding cannot represent.
 * - `InvalidPresence`: an optional value is there where the layout says no, or missing where it says yes.
 * - `Unrepresentable`: the layout has no unique encoding (pointers), or the bytes would not read back.
 * - `LimitExceeded`, `DepthExceeded`: a limit of the codec's options was met.
 * - `NoRoom`: the target is too small.
 * - `CheckFailed`: a schema refuses the value.
 *
 * @category models
 * @since 0.1.0
 */
export type EncodeReason =
  | "InvalidType"
  | "OutOfRange"
  | "InvalidLength"
  | "InvalidTag"
  | "InvalidText"
  | "InvalidPresence"
  | "Unrepresentable"
  | "LimitExceeded"
  | "DepthExceeded"
  | "NoRoom"
  | "CheckFailed"

/** @internal */
export const formatPath = (path: Path): string =>
  path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? key : `${text}.${key}`),
    ""
  )

const sentence = ({ actual, expected, offset, path, reason }: DecodeError | EncodeError): string =>
  `${path.length === 0 ? "" : `${formatPath(path)}: `}${reason._tag} at byte ${offset}: expected ${expected}, got ${actual}`

const hex = (byte: number): string => byte.toString(16).padStart(2, "0")

/**
 * The bytes cannot be read as the layout says.
 *
 * **Details**
 *
 * `offset` is where the field at fault starts, in bytes from the start of the input; `path` names the field; `expected` and
 * `actual` say what the layout asks for and what was there. `nearby` is a copy of a few bytes around the fault, from offset
 * `nearbyOffset`: the error does not keep the input alive.
 *
 * @category errors
 * @since 0.1.0
 */
export class DecodeError extends Data.TaggedError("DecodeError")<{
  readonly reason: { readonly _tag: DecodeReason }
  readonly offset: number
  readonly path: Path
  readonly expected: string
  readonly actual: string
  readonly nearby: Uint8Array
  readonly nearbyOffset: number
}> {
  /** One line for a person: the field, the byte, what was expected, what was there; then bytes around the fault. */
  override get message(): string {
    let dump = ""
    for (let i = 0; i < this.nearby.length; i++) {
      dump += (this.nearbyOffset + i === this.offset ? ">" : " ") + hex(this.nearby[i]!)
    }
    if (this.nearbyOffset + this.nearby.length === this.offset) dump += ">end"
    return `${sentence(this)} |${dump}`
  }
}

/**
 * The value cannot be written as the layout says.
 *
 * **Details**
 *
 * `offset` is where the field at fault would have started, in bytes from the start of the message; `path` names the field.
 *
 * @category errors
 * @since 0.1.0
 */
export class EncodeError extends Data.TaggedError("EncodeError")<{
  readonly reason: { readonly _tag: EncodeReason }
  readonly offset: number
  readonly path: Path
  readonly expected: string
  readonly actual: string
}> {
  /** One line for a person: the field, what was expected, what was given. */
  override get message(): string {
    return sentence(this)
  }
}

/**
 * Makes an error without a stack trace: these errors are values, and the trace would cost more than the diagnosis.
 *
 * @internal
 */
export const withoutStack = <E>(make: () => E): E => {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return make()
  } finally {
    Error.stackTraceLimit = limit
  }
}

/**
 * Makes a {@link DecodeError} about `bytes`, of which a few around `offset` are copied.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeDecodeError = (
  bytes: Uint8Array,
  reason: DecodeReason,
  offset: number,
  path: Path,
  expected: string,
  actual: string
): DecodeError => {
  const nearbyOffset = Math.max(0, offset - 8)
  // A copy of a Node buffer too, which slices without one.
  const nearby = new Uint8Array(bytes.subarray(nearbyOffset, offset + 8))
  return withoutStack(
    () => new DecodeError({ reason: { _tag: reason }, offset, path, expected, actual, nearby, nearbyOffset })
  )
}

/**
 * Makes an {@link EncodeError}.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeEncodeError = (
  reason: EncodeReason,
  offset: number,
  path: Path,
  expected: string,
  actual: string
): EncodeError => withoutStack(() => new EncodeError({ reason: { _tag: reason }, offset, path, expected, actual }))
