import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import {
  ArrayBuilder,
  ArrayData,
  type ArrowError,
  DataType,
  Dictionary,
  FileReader,
  Framing,
  RecordBatch,
  Schema,
  StreamReader,
  Table,
  Writer
} from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

const { field } = Schema
const utf8: DataType.DataType = { _tag: "Utf8" }
const fault = (result: Result.Result<unknown, ArrowError.ArrowError>) => Result.getOrThrow(Result.flip(result))
const written = (schema: Schema.Schema, batches: ReadonlyArray<RecordBatch.RecordBatch>, options?: Writer.Options) =>
  Writer.concat(Result.getOrThrow(Writer.encode(schema, batches, options)))
const table = (bytes: Uint8Array) => Result.getOrThrow(Table.fromBytes(bytes, { codecs: NodeCodecs.codecs }))
const frames = (bytes: Uint8Array) => Result.getOrThrow(new Framing.Framer().push(bytes))

const encoded = (id: bigint) => ({ dictionary: { id, indexType: DataType.int(8), isOrdered: false } })
const letters = Schema.make([field("f", utf8, encoded(7n))])
const batchOf = (schema: Schema.Schema, ...columns: ReadonlyArray<ReadonlyArray<unknown>>) =>
  Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns(columns))

/** `D7 new 2` is a dictionary batch of 2 values, `B 3` a batch of 3 rows. */
const story = (bytes: Uint8Array): ReadonlyArray<string> =>
  frames(bytes).map(({ message: { header } }) =>
    header._tag === "DictionaryBatch"
      ? `D${header.id} ${header.isDelta ? "delta" : "new"} ${header.data.length}`
      : header._tag === "RecordBatch"
        ? `B ${header.length}`
        : header._tag
  )

