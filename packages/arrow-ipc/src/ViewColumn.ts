/**
 * Columns of bytes and text as views: 12 bytes in place, or a place in one of several data buffers.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import { slotsOf } from "./internal/numberViews.ts"
import { viewAs } from "./internal/typedArrays.ts"

const empty = new Uint8Array(0)

/**
 * A column of views; `read` makes values of their bytes.
 *
 * Source: Columnar format, "Variable-size Binary View Layout": length (int32), then 12 bytes in place, or prefix (4
 * bytes), buffer index and offset
 * (int32 each).
 *
 * @category columns
 * @since 0.1.0
 */
export class ViewColumn<T> extends Column<T> {
  /** The views: slot `i` is the four words from `4 * i`. */
  readonly words: Int32Array = viewAs(Int32Array, slotsOf(this.data, 16))
  private readonly views = slotsOf(this.data, 16)
  declare private readonly read: (bytes: Uint8Array) => T

  constructor(data: ArrayData, read: (bytes: Uint8Array) => T) {
    super(data, read)
    this.read = read
  }

  /** The bytes of slot `index`, as a view. */
  bytes(index: number): Uint8Array {
    const { words } = this
    const length = words[4 * index]!
    if (length <= 12) return this.views.subarray(16 * index + 4, 16 * index + 4 + length)
    const buffer = 2 + words[4 * index + 2]!
    if (!(buffer >= 2 && buffer < this.data.buffers.length)) return empty
    const offset = words[4 * index + 3]!
    return this.data.buffer(buffer).subarray(offset, offset + length)
  }

  get(index: number): T | null {
    return this.holds(index) ? this.read(this.bytes(index)) : null
  }
}
