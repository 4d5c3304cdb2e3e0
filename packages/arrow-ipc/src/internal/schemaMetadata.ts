/** Decodes the tables of `Schema.fbs`. */
import * as ArrowError from "../ArrowError.ts"
import type { DataType, Int } from "../DataType.ts"
import { decodeUtf8, type Table } from "../Flatbuffer.ts"
import type * as Limits from "../Limits.ts"
import type { DictionaryEncoding, Field, KeyValue, Schema } from "../Schema.ts"

export const unsupported = (table: Table, code: ArrowError.UnsupportedFeature["code"], detail: string): never => {
  const { base, path } = table.reader
  throw ArrowError.make({ _tag: "UnsupportedFeature", code }, detail, base + table.position, [...path])
}

/** The member of an enumeration that `value` stands for. */
export const one = <A>(
  table: Table,
  name: string,
  values: ReadonlyArray<A>,
  value: number,
  code: "parameter" | "codec" = "parameter"
): A => values[value] ?? unsupported(table, code, `${name} ${value} is not known`)

const timeUnits = ["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"] as const

const decodeInt = (table: Table): Int => {
  const bitWidth = table.int32(0)
  if (bitWidth !== 8 && bitWidth !== 16 && bitWidth !== 32 && bitWidth !== 64) {
    return unsupported(table, "parameter", `integers of ${bitWidth} bits are not known`)
  }
  return { _tag: "Int", bitWidth, isSigned: table.bool(1) }
}

/** An index type: signed 32 bits where absent. */
export const decodeIndexType = (table: Table | undefined): Int =>
  table === undefined ? { _tag: "Int", bitWidth: 32, isSigned: true } : decodeInt(table)

const decimalDigits: Record<number, number> = { 32: 9, 64: 18, 128: 38, 256: 76 }

const decodeDecimal = (table: Table): DataType => {
  const bitWidth = table.int32(2, 128)
  const precision = table.int32(0)
  const digits = decimalDigits[bitWidth]
  if (digits === undefined || precision < 1 || precision > digits) {
    return unsupported(table, "parameter", `decimals of ${precision} digits in ${bitWidth} bits are not known`)
  }
  return { _tag: "Decimal", bitWidth: bitWidth as 32 | 64 | 128 | 256, precision, scale: table.int32(1) }
}

const decodeTime = (table: Table): DataType => {
  const unit = one(table, "time unit", timeUnits, table.int16(0, 1))
  const bitWidth = table.int32(1, 32)
  if (bitWidth !== (unit === "SECOND" || unit === "MILLISECOND" ? 32 : 64)) {
    return unsupported(table, "parameter", `times of ${bitWidth} bits in unit ${unit} are not known`)
  }
  return { _tag: "Time", unit, bitWidth }
}

const decodeUnion = (table: Table, children: number): DataType => {
  const typeIds =
    table.items(1, 4, (reader, position) => reader.view.getInt32(position, true)) ??
    Array.from({ length: children }, (_, i) => i)
  if (typeIds.length !== children || new Set(typeIds).size !== children || typeIds.some((id) => id < 0 || id > 127)) {
    return unsupported(table, "parameter", `a union of ${children} children has type ids ${typeIds.slice(0, 128)}`)
  }
  return { _tag: "Union", mode: one(table, "union mode", ["Sparse", "Dense"] as const, table.int16(0)), typeIds }
}

const size = (table: Table, name: string): number => {
  const value = table.int32(0)
  return value < 0 ? unsupported(table, "parameter", `${name} ${value} is negative`) : value
}

const plain = {
  1: "Null",
  4: "Binary",
  5: "Utf8",
  6: "Bool",
  12: "List",
  13: "Struct",
  19: "LargeBinary",
  20: "LargeUtf8",
  21: "LargeList",
  22: "RunEndEncoded",
  23: "BinaryView",
  24: "Utf8View",
  25: "ListView",
  26: "LargeListView"
} as const

/** The type that `id` of the union `Type` and its table say. */
export const decodeType = (id: number, table: Table, children: number): DataType => {
  switch (id) {
    case 2:
      return decodeInt(table)
    case 3:
      return {
        _tag: "FloatingPoint",
        precision: one(table, "precision", ["HALF", "SINGLE", "DOUBLE"] as const, table.int16(0))
      }
    case 7:
      return decodeDecimal(table)
    case 8:
      return { _tag: "Date", unit: one(table, "date unit", ["DAY", "MILLISECOND"] as const, table.int16(0, 1)) }
    case 9:
      return decodeTime(table)
    case 10:
      return {
        _tag: "Timestamp",
        unit: one(table, "time unit", timeUnits, table.int16(0)),
        timezone: table.string(1)
      }
    case 11:
      return {
        _tag: "Interval",
        unit: one(table, "interval unit", ["YEAR_MONTH", "DAY_TIME", "MONTH_DAY_NANO"] as const, table.int16(0))
      }
    case 14:
      return decodeUnion(table, children)
    case 15:
      return { _tag: "FixedSizeBinary", byteWidth: size(table, "byte width") }
    case 16:
      return { _tag: "FixedSizeList", listSize: size(table, "list size") }
    case 17:
      return { _tag: "Map", keysSorted: table.bool(0) }
    case 18:
      return { _tag: "Duration", unit: one(table, "time unit", timeUnits, table.int16(0, 1)) }
    default:
      return id in plain
        ? { _tag: plain[id as keyof typeof plain] }
        : unsupported(table, "type", `type ${id} is not known`)
  }
}

