import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import {
  ArrayBuilder,
  type ArrowError,
  Columns,
  DataType,
  ExtensionTypes,
  Schema,
  Table,
  Writer
} from "../src/index.ts"

const { field } = Schema
const fault = (result: Result.Result<unknown, ArrowError.ArrowError>) => Result.getOrThrow(Result.flip(result))
const utf8: DataType.DataType = { _tag: "Utf8" }
const item = (type: DataType.DataType) => field("item", type)

interface Case {
  readonly name: string
  readonly storage: Schema.Field
  readonly parameters?: string
  readonly values: ReadonlyArray<unknown>
  readonly wrong: ReadonlyArray<unknown>
}

const structOf = (...children: ReadonlyArray<Schema.Field>) => field("f", { _tag: "Struct" }, { children })
const int32List = field("data", { _tag: "List" }, { children: [item(DataType.int(32))] })
const shape = field("shape", { _tag: "FixedSizeList", listSize: 2 }, { children: [item(DataType.int(32))] })

const cases: ReadonlyArray<Case> = [
  {
    name: "arrow.uuid",
    storage: field("f", { _tag: "FixedSizeBinary", byteWidth: 16 }),
    values: ["00112233-4455-6677-8899-aabbccddeeff", null],
    wrong: ["00112233", 5]
  },
  { name: "arrow.json", storage: field("f", utf8), values: [{ a: [1, null] }, null, "text"], wrong: [Symbol.iterator] },
  { name: "arrow.json", storage: field("f", { _tag: "Utf8View" }), values: [{}], wrong: [] },
  { name: "arrow.json", storage: field("f", { _tag: "LargeUtf8" }), values: [{}], wrong: [] },
  { name: "arrow.bool8", storage: field("f", DataType.int(8)), values: [true, null, false], wrong: [1] },
  {
    name: "arrow.opaque",
    storage: field("f", utf8),
    parameters: '{"type_name": "geometry", "vendor_name": "PostGIS"}',
    values: ["x", null],
    wrong: []
  },
  {
    name: "arrow.fixed_shape_tensor",
    storage: field("f", { _tag: "FixedSizeList", listSize: 6 }, { children: [item(DataType.int(8))] }),
    parameters: '{"shape": [2, 3]}',
    values: [{ shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }, null],
    wrong: [
      { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] },
      { shape: [2, 3], data: [1] },
      { shape: [-1], data: [] },
      5,
      { shape: [2, 3] }
    ]
  },
  {
    name: "arrow.variable_shape_tensor",
    storage: structOf(int32List, shape),
    values: [{ shape: [1, 2], data: [7, 8] }, null, { shape: [0, 5], data: [] }],
    wrong: [{ shape: [1, 2], data: [7] }]
  },
  {
    name: "arrow.timestamp_with_offset",
    storage: structOf(
      field("timestamp", DataType.timestamp("NANOSECOND", "UTC")),
      field("offset_minutes", DataType.int(16))
    ),
    values: [{ timestamp: 2n ** 62n, offsetMinutes: -330 }, null],
    wrong: [{ timestamp: 1n, offsetMinutes: 40_000 }, { timestamp: 1, offsetMinutes: 0 }, null].slice(0, 2)
  },
  {
    name: "arrow.parquet.variant",
    storage: structOf(field("metadata", { _tag: "Binary" }), field("value", { _tag: "Binary" })),
    values: [{ metadata: Uint8Array.of(1), value: Uint8Array.of(2) }, null],
    wrong: []
  }
]

