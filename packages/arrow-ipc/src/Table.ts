/**
 * Record batches of one schema, taken together.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import { ChunkedColumn } from "./ChunkedColumn.ts"
import { arrayOf } from "./internal/arrayOf.ts"
import * as FileReader from "./FileReader.ts"
import { explainFailure } from "./Format.ts"
import { StreamDecoder } from "./internal/streamDecoder.ts"
import * as ReadOptions from "./ReadOptions.ts"
import { columnIndex, type RecordBatch } from "./RecordBatch.ts"
import type { KeyValue, Schema } from "./Schema.ts"

/**
 * A table: a schema and the record batches that have it. `metadata` is the custom metadata of a file's footer.
 *
 * @category models
 * @since 0.1.0
 */
export class Table {
  declare readonly schema: Schema
  declare readonly batches: ReadonlyArray<RecordBatch>
  declare readonly length: number
  declare readonly metadata: ReadonlyArray<KeyValue>
  private readonly columns: Array<ChunkedColumn<unknown>> = []

  constructor(schema: Schema, batches: ReadonlyArray<RecordBatch>, metadata: ReadonlyArray<KeyValue> = []) {
    this.schema = schema
    this.batches = batches
    this.metadata = metadata
    this.length = batches.reduce((length, batch) => length + batch.length, 0)
  }

  /** Column `index`, or the first called so; an `ArrowError` (`SchemaMismatch`) if there is none. */
  column(key: number | string): ChunkedColumn<unknown> {
    const index = columnIndex(this.schema, key)
    return (this.columns[index] ??= new ChunkedColumn(
      this.schema.fields[index]!,
      this.batches.map((batch) => batch.column(index))
    ))
  }

  /** The rows one after another, as views: see `RecordBatch.rows`. */
  *rows(): IterableIterator<Record<string, unknown>> {
    for (const batch of this.batches) yield* batch.rows()
  }

  /** All rows as plain objects; an `ArrowError` (`unrepresentable`) where names repeat. */
  toObjects(): Array<Record<string, unknown>> {
    const rows = arrayOf<Record<string, unknown>>(this.length, "")
    let at = 0
    for (const batch of this.batches) {
      batch.fillObjects(rows, at)
      at += batch.length
    }
    return rows
  }

  /** All rows as arrays of values in the order of the fields, however they are called. */
  toArrays(): Array<ReadonlyArray<unknown>> {
    return this.batches.flatMap((batch) => batch.toArrays())
  }
}

const fromFile = (
  bytes: Uint8Array,
  options: ReadOptions.ResolvedOptions
): Result.Result<Table, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const reader = FileReader.unsafeOpen(bytes, options)
    return new Table(reader.schema, FileReader.unsafeReadAll(reader), reader.footer.customMetadata)
  })

const fromStream = (
  bytes: Uint8Array,
  options: ReadOptions.ResolvedOptions
): Result.Result<Table, ArrowError.ArrowError> => {
  const decoder = new StreamDecoder(options)
  return Result.flatMap(decoder.push(bytes), (batches) =>
    Result.map(decoder.end(), () => new Table(decoder.schema!, batches))
  )
}

/**
 * As `fromBytes`, with options that leave nothing open; what is no Arrow is not called by its name.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  bytes: Uint8Array,
  options: ReadOptions.ResolvedOptions
): Result.Result<Table, ArrowError.ArrowError> =>
  FileReader.isFile(bytes) ? fromFile(bytes, options) : fromStream(bytes, options)

/**
 * The table in `bytes`, which hold a whole file or a whole stream; the table's bytes are views of them.
 *
 * @category decoding
 * @since 0.1.0
 */
export const fromBytes = (
  bytes: Uint8Array,
  options?: ReadOptions.ReadOptions
): Result.Result<Table, ArrowError.ArrowError> => {
  const table = decode(bytes, ReadOptions.resolve(options))
  return FileReader.isFile(bytes) ? table : Result.mapError(table, (error) => explainFailure(bytes, error))
}
