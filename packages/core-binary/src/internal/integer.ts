/** Integers of any width over absolute positions of a buffer, and the ranges of their values. */
import type { Int } from "../Layout.ts"

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

/** A number as the type of its field. */
export const typed = (node: { readonly type: "number" | "bigint" }, value: number): Whole =>
  node.type === "bigint" ? BigInt(value) : value

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
