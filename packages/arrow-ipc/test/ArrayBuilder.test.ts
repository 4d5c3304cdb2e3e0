import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { ArrayBuilder, type ArrowError, Columns, DataType, Schema, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { buildBinary } from "../src/internal/buildBytes.ts"
import { Slots } from "../src/internal/slots.ts"
import { everyType } from "./support/columns.ts"

const { field } = Schema
const tag = (_tag: string): DataType.DataType => ({ _tag }) as DataType.DataType
const codecs = NodeCodecs.codecs

const build = (type: DataType.DataType, values: ArrayLike<unknown>, options?: Parameters<typeof field>[2]) =>
  ArrayBuilder.make(field("f", type, options), values)

const fault = (result: Result.Result<unknown, ArrowError.ArrowError>) => Result.getOrThrow(Result.flip(result))

const read = (type: DataType.DataType, values: ArrayLike<unknown>, options?: Parameters<typeof field>[2]) =>
  Columns.make(Result.getOrThrow(build(type, values, options))).toArray()

describe("ArrayBuilder.make", () => {
  for (const { field, reads, values } of everyType) {
    it(`builds what columns, streams and files read back: ${field.name}`, () => {
      const data = Result.getOrThrow(ArrayBuilder.make(field, values))
      assert.deepStrictEqual(Columns.make(data).toArray(), reads)
      const schema = Schema.make([field])
      const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns([values]))
      for (const options of [
        {},
        { format: "file", alignment: 64 },
        { version: "V4", legacyFraming: true },
        { compression: "LZ4_FRAME" },
        { format: "file", compression: "ZSTD" }
      ] as ReadonlyArray<Writer.Options>) {
        const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch], { ...options, codecs })))
        const table = Result.getOrThrow(Table.fromBytes(bytes, { codecs, validation: "semantic" }))
        assert.deepStrictEqual(table.column(0).toArray(), reads, JSON.stringify(options))
        assert.deepStrictEqual(table.schema, schema)
      }
    })

    it(`writes every slice as it reads: ${field.name}`, () => {
      const schema = Schema.make([field])
      const batch = Result.getOrThrow(
        new ArrayBuilder.BatchBuilder(schema).fromColumns([[...values, ...values, ...values]])
      )
      const all = [...reads, ...reads, ...reads]
      for (let begin = 0; begin <= Math.min(9, all.length); begin++) {
        for (const end of [begin, begin + 1, all.length]) {
          const slice = batch.slice(begin, end)
          const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, [slice, slice.slice(0, 1)])))
          const table = Result.getOrThrow(Table.fromBytes(bytes, { validation: "semantic" }))
          const expected = all.slice(begin, end)
          assert.deepStrictEqual(table.column(0).toArray(), [...expected, ...expected.slice(0, 1)])
        }
      }
    })
  }

  it("takes a typed array of the stored kind without a copy", () => {
    const cases: ReadonlyArray<readonly [DataType.DataType, ArrayBufferView & ArrayLike<unknown>]> = [
      [DataType.int(8), Int8Array.of(1, -1)],
      [DataType.int(16, false), Uint16Array.of(1, 2)],
      [DataType.int(64), BigInt64Array.of(1n, -1n)],
      [DataType.float("SINGLE"), Float32Array.of(0.1)],
      [DataType.timestamp("NANOSECOND"), BigInt64Array.of(5n)],
      [{ _tag: "Date", unit: "DAY" }, Int32Array.of(5)]
    ]
    for (const [type, values] of cases) {
      const data = Result.getOrThrow(build(type, values))
      assert.strictEqual(data.buffer(1).buffer, values.buffer)
      assert.deepStrictEqual(Columns.make(data).toArray(), Array.from(values))
    }
    assert.deepStrictEqual(read(DataType.int(32), Int8Array.of(-1)), [-1])
  })

  it("keeps empty slots and padding zero", () => {
    const data = Result.getOrThrow(build(DataType.int(32), [1, null, 3]))
    assert.deepStrictEqual([...data.buffer(0)], [0b101])
    assert.deepStrictEqual([...new Int32Array(data.buffer(1).buffer)], [1, 0, 3])
    const required = [field("n", DataType.int(8), { nullable: false })]
    const struct = Result.getOrThrow(build(tag("Struct"), [{ n: 1 }, null], { children: required }))
    assert.deepStrictEqual([struct.children[0]!.nullCount, ...struct.children[0]!.buffer(1)], [0, 1, 0])
  })

  const refused: ReadonlyArray<readonly [string, DataType.DataType, unknown, RegExp, Parameters<typeof field>[2]?]> = [
    ["int8 out of range", DataType.int(8), 128, /128 is not an integer of 8 bits/],
    ["uint8 negative", DataType.int(8, false), -1, /-1 is not an unsigned integer of 8 bits/],
    ["fraction", DataType.int(32), 1.5, /1.5 is not/],
    ["NaN", DataType.int(32), Number.NaN, /NaN is not/],
    ["negative zero", DataType.int(32), -0, /-0 is not/],
    ["bigint out of range", DataType.int(32), 2n ** 31n, /2147483648n is not/],
    ["text for a number", DataType.int(32), "1", /"1" is not/],
    ["int64 out of range", DataType.int(64), 2n ** 63n, /integer of 64 bits/],
    ["uint64 negative", DataType.int(64, false), -1n, /unsigned integer of 64 bits/],
    ["unsafe integer", DataType.int(64), 2 ** 53, /a bigint or a safe integer/],
    ["negative zero for int64", DataType.int(64), -0, /-0 is not/],
    ["rounded float32", DataType.float("SINGLE"), 0.1, /0.1 is not exact in single precision; round it first/],
    ["rounded float16", DataType.float("HALF"), 65_505, /exact in half precision/],
    ["float of text", DataType.float("DOUBLE"), "1", /a number/],
    ["bool of number", tag("Bool"), 1, /a boolean/],
    ["decimal too wide", DataType.decimal(3, 1), "100.0", /more than 3 digits/],
    ["decimal too fine", DataType.decimal(3, 1), "1.25", /more than 1 digits after the point/],
    ["decimal of no text", DataType.decimal(3, 1), "1e2", /decimal text/],
    ["decimal of number", DataType.decimal(3, 1), 1, /the unscaled integer/],
    ["decimal of object", DataType.decimal(3, 1), { value: 1, scale: 0 }, /the unscaled integer/],
    ["decimal of a huge scale", DataType.decimal(3, 1), { value: 1n, scale: -(2 ** 40) }, /does not fit/],
    ["date within a day", { _tag: "Date", unit: "DAY" }, new Date(1), /1970-01-01T00:00:00.001Z is not midnight/],
    ["invalid date", { _tag: "Date", unit: "DAY" }, new Date(Number.NaN), /an invalid date/],
    ["date64 within a day", { _tag: "Date", unit: "MILLISECOND" }, 5n, /5 ms is not a whole day/],
    ["invalid timestamp", DataType.timestamp("SECOND"), new Date(Number.NaN), /a valid date/],
    ["half a second", DataType.timestamp("SECOND"), new Date(500), /a whole second/],
    ["time of a day", DataType.time("SECOND"), 86_400, /not a time of day/],
    ["negative time", DataType.time("NANOSECOND"), -1n, /not a time of day/],
    ["interval of a number", { _tag: "Interval", unit: "DAY_TIME" }, 1, /days, milliseconds/],
    [
      "interval with a number",
      { _tag: "Interval", unit: "MONTH_DAY_NANO" },
      { months: 1, days: 1, nanoseconds: 1 },
      /nanoseconds/
    ],
    ["lone surrogate", tag("Utf8"), "a\ud800", /lone surrogate/],
    ["number as text", tag("Utf8"), 1, /1 is not text/],
    ["array as binary", tag("Binary"), [1], /a value of type Array is not a Uint8Array/],
    ["wrong width", { _tag: "FixedSizeBinary", byteWidth: 2 }, Uint8Array.of(1), /Uint8Array of 2 bytes/],
    ["text as list", tag("List"), "ab", /an array/, { children: [field("item", tag("Utf8"))] }],
    [
      "wrong list size",
      { _tag: "FixedSizeList", listSize: 2 },
      [1],
      /it has 1/,
      { children: [field("item", DataType.int(8))] }
    ],
    [
      "map of an object",
      { _tag: "Map", keysSorted: false },
      { a: 1 },
      /a Map or a list/,
      { children: [field("entries", tag("Struct"))] }
    ],
    [
      "map of triples",
      { _tag: "Map", keysSorted: false },
      [[1, 2, 3]],
      /a Map or a list/,
      { children: [field("entries", tag("Struct"))] }
    ],
    ["struct of a number", tag("Struct"), 5, /an object/, { children: [field("a", DataType.int(8))] }],
    [
      "struct with more",
      tag("Struct"),
      { a: 1, b: 2 },
      /a property "b", no field/,
      { children: [field("a", DataType.int(8))] }
    ],
    ["struct of too few", tag("Struct"), [], /1 values in the order/, { children: [field("a", DataType.int(8))] }],
    [
      "object for same names",
      tag("Struct"),
      { a: 1 },
      /same name/,
      { children: [field("a", DataType.int(8)), field("a", DataType.int(8))] }
    ],
    [
      "bare value in a union",
      { _tag: "Union", mode: "Dense", typeIds: [0] },
      5,
      /a UnionValue of one of 1/,
      { children: [field("a", DataType.int(8))] }
    ],
    [
      "no such child",
      { _tag: "Union", mode: "Dense", typeIds: [0] },
      ArrayBuilder.union(1, 5),
      /a UnionValue/,
      { children: [field("a", DataType.int(8))] }
    ],
    ["value in a null column", tag("Null"), 1, /1 is not null/],
    ["an object without a constructor", tag("Utf8"), Object.create(null), /of type object/],
    ["a long text", DataType.int(8), "x".repeat(100), /\.\.\. is not/]
  ]
  for (const [name, type, value, message, options] of refused) {
    it(`refuses rather than loses: ${name}`, () => {
      const error = fault(build(type, [value, value], options))
      assert.strictEqual(error.reason._tag, "DataError")
      assert.match(error.message, message)
      assert.strictEqual((error.reason as ArrowError.DataError).row, 0)
    })
  }

  it("refuses a missing value where the field is not nullable, with its path", () => {
    const required = field("n", DataType.int(8), { nullable: false })
    const item = field("item", tag("Struct"), { children: [required] })
    const error = fault(build(tag("List"), [[{ n: 1 }, { n: null }]], { children: [item] }))
    assert.strictEqual(
      error.message,
      "DataError/non-nullable in f.item.n: n is not nullable and a value is missing (slot 1)"
    )
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    assert.match(fault(build(tag("Utf8"), [null], { nullable: false, dictionary })).message, /not nullable/)
  })

  it("refuses more dictionary values than the index type can number", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const values = Array.from({ length: 129 }, (_, i) => String(i))
    assert.match(fault(build(tag("Utf8"), values, { dictionary })).message, /128 is not an integer of 8 bits/)
  })

  it("tells dictionary values apart by what they are", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const distinct = (
      type: DataType.DataType,
      values: ReadonlyArray<unknown>,
      children: ReadonlyArray<Schema.Field> = []
    ) => Result.getOrThrow(build(type, values, { dictionary, children })).dictionary!.length
    assert.strictEqual(distinct(tag("Utf8"), ["\0", "\0s\0", "", "\0-0"]), 4)
    assert.strictEqual(distinct(tag("Binary"), [Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(1, 2)]), 2)
    assert.strictEqual(distinct(DataType.timestamp("MILLISECOND"), [new Date(1), new Date(1), new Date(2)]), 2)
    assert.strictEqual(distinct(tag("List"), [[0], [-0], [0]], [field("item", DataType.float("DOUBLE"))]), 2)
    assert.strictEqual(distinct(tag("List"), [[1n], [null], ["1"].map(BigInt)], [field("item", DataType.int(64))]), 2)
    const entries = field("entries", tag("Struct"), {
      children: [field("key", tag("Utf8")), field("value", tag("Utf8"))]
    })
    const maps = [new Map([["a", "b"]]), new Map([["a", "b"]]), new Map([["a", "c"]])]
    assert.strictEqual(distinct({ _tag: "Map", keysSorted: false }, maps, [entries]), 2)
  })

  it("tells dictionary values apart by what their fields read, however objects have it", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const encode = (
      type: DataType.DataType,
      values: ReadonlyArray<unknown>,
      children: ReadonlyArray<Schema.Field> = []
    ) => Result.getOrThrow(build(type, values, { dictionary, children }))
    const same = (...parameters: Parameters<typeof encode>): void => {
      const data = encode(...parameters)
      const { children = [], type } = data.field
      const plain = Result.getOrThrow(build(type, parameters[1], { children }))
      assert.deepStrictEqual(Columns.make(data).toArray(), Columns.make(plain).toArray())
    }
    const item = field("item", DataType.int(32))
    const parts = [field("a", DataType.int(32)), field("b", tag("List"), { children: [item] })]
    class Getters {
      readonly #a: number
      constructor(a: number) {
        this.#a = a
      }
      get a(): number {
        return this.#a
      }
      get b(): ReadonlySet<number> {
        return new Set([this.#a])
      }
    }
    same(tag("List"), [new Set([1]), new Set([2]), [2], Int32Array.of(1)], [item])
    same(tag("Struct"), [new Getters(1), new Getters(2), { a: 2, b: [3] }, [1, [1]], [1, [2]]], parts)
    const rows = Result.getOrThrow(
      new ArrayBuilder.BatchBuilder(Schema.make(parts)).fromColumns([
        [1, 2],
        [[1], [2]]
      ])
    )
    same(tag("Struct"), [...rows.rows()], parts)
    const runs = field("runs", tag("RunEndEncoded"), {
      children: [field("run_ends", DataType.int(32), { nullable: false }), parts[1]!]
    })
    same(tag("Struct"), [[new Set([1])], [new Set([2])]], [runs])
    const union = field("u", { _tag: "Union", mode: "Dense", typeIds: [0, 1] }, { children: parts })
    const chosen = [ArrayBuilder.union(1, new Set([1])), ArrayBuilder.union(1, new Set([2])), ArrayBuilder.union(0, 1)]
    same(
      tag("List"),
      chosen.map((value) => [value]),
      [union]
    )
    const moment = (days: number) => Object.create({ days, months: 1, nanoseconds: 2n }) as object
    same({ _tag: "Interval", unit: "MONTH_DAY_NANO" }, [moment(1), moment(2)])
    const excess = build(tag("Struct"), [{ a: 1 }, { a: 1, c: 2 }], { dictionary, children: parts })
    assert.match(fault(excess).message, /property "c", no field/)
    const strange = [[ArrayBuilder.union(0, 1)], [ArrayBuilder.union(7, 1)]]
    assert.match(fault(build(tag("List"), strange, { dictionary, children: [union] })).message, /one of 2 children/)
    assert.match(fault(build(tag("List"), [{}], { dictionary, children: [item] })).message, /not an array/)
  })

  it("marks slots below null parents as null where the dictionary has no value to point at", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const children = [field("s", tag("Utf8"), { nullable: false, dictionary })]
    const data = Result.getOrThrow(build(tag("Struct"), [null, null], { children }))
    assert.strictEqual(data.children[0]!.nullCount, 2)
    assert.deepStrictEqual(Columns.make(data).toArray(), [null, null])
  })

  it("refuses more bytes than its offsets reach", () => {
    const slots = new Slots(field("f", tag("Utf8")), ["abc", "def"], ["f"])
    assert.throws(() => buildBinary(slots, true, false, 5), /in f: the values are more bytes than 32-bit offsets reach/)
    assert.strictEqual(buildBinary(slots, true, true, 5).length, 2)
  })

  it("builds texts too long to join", () => {
    const long = "x".repeat(2 ** 23 + 1)
    assert.deepStrictEqual(read(tag("Utf8"), [long, "y", long]), [long, "y", long])
  })

  it("grows its buffers and takes more than one block of text", () => {
    const texts = Array.from({ length: 3000 }, (_, i) =>
      i % 700 === 0 ? null : `${i}`.repeat(1 + (i % 50)) + (i === 2000 ? "ü" : "")
    )
    assert.deepStrictEqual(read(tag("Utf8"), texts), texts)
    const bytes = texts.map((text) => (text === null ? null : new TextEncoder().encode(text)))
    assert.deepStrictEqual(read(tag("BinaryView"), bytes), bytes)
  })
})

