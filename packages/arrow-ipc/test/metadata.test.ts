import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import {
  type DataType,
  Flatbuffer,
  FlatbufferBuilder as Fb,
  Framing,
  Limits,
  type Message,
  Metadata,
  Schema,
  type Tensor
} from "../src/index.ts"
import { bytesOf, codeOf, failureOf } from "./fixtures.ts"
import { int32, streamOf } from "./messages.ts"

const messageOf = (bytes: Uint8Array): Message.Message => Result.getOrThrow(Metadata.decodeMessage(bytes))
const refused = (bytes: Uint8Array): string => codeOf(failureOf(Metadata.decodeMessage(bytes)))

/** A flatbuffer of a message; version V5 unless given. */
const message = (kind: number, header: Fb.Target | undefined, version = 4, bodyLength = 0): Uint8Array =>
  Fb.build(Fb.table([Fb.int16(version), Fb.int8(kind), Fb.ref(header), Fb.int64(bodyLength)]))

const empty = Fb.table([])
const schemaOf = (...fields: ReadonlyArray<Fb.Target>): Uint8Array =>
  message(1, Fb.table([undefined, Fb.ref(Fb.vector(fields))]))

/** A field of type `id` with these parameters. */
const typed = (
  id: number,
  parameters: ReadonlyArray<Fb.Slot | undefined>,
  children: ReadonlyArray<Fb.Target> = []
): Fb.Target =>
  Fb.table([
    Fb.ref(Fb.string("f")),
    undefined,
    Fb.int8(id),
    Fb.ref(Fb.table(parameters)),
    undefined,
    children.length === 0 ? undefined : Fb.ref(Fb.vector(children))
  ])
const child = typed(2, [Fb.int32(32), Fb.bool(true)])
const ids = (...ids: ReadonlyArray<number>): Fb.Slot | undefined =>
  Fb.ref(Fb.items(ids.length, 4, 4, (builder, position, i) => builder.view.setInt32(position, ids[i]!, true)))

const typeOf = (bytes: Uint8Array): DataType.DataType => {
  const { header } = messageOf(bytes)
  return header._tag === "Schema" ? header.schema.fields[0]!.type : assert.fail(header._tag)
}

describe("defaults of Schema.fbs", () => {
  it.each([
    [3, { _tag: "FloatingPoint", precision: "HALF" }],
    [8, { _tag: "Date", unit: "MILLISECOND" }],
    [9, { _tag: "Time", unit: "MILLISECOND", bitWidth: 32 }],
    [10, { _tag: "Timestamp", unit: "SECOND", timezone: undefined }],
    [11, { _tag: "Interval", unit: "YEAR_MONTH" }],
    [14, { _tag: "Union", mode: "Sparse", typeIds: [] }],
    [15, { _tag: "FixedSizeBinary", byteWidth: 0 }],
    [18, { _tag: "Duration", unit: "MILLISECOND" }]
  ])("type %i", (id, type) => {
    assert.deepStrictEqual(typeOf(schemaOf(typed(id, []))), type as DataType.DataType)
  })

  it("a decimal has 128 bits, a union its children's indices, a dictionary int32 indices", () => {
    assert.deepInclude(typeOf(schemaOf(typed(7, [Fb.int32(5)]))), { bitWidth: 128, scale: 0 })
    assert.deepInclude(typeOf(schemaOf(typed(14, [], [child, child]))), { typeIds: [0, 1] })
    const field = Fb.table([undefined, undefined, Fb.int8(5), Fb.ref(empty), Fb.ref(empty)])
    const { header } = messageOf(schemaOf(field))
    assert.deepStrictEqual(header._tag === "Schema" && header.schema.fields[0], {
      name: "",
      nullable: false,
      type: { _tag: "Utf8" },
      dictionary: { id: 0n, indexType: int32, isOrdered: false },
      children: [],
      metadata: []
    })
  })
})

