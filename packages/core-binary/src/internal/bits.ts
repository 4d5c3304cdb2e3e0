/** Where the bits of a bit field stand: pieces of bytes, most significant piece first. */
import type { Bits } from "../Layout.ts"

/** `width` bits of byte `byte`, from bit `shift` (0 is the least significant) upwards. */
export interface Piece {
  readonly byte: number
  readonly shift: number
  readonly width: number
}

const cache = new WeakMap<Bits, ReadonlyArray<ReadonlyArray<Piece>>>()

/** The pieces of each field, in the order of the fields. */
export const pieces = (bits: Bits): ReadonlyArray<ReadonlyArray<Piece>> => {
  let found = cache.get(bits)
  if (found === undefined) cache.set(bits, (found = compute(bits)))
  return found
}

const compute = (bits: Bits): ReadonlyArray<ReadonlyArray<Piece>> => {
  let position = 0
  return bits.fields.map((field) => {
    const found: Array<Piece> = []
    for (let left = field.bits; left > 0;) {
      const byte = position >> 3
      const used = position & 7
      const width = Math.min(left, 8 - used)
      if (bits.order === "msb") found.push({ byte, shift: 8 - used - width, width })
      else found.unshift({ byte, shift: used, width })
      position += width
      left -= width
    }
    return found
  })
}

/** Reads one bit field of the group at `p`. */
export const readBits = (
  view: DataView,
  p: number,
  pieces: ReadonlyArray<Piece>,
  bits: number,
  signed: boolean
): number | bigint => {
  if (bits > 53) {
    let wide = 0n
    for (const { byte, shift, width } of pieces) {
      wide = (wide << BigInt(width)) | BigInt((view.getUint8(p + byte) >>> shift) & ((1 << width) - 1))
    }
    return signed ? BigInt.asIntN(bits, wide) : wide
  }
  let value = 0
  for (const { byte, shift, width } of pieces) {
    value = value * (1 << width) + ((view.getUint8(p + byte) >>> shift) & ((1 << width) - 1))
  }
  return signed && value >= 2 ** (bits - 1) ? value - 2 ** bits : value
}

/** Writes one bit field of the group at `p`, whose bytes were zero; the value is in range. */
export const writeBits = (
  view: DataView,
  p: number,
  pieces: ReadonlyArray<Piece>,
  bits: number,
  value: number | bigint
): void => {
  let rest = BigInt.asUintN(bits, BigInt(value))
  for (let i = pieces.length - 1; i >= 0; i--) {
    const { byte, shift, width } = pieces[i]!
    const part = Number(rest & ((1n << BigInt(width)) - 1n))
    view.setUint8(p + byte, view.getUint8(p + byte) | (part << shift))
    rest >>= BigInt(width)
  }
}
