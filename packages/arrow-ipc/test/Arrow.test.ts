import { BigDecimal, DateTime, Schema as S } from "effect"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Arrow, ArrayBuilder, type ArrowError, DataType, Schema, Table, Writer } from "../src/index.ts"
import { everyType } from "./support/columns.ts"

const { field } = Schema
const fault = (result: Result.Result<unknown, ArrowError.ArrowError>) => Result.getOrThrow(Result.flip(result))
const utf8: DataType.DataType = { _tag: "Utf8" }

const Person = Arrow.schema({
  id: Arrow.int32,
  name: Arrow.nullable(Arrow.utf8),
  tags: Arrow.list(Arrow.utf8),
  at: Arrow.struct({ x: Arrow.float64, y: Arrow.nullable(Arrow.float64) })
})
const people: ReadonlyArray<Arrow.Row<typeof Person.fields>> = [
  { id: 1, name: "Ada", tags: ["a", "b"], at: { x: 1.5, y: null } },
  { id: 2, name: null, tags: [], at: { x: 0, y: 2 } }
]

const tableOf = (fields: ReadonlyArray<Schema.Field>, rows: ReadonlyArray<unknown>) => {
  const schema = Schema.make(fields)
  const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromRows(rows))
  return Result.getOrThrow(Table.fromBytes(Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch])))))
}

