import type { Encoding } from "./Encoding.ts"

const size = (text: string): number => (text.isWellFormed() ? text.length * 2 : -1)

export const utf16: Encoding = {
  name: "utf16",
  unit: 2,
  read(bytes, start, end, little) {
    if ((end - start) % 2 !== 0) return undefined
    let text = ""
    for (let i = start; i < end; i += 2)
      text += String.fromCharCode(little ? bytes[i]! | (bytes[i + 1]! << 8) : (bytes[i]! << 8) | bytes[i + 1]!)
    return text.isWellFormed() ? text : undefined
  },
  size,
  write(text, bytes, start, end, little) {
    const length = size(text)
    if (length < 0) return -2
    if (length > end - start) return -1
    for (let i = 0, p = start; i < text.length; i++, p += 2) {
      const unit = text.charCodeAt(i)
      bytes[p + (little ? 0 : 1)] = unit & 0xff
      bytes[p + (little ? 1 : 0)] = unit >>> 8
    }
    return start + length
  }
}
