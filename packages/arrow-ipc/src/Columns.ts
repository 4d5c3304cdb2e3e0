/**
 * Makes the column that reads an array.
 *
 * | types | column | values |
 * | --- | --- | --- |
 * | Int to 32 bits, floats, Date[day], Time to milliseconds, Interval[year-month] | `NumberColumn` | number |
 * | Int of 64 bits, Date[ms], finer Time, Timestamp, Duration | `BigIntColumn` | bigint, in the type's unit |
 * | Bool | `BoolColumn` | boolean |
 * | Decimal | `FixedColumn` | bigint, unscaled |
 * | Interval[day-time], Interval[month-day-nano] | `FixedColumn` | `DayTime`, `MonthDayNano` |
 * | FixedSizeBinary, Binary, BinaryView | `FixedColumn`, `BinaryColumn`, `ViewColumn` | `Uint8Array`, a view |
 * | Utf8, Utf8View | `Utf8Column`, `ViewColumn` | string |
 * | lists, Map | `ListColumn`, `ListViewColumn`, `FixedSizeListColumn` | array |
 * | Struct | `StructColumn` | object |
 * | Union, RunEndEncoded, dictionary-encoded | `UnionColumn`, `RunEndEncodedColumn`, `DictionaryColumn` | those of the children or dictionary |
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { BinaryColumn, Utf8Column } from "./BinaryColumn.ts"
import { type Column, NullColumn } from "./Column.ts"
import type { Dictionary } from "./Dictionary.ts"
import { DictionaryColumn, DictionaryValues } from "./DictionaryColumn.ts"
import { FixedColumn, readBytes, readDayTime, readDecimal, readMonthDayNano } from "./FixedColumn.ts"
import { byteWidth, plainTag } from "./Layout.ts"
import { FixedSizeListColumn, ListColumn, ListViewColumn } from "./ListColumn.ts"
import { BigIntColumn, BoolColumn, NumberColumn } from "./NumberColumn.ts"
import { RunEndEncodedColumn } from "./RunEndEncodedColumn.ts"
import { StructColumn } from "./StructColumn.ts"
import { UnionColumn } from "./UnionColumn.ts"
import { readUtf8 } from "./internal/utf8.ts"
import { ViewColumn } from "./ViewColumn.ts"

const readView = (bytes: Uint8Array): Uint8Array => bytes

const values = new WeakMap<Dictionary, DictionaryValues<unknown>>()

/**
 * The values of a dictionary: the same object for the same dictionary.
 *
 * @category constructors
 * @since 0.1.0
 */
export const valuesOf = (dictionary: Dictionary): DictionaryValues<unknown> => {
  const found = values.get(dictionary)
  if (found !== undefined) return found
  const made = new DictionaryValues(dictionary.chunks.slice(0, dictionary.count).map((chunk) => make(chunk)))
  values.set(dictionary, made)
  return made
}

/**
 * The column over an array, and those over its children and dictionary.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (data: ArrayData): Column<unknown> => {
  const { dictionary } = data
  return dictionary === undefined ? plain(data) : new DictionaryColumn(data, valuesOf(dictionary))
}

const plain = (data: ArrayData): Column<unknown> => {
  const { type } = data.field
  const width = byteWidth(type)
  const children = data.children.map((child) => make(child))
  const child = children[0]!
  switch (plainTag(type)) {
    case "Null":
      return new NullColumn(data)
    case "FloatingPoint":
      return new NumberColumn(data)
    case "Bool":
      return new BoolColumn(data)
    case "Interval":
      if (width === 8) return new FixedColumn(data, readDayTime)
      return width < 8 ? new NumberColumn(data) : new FixedColumn(data, readMonthDayNano)
    case "Int":
    case "Date":
    case "Time":
    case "Timestamp":
    case "Duration":
      return width < 8 ? new NumberColumn(data) : new BigIntColumn(data)
    case "Decimal":
      return new FixedColumn(data, readDecimal)
    case "FixedSizeBinary":
      return new FixedColumn(data, readBytes)
    case "Binary":
      return new BinaryColumn(data)
    case "Utf8":
      return new Utf8Column(data)
    case "BinaryView":
      return new ViewColumn(data, readView)
    case "Utf8View":
      return new ViewColumn(data, readUtf8)
    case "Map":
      // Entries are pairs, whatever the two fields are called.
      return new ListColumn(data, new StructColumn(child.data, (child as StructColumn).children, true))
    case "List":
      return new ListColumn(data, child)
    case "ListView":
      return new ListViewColumn(data, child)
    case "FixedSizeList":
      return new FixedSizeListColumn(data, child)
    case "Union":
      return new UnionColumn(data, children)
    case "RunEndEncoded":
      return new RunEndEncodedColumn(data, children[1]!)
    case "Struct":
      return new StructColumn(data, children)
  }
}