describe("a schema is refused for", () => {
  it.each([
    ["an unknown type", typed(27, []), "UnsupportedFeature/type"],
    ["no type", typed(0, []), "UnsupportedFeature/type"],
    ["integers of 9 bits", typed(2, [Fb.int32(9)]), "UnsupportedFeature/parameter"],
    ["an unknown precision", typed(3, [Fb.int16(3)]), "UnsupportedFeature/parameter"],
    ["decimals of 9 bits", typed(7, [Fb.int32(1), undefined, Fb.int32(9)]), "UnsupportedFeature/parameter"],
    ["decimals of no digits", typed(7, []), "UnsupportedFeature/parameter"],
    ["decimals of too many digits", typed(7, [Fb.int32(39)]), "UnsupportedFeature/parameter"],
    ["times of the wrong width", typed(9, [Fb.int16(3)]), "UnsupportedFeature/parameter"],
    ["type ids that are not the children's", typed(14, [undefined, ids(1)]), "UnsupportedFeature/parameter"],
    ["type ids that repeat", typed(14, [undefined, ids(1, 1)], [child, child]), "UnsupportedFeature/parameter"],
    ["type ids above 127", typed(14, [undefined, ids(128)], [child]), "UnsupportedFeature/parameter"],
    ["type ids below 0", typed(14, [undefined, ids(-1)], [child]), "UnsupportedFeature/parameter"],
    ["bytes of negative width", typed(15, [Fb.int32(-1)]), "UnsupportedFeature/parameter"],
    ["lists of negative size", typed(16, [Fb.int32(-1)], [child]), "UnsupportedFeature/parameter"],
    ["lists without a child", typed(12, []), "UnsupportedFeature/parameter"],
    ["numbers with a child", typed(2, [Fb.int32(8)], [child]), "UnsupportedFeature/parameter"],
    ["maps of no pairs", typed(17, [], [child]), "UnsupportedFeature/parameter"],
    ["run ends of floats", typed(22, [], [typed(3, []), child]), "UnsupportedFeature/parameter"],
    [
      "another kind of dictionary",
      Fb.table([
        undefined,
        undefined,
        Fb.int8(5),
        Fb.ref(empty),
        Fb.ref(Fb.table([undefined, undefined, undefined, Fb.int16(1)]))
      ]),
      "UnsupportedFeature/parameter"
    ],
    ["a field without its type", Fb.table([undefined, undefined, Fb.int8(1)]), "FlatbufferError/missing-field"],
    ["a name that is not UTF-8", Fb.table([Fb.ref(Fb.string(Uint8Array.of(255)))]), "FlatbufferError/invalid-utf8"]
  ])("%s", (_, field, code) => {
    const failure = failureOf(Metadata.decodeMessage(schemaOf(field), 1000))
    assert.strictEqual(codeOf(failure), code)
    assert.isAtLeast(failure.offset!, 1000)
  })

  it("a byte order that is not known", () => {
    const bytes = message(1, Fb.table([Fb.int16(2), Fb.ref(Fb.vector([]))]))
    assert.strictEqual(refused(bytes), "UnsupportedFeature/parameter")
  })

  it("no fields", () => {
    assert.strictEqual(refused(message(1, empty)), "FlatbufferError/missing-field")
  })

  it("more fields, or deeper ones, than the limits", () => {
    const limited = (limits: Partial<Limits.Limits>, bytes: Uint8Array) =>
      failureOf(Metadata.decodeMessage(bytes, 0, { ...Limits.defaults, ...limits }))
    const three = schemaOf(child, child, child)
    assert.deepInclude(limited({ fields: 2 }, three).reason, {
      _tag: "LimitExceeded",
      code: "fields",
      limit: 2,
      wanted: 3
    })
    const nested = schemaOf(typed(12, [], [typed(12, [], [child])]))
    const deep = limited({ depth: 2 }, nested)
    assert.deepInclude(deep.reason, { _tag: "LimitExceeded", code: "depth", limit: 2, wanted: 3 })
    assert.deepStrictEqual(deep.path, ["f", "f", "f"])
  })

  it("vectors that share their children", () => {
    let field = child
    const shared = new Map<Fb.Target, number>()
    const once =
      (target: Fb.Target): Fb.Target =>
      (builder) => {
        const found = shared.get(target)
        if (found !== undefined) return found
        const at = target(builder)
        shared.set(target, at)
        return at
      }
    for (let i = 0; i < 20; i++) {
      const inner = once(field)
      field = typed(13, [], [inner, inner])
    }
    const bytes = schemaOf(field)
    assert.isBelow(bytes.length, 2000)
    assert.strictEqual(refused(bytes), "FlatbufferError/too-many-tables")
  })
})

