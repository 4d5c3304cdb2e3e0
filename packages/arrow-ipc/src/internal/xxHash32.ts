const P1 = 0x9e3779b1 | 0
const P2 = 0x85ebca77 | 0
const P3 = 0xc2b2ae3d | 0
const P4 = 0x27d4eb2f
const P5 = 0x165667b1

const read32 = (bytes: Uint8Array, i: number): number =>
  bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by))

const round = (lane: number, input: number): number => Math.imul(rotate((lane + Math.imul(input, P2)) | 0, 13), P1)

/**
 * The xxHash32 digest, seed 0, of `bytes[from, to)`, as an unsigned number (xxHash specification, "XXH32 Algorithm").
 */
export const xxHash32 = (bytes: Uint8Array, from: number, to: number): number => {
  let p = from
  let hash: number
  if (to - from >= 16) {
    let a = (P1 + P2) | 0
    let b = P2
    let c = 0
    let d = -P1 | 0
    for (; p + 16 <= to; p += 16) {
      a = round(a, read32(bytes, p))
      b = round(b, read32(bytes, p + 4))
      c = round(c, read32(bytes, p + 8))
      d = round(d, read32(bytes, p + 12))
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0
  } else {
    hash = P5
  }
  hash = (hash + (to - from)) | 0
  for (; p + 4 <= to; p += 4) {
    hash = Math.imul(rotate((hash + Math.imul(read32(bytes, p), P3)) | 0, 17), P4)
  }
  for (; p < to; p++) {
    hash = Math.imul(rotate((hash + Math.imul(bytes[p]!, P5)) | 0, 11), P1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), P2)
  hash = Math.imul(hash ^ (hash >>> 13), P3)
  return (hash ^ (hash >>> 16)) >>> 0
}
