/** Half floats: IEEE 754 binary16. */

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
