/**
 * Rows of a table: columns of the same length.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import type { Column } from "./Column.ts"
import { arrayOf } from "./internal/arrayOf.ts"
import * as Columns from "./Columns.ts"
import { rowObjects, uniqueNames } from "./internal/rowObjects.ts"
import { rowViews } from "./internal/rowViews.ts"
import type { KeyValue, Schema } from "./Schema.ts"

/**
 * A record batch. Columns are made when they are first asked for, and buffers decompressed then; the bytes are those
 * that were read.
 *
 * @category models
 * @since 0.1.0
 */
export class RecordBatch {
  declare readonly schema: Schema
  declare readonly length: number
  /** The arrays, one a field of `schema`. */
  declare readonly data: ReadonlyArray<ArrayData>
  /** Custom metadata of the message. */
  declare readonly metadata: ReadonlyArray<KeyValue>
  private readonly columns: Array<Column<unknown>> = []

  constructor(schema: Schema, length: number, data: ReadonlyArray<ArrayData>, metadata: ReadonlyArray<KeyValue> = []) {
    this.schema = schema
    this.length = length
    this.data = data
    this.metadata = metadata
  }

  /** Column `index`, or the first called so; an `ArrowError` (`SchemaMismatch`) if there is none. */
  column(key: number | string): Column<unknown> {
    const index = columnIndex(this.schema, key)
    return (this.columns[index] ??= Columns.make(this.data[index]!))
  }

  /** The rows from `begin` to before `end`, sharing all bytes; both are clamped. */
  slice(begin: number, end: number = this.length): RecordBatch {
    const from = Math.min(Math.max(begin, 0), this.length)
    const length = Math.max(Math.min(end, this.length) - from, 0)
    const data = this.data.map((column) => column.slice(from, from + length))
    return new RecordBatch(this.schema, length, data, this.metadata)
  }

  /** The columns called or numbered so, in that order. */
  select(keys: ReadonlyArray<number | string>): RecordBatch {
    const indices = keys.map((key) => columnIndex(this.schema, key))
    const schema = { ...this.schema, fields: indices.map((index) => this.schema.fields[index]!) }
    return new RecordBatch(
      schema,
      this.length,
      indices.map((index) => this.data[index]!),
      this.metadata
    )
  }

  /** The values of row `index` in the order of the fields, however they are called. */
  row(index: number): ReadonlyArray<unknown> {
    return this.data.map((_, column) => this.column(column).get(index))
  }

  /**
   * The rows one after another, as views: a property reads its column when it is asked for, so that touching few
   * columns of many rows costs little. An `ArrowError`
   * (`unrepresentable`) where names repeat.
   */
  *rows(): IterableIterator<Record<string, unknown>> {
    const names = namesOf(this.schema)
    const view = rowViews(
      names,
      names.map((_, column) => this.column(column))
    )
    for (let row = 0; row < this.length; row++) yield view(row)
  }

  /** All rows as arrays of values in the order of the fields. */
  toArrays(): Array<ReadonlyArray<unknown>> {
    const columns = this.data.map((_, column) => this.column(column).toArray())
    const rows = arrayOf<ReadonlyArray<unknown>>(this.length, "")
    for (let i = 0; i < this.length; i++) rows[i] = columns.map((values) => values[i])
    return rows
  }

  /**
   * All rows as plain objects; an `ArrowError` (`unrepresentable`) where names repeat: use `toArrays` or `select`
   * then.
   */
  toObjects(): Array<Record<string, unknown>> {
    const rows = arrayOf<Record<string, unknown>>(this.length, "")
    this.fillObjects(rows, 0)
    return rows
  }

  /** Writes all rows as plain objects into `target` from `at` on. */
  fillObjects(target: Array<Record<string, unknown>>, at: number): void {
    const names = namesOf(this.schema)
    const columns = names.map((_, column) => this.column(column).toArray())
    rowObjects(names)(columns, target, at, this.length)
  }
}

/**
 * The index of the field that `key` means: the index itself, or that of the first field called so. An `ArrowError`
 * (`SchemaMismatch`) is thrown if there is none.
 *
 * @category schemas
 * @since 0.1.0
 */
export const columnIndex = (schema: Schema, key: number | string): number => {
  const index = typeof key === "number" ? key : schema.fields.findIndex((field) => field.name === key)
  if (schema.fields[index] !== undefined) return index
  const actual = schema.fields
    .slice(0, 16)
    .map((field) => field.name)
    .join(", ")
  const detail = `there is no column ${JSON.stringify(key)} among: ${actual}`
  return ArrowError.raise("SchemaMismatch", "missing-field", detail, undefined, [key], {
    expected: String(key),
    actual
  })
}

const namesOf = ({ fields }: Schema): ReadonlyArray<string> => {
  const names = uniqueNames(fields)
  if (names !== undefined) return names
  const { name } = fields.find(({ name }, i) => fields.findIndex((field) => field.name === name) < i)!
  return ArrowError.raise("DataError", "unrepresentable", "found two columns of one name", undefined, [name])
}