describe("Arrow.schema", () => {
  it("writes and reads rows of a static type", () => {
    const bytes = Result.getOrThrow(Arrow.encode(Person, people, { format: "file", compression: "LZ4_FRAME" }))
    const table = Result.getOrThrow(Arrow.decode(Person, bytes, { mode: "exact" }))
    const rows: ReadonlyArray<Arrow.Row<typeof Person.fields>> = table.rows()
    assert.deepStrictEqual(rows, people)
    const id: number | null = table.column("id").get(1)
    const tags: ReadonlyArray<string> | null = table.column("tags").get(0)
    assert.deepStrictEqual([id, tags, table.length], [2, ["a", "b"], 2])
    assert.isTrue(Result.isFailure(Arrow.decode(Person, bytes.subarray(0, 20))))
    assert.match(fault(Arrow.batch(Person, [{ ...people[0]!, id: 0.5 }])).message, /in id: 0.5/)
  })

  it("has every type, under the field's names", () => {
    const all = Arrow.schema({
      int8: Arrow.int8,
      uint8: Arrow.uint8,
      int16: Arrow.int16,
      uint16: Arrow.uint16,
      uint32: Arrow.uint32,
      int64: Arrow.int64,
      uint64: Arrow.uint64,
      float16: Arrow.float16,
      float32: Arrow.float32,
      bool: Arrow.bool,
      largeUtf8: Arrow.largeUtf8,
      utf8View: Arrow.utf8View,
      binary: Arrow.binary,
      largeBinary: Arrow.largeBinary,
      binaryView: Arrow.binaryView,
      date32: Arrow.date32,
      date64: Arrow.date64,
      fixed: Arrow.fixedSizeBinary(1),
      timestamp: Arrow.timestamp("NANOSECOND", "UTC"),
      duration: Arrow.duration("SECOND"),
      time32: Arrow.time32("SECOND"),
      time64: Arrow.time64("MICROSECOND"),
      decimal: Arrow.decimal(5, 2),
      dayTime: Arrow.intervalDayTime,
      monthDayNano: Arrow.intervalMonthDayNano,
      yearMonth: Arrow.intervalYearMonth,
      largeList: Arrow.largeList(Arrow.int8),
      fixedSizeList: Arrow.fixedSizeList(Arrow.int8, 2),
      map: Arrow.map(Arrow.utf8, Arrow.nullable(Arrow.int8)),
      dictionary: Arrow.dictionary(Arrow.utf8, 0n)
    })
    const row: Arrow.Row<typeof all.fields> = {
      int8: -1,
      uint8: 1,
      int16: -2,
      uint16: 2,
      uint32: 3,
      int64: 4n,
      uint64: 5n,
      float16: 1.5,
      float32: 2.5,
      bool: true,
      largeUtf8: "l",
      utf8View: "v",
      binary: Uint8Array.of(1),
      largeBinary: Uint8Array.of(2),
      binaryView: Uint8Array.of(3),
      date32: 6,
      date64: 86_400_000n,
      fixed: Uint8Array.of(4),
      timestamp: 7n,
      duration: 8n,
      time32: 9,
      time64: 10n,
      decimal: 123n,
      dayTime: { days: 1, milliseconds: 2 },
      monthDayNano: { months: 1, days: 2, nanoseconds: 3n },
      yearMonth: 11,
      largeList: [1],
      fixedSizeList: [1, 2],
      map: [["k", null]],
      dictionary: "d"
    }
    const bytes = Result.getOrThrow(Arrow.encode(all, [row, row]))
    assert.deepStrictEqual(Result.getOrThrow(Arrow.decode(all, bytes, { mode: "exact" })).rows(), [row, row])
    assert.deepStrictEqual(S.decodeSync(Arrow.toSchema(all.schema))(row), row)
  })

  describe("checks the data at run time", () => {
    const id = field("id", DataType.int(32), { nullable: false })
    const refused = (schema: Arrow.TypedSchema<Arrow.Fields>, table: Table.Table, mode?: Arrow.Mode) => {
      const error = fault(Arrow.typed(schema, table, mode))
      assert.strictEqual(error.reason._tag, "SchemaMismatch")
      return error.message
    }
    const one = Arrow.schema({ id: Arrow.int32 })
    const accepts = (schema: Arrow.TypedSchema<Arrow.Fields>, table: Table.Table, mode: Arrow.Mode) =>
      Result.getOrThrow(Arrow.typed(schema, table, mode)).rows()

    it("exact: the same fields in the same order", () => {
      const table = tableOf([id, field("more", utf8)], [[1, "a"]])
      assert.match(refused(one, table, "exact"), /extra-field in more: expected no field, the data has more: Utf8/)
      const other = tableOf([field("more", utf8), id], [["a", 1]])
      const both = Arrow.schema({ id: Arrow.int32, more: Arrow.nullable(Arrow.utf8) })
      assert.match(refused(both, other, "exact"), /missing-field in id/)
      assert.match(refused(both, tableOf([id], [[1]]), "exact"), /missing-field in more: expected more: Utf8/)
      assert.deepStrictEqual(accepts(both, table, "exact"), [{ id: 1, more: "a" }])
    })

    it("projection: these fields among others, in any order", () => {
      const table = tableOf([field("more", utf8), id], [["a", 1]])
      assert.deepStrictEqual(accepts(one, table, "projection"), [{ id: 1 }])
      assert.match(
        refused(Arrow.schema({ none: Arrow.int32 }), table, "projection"),
        /missing-field in none: expected none: Int\(32, true\) not null, the data has more, id/
      )
      assert.match(refused(Arrow.schema({ id: Arrow.int64 }), table, "projection"), /type in id/)
      assert.match(refused(Arrow.schema({ id: Arrow.nullable(Arrow.int32) }), table, "projection"), /nullability in id/)
      const twice = tableOf([id, id], [[1, 2]])
      assert.match(refused(one, twice, "projection"), /extra-field in id: expected one field, the data has several/)
    })

    it("widening: narrower types of the same values", () => {
      const accepted: ReadonlyArray<readonly [Arrow.Type<unknown>, DataType.DataType, unknown]> = [
        [Arrow.int32, DataType.int(8), 1],
        [Arrow.int32, DataType.int(16, false), 1],
        [Arrow.uint64, DataType.int(64, false), 1n],
        [Arrow.float64, DataType.float("HALF"), 1.5],
        [Arrow.utf8, { _tag: "Utf8View" }, "a"],
        [Arrow.binary, { _tag: "LargeBinary" }, Uint8Array.of(1)],
        [Arrow.decimal(9, 2), DataType.decimal(5, 2, 32), 5n]
      ]
      for (const [type, stored, value] of accepted) {
        const table = tableOf([field("f", stored)], [[value]])
        assert.deepStrictEqual(accepts(Arrow.schema({ f: type }), table, "widening"), [{ f: value }])
        assert.match(refused(Arrow.schema({ f: type }), table, "projection"), /in f/)
      }
      const refusals: ReadonlyArray<readonly [Arrow.Type<unknown>, DataType.DataType]> = [
        [Arrow.int8, DataType.int(16)],
        [Arrow.int32, DataType.int(32, false)],
        [Arrow.uint32, DataType.int(8)],
        [Arrow.int64, DataType.int(32)],
        [Arrow.float32, DataType.float("DOUBLE")],
        [Arrow.decimal(9, 2), DataType.decimal(9, 3)],
        [Arrow.decimal(3, 2), DataType.decimal(9, 2)],
        [Arrow.utf8, { _tag: "Binary" }],
        [Arrow.timestamp("SECOND"), DataType.timestamp("MILLISECOND")]
      ]
      for (const [type, stored] of refusals) {
        assert.match(refused(Arrow.schema({ f: type }), tableOf([field("f", stored)], [])), /SchemaMismatch\/type in f/)
      }
      const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
      const encoded = tableOf([field("f", utf8, { dictionary })], [["a"]])
      assert.deepStrictEqual(accepts(Arrow.schema({ f: Arrow.utf8 }), encoded, "widening"), [{ f: "a" }])
      assert.match(refused(Arrow.schema({ f: Arrow.utf8 }), encoded, "projection"), /nullability/)
    })

    it("widening: fields that may be null, as long as none is", () => {
      const nullable = field("id", DataType.int(32))
      assert.deepStrictEqual(accepts(one, tableOf([nullable], [[1]]), "widening"), [{ id: 1 }])
      assert.match(
        refused(one, tableOf([nullable], [[1], [null]])),
        /nullability in id: expected Int\(32, true\) not null/
      )
      const nested = field("l", { _tag: "List" }, { children: [field("element", DataType.int(32))] })
      const lists = Arrow.schema({ l: Arrow.list(Arrow.int32) })
      assert.deepStrictEqual(accepts(lists, tableOf([nested], [[[1]]]), "widening"), [{ l: [1] }])
      assert.match(refused(lists, tableOf([nested], [[[1, null]]])), /nullability in l.item/)
      const loose = Arrow.schema({ id: Arrow.nullable(Arrow.int32) })
      assert.deepStrictEqual(accepts(loose, tableOf([id], [[1]]), "widening"), [{ id: 1 }])
      const dictionary = { id: 0n, indexType: DataType.int(8), isOrdered: false }
      const inDictionary = field("l", { _tag: "List" }, { dictionary, children: [field("item", DataType.int(32))] })
      assert.match(refused(lists, tableOf([inDictionary], [[[1]]])), /nullability in l.item/)
    })

    it("children: names of structs, not those of lists and maps", () => {
      const struct = (name: string) => field("s", { _tag: "Struct" }, { children: [field(name, DataType.int(32))] })
      const expected = Arrow.schema({ s: Arrow.struct({ x: Arrow.int32 }) })
      assert.match(refused(expected, tableOf([struct("y")], [])), /missing-field in s.x: expected x, the data has y/)
      assert.match(refused(expected, tableOf([field("s", { _tag: "Struct" })], [])), /type in s/)
      const entries = field(
        "pairs",
        { _tag: "Struct" },
        { nullable: false, children: [field("from", utf8), field("to", utf8)] }
      )
      const table = tableOf([field("m", { _tag: "Map", keysSorted: false }, { children: [entries] })], [[[["a", "b"]]]])
      const maps = Arrow.schema({ m: Arrow.map(Arrow.utf8, Arrow.utf8) })
      assert.deepStrictEqual(accepts(maps, table, "widening"), [{ m: [["a", "b"]] }])
    })
  })
})

