/** Text as UTF-8, and whether bytes are UTF-8, told without decoding them. */
import * as ArrowError from "../ArrowError.ts"
import { viewAs } from "./typedArrays.ts"

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })
const fatal = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true })

/** The text of bytes, with U+FFFD for what is no UTF-8; an `ArrowError` if it is longer than V8's strings can be. */
export const readUtf8 = (bytes: Uint8Array): string => {
  try {
    return lenient.decode(bytes)
  } catch (cause) {
    return ArrowError.raise("DataError", "unrepresentable", String(cause))
  }
}

/** The text of bytes, or `undefined` if they are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return fatal.decode(bytes)
  } catch {
    return undefined
  }
}

/** Whether all bytes are ASCII: looked at by words, and by pieces, as bytes that are not aligned are copied. */
export const isAscii = (bytes: Uint8Array): boolean => {
  let seen = 0
  for (let at = 0; at < bytes.length; at += 2 ** 16) {
    const piece = bytes.subarray(at, at + 2 ** 16)
    const words = viewAs(Int32Array, piece)
    for (let i = 0; i < words.length; i++) seen |= words[i]!
    for (let i = piece.length & ~3; i < piece.length; i++) seen |= piece[i]!
  }
  return (seen & 0x8080_8080) === 0
}

/** Whether the bytes from `begin` to `end` are whole characters of UTF-8. Source: RFC 3629. */
export const isUtf8 = (bytes: Uint8Array, begin: number, end: number): boolean => {
  for (let at = begin; at < end;) {
    const first = bytes[at++]!
    if (first < 0x80) continue
    const second = bytes[at]!
    const stop = at + (first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3)
    if (
      stop > end ||
      first < 0xc2 ||
      first > 0xf4 ||
      // Longer than need be, a surrogate, or beyond U+10FFFF.
      (first === 0xe0 && second < 0xa0) ||
      (first === 0xed && second > 0x9f) ||
      (first === 0xf0 && second < 0x90) ||
      (first === 0xf4 && second > 0x8f)
    ) {
      return false
    }
    for (; at < stop; at++) if ((bytes[at]! & 0xc0) !== 0x80) return false
  }
  return true
}
