/**
 * The layout of a binary format as plain, inspectable data.
 *
 * A {@link Layout} is a {@link Node} (what stands on the wire) together with the static type of its values. Everything
 * else in this package is an interpreter of nodes. Build layouts with the `Binary` module: a node that its constructors made
 * brings along, out of sight, what a codec must know of its kind, so that a program ships the kinds it uses.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import { type Pipeable, pipeArguments } from "effect/Pipeable"
import type { Expr } from "./Expr.ts"

/**
 * A byte order: `inherit` takes that of the enclosing {@link Endianness}, and big endian (network order) where there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type Endian = "big" | "little" | "inherit"

/**
 * A whole number of 8 to 64 bits in whole bytes, two's complement where signed. Its value is a `number`, or a `bigint`
 * where `type` says so; a 64-bit `number` is checked to be a safe integer, both ways.
 *
 * @category models
 * @since 0.1.0
 */
export interface Int {
  readonly _tag: "Int"
  readonly bits: 8 | 16 | 24 | 32 | 40 | 48 | 56 | 64
  readonly signed: boolean
  readonly endian: Endian
  readonly type: "number" | "bigint"
}

/**
 * An IEEE 754 binary16, binary32 or binary64. Writing rounds to the nearest value of the width.
 *
 * @category models
 * @since 0.1.0
 */
export interface Float {
  readonly _tag: "Float"
  readonly bits: 16 | 32 | 64
  readonly endian: Endian
}

/**
 * A variable-length integer: `leb128` (unsigned), `sleb128` (signed), `zigzag` (signed, as protobuf's sint),
 * `vlq` (unsigned, most significant group first). `bits` bounds the value; longer encodings than the value needs are
 * read, and refused where `canonical`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Varint {
  readonly _tag: "Varint"
  readonly encoding: "leb128" | "sleb128" | "zigzag" | "vlq"
  readonly bits: 32 | 64
  readonly type: "number" | "bigint"
  readonly canonical: boolean
}

/**
 * A group of bit fields that fills whole bytes, as one record. `msb` takes the first field from the most significant
 * bits of the first byte (network order), `lsb` from the least significant bits of the first byte. Fields with a
 * `value` are constants (reserved bits) and not part of the record. A field of more than 53 bits is a `bigint`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bits {
  readonly _tag: "Bits"
  readonly order: "msb" | "lsb"
  readonly fields: ReadonlyArray<BitField>
}

/**
 * One field of {@link Bits}.
 *
 * @category models
 * @since 0.1.0
 */
export interface BitField {
  readonly name: string
  readonly bits: number
  readonly signed: boolean
  readonly value: number | undefined
}

/**
 * How many bytes or elements follow.
 *
 * - `Fixed`: always `value`.
 * - `Prefixed`: a number stands before them, holding the length plus `plus`; a length outside `min` to `max` is refused
 *   at the number; `absent` is the number that says `null`.
 * - `Computed`: an expression over earlier fields.
 * - `Terminated`: until the terminator, which is consumed and not part of the value.
 * - `Rest`: to the end of the enclosing window.
 *
 * For bytes and text the unit is bytes; for arrays it is elements, unless `unit` is `bytes`.
 *
 * @category models
 * @since 0.1.0
 */
export type Length =
  | { readonly _tag: "Fixed"; readonly value: number }
  | {
      readonly _tag: "Prefixed"
      readonly prefix: Int | Varint
      readonly unit: "bytes" | "elements"
      readonly plus: number
      readonly min: number
      readonly max: number
      readonly absent: number | undefined
    }
  | { readonly _tag: "Computed"; readonly expr: Expr; readonly unit: "bytes" | "elements" }
  | { readonly _tag: "Terminated"; readonly terminator: ReadonlyArray<number> }
  | { readonly _tag: "Rest" }

