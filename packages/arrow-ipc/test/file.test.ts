import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { FileReader, type Footer, Schema, Table } from "../src/index.ts"
import { bytesOf, codeOf, failureOf, read, refusal } from "./fixtures.ts"
import { type BatchSpec, batchMessage, fileOf, int32, none, schemaMessage } from "./messages.ts"

const schema = Schema.make([Schema.field("f", int32)])
const spec: BatchSpec = { length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(1, 2)] }
const batch = batchMessage(spec)
const file = fileOf(schema, [batch, batch])
const withFooter = (change: (block: Footer.Block) => Footer.Block): Uint8Array =>
  fileOf(schema, [batch], (footer) => ({ ...footer, recordBatches: footer.recordBatches.map(change) }))
const withTail = (change: (view: DataView, tail: number) => void): Uint8Array => {
  const bytes = file.slice()
  change(new DataView(bytes.buffer), bytes.length - 10)
  return bytes
}

describe("a file is refused for", () => {
  it.each([
    ["another magic at its end", withTail((view, tail) => view.setUint8(tail + 9, 50)), "FileError/magic"],
    ["a negative footer", withTail((view, tail) => view.setInt32(tail, -1, true)), "FileError/footer"],
    ["no footer", withTail((view, tail) => view.setInt32(tail, 0, true)), "FileError/footer"],
    [
      "a footer longer than itself",
      withTail((view, tail) => view.setInt32(tail, file.length, true)),
      "FileError/footer"
    ],
    ["too few bytes", file.subarray(0, 17), "FileError/footer"],
    ["a block that is not aligned", withFooter((block) => ({ ...block, offset: block.offset + 4 })), "FileError/block"],
    ["a block in the magic", withFooter((block) => ({ ...block, offset: 0 })), "FileError/block"],
    ["a block without metadata", withFooter((block) => ({ ...block, metaDataLength: 0 })), "FileError/block"],
    ["a block of negative length", withFooter((block) => ({ ...block, bodyLength: -8 })), "FileError/block"],
    ["a block behind the footer", withFooter((block) => ({ ...block, bodyLength: 2 ** 40 })), "FileError/block"],
    ["a body the message does not have", withFooter((block) => ({ ...block, bodyLength: 0 })), "FileError/block"],
    [
      "metadata shorter than the message's",
      withFooter((block) => ({ ...block, metaDataLength: 8 })),
      "FileError/block"
    ],
    ["a schema where a batch should be", fileOf(schema, [schemaMessage(schema)]), "FileError/block"],
    [
      "blocks that are the same",
      fileOf(schema, [batch], (footer) => ({
        ...footer,
        recordBatches: Array.from({ length: 9 }, () => footer.recordBatches[0]!)
      })),
      "FileError/block"
    ]
  ])("%s", (_, bytes, code) => {
    assert.strictEqual(codeOf(refusal(bytes)), code)
  })

  it("more metadata or body than the limits", () => {
    assert.deepInclude(refusal(file, { limits: { metadataLength: 16 } }).reason, {
      _tag: "LimitExceeded",
      code: "metadata",
      limit: 16
    })
    assert.deepInclude(refusal(file, { limits: { bodyLength: 7 } }).reason, {
      _tag: "LimitExceeded",
      code: "body",
      limit: 7,
      wanted: 8
    })
  })

  it("another magic at its start, if a file is what it must be", () => {
    const failure = failureOf(FileReader.open(bytesOf("integers")))
    assert.strictEqual(codeOf(failure), "FileError/magic")
    assert.strictEqual(failure.offset, 0)
  })

  it("a column it does not have", () => {
    for (const key of ["g", 1, -1]) {
      const failure = failureOf(FileReader.open(file, { columns: [key] }))
      assert.deepInclude(failure.reason, {
        _tag: "SchemaMismatch",
        code: "missing-field",
        expected: String(key),
        actual: "f"
      })
      assert.deepStrictEqual(failure.path, [key])
    }
  })
})

describe("a file", () => {
  it("is told by its magic", () => {
    assert.isTrue(FileReader.isFile(file))
    assert.isFalse(FileReader.isFile(bytesOf("integers")))
    assert.isFalse(FileReader.isFile(file.subarray(0, 5)))
  })

  it("gives batches by number", () => {
    const reader = Result.getOrThrow(FileReader.open(file))
    assert.strictEqual(reader.length, 2)
    assert.deepStrictEqual(Result.getOrThrow(reader.readBatch(1)).toObjects(), [{ f: 1 }, { f: 2 }])
    assert.strictEqual(codeOf(failureOf(reader.readBatch(2))), "FileError/index")
  })

  it("with a broken batch gives the others", () => {
    const broken = fileOf(schema, [batch, batchMessage({ ...spec, nodes: [] })])
    const reader = Result.getOrThrow(FileReader.open(broken))
    assert.isTrue(Result.isSuccess(reader.readBatch(0)))
    assert.strictEqual(codeOf(failureOf(FileReader.readAll(reader))), "LayoutError/missing-node")
  })
})

