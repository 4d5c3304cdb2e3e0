/** The table that reading and writing are measured on: 8 columns, `?` meaning that one value in twenty is null. */
import * as Result from "effect/Result"
import { ArrayBuilder, DataType, type RecordBatch, Schema, Writer } from "../src/index.ts"

export const schema = Schema.make([
  Schema.field("int32", DataType.int(32)),
  Schema.field("int64", DataType.int(64), { nullable: false }),
  Schema.field("float64", DataType.float("DOUBLE"), { nullable: false }),
  Schema.field("utf8", { _tag: "Utf8" }),
  Schema.field("dict", { _tag: "Utf8" }, { dictionary: { id: 0n, indexType: DataType.int(32), isOrdered: false } }),
  Schema.field("bool", { _tag: "Bool" }),
  Schema.field("timestamp", DataType.timestamp("MICROSECOND", "UTC"), { nullable: false }),
  Schema.field("list", { _tag: "List" }, { children: [Schema.field("item", DataType.int(32), { nullable: false })] })
])

/** A small generator of random numbers below `n`, the same in each run. */
export const random = (seed: number) => {
  let state = seed
  return (n: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

const words = Array.from({ length: 100 }, (_, i) => `category-${i}`)

const columns = (rows: number, next: (n: number) => number): ReadonlyArray<ArrayLike<unknown>> => {
  const make = <A>(value: (row: number) => A): Array<A> => Array.from({ length: rows }, (_, row) => value(row))
  const nullable = <A>(value: () => A): Array<A | null> => make(() => (next(20) === 0 ? null : value()))
  return [
    nullable(() => next(2 ** 31)),
    BigInt64Array.from(make(() => BigInt(next(2 ** 32)))),
    Float64Array.from(make(() => next(2 ** 32) / 1000)),
    nullable(() => `value-${next(1_000_000)}-${next(1_000_000_000)}`),
    make(() => words[next(100)]!),
    nullable(() => next(2) === 1),
    BigInt64Array.from(make((row) => 1_700_000_000_000_000n + BigInt(row))),
    make(() => Int32Array.from({ length: next(6) }, () => next(1000)))
  ]
}

/** `batches` batches of `rows` rows. */
export const makeBatches = (batches: number, rows: number): ReadonlyArray<RecordBatch.RecordBatch> => {
  const builder = new ArrayBuilder.BatchBuilder(schema)
  const next = random(1)
  return Array.from({ length: batches }, () => Result.getOrThrow(builder.fromColumns(columns(rows, next))))
}

export const encode = (batches: ReadonlyArray<RecordBatch.RecordBatch>, options?: Writer.Options): Uint8Array =>
  Writer.concat(Result.getOrThrow(Writer.encode(schema, batches, options)))
