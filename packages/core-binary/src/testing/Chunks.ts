/**
 * Ways in which bytes may arrive. Chunks are views of the bytes.
 *
 * @since 0.1.0
 */
import type { Random } from "./Random.ts"

/**
 * The bytes in two pieces, for every place to part them: `bytes.length + 1` ways, of which the first and the last have an empty piece.
 *
 * @category chunkings
 * @since 0.1.0
 */
export const everySplit = (bytes: Uint8Array): ReadonlyArray<readonly [Uint8Array, Uint8Array]> =>
  Array.from({ length: bytes.length + 1 }, (_, at) => [bytes.subarray(0, at), bytes.subarray(at)] as const)

/**
 * Every beginning of the bytes that is not all of them, the shortest (no byte) first.
 *
 * @category chunkings
 * @since 0.1.0
 */
export const everyTruncation = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: bytes.length }, (_, size) => bytes.subarray(0, size))

/**
 * The bytes in pieces of `size`, the last one shorter where they do not divide: 1 is a byte at a time.
 *
 * @category chunkings
 * @since 0.1.0
 */
export const ofSize = (bytes: Uint8Array, size: number): ReadonlyArray<Uint8Array> => {
  if (!(size >= 1)) throw new Error(`a chunk has at least 1 byte, not ${size}`)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

/**
 * The bytes in pieces of random sizes up to `most`, some of them empty.
 *
 * @category chunkings
 * @since 0.1.0
 */
export const random = (bytes: Uint8Array, random: Random, most: number): ReadonlyArray<Uint8Array> => {
  const chunks: Array<Uint8Array> = []
  for (let at = 0; at < bytes.length;) {
    const size = random.int(0, most)
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

/**
 * Every chunking above for one input: all splits, a byte at a time, two small sizes, and all at once. What a parser gives
 * must be the same for all.
 *
 * @category chunkings
 * @since 0.1.0
 */
export const all = (bytes: Uint8Array): ReadonlyArray<ReadonlyArray<Uint8Array>> => [
  ...everySplit(bytes),
  ofSize(bytes, 1),
  ofSize(bytes, 3),
  ofSize(bytes, 7),
  [bytes]
]
