/** Offsets, pointers and depth against small files of other programs; `fixtures/places.py` says which, and makes them. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { backends, foreignTest, fromHex, pathText, toHex } from "./agreement.ts"

const files = JSON.parse(readFileSync(new URL("fixtures/places.json", import.meta.url), "utf8")) as Readonly<
  Record<string, string>
>
const file = (name: string): Uint8Array => fromHex(files[name]!)

const dib = {
  headerSize: Binary.Const(Binary.Uint32, 40),
  width: Binary.Int32,
  height: Binary.Int32,
  planes: Binary.Const(Binary.Uint16, 1),
  bitsPerPixel: Binary.Uint16,
  compression: Binary.Const(Binary.Uint32, 0)
}

describe("the offset of what stands behind", () => {
  const resolution = { x: Binary.Int32, y: Binary.Int32, colors: Binary.Const(Binary.Uint32, 0) }
  const Bmp = Binary.littleEndian(
    Binary.Struct({
      signature: Binary.Magic("BM"),
      size: Binary.Computed(Binary.Uint32, Binary.add(Binary.offsetOf("pixels"), Binary.sizeOf("pixels"))),
      reserved: Binary.Const(Binary.Uint32, 0),
      pixelOffset: Binary.Computed(Binary.Uint32, Binary.offsetOf("pixels")),
      ...dib,
      pixelSize: Binary.Computed(Binary.Uint32, Binary.sizeOf("pixels")),
      ...resolution,
      important: Binary.Const(Binary.Uint32, 0),
      pixels: Binary.Bytes(Binary.field("pixelSize"))
    })
  )
  foreignTest("BMP", Bmp, file("bmp"))

  it("BMP: rows from the bottom, blue first, padded to words", () => {
    const { height, pixels, width } = Codec.make(Bmp).decodeSync(file("bmp"))
    assert.deepStrictEqual([width, height, toHex(pixels)], [3, 2, "0302010605040908070000000000ff00ff00ff0000000000"])
  })

  const Ico = Binary.littleEndian(
    Binary.Struct({
      reserved: Binary.Const(Binary.Uint16, 0),
      type: Binary.Const(Binary.Uint16, 1),
      count: Binary.Const(Binary.Uint16, 1),
      width: Binary.Uint8,
      height: Binary.Uint8,
      colors: Binary.Uint8,
      zero: Binary.Padding(1),
      planes: Binary.Uint16,
      bitsPerPixel: Binary.Uint16,
      size: Binary.Computed(Binary.Uint32, Binary.sizeOf("image")),
      offset: Binary.Computed(Binary.Uint32, Binary.offsetOf("image")),
      image: Binary.Window(Binary.field("size"), Binary.Struct({ ...dib, rest: Binary.Bytes(Binary.rest) }))
    })
  )
  foreignTest("ICO", Ico, file("ico"))

  const headers = { 32: 52, 64: 64 } as const
  const sectionSizes = { 32: 40, 64: 64 } as const
  for (const bits of [32, 64] as const) {
    for (const order of ["little", "big"] as const) {
      const name = `elf${bits}-${order}`
      const bytes = file(name)
      const Word = bits === 32 ? Binary.Uint32 : Binary.SafeUint64
      const section = {
        name: Binary.Uint32,
        type: Binary.Uint32,
        flags: Word,
        address: Word,
        offset: Word,
        size: Word,
        link: Binary.Uint32,
        info: Binary.Uint32,
        alignment: Word,
        entrySize: Word
      }
      /** Sections stand last: what is between them and the header is as long as what they leave. */
      const elf = <A>(of: Layout.Layout<A>, count: number) =>
        Binary.Struct({
          magic: Binary.Magic([0x7f, 0x45, 0x4c, 0x46, bits / 32]),
          order: Binary.Literals(Binary.Uint8, [1, 2]),
          ident: Binary.Bytes(10),
          file: Binary.littleEndianWhen(
            Binary.equals(Binary.field("order"), 1),
            Binary.Struct({
              type: Binary.Uint16,
              machine: Binary.Uint16,
              version: Binary.Const(Binary.Uint32, 1),
              entry: Word,
              programOffset: Word,
              sectionOffset: Binary.Computed(Word, Binary.offsetOf("sections")),
              flags: Binary.Uint32,
              headerSize: Binary.Computed(Binary.Uint16, Binary.offsetOf("content")),
              programSizes: Binary.Uint32,
              sectionSize: Binary.Const(Binary.Uint16, sectionSizes[bits]),
              sectionCount: Binary.Computed(Binary.Uint16, Binary.countOf("sections")),
              namesIndex: Binary.Uint16,
              content: Binary.Bytes(bytes.length - headers[bits] - count * sectionSizes[bits]),
              sections: Binary.Array(of, Binary.field("sectionCount"))
            })
          )
        })
      foreignTest(name, elf(Binary.Struct(section), 5), bytes)

      const there = { content: Binary.Pointer(Binary.field("offset"), Binary.Latin1(Binary.field("size"))) }
      const Linked = elf(Binary.Struct({ ...section, ...there }), 5)
      foreignTest(`${name}, by its pointers`, Linked, bytes, { oneWay: true })
      it.each(backends)(`${name}: sections are where their offsets say (%s)`, (backend) => {
        const { sections } = Codec.make(Linked, { backend }).decodeSync(bytes).file
        assert.deepStrictEqual(sections[1]!.content, "somebody else's bytes")
        assert.include(sections[3]!.content, "_binary_data_start\0")
        assert.include(sections[4]!.content, ".shstrtab\0")
      })
    }
  }
})

