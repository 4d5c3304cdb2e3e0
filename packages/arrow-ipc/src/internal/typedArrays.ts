/** Views of bytes as typed arrays, and bits. */

/**
 * The typed arrays of numbers.
 *
 * @category models
 * @since 0.1.0
 */
export type Numbers =
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array

type TypedArrayConstructor<A> = {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A
  readonly BYTES_PER_ELEMENT: number
}

/** `bytes` as an array of whole elements: a view, or a view of a copy where they are not aligned. */
export const viewAs = <A>(constructor: TypedArrayConstructor<A>, bytes: Uint8Array): A => {
  const width = constructor.BYTES_PER_ELEMENT
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice()
  return new constructor(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / width))
}

/** Offsets or sizes as exact numbers: int32 as they lie, int64 converted. */
export const integers = (bytes: Uint8Array, isLarge: boolean): Int32Array | Float64Array => {
  if (!isLarge) return viewAs(Int32Array, bytes)
  const words = viewAs(Int32Array, bytes)
  const numbers = new Float64Array(words.length >> 1)
  for (let i = 0; i < numbers.length; i++) numbers[i] = words[2 * i + 1]! * 0x1_0000_0000 + (words[2 * i]! >>> 0)
  return numbers
}

/** Bit `index`, 0 or 1. */
export const bitAt = (bits: Uint8Array, index: number): number => (bits[index >> 3]! >> (index & 7)) & 1

const ones = new Uint8Array(256)
for (let i = 1; i < 256; i++) ones[i] = ones[i >> 1]! + (i & 1)

/** How many of `length` bits from bit `offset` are set. */
export const countBits = (bits: Uint8Array, offset: number, length: number): number => {
  const end = offset + length
  let count = 0
  for (let bit = offset; bit < end;) {
    if ((bit & 7) === 0 && bit + 8 <= end) {
      count += ones[bits[bit >> 3]!]!
      bit += 8
    } else count += bitAt(bits, bit++)
  }
  return count
}

/** Float16 as float32, exactly. */
export const widenHalves = (halves: Uint16Array): Float32Array => {
  const floats = new Float32Array(halves.length)
  for (let i = 0; i < floats.length; i++) {
    const half = halves[i]!
    const exponent = (half >> 10) & 31
    const fraction = half & 1023
    const magnitude =
      exponent === 31
        ? fraction === 0
          ? Infinity
          : Number.NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1024 + fraction) * 2 ** (exponent - 25)
    floats[i] = half >> 15 === 0 ? magnitude : -magnitude
  }
  return floats
}