describe("Writer", () => {
  const schema = Schema.make(
    [field("id", DataType.int(32), { metadata: [{ key: "unit", value: "none" }] }), field("name", utf8)],
    [{ key: "made", value: "by hand" }]
  )
  const rows = [
    { id: 1, name: "a" },
    { id: null, name: "bb" },
    { id: 3, name: null }
  ]
  const batch = Result.getOrThrow(
    new ArrayBuilder.BatchBuilder(schema).fromRows(rows, { customMetadata: [{ key: "batch", value: "0" }] })
  )

  it("hands over chunks as they are written, without joining or copying them", () => {
    const writer = Result.getOrThrow(Writer.make(schema))
    const first = writer.take()
    assert.strictEqual(first.length, 1)
    assert.strictEqual(writer.position, first[0]!.length)
    Result.getOrThrow(writer.write(batch))
    const chunks = writer.take()
    assert.strictEqual(writer.take().length, 0)
    assert.isTrue(chunks.some((chunk) => chunk.buffer === batch.data[0]!.buffer(1).buffer))
    Result.getOrThrow(writer.finish())
    const all = Writer.concat([...first, ...chunks, ...writer.take()])
    assert.strictEqual(writer.position, all.length)
    assert.deepStrictEqual(table(all).toObjects(), rows)
  })

  it("keeps metadata of schema, field, message and footer", () => {
    const footerMetadata = [
      { key: "footer", value: "yes" },
      { key: "footer", value: "twice" }
    ]
    const read = table(written(schema, [batch], { format: "file", footerMetadata }))
    assert.deepStrictEqual(read.schema, schema)
    assert.deepStrictEqual(read.batches[0]!.metadata, [{ key: "batch", value: "0" }])
    assert.deepStrictEqual(read.metadata, footerMetadata)
  })

  it("puts the whole stream, with its schema, into a file", () => {
    const file = written(schema, [batch], { format: "file" })
    const stream = written(schema, [batch])
    assert.deepStrictEqual(file.subarray(8, 8 + stream.length), stream)
    const reader = new StreamReader.StreamReader()
    assert.strictEqual(Result.getOrThrow(reader.push(file.subarray(8)))[0]!.length, 3)
  })

  for (const alignment of [8, 64] as const) {
    for (const format of ["stream", "file"] as const) {
      it(`aligns bodies and buffers to ${alignment} and pads with zeros, ${format}`, () => {
        const bytes = written(schema, [batch, batch], { alignment, format })
        const start = format === "file" ? 8 : 0
        for (const { body, bodyOffset, message } of frames(bytes.subarray(start))) {
          assert.strictEqual((start + bodyOffset) % alignment, 0)
          assert.strictEqual(body.length % alignment, 0)
          if (message.header._tag !== "RecordBatch") continue
          let end = 0
          for (const { length, offset } of message.header.buffers) {
            assert.strictEqual(offset % alignment, 0)
            assert.isTrue(body.subarray(end, offset).every((byte) => byte === 0))
            end = offset + length
          }
        }
        assert.deepStrictEqual(table(bytes).toObjects(), [...rows, ...rows])
      })
    }
  }

  it("writes the framing of versions before 0.15", () => {
    const bytes = written(schema, [batch], { legacyFraming: true, version: "V4" })
    assert.notStrictEqual(new DataView(bytes.buffer).getInt32(0, true), -1)
    assert.deepStrictEqual([...bytes.subarray(-4)], [0, 0, 0, 0])
    assert.deepStrictEqual(table(bytes).toObjects(), rows)
    assert.deepStrictEqual(table(written(schema, [batch], { legacyFraming: true, format: "file" })).toObjects(), rows)
    assert.isTrue(frames(bytes).every(({ message }) => message.version === "V4"))
  })

  it("compresses buffers where that makes them smaller, and stores the others", () => {
    const wide = Schema.make([field("n", DataType.int(64))])
    const values = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i % 3))
    const big = batchOf(wide, Array.from(values))
    const plain = written(wide, [big])
    for (const compression of ["LZ4_FRAME", "ZSTD"] as const) {
      const options = { compression, codecs: NodeCodecs.codecs }
      const bytes = written(wide, [big], options)
      assert.isBelow(bytes.length, plain.length / 4)
      assert.deepStrictEqual(table(bytes).column(0).toArray(), Array.from(values))
      const small = written(schema, [batch], options)
      const { body, message } = frames(small)[1]!
      const buffer = (message.header as { buffers: ReadonlyArray<{ offset: number }> }).buffers[1]!
      const prefix = new DataView(body.buffer, body.byteOffset + buffer.offset, 8)
      assert.strictEqual(prefix.getBigInt64(0, true), -1n)
      assert.deepStrictEqual(table(small).toObjects(), rows)
    }
  })

  it("refuses compression that it has no codec for, or that V4 readers would not see", () => {
    assert.strictEqual(fault(Writer.make(schema, { compression: "ZSTD" })).reason.code, "no-codec")
    assert.isTrue(Result.isSuccess(Writer.make(schema, { compression: "LZ4_FRAME" })))
    const error = fault(Writer.encode(schema, [], { compression: "LZ4_FRAME", version: "V4" }))
    assert.match(error.message, /UnsupportedFeature\/codec: metadata version V4 has no body compression/)
  })

  it("refuses to go on after its end", () => {
    const writer = Result.getOrThrow(Writer.make(schema))
    Result.getOrThrow(writer.finish())
    assert.strictEqual(fault(writer.finish()).reason.code, "after-end")
    assert.strictEqual(fault(writer.write(batch)).reason.code, "after-end")
  })

  it("refuses a batch of another schema, saying which field differs", () => {
    const refused = (fields: ReadonlyArray<Schema.Field>) => {
      const other = Schema.make(fields)
      return fault(Writer.encode(schema, [batchOf(other, ...fields.map(() => []))])).message
    }
    const [id, name] = schema.fields as [Schema.Field, Schema.Field]
    assert.match(
      refused([id]),
      /SchemaMismatch\/type in name: the batch has no field where the writer's schema has name: Utf8/
    )
    assert.match(
      refused([id, name, field("more", utf8)]),
      /in more: the batch has more: Utf8 where the writer's schema has no field/
    )
    assert.match(refused([id, field("other", utf8)]), /the batch has other: Utf8/)
    assert.match(refused([field("id", DataType.int(64)), name]), /in id: the batch has id: Int\(64, true\)/)
    assert.match(refused([id, field("name", utf8, { nullable: false })]), /Utf8 not null/)
    assert.match(refused([id, field("name", utf8, encoded(3n))]), /Dictionary\(3, Int\(8, true\), Utf8\)/)
    const list = field("name", { _tag: "List" }, { children: [field("item", utf8)] })
    assert.match(refused([id, list]), /List<item: Utf8>/)
    const same = Schema.make([field("id", DataType.int(32)), field("name", utf8)])
    assert.isTrue(Result.isSuccess(Writer.encode(schema, [batchOf(same, [1], ["a"])])))
  })

  it("writes little-endian what it is given as big-endian's schema", () => {
    const bytes = written({ ...schema, endianness: "Big" }, [batch])
    assert.strictEqual(table(bytes).schema.endianness, "Little")
  })

  it("trims buffers that are longer than their slots need", () => {
    const whole = batchOf(schema, [1, 2, 3], ["a", "b", "c"])
    const bytes = written(schema, [whole.slice(0, 1)])
    const header = frames(bytes)[1]!.message.header as { buffers: ReadonlyArray<{ length: number }> }
    assert.deepStrictEqual(
      header.buffers.map(({ length }) => length),
      [0, 4, 0, 8, 1]
    )
    const loose = new ArrayData.ArrayData(
      schema.fields[0]!,
      1,
      0,
      [new Uint8Array(8), new Uint8Array(16)],
      [],
      undefined
    )
    const trimmed = new RecordBatch.RecordBatch(Schema.make([schema.fields[0]!]), 1, [loose])
    const first = frames(written(trimmed.schema, [trimmed]))[1]!.message.header as typeof header
    assert.deepStrictEqual(
      first.buffers.map(({ length }) => length),
      [0, 4]
    )
  })
})

