/** Variable-length integers, over absolute positions of a buffer. */
import type { Varint } from "../Layout.ts"
import { type Whole, isWhole, range } from "./integer.ts"
import { cursor } from "./memory.ts"

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
