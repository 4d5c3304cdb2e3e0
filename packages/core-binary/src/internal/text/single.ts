/** Encodings of a byte a character: ASCII, and ISO 8859-1. */
import { type Encoding, readSingle } from "./Encoding.ts"

const single = (name: "ascii" | "latin1", limit: number): Encoding => {
  const size = (text: string): number => {
    for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > limit) return -1
    return text.length
  }
  return {
    name,
    unit: 1,
    read: (bytes, start, end) => readSingle(bytes, start, end, limit),
    size,
    write(text, bytes, start, end) {
      if (text.length > end - start) return size(text) < 0 ? -2 : -1
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        if (unit > limit) return -2
        bytes[start + i] = unit
      }
      return start + text.length
    }
  }
}

export const ascii: Encoding = /* @__PURE__ */ single("ascii", 0x7f)

export const latin1: Encoding = /* @__PURE__ */ single("latin1", 0xff)
