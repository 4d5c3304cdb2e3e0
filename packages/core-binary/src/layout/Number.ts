/**
 * Layouts of numbers: integers, floats, varints, bit fields, enums, flags.
 *
 * @since 0.1.0
 */
import { range } from "../internal/integer.ts"
import { change, make } from "../internal/Kind.ts"
import { Bits as BitsKind } from "../internal/node/Bits.ts"
import { Enum as EnumKind } from "../internal/node/Enum.ts"
import { Flags as FlagsKind } from "../internal/node/Flags.ts"
import { Float } from "../internal/node/Float.ts"
import { Int as IntKind } from "../internal/node/Int.ts"
import { WideInt } from "../internal/node/WideInt.ts"
import { Varint as VarintKind } from "../internal/node/Varint.ts"
import { wholeKindOf } from "../internal/whole.ts"
import * as Layout from "../Layout.ts"

/**
 * A layout whose values are whole numbers, which may stand before a length or a tag.
 *
 * @category models
 * @since 0.1.0
 */
export interface Whole<out A extends number | bigint = number | bigint> extends Layout.Layout<A, "required"> {
  readonly node: Layout.Int | Layout.Varint
}

/**
 * A layout of a whole number of fixed width.
 *
 * @category models
 * @since 0.1.0
 */
export interface FixedWhole<out A extends number | bigint = number | bigint> extends Whole<A> {
  readonly node: Layout.Int
}

/**
 * An integer of any width, sign, byte order and value type.
 *
 * **Details**
 *
 * `type` is `number` unless said otherwise; then 56 and 64 bits are checked to be safe integers: `OutOfRange` where they
 * are not. Writing refuses what is not whole, out of range or `-0`.
 *
 * @category integers
 * @since 0.1.0
 */
export const Int = <const T extends "number" | "bigint" = "number">(options: {
  readonly bits: Layout.Int["bits"]
  readonly signed?: boolean | undefined
  readonly endian?: Layout.Endian | undefined
  readonly type?: T | undefined
}): FixedWhole<T extends "bigint" ? bigint : number> => {
  const { bits, endian = "inherit", signed = true, type = "number" } = options
  const word = type === "number" && (bits === 8 || bits === 16 || bits === 32)
  return Layout.make(make(word ? IntKind : WideInt, { _tag: "Int", bits, signed, endian, type })) as never
}

/* @__NO_SIDE_EFFECTS__ */
const word = (bits: 8 | 16 | 32, signed: boolean, endian: Layout.Endian = "inherit"): FixedWhole<number> =>
  Layout.make(make(IntKind, { _tag: "Int", bits, signed, endian, type: "number" })) as never
/* @__NO_SIDE_EFFECTS__ */
const wide = (bits: Layout.Int["bits"], signed: boolean): FixedWhole<number> =>
  Layout.make(make(WideInt, { _tag: "Int", bits, signed, endian: "inherit", type: "number" })) as never
/* @__NO_SIDE_EFFECTS__ */
const bigint = (signed: boolean, endian: Layout.Endian = "inherit"): FixedWhole<bigint> =>
  Layout.make(make(WideInt, { _tag: "Int", bits: 64, signed, endian, type: "bigint" })) as never

/** A byte, -128 to 127. @category integers @since 0.1.0 */
export const Int8 = word(8, true)
/** A byte, 0 to 255. @category integers @since 0.1.0 */
export const Uint8 = word(8, false)
/** Two bytes, signed, in the byte order of their place. @category integers @since 0.1.0 */
export const Int16 = word(16, true)
/** Two bytes, signed, big endian. @category integers @since 0.1.0 */
export const Int16BE = word(16, true, "big")
/** Two bytes, signed, little endian. @category integers @since 0.1.0 */
export const Int16LE = word(16, true, "little")
/** Two bytes, unsigned, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint16 = word(16, false)
/** Two bytes, unsigned, big endian. @category integers @since 0.1.0 */
export const Uint16BE = word(16, false, "big")
/** Two bytes, unsigned, little endian. @category integers @since 0.1.0 */
export const Uint16LE = word(16, false, "little")
/** Three bytes, signed, in the byte order of their place. @category integers @since 0.1.0 */
export const Int24 = wide(24, true)
/** Three bytes, unsigned, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint24 = wide(24, false)
/** Four bytes, signed, in the byte order of their place. @category integers @since 0.1.0 */
export const Int32 = word(32, true)
/** Four bytes, signed, big endian. @category integers @since 0.1.0 */
export const Int32BE = word(32, true, "big")
/** Four bytes, signed, little endian. @category integers @since 0.1.0 */
export const Int32LE = word(32, true, "little")
/** Four bytes, unsigned, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint32 = word(32, false)
/** Four bytes, unsigned, big endian. @category integers @since 0.1.0 */
export const Uint32BE = word(32, false, "big")
/** Four bytes, unsigned, little endian. @category integers @since 0.1.0 */
export const Uint32LE = word(32, false, "little")
/** Five bytes, unsigned, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint40 = wide(40, false)
/** Six bytes, signed, in the byte order of their place. @category integers @since 0.1.0 */
export const Int48 = wide(48, true)
/** Six bytes, unsigned, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint48 = wide(48, false)
/** Eight bytes, signed, as a `bigint`, in the byte order of their place. @category integers @since 0.1.0 */
export const Int64 = bigint(true)
/** Eight bytes, signed, as a `bigint`, big endian. @category integers @since 0.1.0 */
export const Int64BE = bigint(true, "big")
/** Eight bytes, signed, as a `bigint`, little endian. @category integers @since 0.1.0 */
export const Int64LE = bigint(true, "little")
/** Eight bytes, unsigned, as a `bigint`, in the byte order of their place. @category integers @since 0.1.0 */
export const Uint64 = bigint(false)
/** Eight bytes, unsigned, as a `bigint`, big endian. @category integers @since 0.1.0 */
export const Uint64BE = bigint(false, "big")
/** Eight bytes, unsigned, as a `bigint`, little endian. @category integers @since 0.1.0 */
export const Uint64LE = bigint(false, "little")
/** Eight bytes, signed, as a `number` that must be a safe integer, both ways. @category integers @since 0.1.0 */
export const SafeInt64 = wide(64, true)
/** Eight bytes, unsigned, as a `number` that must be a safe integer, both ways. @category integers @since 0.1.0 */
export const SafeUint64 = wide(64, false)

