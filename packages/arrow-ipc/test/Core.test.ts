import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { ArrayBuilder, Core, DataType, FileReader, Lz4Frame, RecordBatch, Schema, Writer } from "../src/index.ts"
import { bytesOf, codeOf, expectedOf, failureOf, names, pathOf, valuesOf } from "./fixtures.ts"
import { none, oneBatch } from "./messages.ts"

const plain = names.filter((name) => !["lz4", "zstd", "stored"].includes(name))
const width = (name: string): number => expectedOf(name).length
const copy = (columns: ReadonlyArray<ReadonlyArray<unknown>>) => columns.map((column) => [...column])

describe("the core", () => {
  it.each(plain)("reads the stream %s, whole and in pieces", (name) => {
    const bytes = bytesOf(name)
    const table = Result.getOrThrow(Core.fromBytes(bytes))
    assert.deepStrictEqual(valuesOf(table.batches, width(name)), copy(expectedOf(name)))
    const reader = new Core.StreamReader({ validation: "structural" })
    const batches: Array<RecordBatch.RecordBatch> = []
    for (let at = 0; at < bytes.length; at += 11) {
      batches.push(...Result.getOrThrow(reader.push(bytes.subarray(at, at + 11))))
    }
    Result.getOrThrow(reader.end())
    assert.deepStrictEqual(valuesOf(batches, width(name)), copy(expectedOf(name)))
  })

  it.each(plain.filter((name) => pathOf(name, "arrow_file") !== undefined))("reads the file %s", (name) => {
    const bytes = bytesOf(name, "arrow_file")
    const reader = Result.getOrThrow(Core.open(bytes))
    const batches = Result.getOrThrow(FileReader.readAll(reader))
    assert.deepStrictEqual(valuesOf(batches, width(name)), copy(expectedOf(name)))
    const table = Result.getOrThrow(Core.fromBytes(bytes, { validation: "none" }))
    assert.deepStrictEqual(valuesOf(table.batches, width(name)), copy(expectedOf(name)))
  })

  it("decompresses with what it is given alone", () => {
    const bytes = bytesOf("lz4")
    assert.strictEqual(codeOf(failureOf(Core.fromBytes(bytes))), "CompressionError/no-codec")
    const table = Result.getOrThrow(Core.fromBytes(bytes, { codecs: { LZ4_FRAME: Lz4Frame.codec } }))
    assert.deepStrictEqual(valuesOf(table.batches, width("lz4")), copy(expectedOf("lz4")))
  })

  it("gives plain bytes, whatever it was given", () => {
    for (const _tag of ["Binary", "LargeBinary", "BinaryView", "FixedSizeBinary"] as const) {
      const field = Schema.field("b", _tag === "FixedSizeBinary" ? { _tag, byteWidth: 1 } : { _tag })
      const schema = Schema.make([field])
      const data = Result.getOrThrow(ArrayBuilder.make(field, [Uint8Array.of(1), null]))
      const batch = new RecordBatch.RecordBatch(schema, 2, [data])
      for (const format of ["stream", "file"] as const) {
        const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch], { format })))
        const value = Result.getOrThrow(Core.fromBytes(Buffer.from(bytes)))
          .column("b")
          .get(0)
        assert.strictEqual(Object.getPrototypeOf(value), Uint8Array.prototype, `${_tag} in a ${format}`)
        assert.deepStrictEqual(value, Uint8Array.of(1))
      }
    }
  })

  it("checks in full, if not told otherwise", () => {
    const text = Schema.field("t", { _tag: "Utf8" })
    const parts = [none, Int32Array.of(0, 1), Uint8Array.of(0xff)]
    const bytes = oneBatch(text, { length: 1, nodes: [[1, 0]], parts })
    assert.strictEqual(codeOf(failureOf(Core.fromBytes(bytes))), "DataError/utf8")
    assert.isTrue(Result.isSuccess(Core.fromBytes(bytes, { validation: "structural" })))
  })

  it("keeps to limits and columns", () => {
    const schema = Schema.make([Schema.field("a", DataType.int(8)), Schema.field("b", DataType.int(8))])
    const data = schema.fields.map((field, i) => Result.getOrThrow(ArrayBuilder.make(field, [i + 1])))
    const batch = new RecordBatch.RecordBatch(schema, 1, data)
    const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch], { format: "file" })))
    const table = Result.getOrThrow(Core.fromBytes(bytes, { columns: ["b"] }))
    assert.deepStrictEqual(table.toObjects(), [{ b: 2 }])
    assert.strictEqual(codeOf(failureOf(Core.open(bytes, { limits: { fields: 1 } }))), "LimitExceeded/fields")
  })

  it("does not say what is no Arrow", () => {
    const page = new TextEncoder().encode("<!DOCTYPE html><title>404</title>")
    assert.strictEqual(failureOf(Core.fromBytes(page)).reason._tag, "LimitExceeded")
    assert.strictEqual(codeOf(failureOf(Core.open(page))), "FileError/magic")
  })
})
