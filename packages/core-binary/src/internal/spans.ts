/** Patterns and checksums over spans of bytes. */
import type * as Layout from "../Layout.ts"

export const matches = (bytes: Uint8Array, pattern: ReadonlyArray<number>, at: number, end: number): boolean => {
  if (end - at < pattern.length) return false
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false
  return true
}

/** Where a terminator first stands in `[at, end)`, a multiple of `unit` bytes from `at`; or -1. */
export const find = (
  bytes: Uint8Array,
  pattern: ReadonlyArray<number>,
  at: number,
  end: number,
  unit: number
): number => {
  for (let from = at; ; from++) {
    from = bytes.indexOf(pattern[0]!, from)
    if (from < 0 || from + pattern.length > end) return -1
    if ((from - at) % unit === 0 && matches(bytes, pattern, from, end)) return from
  }
}

/** A checksum over `[from, to)`, of which the low bits that fit are taken; where the span covers its own bytes they count as zero. */
export const checksum = (
  { algorithm, of }: Layout.Checksum,
  bytes: Uint8Array,
  from: number,
  to: number,
  ownStart: number,
  ownEnd: number
): number => {
  let sum: number
  if (ownStart >= to || ownEnd <= from) sum = algorithm.compute(bytes, from, Math.max(from, to))
  else {
    const span = bytes.slice(from, to)
    span.fill(0, Math.max(0, ownStart - from), ownEnd - from)
    sum = algorithm.compute(span, 0, span.length)
  }
  return (sum >>> 0) % 2 ** of.bits
}
