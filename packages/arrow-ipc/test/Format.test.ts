import { gzipSync, zstdCompressSync } from "node:zlib"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Format, Lz4Frame, OxigdalDialect, Schema, Table, Writer } from "../src/index.ts"

const schema = Schema.make([Schema.field("a", { _tag: "Utf8" })])
const arrow = (options?: Writer.Options) => Writer.concat(Result.getOrThrow(Writer.encode(schema, [], options)))
const detail = (bytes: Uint8Array): string => Result.getOrThrow(Result.flip(Format.detect(bytes))).detail
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe("Format.detect", () => {
  it("tells Arrow's formats and the dialect apart", () => {
    assert.strictEqual(Result.getOrThrow(Format.detect(arrow())), "stream")
    assert.strictEqual(Result.getOrThrow(Format.detect(arrow({ legacyFraming: true }))), "legacy-stream")
    assert.strictEqual(Result.getOrThrow(Format.detect(arrow({ format: "file" }))), "file")
    const metadata = Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0)
    for (const messages of [[], [{ metadata, body: new Uint8Array(3) }]]) {
      const dialect = Result.getOrThrow(OxigdalDialect.encode(messages))
      assert.strictEqual(Result.getOrThrow(Format.detect(dialect)), "oxigdal-dialect")
    }
  })

  it("takes a stream that asks for a later version for a stream", () => {
    const bytes = arrow()
    const view = new DataView(bytes.buffer)
    const table = 8 + view.getUint32(8, true)
    const vtable = table - view.getInt32(table, true)
    view.setInt16(table + view.getUint16(vtable + 4, true), 9, true)
    assert.strictEqual(Result.getOrThrow(Format.detect(bytes)), "stream")
  })

  it("says that a file is cut", () => {
    const file = arrow({ format: "file" })
    for (const length of [6, 8, 20, 100, file.length - 1]) {
      const error = Result.getOrThrow(Result.flip(Format.detect(file.subarray(0, length))))
      assert.strictEqual(error.reason.code, "footer")
      assert.match(error.detail, /cut short/)
    }
    const lying = file.slice()
    lying.fill(0xff, file.length - 10, file.length - 6)
    assert.match(detail(lying), /cut short/)
  })

  it("names what is not Arrow", () => {
    const cases: ReadonlyArray<readonly [Uint8Array, RegExp]> = [
      [new Uint8Array(0), /nothing/],
      [text("<!DOCTYPE html><p>Not found</p>"), /HTML page/],
      [text("\n <html>"), /HTML page/],
      [text("<?xml?>"), /XML or HTML/],
      [text('{"error": 404}'), /JSON/],
      [text("[1]"), /JSON/],
      [text("a,b\r\n1,\t2"), /but text/],
      [text(" \n"), /blank text/],
      [gzipSync("x"), /gzip/],
      [zstdCompressSync(text("x")), /ZSTD/],
      [Lz4Frame.encode(text("x")), /LZ4/],
      [text("PAR1....PAR1"), /Parquet.*pyarrow/],
      [text("FEA1...."), /Feather V1.*pyarrow/],
      [text("version https://git-lfs.github.com/spec/v1"), /git lfs pull/],
      [Uint8Array.of(0x41, 0xff, 0x42), /no known format/],
      [text("é".repeat(200)), /but text/],
      [Uint8Array.of(1, 2), /no known format/],
      [Uint8Array.of(255, 255, 255, 255), /no known format/],
      [Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0), /no known format/],
      [Uint8Array.of(255, 255, 255, 255, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8), /no known format/],
      [Uint8Array.of(8, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8), /no known format/],
      [Uint8Array.of(8, 0, 0, 0, 1), /no known format/]
    ]
    for (const [bytes, name] of cases) assert.match(detail(bytes), name)
  })

  it("explains failures of reading by that name, and no others", () => {
    const read = (bytes: Uint8Array) => Result.getOrThrow(Result.flip(Table.fromBytes(bytes))).message
    assert.match(read(text("{}  ")), /FileError\/not-arrow at byte 0: the bytes are not Arrow but JSON/)
    assert.match(read(new Uint8Array(0)), /no-schema/)
    assert.match(read(Uint8Array.of(1, 2)), /FramingError/)
    const cut = arrow().subarray(0, 20)
    assert.match(read(cut), /FramingError\/truncated/)
    const legacy = arrow({ legacyFraming: true })
    const error = Result.getOrThrow(Result.flip(Table.fromBytes(cut)))
    assert.strictEqual(Format.explainFailure(legacy, error), error)
  })
})
