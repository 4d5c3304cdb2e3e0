/**
 * Writing the table of `data.ts`, and building one of three columns, beside the faster of apache-arrow and flechette.
 */
import * as flechette from "@uwdata/flechette"
import * as apache from "apache-arrow"
import * as Result from "effect/Result"
import { type Claim, measure, type Row } from "../../../harness/ratio.ts"
import { ArrayBuilder, DataType, Schema, Table, Writer } from "../src/index.ts"
import { random } from "./data.ts"
import { best } from "./peers.ts"

const read = (bytes: unknown): Table.Table => Result.getOrThrow(Table.fromBytes(bytes as Uint8Array))

/** Bytes differ (metadata, padding), rows must not; the last column is read whole. */
const sameRows = (a: unknown, b: unknown): boolean => {
  const [ours, theirs] = [read(a), read(b)]
  const last = ours.schema.fields.length - 1
  return (
    ours.length === theirs.length &&
    JSON.stringify(ours.column(last).toArray()) === JSON.stringify(theirs.column(last).toArray())
  )
}

const writeTable = (bytes: Uint8Array): Claim => {
  const ours = Result.getOrThrow(Table.fromBytes(bytes, { validation: "structural" }))
  const apacheTable = apache.tableFromIPC(bytes)
  const flechetteTable = flechette.tableFromIPC(bytes, { useBigInt: true })
  return {
    what: "write 69 MB, one array",
    subject: {
      name: "arrow-ipc",
      run: () => Writer.concat(Result.getOrThrow(Writer.encode(ours.schema, ours.batches)))
    },
    against: best(
      { name: "apache-arrow", run: () => apache.tableToIPC(apacheTable, "stream") },
      { name: "flechette", run: () => flechette.tableToIPC(flechetteTable, { format: "stream" }) }
    ),
    bound: { atMost: 1 },
    equal: sameRows,
    rounds: 5,
    millisecondsPerRound: 100
  }
}

const writeChunks = (bytes: Uint8Array): Claim => {
  const claim = writeTable(bytes)
  const ours = Result.getOrThrow(Table.fromBytes(bytes, { validation: "structural" }))
  return {
    ...claim,
    what: "write 69 MB, chunks as a socket takes them",
    subject: { name: "arrow-ipc", run: () => Result.getOrThrow(Writer.encode(ours.schema, ours.batches)) },
    bound: undefined,
    equal: false
  }
}

const buildAndEncode = (): Claim => {
  const rows = 100_000
  const next = random(2)
  const floats = Array.from({ length: rows }, () => next(2 ** 32) / 1000)
  const integers = Array.from({ length: rows }, () => next(2 ** 31))
  const texts = Array.from({ length: rows }, () => `value-${next(1_000_000)}`)
  const required = { nullable: false }
  const schema = Schema.make([
    Schema.field("f", DataType.float("DOUBLE"), required),
    Schema.field("i", DataType.int(32), required),
    Schema.field("t", { _tag: "Utf8" }, required)
  ])
  return {
    what: "build and encode 100k x 3",
    subject: {
      name: "arrow-ipc",
      run: () => {
        const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns([floats, integers, texts]))
        return Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch])))
      }
    },
    against: best(
      {
        name: "apache-arrow",
        run: () =>
          apache.tableToIPC(
            new apache.Table({
              f: apache.vectorFromArray(floats, new apache.Float64()),
              i: apache.vectorFromArray(integers, new apache.Int32()),
              t: apache.vectorFromArray(texts, new apache.Utf8())
            }),
            "stream"
          )
      },
      {
        name: "flechette",
        run: () => {
          const types = { f: flechette.float64(), i: flechette.int32(), t: flechette.utf8() }
          return flechette.tableToIPC(flechette.tableFromArrays({ f: floats, i: integers, t: texts }, { types }), {
            format: "stream"
          })
        }
      }
    ),
    bound: { atMost: 0.9 },
    equal: sameRows,
    rounds: 7,
    millisecondsPerRound: 100
  }
}

export const writing = (bytes: Uint8Array): ReadonlyArray<Row> => [
  measure(writeTable(bytes)),
  measure(writeChunks(bytes)),
  measure(buildAndEncode())
]
