import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { assert, describe, it } from "vitest"
import { bigEndian, reverse } from "../conformance/bigEndian.ts"
import { ArrowFile, DataType, Layout, Schema } from "../src/index.ts"
import { bytesOf, codeOf, expectedOf, read, refusal, valuesOf } from "./fixtures.ts"
import { fileOf, int32, layOut, schemaMessage, streamOf } from "./messages.ts"

describe("a big-endian stream", () => {
  it.each([
    "integers",
    "floats",
    "fixed",
    "text",
    "nested",
    "dictionaries",
    "deltas",
    "empty",
    "described",
    "no_columns"
  ])("of %s has the same values", (name) => {
    const bytes = bigEndian(bytesOf(name))
    const table = read(bytes, { validation: "full" })
    assert.strictEqual(table.schema.endianness, "Big")
    assert.deepStrictEqual(
      valuesOf(table.batches, table.schema.fields.length),
      expectedOf(name).map((column) => [...column])
    )
    assert.strictEqual(codeOf(refusal(bytes.subarray(0, -12))), "FramingError/truncated")
  })

  it("has intervals of each unit", () => {
    const fields = [
      Schema.field("months", { _tag: "Interval", unit: "YEAR_MONTH" }),
      Schema.field("days", { _tag: "Interval", unit: "DAY_TIME" })
    ]
    const parts = [new Uint8Array(0), Int32Array.of(14), new Uint8Array(0), Int32Array.of(3, -5)]
    const { body, header } = layOut({
      length: 1,
      nodes: [
        [1, 0],
        [1, 0]
      ],
      parts
    })
    const stream = streamOf([schemaMessage(Schema.make(fields)), { header, body }])
    const expected = [{ months: 14, days: { days: 3, milliseconds: -5 } }]
    assert.deepStrictEqual(read(stream).toObjects(), expected)
    assert.deepStrictEqual(read(bigEndian(stream)).toObjects(), expected)
  })
})

describe("a big-endian buffer", () => {
  it("may have bytes after its last value", () => {
    const schema = { ...Schema.make([Schema.field("f", int32)]), endianness: "Big" as const }
    const parts = [new Uint8Array(0), Uint8Array.of(0, 0, 0, 7, 1, 2, 3, 4, 9, 9)]
    const { body, header } = layOut({ length: 1, nodes: [[1, 0]], parts })
    assert.deepStrictEqual(read(streamOf([schemaMessage(schema), { header, body }])).toObjects(), [{ f: 7 }])
  })
})

describe("a big-endian file", () => {
  it("gives cells", () =>
    Effect.gen(function* () {
      const schema = {
        ...Schema.make([Schema.field("f", int32), Schema.field("b", { _tag: "Bool" })]),
        endianness: "Big" as const
      }
      const values = Int32Array.of(1, -2)
      reverse(new Uint8Array(values.buffer), [4])
      const { body, header } = layOut({
        length: 2,
        nodes: [
          [2, 0],
          [2, 0]
        ],
        parts: [new Uint8Array(0), values, new Uint8Array(0), Uint8Array.of(2)]
      })
      const fileSystem = yield* FileSystem.FileSystem
      const path = yield* fileSystem.makeTempFileScoped()
      yield* fileSystem.writeFile(path, fileOf(schema, [{ header, body }]))
      const file = yield* ArrowFile.open(path)
      assert.deepStrictEqual([yield* file.cell(0, 0, 1), yield* file.cell(0, "b", 1)], [-2, true])
    }).pipe(Effect.scoped, Effect.provide(NodeFileSystem.layer), Effect.runPromise))

  it("may be compressed", () => {
    const codecs = {
      ZSTD: { compress: (bytes: Uint8Array) => bytes, decompress: (bytes: Uint8Array) => bytes.slice() }
    }
    const schema = { ...Schema.make([Schema.field("f", DataType.int(8))]), endianness: "Big" as const }
    const part = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 5, 6)
    const { body, header } = layOut({
      length: 2,
      nodes: [[2, 0]],
      parts: [new Uint8Array(0), part],
      compression: { codec: "ZSTD", method: "BUFFER" }
    })
    assert.deepStrictEqual(read(streamOf([schemaMessage(schema), { header, body }]), { codecs }).toObjects(), [
      { f: 5 },
      { f: 6 }
    ])
  })
})

describe("layouts", () => {
  it("are those of the index type where a dictionary encodes", () => {
    const dictionary = { id: 0n, indexType: DataType.int(16), isOrdered: false }
    const layout = Layout.fieldLayout(
      Schema.field("f", { _tag: "Struct" }, { dictionary, children: [Schema.field("a", int32)] })
    )
    assert.deepStrictEqual(layout.children, [])
    assert.deepStrictEqual(
      layout.layout.buffers.map(({ width }) => width),
      [0, 2]
    )
  })
})
