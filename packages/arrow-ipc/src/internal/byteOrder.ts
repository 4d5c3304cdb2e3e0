/** Puts big-endian buffers in little-endian order, in a copy. */
import type { BufferKind } from "../Layout.ts"

export const littleEndian = (bytes: Uint8Array, swap: BufferKind["swap"]): Uint8Array => {
  if (swap.length === 0) return bytes
  const swapped = new Uint8Array(bytes)
  const end = bytes.length
  const reverse = (at: number, width: number): void => {
    if (at + width <= end) for (let i = 0; i < width; i++) swapped[at + i] = bytes[at + width - 1 - i]!
  }
  if (swap === "view") {
    // Lengths are integers; prefixes and inline values are bytes; index and offset of long values are integers.
    const words = new DataView(bytes.buffer, bytes.byteOffset, end)
    for (let at = 0; at < end; at += 16) {
      reverse(at, 4)
      if (words.getInt32(at) > 12) {
        reverse(at + 8, 4)
        reverse(at + 12, 4)
      }
    }
  } else {
    for (let at = 0, i = 0; at < end; i++) {
      const width = swap[i % swap.length]!
      reverse(at, width)
      at += width
    }
  }
  return swapped
}