/* @__NO_SIDE_EFFECTS__ */
const float = (bits: Layout.Float["bits"], endian: Layout.Endian = "inherit"): Layout.Layout<number, "required"> =>
  Layout.make(make(Float, { _tag: "Float", bits, endian }))

/** A half float, in the byte order of its place. Writing rounds to nearest, ties to even. @category floats @since 0.1.0 */
export const Float16 = float(16)
/** A single float, in the byte order of its place. Writing rounds. @category floats @since 0.1.0 */
export const Float32 = float(32)
/** A single float, big endian. Writing rounds. @category floats @since 0.1.0 */
export const Float32BE = float(32, "big")
/** A single float, little endian. Writing rounds. @category floats @since 0.1.0 */
export const Float32LE = float(32, "little")
/** A double float, in the byte order of its place. @category floats @since 0.1.0 */
export const Float64 = float(64)
/** A double float, big endian. @category floats @since 0.1.0 */
export const Float64BE = float(64, "big")
/** A double float, little endian. @category floats @since 0.1.0 */
export const Float64LE = float(64, "little")

/**
 * A variable-length integer, seven bits a byte, the high bit set on all but the last.
 *
 * **Details**
 *
 * `leb128` and `vlq` are unsigned (least and most significant group first), `sleb128` two's complement, `zigzag` the
 * signed integers of protobuf. `bits` (32 unless said otherwise) bounds the value; a 64-bit `number` must be a safe
 * integer. `canonical` refuses encodings longer than needed: `InvalidVarint`.
 *
 * @category integers
 * @since 0.1.0
 */
export const Varint = <const T extends "number" | "bigint" = "number">(options?: {
  readonly encoding?: Layout.Varint["encoding"] | undefined
  readonly bits?: Layout.Varint["bits"] | undefined
  readonly type?: T | undefined
  readonly canonical?: boolean | undefined
}): Whole<T extends "bigint" ? bigint : number> => {
  const { bits = 32, canonical = false, encoding = "leb128", type = "number" } = options ?? {}
  return Layout.make(make(VarintKind, { _tag: "Varint", encoding, bits, type, canonical })) as never
}

/**
 * How one bit field is written in {@link Bits}: its width, or {@link signedBits}, or {@link reservedBits}.
 *
 * @category models
 * @since 0.1.0
 */
export type BitSpec = number | { readonly bits: number; readonly signed: boolean; readonly value: number | undefined }

/** A signed bit field, two's complement. @category bit fields @since 0.1.0 */
export const signedBits = <const N extends number>(
  bits: N
): { readonly bits: N; readonly signed: true; readonly value: undefined } => ({ bits, signed: true, value: undefined })

/** Bits that are always the same and not part of the value. @category bit fields @since 0.1.0 */
export const reservedBits = (
  bits: number,
  value = 0
): { readonly bits: number; readonly signed: false; readonly value: number } => ({ bits, signed: false, value })

/**
 * The record of a group of bit fields.
 *
 * @category models
 * @since 0.1.0
 */
export type BitsType<F extends Readonly<Record<string, BitSpec>>> = {
  readonly [K in keyof F as F[K] extends { readonly value: number } ? never : K]: F[K] extends
    | Wide
    | { readonly bits: Wide }
    ? bigint
    : number
}

/** The widths that a `number` does not hold. */
type Wide = 54 | 55 | 56 | 57 | 58 | 59 | 60 | 61 | 62 | 63 | 64