describe("the offset of what stands before", () => {
  const entry = {
    versionNeeded: Binary.Uint16,
    flags: Binary.Uint16,
    method: Binary.Uint16,
    modified: Binary.Uint32,
    crc32: Binary.Uint32,
    compressedSize: Binary.Uint32,
    size: Binary.Uint32,
    nameLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("name")),
    extraLength: Binary.Computed(Binary.Uint16, Binary.sizeOf("extra"))
  }
  const contents = {
    name: Binary.Ascii(Binary.field("nameLength")),
    extra: Binary.Bytes(Binary.field("extraLength"))
  }
  const start = {
    local: Binary.Struct({ signature: Binary.Magic([0x50, 0x4b, 3, 4]), ...entry, ...contents, data: Binary.Ascii(3) }),
    directory: Binary.Array(
      Binary.Struct({
        signature: Binary.Magic([0x50, 0x4b, 1, 2]),
        versionMadeBy: Binary.Uint16,
        ...entry,
        commentLength: Binary.Const(Binary.Uint16, 0),
        disk: Binary.Uint16,
        internal: Binary.Uint16,
        external: Binary.Uint32,
        localOffset: Binary.Uint32,
        ...contents
      }),
      1
    )
  }
  const Zip = Binary.littleEndian(
    Binary.Struct({
      ...start,
      end: Binary.Magic([0x50, 0x4b, 5, 6]),
      disks: Binary.Const(Binary.Uint32, 0),
      diskEntries: Binary.Computed(Binary.Uint16, Binary.countOf("directory")),
      entries: Binary.Computed(Binary.Uint16, Binary.countOf("directory")),
      directorySize: Binary.Computed(Binary.Uint32, Binary.sizeOf("directory")),
      directoryOffset: Binary.Computed(Binary.Uint32, Binary.offsetOf("directory")),
      comment: Binary.Ascii(Binary.Uint16)
    })
  )
  foreignTest("ZIP", Zip, file("zip"))

  const Zip64 = Binary.littleEndian(
    Binary.Struct({
      ...start,
      record: Binary.Magic([0x50, 0x4b, 6, 6]),
      recordSize: Binary.Const(Binary.SafeUint64, 44),
      versions: Binary.Uint32,
      disks: Binary.Const(Binary.SafeUint64, 0),
      diskEntries: Binary.Computed(Binary.SafeUint64, Binary.countOf("directory")),
      entries: Binary.Computed(Binary.SafeUint64, Binary.countOf("directory")),
      directorySize: Binary.Computed(Binary.SafeUint64, Binary.sizeOf("directory")),
      directoryOffset: Binary.Computed(Binary.SafeUint64, Binary.offsetOf("directory")),
      locator: Binary.Magic([0x50, 0x4b, 6, 7]),
      recordDisk: Binary.Const(Binary.Uint32, 0),
      recordOffset: Binary.Computed(Binary.SafeUint64, Binary.offsetOf("record")),
      allDisks: Binary.Const(Binary.Uint32, 1),
      end: Binary.Bytes(22)
    })
  )
  foreignTest("ZIP of 64 bits", Zip64, file("zip64"))
})

