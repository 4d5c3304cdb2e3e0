/** A copy of `bytes` with the order of the bytes in each group of `unit` turned round; the copy's buffer is its own. */
export const swapped = (bytes: Uint8Array, unit: 2 | 4 | 8): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes.length)
  copy.set(bytes)
  if (unit === 2) {
    const words = new Uint16Array(copy.buffer)
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      words[i] = (word >>> 8) | (word << 8)
    }
    return copy
  }
  const words = new Uint32Array(copy.buffer)
  for (let i = 0; i < words.length; i++) words[i] = swap32(words[i]!)
  if (unit === 8) {
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i]!
      words[i] = words[i + 1]!
      words[i + 1] = low
    }
  }
  return copy
}

const swap32 = (word: number): number =>
  (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)
