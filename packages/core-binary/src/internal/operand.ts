/** A field's value as an operand: `NaN` for what is no number, and for a 64-bit one that is no safe integer. */
export const operand = (value: unknown): number => {
  if (typeof value === "boolean") return value ? 1 : 0
  const number = typeof value === "bigint" ? Number(value) : value
  return typeof number === "number" && (typeof value === "number" || Number.isSafeInteger(number)) ? number : NaN
}