describe("a message is refused for", () => {
  const batch = (compression: Fb.Target): Uint8Array =>
    message(3, Fb.table([undefined, Fb.ref(Fb.vector([])), Fb.ref(Fb.vector([])), Fb.ref(compression)]))
  it.each([
    ["version V6", message(1, empty, 5), "UnsupportedFeature/metadata-version"],
    ["version V3", message(1, empty, 2), "UnsupportedFeature/metadata-version"],
    ["a negative version", message(1, empty, -1), "UnsupportedFeature/metadata-version"],
    ["an unknown header", message(6, empty), "UnsupportedFeature/message-type"],
    ["no header", message(1, undefined), "FlatbufferError/missing-field"],
    [
      "a negative body",
      message(1, Fb.table([undefined, Fb.ref(Fb.vector([]))]), 4, -8),
      "FramingError/negative-body-length"
    ],
    ["a batch without nodes", message(3, empty), "FlatbufferError/missing-field"],
    [
      "a batch without buffers",
      message(3, Fb.table([undefined, Fb.ref(Fb.vector([]))])),
      "FlatbufferError/missing-field"
    ],
    ["a dictionary without values", message(2, empty), "FlatbufferError/missing-field"],
    ["an unknown codec", batch(Fb.table([Fb.int8(2)])), "UnsupportedFeature/codec"],
    ["an unknown method", batch(Fb.table([undefined, Fb.int8(1)])), "UnsupportedFeature/codec"]
  ])("%s", (_, bytes, code) => {
    assert.strictEqual(refused(bytes), code)
  })

  it("not a footer without blocks", () => {
    const schema = Fb.table([undefined, Fb.ref(Fb.vector([]))])
    const footer = Result.getOrThrow(Metadata.decodeFooter(Fb.build(Fb.table([undefined, Fb.ref(schema)]))))
    assert.deepInclude(footer, { version: "V1", dictionaries: [], recordBatches: [], customMetadata: [] })
  })

  it("a footer of the future", () => {
    const footer = Fb.build(Fb.table([Fb.int16(5)]))
    assert.strictEqual(codeOf(failureOf(Metadata.decodeFooter(footer))), "UnsupportedFeature/metadata-version")
  })
})

