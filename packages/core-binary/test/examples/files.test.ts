import { assert, describe, it } from "@effect/vitest"
import { inflateRawSync, inflateSync } from "node:zlib"
import * as Npy from "../../examples/npy.ts"
import * as Png from "../../examples/png.ts"
import * as Sqlite from "../../examples/sqlite.ts"
import * as Zip from "../../examples/zip.ts"
import { foreignTest } from "../agreement.ts"
import { expected, fixture, hex } from "./fixtures.ts"

describe("PNG", () => {
  const file = fixture("image.png")
  foreignTest("a file of Pillow", Png.Png, file, { open: true })

  it("has the chunks that Pillow wrote", () => {
    const { chunks } = Png.codec.decodeSync(file)
    assert.deepStrictEqual(
      chunks.map(({ type }) => String(type)),
      expected.png.map(([type]) => type)
    )
    const [header, text, palette] = chunks.map(({ data }) => data)
    assert.deepStrictEqual(header, {
      _tag: "IHDR",
      width: 5,
      height: 3,
      bitDepth: 2,
      colourType: "Indexed",
      interlaceMethod: "None"
    })
    assert.deepStrictEqual(text, { _tag: "tEXt", keyword: "Title", text: "Bytes" })
    assert.strictEqual(palette?._tag === "PLTE" && palette.value[1]!.red, 255)
    const image = chunks.find(({ type }) => type === "IDAT")!.data
    // Three rows of a filter byte and five pixels of two bits.
    assert.strictEqual(image._tag === "IDAT" && inflateSync(image.value).length, 9)
  })

  it("a damaged byte is a checksum that does not hold, in its chunk", () => {
    const damaged = file.slice()
    damaged[file.length - 20]! ^= 1
    const result = Png.codec.decode(damaged)
    const error = result._tag === "Failure" ? result.failure : assert.fail("read")
    assert.strictEqual(error.reason._tag, "ChecksumMismatch")
    assert.deepStrictEqual(error.path, ["chunks", 4, "crc"])
  })
})

describe("ZIP", () => {
  const file = fixture("archive.zip")
  const end = Zip.endOffset(file)
  const start = Zip.archive.decodeAt(file, end)
  const archive = start._tag === "Success" ? start.success.value : assert.fail(start.failure.message)

  foreignTest(
    "the central directory of a file of Python's zipfile",
    Zip.CentralDirectory,
    file.subarray(archive.directoryOffset),
    { open: true }
  )

  it("has the entries that zipfile has", () => {
    const methods: { readonly [name: string]: number } = { Stored: 0, Deflated: 8 }
    assert.deepStrictEqual(
      archive.directory.map(
        (each) =>
          [
            each.fileName,
            methods[each.compressionMethod]!,
            each.crc32,
            each.compressedSize,
            each.uncompressedSize,
            each.localHeaderOffset,
            each.fileComment
          ] as const
      ),
      expected.zip
    )
    const [first] = archive.directory
    assert.deepStrictEqual(
      [first!.lastModDate, first!.lastModTime],
      [
        { day: 2, month: 1, yearsSince1980: 46 },
        { seconds2: 3, minutes: 4, hours: 3 }
      ]
    )
  })

  it("leads to each entry's data", () => {
    const [hello, zeros] = archive.directory.map(({ local }) => local.data)
    assert.strictEqual(Buffer.from(hello!).toString(), "hello")
    assert.deepStrictEqual(new Uint8Array(inflateRawSync(zeros!)), new Uint8Array(500))
  })

  it("has no end where there is none", () => {
    assert.strictEqual(Zip.endOffset(file.subarray(0, end)), -1)
    assert.strictEqual(Zip.endOffset(new Uint8Array(3)), -1)
  })
})

describe("SQLite", () => {
  const page = fixture("schema.sqlite").subarray(0, 512)
  foreignTest("the header of a database of sqlite3", Sqlite.DatabaseHeader, page.subarray(0, 100))
  foreignTest("its first page", Sqlite.SchemaPage, page, { oneWay: true, open: true })

  it("says what sqlite3 says", () => {
    const header = Sqlite.header.decodeSync(page.subarray(0, 100))
    const [major, minor, patch] = expected.sqlite.version
    assert.deepStrictEqual(
      [
        header.pageSize,
        header.databaseSize,
        header.textEncoding,
        header.applicationId,
        header.userVersion,
        header.sqliteVersionNumber
      ],
      [512, expected.sqlite.pages, expected.sqlite.encoding, 42, 7, major * 1_000_000 + minor * 1000 + patch]
    )
    const { cells } = Sqlite.schemaPage.decodeSync(page)
    expected.sqlite.schema.forEach(([rowid, type, name, sql], index) => {
      const { cell } = cells[index]!
      assert.strictEqual(Number(cell.rowid), rowid)
      const payload = Buffer.from(cell.payload).toString("latin1")
      for (const text of [type, name, sql]) assert.include(payload, text)
    })
  })
})

describe("NPY", () => {
  for (const [major, [dtype, shape, data]] of Object.entries(expected.npy)) {
    const file = fixture(`array-v${major}.npy`)
    foreignTest(`version ${major}.0, of NumPy`, Npy.Npy, file, { open: true })

    it(`version ${major}.0 has NumPy's header and data`, () => {
      const value = Npy.codec.decodeSync(file)
      assert.strictEqual(value.header._tag, `V${major}`)
      assert.include(value.header.text, `'descr': '${dtype}'`)
      assert.include(value.header.text, `'shape': (${shape.join(", ")})`)
      assert.strictEqual(hex(value.data), data)
      // The data is aligned to 64 bytes.
      assert.strictEqual((file.length - value.data.length) % 64, 0)
    })
  }
})