/**
 * Opaque bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Bytes {
  readonly _tag: "Bytes"
  readonly length: Length
}

/**
 * Text. `utf8` is strict both ways (invalid bytes and lone surrogates are errors, a byte order mark is kept); `ascii`
 * and `latin1` admit U+0000-007F and U+0000-00FF; `utf16` has the byte order of its place. The length counts bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Text {
  readonly _tag: "Text"
  readonly encoding: "utf8" | "ascii" | "latin1" | "utf16"
  readonly length: Length
}

/**
 * Elements of one layout, one after the other.
 *
 * @category models
 * @since 0.1.0
 */
export interface Array {
  readonly _tag: "Array"
  readonly of: Node
  readonly length: Length
}

/**
 * Fields in wire order.
 *
 * @category models
 * @since 0.1.0
 */
export interface Struct {
  readonly _tag: "Struct"
  readonly fields: ReadonlyArray<Field>
}

/**
 * A named field of a {@link Struct}. Constants, padding, computed fields and checksums have a name but no value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Field {
  readonly name: string
  readonly node: Node
}

/**
 * A tagged union. Its value is `{ _tag: case name, ...fields }` for a case that is a struct, and `{ _tag, value }` for another.
 *
 * - `before`: the tag stands first; every case has one tag.
 * - `inside`: the tag is part of every case, `offset` bytes from its start; it is looked at, and the case reads it again.
 * - `outside`: the tag is an expression over earlier fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tagged {
  readonly _tag: "Tagged"
  readonly tag:
    | { readonly _tag: "Before"; readonly of: Int | Varint }
    | { readonly _tag: "Inside"; readonly of: Int; readonly offset: number }
    | { readonly _tag: "Outside"; readonly expr: Expr }
  readonly cases: ReadonlyArray<Case>
}

/**
 * A case of {@link Tagged}: `from` and `to` bound its tags, both included. The first case that has a tag takes it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly node: Node
}

/**
 * A number with names (or with a list of the values it may have: a name may be a number). A number without a name is an
 * error, unless `open`: then the value is the number.
 *
 * @category models
 * @since 0.1.0
 */
export interface Enum {
  readonly _tag: "Enum"
  readonly of: Int | Varint
  readonly names: ReadonlyArray<readonly [name: string | number, value: number]>
  readonly open: boolean
}

/**
 * A set of bits with names, as a record of booleans. Bits without a name must be zero, so that none is lost.
 *
 * @category models
 * @since 0.1.0
 */
export interface Flags {
  readonly _tag: "Flags"
  readonly of: Int
  readonly names: ReadonlyArray<readonly [name: string, mask: number]>
}

/**
 * A value that is there or not (`undefined`): by an expression (`When`), by a byte-sized number that is 0 or 1
 * (`Flagged`), or where bytes are left in the window (`Trailing`).
 *
 * @category models
 * @since 0.1.0
 */
export interface Optional {
  readonly _tag: "Optional"
  readonly presence:
    | { readonly _tag: "When"; readonly expr: Expr }
    | { readonly _tag: "Flagged"; readonly of: Int }
    | { readonly _tag: "Trailing" }
  readonly of: Node
}

/**
 * Bytes that are always the same: a magic, a version, a reserved number. It has no value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Const {
  readonly _tag: "Const"
  readonly bytes: ReadonlyArray<number>
}

/**
 * A number that is always the same, in the byte order of its place. It has no value.
 *
 * @category models
 * @since 0.1.0
 */
export interface ConstInt {
  readonly _tag: "ConstInt"
  readonly of: Int
  readonly value: number | bigint
}

/**
 * Bytes without meaning: written as `fill`, ignored when read unless `verify`. `Aligned` fills up to a multiple of `to`
 * from the start of the message or of the input. It has no value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Padding {
  readonly _tag: "Padding"
  readonly amount:
    | { readonly _tag: "Fixed"; readonly value: number }
    | { readonly _tag: "Aligned"; readonly to: number; readonly origin: "message" | "input" }
  readonly fill: number
  readonly verify: boolean
}

/**
 * A number that the writer fills in and the reader verifies: a length, count, offset or tag of another field. It has no
 * value of its own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Computed {
  readonly _tag: "Computed"
  readonly of: Int
  readonly expr: Expr
}

/**
 * A checksum over the bytes from the start of field `from` to the start of field `to` (or to the checksum itself): the
 * writer fills it in, the reader verifies it. Where the span covers the checksum, its own bytes count as zero. It has no value.
 *
 * @category models
 * @since 0.1.0
 */
