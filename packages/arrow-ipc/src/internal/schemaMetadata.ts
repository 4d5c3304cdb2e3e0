/** Decodes the tables of `Schema.fbs`. */
import * as ArrowError from "../ArrowError.ts"
import type { DataType, Int, TypeTag } from "../DataType.ts"
import { decodeUtf8, type Table } from "../Flatbuffer.ts"
import type * as Limits from "../Limits.ts"
import type { DictionaryEncoding, Field, KeyValue, Schema } from "../Schema.ts"
import { dateUnits, endiannesses, intervalUnits, precisions, timeUnits, types, unionModes } from "./enumerations.ts"

/** Refuses what the table says: `what` is not known. */
export const unsupported = (table: Table, code: ArrowError.UnsupportedFeature["code"], what: string): never => {
  const { base, path } = table.reader
  return ArrowError.raise("UnsupportedFeature", code, `${what} is not known`, base + table.position, [...path])
}

/** The member of an enumeration that `value` stands for. */
export const one = <A>(
  table: Table,
  name: string,
  values: ReadonlyArray<A>,
  value: number,
  code: "parameter" | "codec" | "type" = "parameter"
): A => values[value] ?? unsupported(table, code, `${name} ${value}`)

const require = (table: Table, isKnown: boolean, what: string): void => {
  if (!isKnown) unsupported(table, "parameter", what)
}

const decodeInt = (table: Table): Int => {
  const bitWidth = table.int(0, 4) as Int["bitWidth"]
  require(table, [8, 16, 32, 64].includes(bitWidth), `${bitWidth} bits`)
  return { _tag: "Int", bitWidth, isSigned: table.bool(1) }
}

/** An index type: signed 32 bits where absent. */
export const decodeIndexType = (table: Table | undefined): Int =>
  table === undefined ? { _tag: "Int", bitWidth: 32, isSigned: true } : decodeInt(table)

const decimalDigits: Record<number, number> = { 32: 9, 64: 18, 128: 38, 256: 76 }

const size = (table: Table): number => {
  const value = table.int(0, 4)
  require(table, value >= 0, `size ${value}`)
  return value
}

/** What types have besides their tag. */
const parameters: Partial<Record<TypeTag, (table: Table, children: number) => object>> = {
  Int: decodeInt,
  FloatingPoint: (table) => ({ precision: one(table, "precision", precisions, table.int(0, 2)) }),
  Decimal: (table) => {
    const bitWidth = table.int(2, 4, 128)
    const precision = table.int(0, 4)
    const isKnown = precision > 0 && precision <= decimalDigits[bitWidth]!
    require(table, isKnown, `decimal of ${precision} digits in ${bitWidth} bits`)
    return { bitWidth, precision, scale: table.int(1, 4) }
  },
  Date: (table) => ({ unit: one(table, "unit", dateUnits, table.int(0, 2, 1)) }),
  Time: (table) => {
    const unit = table.int(0, 2, 1)
    const bitWidth = table.int(1, 4, 32)
    require(table, bitWidth === (unit < 2 ? 32 : 64), `time unit ${unit} in ${bitWidth} bits`)
    return { unit: one(table, "unit", timeUnits, unit), bitWidth }
  },
  Timestamp: (table) => ({ unit: one(table, "unit", timeUnits, table.int(0, 2)), timezone: table.string(1) }),
  Interval: (table) => ({ unit: one(table, "unit", intervalUnits, table.int(0, 2)) }),
  Union: (table, children) => {
    const typeIds =
      table.items(1, 4, (reader, position) => reader.view.getInt32(position, true)) ??
      Array.from({ length: children }, (_, i) => i)
    const isKnown =
      typeIds.length === children && new Set(typeIds).size === children && typeIds.every((id) => id >= 0 && id < 128)
    require(table, isKnown, `union of ${children} with type ids ${typeIds.slice(0, 128)}`)
    return { mode: one(table, "mode", unionModes, table.int(0, 2)), typeIds }
  },
  FixedSizeBinary: (table) => ({ byteWidth: size(table) }),
  FixedSizeList: (table) => ({ listSize: size(table) }),
  Map: (table) => ({ keysSorted: table.bool(0) }),
  Duration: (table) => ({ unit: one(table, "unit", timeUnits, table.int(0, 2, 1)) })
}

/** The type that `id` of the union `Type` and its table say. */
export const decodeType = (id: number, table: Table, children: number): DataType => {
  const _tag = one(table, "type", types, id - 1, "type")
  return { _tag, ...parameters[_tag]?.(table, children) } as DataType
}

const isEntries = ({ children, type }: Field): boolean => type._tag === "Struct" && children.length === 2

const isRunEnds = ({ dictionary, type }: Field): boolean =>
  type._tag === "Int" && type.isSigned && type.bitWidth > 8 && dictionary === undefined

const checkChildren = (table: Table, tag: TypeTag, children: ReadonlyArray<Field>): void => {
  if (tag === "Struct" || tag === "Union") return
  const isMap = tag === "Map"
  const wanted = tag === "RunEndEncoded" ? 2 : isMap || tag.includes("List") ? 1 : 0
  require(table, children.length === wanted, `${tag} of ${children.length} children`)
  require(table, !isMap || isEntries(children[0]!), "Map of other than a Struct of two")
  require(table, wanted < 2 || isRunEnds(children[0]!), "type of run ends")
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

const decodeDictionary = (table: Table | undefined): DictionaryEncoding | undefined => {
  if (table === undefined) return undefined
  const kind = table.int(3, 2)
  require(table, kind === 0, `dictionary kind ${kind}`)
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
    endianness: one(table, "endianness", endiannesses, table.int(0, 2)),
    fields: table.tables(1, read) ?? table.missing("fields"),
    metadata: decodeKeyValues(table, 2),
    features: table.items(3, 8, (reader, position) => reader.view.getBigInt64(position, true)) ?? []
  }
}
