/**
 * Numbers that look random and are the same for the same seed.
 *
 * @since 0.1.0
 */

/**
 * A source of numbers. Bounds are included.
 *
 * @category models
 * @since 0.1.0
 */
export interface Random {
  /** A whole number of 32 bits, unsigned. */
  uint32(): number
  /** A whole number from `min` to `max`, at most 2^53 apart. */
  int(min: number, max: number): number
  /** A whole number from `min` to `max`. */
  bigint(min: bigint, max: bigint): bigint
  /** True with a probability of `p`. */
  chance(p: number): boolean
  /** One of a list that is not empty. */
  pick<A>(items: ReadonlyArray<A>): A
  /** Bytes, which belong to the caller. */
  bytes(size: number): Uint8Array<ArrayBuffer>
}

/** Spreads a seed over 32 bits, so that neighbouring seeds give unrelated sequences. */
const mix = (seed: number): number => {
  let z = (seed + 0x9e3779b9) >>> 0
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  return (z ^ (z >>> 15)) >>> 0
}

/**
 * Makes a source from a seed of 32 bits and, for the cases of one run, the number of the case. The generator is sfc32; it
 * is no secret.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: number, index = 0): Random => {
  let a = mix(seed)
  let b = mix(a ^ index)
  let c = mix(b)
  let counter = 1
  const uint32 = (): number => {
    const result = (a + b + counter++) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return result >>> 0
  }
  const unit = (): number => (uint32() * 0x200000 + (uint32() >>> 11)) / 2 ** 53
  return {
    uint32,
    int: (min, max) => min + Math.floor(unit() * (max - min + 1)),
    bigint(min, max) {
      const span = max - min + 1n
      let wide = 0n
      // 64 bits more than the span needs: the bias of the remainder is out of sight.
      for (let bits = span.toString(2).length + 64; bits > 0; bits -= 32) wide = (wide << 32n) | BigInt(uint32())
      return min + (wide % span)
    },
    chance: (p) => unit() < p,
    pick: (items) => items[Math.floor(unit() * items.length)]!,
    bytes(size) {
      const bytes = new Uint8Array(size)
      for (let i = 0; i < size; i++) bytes[i] = uint32() >>> 24
      return bytes
    }
  }
}
