import { afterEach, assert, describe, it, vi } from "vitest"
import {
  type BinaryColumn,
  ChunkedColumn,
  DataType,
  NumberColumn,
  Schema,
  StructColumn,
  UnionColumn
} from "../src/index.ts"
import { bytesOf, read, thrown } from "./fixtures.ts"
import { type BatchSpec, batchMessage, int32, none, oneBatch, readStream, schemaMessage, streamOf } from "./messages.ts"

const columnOf = (field: Schema.Field, spec: BatchSpec) => readStream(oneBatch(field, spec))[0]!.column(0)

const int64 = (isSigned: boolean, values: ReadonlyArray<bigint>, validity?: number): NumberColumn.BigIntColumn =>
  columnOf(Schema.field("n", DataType.int(64, isSigned)), {
    length: values.length,
    nodes: [[values.length, validity === undefined ? 0 : 1]],
    parts: [validity === undefined ? none : Uint8Array.of(validity), BigInt64Array.from(values)]
  }) as NumberColumn.BigIntColumn

const numbers = (column: NumberColumn.BigIntColumn): ReadonlyArray<number | null> => {
  const seen: Array<number | null> = []
  column.forEachNumber((value, i) => {
    assert.strictEqual(i, seen.length)
    seen.push(value)
  })
  return seen
}

describe("the number mode of int64", () => {
  const safe = [0n, 1n, -1n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 2n ** 32n, -(2n ** 32n) - 5n]

  it("is exact", () => {
    const column = int64(true, safe)
    assert.deepStrictEqual(numbers(column), safe.map(Number))
    assert.deepStrictEqual([...column.toNumbers()], safe.map(Number))
    assert.deepStrictEqual(
      safe.map((_, i) => column.getNumber(i)),
      safe.map(Number)
    )
    assert.strictEqual(column.getNumber(99), null)
    const target = new Float64Array(9)
    assert.strictEqual(column.toNumbers(target).buffer, target.buffer)
    assert.deepStrictEqual([...target.subarray(0, 7)], safe.map(Number))
    assert.strictEqual(column.toNumbers(new Float64Array(3)).length, 7)
    assert.deepStrictEqual([...column.values], safe)
    assert.deepStrictEqual(column.slice(3).toArray(), safe.slice(3))
  })

  it("is exact without a sign", () => {
    const values = [0n, 2n ** 53n - 1n, 2n ** 31n]
    const column = int64(false, values)
    assert.deepStrictEqual(numbers(column), values.map(Number))
    assert.deepStrictEqual(
      values.map((_, i) => column.getNumber(i)),
      values.map(Number)
    )
  })

  it.each([
    [true, 2n ** 53n],
    [true, -(2n ** 53n) - 1n],
    [false, 2n ** 53n],
    [false, -1n]
  ])("signed %s fails rather than round %s", (isSigned, value) => {
    const column = int64(isSigned, [5n, value])
    for (const f of [() => numbers(column), () => column.toNumbers(), () => column.getNumber(1)]) {
      const error = thrown(f, "DataError/unsafe-integer")
      assert.deepInclude(error.reason, { row: 1 })
      assert.deepStrictEqual(error.path, ["n"])
    }
    assert.strictEqual(column.getNumber(0), 5)
  })

  it("leaves empty slots empty, whatever lies there", () => {
    const column = int64(true, [1n, 2n ** 60n, 3n], 0b101)
    assert.deepStrictEqual(numbers(column), [1, null, 3])
    assert.deepStrictEqual([...column.toNumbers()], [1, Number.NaN, 3])
    assert.deepStrictEqual(
      [0, 1, 2].map((i) => column.getNumber(i)),
      [1, null, 3]
    )
    thrown(() => int64(true, [2n ** 60n, 1n], 0b01).toNumbers(), "DataError/unsafe-integer")
  })
})

