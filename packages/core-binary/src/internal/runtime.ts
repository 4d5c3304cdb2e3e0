/** What generated code calls: an ahead-of-time module is given this object, and so depends on nothing. */
import type * as Layout from "../Layout.ts"
import { readBits, writeBits } from "./bits.ts"
import { invalid } from "./invalid.ts"
import { memory, readable, writable } from "./memory.ts"
import {
  cursor,
  isWhole,
  range,
  readBigInt,
  readHalf,
  readNumber,
  readVarint,
  varintRange,
  varintSize,
  writeBigInt,
  writeHalf,
  writeNumber,
  writeVarint
} from "./number.ts"
import { assign } from "./record.ts"
import { readText, readUtf8, textSize, writeText } from "./text.ts"
import { checksum, find, matches } from "./spans.ts"

/** A field's value as an operand: `NaN` for what is no number, and for a 64-bit one that is no safe integer. */
const operand = (value: unknown): number => {
  if (typeof value === "boolean") return value ? 1 : 0
  const number = typeof value === "bigint" ? Number(value) : value
  return typeof number === "number" && (typeof value === "number" || Number.isSafeInteger(number)) ? number : NaN
}

const filled = (bytes: Uint8Array, at: number, size: number, fill: number): boolean => {
  for (let i = 0; i < size; i++) if (bytes[at + i] !== fill) return false
  return true
}

const readFlags = (node: Layout.Flags, raw: number | bigint): unknown => {
  const value: Record<string, unknown> = {}
  let rest = BigInt.asUintN(node.of.bits, BigInt(raw))
  for (const [name, mask] of node.names) {
    assign(value, name, (rest & BigInt(mask)) !== 0n)
    rest &= ~BigInt(mask)
  }
  return rest === 0n ? value : invalid
}

/** A number that an open enum has no name for, if it is one. */
const unnamed = (node: Layout.Enum, value: unknown): number | bigint | undefined => {
  if (typeof value !== node.of.type || node.names.some(([, number]) => number === Number(value))) return undefined
  const { max, min } = node.of._tag === "Int" ? range(node.of) : varintRange(node.of)
  if (typeof value === "bigint") return value >= min && value <= max ? value : undefined
  return isWhole(value, Number(min), Number(max)) ? value : undefined
}

/** Whether the case that a reader would take for a tag is the one that starts at `from`. */
const sameCase = (cases: ReadonlyArray<Layout.Case>, tag: number, from: number): boolean =>
  cases.find((each) => tag >= each.from && tag <= each.to)?.from === from

/** Whether an element that was written starts with the terminator, so that a reader would stop there; leaves the place in the cursor. */
const misread = (
  bytes: Uint8Array,
  terminator: ReadonlyArray<number>,
  starts: ReadonlyArray<number>,
  end: number,
  base: number
): boolean => {
  const found = starts.find((start) => matches(bytes, terminator, start, end))
  if (found !== undefined) cursor.next = found - base
  return found !== undefined
}

export const runtime = {
  assign,
  checksum,
  cursor,
  filled,
  find,
  invalid,
  isWhole,
  matches,
  memory,
  misread,
  operand,
  readBigInt,
  readBits,
  readFlags,
  readHalf,
  readNumber,
  readText,
  readable,
  readUtf8,
  readVarint,
  sameCase,
  textSize,
  unnamed,
  varintSize,
  writeBigInt,
  writeBits,
  writeHalf,
  writeNumber,
  writable,
  writeText,
  writeVarint
}

export type Runtime = typeof runtime