describe("ArrayBuilder.BatchBuilder", () => {
  const schema = Schema.make([field("id", DataType.int(32), { nullable: false }), field("name", tag("Utf8"))])

  it("builds batches of rows and of columns", () => {
    const builder = new ArrayBuilder.BatchBuilder(schema)
    const rows = [
      { id: 1, name: "a" },
      { id: 2, name: null }
    ]
    const metadata = [{ key: "k", value: "v" }]
    const fromRows = Result.getOrThrow(builder.fromRows([rows[0], [2, null]], { customMetadata: metadata }))
    assert.deepStrictEqual(fromRows.toObjects(), rows)
    assert.deepStrictEqual(fromRows.metadata, metadata)
    const fromColumns = Result.getOrThrow(
      builder.fromColumns(
        [
          [1, 2],
          ["a", null]
        ],
        { customMetadata: metadata }
      )
    )
    assert.deepStrictEqual(fromColumns.toObjects(), rows)
    assert.deepStrictEqual(fromColumns.metadata, metadata)
  })

  it("builds batches without columns", () => {
    const builder = new ArrayBuilder.BatchBuilder(Schema.make([]))
    assert.strictEqual(Result.getOrThrow(builder.fromColumns([], { length: 5 })).length, 5)
    assert.strictEqual(Result.getOrThrow(builder.fromColumns([])).length, 0)
    assert.strictEqual(Result.getOrThrow(builder.fromRows([{}, {}])).length, 2)
  })

  it("refuses columns of other lengths or numbers, and rows that are none", () => {
    const builder = new ArrayBuilder.BatchBuilder(schema)
    assert.match(
      fault(builder.fromColumns([[1], []])).message,
      /length-mismatch in name: a column of 0 values in a batch of 1/
    )
    assert.match(fault(builder.fromColumns([[1]])).message, /1 columns were given for 2 fields/)
    assert.match(fault(builder.fromRows([null])).message, /null is not a row/)
    assert.match(fault(builder.fromRows([{ id: 1, other: 2 }])).message, /"other"/)
  })

  it("goes on from the dictionary of the batch before", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const builder = new ArrayBuilder.BatchBuilder(Schema.make([field("f", tag("Utf8"), { dictionary })]))
    const lengths = [["a"], ["a", "b"], ["b"]].map((values) => {
      const batch = Result.getOrThrow(builder.fromColumns([values]))
      assert.deepStrictEqual(batch.column(0).toArray(), values)
      return batch.data[0]!.dictionary!.length
    })
    assert.deepStrictEqual(lengths, [1, 2, 2])
  })

  it("does not refer to dictionary values that could not be built", () => {
    const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
    const builder = new ArrayBuilder.BatchBuilder(Schema.make([field("f", tag("Utf8"), { dictionary })]))
    assert.isTrue(Result.isFailure(builder.fromColumns([["a", "\ud800"]])))
    const batch = Result.getOrThrow(builder.fromColumns([["b", "a"]]))
    assert.deepStrictEqual(batch.column(0).toArray(), ["b", "a"])
  })
})
