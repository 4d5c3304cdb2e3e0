/** Schemas and rows as text. */
import { type Field, formatField, type KeyValue, type Schema } from "@bytewright/arrow-ipc/Schema"

/** A value as JSON has it: integers beyond 2^53 as text, bytes in hexadecimal. */
const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === "bigint") return String(value)
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value
}

const json = (value: unknown): string => JSON.stringify(value, plain)

const metadataLines = (pairs: ReadonlyArray<KeyValue>, indent: string): ReadonlyArray<string> =>
  pairs.map(({ key, value }) => `${indent}# ${key}: ${value.length > 100 ? `${value.slice(0, 97)}...` : value}`)

/** One line a field, with its metadata below it. */
export const schema = (schema: Schema): ReadonlyArray<string> => [
  ...schema.fields.flatMap((field) => [
    `${field.name}: ${formatField(field)}`,
    ...metadataLines(field.metadata, "    ")
  ]),
  ...metadataLines(schema.metadata, "")
]

/** The schema as one JSON document. */
export const schemaJson = (schema: Schema): string => json(schema)

/** A row as a line of JSON; an array of values where names repeat. */
export const rowJson = (fields: ReadonlyArray<Field>, row: ReadonlyArray<unknown>): string =>
  new Set(fields.map(({ name }) => name)).size === fields.length
    ? json(Object.fromEntries(fields.map(({ name }, i) => [name, row[i]])))
    : json(row)

const clip = (text: string): string => (text.length > 40 ? `${text.slice(0, 37)}...` : text)

/** Rows as a table for people. */
export const rows = (
  fields: ReadonlyArray<Field>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>
): ReadonlyArray<string> => {
  const cells = [
    fields.map(({ name }) => name),
    ...rows.map((row) => row.map((value) => clip(typeof value === "string" ? value : json(value))))
  ]
  const widths = fields.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)))
  return cells.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd()
  )
}
