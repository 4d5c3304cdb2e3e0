/** Integers of unusual widths, half floats and variable-length integers, over absolute positions of a buffer. */
import type { Int, Varint } from "../Layout.ts"

export type Whole = number | bigint

/** The least and greatest value of a field of a `number` or `bigint` type. */
export const range = (int: Pick<Int, "bits" | "signed" | "type">): { readonly min: bigint; readonly max: bigint } => {
  const width = BigInt(int.bits)
  const min = int.signed ? -(1n << (width - 1n)) : 0n
  const max = (1n << (int.signed ? width - 1n : width)) - 1n
  if (int.type === "bigint") return { min, max }
  const safe = BigInt(Number.MAX_SAFE_INTEGER)
  return { min: min < -safe ? -safe : min, max: max > safe ? safe : max }
}

/** Whether a number is whole, in range and not `-0`, which the wire would lose. */
export const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= min && (value as number) <= max && !Object.is(value, -0)

/** Reads 1 to 8 bytes as a `number`; the result is exact only within the safe integers. */
export const readNumber = (view: DataView, p: number, size: number, signed: boolean, little: boolean): number => {
  let value = 0
  for (let i = 0; i < size; i++) {
    const byte = view.getUint8(little ? p + size - 1 - i : p + i)
    value = value * 256 + (i === 0 && signed && byte > 127 ? byte - 256 : byte)
  }
  return value
}

/** Reads 1 to 8 bytes as a `bigint`. */
export const readBigInt = (view: DataView, p: number, size: number, signed: boolean, little: boolean): bigint => {
  let value = 0n
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(view.getUint8(little ? p + size - 1 - i : p + i))
  return signed ? BigInt.asIntN(size * 8, value) : value
}

/** Writes a `number` in range as 1 to 8 bytes. */
export const writeNumber = (view: DataView, p: number, size: number, value: number, little: boolean): void => {
  let rest = value
  for (let i = size - 1; i >= 0; i--) {
    const high = Math.floor(rest / 256)
    view.setUint8(little ? p + size - 1 - i : p + i, rest - high * 256)
    rest = high
  }
}

/** Writes a `bigint` in range as 1 to 8 bytes. */
export const writeBigInt = (view: DataView, p: number, size: number, value: bigint, little: boolean): void => {
  let rest = value
  for (let i = size - 1; i >= 0; i--) {
    view.setUint8(little ? p + size - 1 - i : p + i, Number(rest & 0xffn))
    rest >>= 8n
  }
}

/** A half float's value. */
export const readHalf = (view: DataView, p: number, little: boolean): number => {
  const half = view.getUint16(p, little)
  const sign = half & 0x8000 ? -1 : 1
  const exponent = (half >>> 10) & 0x1f
  const fraction = half & 0x3ff
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * 2 ** -24 * fraction : sign * 2 ** (exponent - 25) * (fraction + 1024)
}

/** Writes the half float nearest to a number, ties to even. */
export const writeHalf = (view: DataView, p: number, value: number, little: boolean): void => {
  view.setUint16(p, halfBits(value), little)
}

const halfBits = (value: number): number => {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  // 65520 is half way between the greatest half float and what would be the next one.
  if (magnitude >= 65520) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | roundToEven(magnitude * 2 ** 24)
  let exponent = Math.floor(Math.log2(magnitude))
  if (2 ** exponent > magnitude) exponent--
  // A fraction that rounds up to 2 carries into the exponent by itself.
  return sign | (((exponent + 15) << 10) + roundToEven((magnitude / 2 ** exponent - 1) * 1024))
}

const roundToEven = (value: number): number => {
  const down = Math.floor(value)
  const rest = value - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}

/**
 * The one result beside its value that a variable-length read gives: where it ended. Shared, because it is read at once.
 */
export const cursor = { next: 0 }

/** Why a varint cannot be read: the window ends within it, or it is too long, too large, or longer than needed. */
export type VarintFault = "UnexpectedEnd" | "InvalidVarint" | "OutOfRange"

const maxGroups = (bits: 32 | 64): number => (bits === 32 ? 5 : 10)

