/**
 * Columns of fixed width that are no numbers: decimals, intervals, bytes.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import { slotsOf } from "./internal/numberViews.ts"
import { byteWidth } from "./Layout.ts"

/**
 * Days and milliseconds, both int32; neither carries into the other.
 *
 * @category models
 * @since 0.1.0
 */
export interface DayTime {
  readonly days: number
  readonly milliseconds: number
}

/**
 * Months, days (int32) and nanoseconds (int64); none carries into another.
 *
 * @category models
 * @since 0.1.0
 */
export interface MonthDayNano {
  readonly months: number
  readonly days: number
  readonly nanoseconds: bigint
}

/**
 * Reads one value of `width` bytes at `position`.
 *
 * @category models
 * @since 0.1.0
 */
export type ReadFixed<T> = (view: DataView, position: number, width: number) => T

/**
 * A column whose values take `width` bytes each, read on demand.
 *
 * @category columns
 * @since 0.1.0
 */
export class FixedColumn<T> extends Column<T> {
  /** The bytes: slot `i` starts at `i * width`. */
  readonly values: Uint8Array = slotsOf(this.data, byteWidth(this.type))
  readonly width: number = byteWidth(this.type)
  private readonly view = new DataView(this.values.buffer, this.values.byteOffset, this.values.length)
  declare private readonly read: ReadFixed<T>

  constructor(data: ArrayData, read: ReadFixed<T>) {
    super(data, read)
    this.read = read
  }

  get(index: number): T | null {
    return this.holds(index) ? this.read(this.view, index * this.width, this.width) : null
  }
}

/**
 * The unscaled integer of a decimal of 4, 8, 16 or 32 bytes, two's complement.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readDecimal: ReadFixed<bigint> = (view, position, width) => {
  if (width === 4) return BigInt(view.getInt32(position, true))
  let value = view.getBigInt64(position + width - 8, true)
  for (let at = width - 16; at >= 0; at -= 8) value = (value << 64n) | view.getBigUint64(position + at, true)
  return value
}

/**
 * Days (int32) and milliseconds (int32).
 *
 * @category decoding
 * @since 0.1.0
 */
export const readDayTime: ReadFixed<DayTime> = (view, position) => ({
  days: view.getInt32(position, true),
  milliseconds: view.getInt32(position + 4, true)
})

/**
 * Months (int32), days (int32) and nanoseconds (int64).
 *
 * @category decoding
 * @since 0.1.0
 */
export const readMonthDayNano: ReadFixed<MonthDayNano> = (view, position) => ({
  months: view.getInt32(position, true),
  days: view.getInt32(position + 4, true),
  nanoseconds: view.getBigInt64(position + 8, true)
})

/**
 * The bytes themselves, as a view.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readBytes: ReadFixed<Uint8Array> = (view, position, width) =>
  new Uint8Array(view.buffer, view.byteOffset + position, width)