describe("a flatbuffer", () => {
  const words = (...words: ReadonlyArray<number>): Uint8Array => new Uint8Array(Int32Array.from(words).buffer)
  it.each([
    ["of no bytes", new Uint8Array(0), "out-of-bounds"],
    ["whose root leaves it", words(100), "out-of-bounds"],
    ["whose root is itself", words(0), "out-of-bounds"],
    ["whose root is not aligned", words(5, 0, 0), "misaligned"],
    ["whose vtable lies before it", words(4, 100), "out-of-bounds"],
    ["whose vtable lies behind it", words(4, -100), "out-of-bounds"],
    ["whose vtable is not aligned", words(4, 1, 0), "misaligned"],
    ["whose vtable has an odd length", words(8, 0x0004_0005, 4), "misaligned"],
    ["whose vtable leaves it", words(8, 0x0004_0064, 4), "out-of-bounds"],
    ["whose field leaves it", words(12, 0x0004_0008, 0x0064_0004, 8), "out-of-bounds"],
    ["whose field is not aligned", words(12, 0x0008_0008, 0x0000_0005, 8, 0), "misaligned"]
  ])("%s is refused", (_, bytes, code) => {
    assert.strictEqual(refused(bytes), `FlatbufferError/${code}`)
  })

  const read = <A>(
    root: Fb.Target,
    f: (table: Flatbuffer.Table, bytes: Uint8Array) => A,
    spoil?: (bytes: Uint8Array) => void
  ): string => {
    const bytes = Fb.build(root)
    spoil?.(bytes)
    try {
      f(new Flatbuffer.Reader(bytes, 0, 2).root(), bytes)
      return "read"
    } catch (error) {
      return codeOf(error as Parameters<typeof codeOf>[0])
    }
  }
  const text = Fb.table([Fb.ref(Fb.string("text"))])

  it("with a string that has no end is refused", () => {
    const at = (bytes: Uint8Array): number => bytes.indexOf(116) - 4
    const spoilt = (change: (bytes: Uint8Array) => void): string => read(text, (table) => table.string(0), change)
    assert.strictEqual(
      spoilt((bytes) => bytes.fill(1, at(bytes) + 8, at(bytes) + 9)),
      "FlatbufferError/unterminated-string"
    )
    assert.strictEqual(
      spoilt((bytes) => bytes.fill(bytes.length - at(bytes) - 4, at(bytes), at(bytes) + 1)),
      "FlatbufferError/unterminated-string"
    )
    assert.strictEqual(
      spoilt((bytes) => bytes.fill(255, at(bytes), at(bytes) + 4)),
      "FlatbufferError/out-of-bounds"
    )
  })

  it("with a vector that does not fit is refused", () => {
    const vector = Fb.table([Fb.ref(Fb.vector([empty]))])
    assert.strictEqual(
      read(vector, (table) => table.items(0, 100, () => 0)),
      "FlatbufferError/out-of-bounds"
    )
  })

  it("is bounded by its bytes, not by the length that a table says it has", () => {
    const table = new Flatbuffer.Reader(words(12, 0x0004_0006, 0x0000_0004, 8, 7)).root()
    assert.strictEqual(table.int(0, 4), 7)
  })

  it("with tables nested too deep is refused", () => {
    const deep = Fb.table([Fb.ref(Fb.table([Fb.ref(empty)]))])
    assert.strictEqual(
      read(deep, (table) => table.table(0)!.table(0)),
      "FlatbufferError/too-deep"
    )
  })

  it("that is visited too often is refused", () => {
    const visit = (table: Flatbuffer.Table): void => {
      for (let i = 0; i < 1000; i++) table.string(0)
    }
    assert.strictEqual(read(text, visit), "FlatbufferError/too-many-tables")
  })
})

