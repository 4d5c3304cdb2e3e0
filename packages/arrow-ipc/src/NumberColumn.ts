/**
 * Columns of fixed-width numbers: integers, floats, dates, times, timestamps, durations.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import { Column } from "./Column.ts"
import type { Int } from "./DataType.ts"
import { numbersOf, slotsOf } from "./internal/numberViews.ts"
import { bitAt, type Numbers, viewAs } from "./internal/typedArrays.ts"

export type { Numbers } from "./internal/typedArrays.ts"

/**
 * A column of numbers of at most 32 bits, or of float64; `values` is the buffer itself (float16 is widened to
 * float32), with anything in empty slots.
 *
 * @category columns
 * @since 0.1.0
 */
export class NumberColumn extends Column<number> {
  readonly values: Numbers = numbersOf(this.data)

  get(index: number): number | null {
    return this.holds(index) ? this.values[index]! : null
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const { values } = this
    for (let i = begin; i < end; i++) target[at + i - begin] = this.isEmpty(i) ? null : values[i]
  }

  override forEach(f: (value: number | null, index: number) => void, base = 0): void {
    const { length, offset, validity, values } = this
    if (validity === undefined) {
      for (let i = 0; i < length; i++) f(values[i]!, base + i)
      return
    }
    for (let i = 0; i < length; i++) {
      f(bitAt(validity, offset + i) === 0 ? null : values[i]!, base + i)
    }
  }
}

/**
 * A column of 64-bit integers. They are bigints, exactly; the number mode is many times faster, and fails where a
 * number could not say the same.
 *
 * @category columns
 * @since 0.1.0
 */
export class BigIntColumn extends Column<bigint> {
  declare readonly values: BigInt64Array | BigUint64Array
  declare private readonly isSigned: boolean
  declare private readonly words: Int32Array

  constructor(data: ArrayData) {
    super(data)
    const bytes = slotsOf(data, 8)
    this.isSigned = (data.field.type as Int).isSigned !== false
    this.values = this.isSigned ? viewAs(BigInt64Array, bytes) : viewAs(BigUint64Array, bytes)
    this.words = viewAs(Int32Array, bytes)
  }

  get(index: number): bigint | null {
    return this.holds(index) ? this.values[index]! : null
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const { values } = this
    for (let i = begin; i < end; i++) target[at + i - begin] = this.isEmpty(i) ? null : values[i]
  }

  /** The value at `index` as a number; an `ArrowError` (`unsafe-integer`) where it is beyond 2^53. */
  getNumber(index: number): number | null {
    return this.holds(index) ? this.number(index) : null
  }

  /** Calls `f` with each value as a number; an `ArrowError` (`unsafe-integer`) at the first beyond 2^53. */
  forEachNumber(f: (value: number | null, index: number) => void): void {
    for (let i = 0; i < this.length; i++) f(this.isEmpty(i) ? null : this.number(i), i)
  }

  /**
   * All values as numbers, empty slots as NaN; an `ArrowError` (`unsafe-integer`) at the first beyond 2^53. They are
   * written to the start of `target`, if one is
   * given that has the room: going through many batches, that saves an allocation each.
   */
  toNumbers(target?: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    const numbers =
      target !== undefined && target.length >= this.length
        ? target.subarray(0, this.length)
        : new Float64Array(this.length)
    const isSafe = convert(this.words, numbers, this.isSigned)
    if (isSafe && this.validity === undefined) return numbers
    for (let i = 0; i < this.length; i++) numbers[i] = this.isEmpty(i) ? Number.NaN : this.number(i)
    return numbers
  }

  private number(index: number): number {
    const high = this.isSigned ? this.words[2 * index + 1]! : this.words[2 * index + 1]! >>> 0
    if (high < -0x20_0000 || high >= 0x20_0000) {
      const detail = `${this.values[index]} does not fit a number exactly`
      ArrowError.raise("DataError", "unsafe-integer", detail, undefined, [this.field.name], { row: index })
    }
    return high * 0x1_0000_0000 + (this.words[2 * index]! >>> 0)
  }
}

/**
 * Writes words as numbers; says whether each of them is exact. A loop of its own and without branches, so that it
 * stays fast.
 */
const convert = (words: Int32Array, numbers: Float64Array, isSigned: boolean): boolean => {
  const shift = isSigned ? 0x20_0000 : 0
  let seen = 0
  for (let i = 0; i < numbers.length; i++) {
    // No buffer holds 2^30 of them, so this does not overflow; `|` spares a check that `+` needs.
    const at = i << 1
    const high = words[at | 1]!
    seen |= high + shift
    numbers[i] = high * 0x1_0000_0000 + (words[at]! >>> 0)
  }
  return seen >>> 0 < (isSigned ? 0x40_0000 : 0x20_0000)
}

/**
 * A column of booleans, one bit each.
 *
 * @category columns
 * @since 0.1.0
 */
export class BoolColumn extends Column<boolean> {
  /** The bits: slot `i` is bit `offset + i`. */
  readonly values: Uint8Array = this.data.buffer(1)

  get(index: number): boolean | null {
    return this.holds(index) ? bitAt(this.values, this.offset + index) === 1 : null
  }
}