/**
 * Bit fields that together fill whole bytes, as a record of numbers.
 *
 * **Details**
 *
 * `msb` (the order of network protocols, and the default) gives the first field the most significant bits of the first
 * byte; `lsb` the least significant. A field has at most 64 bits, and is a `bigint` from 54 on. Reserved bits that differ
 * are a `ConstantMismatch`.
 *
 * **Example** (The first byte of an IPv4 header)
 *
 * ```ts
 * import { Binary, Codec } from "@bytewright/core-binary"
 *
 * const codec = Codec.make(Binary.Bits({ version: 4, ihl: 4 }))
 * console.log(codec.decodeSync(Uint8Array.of(0x45)))
 * // => { version: 4, ihl: 5 }
 * ```
 *
 * @category bit fields
 * @since 0.1.0
 */
export const Bits = <const F extends Readonly<Record<string, BitSpec>>>(
  fields: F,
  options?: { readonly order?: Layout.Bits["order"] | undefined }
): Layout.Layout<BitsType<F>, "required"> => {
  const list = Object.entries(fields).map(([name, spec]) =>
    typeof spec === "number" ? { name, bits: spec, signed: false, value: undefined } : { name, ...spec }
  )
  const total = list.reduce((sum, field) => sum + field.bits, 0)
  if (total % 8 !== 0) throw new Error(`bit fields must fill whole bytes, not ${total} bits`)
  for (const { bits, name, value } of list) {
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 64))
      throw new Error(`bit field ${name} must have 1 to 64 bits, not ${bits}`)
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits))
      throw new Error(`bit field ${name}: ${value} does not fit ${bits} bits`)
  }
  return Layout.make(make(BitsKind, { _tag: "Bits", order: options?.order ?? "msb", fields: list }))
}

/**
 * Checks that a number that a layout names is one of an integer's.
 *
 * @internal
 */
export const checkWhole = (of: Layout.Int | Layout.Varint, value: number | bigint, what: string): void => {
  const { max, min } = wholeKindOf(of).range(of)
  const whole = typeof value === "bigint" || Number.isSafeInteger(value)
  if (!(whole && value >= min && value <= max)) throw new Error(`${what}: ${value} is no number from ${min} to ${max}`)
}

const checkNames = (of: Layout.Int | Layout.Varint, names: Layout.Enum["names"]): Layout.Enum["names"] => {
  names.forEach(([name, value], index) => {
    checkWhole(of, value, `name ${name}`)
    const other = names.findIndex(([, number]) => number === value)
    // Read as the one, the other would not be written back.
    if (other < index) throw new Error(`names ${names[other]![0]} and ${name} have the number ${value} in common`)
  })
  return names
}

/**
 * A number with names; its values are the names.
 *
 * **Details**
 *
 * A number without a name is an `InvalidTag`, unless `open`: then the value is the number itself.
 *
 * @category enums
 * @since 0.1.0
 */
export const Enum: {
  <const N extends Readonly<Record<string, number>>>(
    of: Whole,
    names: N,
    options?: { readonly open?: false | undefined }
  ): Layout.Layout<keyof N & string, "required">
  <const N extends Readonly<Record<string, number>>, A extends number | bigint>(
    of: Whole<A>,
    names: N,
    options: { readonly open: true }
  ): Layout.Layout<(keyof N & string) | A, "required">
} = (of: Whole, names: Readonly<Record<string, number>>, options?: { readonly open?: boolean | undefined }) =>
  Layout.make<never>(
    make(EnumKind, {
      _tag: "Enum",
      of: of.node,
      names: checkNames(of.node, Object.entries(names)),
      open: options?.open ?? false
    })
  )

/**
 * A number that is one of a few; any other is an `InvalidTag`.
 *
 * @category enums
 * @since 0.1.0
 */
export const Literals = <const V extends ReadonlyArray<number>>(
  of: Whole<number>,
  values: V
): Layout.Layout<V[number], "required"> =>
  Layout.make(
    make(EnumKind, {
      _tag: "Enum",
      of: of.node,
      names: checkNames(
        of.node,
        values.map((value) => [value, value] as const)
      ),
      open: false
    })
  )

/**
 * A set of bits with names, as a record of booleans; `names` gives the mask of each.
 *
 * **Details**
 *
 * A bit without a name that is set would be lost, and is a `ConstantMismatch`.
 *
 * @category enums
 * @since 0.1.0
 */
export const Flags = <const N extends Readonly<Record<string, number>>>(
  of: FixedWhole,
  names: N
): Layout.Layout<{ readonly [K in keyof N]: boolean }, "required"> => {
  const node = change(of.node, { signed: false })
  let all = 0n
  for (const [name, mask] of Object.entries(names)) {
    const bits = BigInt(mask)
    if (bits <= 0n || (all & bits) !== 0n || (all | bits) > range(node).max)
      throw new Error(`flag ${name} must have bits of its own within ${of.node.bits} of a ${of.node.type}`)
    all |= bits
  }
  return Layout.make(make(FlagsKind, { _tag: "Flags", of: node, names: Object.entries(names) }))
}
