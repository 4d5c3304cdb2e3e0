/** The canonical form that the vectors say values in, made of columns and values of the public API. */
import {
  type Column,
  Columns,
  type DataType,
  DictionaryColumn,
  ListColumn,
  RunEndEncodedColumn,
  type Schema,
  StructColumn,
  UnionColumn
} from "../src/index.ts"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")

const float = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

/** A value of `field`. Structs whose names repeat come as arrays, so they are said like any other. */
const canonicalValue = (value: unknown, field: Schema.Field): unknown => {
  if (value === null) return null
  const { children, type } = field
  switch (type._tag) {
    case "Bool":
      return value
    case "FloatingPoint":
      return float(value as number)
    case "Utf8":
    case "LargeUtf8":
    case "Utf8View":
      return `s:${value as string}`
    case "Binary":
    case "LargeBinary":
    case "BinaryView":
    case "FixedSizeBinary":
      return `x:${hex(value as Uint8Array)}`
    case "Interval":
      return canonicalInterval(value, type.unit)
    case "List":
    case "LargeList":
    case "ListView":
    case "LargeListView":
    case "FixedSizeList":
      return (value as ReadonlyArray<unknown>).map((item) => canonicalValue(item, children[0]!))
    case "Map":
      return (value as ReadonlyArray<ReadonlyArray<unknown>>).map((entry) =>
        entry.map((item, i) => canonicalValue(item, children[0]!.children[i]!))
      )
    case "Struct":
      return ["$", ...structValues(value, children).map((item, i) => canonicalValue(item, children[i]!))]
    case "RunEndEncoded":
      return canonicalValue(value, children[1]!)
    default:
      return String(value)
  }
}

const structValues = (value: unknown, children: ReadonlyArray<Schema.Field>): ReadonlyArray<unknown> =>
  Array.isArray(value) ? value : children.map((child) => (value as Record<string, unknown>)[child.name])

const canonicalInterval = (value: unknown, unit: DataType.IntervalUnit): unknown => {
  if (unit === "YEAR_MONTH") return String(value)
  const parts = value as { months: number; days: number; milliseconds: number; nanoseconds: bigint }
  return (unit === "DAY_TIME" ? [parts.days, parts.milliseconds] : [parts.months, parts.days, parts.nanoseconds]).map(
    String
  )
}

/**
 * Slot `index` of a column. The value of a union says its child no more, so unions and what holds them are said child
 * by child.
 */
const canonicalSlot = (column: Column.Column<unknown>, index: number): unknown => {
  if (column instanceof UnionColumn.UnionColumn) {
    const child = column.child(index)
    return child === undefined ? null : canonicalSlot(child, column.childIndex(index))
  }
  if (column.isNull(index)) return null
  if (column instanceof StructColumn.StructColumn) {
    return ["$", ...column.children.map((child) => canonicalSlot(child, column.offset + index))]
  }
  if (column instanceof ListColumn.AnyListColumn) return canonicalList(column, index)
  if (column instanceof RunEndEncodedColumn.RunEndEncodedColumn) return canonicalSlot(column.child, column.run(index))
  if (column instanceof DictionaryColumn.DictionaryColumn) return canonicalEntry(column, index)
  return canonicalValue(column.get(index), column.field)
}

const canonicalList = (column: ListColumn.AnyListColumn<unknown>, index: number): ReadonlyArray<unknown> => {
  const { child, type } = column
  const items = Array.from({ length: column.end(index) - column.begin(index) }, (_, i) => column.begin(index) + i)
  return type._tag === "Map" && child instanceof StructColumn.StructColumn
    ? items.map((at) => child.children.map((part) => canonicalSlot(part, child.offset + at)))
    : items.map((at) => canonicalSlot(child, at))
}

const canonicalEntry = (column: DictionaryColumn.DictionaryColumn<unknown>, index: number): unknown => {
  const { chunks } = column.data.dictionary!
  let at = column.indices[index]!
  for (const chunk of chunks) {
    if (at < chunk.length) return canonicalSlot(Columns.make(chunk), at)
    at -= chunk.length
  }
  return null
}

const holdsUnion = (field: Schema.Field): boolean => field.type._tag === "Union" || field.children.some(holdsUnion)

/** All values of a column, in canonical form. */
export const canonicalColumn = (column: Column.Column<unknown>): Array<unknown> =>
  holdsUnion(column.field)
    ? Array.from({ length: column.length }, (_, i) => canonicalSlot(column, i))
    : column.toArray().map((value) => canonicalValue(value, column.field))
