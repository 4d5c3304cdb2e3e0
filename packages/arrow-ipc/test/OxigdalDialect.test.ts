import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { vectors } from "../../../harness/vectors.ts"
import { OxigdalDialect } from "../src/index.ts"

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"))
const toHex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString("hex")

const { Reader } = OxigdalDialect
const metadata = hex("00000000 01090909 0909")
const body = hex("48454c4c4f")

/** What the original writes for one message of 10 and 5 bytes. */
const written =
  "4152524f57310000 ffffffff 0a000000 00000000 01090909 0909 000000000000 0500000000000000 48454c4c4f 000000 ffffffff 00000000 4152524f5731"

const read = (text: string, mode: OxigdalDialect.Mode) => new Reader(hex(text), mode)
const codeOf = <A>(
  result: Result.Result<A, { readonly reason: { readonly code: string }; readonly offset: number | undefined }>
) => {
  const { offset, reason } = Result.getOrThrow(Result.flip(result))
  return [reason.code, offset]
}

describe("OxigdalDialect", () => {
  it.skipIf(vectors("oxigdal") === undefined)("does what the original does in every recorded call", () => {
    const runner = fileURLToPath(new URL("../conformance/oxigdal.ts", import.meta.url))
    const printed = execFileSync(process.execPath, [runner, vectors("oxigdal")!], { encoding: "utf8" })
    assert.match(printed, /^\d+ passed, 0 failed\n$/)
  })

  it("aligns with the original's bit trick", () => {
    const cases = [
      [0n, 8n, 0n],
      [1n, 8n, 8n],
      [10n, 6n, 10n],
      [5n, 0n, 5n],
      [2n ** 64n - 1n, 8n, 0n]
    ] as const
    for (const [size, alignment, result] of cases) assert.strictEqual(OxigdalDialect.alignTo(size, alignment), result)
  })

  for (const mode of ["compatible", "strict"] as const) {
    it(`writes the original's bytes and reads them back, ${mode}`, () => {
      const bytes = Result.getOrThrow(OxigdalDialect.encode([{ metadata, body }], mode))
      assert.strictEqual(toHex(bytes), written.replaceAll(" ", ""))
      const reader = new Reader(bytes, mode)
      Result.getOrThrow(reader.parseFileHeader())
      assert.strictEqual(reader.currentOffset, 8n)
      const header = Result.getOrThrow(reader.next())
      assert.deepStrictEqual(header, { messageType: "Schema", metadataLength: 10, bodyLength: 5n, bodyOffset: 40n })
      assert.strictEqual(toHex(reader.buffer(header!.bodyOffset, 1n, 4n)), "454c4c4f")
      assert.strictEqual(reader.currentOffset, 48n)
      assert.isUndefined(Result.getOrThrow(reader.next()))
    })

    it(`refuses what does not start with ARROW1, ${mode}`, () => {
      assert.isFalse(OxigdalDialect.isArrowFile(hex("4152524f57")))
      assert.deepStrictEqual(codeOf(read("4152524f5732", mode).parseFileHeader()), ["magic", 0])
    })
  }

  it("slices any range of the data, and nothing beyond", () => {
    const reader = read("3031323334353637", "strict")
    assert.strictEqual(toHex(reader.buffer(4n, 4n, 0n)), "")
    assert.strictEqual(toHex(reader.buffer(2n, 1n, 2n)), "3334")
    assert.isUndefined(reader.buffer(0n, 0n, 9n))
    assert.isUndefined(reader.buffer(9n, 0n, 0n))
    assert.isUndefined(reader.buffer(-1n, 1n, 1n))
    assert.isUndefined(reader.buffer(1n, -1n, 1n))
    assert.isUndefined(reader.buffer(1n, 1n, -1n))
  })

  describe("compatible", () => {
    const header = "ffffffff 08000000 00000000 03000000"

    it("accepts cuts as the original does", () => {
      assert.isUndefined(Result.getOrThrow(read("ffffff", "compatible").next()))
      assert.deepStrictEqual(codeOf(read("ffffffff 0800", "compatible").next()), ["truncated", 4])
      const cut = read("ffffffff 08000000 0000", "compatible")
      const expected = { messageType: "RecordBatch", metadataLength: 8, bodyLength: 0n, bodyOffset: 24n }
      assert.deepStrictEqual(Result.getOrThrow(cut.next()), expected as OxigdalDialect.MessageHeader)
      assert.isUndefined(Result.getOrThrow(cut.next()))
      Result.getOrThrow(read("4152524f5731", "compatible").parseFileHeader())
    })

    it("reads unknown types and short metadata as record batches, and frames without FF FF FF FF", () => {
      const unknown = read("08000000 00000000 09000000 0000000000000000", "compatible")
      assert.strictEqual(Result.getOrThrow(unknown.next())?.messageType, "RecordBatch")
      const short = read("04000000 00000000 05000000 0000000000000000", "compatible")
      assert.strictEqual(Result.getOrThrow(short.next())?.messageType, "RecordBatch")
    })

    it("fails where the original's cursor leaves 64 bits, and goes beyond the data where it does", () => {
      for (const [length, code] of [
        ["ffffffffffffffff", "range-exceeded"],
        ["f8ffffffffffffff", "range-exceeded"],
        ["e8ffffffffffffff", "non-advancing-frame"]
      ]) {
        const reader = read(`${header} ${length}`, "compatible")
        assert.deepStrictEqual(codeOf(reader.next()), [code, 16])
      }
      const far = read(`${header} e0ffffffffffffff`, "compatible")
      assert.strictEqual(Result.getOrThrow(far.next())?.bodyLength, -32n)
      assert.strictEqual(far.currentOffset, 2n ** 64n - 8n)
      assert.isUndefined(Result.getOrThrow(far.next()))
    })

    it("writes empty metadata, which hides the rest", () => {
      const bytes = Result.getOrThrow(
        OxigdalDialect.encode(
          [
            { metadata: new Uint8Array(0), body },
            { metadata, body }
          ],
          "compatible"
        )
      )
      const reader = new Reader(bytes)
      Result.getOrThrow(reader.parseFileHeader())
      assert.isUndefined(Result.getOrThrow(reader.next()))
    })
  })

  describe("strict", () => {
    const next = (text: string) => codeOf(read(text, "strict").next())
    const message = "ffffffff 08000000 00000000 03000000"

    it("fails at every cut of a file", () => {
      const bytes = hex(written)
      for (let length = 0; length < bytes.length; length++) {
        const reader = new Reader(bytes.subarray(0, length), "strict")
        const results: ReadonlyArray<Result.Result<unknown, unknown>> = [
          reader.parseFileHeader(),
          reader.next(),
          reader.next()
        ]
        assert.isTrue(
          results.some((result) => Result.isFailure(result)),
          `cut at ${length}`
        )
      }
    })

    it("names each fault and its byte", () => {
      assert.deepStrictEqual(codeOf(read("4152524f573100", "strict").parseFileHeader()), ["truncated", 6])
      assert.deepStrictEqual(next("00000000 00000000"), ["unexpected-message", 0])
      assert.deepStrictEqual(next("ffffffff ffffffff"), ["negative-metadata-length", 4])
      assert.deepStrictEqual(next("ffffffff 00000000 4152524f5732"), ["magic", 8])
      assert.deepStrictEqual(next("ffffffff 00000000 4152524f573100"), ["trailing-bytes", 14])
      assert.deepStrictEqual(next("ffffffff ffffff7f 00000000"), ["truncated", 8])
      assert.deepStrictEqual(next("ffffffff 08000000 00000000 09000000 0000000000000000"), ["message-type", 12])
      assert.deepStrictEqual(next(`${message} ffffffffffffffff`), ["negative-body-length", 16])
      assert.deepStrictEqual(next(`${message} 0100000000000000 00`), ["truncated", 24])
    })

    it("refuses to write what would not read back", () => {
      const empty = { metadata: new Uint8Array(0), body }
      assert.deepStrictEqual(codeOf(OxigdalDialect.encode([{ metadata, body }, empty])), ["empty-metadata", 52])
      const untyped = { metadata: new Uint8Array(8), body }
      assert.deepStrictEqual(codeOf(OxigdalDialect.encode([untyped])), ["message-type", 20])
    })
  })
})
