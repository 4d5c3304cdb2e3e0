/** Makes big-endian streams, which no writer does any more, of little-endian ones. */
import * as Result from "effect/Result"
import { type DataType, Framing, type Message, MessageWriter, Schema, Writer } from "../src/index.ts"

/** The widths that a buffer's values have, over and over; `view` for views. */
type Units = ReadonlyArray<number> | "view"

/** Reverses each unit of a buffer in place. */
export const reverse = (bytes: Uint8Array, units: Units): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const turn = (at: number, width: number): void => void bytes.subarray(at, at + width).reverse()
  if (units === "view") {
    for (let at = 0; at + 16 <= bytes.length; at += 16) {
      if (view.getInt32(at, true) > 12) [8, 12].forEach((offset) => turn(at + offset, 4))
      turn(at, 4)
    }
    return
  }
  for (let at = 0, i = 0; at < bytes.length && units.length > 0; i++) {
    const width = units[i % units.length]!
    turn(at, width)
    at += width
  }
}

const none: Units = []
const unionUnits = { Sparse: [none], Dense: [none, [4]] }
const floatWidths = { HALF: 2, SINGLE: 4, DOUBLE: 8 }
const intervalUnits = { YEAR_MONTH: [4], DAY_TIME: [4, 4], MONTH_DAY_NANO: [4, 4, 8] }

/** What the buffers of a type are made of, as the specification says it: not the reader's own table. */
const unitsOf = (type: DataType.DataType): ReadonlyArray<Units> => {
  switch (type._tag) {
    case "Null":
    case "RunEndEncoded":
      return []
    case "Struct":
    case "FixedSizeList":
      return [none]
    case "Union":
      return unionUnits[type.mode]
    case "Bool":
    case "FixedSizeBinary":
      return [none, none]
    case "Int":
    case "Time":
      return [none, [type.bitWidth / 8]]
    case "FloatingPoint":
      return [none, [floatWidths[type.precision]]]
    case "Decimal":
      return [none, [type.bitWidth / 8]]
    case "Date":
      return [none, [type.unit === "DAY" ? 4 : 8]]
    case "Timestamp":
    case "Duration":
      return [none, [8]]
    case "Interval":
      return [none, intervalUnits[type.unit]]
    case "Utf8":
    case "Binary":
      return [none, [4], none]
    case "LargeUtf8":
    case "LargeBinary":
      return [none, [8], none]
    case "List":
    case "Map":
      return [none, [4]]
    case "LargeList":
      return [none, [8]]
    case "ListView":
      return [none, [4], [4]]
    case "LargeListView":
      return [none, [8], [8]]
    case "BinaryView":
    case "Utf8View":
      return [none, "view"]
  }
}

const reverseBody = (header: Message.RecordBatch, fields: ReadonlyArray<Schema.Field>, body: Uint8Array): void => {
  let buffer = 0
  let variadic = 0
  const walk = ({ children, dictionary, type }: Schema.Field): void => {
    const stored = dictionary?.indexType ?? type
    for (const units of unitsOf(stored)) {
      const { length, offset } = header.buffers[buffer++]!
      reverse(body.subarray(offset, offset + length), units)
    }
    if (stored._tag.endsWith("View") && !stored._tag.includes("List"))
      buffer += header.variadicBufferCounts[variadic++]!
    if (dictionary === undefined) children.forEach(walk)
  }
  fields.forEach(walk)
}

/** The same stream, of version 5 and without compression, with everything in its bodies the other way round. */
export const bigEndian = (bytes: Uint8Array): Uint8Array => {
  let schema = Schema.make([])
  const dictionaries = new Map<bigint, Schema.Field>()
  const collect = (field: Schema.Field): void => {
    if (field.dictionary !== undefined) dictionaries.set(field.dictionary.id, { ...field, dictionary: undefined })
    field.children.forEach(collect)
  }
  const writer = new MessageWriter.MessageWriter()
  for (const { body, message } of Result.getOrThrow(Framing.frames(bytes))) {
    const { header } = message
    const copy = body.slice()
    if (header._tag === "Schema") {
      schema = header.schema
      schema.fields.forEach(collect)
      writer.unsafeWrite({ ...message, header: { ...header, schema: { ...schema, endianness: "Big" } } }, [])
      continue
    }
    const fields = header._tag === "DictionaryBatch" ? [dictionaries.get(header.id)!] : schema.fields
    reverseBody(header._tag === "DictionaryBatch" ? header.data : (header as Message.RecordBatch), fields, copy)
    writer.unsafeWrite(message, [copy])
  }
  Result.getOrThrow(writer.finish())
  return Writer.concat(writer.take())
}
