import { malformed } from "../py/protocol.ts"
import { decimal, latin1, utf8 } from "./text.ts"

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
    const newline = this.newline()
    return latin1(this.bytes, at, newline)
  }

  /** Where the line ends, with `pos` behind it. */
  private newline(): number {
    const { bytes, end } = this
    let at = this.pos
    // Most lines are shorter than a call of `indexOf` is worth.
    const near = Math.min(end, at + 32)
    while (at < near && bytes[at] !== 10) at++
    if (at === near) at = bytes.indexOf(10, at)
    if (at === -1 || at >= end) throw new Truncated(end + 1)
    this.pos = at + 1
    return at
  }

  protected line(): string {
    const at = this.pos
    const newline = this.newline()
    return utf8(this.bytes, at, newline)
  }

  /** The text of GET and PUT. */
  protected index(): number {
    const line = this.line()
    const index = decimal.test(line) ? Number(line.replaceAll("_", "")) : NaN
    if (!Number.isSafeInteger(index) || index < 0)
      throw malformed(`${JSON.stringify(line.slice(0, 32))} is not a memo index`)
    return index
  }
}