describe("Arrow.toSchema", () => {
  it("describes what columns give, for every type", () => {
    for (const { field, reads } of everyType) {
      if (field.name.startsWith("struct-same-names") || field.name.includes("proto")) continue
      const schema = Arrow.toSchema(Schema.make([{ ...field, name: "f" }]))
      for (const value of reads) assert.deepStrictEqual(S.decodeSync(schema)({ f: value }), { f: value })
      assert.throws(() => S.decodeSync(schema)({ f: Symbol.iterator }))
    }
  })
})

describe("Arrow.fromSchema and Arrow.codec", () => {
  const Order = S.Struct({
    id: S.Int,
    price: S.Finite,
    name: S.NullOr(S.String),
    big: S.BigInt,
    ok: S.Boolean,
    tags: S.Array(S.NullOr(S.String)),
    any: S.Number,
    even: S.Finite.check(S.makeFilter((n) => n % 2 === 0)),
    where: S.Struct({ x: S.UndefinedOr(S.Finite) }),
    counts: S.Record(S.String, S.Int),
    state: S.Literals(["open", "closed"]),
    kind: S.Literal("order"),
    body: S.Uint8Array,
    at: S.DateTimeUtc,
    on: S.Date,
    text: S.FiniteFromString,
    note: S.optionalKey(S.String),
    nothing: S.Null,
    wide: S.Int.annotate({ arrow: Arrow.int64 }),
    seconds: S.DateTimeUtc.annotate({ arrow: Arrow.timestamp("SECOND", "UTC") }),
    nanos: S.Date.annotate({ arrow: Arrow.timestamp("NANOSECOND", "UTC") }),
    micros: S.Date.annotate({ arrow: Arrow.timestamp("MICROSECOND", "UTC") }),
    day: S.Date.annotate({ arrow: Arrow.date32 }),
    small: S.BigInt.annotate({ arrow: Arrow.int8 }),
    cost: S.BigDecimal.annotate({ arrow: Arrow.decimal(10, 2) })
  })
  const order: typeof Order.Type = {
    id: 1,
    price: 0.1,
    name: null,
    big: 2n ** 60n,
    ok: true,
    tags: ["a", null],
    any: Number.NaN,
    even: 4,
    where: { x: undefined },
    counts: { a: 1, __proto__x: 2 },
    state: "closed",
    kind: "order",
    body: Uint8Array.of(1),
    at: DateTime.makeUnsafe(1234),
    on: new Date(5678),
    text: 4.5,
    nothing: null,
    wide: 2 ** 40,
    seconds: DateTime.makeUnsafe(7000),
    nanos: new Date(9),
    micros: new Date(10),
    day: new Date("2020-02-02"),
    small: 5n,
    cost: BigDecimal.fromStringUnsafe("1.50")
  }

  it("gives back the rows it was given", () => {
    const codec = Arrow.codec(Order)
    const rows = [order, { ...order, note: "n", name: "x", where: { x: 1 } }]
    const back = S.decodeSync(codec)(S.encodeSync(codec)(rows))
    assert.deepStrictEqual(
      back.map(({ cost, ...row }) => [BigDecimal.format(cost), row]),
      rows.map(({ cost, ...row }) => [BigDecimal.format(cost), row])
    )
    assert.deepStrictEqual(S.decodeSync(codec)(S.encodeSync(codec)([])), [])
  })

  it("says which types it chose", () => {
    const schema = Result.getOrThrow(Arrow.fromSchema(Order))
    const types = Object.fromEntries(
      schema.fields.map(({ dictionary, name, nullable, type }) => [
        name,
        [type._tag, nullable, dictionary !== undefined]
      ])
    )
    assert.deepStrictEqual(types["id"], ["Int", false, false])
    assert.deepStrictEqual(types["name"], ["Utf8", true, false])
    assert.deepStrictEqual(types["state"], ["Utf8", false, true])
    assert.deepStrictEqual(types["counts"], ["Map", false, false])
    assert.deepStrictEqual(types["text"], ["Utf8", false, false])
    assert.deepStrictEqual(types["note"], ["Utf8", true, false])
    assert.deepStrictEqual(
      schema.fields.find(({ name }) => name === "at")!.type,
      DataType.timestamp("MILLISECOND", "UTC")
    )
    assert.deepStrictEqual(schema.fields.find(({ name }) => name === "wide")!.type, DataType.int(64))
  })

  it("reads the files of others: more columns, narrower types, nothing null", () => {
    const table = Schema.make([field("extra", utf8), field("id", DataType.int(8))])
    const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(table).fromRows([["x", 5]]))
    const bytes = Writer.concat(Result.getOrThrow(Writer.encode(table, [batch])))
    assert.deepStrictEqual(S.decodeSync(Arrow.codec(S.Struct({ id: S.Int })))(bytes), [{ id: 5 }])
  })

  it("fails as schemas do, with the error's message", () => {
    const codec = Arrow.codec(S.Struct({ id: S.Int }))
    assert.throws(() => S.decodeSync(codec)(new TextEncoder().encode("<html>")), /not Arrow but an HTML page/)
    assert.throws(() => S.encodeSync(codec)([{ id: 2 ** 40 }]), /1099511627776 is not an integer of 32 bits/)
    const wide = Arrow.codec(S.Struct({ id: S.Finite.annotate({ arrow: Arrow.int64 }) }))
    const big = Result.getOrThrow(Arrow.encode(Arrow.schema({ id: Arrow.int64 }), [{ id: 2n ** 60n }]))
    assert.throws(() => S.decodeSync(wide)(big), /1152921504606846976 is not a safe integer/)
    const nanos = Arrow.codec(S.Struct({ at: S.Date.annotate({ arrow: Arrow.timestamp("NANOSECOND", "UTC") }) }))
    const fine = Result.getOrThrow(
      Arrow.encode(Arrow.schema({ at: Arrow.timestamp("NANOSECOND", "UTC") }), [{ at: 1n }])
    )
    assert.throws(() => S.decodeSync(nanos)(fine), /1 is not a whole millisecond/)
  })

  it("refuses what Arrow has no type for, with its path", () => {
    const unsupported: ReadonlyArray<readonly [S.Top, RegExp]> = [
      [S.String, /rows must be structs/],
      [S.Record(S.String, S.String), /rows must be structs/],
      [S.Struct({ a: S.Struct({ b: S.Symbol }) }), /in a.b: no Arrow type for Symbol/],
      [S.Struct({ a: S.Union([S.String, S.Finite]) }), /a union of String, Number/],
      [S.Struct({ a: S.NullishOr(S.String) }), /both null and undefined/],
      [S.Struct({ a: S.optionalKey(S.NullOr(S.String)) }), /both null and absent/],
      [S.Struct({ a: S.Literals([1, 2]) }), /literals other than strings/],
      [S.Struct({ a: S.Literal(1) }), /literals other than strings/],
      [S.Struct({ a: S.Tuple([S.String]) }), /a tuple/],
      [S.Struct({ a: S.BigDecimal }), /BigDecimal without a decimal type/],
      [S.Struct({ a: S.Duration }), /the declaration/],
      [S.Struct({ a: S.instanceOf(Map) }), /the declaration/],
      [S.Struct({ a: S.Record(S.Symbol, S.String) }), /keys other than string/],
      [S.Struct({ [Symbol.iterator]: S.String }), /a symbol key/]
    ]
    for (const [schema, message] of unsupported) assert.match(fault(Arrow.fromSchema(schema)).message, message)
    assert.throws(() => Arrow.codec(S.Struct({ a: S.Symbol })), /no Arrow type for Symbol/)
  })
})
