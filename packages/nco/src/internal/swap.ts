/** Turns round the order of the bytes in each group of `unit`; `bytes` starts at a multiple of `unit` in its buffer, or of 4. */
export const swapInPlace = (bytes: Uint8Array, unit: 2 | 4 | 8): void => {
  if (unit === 2) {
    const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!
      words[i] = (word >>> 8) | (word << 8)
    }
    return
  }
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  if (unit === 4) {
    for (let i = 0; i < words.length; i++) words[i] = swap32(words[i]!)
    return
  }
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i]!
    words[i] = swap32(words[i + 1]!)
    words[i + 1] = swap32(low)
  }
}

/** A copy of `bytes` with the order of the bytes in each group of `unit` turned round; the copy's buffer is its own. */
export const swapped = (bytes: Uint8Array, unit: 2 | 4 | 8): Uint8Array<ArrayBuffer> => {
  const copy = new Uint8Array(bytes)
  swapInPlace(copy, unit)
  return copy
}

const swap32 = (word: number): number =>
  (word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)