export interface Checksum {
  readonly _tag: "Checksum"
  readonly of: Int
  readonly algorithm: Algorithm
  readonly from: string
  readonly to: string | undefined
}

/**
 * A checksum algorithm: its name is part of the layout's identity; `compute` gives an unsigned 32-bit number over
 * `bytes[start, end)`, of which as many low bits are taken as the field has.
 *
 * @category models
 * @since 0.1.0
 */
export interface Algorithm {
  readonly name: string
  readonly compute: (bytes: Uint8Array, start: number, end: number) => number
}

/**
 * A layout read at another place: `at` bytes from the start of the message or of the input. Reading goes on behind where
 * it was. A writer cannot place the target and fails.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pointer {
  readonly _tag: "Pointer"
  readonly at: Expr
  readonly origin: "message" | "input"
  readonly of: Node
}

/**
 * A bounded part of the bytes in which a layout is read; all of it must be used, unless `rest` is `skip`. A `lazy`
 * window is read when its value is asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Window {
  readonly _tag: "Window"
  readonly length: Length
  readonly of: Node
  readonly rest: "error" | "skip"
  readonly lazy: boolean
}

/**
 * A layout that refers to itself. `name` is its identity in exporters and error messages.
 *
 * @category models
 * @since 0.1.0
 */
export interface Suspend {
  readonly _tag: "Suspend"
  readonly name: string
  readonly of: () => Node
}

/**
 * A layout whose values pass through a schema: a check, a brand or a transformation. The schema must be synchronous.
 *
 * @category models
 * @since 0.1.0
 */
export interface Transform {
  readonly _tag: "Transform"
  readonly of: Node
  readonly schema: Schema.Codec<unknown, unknown>
}

/**
 * Sets the byte order of what it holds: `little` is a choice made once, or an expression over earlier fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Endianness {
  readonly _tag: "Endianness"
  readonly little: boolean | Expr
  readonly of: Node
}

/**
 * A node of a layout: what stands on the wire.
 *
 * @category models
 * @since 0.1.0
 */
export type Node =
  | Int
  | Float
  | Varint
  | Bits
  | Bytes
  | Text
  | Array
  | Struct
  | Tagged
  | Enum
  | Flags
  | Optional
  | Const
  | ConstInt
  | Padding
  | Computed
  | Checksum
  | Pointer
  | Window
  | Suspend
  | Transform
  | Endianness

/**
 * A layout of values of type `A`.
 *
 * `hidden` layouts have a name in a struct and no value; `optional` ones give a key that may be missing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Layout<
  out A,
  out Kind extends "required" | "optional" | "hidden" = "required" | "optional" | "hidden"
> extends Pipeable {
  readonly Type: A
  readonly kind: Kind
  readonly node: Node
}

/**
 * A layout of any type.
 *
 * @category models
 * @since 0.1.0
 */
export type Any = Layout<unknown>

const Proto = {
  pipe() {
    return pipeArguments(this, arguments)
  }
}

/**
 * Makes a layout of a node; the caller vouches for the type of its values. Codecs, parsers and sizes need nodes that
 * constructors of `Binary` made, and throw for others.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A, Kind extends "required" | "optional" | "hidden" = "required">(
  node: Node,
  kind?: Kind
): Layout<A, Kind> => Object.assign(Object.create(Proto), { node, kind: kind ?? "required" })

/**
 * Whether a field of this node has no value of its own.
 *
 * @category guards
 * @since 0.1.0
 */
export const isHidden = (node: Node): boolean => {
  switch (node._tag) {
    case "Const":
    case "ConstInt":
    case "Padding":
    case "Computed":
    case "Checksum":
      return true
    case "Endianness":
      return isHidden(node.of)
    default:
      return false
  }
}
