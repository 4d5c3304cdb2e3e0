/**
 * Columns of lists: with offsets, as views (offset and size), of a fixed size, and maps.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import type { FixedSizeList } from "./DataType.ts"
import { arrayOf } from "./internal/arrayOf.ts"
import { offsetsOf } from "./internal/numberViews.ts"

/**
 * What lists have in common: the values of all of them are in `child`; slot `i` is from `begin(i)` to `end(i)`.
 *
 * A value is an array. A map's values are arrays of `[key, value]`, so that order and repeated keys survive.
 *
 * @category columns
 * @since 0.1.0
 */
export abstract class AnyListColumn<T> extends Column<ReadonlyArray<T | null>> {
  declare readonly child: Column<T>

  constructor(data: ArrayData, child: Column<T>) {
    super(data, child)
    this.child = child
  }

  abstract begin(index: number): number
  abstract end(index: number): number

  get(index: number): ReadonlyArray<T | null> | null {
    if (!this.holds(index)) return null
    const begin = this.begin(index)
    const end = this.end(index)
    if (!(begin >= 0 && begin < end && end <= this.child.length)) return []
    const values = arrayOf<T | null>(end - begin, this.field.name)
    this.child.copyInto(values, 0, begin, end)
    return values
  }
}

/**
 * Lists with offsets.
 *
 * @category columns
 * @since 0.1.0
 */
export class ListColumn<T> extends AnyListColumn<T> {
  /** Slot `i` is from `offsets[i]` to `offsets[i + 1]` of `child`. */
  readonly offsets: Int32Array | Float64Array = offsetsOf(this.data)

  begin(index: number): number {
    return this.offsets[index]!
  }

  end(index: number): number {
    return this.offsets[index + 1]!
  }
}

/**
 * Lists with an offset and a size each, in any order.
 *
 * @category columns
 * @since 0.1.0
 */
export class ListViewColumn<T> extends AnyListColumn<T> {
  readonly offsets: Int32Array | Float64Array = offsetsOf(this.data)
  readonly sizes: Int32Array | Float64Array = offsetsOf(this.data, 2)

  begin(index: number): number {
    return this.offsets[index]!
  }

  end(index: number): number {
    return this.offsets[index]! + this.sizes[index]!
  }
}

/**
 * Lists of `listSize` values each.
 *
 * @category columns
 * @since 0.1.0
 */
export class FixedSizeListColumn<T> extends AnyListColumn<T> {
  readonly listSize: number = (this.data.field.type as FixedSizeList).listSize

  begin(index: number): number {
    return (this.offset + index) * this.listSize
  }

  end(index: number): number {
    return (this.offset + index + 1) * this.listSize
  }
}
