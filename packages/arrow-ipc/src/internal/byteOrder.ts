/** Puts big-endian buffers in little-endian order, in a copy. */
import type { BufferKind } from "../Layout.ts"

const reverse = (from: Uint8Array, to: Uint8Array, at: number, width: number): void => {
  for (let i = 0; i < width; i++) to[at + i] = from[at + width - 1 - i]!
}

const swapInts = (from: Uint8Array, width: number): Uint8Array => {
  const to = new Uint8Array(from)
  const end = from.byteLength - (from.byteLength % width)
  for (let at = 0; at < end; at += width) reverse(from, to, at, width)
  return to
}

const swapMonthDayNano = (from: Uint8Array): Uint8Array => {
  const to = new Uint8Array(from)
  for (let at = 0; at + 16 <= from.byteLength; at += 16) {
    reverse(from, to, at, 4)
    reverse(from, to, at + 4, 4)
    reverse(from, to, at + 8, 8)
  }
  return to
}

/** Lengths are integers; prefixes and inline values are bytes; index and offset of long values are integers. */
const swapViews = (from: Uint8Array): Uint8Array => {
  const to = new Uint8Array(from)
  const view = new DataView(from.buffer, from.byteOffset, from.byteLength)
  for (let at = 0; at + 16 <= from.byteLength; at += 16) {
    reverse(from, to, at, 4)
    if (view.getInt32(at, false) > 12) {
      reverse(from, to, at + 8, 4)
      reverse(from, to, at + 12, 4)
    }
  }
  return to
}

export const littleEndian = (bytes: Uint8Array, swap: BufferKind["swap"]): Uint8Array => {
  if (swap === "mdn") return swapMonthDayNano(bytes)
  if (swap === "view") return swapViews(bytes)
  return swap === 1 ? bytes : swapInts(bytes, swap)
}
