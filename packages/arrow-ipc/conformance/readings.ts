/** Every way of reading a table must say the same. */
import { isDeepStrictEqual } from "node:util"
import * as Result from "effect/Result"
import { Columns, NumberColumn, type RecordBatch, StreamReader, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { canonicalColumn } from "./canonical.ts"

const options = { codecs: NodeCodecs.codecs }

type Claim = readonly [what: string, actual: unknown, expected: unknown]

/** Of one column, each reading by a column of its own, as columns keep what they decoded. */
function* columnClaims(batch: RecordBatch.RecordBatch, index: number): Generator<Claim> {
  const fresh = () => Columns.make(batch.data[index]!)
  const values = fresh().toArray()
  const rows = [...values.keys()]
  const name = `column ${index}`
  yield [`${name} by get`, rows.map((row) => fresh().get(row)), values]
  const column = fresh()
  yield [`${name} by get, backwards`, rows.toReversed().map((row) => column.get(row)), values.toReversed()]
  yield [`${name} by its iterator`, [...fresh()], values]
  yield [`${name} by isNull`, rows.map((row) => fresh().isNull(row)), values.map((value) => value === null)]
  const seen: Array<readonly [unknown, number]> = []
  fresh().forEach((value, row) => seen.push([value, row]), 5)
  yield [`${name} by forEach`, seen, values.map((value, row) => [value, row + 5])]
  for (const [begin, end] of [
    [0, 1],
    [1, values.length],
    [values.length >> 1, values.length - 1],
    [3, 3]
  ] as const) {
    const slice = fresh().slice(begin, end)
    const part = values.slice(begin, Math.max(begin, end))
    yield [`${name} sliced from ${begin} to ${end}`, slice.toArray(), part]
    yield [`${name} sliced twice`, slice.slice(1).toArray(), part.slice(1)]
    yield [`${name} sliced, by get`, part.map((_, row) => slice.get(row)), part]
    const target: Array<unknown> = []
    slice.copyInto(target, 0, 0, slice.length)
    yield [`${name} sliced, by copyInto`, target, part]
  }
  if (column instanceof NumberColumn.BigIntColumn) {
    const numbers = Result.try(() => [...column.toNumbers()])
    const expected = values.map((value) => (value === null ? Number.NaN : Number(value)))
    if (Result.isSuccess(numbers)) yield [`${name} by toNumbers`, numbers.success, expected]
  }
}

function* tableClaims(table: Table.Table): Generator<Claim> {
  const { batches, schema } = table
  for (const index of schema.fields.keys()) {
    const parts = batches.map((batch) => Columns.make(batch.data[index]!).toArray())
    const column = table.column(index)
    yield [`chunks of column ${index}`, column.toArray(), parts.flat()]
    yield [`chunks of column ${index} by get`, parts.flat().map((_, row) => column.get(row)), parts.flat()]
    yield [`chunks of column ${index}, iterated`, [...column], parts.flat()]
  }
  const columns = schema.fields.map((_, index) => table.column(index).toArray())
  const rows = Array.from({ length: table.length }, (_, row) => columns.map((values) => values[row]))
  yield ["rows as arrays", table.toArrays(), rows]
  if (new Set(schema.fields.map(({ name }) => name)).size < schema.fields.length) return
  const objects = table.toObjects()
  yield ["rows as objects", objects.map((row) => schema.fields.map(({ name }) => row[name])), rows]
  const views = [...table.rows()].map((row) => schema.fields.map(({ name }) => row[name]))
  yield ["rows as views", views, rows]
}

const canonicalTable = (table: Table.Table): unknown =>
  table.schema.fields.map((_, i) => table.batches.flatMap((batch) => canonicalColumn(batch.column(i))))

/** What is written of batches, and of slices of them, reads the same. */
function* writingClaims(table: Table.Table): Generator<Claim> {
  const halves = table.batches.flatMap((batch) => [batch.slice(0, batch.length >> 1), batch.slice(batch.length >> 1)])
  for (const batches of [table.batches, halves]) {
    const written = Writer.encode(table.schema, batches, { compression: "ZSTD", codecs: NodeCodecs.codecs })
    const bytes = Writer.concat(Result.getOrThrow(written))
    const again = Result.getOrThrow(Table.fromBytes(bytes, options))
    yield ["what is written again", canonicalTable(again), canonicalTable(table)]
    const reader = new StreamReader.StreamReader(options)
    const pieces: Array<RecordBatch.RecordBatch> = []
    for (let at = 0; at < bytes.length; at += 13) {
      pieces.push(...Result.getOrThrow(reader.push(bytes.slice(at, at + 13))))
    }
    const inPieces = new Table.Table(table.schema, pieces)
    yield ["what is written again, in pieces", canonicalTable(inPieces), canonicalTable(table)]
  }
}

/** The readings of a table that contradict another. */
export const contradictions = (table: Table.Table): ReadonlyArray<string> => {
  const found: Array<string> = []
  const check = (claims: Iterable<Claim>): void => {
    for (const [what, actual, expected] of claims) if (!isDeepStrictEqual(actual, expected)) found.push(what)
  }
  for (const batch of table.batches) for (const index of batch.data.keys()) check(columnClaims(batch, index))
  check(tableClaims(table))
  check(writingClaims(table))
  return found
}
