import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { ArrowFile, DataType, Framing, Layout, type Message, Schema } from "../src/index.ts"
import { bytesOf, codeOf, expectedOf, read, refusal, valuesOf } from "./fixtures.ts"
import { fileOf, int32, layOut, type MessageSpec, schemaMessage, streamOf } from "./messages.ts"

/** Reverses each unit of a buffer in place; units are said independently of the reader's own table. */
const reverse = (bytes: Uint8Array, unit: Layout.BufferKind["swap"]): void => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const turn = (at: number, width: number): void => void bytes.subarray(at, at + width).reverse()
  if (unit === "view") {
    for (let at = 0; at + 16 <= bytes.length; at += 16) {
      if (view.getInt32(at, true) > 12) [8, 12].forEach((offset) => turn(at + offset, 4))
      turn(at, 4)
    }
    return
  }
  for (let at = 0, i = 0; at < bytes.length && unit.length > 0; i++) {
    const width = unit[i % unit.length]!
    turn(at, width)
    at += width
  }
}

const reverseBody = (
  header: Message.RecordBatch,
  fields: ReadonlyArray<Layout.FieldLayout>,
  body: Uint8Array
): void => {
  let buffer = 0
  let variadic = 0
  const walk = (layout: Layout.FieldLayout): void => {
    for (const { swap } of layout.layout.buffers) {
      const { length, offset } = header.buffers[buffer++]!
      reverse(body.subarray(offset, offset + length), swap)
    }
    if (layout.layout.isVariadic) buffer += header.variadicBufferCounts[variadic++]!
    layout.children.forEach(walk)
  }
  fields.forEach(walk)
}

/** The same stream with everything in its bodies the other way round. */
const bigEndian = (bytes: Uint8Array): Uint8Array => {
  let schema = Schema.make([])
  const dictionaries = new Map<bigint, Schema.Field>()
  const collect = (field: Schema.Field): void => {
    if (field.dictionary !== undefined) dictionaries.set(field.dictionary.id, { ...field, dictionary: undefined })
    field.children.forEach(collect)
  }
  const messages = Result.getOrThrow(Framing.frames(bytes)).map(({ body, message }): MessageSpec => {
    const { header } = message
    const copy = body.slice()
    if (header._tag === "Schema") {
      schema = header.schema
      schema.fields.forEach(collect)
      return schemaMessage({ ...schema, endianness: "Big" })
    }
    const fields = header._tag === "DictionaryBatch" ? [dictionaries.get(header.id)!] : schema.fields
    const data = header._tag === "DictionaryBatch" ? header.data : (header as Message.RecordBatch)
    reverseBody(
      data,
      fields.map((field) => Layout.fieldLayout(field)),
      copy
    )
    return { header, body: copy }
  })
  return streamOf(messages)
}

describe("a big-endian stream", () => {
  it.each(["integers", "floats", "fixed", "text", "nested", "dictionaries", "deltas", "empty"])(
    "of %s has the same values",
    (name) => {
      const bytes = bigEndian(bytesOf(name))
      const table = read(bytes, { validation: "full" })
      assert.strictEqual(table.schema.endianness, "Big")
      assert.deepStrictEqual(
        valuesOf(table.batches, table.schema.fields.length),
        expectedOf(name).map((column) => [...column])
      )
      assert.strictEqual(codeOf(refusal(bytes.subarray(0, -12))), "FramingError/truncated")
    }
  )

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