/** Reads a varint at `p`; leaves its end in {@link cursor}. */
export const readVarint = (bytes: Uint8Array, p: number, end: number, varint: Varint): Whole | VarintFault => {
  const most = maxGroups(varint.bits)
  let length = 0
  while (true) {
    if (length === most) return "InvalidVarint"
    if (p + length >= end) return "UnexpectedEnd"
    if (bytes[p + length++]! < 128) break
  }
  cursor.next = p + length
  if (varint.canonical && length > 1 && isPadded(bytes, p, length, varint)) return "InvalidVarint"
  // Four groups are 28 bits: plain arithmetic, the common case.
  if (length <= 4 && varint.type === "number") {
    let value = 0
    for (let i = 0; i < length; i++) {
      const group = bytes[varint.encoding === "vlq" ? p + i : p + length - 1 - i]! & 0x7f
      value = (value << 7) | group
    }
    if (varint.encoding === "zigzag") return (value >>> 1) ^ -(value & 1)
    const shift = 32 - 7 * length
    return varint.encoding === "sleb128" ? (value << shift) >> shift : value
  }
  let wide = 0n
  for (let i = 0; i < length; i++) {
    wide = (wide << 7n) | BigInt(bytes[varint.encoding === "vlq" ? p + i : p + length - 1 - i]! & 0x7f)
  }
  if (varint.encoding === "sleb128") {
    wide = BigInt.asIntN(7 * length, wide)
    if (BigInt.asIntN(varint.bits, wide) !== wide) return "InvalidVarint"
  } else {
    if (BigInt.asUintN(varint.bits, wide) !== wide) return "InvalidVarint"
    if (varint.encoding === "zigzag") wide = (wide >> 1n) ^ -(wide & 1n)
  }
  if (varint.type === "bigint") return wide
  const value = Number(wide)
  return Number.isSafeInteger(value) ? value : "OutOfRange"
}

const isPadded = (bytes: Uint8Array, p: number, length: number, varint: Varint): boolean => {
  if (varint.encoding === "vlq") return bytes[p] === 0x80
  const last = bytes[p + length - 1]!
  if (varint.encoding !== "sleb128") return last === 0
  const before = bytes[p + length - 2]! & 0x40
  return (last === 0 && before === 0) || (last === 0x7f && before !== 0)
}

/** The raw groups of a varint's value, as an unsigned number; `undefined` where the value is not one of its type and range. */
const rawOf = (value: unknown, varint: Varint): Whole | undefined => {
  const signed = varint.encoding === "zigzag" || varint.encoding === "sleb128"
  if (varint.type === "number") {
    const { max, min } = varintRange(varint)
    if (!isWhole(value, Number(min), Number(max))) return undefined
    if (!signed && value < 0x80000000) return value
    if (signed && value >= -0x40000000 && value < 0x40000000) {
      return varint.encoding === "zigzag" ? ((value << 1) ^ (value >> 31)) >>> 0 : value
    }
    return rawOf(BigInt(value), { ...varint, type: "bigint" })
  }
  if (typeof value !== "bigint") return undefined
  if (signed ? BigInt.asIntN(varint.bits, value) !== value : BigInt.asUintN(varint.bits, value) !== value)
    return undefined
  return varint.encoding === "zigzag" ? BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)) : value
}

/** The least and greatest value of a varint. */
export const varintRange = (varint: Varint): { readonly min: bigint; readonly max: bigint } =>
  range({ bits: varint.bits, signed: varint.encoding === "zigzag" || varint.encoding === "sleb128", type: varint.type })

/** The groups that a varint's value takes, or -1 where it cannot be written. */
export const varintSize = (value: unknown, varint: Varint): number => {
  let raw = rawOf(value, varint)
  if (raw === undefined) return -1
  if (typeof raw === "number") {
    if (varint.encoding === "sleb128") {
      for (let size = 1; ; size++, raw >>= 7) if (raw >= -64 && raw < 64) return size
    }
    for (let size = 1; ; size++, raw = Math.floor(raw / 128)) if (raw < 128) return size
  }
  if (varint.encoding === "sleb128") {
    for (let size = 1; ; size++, raw >>= 7n) if (raw >= -64n && raw < 64n) return size
  }
  for (let size = 1; ; size++, raw >>= 7n) if (raw < 128n) return size
}

/** Writes a varint at `p`; gives the end, -1 where it does not fit before `end`, or -2 where it cannot be written. */
export const writeVarint = (bytes: Uint8Array, p: number, end: number, value: unknown, varint: Varint): number => {
  if (varint.type === "number" && varint.encoding === "leb128" && p < end && isWhole(value, 0, 127)) {
    bytes[p] = value
    return p + 1
  }
  const size = varintSize(value, varint)
  if (size < 0) return -2
  if (size > end - p) return -1
  let raw = BigInt(rawOf(value, varint)!)
  for (let i = 0; i < size; i++, raw >>= 7n) {
    const at = varint.encoding === "vlq" ? size - 1 - i : i
    bytes[p + at] = Number(raw & 0x7fn) | (at === size - 1 ? 0 : 0x80)
  }
  return p + size
}
