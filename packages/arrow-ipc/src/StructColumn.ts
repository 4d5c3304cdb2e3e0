/**
 * Columns of structs, and of a map's entries.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import { rowObjects, uniqueNames } from "./internal/rowObjects.ts"

/**
 * A column of structs. A value is a plain object with the children's names, `__proto__` being a name like any other;
 * where names repeat, an array of the
 * children's values in order, so that none is lost. `children[k].get(offset + i)` is child `k` of slot `i`.
 *
 * @category columns
 * @since 0.1.0
 */
export class StructColumn extends Column<Record<string, unknown> | ReadonlyArray<unknown>> {
  declare readonly children: ReadonlyArray<Column<unknown>>
  declare private readonly names: ReadonlyArray<string> | undefined

  constructor(data: ArrayData, children: ReadonlyArray<Column<unknown>>, isEntries = false) {
    super(data, children, isEntries)
    this.children = children
    this.names = isEntries ? undefined : uniqueNames(children.map(({ field }) => field))
  }

  get(index: number): Record<string, unknown> | ReadonlyArray<unknown> | null {
    if (index < 0 || index >= this.length) return null
    const values: Array<Record<string, unknown> | null> = [null]
    this.copyInto(values, 0, index, index + 1)
    return values[0]!
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const { children, offset } = this
    const length = end - begin
    const columns = children.map((child) => {
      const values = new Array<unknown>(length)
      child.copyInto(values, 0, offset + begin, offset + end)
      return values
    })
    if (this.names === undefined) {
      for (let i = 0; i < length; i++) target[at + i] = columns.map((values) => values[i])
    } else rowObjects(this.names)(columns, target, at, length)
    if (this.validity === undefined) return
    for (let i = 0; i < length; i++) if (this.isEmpty(begin + i)) target[at + i] = null
  }
}
