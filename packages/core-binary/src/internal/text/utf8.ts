import { type Encoding, readSingle, shortText } from "./Encoding.ts"

const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const encoder = /* @__PURE__ */ new TextEncoder()

const size = (text: string): number => {
  if (!text.isWellFormed()) return -1
  let size = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    // Both halves of a surrogate pair are at least 0x800, and together four bytes: two each.
    if (unit >= 0x80) size += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return size
}

export const utf8: Encoding = {
  name: "utf8",
  unit: 1,
  read(bytes, start, end) {
    if (end - start <= shortText) {
      const text = readSingle(bytes, start, end, 0x7f)
      if (text !== undefined) return text
    }
    try {
      return decoder.decode(bytes.subarray(start, end))
    } catch {
      return undefined
    }
  },
  size,
  write(text, bytes, start, end) {
    // A text takes at least a byte a UTF-16 unit.
    if (text.length > end - start) return -1
    if (text.length <= shortText * 2) {
      let i = 0
      for (; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > 0x7f) break
        bytes[start + i] = unit
      }
      if (i === text.length) return start + i
    }
    const length = size(text)
    if (length < 0) return -2
    if (length > end - start) return -1
    encoder.encodeInto(text, bytes.subarray(start, end))
    return start + length
  }
}
