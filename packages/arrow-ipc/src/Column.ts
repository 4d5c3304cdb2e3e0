/**
 * What every column offers, whatever its layout.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import type { DataType } from "./DataType.ts"
import { arrayOf } from "./internal/arrayOf.ts"
import { bitAt } from "./internal/typedArrays.ts"
import type { Field } from "./Schema.ts"

/** Values are gone through in blocks of so many, which stay in the processor's cache. */
const blockLength = 1024

/**
 * A column of `T`, where `null` stands for an empty slot.
 *
 * **Details**
 *
 * A column is a reading of an `ArrayData`; it copies nothing up front. Indices count from 0; an index outside gives
 * `null`. Where validation was below `full`, wrong bytes give wrong values, never an exception of another kind than
 * `ArrowError` (thrown where a lazily decompressed buffer turns out to be corrupt).
 *
 * @category models
 * @since 0.1.0
 */
export abstract class Column<out T> {
  declare readonly data: ArrayData
  declare readonly length: number
  /** Slots that the column's own validity bitmap marks empty. */
  declare readonly nullCount: number
  /** The validity bitmap, if any slot is empty: bit `offset + i` is 1 where slot `i` holds a value. */
  declare readonly validity: Uint8Array | undefined
  /** The first slot of this column within its buffers. */
  declare readonly offset: number

  declare private readonly parameters: ReadonlyArray<unknown>

  /** `parameters` are what else the constructor of a column's class takes. */
  constructor(data: ArrayData, ...parameters: ReadonlyArray<unknown>) {
    this.data = data
    this.parameters = parameters
    this.length = data.length
    this.nullCount = data.nullCount
    this.offset = data.offset
    this.validity = data.nullCount > 0 && data.hasValidity ? data.buffer(0) : undefined
  }

  /** The column's field: its name, type, metadata. */
  get field(): Field {
    return this.data.field
  }

  /** The column's logical type: for dictionaries, that of the values. */
  get type(): DataType {
    return this.data.field.type
  }

  /** The value at `index`, or `null`. */
  abstract get(index: number): T | null

  /** Whether the slot at `index` is marked empty. */
  protected isEmpty(index: number): boolean {
    return this.validity !== undefined && bitAt(this.validity, this.offset + index) === 0
  }

  /** Whether the slot at `index` is empty. */
  isNull(index: number): boolean {
    return this.isEmpty(index)
  }

  /** Whether there is a slot at `index` and it is not marked empty. */
  protected holds(index: number): boolean {
    return index >= 0 && index < this.length && !this.isEmpty(index)
  }

  /** Writes the values of `begin` to `end` into `target`, from `at` on. */
  copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    for (let i = begin; i < end; i++) target[at + i - begin] = this.get(i)
  }

  /** Calls `f` with each value in order, and its index plus `base`. */
  forEach(f: (value: T | null, index: number) => void, base = 0): void {
    const block: Array<T | null> = []
    for (let begin = 0; begin < this.length; begin += blockLength) {
      const end = Math.min(begin + blockLength, this.length)
      this.copyInto(block, 0, begin, end)
      for (let i = begin; i < end; i++) f(block[i - begin]!, base + i)
    }
  }

  /** All values, in a new array; an `ArrowError` if there are more than an array can hold. */
  toArray(): Array<T | null> {
    const values = arrayOf<T | null>(this.length, this.field.name)
    this.copyInto(values, 0, 0, this.length)
    return values
  }

  /** The slots from `begin` to before `end`, sharing all bytes; both are clamped to the column. */
  slice(begin: number, end: number = this.length): Column<T> {
    const { constructor } = this as unknown as {
      constructor: new (data: ArrayData, ...parameters: ReadonlyArray<unknown>) => Column<T>
    }
    return new constructor(this.data.slice(begin, end), ...this.parameters)
  }

  *[Symbol.iterator](): IterableIterator<T | null> {
    for (let i = 0; i < this.length; i++) yield this.get(i)
  }
}

/**
 * A column of nothing but empty slots.
 *
 * @category columns
 * @since 0.1.0
 */
export class NullColumn extends Column<never> {
  get(): null {
    return null
  }

  override isNull(): boolean {
    return true
  }
}