describe("pointers", () => {
  const Tiff = Binary.Struct({
    order: Binary.Const(Binary.Uint16, 0x4949),
    file: Binary.littleEndian(
      Binary.Struct({
        version: Binary.Const(Binary.Uint16, 42),
        at: Binary.Uint32,
        directory: Binary.Pointer(
          Binary.field("at"),
          Binary.Struct({
            entries: Binary.Array(
              Binary.Struct({
                tag: Binary.Uint16,
                type: Binary.Uint16,
                count: Binary.Uint32,
                value: Binary.Uint32,
                fraction: Binary.When(
                  Binary.equals(Binary.field("type"), 5),
                  Binary.Pointer(
                    Binary.field("value"),
                    Binary.Struct({ numerator: Binary.Uint32, denominator: Binary.Uint32 })
                  )
                ),
                strip: Binary.When(
                  Binary.equals(Binary.field("tag"), 273),
                  Binary.Pointer(Binary.field("value"), Binary.Bytes(18))
                )
              }),
              Binary.Uint16
            ),
            next: Binary.Uint32
          })
        )
      })
    ),
    rest: Binary.Bytes(Binary.rest)
  })
  foreignTest("TIFF", Tiff, file("tiff"), { open: true, oneWay: true })

  it.each(backends)("TIFF: entries, fractions and pixels are where offsets say (%s)", (backend) => {
    const { entries, next } = Codec.make(Tiff, { backend }).decodeSync(file("tiff")).file.directory
    const by = new Map(entries.map((entry) => [entry.tag, entry]))
    assert.deepStrictEqual([by.get(256)!.value, by.get(257)!.value, next], [3, 2, 0])
    assert.deepStrictEqual(by.get(282)!.fraction, { numerator: 300, denominator: 1 })
    assert.deepStrictEqual(by.get(283)!.fraction, { numerator: 72, denominator: 1 })
    assert.strictEqual(toHex(by.get(273)!.strip!), "ff000000ff000000ff010203040506070809")
  })

  const BigTiff = Binary.littleEndian(
    Binary.Struct({
      order: Binary.Const(Binary.Uint16, 0x4949),
      version: Binary.Const(Binary.Uint16, 43),
      offsetSize: Binary.Const(Binary.Uint32, 8),
      at: Binary.Uint64,
      directory: Binary.Pointer(
        Binary.field("at"),
        Binary.Array(
          Binary.Struct({ tag: Binary.Uint16, type: Binary.Uint16, count: Binary.Uint64, value: Binary.Bytes(8) }),
          Binary.Uint64
        )
      ),
      rest: Binary.Bytes(Binary.rest)
    })
  )
  foreignTest("TIFF of 64 bits", BigTiff, file("tiff big"), { open: true, oneWay: true })

  it.each(backends)("TIFF of 64 bits: the directory is where a bigint says (%s)", (backend) => {
    const { directory } = Codec.make(BigTiff, { backend }).decodeSync(file("tiff big"))
    const tags = directory.map(({ tag }) => tag)
    assert.deepStrictEqual(
      tags,
      [...tags].sort((left, right) => left - right)
    )
    assert.strictEqual(toHex(directory.find(({ tag }) => tag === 256)!.value), "0300000000000000")
  })
})

describe("depth", () => {
  const size = Binary.Varint({ canonical: true })
  type List = ReadonlyArray<{ readonly value: Value }>
  type Value = { readonly _tag: "Bool"; readonly value: number } | { readonly _tag: "List"; readonly value: List }
  /** `google.protobuf.ListValue`: every message behind its size. */
  const ListValue: Layout.Layout<List> = Binary.Suspend("ListValue", () =>
    Binary.Array(
      Binary.Struct({ key: Binary.Const(Binary.Uint8, 0x0a), value: Binary.Window(size, Value) }),
      Binary.rest
    )
  )
  const Value: Layout.Layout<Value> = Binary.Tagged(size, {
    Bool: [0x20, Binary.Uint8],
    List: [0x32, Binary.Window(size, ListValue)]
  })

  for (const [levels, maxDepth] of [
    [1, 1],
    [2, 2],
    [33, 33],
    [34, 64],
    [64, undefined]
  ] as const) {
    const limits = maxDepth === undefined ? {} : { maxDepth }
    foreignTest(
      `protobuf, ${levels} lists of at most ${maxDepth ?? "as many as by default"}`,
      ListValue,
      file(`protobuf ${levels}`),
      {
        open: true,
        options: { limits }
      }
    )
  }

  it.each(backends)("a list too many, read and written (%s)", (backend) => {
    for (const [levels, maxDepth] of [
      [2, 1],
      [34, 33],
      [65, 64]
    ] as const) {
      const bytes = file(`protobuf ${levels}`)
      const path = Array(levels - 1)
        .fill("[0].value")
        .join(".")
      const codec = Codec.make(ListValue, { backend, limits: { maxDepth } })
      const read = Result.getOrThrow(Result.flip(codec.decode(bytes)))
      // The last list takes four bytes.
      assert.deepStrictEqual(
        [read.reason._tag, read.offset, pathText(read.path)],
        ["DepthExceeded", bytes.length - 4, path]
      )
      const deeper = Codec.make(ListValue, { backend, limits: { maxDepth: levels } }).decodeSync(bytes)
      const written = Result.getOrThrow(Result.flip(codec.encode(deeper)))
      assert.deepStrictEqual([written.reason._tag, pathText(written.path)], ["DepthExceeded", path])
    }
  })
})
