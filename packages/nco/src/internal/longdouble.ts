/**
 * `mantissa * 2 ** exponent`, rounded once to the nearest double, ties to even. The mantissa is shortened before it becomes a
 * number, so that a subnormal result is not rounded twice.
 */
const nearest = (mantissa: bigint, exponent: number): number => {
  if (mantissa === 0n) return 0
  const lowest = Math.max(exponent + mantissa.toString(2).length - 53, -1074)
  const shift = BigInt(lowest - exponent)
  let kept = mantissa
  if (shift > 0n) {
    kept = mantissa >> shift
    const rest = mantissa - (kept << shift)
    const half = 1n << (shift - 1n)
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept += 1n
    return scale(Number(kept), lowest)
  }
  return scale(Number(kept), exponent)
}

/** `2 ** exponent` alone leaves the range of doubles below -1074, where an exact `mantissa` still lies in it. */
const scale = (mantissa: number, exponent: number): number =>
  exponent < -1000 ? mantissa * 2 ** (exponent + 1000) * 2 ** -1000 : mantissa * 2 ** exponent

/** Which machine's `long double` 16 bytes hold: x86's 80-bit extended precision, or IEEE 754 binary128 (64-bit ARM). */
export type Format = "x87" | "binary128"

export const longdoubleAt = (view: DataView, offset: number, little: boolean, format: Format): number => {
  const low = view.getBigUint64(little ? offset : offset + 8, little)
  const high = view.getBigUint64(little ? offset + 8 : offset, little)
  if (format === "x87") {
    const top = Number(high & 0xffffn)
    const sign = top & 0x8000 ? -1 : 1
    const exponent = top & 0x7fff
    if (exponent === 0x7fff) return (low & 0x7fff_ffff_ffff_ffffn) === 0n ? sign * Infinity : NaN
    return sign * nearest(low, (exponent || 1) - 16383 - 63)
  }
  const top = Number(high >> 48n)
  const sign = top & 0x8000 ? -1 : 1
  const exponent = top & 0x7fff
  const fraction = ((high & 0xffff_ffff_ffffn) << 64n) | low
  if (exponent === 0x7fff) return fraction === 0n ? sign * Infinity : NaN
  return sign * nearest(exponent === 0 ? fraction : fraction | (1n << 112n), (exponent || 1) - 16383 - 112)
}
