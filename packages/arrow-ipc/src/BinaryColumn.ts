/**
 * Columns of bytes and text with offsets, of 32 or 64 bits.
 *
 * @since 0.1.0
 */
import { Column } from "./Column.ts"
import { decodeUtf8 } from "./Flatbuffer.ts"
import { offsetsOf } from "./internal/numberViews.ts"
import { isAscii } from "./internal/typedArrays.ts"

/**
 * A column of bytes; values are views.
 *
 * @category columns
 * @since 0.1.0
 */
export class BinaryColumn extends Column<Uint8Array> {
  /** Slot `i` is `bytes` from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Int32Array | Float64Array = offsetsOf(this.data)
  readonly bytes: Uint8Array = this.data.buffer(2)

  get(index: number): Uint8Array | null {
    return this.holds(index) ? this.bytes.subarray(this.offsets[index], this.offsets[index + 1]) : null
  }
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })

/** V8 has no longer strings; beyond it each value is decoded alone. */
const maxTextLength = 2 ** 28

/** Each value decoded alone. */
interface Alone {
  readonly _tag: "Alone"
}
/** The text of all values, of which slot `i` is from `starts[i] - base` to `starts[i + 1] - base`. */
interface Joined {
  readonly _tag: "Joined"
  readonly text: string
  readonly starts: Int32Array | Float64Array
  readonly base: number
}

/**
 * A column of text. Once as many values were read as a quarter of the column has, all of it is decoded at once, and
 * values are slices of that text.
 *
 * **Gotchas**
 *
 * A long value that is kept alive keeps the text of its column's batch alive.
 *
 * @category columns
 * @since 0.1.0
 */
export class Utf8Column extends Column<string> {
  /** Slot `i` is `bytes` from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Int32Array | Float64Array = offsetsOf(this.data)
  readonly bytes: Uint8Array = this.data.buffer(2)
  private text: Alone | Joined | undefined
  private reads = 0

  get(index: number): string | null {
    if (!this.holds(index)) return null
    const text = this.read(1)
    return text._tag === "Alone"
      ? lenient.decode(this.bytes.subarray(this.offsets[index], this.offsets[index + 1]))
      : text.text.substring(text.starts[index]! - text.base, text.starts[index + 1]! - text.base)
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const text = this.read(end - begin)
    if (text._tag === "Alone") return super.copyInto(target, at, begin, end)
    const { base, starts, text: whole } = text
    const hasNulls = this.validity !== undefined
    let start = starts[begin]! - base
    for (let i = begin; i < end; i++) {
      const next = starts[i + 1]! - base
      target[at + i - begin] = hasNulls && this.isNull(i) ? null : whole.substring(start, next)
      start = next
    }
  }

  override forEach(f: (value: string | null, index: number) => void, base = 0): void {
    this.read(this.length)
    super.forEach(f, base)
  }

  private read(values: number): Alone | Joined {
    if (this.text !== undefined) return this.text
    this.reads += values
    if (this.reads * 4 < this.length) return alone
    this.text = join(this.bytes, this.offsets, this.length)
    return this.text
  }
}

const alone: Alone = { _tag: "Alone" }

const join = (bytes: Uint8Array, offsets: Int32Array | Float64Array, length: number): Alone | Joined => {
  const base = offsets[0] ?? 0
  const end = offsets[length] ?? 0
  if (!(base >= 0 && base <= end && end <= bytes.byteLength && end - base <= maxTextLength)) return alone
  const used = bytes.subarray(base, end)
  if (isAscii(used)) return { _tag: "Joined", text: lenient.decode(used), starts: offsets, base }
  const text = decodeUtf8(used)
  const starts = text === undefined ? undefined : unitStarts(bytes, offsets, length)
  return text === undefined || starts === undefined ? alone : { _tag: "Joined", text, starts, base: 0 }
}

/**
 * Where each slot starts in UTF-16 units: a byte that starts a character counts one, or two from U+10000 on. Nothing
 * if offsets go back or leave the bytes.
 */
const unitStarts = (
  bytes: Uint8Array,
  offsets: Int32Array | Float64Array,
  length: number
): Float64Array | undefined => {
  const starts = new Float64Array(length + 1)
  let units = 0
  for (let i = 0; i < length; i++) {
    const end = offsets[i + 1]!
    if (end < offsets[i]! || end > bytes.byteLength) return undefined
    for (let at = offsets[i]!; at < end; at++) {
      const byte = bytes[at]!
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    starts[i + 1] = units
  }
  return starts
}
