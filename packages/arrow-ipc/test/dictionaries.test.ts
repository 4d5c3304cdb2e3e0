import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { DataType, FileReader, Schema } from "../src/index.ts"
import { bytesOf, codeOf, failureOf, options, read, refusal } from "./fixtures.ts"
import {
  type BatchSpec,
  batchMessage,
  dictionaryMessage,
  fileOf,
  int32,
  none,
  readStream,
  schemaMessage,
  streamOf
} from "./messages.ts"

const encoding = (id: bigint, bitWidth: 8 | 64 = 8) => ({ id, indexType: DataType.int(bitWidth), isOrdered: false })
const field = (id = 0n, type: DataType.DataType = int32): Schema.Field =>
  Schema.field("d", type, { dictionary: encoding(id) })
const schema = Schema.make([field()])
const values = (...values: ReadonlyArray<number>): BatchSpec => ({
  length: values.length,
  nodes: [[values.length, 0]],
  parts: [none, Int32Array.from(values)]
})
const indices = (...indices: ReadonlyArray<number>): BatchSpec => ({
  length: indices.length,
  nodes: [[indices.length, 0]],
  parts: [none, Int8Array.from(indices)]
})
const ten = dictionaryMessage(0n, values(10, 11))
const stream = (...messages: Parameters<typeof streamOf>[0]): Uint8Array =>
  streamOf([schemaMessage(schema), ...messages])

/** A list whose items are in dictionary `inner`, itself in dictionary `id`. */
const nested = (id: bigint, inner: bigint): Schema.Field =>
  Schema.field("n", { _tag: "List" }, { dictionary: encoding(id), children: [{ ...field(inner), name: "item" }] })
const lists: BatchSpec = {
  length: 1,
  nodes: [
    [1, 0],
    [2, 0]
  ],
  parts: [none, Int32Array.of(0, 2), none, Int8Array.of(1, 0)]
}

