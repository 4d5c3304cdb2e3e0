/**
 * Columns of bytes and text with offsets, of 32 or 64 bits.
 *
 * @since 0.1.0
 */
import { Column } from "./Column.ts"
import { offsetsOf } from "./internal/numberViews.ts"
import { decodeUtf8, readUtf8 } from "./internal/utf8.ts"

/**
 * What columns with offsets into bytes have in common.
 *
 * @category columns
 * @since 0.1.0
 */
export abstract class AnyBinaryColumn<T> extends Column<T> {
  /** Slot `i` is `bytes` from `offsets[i]` to `offsets[i + 1]`. */
  readonly offsets: Int32Array | Float64Array = offsetsOf(this.data)
  readonly bytes: Uint8Array = this.data.buffer(2)

  /** The bytes of slot `index`, as a view. */
  protected view(index: number): Uint8Array {
    return this.bytes.subarray(this.offsets[index], this.offsets[index + 1])
  }
}

/**
 * A column of bytes; values are views.
 *
 * @category columns
 * @since 0.1.0
 */
export class BinaryColumn extends AnyBinaryColumn<Uint8Array> {
  get(index: number): Uint8Array | null {
    return this.holds(index) ? this.view(index) : null
  }
}

/** V8 has no longer strings; beyond it each value is decoded alone. */
const maxTextLength = 2 ** 28

/** The text of all values, of which slot `i` is from `starts[i] - base` to `starts[i + 1] - base`. */
interface Joined {
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
 * A value of more than 512 MB is longer than a string can be: reading it fails with an `ArrowError`
 * (`unrepresentable`). A long value that is kept alive keeps the text of its column's batch alive.
 *
 * @category columns
 * @since 0.1.0
 */
export class Utf8Column extends AnyBinaryColumn<string> {
  /** `null` where each value must be decoded alone. */
  private joined: Joined | null | undefined
  private reads = 0

  get(index: number): string | null {
    if (!this.holds(index)) return null
    const joined = this.read(1)
    if (!joined) return readUtf8(this.view(index))
    const { base, starts, text } = joined
    return text.substring(starts[index]! - base, starts[index + 1]! - base)
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const joined = this.read(end - begin)
    if (!joined) return super.copyInto(target, at, begin, end)
    const { base, starts, text } = joined
    for (let i = begin; i < end; i++) {
      target[at + i - begin] = this.isEmpty(i) ? null : text.substring(starts[i]! - base, starts[i + 1]! - base)
    }
  }

  override forEach(f: (value: string | null, index: number) => void, base = 0): void {
    this.read(this.length)
    super.forEach(f, base)
  }

  private read(values: number): Joined | null | undefined {
    this.reads += values
    if (this.joined === undefined && this.reads * 4 >= this.length) {
      this.joined = join(this.bytes, this.offsets, this.length)
    }
    return this.joined
  }
}

const join = (bytes: Uint8Array, offsets: Int32Array | Float64Array, length: number): Joined | null => {
  const base = offsets[0] ?? 0
  const end = offsets[length] ?? 0
  if (!(base >= 0 && base <= end && end <= bytes.length && end - base <= maxTextLength)) return null
  const text = decodeUtf8(bytes.subarray(base, end))
  if (text === undefined) return null
  // As many characters as bytes: all are ASCII.
  if (text.length === end - base) return { text, starts: offsets, base }
  const starts = unitStarts(bytes, offsets, length)
  return starts && { text, starts, base: 0 }
}

/**
 * Where each slot starts in UTF-16 units: a byte that starts a character counts one, or two from U+10000 on. Nothing
 * if offsets go back or leave the bytes.
 */
const unitStarts = (bytes: Uint8Array, offsets: Int32Array | Float64Array, length: number): Float64Array | null => {
  const starts = new Float64Array(length + 1)
  let units = 0
  for (let i = 0; i < length; i++) {
    const end = offsets[i + 1]!
    if (end < offsets[i]! || end > bytes.byteLength) return null
    for (let at = offsets[i]!; at < end; at++) {
      const byte = bytes[at]!
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1
    }
    starts[i + 1] = units
  }
  return starts
}
