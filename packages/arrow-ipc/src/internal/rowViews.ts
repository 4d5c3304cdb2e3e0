/** Rows whose values are read when they are asked for: one class a batch, a getter a column, no proxy. */
import type { Column } from "../Column.ts"

const index = Symbol("row")

interface View {
  readonly [index]: number
}

/** What makes the view of a row; names must differ. */
export const rowViews = (
  names: ReadonlyArray<string>,
  columns: ReadonlyArray<Column<unknown>>
): ((row: number) => Record<string, unknown>) => {
  class Row implements View {
    readonly [index]: number
    constructor(row: number) {
      this[index] = row
    }
  }
  // Without a prototype of its own, no name can mean anything but a column.
  Object.setPrototypeOf(Row.prototype, null)
  Reflect.deleteProperty(Row.prototype, "constructor")
  for (const [i, name] of names.entries()) {
    const column = columns[i]!
    Object.defineProperty(Row.prototype, name, {
      enumerable: true,
      get(this: View): unknown {
        return column.get(this[index])
      }
    })
  }
  return (row) => new Row(row) as unknown as Record<string, unknown>
}