describe("a dictionary", () => {
  it("is a batch's as it was when the batch came", () => {
    const batches = readStream(
      stream(
        ten,
        batchMessage(indices(0, 1)),
        dictionaryMessage(0n, values(12), true),
        batchMessage(indices(2)),
        dictionaryMessage(0n, values(20)),
        batchMessage(indices(0))
      )
    )
    assert.deepStrictEqual(
      batches.map((batch) => batch.column(0).toArray()),
      [[10, 11], [12], [20]]
    )
    assert.strictEqual(batches[1]!.data[0]!.dictionary!.length, 3)
  })

  it("is read value by value while few are asked for", () => {
    const many = values(...Array.from({ length: 100 }, (_, i) => i * 2))
    const [first, , third] = readStream(
      stream(
        dictionaryMessage(0n, many),
        batchMessage(indices(7)),
        dictionaryMessage(0n, values(1000), true),
        batchMessage(indices(7)),
        batchMessage(indices(100))
      )
    )
    assert.strictEqual(first!.column(0).get(0), 14)
    assert.deepStrictEqual(first!.column(0).toArray(), [14])
    assert.deepStrictEqual(third!.column(0).toArray(), [1000])
  })

  it("may come after columns that are all null", () => {
    const [batch] = readStream(
      stream(batchMessage({ ...indices(5), nodes: [[1, 1]], parts: [Uint8Array.of(0), Int8Array.of(5)] }))
    )
    assert.deepStrictEqual(batch!.column(0).toArray(), [null])
  })

  it.each([
    ["missing", stream(batchMessage(indices(0))), "DictionaryError/missing"],
    ["missing before its delta", stream(dictionaryMessage(0n, values(1), true)), "DictionaryError/missing"],
    ["of an id no field has", stream(dictionaryMessage(9n, values(1))), "DictionaryError/unknown-id"],
    ["too short for an index", stream(ten, batchMessage(indices(1, 2))), "DataError/index"],
    ["pointed into before its start", stream(ten, batchMessage(indices(-1))), "DataError/index"],
    [
      "with a node too many",
      stream(
        dictionaryMessage(0n, {
          ...values(1),
          nodes: [
            [1, 0],
            [1, 0]
          ]
        })
      ),
      "LayoutError/extra-node"
    ],
    [
      "of two types",
      streamOf([
        schemaMessage(Schema.make([field(), Schema.field("e", { _tag: "Utf8" }, { dictionary: encoding(0n) })]))
      ]),
      "DictionaryError/conflict"
    ],
    ["that holds itself", streamOf([schemaMessage(Schema.make([nested(0n, 0n)]))]), "DictionaryError/conflict"]
  ])("%s is refused", (_, bytes, code) => {
    assert.strictEqual(codeOf(refusal(bytes)), code)
  })

  it("may be pointed into from empty slots anywhere", () => {
    const spec: BatchSpec = { length: 2, nodes: [[2, 1]], parts: [Uint8Array.of(1), Int8Array.of(0, 99)] }
    assert.deepStrictEqual(
      readStream(stream(ten, batchMessage(spec)))[0]!
        .column(0)
        .toArray(),
      [10, null]
    )
  })

  it("pointed into beyond its end gives null where nothing was checked", () => {
    const column = readStream(stream(ten, batchMessage(indices(99))), { validation: "none" })[0]!.column(0)
    assert.deepStrictEqual([column.get(0), column.toArray()], [null, [null]])
    const big = stream(dictionaryMessage(0n, values(...Array.from({ length: 64 }, () => 1))), batchMessage(indices(99)))
    assert.strictEqual(readStream(big, { validation: "none" })[0]!.column(0).get(0), null)
  })

  it("may be shared", () => {
    const shared = Schema.make([field(), { ...field(), name: "e" }])
    const batch = readStream(
      streamOf([
        schemaMessage(shared),
        ten,
        batchMessage({
          length: 1,
          nodes: [
            [1, 0],
            [1, 0]
          ],
          parts: [none, Int8Array.of(0), none, Int8Array.of(1)]
        })
      ])
    )[0]!
    assert.deepStrictEqual(batch.toObjects(), [{ d: 10, e: 11 }])
  })

  it("may be shared by lists, if their items are the same", () => {
    const listOf = (item: DataType.DataType): Schema.Field => ({
      ...nested(0n, 1n),
      children: [Schema.field("item", item)]
    })
    const both = (item: DataType.DataType): Uint8Array =>
      streamOf([schemaMessage(Schema.make([listOf(int32), listOf(item)]))])
    assert.strictEqual(readStream(both(int32)).length, 0)
    assert.strictEqual(codeOf(refusal(both(DataType.int(8)))), "DictionaryError/conflict")
  })

  it("of columns that are not asked for is not looked at", () => {
    const two = Schema.make([field(), Schema.field("i", DataType.int(8))])
    const broken = dictionaryMessage(0n, { ...values(1), nodes: [[1, 1]] })
    const rows: BatchSpec = {
      length: 1,
      nodes: [
        [1, 0],
        [1, 0]
      ],
      parts: [none, Int8Array.of(0), none, Int8Array.of(5)]
    }
    const bytes = streamOf([schemaMessage(two), broken, batchMessage(rows)])
    assert.deepStrictEqual(readStream(bytes, { columns: ["i"] })[0]!.toObjects(), [{ i: 5 }])
    const file = fileOf(two, [broken, batchMessage(rows)])
    assert.deepStrictEqual(read(file, { columns: ["i"] }).toObjects(), [{ i: 5 }])
  })
})

describe("the dictionaries of a file", () => {
  const nestedSchema = Schema.make([nested(1n, 0n)])

  it("may come in any order", () => {
    const file = fileOf(nestedSchema, [dictionaryMessage(1n, lists), ten, batchMessage(indices(0, 0))])
    assert.deepStrictEqual(read(file).column(0).toArray(), [
      [11, 10],
      [11, 10]
    ])
  })

  it("may not be replaced", () => {
    assert.strictEqual(
      codeOf(refusal(fileOf(schema, [ten, ten, batchMessage(indices(0))]))),
      "DictionaryError/replacement"
    )
  })

  it("must belong to a field", () => {
    const file = fileOf(schema, [dictionaryMessage(9n, values(1)), batchMessage(indices(0))])
    assert.strictEqual(codeOf(refusal(file)), "DictionaryError/unknown-id")
  })

  it("must be dictionaries", () => {
    const file = fileOf(schema, [ten, batchMessage(indices(0))], (footer) => ({
      ...footer,
      dictionaries: footer.recordBatches,
      recordBatches: footer.dictionaries
    }))
    const reader = Result.getOrThrow(FileReader.open(file, options))
    const failure = failureOf(reader.readBatch(0))
    assert.strictEqual(codeOf(failure), "FileError/block")
    assert.match(failure.message, /found RecordBatch, expected DictionaryBatch/)
  })

  it("with deltas are whole from the start", () => {
    assert.strictEqual(read(bytesOf("deltas", "arrow_file")).batches[0]!.data[0]!.dictionary!.length, 3)
  })
})