describe("ExtensionTypes", () => {
  for (const { name, parameters = "", storage, values, wrong } of cases) {
    const extended = ExtensionTypes.field(storage, name, parameters)

    it(`stores and reads ${name} over ${storage.type._tag}`, () => {
      const stored = Result.getOrThrow(ExtensionTypes.encode(extended, values))
      const schema = Schema.make([extended])
      const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns([stored]))
      const bytes = Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch])))
      const column = Result.getOrThrow(Table.fromBytes(bytes)).column(0)
      assert.strictEqual(ExtensionTypes.nameOf(column.field), name)
      assert.deepStrictEqual(Result.getOrThrow(ExtensionTypes.decode(column.field, column.toArray())), values)
    })

    it(`refuses what is none of its values, ${name} over ${storage.type._tag}`, () => {
      for (const value of wrong) {
        const error = fault(ExtensionTypes.encode(extended, [null, value]))
        assert.deepInclude(error.reason, { _tag: "DataError", code: "unrepresentable", row: 1 })
        assert.deepStrictEqual(error.path, ["f"])
      }
    })

    if (name === "arrow.opaque") continue
    it(`refuses another storage, ${name} over ${storage.type._tag}`, () => {
      const error = fault(
        ExtensionTypes.decode(ExtensionTypes.field(field("g", DataType.int(64)), name, parameters), [])
      )
      assert.match(error.message, new RegExp(`UnsupportedFeature/parameter in g: ${name}: the storage must be`))
    })
  }

  it("refuses parameters that are missing or no JSON", () => {
    const tensor = (parameters: string) =>
      fault(ExtensionTypes.decode(ExtensionTypes.field(cases[6]!.storage, "arrow.fixed_shape_tensor", parameters), []))
        .message
    for (const parameters of ["", "{", "5", "null", '{"shape": [1.5]}'])
      assert.match(tensor(parameters), /need a shape/)
    assert.match(tensor('{"shape": [4]}'), /FixedSizeList\(4\)/)
    const opaque = ExtensionTypes.field(field("f", utf8), "arrow.opaque", "{}")
    assert.match(fault(ExtensionTypes.decode(opaque, [])).message, /type_name and vendor_name/)
  })

  it("refuses stored values that are none of the type's", () => {
    const json = ExtensionTypes.field(field("f", utf8), "arrow.json")
    assert.match(fault(ExtensionTypes.decode(json, ["{"])).message, /DataError\/unrepresentable in f: .*\(slot 0\)/)
  })

  it("leaves other fields, and types that it does not know, as they are", () => {
    const unknown = ExtensionTypes.field(field("f", utf8), "mine.unknown")
    for (const storage of [field("f", utf8), unknown]) {
      assert.deepStrictEqual(Result.getOrThrow(ExtensionTypes.decode(storage, ["x"])), ["x"])
      assert.deepStrictEqual(Result.getOrThrow(ExtensionTypes.encode(storage, ["x"])), ["x"])
    }
    const bare = field("f", utf8, { metadata: [{ key: "ARROW:extension:name", value: "arrow.json" }] })
    assert.deepStrictEqual(Result.getOrThrow(ExtensionTypes.decode(bare, ["1"])), [1])
  })

  it("takes types of one's own, whatever their functions throw", () => {
    const shout: ExtensionTypes.ExtensionType = {
      name: "mine.shout",
      open: () => ({
        decode: (stored) => (stored as string).toUpperCase(),
        encode: () => {
          // oxlint-disable-next-line no-throw-literal
          throw "not in this house"
        }
      })
    }
    const registry = ExtensionTypes.register([shout])
    const loud = ExtensionTypes.field(ExtensionTypes.field(field("f", utf8), "other"), "mine.shout")
    assert.strictEqual(loud.metadata.length, 2)
    const column = Columns.make(Result.getOrThrow(ArrayBuilder.make(loud, ["hey"])))
    assert.deepStrictEqual(Result.getOrThrow(ExtensionTypes.decode(column.field, column.toArray(), registry)), ["HEY"])
    assert.match(fault(ExtensionTypes.encode(loud, ["x"], registry)).message, /not in this house/)
    assert.strictEqual(registry.size, ExtensionTypes.canonical.size + 1)
  })

  it("is a service whose default is the canonical types", async () => {
    const registry = Effect.service(ExtensionTypes.ExtensionTypes)
    assert.strictEqual(await Effect.runPromise(registry), ExtensionTypes.canonical)
    const none = Effect.provideService(registry, ExtensionTypes.ExtensionTypes, new Map())
    assert.strictEqual((await Effect.runPromise(none)).size, 0)
  })
})
