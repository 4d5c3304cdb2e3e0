/** Damages bytes in the ways that find faults in readers: lengths, offsets and counts more than anything. */
import { generator } from "../interop/generate.ts"

const interesting = [
  0,
  1,
  -1,
  2,
  7,
  8,
  9,
  127,
  128,
  255,
  256,
  32_767,
  65_535,
  0x7fff_ffff,
  -0x8000_0000,
  -8,
  -24,
  1 << 24
]

/** One mutant of `source`, the same for the same seed; `other` lends parts. */
export const mutate = (source: Uint8Array, other: Uint8Array, seed: number): Uint8Array => {
  const random = generator(seed)
  const integer = (below: number): number => Math.floor(random() * below)
  let bytes: Uint8Array = source.slice()
  for (let times = 1 + integer(4); times > 0 && bytes.length > 8; times--) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    // Metadata stands at the front and in the footer; bodies are between them.
    const at = random() < 0.6 ? integer(Math.min(bytes.length, 1024)) : integer(bytes.length)
    const word = Math.min(at & ~3, bytes.length - 4) & ~3
    switch (integer(8)) {
      case 0:
        bytes[at] = integer(256)
        break
      case 1:
        bytes[at]! ^= 1 << integer(8)
        break
      case 2:
        view.setInt32(word, interesting[integer(interesting.length)]!, true)
        break
      case 3:
        view.setInt32(word, view.getInt32(word, true) + integer(17) - 8, true)
        break
      case 4:
        view.setBigInt64(
          Math.min(word, bytes.length - 8),
          BigInt(interesting[integer(interesting.length)]!) << BigInt(integer(33)),
          true
        )
        break
      case 5:
        bytes = bytes.slice(0, at)
        break
      case 6: {
        const length = Math.min(integer(64), bytes.length - at)
        bytes.copyWithin(integer(bytes.length), at, at + length)
        break
      }
      default: {
        const from = integer(other.length)
        bytes.set(other.subarray(from, from + Math.min(integer(64), bytes.length - at)), at)
      }
    }
  }
  return bytes
}
