import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { canonicalColumn } from "../conformance/canonical.ts"
import { type Column, FileReader, StreamReader, Table } from "../src/index.ts"
import { bytesOf, expectedOf, names, options, pathOf, read, valuesOf } from "./fixtures.ts"

const forms = ["stream", "arrow_file"] as const
const cases = names.flatMap((name) => forms.filter((form) => pathOf(name, form)).map((form) => [name, form] as const))

describe("every fixture of pyarrow", () => {
  for (const [name, form] of cases) {
    const bytes = bytesOf(name, form)
    const expected = expectedOf(name)

    it.each(["none", "structural", "full", "semantic"] as const)(
      `${name}.${form} has its values at level %s`,
      (validation) => {
        const table = read(bytes, { validation })
        assert.deepStrictEqual(
          valuesOf(table.batches, table.schema.fields.length),
          expected.map((column) => [...column])
        )
      }
    )

    it(`${name}.${form} is read alike from unaligned bytes`, () => {
      const shifted = new Uint8Array(bytes.length + 1)
      shifted.set(bytes, 1)
      const table = read(shifted.subarray(1))
      assert.deepStrictEqual(
        valuesOf(table.batches, table.schema.fields.length),
        expected.map((column) => [...column])
      )
    })

    it(`${name}.${form} gives each column alone`, () => {
      for (const [i, column] of expected.entries()) {
        const table = read(bytes, { columns: [i] })
        assert.deepStrictEqual(valuesOf(table.batches, 1), [[...column]])
      }
    })
  }
})

const slices = (column: Column.Column<unknown>): void => {
  const all = canonicalColumn(column)
  for (let begin = 0; begin <= column.length; begin += Math.max(1, column.length >> 3)) {
    for (let end = begin; end <= column.length; end += Math.max(1, column.length >> 3)) {
      const slice = column.slice(begin, end)
      const label = `${column.field.name} from ${begin} to ${end}`
      assert.deepStrictEqual(canonicalColumn(slice), all.slice(begin, end), label)
      assert.deepStrictEqual(canonicalColumn(slice.slice(1)), all.slice(begin, end).slice(1), label)
      assert.strictEqual(slice.length, end - begin)
    }
  }
  assert.strictEqual(column.slice(-5, column.length + 5).length, column.length)
  assert.strictEqual(column.slice(column.length + 1).length, 0)
}

/** Every way to a value must lead to the same one. */
const ways = (column: Column.Column<unknown>): void => {
  const all = column.toArray()
  assert.deepStrictEqual(
    all.map((_, i) => column.get(i)),
    all
  )
  assert.deepStrictEqual([...column], all)
  const seen: Array<unknown> = []
  column.forEach((value, i) => {
    assert.strictEqual(i, seen.length + 7)
    seen.push(value)
  }, 7)
  assert.deepStrictEqual(seen, all)
  assert.deepStrictEqual(
    all.map((_, i) => column.isNull(i)),
    all.map((value) => value === null)
  )
  assert.strictEqual(column.get(-1), null)
  assert.strictEqual(column.get(column.length), null)
}

describe("columns", () => {
  for (const name of names) {
    const { batches } = read(bytesOf(name))
    it(`of ${name} agree with themselves`, () => {
      for (const batch of batches) for (let i = 0; i < batch.data.length; i++) ways(batch.column(i))
    })
    it(`of ${name} are sliced`, () => {
      for (const batch of batches) for (let i = 0; i < batch.data.length; i++) slices(batch.column(i))
    })
    it(`of ${name} are joined in a table`, () => {
      const table = new Table.Table(read(bytesOf(name)).schema, batches)
      for (let i = 0; i < table.schema.fields.length; i++) {
        const column = table.column(i)
        const all = batches.flatMap((batch) => batch.column(i).toArray())
        assert.deepStrictEqual(column.toArray(), all)
        assert.deepStrictEqual([...column], all)
        assert.deepStrictEqual(
          all.map((_, row) => column.get(row)),
          all
        )
        assert.deepStrictEqual(
          all.map((_, row) => column.get(all.length - 1 - row)),
          all.toReversed()
        )
        assert.deepStrictEqual(
          all.map((_, row) => column.isNull(row)),
          all.map((value) => value === null)
        )
        const seen: Array<unknown> = []
        column.forEach((value, row) => assert.strictEqual(seen.push(value), row + 1))
        assert.deepStrictEqual(seen, all)
        assert.strictEqual(column.get(-1), null)
        assert.strictEqual(column.isNull(all.length), false)
        assert.strictEqual(table.column(i), column)
        assert.strictEqual(
          column.nullCount,
          batches.reduce((n, batch) => n + batch.column(i).nullCount, 0)
        )
      }
    })
  }
})

