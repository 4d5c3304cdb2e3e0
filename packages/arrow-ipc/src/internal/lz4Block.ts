/** Why a block cannot be decoded; the low two bits of a negative result (see `fault`). */
export const ended = 0
export const badOffset = 1
export const tooLong = 2

// A failure travels as a negative number, so that the hot loop allocates nothing: position times four plus the reason.
const fault = (position: number, reason: number): number => -1 - (position * 4 + reason)

/** The reason and the input position inside a negative result of `decodeBlock`. */
export const faultOf = (result: number): { readonly reason: number; readonly position: number } => {
  const packed = -1 - result
  return { reason: packed % 4, position: Math.floor(packed / 4) }
}

/**
 * Decodes the LZ4 block `input[from, end)` into `output` at `at`, writing no further than `limit`; matches may reach
 * back to
 * `windowStart`. Returns the position after the last byte written, or a negative fault (LZ4 Block Format Description).
 */
export const decodeBlock = (
  input: Uint8Array,
  from: number,
  end: number,
  output: Uint8Array,
  at: number,
  limit: number,
  windowStart: number
): number => {
  let p = from
  let q = at
  while (p < end) {
    const token = input[p++]!
    let length = token >>> 4
    if (length === 15) {
      let more = 255
      while (more === 255) {
        if (p >= end) return fault(p, ended)
        more = input[p++]!
        length += more
      }
    }
    if (length > end - p) return fault(p, ended)
    if (length > limit - q) return fault(p, tooLong)
    if (length > 32) {
      output.set(input.subarray(p, p + length), q)
      p += length
      q += length
    } else {
      for (const stop = p + length; p < stop;) output[q++] = input[p++]!
    }
    if (p === end) return q
    if (end - p < 2) return fault(p, ended)
    const distance = input[p]! | (input[p + 1]! << 8)
    if (distance === 0 || distance > q - windowStart) return fault(p, badOffset)
    p += 2
    length = (token & 15) + 4
    if (length === 19) {
      let more = 255
      while (more === 255) {
        if (p >= end) return fault(p, ended)
        more = input[p++]!
        length += more
      }
    }
    if (length > limit - q) return fault(p, tooLong)
    let source = q - distance
    if (length > 64 && distance >= length) {
      output.copyWithin(q, source, source + length)
      q += length
    } else if (distance === 1 && length > 64) {
      output.fill(output[source]!, q, q + length)
      q += length
    } else {
      for (const stop = q + length; q < stop;) output[q++] = output[source++]!
    }
  }
  return fault(p, ended)
}

const hashBits = 14
const positions = new Int32Array(1 << hashBits)

const read32 = (bytes: Uint8Array, i: number): number =>
  bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)

const extend = (output: Uint8Array, at: number, length: number): number => {
  let q = at
  let rest = length
  for (; rest >= 255; rest -= 255) output[q++] = 255
  output[q++] = rest
  return q
}

const sequence = (
  input: Uint8Array,
  anchor: number,
  literals: number,
  output: Uint8Array,
  at: number,
  matchNibble: number
): number => {
  let q = at
  output[q++] = (Math.min(literals, 15) << 4) | matchNibble
  if (literals >= 15) q = extend(output, q, literals - 15)
  if (literals > 24) output.set(input.subarray(anchor, anchor + literals), q)
  else for (let i = 0; i < literals; i++) output[q + i] = input[anchor + i]!
  return q + literals
}

/** The most bytes that a block of `length` bytes can take. */
export const bound = (length: number): number => length + Math.ceil(length / 255) + 16

/**
 * Encodes `input[from, end)` as one LZ4 block into `output` at `at`, where `bound(end - from)` bytes must have room.
 * Returns the position after the last byte written, or -1 when the block would not be shorter than the input. The
 * last five bytes are literals and no match starts in the last twelve.
 */
export const encodeBlock = (input: Uint8Array, from: number, end: number, output: Uint8Array, at: number): number => {
  const matchLimit = end - 12
  // Little input needs few slots, and clearing all of them would cost more than encoding it.
  const shift = 32 - Math.max(6, Math.min(hashBits, 32 - Math.clz32(end - from)))
  positions.fill(-1, 0, 1 << (32 - shift))
  let p = from
  let q = at
  let anchor = from
  let misses = 0
  while (p < matchLimit) {
    const word = read32(input, p)
    const slot = Math.imul(word, 0x9e3779b1) >>> shift
    const candidate = positions[slot]!
    positions[slot] = p
    if (candidate < from || p - candidate > 0xffff || read32(input, candidate) !== word) {
      p += 1 + (misses++ >>> 6)
      continue
    }
    misses = 0
    let length = 4
    const most = end - 5 - p
    while (length < most && input[p + length] === input[candidate + length]) length++
    const literals = p - anchor
    q = sequence(input, anchor, literals, output, q, Math.min(length - 4, 15))
    output[q++] = p - candidate
    output[q++] = (p - candidate) >>> 8
    if (length >= 19) q = extend(output, q, length - 19)
    p += length
    anchor = p
  }
  q = sequence(input, anchor, end - anchor, output, q, 0)
  return q - at < end - from ? q : -1
}
