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
import type { DataType, Int } from "./DataType.ts"
import type { Dictionary } from "./Dictionary.ts"
import { DictionaryColumn, DictionaryValues } from "./DictionaryColumn.ts"
import { FixedColumn, readBytes, readDayTime, readDecimal, readMonthDayNano } from "./FixedColumn.ts"
import { floatViews, integerView } from "./internal/numberViews.ts"
import { FixedSizeListColumn, ListColumn, ListViewColumn } from "./ListColumn.ts"
import { BigIntColumn, BoolColumn, NumberColumn, type Numbers } from "./NumberColumn.ts"
import { RunEndEncodedColumn } from "./RunEndEncodedColumn.ts"
import { StructColumn } from "./StructColumn.ts"
import { UnionColumn } from "./UnionColumn.ts"
import { ViewColumn } from "./ViewColumn.ts"

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })
const readText = (bytes: Uint8Array): string => lenient.decode(bytes)
const readView = (bytes: Uint8Array): Uint8Array => bytes

const dictionaryColumn = (data: ArrayData, dictionary: Dictionary): Column<unknown> => {
  const { bitWidth, isSigned } = data.field.dictionary!.indexType
  return new DictionaryColumn(data, integerView(bitWidth, isSigned), valuesOf(dictionary))
}

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

const runEnds = (data: ArrayData): Numbers => {
  const width = (data.field.type as Int).bitWidth
  return integerView(width, true)(data.buffer(1)).subarray(data.offset, data.offset + data.length)
}

const numberOrBigInt = (data: ArrayData, bitWidth: number): Column<unknown> =>
  bitWidth === 64 ? new BigIntColumn(data, true) : new NumberColumn(data, integerView(32, true))

const interval = (data: ArrayData, type: DataType & { readonly _tag: "Interval" }): Column<unknown> => {
  if (type.unit === "YEAR_MONTH") return new NumberColumn(data, integerView(32, true))
  return type.unit === "DAY_TIME" ? new FixedColumn(data, 8, readDayTime) : new FixedColumn(data, 16, readMonthDayNano)
}

/**
 * The column over an array, and those over its children and dictionary.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (data: ArrayData): Column<unknown> => {
  const { dictionary } = data
  return dictionary === undefined ? plain(data, data.field.type) : dictionaryColumn(data, dictionary)
}

const plain = (data: ArrayData, type: DataType): Column<unknown> => {
  switch (type._tag) {
    case "Null":
      return new NullColumn(data)
    case "Int":
      return type.bitWidth === 64
        ? new BigIntColumn(data, type.isSigned)
        : new NumberColumn(data, integerView(type.bitWidth, type.isSigned))
    case "FloatingPoint":
      return new NumberColumn(data, floatViews[type.precision])
    case "Bool":
      return new BoolColumn(data)
    case "Date":
      return numberOrBigInt(data, type.unit === "DAY" ? 32 : 64)
    case "Time":
      return numberOrBigInt(data, type.bitWidth)
    case "Timestamp":
    case "Duration":
      return numberOrBigInt(data, 64)
    case "Interval":
      return interval(data, type)
    case "Decimal":
      return new FixedColumn(data, type.bitWidth >> 3, readDecimal)
    case "FixedSizeBinary":
      return new FixedColumn(data, type.byteWidth, readBytes)
    case "Binary":
    case "LargeBinary":
      return new BinaryColumn(data, type._tag === "LargeBinary")
    case "Utf8":
    case "LargeUtf8":
      return new Utf8Column(data, type._tag === "LargeUtf8")
    case "BinaryView":
      return new ViewColumn(data, readView)
    case "Utf8View":
      return new ViewColumn(data, readText)
    default:
      return nested(data, type)
  }
}

const nested = (data: ArrayData, type: DataType): Column<unknown> => {
  const children = data.children.map((child) => make(child))
  switch (type._tag) {
    case "Map":
      return new ListColumn(data, entries(data.children[0]!), false)
    case "List":
    case "LargeList":
      return new ListColumn(data, children[0]!, type._tag === "LargeList")
    case "ListView":
    case "LargeListView":
      return new ListViewColumn(data, children[0]!, type._tag === "LargeListView")
    case "FixedSizeList":
      return new FixedSizeListColumn(data, children[0]!, type.listSize)
    case "Union":
      return new UnionColumn(data, children, type)
    case "RunEndEncoded":
      return new RunEndEncodedColumn(data, runEnds(data.children[0]!), children[1]!)
    default:
      return new StructColumn(data, children)
  }
}

/** A map's entries are pairs, whatever the two fields are called. */
const entries = (data: ArrayData): Column<unknown> =>
  new StructColumn(
    data,
    data.children.map((child) => make(child)),
    true
  )