const inPieces = (bytes: Uint8Array, pieces: ReadonlyArray<number>): Array<Array<unknown>> => {
  const reader = new StreamReader.StreamReader(options)
  const batches = []
  let at = 0
  for (const piece of [...pieces, bytes.length]) {
    batches.push(...Result.getOrThrow(reader.push(bytes.slice(at, at + piece))))
    at += piece
  }
  Result.getOrThrow(reader.end())
  return valuesOf(batches, reader.schema!.fields.length)
}

describe("a stream", () => {
  it.each(names)("of %s is the same cut anywhere", (name) => {
    const bytes = bytesOf(name)
    const expected = expectedOf(name).map((column) => [...column])
    const step = bytes.length > 2000 ? 7 : 1
    for (let at = 0; at <= bytes.length; at += step) {
      assert.deepStrictEqual(inPieces(bytes, [at]), expected, `cut at ${at}`)
    }
  })

  it.each(names)("of %s is the same in pieces of one byte", (name) => {
    const bytes = bytesOf(name)
    assert.deepStrictEqual(
      inPieces(
        bytes,
        Array.from(bytes, () => 1)
      ),
      expectedOf(name).map((column) => [...column])
    )
  })

  it("may end without its marker", () => {
    const bytes = bytesOf("integers")
    assert.strictEqual(read(bytes.subarray(0, bytes.length - 8)).length, 4)
  })

  it("does not look at what follows its marker", () => {
    const bytes = bytesOf("integers")
    const reader = new StreamReader.StreamReader()
    assert.strictEqual(reader.schema, undefined)
    assert.strictEqual(Result.getOrThrow(reader.push(bytes)).length, 1)
    assert.isTrue(reader.ended)
    assert.deepStrictEqual(Result.getOrThrow(reader.push(bytes)), [])
    assert.isTrue(Result.isSuccess(reader.end()))
  })
})

describe("a file", () => {
  it("gives its batches in any order, and what its messages and footer say", () => {
    const reader = Result.getOrThrow(FileReader.open(bytesOf("described", "arrow_file")))
    assert.strictEqual(reader.length, 1)
    assert.deepStrictEqual(reader.footer.customMetadata, [{ key: "end", value: "yes" }])
    const batch = Result.getOrThrow(reader.readBatch(0))
    assert.deepStrictEqual(batch.metadata, [{ key: "part", value: "1" }])
    const [who, raw] = batch.schema.metadata
    assert.deepStrictEqual(who, { key: "who", value: "me" })
    assert.deepStrictEqual(raw, { key: "raw", value: "\ufffd\0", bytes: Uint8Array.of(255, 0) })
    assert.deepStrictEqual(batch.schema.fields[0]!.metadata, [{ key: "unit", value: "m" }])
    assert.isFalse(batch.schema.fields[0]!.nullable)
    assert.deepStrictEqual(read(bytesOf("described", "arrow_file")).metadata, reader.footer.customMetadata)
  })

  it("reads its dictionaries once", () => {
    const reader = Result.getOrThrow(FileReader.open(bytesOf("deltas", "arrow_file")))
    assert.deepStrictEqual(Result.getOrThrow(reader.readBatch(1)).column(0).toArray(), ["c", null])
    assert.deepStrictEqual(Result.getOrThrow(reader.readBatch(0)).column(0).toArray(), ["a", "b"])
  })
})
