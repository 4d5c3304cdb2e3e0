/** Strict text encodings, over absolute positions of a buffer. Reading gives `undefined` for malformed bytes. */
import type { Text } from "../Layout.ts"

export type Encoding = Text["encoding"]

/** The bytes of a code unit, which a terminator does not straddle. */
export const codeUnit = (node: { readonly _tag: string; readonly encoding?: Encoding }): number =>
  node.encoding === "utf16" ? 2 : 1

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Below this, a loop over ASCII beats the call into a platform decoder. */
const shortText = 24

const readAscii = (bytes: Uint8Array, start: number, end: number, limit: number): string | undefined => {
  let text = ""
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!
    if (byte > limit) return undefined
    text += String.fromCharCode(byte)
  }
  return text
}

export const readUtf8 = (bytes: Uint8Array, start: number, end: number): string | undefined => {
  if (end - start <= shortText) {
    const text = readAscii(bytes, start, end, 0x7f)
    if (text !== undefined) return text
  }
  try {
    return utf8.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

const readUtf16 = (bytes: Uint8Array, start: number, end: number, little: boolean): string | undefined => {
  if ((end - start) % 2 !== 0) return undefined
  let text = ""
  for (let i = start; i < end; i += 2) {
    text += String.fromCharCode(little ? bytes[i]! | (bytes[i + 1]! << 8) : (bytes[i]! << 8) | bytes[i + 1]!)
  }
  return text.isWellFormed() ? text : undefined
}

export const readText = (
  encoding: Encoding,
  bytes: Uint8Array,
  start: number,
  end: number,
  little: boolean
): string | undefined => {
  switch (encoding) {
    case "utf8":
      return readUtf8(bytes, start, end)
    case "utf16":
      return readUtf16(bytes, start, end, little)
    default:
      return readAscii(bytes, start, end, encoding === "ascii" ? 0x7f : 0xff)
  }
}

/** The encoded size of a text, or -1 where the encoding cannot represent it. */
export const textSize = (encoding: Encoding, text: string): number => {
  if (encoding === "utf8" || encoding === "utf16") {
    if (!text.isWellFormed()) return -1
    if (encoding === "utf16") return text.length * 2
    let size = text.length
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      // Both halves of a surrogate pair are at least 0x800, and together four bytes: two each.
      if (unit >= 0x80) size += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
    }
    return size
  }
  const limit = encoding === "ascii" ? 0x7f : 0xff
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > limit) return -1
  return text.length
}

/**
 * Writes a text at `start`; gives the end, -1 where it does not fit before `end`, or -2 where the encoding cannot
 * represent it.
 */
export const writeText = (
  encoding: Encoding,
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  little: boolean
): number => {
  // A text takes at least a byte a UTF-16 unit in every encoding here.
  if (text.length > end - start) return encoding === "utf8" || textSize(encoding, text) >= 0 ? -1 : -2
  let p = start
  let i = 0
  if (encoding !== "utf16" && text.length <= shortText * 2) {
    const limit = encoding === "latin1" ? 0xff : 0x7f
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > limit) break
      bytes[p++] = unit
    }
    if (i === text.length) return p
  }
  const size = textSize(encoding, text)
  if (size < 0) return -2
  if (size > end - start) return -1
  if (encoding === "utf8") {
    encoder.encodeInto(text, bytes.subarray(start, end))
    return start + size
  }
  const step = encoding === "utf16" ? 2 : 1
  for (p = start, i = 0; i < text.length; i++, p += step) {
    const unit = text.charCodeAt(i)
    if (step === 1) bytes[p] = unit
    else {
      bytes[p + (little ? 0 : 1)] = unit & 0xff
      bytes[p + (little ? 1 : 0)] = unit >>> 8
    }
  }
  return p
}
