import { malformed } from "../py/protocol.ts"
import { latin1, utf8 } from "./text.ts"

/** Thrown where the window ends too early for what should reach to `to`. */
export class Truncated {
  readonly to: number
  constructor(to: number) {
    this.to = to
  }
}

/** A cursor in `[start, end)` of `bytes` that never leaves it. */
export class Window {
  protected readonly bytes: Uint8Array
  protected readonly view: DataView
  protected readonly end: number
  protected pos: number

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.end = end
    this.pos = start
  }

  /** A length of `size` bytes and that many bytes after it, which are there: where they start, with `pos` at their end. */
  protected sized(size: number, signed = false): number {
    const at = this.pos
    const length = this.unsigned(size)
    if (signed && length > 0x7fff_ffff) throw malformed(`a negative length, ${length | 0}`)
    this.pos = at + size + length
    if (this.pos > this.end) throw new Truncated(this.pos)
    return at + size
  }

  protected unsigned(size: number): number {
    const { pos, view } = this
    if (pos + size > this.end) throw new Truncated(pos + size)
    this.pos = pos + size
    switch (size) {
      case 1:
        return view.getUint8(pos)
      case 2:
        return view.getUint16(pos, true)
      case 4:
        return view.getUint32(pos, true)
      default:
        // Beyond 2^53 this is rounded, and longer than any window all the same.
        return view.getUint32(pos, true) + view.getUint32(pos + 4, true) * 2 ** 32
    }
  }

  /** The bytes up to a newline, one character each. */
  protected rawLine(): string {
    const at = this.pos
    const newline = this.bytes.indexOf(10, at)
    if (newline === -1 || newline >= this.end) throw new Truncated(this.end + 1)
    this.pos = newline + 1
    return latin1(this.bytes, at, newline)
  }

  protected line(): string {
    const at = this.pos
    const raw = this.rawLine()
    // oxlint-disable-next-line no-control-regex -- ASCII is what is meant
    return /^[\x00-\x7f]*$/.test(raw) ? raw : utf8(this.bytes, at, this.pos - 1)
  }

  /** The text of GET and PUT. */
  protected index(): number {
    const line = this.line()
    const index = /^\s*\d{1,16}\s*$/.test(line) ? Number(line) : NaN
    if (!Number.isSafeInteger(index)) throw malformed(`${JSON.stringify(line.slice(0, 32))} is not a memo index`)
    return index
  }
}