describe("columns", () => {
  it("give their buffers without a copy", () => {
    const bytes = oneBatch(Schema.field("f", int32), {
      length: 3,
      nodes: [[3, 0]],
      parts: [none, Int32Array.of(1, 2, 3)]
    })
    const column = readStream(bytes)[0]!.column("f") as NumberColumn.NumberColumn
    assert.strictEqual(column.values.buffer, bytes.buffer)
    assert.deepStrictEqual([...column.values], [1, 2, 3])
    assert.deepStrictEqual(column.type, int32)
    assert.strictEqual(column.field.name, "f")
  })

  it("of text decode each value alone where few are asked for, or where offsets were not checked", () => {
    const words = ["héllo", "wörld", "x", "y", "z", "u", "v", "w", "ü"]
    const text = new TextEncoder().encode(words.join(""))
    const offsets = [0]
    for (const word of words) offsets.push(offsets[offsets.length - 1]! + new TextEncoder().encode(word).length)
    const field = Schema.field("t", { _tag: "Utf8" })
    const spec: BatchSpec = {
      length: words.length,
      nodes: [[words.length, 0]],
      parts: [none, Int32Array.from(offsets), text]
    }
    const column = columnOf(field, spec) as BinaryColumn.Utf8Column
    assert.strictEqual(column.get(1), "wörld")
    assert.deepStrictEqual(column.toArray(), words)
    const batchOf = (parts: BatchSpec["parts"]) =>
      readStream(oneBatch(field, { ...spec, parts }), { validation: "none" })[0]!.column(0)
    const backwards = batchOf([none, Int32Array.from([0, 9, 3, 3, 3, 3, 3, 3, 3, text.length]), text])
    assert.deepStrictEqual(backwards.toArray().slice(0, 3), ["héllowö", "", ""])
    const seen: Array<unknown> = []
    backwards.forEach((value) => seen.push(value))
    assert.deepStrictEqual(seen, backwards.toArray())
    const beyond = batchOf([none, Int32Array.from([0, 6, 3, 3, 3, 3, 3, 3, 3, 2 ** 30]), text])
    assert.strictEqual(beyond.toArray()[0], "héllo")
    const leaving = batchOf([none, Int32Array.from([0, 2 ** 30, 3, 3, 3, 3, 3, 3, 3, text.length]), text])
    assert.strictEqual(leaving.toArray()[8], words.join("").slice(2))
    const negative = batchOf([none, Int32Array.from([-9, 6, 3, 3, 3, 3, 3, 3, 3, 3]), text])
    assert.strictEqual(negative.toArray().length, words.length)
    const wrong = batchOf([none, Int32Array.from(offsets), text.map((byte) => (byte > 127 ? 255 : byte))])
    assert.strictEqual(wrong.toArray()[2], "x")
  })

  it("of structs and unions give their parts", () => {
    const nested = read(bytesOf("nested")).batches[0]!
    const columns = nested.schema.fields.map((_, i) => nested.column(i))
    const struct = columns.find((column) => column instanceof StructColumn.StructColumn)!
    assert.deepStrictEqual(
      struct.children.map(({ field }) => field.name),
      ["a", "__proto__", "b"]
    )
    const value = struct.get(0) as Record<string, unknown>
    assert.deepStrictEqual(Object.entries(value), [
      ["a", 1],
      ["__proto__", "p"],
      ["b", [true]]
    ])
    const union = columns.find((column) => column instanceof UnionColumn.UnionColumn)!
    assert.strictEqual(union.child(0)!.field.name, "s")
    assert.strictEqual(union.childIndex(3), 1)
  })

  it("of nested views and lists survive bytes nobody checked", () => {
    const list = Schema.field("l", { _tag: "List" }, { children: [Schema.field("t", { _tag: "Utf8" })] })
    const spec: BatchSpec = {
      length: 2,
      nodes: [
        [2, 0],
        [2, 0]
      ],
      parts: [none, Int32Array.of(1, 0, 2), none, Int32Array.of(0, 1, 2), Uint8Array.of(97, 98)]
    }
    const column = readStream(oneBatch(list, spec), { validation: "none" })[0]!.column(0)
    assert.deepStrictEqual(column.toArray(), [[], ["a", "b"]])
  })

  it("of lists longer than arrays fail as everything does", () => {
    const nulls = Schema.field("l", { _tag: "LargeList" }, { children: [Schema.field("n", { _tag: "Null" })] })
    const length = 2 ** 40
    const spec: BatchSpec = {
      length: 1,
      nodes: [
        [1, 0],
        [length, length]
      ],
      parts: [none, BigInt64Array.of(0n, BigInt(length))]
    }
    const column = columnOf(nulls, spec)
    thrown(() => column.get(0), "LimitExceeded/rows")
    thrown(() => column.toArray(), "LimitExceeded/rows")
  })

  it("longer than V8 likes are arrays all the same", () => {
    const length = 2 ** 25 + 1
    const [batch] = readStream(
      oneBatch(Schema.field("n", { _tag: "Null" }), { length, nodes: [[length, length]], parts: [] })
    )
    const values = new ChunkedColumn.ChunkedColumn(batch!.schema.fields[0]!, [batch!.column(0)]).toArray()
    assert.strictEqual(values.length, length)
    assert.strictEqual(values[length - 1], null)
  })
})

describe("rows where code cannot be generated", () => {
  afterEach(() => vi.unstubAllGlobals())

  it("are the same", () => {
    vi.stubGlobal("Function", () => {
      throw new EvalError("unsafe-eval is not allowed")
    })
    const names = ["a", "__proto__", "only here"]
    const fields = names.map((name) => Schema.field(name, int32))
    const parts = names.flatMap((_, i) => [none, Int32Array.of(i, 10 + i)])
    const bytes = streamOf([
      schemaMessage(Schema.make(fields)),
      batchMessage({ length: 2, nodes: names.map(() => [2, 0]), parts })
    ])
    const rows = readStream(bytes)[0]!.toObjects()
    assert.deepStrictEqual(
      rows.map((row) => Object.entries(row)),
      [
        [
          ["a", 0],
          ["__proto__", 1],
          ["only here", 2]
        ],
        [
          ["a", 10],
          ["__proto__", 11],
          ["only here", 12]
        ]
      ]
    )
    assert.strictEqual(Object.getPrototypeOf(rows[0]), Object.prototype)
  })

  it("and of any number of shapes, too", () => {
    for (let i = 0; i < 70; i++) {
      const bytes = oneBatch(Schema.field(`n${i}`, int32), {
        length: 1,
        nodes: [[1, 0]],
        parts: [none, Int32Array.of(i)]
      })
      assert.deepStrictEqual(readStream(bytes)[0]!.toObjects(), [{ [`n${i}`]: i }])
    }
  })
})