describe("rows", () => {
  const batchOf = (name: string) => read(bytesOf(name)).batches[0]!

  it("are objects, in a table too", () => {
    const table = read(file)
    assert.deepStrictEqual(table.toObjects(), [{ f: 1 }, { f: 2 }, { f: 1 }, { f: 2 }])
    assert.deepStrictEqual(table.toArrays(), [[1], [2], [1], [2]])
    assert.deepStrictEqual(table.batches[0]!.row(1), [2])
    assert.strictEqual(table.length, 4)
  })

  it("have columns of any name", () => {
    const names = ["__proto__", "constructor", "", 'a"b\\c\u2028', "0"]
    const fields = names.map((name) => Schema.field(name, int32))
    const parts = names.flatMap((_, i) => [none, Int32Array.of(i)])
    const bytes = fileOf(Schema.make(fields), [batchMessage({ length: 1, nodes: names.map(() => [1, 0]), parts })])
    const [row] = read(bytes).toObjects()
    for (const [i, name] of names.entries())
      assert.strictEqual(Object.getOwnPropertyDescriptor(row!, name)?.value, i, name)
    assert.strictEqual(Object.getPrototypeOf(row), Object.prototype)
    assert.strictEqual(Object.keys(row!).length, names.length)
  })

  it("are views that read what they are asked for", () => {
    const table = read(file)
    assert.deepStrictEqual(
      [...table.rows()].map((row) => row["f"]),
      [1, 2, 1, 2]
    )
    const names = ["__proto__", "constructor", "toString"]
    const parts = names.flatMap((_, i) => [none, Int32Array.of(i)])
    const bytes = fileOf(Schema.make(names.map((name) => Schema.field(name, int32))), [
      batchMessage({ length: 1, nodes: names.map(() => [1, 0]), parts })
    ])
    const [row] = [...read(bytes).rows()]
    assert.deepStrictEqual(
      names.map((name) => row![name]),
      [0, 1, 2]
    )
    assert.isUndefined(row!["hasOwnProperty"])
    const seen: Array<string> = []
    for (const name in row) seen.push(name)
    assert.deepStrictEqual(seen, names)
  })

  it("cannot be objects where names repeat, and can be everything else", () => {
    const twice = Schema.make([Schema.field("f", int32), Schema.field("f", int32)])
    const parts = [none, Int32Array.of(1), none, Int32Array.of(2)]
    const bytes = fileOf(twice, [
      batchMessage({
        length: 1,
        nodes: [
          [1, 0],
          [1, 0]
        ],
        parts
      })
    ])
    const table = read(bytes)
    assert.throws(() => table.toObjects(), /DataError\/unrepresentable in f: found two columns of one name/)
    assert.throws(() => [...table.rows()], /DataError\/unrepresentable/)
    assert.deepStrictEqual(table.toArrays(), [[1, 2]])
    assert.deepStrictEqual(table.batches[0]!.select([1]).toObjects(), [{ f: 2 }])
    assert.strictEqual(table.batches[0]!.column("f").get(0), 1)
  })

  it("are sliced, and columns chosen and ordered", () => {
    const batch = batchOf("integers")
    const slice = batch.slice(1, 3).select(["c1", 0])
    assert.deepStrictEqual(slice.toArrays(), [
      [null, null],
      [1, 0]
    ])
    assert.deepStrictEqual(
      slice.schema.fields.map(({ name }) => name),
      ["c1", "c0"]
    )
    assert.strictEqual(batch.slice(-3, 99).length, 4)
    assert.strictEqual(batch.slice(9).length, 0)
    assert.throws(() => batch.column("nothing"), /SchemaMismatch\/missing-field.*among: c0, c1/)
    assert.throws(() => batch.select([99]), /SchemaMismatch/)
  })

  it("of no columns are counted", () => {
    const table = new Table.Table(Schema.make([]), [])
    assert.deepStrictEqual([table.length, table.toObjects(), table.metadata], [0, [], []])
  })
})
