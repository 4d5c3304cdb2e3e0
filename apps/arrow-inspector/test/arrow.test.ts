import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Arrow from "@bytewright/arrow-ipc/Arrow"
import * as OxigdalDialect from "@bytewright/arrow-ipc/OxigdalDialect"
import * as Table from "@bytewright/arrow-ipc/Table"
import * as Writer from "@bytewright/arrow-ipc/Writer"
import * as Result from "effect/Result"
import { afterAll, assert, describe, it } from "vitest"

const directory = mkdtempSync(join(tmpdir(), "arrow-inspector-"))
afterAll(() => rmSync(directory, { recursive: true }))

const schema = Arrow.schema({
  id: Arrow.int64,
  name: Arrow.nullable(Arrow.utf8),
  kind: Arrow.dictionary(Arrow.utf8, 0n),
  raw: Arrow.nullable(Arrow.binaryView)
})
const rows = Array.from({ length: 20 }, (_, i) => ({
  id: BigInt(i) + 2n ** 60n,
  name: i % 3 === 0 ? null : `name ${i}`,
  kind: i % 2 === 0 ? "even" : "odd",
  raw: new Uint8Array(i)
}))
const path = (name: string) => join(directory, name)
writeFileSync(path("a.arrows"), Result.getOrThrow(Arrow.encode(schema, rows)))
writeFileSync(path("a.arrow"), Result.getOrThrow(Arrow.encode(schema, rows, { format: "file" })))

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const arrow = (args: ReadonlyArray<string>, input?: Uint8Array) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...args], { input, maxBuffer: 2 ** 24 })
  return { status, stdout, text: stdout.toString(), talk: stderr.toString() }
}
const firstRow = '{"id":"1152921504606846976","name":null,"kind":"even","raw":"0x"}'

