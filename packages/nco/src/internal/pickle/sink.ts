import { limitExceeded } from "../py/protocol.ts"

const encoder = new TextEncoder()

/** The largest a pickle can get here: lengths of strings and bytes have 32 bits. */
const most = 2 ** 32 - 1

/** Up to this many characters, writing one by one is faster than the encoder. */
const short = 32

const firstSize = 1024

const first = (): { readonly bytes: Uint8Array<ArrayBuffer>; readonly view: DataView } => {
  const bytes = new Uint8Array(firstSize)
  return { bytes, view: new DataView(bytes.buffer) }
}

/** The first buffer of the last sink that needed no other: most pickles are small, and a buffer costs more than what fills it. */
let spare: ReturnType<typeof first> | undefined

/** A growing buffer. `ensure` comes first; what writes afterwards does not look. */
export class Sink {
  bytes: Uint8Array<ArrayBuffer>
  view: DataView
  at = 0

  constructor() {
    const { bytes, view } = spare ?? first()
    spare = undefined
    this.bytes = bytes
    this.view = view
  }

  ensure(size: number): void {
    if (this.at + size <= this.bytes.length) return
    if (this.at + size > most) throw limitExceeded("bytes of a pickle", this.at + size, most)
    const grown = new Uint8Array(Math.min(most, Math.max(this.bytes.length * 2, this.at + size)))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  op(code: number): void {
    if (this.at === this.bytes.length) this.ensure(1)
    this.bytes[this.at++] = code
  }

  u1(code: number, value: number): void {
    this.ensure(2)
    this.bytes[this.at++] = code
    this.bytes[this.at++] = value
  }

  u2(code: number, value: number): void {
    this.ensure(3)
    this.bytes[this.at] = code
    this.view.setUint16(this.at + 1, value, true)
    this.at += 3
  }

  u4(code: number, value: number): void {
    this.ensure(5)
    this.bytes[this.at] = code
    this.view.setUint32(this.at + 1, value, true)
    this.at += 5
  }

  u8(code: number, value: number): void {
    this.ensure(9)
    this.bytes[this.at] = code
    this.view.setUint32(this.at + 1, value % 2 ** 32, true)
    this.view.setUint32(this.at + 5, Math.floor(value / 2 ** 32), true)
    this.at += 9
  }

  f8(code: number, value: number): void {
    this.ensure(9)
    this.bytes[this.at] = code
    this.view.setFloat64(this.at + 1, value)
    this.at += 9
  }

  raw(bytes: Uint8Array): void {
    this.ensure(bytes.length)
    this.bytes.set(bytes, this.at)
    this.at += bytes.length
  }

  /** `text` as UTF-8, lone surrogates in three bytes; how many bytes that took. */
  utf8(text: string): number {
    this.ensure(text.length * 3)
    if (text.length <= short && this.ascii(text)) return text.length
    if (text.isWellFormed()) {
      const { written } = encoder.encodeInto(text, this.bytes.subarray(this.at))
      this.at += written
      return written
    }
    const start = this.at
    for (const character of text) {
      const code = character.codePointAt(0)!
      if (code >= 0xd800 && code < 0xe000) {
        this.bytes[this.at++] = 0xe0 | (code >> 12)
        this.bytes[this.at++] = 0x80 | ((code >> 6) & 63)
        this.bytes[this.at++] = 0x80 | (code & 63)
      } else this.at += encoder.encodeInto(character, this.bytes.subarray(this.at)).written
    }
    return this.at - start
  }

  /** Writes `text` if all of it is ASCII; a call of the encoder costs more than such a name. */
  private ascii(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return false
      this.bytes[this.at + i] = code
    }
    this.at += text.length
    return true
  }

  /** What was written, in memory of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    if (this.bytes.length > firstSize) return this.bytes.subarray(0, this.at)
    spare = { bytes: this.bytes, view: this.view }
    return this.bytes.slice(0, this.at)
  }
}
