import { limitExceeded, malformed } from "../py/protocol.ts"

const fromCharCode = String.fromCharCode

/** How bytes become text where many of them do. */
export type Utf8 = (bytes: Uint8Array, start: number, end: number) => string

/** Node's own, which is twice as fast; it puts U+FFFD where bytes are wrong, and wants to be looked after. */
const sliced = (slice: (this: Uint8Array, start: number, end: number) => string): Utf8 =>
  function utf8(bytes, start, end) {
    const text = slice.call(bytes, start, end)
    return text.includes("\ufffd") ? exact(bytes, start, end) : text
  }

/** The platform's: strict, but for surrogates, which it refuses and Python writes. */
const decoded = (): Utf8 => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  return function utf8(bytes, start, end) {
    try {
      return decoder.decode(bytes.subarray(start, end))
    } catch {
      return exact(bytes, start, end)
    }
  }
}

/** A reader of UTF-8 that uses `Buffer` where there is one. */
export const makeUtf8 = (buffer: { readonly prototype: object } | undefined): Utf8 => {
  const slice = (buffer?.prototype as { readonly utf8Slice?: () => string } | undefined)?.utf8Slice
  return slice === undefined ? decoded() : sliced(slice)
}

const long: Utf8 = makeUtf8((globalThis as { readonly Buffer?: typeof Buffer }).Buffer)

/** UTF-8 as Python writes it: strict, but lone surrogates pass in three bytes. */
export const utf8: Utf8 = (bytes, start, end) => {
  if (end - start > 12) return long(bytes, start, end)
  let all = 0
  for (let at = start; at < end; at++) all |= bytes[at]!
  return all > 127 ? long(bytes, start, end) : short(bytes, start, end - start)
}

/** Up to twelve ASCII characters: all of them in one call makes one string, and costs a third of a call out of JavaScript. */
const short = (b: Uint8Array, i: number, length: number): string => {
  switch (length) {
    case 0:
      return ""
    case 1:
      return fromCharCode(b[i]!)
    case 2:
      return fromCharCode(b[i]!, b[i + 1]!)
    case 3:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!)
    case 4:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!)
    case 5:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!)
    case 6:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!)
    case 7:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!)
    case 8:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!)
    case 9:
      return fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!, b[i + 8]!)
    case 10:
      return fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!
      )
    case 11:
      return fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!
      )
    default:
      return fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
        b[i + 11]!
      )
  }
}

/** One code point after another; only texts with surrogates, U+FFFD or errors come here. */
const exact: Utf8 = (bytes, start, end) => {
  const parts: Array<string> = []
  let at = start
  const continuation = (): number => {
    const byte = at < end ? bytes[at]! : 0
    if (byte >> 6 !== 2) throw malformed(`not UTF-8: a continuation byte is missing after ${at - start} bytes`)
    at++
    return byte & 0x3f
  }
  while (at < end) {
    const first = bytes[at++]!
    if (first < 0x80) parts.push(fromCharCode(first))
    else if (first >= 0xc2 && first < 0xe0) parts.push(fromCharCode(((first & 31) << 6) | continuation()))
    else if (first >= 0xe0 && first < 0xf0) {
      const code = ((first & 15) << 12) | (continuation() << 6) | continuation()
      if (code < 0x800) throw malformed(`not UTF-8: an overlong form before byte ${at - start}`)
      parts.push(fromCharCode(code))
    } else if (first >= 0xf0 && first < 0xf5) {
      const code = ((first & 7) << 18) | (continuation() << 12) | (continuation() << 6) | continuation()
      if (code < 0x10000 || code > 0x10ffff) throw malformed(`not UTF-8: no code point before byte ${at - start}`)
      parts.push(String.fromCodePoint(code))
    } else throw malformed(`not UTF-8: byte 0x${first.toString(16)} after ${at - 1 - start} bytes`)
  }
  return parts.join("")
}

/** One character a byte. */
export const latin1 = (bytes: Uint8Array, start: number, end: number): string => {
  let text = ""
  for (let at = start; at < end; at += 4096) {
    // Spread over arguments, the bytes would be walked by an iterator.
    const part: ArrayLike<number> = bytes.subarray(at, Math.min(end, at + 4096))
    text += fromCharCode.apply(undefined, part as Array<number>)
  }
  return text
}

