/**
 * One array of the columnar format as it lies in memory: what a `FieldNode` and its buffers describe.
 *
 * @since 0.1.0
 */
import { countBits } from "./internal/typedArrays.ts"
import type { Field } from "./Schema.ts"

/**
 * A buffer that is decompressed and put in little-endian order when it is first asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface LazyBuffer {
  readonly load: () => Uint8Array
}

/**
 * Length, null count, buffers and children of one array.
 *
 * **Details**
 *
 * `buffers` are in the order of the columnar format's table of buffer listings: validity first (empty where no slot is
 * null and for types without one), then type ids, offsets, sizes, data or views, then the variadic data buffers of
 * views. A V4
 * union's validity buffer is kept out of the list. With `field.dictionary`, the buffers are those of the indices and
 * `dictionary` holds the values; `children` is empty then.
 *
 * The array is `length` slots from slot `offset` of its buffers. As in the C data interface, the offset of a struct,
 * sparse union or fixed-size list
 * applies to its children too (times the list's size), which stay as they are.
 *
 * `buffer(i)` is the only way to the bytes: little-endian, decompressed, a view of the input where it could be.
 *
 * @category models
 * @since 0.1.0
 */
export class ArrayData {
  declare readonly field: Field
  declare readonly length: number
  declare readonly nullCount: number
  declare readonly offset: number
  declare readonly buffers: Array<Uint8Array | LazyBuffer>
  declare readonly children: ReadonlyArray<ArrayData>
  declare readonly dictionary: Dictionary | undefined

  constructor(
    field: Field,
    length: number,
    nullCount: number,
    buffers: Array<Uint8Array | LazyBuffer>,
    children: ReadonlyArray<ArrayData>,
    dictionary: Dictionary | undefined,
    offset = 0
  ) {
    this.field = field
    this.length = length
    this.nullCount = nullCount
    this.buffers = buffers
    this.children = children
    this.dictionary = dictionary
    this.offset = offset
  }

  /** The bytes of buffer `index`; throws an `ArrowError` where they cannot be decompressed. */
  buffer(index: number): Uint8Array {
    const buffer = this.buffers[index]!
    if (buffer instanceof Uint8Array) return buffer
    const loaded = buffer.load()
    this.buffers[index] = loaded
    return loaded
  }

  /** Whether `buffers` starts with a validity bitmap. */
  get hasValidity(): boolean {
    if (this.dictionary !== undefined) return true
    const { _tag } = this.field.type
    return _tag !== "Null" && _tag !== "Union" && _tag !== "RunEndEncoded"
  }

  /** The slots from `begin` to before `end`, clamped; buffers and children are shared. */
  slice(begin: number, end: number): ArrayData {
    const from = Math.min(Math.max(begin, 0), this.length)
    const length = Math.max(Math.min(end, this.length) - from, 0)
    const offset = this.offset + from
    const nullCount =
      this.nullCount === 0 || !this.hasValidity
        ? Math.min(this.nullCount, length)
        : length - countBits(this.buffer(0), offset, length)
    return new ArrayData(this.field, length, nullCount, this.buffers, this.children, this.dictionary, offset)
  }
}

/**
 * A dictionary as one record batch sees it: the first `count` of `chunks`, joined.
 *
 * Deltas append to `chunks` and later batches see a greater `count`; a replacement is another dictionary. So a batch
 * keeps the values it was read with, and a delta costs nothing that grows with what was there.
 *
 * @category models
 * @since 0.1.0
 */
export class Dictionary {
  declare readonly id: bigint
  declare readonly chunks: ReadonlyArray<ArrayData>
  declare readonly count: number
  /** Values in the first `count` chunks. */
  declare readonly length: number

  constructor(id: bigint, chunks: ReadonlyArray<ArrayData>, count: number, length: number) {
    this.id = id
    this.chunks = chunks
    this.count = count
    this.length = length
  }
}
