/** Text as UTF-8, and whether bytes are UTF-8, told without decoding them. */

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })
const fatal = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true })

/** The text of bytes, with U+FFFD for what is no UTF-8. */
export const readUtf8 = (bytes: Uint8Array): string => lenient.decode(bytes)

/** The text of bytes, or `undefined` if they are not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return fatal.decode(bytes)
  } catch {
    return undefined
  }
}

/** The length of the character that starts at `at`, or 0 where none does. Source: RFC 3629. */
const characterLength = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0
  if (length === 0 || at + length > end) return 0
  const second = bytes[at + 1]!
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  return length
}

/** Whether the bytes from `begin` to `end` are whole characters of UTF-8. */
export const isUtf8 = (bytes: Uint8Array, begin: number, end: number): boolean => {
  let at = begin
  while (at < end) {
    const length = characterLength(bytes, at, end)
    if (length === 0) return false
    at += length
  }
  return true
}