/** Python 2's `str` as an option says. */
export const string2 = (bytes: Uint8Array, encoding: "ascii" | "latin1" | "utf8" | "bytes"): string | Uint8Array => {
  switch (encoding) {
    case "bytes":
      return bytes
    case "utf8":
      return utf8(bytes, 0, bytes.length)
    case "ascii": {
      const at = bytes.findIndex((byte) => byte > 127)
      if (at !== -1) {
        throw malformed(
          `a Python 2 str holds byte 0x${bytes[at]!.toString(16)}, which is not ASCII: set the option strings to latin1, utf8 or bytes`
        )
      }
    }
  }
  return latin1(bytes, 0, bytes.length)
}

/** A decimal number as Python's `int(text)` takes it: `+5`, `005`, `1_000`. */
export const decimal = /^[ \t\r\f\v]*([+-]?)(\d+(?:_\d+)*)[ \t\r\f\v]*$/
const literalInt =
  /^[ \t\r\f\v]*([+-]?)(0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|[1-9](?:_?\d)*|0(?:_?0)*)[ \t\r\f\v]*$/

/**
 * The text of INT and LONG: a literal of Python, `0x1f`, `0o17` and `0b1` too, or what `form` says.
 *
 * An INT with zeros before other digits is refused: to CPython's module in C it is octal, to the one in Python an error, and in
 * Python 2 it is decimal; nothing writes it.
 */
export const integer = (text: string, maxDigits: number, form = literalInt): bigint => {
  const match = form.exec(text)
  if (match === null) throw malformed(`${JSON.stringify(text.slice(0, 32))} is not an int`)
  const digits = match[2]!.replaceAll("_", "")
  if (digits.length > maxDigits) throw limitExceeded("maxIntDigits", digits.length, maxDigits)
  return match[1] === "-" ? -BigInt(digits) : BigInt(digits)
}

/** The text of FLOAT. */
export const float = (text: string): number => {
  if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text)
    // Python's own repr never leaves the range, and its reader refuses what does.
    if (Number.isFinite(value)) return value
  }
  if (/^[+-]?inf(?:inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity
  if (/^[+-]?nan$/i.test(text)) return NaN
  throw malformed(`${JSON.stringify(text.slice(0, 32))} is not a float`)
}

/** The text of UNICODE, `raw-unicode-escape`: latin1 with `\uXXXX` and `\UXXXXXXXX` where an odd backslash stands. */
export const unicode = (text: string): string => {
  const parts: Array<string> = []
  let done = 0
  let at = text.indexOf("\\")
  while (at !== -1) {
    const kind = text[at + 1]
    let next = at + 2
    if (kind === "u" || kind === "U") {
      next += kind === "u" ? 4 : 8
      const hex = text.slice(at + 2, next)
      const code = hex.length === next - at - 2 && /^[0-9a-fA-F]+$/.test(hex) ? parseInt(hex, 16) : NaN
      if (!(code <= 0x10ffff)) throw malformed(`a \\${kind} escape wants ${next - at - 2} digits of a code point`)
      parts.push(text.slice(done, at), code > 0xffff ? String.fromCodePoint(code) : fromCharCode(code))
      done = next
    }
    // Any other character after a backslash stands for itself, another backslash too.
    at = text.indexOf("\\", next)
  }
  return parts.length === 0 ? text : parts.join("") + text.slice(done)
}

const escapes: Readonly<Record<string, number>> = {
  "\\": 92,
  "'": 39,
  '"': 34,
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11
}

/** The text of STRING: a Python literal in quotes. */
export const literal = (text: string): Uint8Array => {
  const quote = text[0]
  if (text.length < 2 || (quote !== "'" && quote !== '"') || text.at(-1) !== quote) {
    throw malformed("a string wants quotes around it")
  }
  const body = text.slice(1, -1)
  const bytes: Array<number> = []
  for (let at = 0; at < body.length; at++) {
    if (body[at] !== "\\") {
      bytes.push(body.charCodeAt(at))
      continue
    }
    const rest = body.slice(at + 1, at + 4)
    const hex = /^x([0-9a-fA-F]{2})/.exec(rest)
    const octal = /^[0-7]{1,3}/.exec(rest)
    const plain = escapes[rest[0] ?? ""]
    if (hex !== null) bytes.push(parseInt(hex[1]!, 16))
    else if (octal !== null) bytes.push(parseInt(octal[0], 8) & 255)
    else if (plain !== undefined) bytes.push(plain)
    else if (rest[0] === "x" || rest === "") throw malformed("an escape is cut short")
    // Python keeps the backslash of an escape it does not know.
    else bytes.push(92, rest.charCodeAt(0))
    at += hex !== null ? 3 : octal !== null ? octal[0].length : 1
  }
  return Uint8Array.from(bytes)
}