describe("arrow", () => {
  for (const name of ["a.arrow", "a.arrows"]) {
    it(`schema prints fields and types, ${name}`, () => {
      const { status, text } = arrow(["schema", path(name)])
      assert.strictEqual(status, 0)
      assert.deepStrictEqual(text.trimEnd().split("\n"), [
        "id: Int(64, true) not null",
        "name: Utf8",
        "kind: Dictionary(0, Int(32, true), Utf8) not null",
        "raw: BinaryView"
      ])
      assert.strictEqual(JSON.parse(arrow(["schema", "--json", path(name)]).text).fields.length, 4)
    })

    it(`head prints rows as JSON lines into a pipe, ${name}`, () => {
      const lines = arrow(["head", "-n", "3", path(name)])
        .text.trimEnd()
        .split("\n")
      assert.strictEqual(lines.length, 3)
      assert.strictEqual(lines[0], firstRow)
      const some = arrow(["head", "-n", "1", "--columns", "kind,name", path(name)]).text
      assert.strictEqual(some, '{"kind":"even","name":null}\n')
    })

    it(`reads standard input, ${name}`, () => {
      const { text } = arrow(["head", "-n", "1"], readFileSync(path(name)))
      assert.strictEqual(text, `${firstRow}\n`)
    })

    it(`validate counts what it checked, ${name}`, () => {
      const { status, text } = arrow(["validate", "--level", "semantic", path(name)])
      assert.deepStrictEqual([status, text], [0, "valid (semantic): 1 batches, 20 rows, 4 columns\n"])
    })

    it(`explain says what lies where, ${name}`, () => {
      const lines = arrow(["explain", path(name)])
        .text.trimEnd()
        .split("\n")
      const sizes = lines.filter((line) => /^[0-9a-f]{8} +\d+ {2}\S/.test(line))
      assert.isTrue(sizes.some((line) => line.includes("RecordBatch V5: 20 rows")))
      assert.isTrue(sizes.some((line) => line.includes("DictionaryBatch V5: values of dictionary 0, 2 rows")))
      assert.isTrue(lines.some((line) => line.endsWith("raw view data 0")))
      assert.isTrue(lines.some((line) => line.endsWith("end of stream")))
      if (name === "a.arrow") assert.match(lines.at(-1)!, /magic ARROW1$/)
    })

    for (const to of ["stream", "file"]) {
      it(`convert writes a ${to} of ${name}, compressed, aligned, and back`, () => {
        const out = path(`${name}.${to}`)
        const args = ["convert", path(name), "--to", to, "--compression", "zstd", "--alignment", "64", "-o", out]
        assert.strictEqual(arrow(args).status, 0)
        assert.match(arrow(["explain", out]).text, /RecordBatch V5: 20 rows, ZSTD/)
        const back = arrow(["convert", "--to", "stream", out]).stdout
        assert.deepStrictEqual(back, readFileSync(path("a.arrows")))
      })
    }
  }

  it("explain --hex says the fields of the envelope and the bytes of each buffer", () => {
    const lines = arrow(["explain", "--hex", path("a.arrow")]).text.split("\n")
    assert.strictEqual(lines[1], "00000000       6  | magic ARROW1 [41 52 52 4f 57 31]")
    assert.isTrue(lines.some((line) => /^[0-9a-f]{8} +4 {2}\| continuation .* \[ff ff ff ff\]$/.test(line)))
    assert.isTrue(lines.some((line) => /\| metadataLength \d+ \[/.test(line)))
    assert.match(lines.at(-3)!, /\| footerLength \d+ \[/)
    const zstd = arrow(["convert", "--to", "stream", "--compression", "zstd", path("a.arrow")]).stdout
    assert.match(arrow(["explain", "--hex", "-"], zstd).text, /\| uncompressedLength 160 \[a0 00 00 00 00 00 00 00\]/)
  })

  it("explain reads the legacy framing, whose prefix is a length alone", () => {
    const table = Result.getOrThrow(Table.fromBytes(readFileSync(path("a.arrows"))))
    const options = { version: "V4", legacyFraming: true } as const
    const legacy = Writer.concat(Result.getOrThrow(Writer.encode(table.schema, table.batches, options)))
    const lines = arrow(["explain", "--hex"], legacy).text.trimEnd().split("\n")
    assert.match(lines[2]!, /^00000000 +4 {2}\| metadataLength \d+/)
    assert.match(lines.at(-1)!, /\| metadataLength 0 \[00 00 00 00\]$/)
  })

  it("explain reads the oxigdal dialect, and marks where it ends too soon", () => {
    const metadata = Uint8Array.of(0, 0, 0, 0, 3, 0, 0, 0, 9)
    const bytes = Result.getOrThrow(OxigdalDialect.encode([{ metadata, body: Uint8Array.of(1, 2, 3) }]))
    const lines = arrow(["explain"], bytes).text.trimEnd().split("\n")
    assert.include(lines, "RecordBatch:")
    assert.include(lines, "00000020       8  | bodyLength 3 [03 00 00 00 00 00 00 00]")
    assert.strictEqual(lines.at(-1), "00000038       6  | magic ARROW1 [41 52 52 4f 57 31]")
    bytes[0x24] = 1
    const cut = arrow(["explain"], bytes).text
    assert.match(cut, /!! FramingError\/truncated at byte 40/)
  })

  it("reads standard input, and says what is wrong with it", () => {
    const stream = readFileSync(path("a.arrows"))
    assert.strictEqual(arrow(["validate", "--level", "semantic"], stream).status, 0)
    const empty = arrow(["schema"], new Uint8Array(0))
    assert.strictEqual(empty.status, 1)
    assert.match(empty.talk, /FramingError\/no-schema/)
    const noise = arrow(["head"], Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0))
    assert.strictEqual(noise.status, 1)
    assert.match(noise.talk, /gzip/)
  })

  it("names what is wrong, where, and what to try", () => {
    writeFileSync(path("page.html"), "<!DOCTYPE html>")
    const page = arrow(["schema", path("page.html")])
    assert.strictEqual(page.status, 1)
    assert.match(page.talk, /not Arrow but an HTML page/)
    const bytes = readFileSync(path("a.arrows"))
    writeFileSync(path("cut.arrows"), bytes.subarray(0, bytes.length - 100))
    const cut = arrow(["validate", path("cut.arrows")])
    assert.strictEqual(cut.status, 1)
    assert.match(cut.talk, /FramingError\/truncated at byte \d+/)
    assert.match(cut.talk, /arrow explain .*cut\.arrows/)
    assert.match(arrow(["explain", path("cut.arrows")]).text, /!! FramingError\/truncated/)
    assert.match(arrow(["head", "--columns", "none", path("a.arrow")]).talk, /there is no column "none"/)
    assert.strictEqual(arrow(["schema", path("missing")]).status, 1)
  })
})
