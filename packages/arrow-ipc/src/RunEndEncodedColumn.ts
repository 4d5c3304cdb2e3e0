/**
 * Columns that store each run of equal values once.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import { upperBound } from "./internal/arrayOf.ts"
import { numbersOf } from "./internal/numberViews.ts"
import type { Numbers } from "./NumberColumn.ts"

/**
 * A run-end encoded column: run `k` has the value `child.get(k)` and ends before slot `runEnds[k]` of the unsliced
 * column. Getting a value searches; going through in order does not.
 *
 * @category columns
 * @since 0.1.0
 */
export class RunEndEncodedColumn<T> extends Column<T> {
  declare readonly runEnds: Numbers
  declare readonly child: Column<T>

  constructor(data: ArrayData, child: Column<T>) {
    super(data, child)
    this.runEnds = numbersOf(data.children[0]!)
    this.child = child
  }

  /** The run that slot `index` is in. */
  run(index: number): number {
    return upperBound(this.runEnds, this.offset + index)
  }

  get(index: number): T | null {
    return this.holds(index) ? this.child.get(this.run(index)) : null
  }

  override isNull(index: number): boolean {
    return this.get(index) === null
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const { child, offset, runEnds } = this
    let run = this.run(begin)
    for (let i = begin; i < end;) {
      const value = child.get(run)
      const stop = Math.min(end, (runEnds[run] ?? Infinity) - offset)
      for (; i < stop; i++) target[at + i - begin] = value
      run++
    }
  }
}
