/** A strict text encoding, over absolute positions of a buffer. */
export interface Encoding {
  readonly name: "utf8" | "ascii" | "latin1" | "utf16"
  /** The bytes of a code unit, which a terminator does not straddle. */
  readonly unit: number
  /** The text of `bytes[start, end)`, or `undefined` where they are malformed. */
  readonly read: (bytes: Uint8Array, start: number, end: number, little: boolean) => string | undefined
  /** The encoded size, or -1 where the encoding cannot represent the text. */
  readonly size: (text: string) => number
  /** Writes at `start`; gives the end, -1 where the text does not fit before `end`, or -2 where it cannot be represented. */
  readonly write: (text: string, bytes: Uint8Array, start: number, end: number, little: boolean) => number
}

/** Below this, a loop over ASCII beats the call into a platform decoder. */
export const shortText = 24

/** Reads bytes up to `limit` as the characters of their numbers. */
export const readSingle = (bytes: Uint8Array, start: number, end: number, limit: number): string | undefined => {
  let text = ""
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte > limit) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}