const childCounts: Partial<Record<DataType["_tag"], number>> = {
  List: 1,
  LargeList: 1,
  ListView: 1,
  LargeListView: 1,
  FixedSizeList: 1,
  Map: 1,
  RunEndEncoded: 2
}

const isEntries = (field: Field | undefined): boolean => field?.type._tag === "Struct" && field.children.length === 2

const isRunEnds = (field: Field | undefined): boolean =>
  field?.type._tag === "Int" && field.type.isSigned && field.type.bitWidth > 8 && field.dictionary === undefined

const checkChildren = (table: Table, type: DataType, children: ReadonlyArray<Field>): void => {
  if (type._tag === "Struct" || type._tag === "Union") return
  const wanted = childCounts[type._tag] ?? 0
  if (children.length !== wanted) {
    unsupported(table, "parameter", `${type._tag} has ${children.length} children, not ${wanted}`)
  }
  if (type._tag === "Map" && !isEntries(children[0])) {
    unsupported(table, "parameter", "the child of a Map is not a Struct of two")
  }
  if (type._tag === "RunEndEncoded" && !isRunEnds(children[0])) {
    unsupported(table, "parameter", "run ends are not signed integers of 16, 32 or 64 bits")
  }
}

const lenient = new TextDecoder("utf-8", { ignoreBOM: true })

/** The pairs of custom metadata in field `id`. */
export const decodeKeyValues = (table: Table, id: number): ReadonlyArray<KeyValue> =>
  table.tables(id, (pair): KeyValue => {
    const key = pair.string(0) ?? ""
    const bytes = pair.stringBytes(1) ?? new Uint8Array(0)
    const value = decodeUtf8(bytes)
    return value === undefined ? { key, value: lenient.decode(bytes), bytes } : { key, value }
  }) ?? []

const decodeDictionary = (table: Table): DictionaryEncoding => {
  if (table.int16(3) !== 0) unsupported(table, "parameter", `dictionary kind ${table.int16(3)} is not known`)
  return { id: table.bigint(0), indexType: decodeIndexType(table.table(1)), isOrdered: table.bool(2) }
}

/** Reads the fields of one schema, counting them against the limits. */
class Fields {
  private declare readonly limits: Limits.Limits
  private count = 0

  constructor(limits: Limits.Limits) {
    this.limits = limits
  }

  read(table: Table, depth: number): Field {
    const { path } = table.reader
    const name = table.string(0) ?? ""
    path.push(name)
    if (++this.count > this.limits.fields) this.exceeded(table, "fields", this.limits.fields, this.count)
    if (depth > this.limits.depth) this.exceeded(table, "depth", this.limits.depth, depth)
    const children = table.tables(5, (child) => this.read(child, depth + 1)) ?? []
    const type = decodeType(table.uint8(2), table.required(3, "type"), children.length)
    checkChildren(table, type, children)
    const encoding = table.table(4)
    const dictionary = encoding === undefined ? undefined : decodeDictionary(encoding)
    const metadata = decodeKeyValues(table, 6)
    path.pop()
    return { name, nullable: table.bool(1), type, dictionary, children, metadata }
  }

  exceeded(table: Table, code: "fields" | "depth", limit: number, wanted: number): never {
    const { base, path } = table.reader
    const detail = `the schema has more than ${limit} ${code === "fields" ? "fields" : "levels"}`
    // A path as deep as the schema would make a message nobody reads.
    throw ArrowError.make(
      { _tag: "LimitExceeded", code, limit, wanted },
      detail,
      base + table.position,
      path.slice(0, 8)
    )
  }
}

/** A schema from its table. */
export const decodeSchema = (table: Table, limits: Limits.Limits): Schema => {
  const fields = new Fields(limits)
  return {
    endianness: one(table, "endianness", ["Little", "Big"] as const, table.int16(0)),
    fields: table.tables(1, (field) => fields.read(field, 1)) ?? table.missing("fields"),
    metadata: decodeKeyValues(table, 2),
    features: table.items(3, 8, (reader, position) => reader.view.getBigInt64(position, true)) ?? []
  }
}