describe("Writer, dictionaries", () => {
  const builder = () => new ArrayBuilder.BatchBuilder(letters)
  const grow = (...batches: ReadonlyArray<ReadonlyArray<string>>) => {
    const growing = builder()
    return batches.map((values) => Result.getOrThrow(growing.fromColumns([values])))
  }
  const joined = ["a", "b", "a", "c", "d"]

  for (const format of ["stream", "file"] as const) {
    it(`sends what a dictionary grew by as deltas, ${format}`, () => {
      const bytes = written(letters, grow(["a", "b"], ["a", "c"], ["d"], ["a"]), { format })
      assert.deepStrictEqual(table(bytes).column(0).toArray(), [...joined, "a"])
      const stream = format === "file" ? bytes.subarray(8) : bytes
      assert.deepStrictEqual(story(stream), [
        "Schema",
        "D7 new 2",
        "B 2",
        "D7 delta 1",
        "B 2",
        "D7 delta 1",
        "B 1",
        "B 1"
      ])
    })

    it(`sends nothing for another dictionary with the same values, and deltas for one that goes on, ${format}`, () => {
      const batches = [["a", "b"], ["a", "b", "c"], ["a"], ["a", "b", "c", "d"]].map((values) =>
        batchOf(letters, values)
      )
      const bytes = written(letters, batches, { format })
      const stream = format === "file" ? bytes.subarray(8) : bytes
      assert.deepStrictEqual(story(stream), [
        "Schema",
        "D7 new 2",
        "B 2",
        "D7 delta 1",
        "B 3",
        "B 1",
        "D7 delta 1",
        "B 4"
      ])
      assert.deepStrictEqual(table(bytes).column(0).toArray(), ["a", "b", "a", "b", "c", "a", "a", "b", "c", "d"])
    })
  }

  it("rewrites what it reads, chunk by chunk", () => {
    const first = written(letters, grow(["a", "b"], ["a", "c"], ["d"]))
    const read = table(first)
    assert.deepStrictEqual(written(read.schema, read.batches), first)
    const lastAlone = written(letters, read.batches.slice(2))
    assert.deepStrictEqual(story(lastAlone), ["Schema", "D7 new 2", "D7 delta 1", "D7 delta 1", "B 1"])
    const mixed = written(letters, [batchOf(letters, ["a", "b", "c"]), ...read.batches])
    assert.deepStrictEqual(story(mixed), ["Schema", "D7 new 3", "B 3", "B 2", "B 2", "D7 delta 1", "B 1"])
    assert.deepStrictEqual(table(mixed).column(0).toArray(), ["a", "b", "c", ...joined])
  })

  it("replaces a dictionary that changed, in streams alone", () => {
    const batches = [batchOf(letters, ["a", "b"]), batchOf(letters, ["b", "a"]), batchOf(letters, ["b"])]
    const bytes = written(letters, batches)
    assert.deepStrictEqual(story(bytes), ["Schema", "D7 new 2", "B 2", "D7 new 2", "B 2", "B 1"])
    assert.deepStrictEqual(table(bytes).column(0).toArray(), ["a", "b", "b", "a", "b"])
    const error = fault(Writer.encode(letters, batches, { format: "file" }))
    assert.match(error.message, /DictionaryError\/replacement: dictionary 7 changed other than by growing/)
  })

  it("shares a dictionary between columns that agree about it, and refuses those that do not", () => {
    const shared = Schema.make([field("a", utf8, encoded(1n)), field("b", utf8, encoded(1n))])
    const bytes = written(shared, [batchOf(shared, ["x"], ["y"])])
    assert.deepStrictEqual(story(bytes), ["Schema", "D1 new 1", "D1 delta 1", "B 1"])
    assert.deepStrictEqual(table(bytes).toObjects(), [{ a: "x", b: "y" }])
    const [left, right] = [batchOf(letters, ["x"]), batchOf(letters, ["y"])]
    const asField = (data: ArrayData.ArrayData, index: number) => {
      const dictionary = new Dictionary.Dictionary(1n, data.dictionary!.chunks, 1, 1)
      return new ArrayData.ArrayData(shared.fields[index]!, 1, 0, data.buffers, [], dictionary)
    }
    const torn = new RecordBatch.RecordBatch(shared, 1, [asField(left.data[0]!, 0), asField(right.data[0]!, 1)])
    assert.strictEqual(fault(Writer.encode(shared, [torn])).reason.code, "conflict")
  })

  it("writes the dictionaries inside dictionaries first, and the outer again when an inner was replaced", () => {
    const inner = field("s", utf8, encoded(1n))
    const nested = Schema.make([field("f", { _tag: "Struct" }, { children: [inner], ...encoded(2n) })])
    const one = batchOf(nested, [{ s: "a" }, { s: "b" }].map((value) => value).slice(0, 2) as ReadonlyArray<unknown>)
    const same = batchOf(nested, [{ s: "a" }])
    const other = batchOf(nested, [{ s: "z" }])
    const bytes = written(nested, [one, same, other])
    assert.deepStrictEqual(story(bytes), [
      "Schema",
      "D1 new 2",
      "D2 new 2",
      "B 2",
      "B 1",
      "D1 new 1",
      "D2 new 1",
      "B 1"
    ])
    const values = table(bytes).column(0).toArray()
    assert.deepStrictEqual(values, [{ s: "a" }, { s: "b" }, { s: "a" }, { s: "z" }])
  })

  it("tells dictionaries apart by null slots and lengths too", () => {
    const values = (list: ReadonlyArray<string | null>) => Result.getOrThrow(ArrayBuilder.make(field("f", utf8), list))
    const batch = (list: ReadonlyArray<string | null>) => {
      const indices = Result.getOrThrow(
        ArrayBuilder.make(
          field("f", DataType.int(8)),
          list.map((_, i) => i)
        )
      )
      const dictionary = new Dictionary.Dictionary(7n, [values(list)], 1, list.length)
      const data = new ArrayData.ArrayData(letters.fields[0]!, list.length, 0, indices.buffers, [], dictionary)
      return new RecordBatch.RecordBatch(letters, list.length, [data])
    }
    const bytes = written(letters, [batch(["a", ""]), batch(["a", null]), batch(["b", null]), batch(["bb", null])])
    assert.strictEqual(story(bytes).filter((line) => line.startsWith("D7 new")).length, 4)
    assert.deepStrictEqual(table(bytes).column(0).toArray(), ["a", "", "a", null, "b", null, "bb", null])
  })

  it("announces a dictionary without values, and goes on from it", () => {
    const growing = builder()
    const batches = [[null], ["a"], ["b", null]].map((values) => Result.getOrThrow(growing.fromColumns([values])))
    const bytes = written(letters, batches, { format: "file" })
    assert.deepStrictEqual(story(bytes.subarray(8)), [
      "Schema",
      "D7 new 0",
      "B 1",
      "D7 delta 1",
      "B 1",
      "D7 delta 1",
      "B 2"
    ])
    assert.deepStrictEqual(table(bytes).column(0).toArray(), [null, "a", "b", null])
    const again = [...batches, batchOf(letters, ["a", "b"])]
    assert.deepStrictEqual(story(written(letters, again)).slice(-2), ["B 2", "B 2"])
  })

  it("opens in a file reader whatever column is asked for", () => {
    const file = written(letters, grow(["a"], ["b"]), { format: "file" })
    const reader = Result.getOrThrow(FileReader.open(file))
    assert.strictEqual(reader.footer.dictionaries.length, 2)
    assert.deepStrictEqual(Result.getOrThrow(reader.readBatch(1)).column(0).toArray(), ["b"])
  })
})
