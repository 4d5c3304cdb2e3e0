/** What readers in other languages were seen to get wrong. */
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { ArrayBuilder, DataType, FileReader, Metadata, RecordBatch, Schema, Writer } from "../src/index.ts"
import { read } from "./fixtures.ts"
import { none, oneBatch, readStream } from "./messages.ts"

const int = Schema.field("i", DataType.int(32))
const union = Schema.field(
  "u",
  { _tag: "Union", mode: "Dense", typeIds: [0, 5] },
  { children: [int, { ...int, name: "j" }] }
)
const values = [ArrayBuilder.union(1, 7), ArrayBuilder.union(0, null), ArrayBuilder.union(1, 8)]
const batchOf = (field: Schema.Field, values: ReadonlyArray<unknown>): RecordBatch.RecordBatch =>
  new RecordBatch.RecordBatch(Schema.make([field]), values.length, [
    Result.getOrThrow(ArrayBuilder.make(field, values))
  ])
const write = (field: Schema.Field, values: ReadonlyArray<unknown>, options: Writer.Options): Uint8Array =>
  Writer.concat(Result.getOrThrow(Writer.encode(Schema.make([field]), [batchOf(field, values)], options)))

/** The same file, its footer saying another version. */
const claiming = (file: Uint8Array, version: "V4" | "V5"): Uint8Array => {
  const { footerLength, footerOffset } = Result.getOrThrow(FileReader.parseHeader(file))
  const footer = Result.getOrThrow(Metadata.decodeFooter(file.subarray(footerOffset, footerOffset + footerLength)))
  const bytes = Metadata.encodeFooter({ ...footer, version })
  const length = new Uint8Array(Int32Array.of(bytes.length).buffer)
  return Writer.concat([file.subarray(0, footerOffset), bytes, length, file.subarray(-6)])
}

describe("a reader", () => {
  it.each(["V4", "V5"] as const)("goes by the version of messages of %s, whatever the footer says", (version) => {
    const file = write(union, values, { format: "file", version })
    for (const claimed of ["V4", "V5"] as const) {
      assert.deepStrictEqual(read(claiming(file, claimed)).column(0).toArray(), [7, null, 8])
    }
  })

  it("takes a length of zero alone for the end of a stream before 0.15", () => {
    const stream = write(int, [1, 2], { version: "V4", legacyFraming: true })
    assert.deepStrictEqual([...stream.subarray(-4)], [0, 0, 0, 0])
    assert.notStrictEqual(stream[stream.length - 8], 255)
    assert.deepStrictEqual(read(stream).column(0).toArray(), [1, 2])
    assert.deepStrictEqual(read(stream.subarray(0, -4)).column(0).toArray(), [1, 2])
  })

  const item = Schema.field("item", DataType.int(32))
  it.each([
    ["Utf8", []],
    ["LargeUtf8", []],
    ["Binary", []],
    ["List", [item]],
    ["LargeList", [item]]
  ] as const)("takes no offset at all for those of no slots of %s", (_tag, children) => {
    const field = Schema.field("f", { _tag }, { children: [...children] })
    const nodes: ReadonlyArray<readonly [number, number]> = [[0, 0], ...children.map(() => [0, 0] as const)]
    const parts = [none, none, ...(children.length === 0 ? [none] : [none, none])]
    const [batch] = readStream(oneBatch(field, { length: 0, nodes, parts }))
    assert.deepStrictEqual(batch!.column(0).toArray(), [])
  })
})
