const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

/**
 * Whether two values are the same to a user: bytes by content, `NaN` equal to itself, `-0` apart from 0, a missing key as one
 * that is `undefined`, functions (those of a lazy value) left out.
 */
export const same = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
  }
  if (!isRecord(a) || !isRecord(b) || Array.isArray(a) !== Array.isArray(b)) return false
  // Whoever holds its bytes encoded (a lazy value) is told by them.
  if (a["bytes"] instanceof Uint8Array && typeof a["read"] === "function") return same(a["bytes"], b["bytes"])
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const key of keys) if (!same(a[key], b[key])) return false
  return true
}