describe("tensors", () => {
  it("of pyarrow", () => {
    const [frame] = Result.getOrThrow(Framing.frames(bytesOf("tensor", "tensor")))
    const tensor = frame!.message.header as Tensor.Tensor
    assert.deepStrictEqual(
      tensor.shape.map(({ size }) => size),
      [2, 3]
    )
    assert.deepStrictEqual(tensor.type, int32)
    assert.deepStrictEqual(tensor.strides, [12, 4])
    const { length, offset } = tensor.data
    assert.deepStrictEqual([...new Int32Array(frame!.body.slice(offset, offset + length).buffer)], [0, 1, 2, 3, 4, 5])
  })

  const shape = [{ size: 2, name: "rows" }]
  const buffer = { offset: 0, length: 16 }
  const indices: ReadonlyArray<Tensor.SparseTensor["sparseIndex"]> = [
    {
      _tag: "SparseTensorIndexCOO",
      indicesType: int32,
      indicesStrides: [8, 4],
      indicesBuffer: buffer,
      isCanonical: true
    },
    {
      _tag: "SparseMatrixIndexCSX",
      compressedAxis: "Column",
      indptrType: int32,
      indptrBuffer: buffer,
      indicesType: int32,
      indicesBuffer: buffer
    },
    {
      _tag: "SparseTensorIndexCSF",
      indptrType: int32,
      indptrBuffers: [buffer],
      indicesType: int32,
      indicesBuffers: [buffer, buffer],
      axisOrder: [1, 0]
    }
  ]
  it.each(indices)("$_tag", (sparseIndex) => {
    const tensor: Tensor.SparseTensor = {
      _tag: "SparseTensor",
      type: int32,
      shape,
      nonZeroLength: 3,
      sparseIndex,
      data: buffer
    }
    const [frame] = Result.getOrThrow(Framing.frames(streamOf([{ header: tensor, body: new Uint8Array(16) }])))
    assert.deepStrictEqual(frame!.message.header, tensor)
  })

  const typeSlots = [Fb.int8(2), Fb.ref(Fb.table([Fb.int32(32), Fb.bool(true)]))]
  const dims = Fb.ref(Fb.vector([Fb.table([Fb.int64(2)])]))
  const index = Fb.ref(Fb.table([Fb.int32(32)]))
  const sparse = (kind: number, slots: ReadonlyArray<Fb.Slot | undefined>): Uint8Array =>
    message(5, Fb.table([...typeSlots, dims, undefined, Fb.int8(kind), Fb.ref(Fb.table(slots)), Fb.inline([0, 0])]))
  it.each([
    ["of text", message(4, Fb.table([Fb.int8(5), Fb.ref(empty)])), "UnsupportedFeature/parameter"],
    ["without a shape", message(4, Fb.table(typeSlots)), "FlatbufferError/missing-field"],
    ["without data", message(4, Fb.table([...typeSlots, dims])), "FlatbufferError/missing-field"],
    ["with an unknown index", sparse(4, []), "UnsupportedFeature/type"],
    ["whose fibres have no pointers", sparse(3, [index]), "FlatbufferError/missing-field"],
    ["whose fibres have no indices", sparse(3, [index, Fb.ref(Fb.vector([])), index]), "FlatbufferError/missing-field"],
    [
      "whose fibres have no order",
      sparse(3, [index, Fb.ref(Fb.vector([])), index, Fb.ref(Fb.vector([]))]),
      "FlatbufferError/missing-field"
    ]
  ])("%s are refused", (_, bytes, code) => {
    assert.strictEqual(refused(bytes), code)
  })

  it("have no strides or names unless they say so", () => {
    const tensor = messageOf(message(4, Fb.table([...typeSlots, dims, undefined, Fb.inline([0, 8])]))).header
    assert.deepInclude(tensor, { strides: [], shape: [{ size: 2, name: "" }] })
    const coo = messageOf(sparse(1, [index, undefined, Fb.inline([0, 0])])).header as Tensor.SparseTensor
    assert.deepInclude(coo.sparseIndex, { indicesStrides: [], isCanonical: false })
  })
})

describe("custom metadata", () => {
  it("may have no key or value", () => {
    const schema = Fb.table([undefined, Fb.ref(Fb.vector([])), Fb.ref(Fb.vector([empty]))])
    const { header } = messageOf(message(1, schema))
    assert.deepStrictEqual(header._tag === "Schema" && header.schema.metadata, [{ key: "", value: "" }])
    assert.deepStrictEqual(Schema.make([]).metadata, [])
  })

  it("features are kept", () => {
    const features = Fb.items(1, 8, 8, (builder, position) => builder.int64(position, 2))
    const { header } = messageOf(message(1, Fb.table([undefined, Fb.ref(Fb.vector([])), undefined, Fb.ref(features)])))
    assert.deepStrictEqual(header._tag === "Schema" && header.schema.features, [2n])
  })
})
