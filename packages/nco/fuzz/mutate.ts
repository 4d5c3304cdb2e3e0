/** Small damage of the kinds that break parsers, from a seed that replays it. */

/** Numbers in [0, 1) from a 32-bit seed (mulberry32). */
export const random = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const interesting = [0, 1, 0x2e, 0x7f, 0x80, 0xff, 0x27, 0x28, 0x29, 0x5b, 0x7b, 0x5c]

/** A copy of `bytes` with one to four mutations: a bit, a byte, a length, a cut, an insertion, a repetition, a swap with `other`. */
export const mutate = (bytes: Uint8Array, other: Uint8Array, next: () => number): Uint8Array<ArrayBuffer> => {
  const below = (bound: number): number => Math.floor(next() * bound)
  let result = new Uint8Array(bytes)
  for (let count = 1 + below(4); count > 0 && result.length > 0; count--) {
    const at = below(result.length)
    switch (below(8)) {
      case 0:
        result[at]! ^= 1 << below(8)
        break
      case 1:
        result[at] = interesting[below(interesting.length)]!
        break
      case 2:
        result[at] = below(256)
        break
      case 3: {
        const width = [2, 4, 8][below(3)]!
        const value = [0, 1, 2 ** 31, 2 ** 32 - 1, result.length, below(result.length)][below(6)]!
        for (let i = 0; i < width && at + i < result.length; i++) result[at + i] = Math.floor(value / 256 ** i) % 256
        break
      }
      case 4:
        result = result.slice(0, at)
        break
      case 5:
        result = join(result.subarray(0, at), Uint8Array.of(below(256)), result.subarray(at))
        break
      case 6:
        result = join(result.subarray(0, at), result.subarray(at, at + below(64)), result.subarray(at))
        break
      default: {
        const from = below(other.length)
        const piece = other.subarray(from, from + below(64))
        result = join(result.subarray(0, at), piece, result.subarray(at + piece.length))
      }
    }
  }
  return result
}

const join = (...parts: ReadonlyArray<Uint8Array>): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts))
