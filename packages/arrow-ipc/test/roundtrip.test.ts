import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { canonicalColumn } from "../conformance/canonical.ts"
import { Generator } from "../interop/generate.ts"
import { ArrayBuilder, type RecordBatch, Schema, StreamReader, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

const first = Number(process.env["BYTEWRIGHT_SEED"] ?? 4711)
const { codecs } = NodeCodecs

const forms: ReadonlyArray<Writer.Options> = [
  {},
  { format: "file", alignment: 64 },
  { compression: "LZ4_FRAME" },
  { format: "file", compression: "ZSTD" },
  { version: "V4", legacyFraming: true }
]

const valuesOf = (schema: Schema.Schema, batches: ReadonlyArray<RecordBatch.RecordBatch>) =>
  schema.fields.map((_, i) => batches.flatMap((batch) => canonicalColumn(batch.column(i))))

/** Batches of random schemas and values, and random slices of them. */
const generate = (seed: number) => {
  const generator = new Generator(seed)
  const fields = Array.from({ length: 1 + generator.integer(5) }, (_, i) => generator.field(`f${i}`, 4))
  const schema = Schema.make([...fields, generator.union("union", 2)])
  const builder = new ArrayBuilder.BatchBuilder(schema)
  const batches = Array.from({ length: 1 + generator.integer(3) }, () => {
    const length = generator.integer(20)
    return Result.getOrThrow(
      builder.fromColumns(
        schema.fields.map((field) => generator.values(field, length)),
        { length }
      )
    )
  })
  const slices = batches.map((batch) => batch.slice(generator.integer(5), 5 + generator.integer(15)))
  return { schema, batches: [...batches, ...slices], size: 1 + generator.integer(300) }
}

describe("what is written reads back the same, whatever it is", () => {
  for (const options of forms) {
    it(`${JSON.stringify(options)} (replay: BYTEWRIGHT_SEED=${first})`, () => {
      for (let seed = first; seed < first + 60; seed++) {
        const { batches, schema, size } = generate(seed)
        const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, batches, { ...options, codecs })))
        const table = Result.getOrThrow(Table.fromBytes(bytes, { codecs }))
        const expected = valuesOf(schema, batches)
        assert.deepStrictEqual(table.schema, schema, `seed ${seed}`)
        assert.deepStrictEqual(valuesOf(schema, table.batches), expected, `seed ${seed}`)
        if (options.format === "file") continue
        const reader = new StreamReader.StreamReader({ codecs })
        const read: Array<RecordBatch.RecordBatch> = []
        for (let at = 0; at < bytes.length; at += size) {
          read.push(...Result.getOrThrow(reader.push(bytes.subarray(at, at + size))))
        }
        assert.deepStrictEqual(valuesOf(schema, read), expected, `seed ${seed}, in pieces of ${size}`)
        const again = Writer.concat(
          Result.getOrThrow(Writer.encode(table.schema, table.batches, { ...options, codecs }))
        )
        assert.deepStrictEqual(again, bytes, `seed ${seed}: rewritten, the bytes are the same`)
      }
    })
  }
})
