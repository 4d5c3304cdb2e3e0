/** Decodes the tables of `Schema.fbs`. */
import * as ArrowError from "../ArrowError.ts"
import type { DataType, Int, TypeTag } from "../DataType.ts"
import type { Table } from "../Flatbuffer.ts"
import type * as Limits from "../Limits.ts"
import type { DictionaryEncoding, Field, KeyValue, Schema } from "../Schema.ts"
import { decodeUtf8, readUtf8 } from "./utf8.ts"
import { found } from "./details.ts"
import { dateUnits, endiannesses, intervalUnits, precisions, timeUnits, types, unionModes } from "./enumerations.ts"

/** Refuses what the table says. */
export const unsupported = (table: Table, code: ArrowError.UnsupportedFeature["code"], detail: string): never => {
  const { base, path } = table.reader
  return ArrowError.raise("UnsupportedFeature", code, detail, base + table.position, [...path])
}

/** The member of an enumeration that `value` stands for. */
export const one = <A>(
  table: Table,
  values: ReadonlyArray<A>,
  value: number,
  code: ArrowError.UnsupportedFeature["code"] = "parameter"
): A & {} => values[value] ?? unsupported(table, code, found(value, values))

const require = (table: Table, isKnown: boolean, detail: string): void => {
  if (!isKnown) unsupported(table, "parameter", detail)
}

const decodeInt = (table: Table): Int => {
  const bitWidth = table.int(0, 4) as Int["bitWidth"]
  require(table, [8, 16, 32, 64].includes(bitWidth), found(bitWidth, "8, 16, 32 or 64 bits"))
  return { _tag: "Int", bitWidth, isSigned: table.bool(1) }
}

/** An index type: signed 32 bits where absent. */
export const decodeIndexType = (table: Table | undefined): Int =>
  table === undefined ? { _tag: "Int", bitWidth: 32, isSigned: true } : decodeInt(table)

const decimalDigits: Record<number, number> = { 32: 9, 64: 18, 128: 38, 256: 76 }

const size = (table: Table): number => {
  const value = table.int(0, 4)
  require(table, value >= 0, found(value, "a size"))
  return value
}

/** What types have besides their tag. */
const parameters: Partial<Record<TypeTag, (table: Table, children: number) => object>> = {
  Int: decodeInt,
  FloatingPoint: (table) => ({ precision: one(table, precisions, table.int(0, 2)) }),
  Decimal: (table) => {
    const bitWidth = table.int(2, 4, 128)
    const precision = table.int(0, 4)
    const isKnown = precision > 0 && precision <= decimalDigits[bitWidth]!
    require(table, isKnown, `a decimal of ${precision} digits in ${bitWidth} bits`)
    return { bitWidth, precision, scale: table.int(1, 4) }
  },
  Date: (table) => ({ unit: one(table, dateUnits, table.int(0, 2, 1)) }),
  Time: (table) => {
    const unit = table.int(0, 2, 1)
    const bitWidth = table.int(1, 4, 32)
    require(table, bitWidth === (unit < 2 ? 32 : 64), `a time of unit ${unit} in ${bitWidth} bits`)
    return { unit: one(table, timeUnits, unit), bitWidth }
  },
  Timestamp: (table) => ({ unit: one(table, timeUnits, table.int(0, 2)), timezone: table.string(1) }),
  Interval: (table) => ({ unit: one(table, intervalUnits, table.int(0, 2)) }),
  Union: (table, children) => {
    const typeIds =
      table.items(1, 4, (reader, position) => reader.view.getInt32(position, true)) ??
      Array.from({ length: children }, (_, i) => i)
    const isKnown =
      typeIds.length === children && new Set(typeIds).size === children && typeIds.every((id) => id >= 0 && id < 128)
    require(table, isKnown, `a union of ${children} children with type ids ${typeIds.slice(0, 128)}`)
    return { mode: one(table, unionModes, table.int(0, 2)), typeIds }
  },
  FixedSizeBinary: (table) => ({ byteWidth: size(table) }),
  FixedSizeList: (table) => ({ listSize: size(table) }),
  Map: (table) => ({ keysSorted: table.bool(0) }),
  Duration: (table) => ({ unit: one(table, timeUnits, table.int(0, 2, 1)) })
}

/** The type that `id` of the union `Type` and its table say. */
export const decodeType = (id: number, table: Table, children: number): DataType => {
  const _tag = one(table, types, id, "type")
  return { _tag, ...parameters[_tag]?.(table, children) } as DataType
}

const isEntries = ({ children, type }: Field): boolean => type._tag === "Struct" && children.length === 2

const isRunEnds = ({ dictionary, type }: Field): boolean =>
  type._tag === "Int" && type.isSigned && type.bitWidth > 8 && dictionary === undefined

const checkChildren = (table: Table, tag: TypeTag, children: ReadonlyArray<Field>): void => {
  if (tag === "Struct" || tag === "Union") return
  const isMap = tag === "Map"
  const wanted = tag === "RunEndEncoded" ? 2 : isMap || tag.includes("List") ? 1 : 0
  require(table, children.length === wanted, found(children.length, wanted))
  require(table, !isMap || isEntries(children[0]!), "the child of a Map is no Struct of two")
  require(table, wanted < 2 || isRunEnds(children[0]!), "run ends are no Int of 16, 32 or 64 bits")
}

/** The pairs of custom metadata in field `id`. */
export const decodeKeyValues = (table: Table, id: number): ReadonlyArray<KeyValue> =>
  table.tables(id, (pair): KeyValue => {
    const key = pair.string(0) ?? ""
    const bytes = pair.stringBytes(1) ?? new Uint8Array(0)
    const value = decodeUtf8(bytes)
    return value === undefined ? { key, value: readUtf8(bytes), bytes } : { key, value }
  }) ?? []

const decodeDictionary = (table: Table | undefined): DictionaryEncoding | undefined => {
  if (table === undefined) return undefined
  const kind = table.int(3, 2)
  require(table, kind === 0, found(kind, 0))
  return { id: table.bigint(0), indexType: decodeIndexType(table.table(1)), isOrdered: table.bool(2) }
}

/** A schema from its table. */
export const decodeSchema = (table: Table, limits: Limits.Limits): Schema => {
  const { base, path } = table.reader
  let count = 0
  const read = (table: Table): Field => {
    const name = table.string(0) ?? ""
    path.push(name)
    // A path as deep as the schema would make a message nobody reads.
    const check = (code: "fields" | "depth", wanted: number): void =>
      ArrowError.checkLimit(code, wanted, limits[code], base + table.position, path.slice(0, 8))
    check("fields", ++count)
    check("depth", path.length)
    const children = table.tables(5, read) ?? []
    const type = decodeType(table.int(2, 1), table.required(3, "type"), children.length)
    checkChildren(table, type._tag, children)
    const dictionary = decodeDictionary(table.table(4))
    const metadata = decodeKeyValues(table, 6)
    path.pop()
    return { name, nullable: table.bool(1), type, dictionary, children, metadata }
  }
  return {
    endianness: one(table, endiannesses, table.int(0, 2)),
    fields: table.tables(1, read) ?? table.missing("fields"),
    metadata: decodeKeyValues(table, 2),
    features: table.items(3, 8, (reader, position) => reader.view.getBigInt64(position, true)) ?? []
  }
}
