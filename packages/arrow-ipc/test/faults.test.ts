/** Every reason that reading fails for says which byte and which field. */
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import {
  type ArrowError,
  Core,
  DataType,
  FlatbufferBuilder as Fb,
  Framing,
  Metadata,
  Schema,
  Table
} from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { codeOf, failureOf, refusal } from "./fixtures.ts"
import {
  batchMessage,
  dictionaryMessage,
  fileOf,
  int32,
  none,
  oneBatch,
  type Part,
  schemaMessage,
  streamOf
} from "./messages.ts"

interface Told {
  readonly code: string
  /** From the start of the body; `null` where no byte is at fault. */
  readonly at: number | null
  readonly path?: ArrowError.Path
  readonly row?: number
}

/** Where the body of the last message of a stream starts. */
const bodyOf = (bytes: Uint8Array): number => Result.getOrThrow(Framing.frames(bytes)).at(-1)!.bodyOffset

const assertTold = (bytes: Uint8Array, told: Told, failure: ArrowError.ArrowError): void => {
  assert.strictEqual(codeOf(failure), told.code)
  assert.strictEqual(failure.offset, told.at === null ? undefined : bodyOf(bytes) + told.at)
  assert.deepStrictEqual(failure.path, told.path ?? ["outer", "inner"])
  if (told.row !== undefined) assert.deepInclude(failure.reason, { row: told.row })
  assert.include(failure.message, `${told.code}${told.at === null ? "" : ` at byte ${failure.offset}`}`)
  if (failure.path.length > 0) assert.include(failure.message, ` in ${failure.path.join(".")}: `)
  assert.isAbove(failure.detail.length, 3)
}

/** A child `inner` of a struct `outer`, in a batch of `length` rows. */
const inStruct = (
  type: DataType.DataType,
  nodes: ReadonlyArray<readonly [number, number]>,
  parts: ReadonlyArray<Part>,
  more: { readonly children?: ReadonlyArray<Schema.Field>; readonly variadic?: ReadonlyArray<number> } = {}
): Uint8Array => {
  const inner = Schema.field("inner", type, { children: more.children })
  const length = nodes[0]![0]
  return oneBatch(Schema.field("outer", { _tag: "Struct" }, { children: [inner] }), {
    length,
    nodes: [[length, 0], ...nodes],
    parts: [none, ...parts],
    variadic: more.variadic ?? []
  })
}

const text = new TextEncoder().encode("abc")
const three = Int32Array.of(1, 2, 3)
const item = Schema.field("item", int32)
const long = new TextEncoder().encode("longer than twelve")
const longView = (length: number, prefix: number, buffer: number, offset: number) =>
  Int32Array.of(length, prefix, buffer, offset)
const prefixOf = new DataView(long.buffer).getInt32(0, true)

const cases: ReadonlyArray<readonly [string, Uint8Array, Told]> = [
  [
    "values that are too few",
    inStruct(int32, [[3, 0]], [none, Int32Array.of(1, 2)]),
    { code: "LayoutError/buffer-too-short", at: 0 }
  ],
  [
    "validity that is not there",
    inStruct(int32, [[3, 1]], [none, three]),
    { code: "LayoutError/buffer-too-short", at: 0 }
  ],
  ["more nulls than slots", inStruct(int32, [[3, 4]], [none, three]), { code: "LayoutError/null-count", at: 0 }],
  [
    "slots below zero",
    inStruct(int32, [[-1, 0]], [none, three]),
    { code: "LayoutError/negative-length", at: 0, path: [] }
  ],
  ["no buffer", inStruct(int32, [[3, 0]], [none]), { code: "LayoutError/missing-buffer", at: 0 }],
  [
    "no count of buffers",
    inStruct({ _tag: "Utf8View" }, [[0, 0]], [none, none]),
    { code: "LayoutError/missing-variadic-count", at: 0 }
  ],
  [
    "a child that is too short",
    oneBatch(Schema.field("outer", { _tag: "Struct" }, { children: [Schema.field("inner", int32)] }), {
      length: 3,
      nodes: [
        [3, 0],
        [2, 0]
      ],
      parts: [none, none, three]
    }),
    { code: "LayoutError/child-length", at: null, path: ["outer"] }
  ],
  [
    "an offset that goes back",
    inStruct({ _tag: "Utf8" }, [[2, 0]], [none, Int32Array.of(0, 2, 1), text]),
    { code: "DataError/offsets", at: 8, row: 1 }
  ],
  [
    "an offset of 64 bits beyond the text",
    inStruct({ _tag: "LargeUtf8" }, [[2, 0]], [none, BigInt64Array.of(0n, 1n, 9n), text]),
    { code: "DataError/offsets", at: 16, row: 1 }
  ],
  [
    "a list that ends beyond its child",
    inStruct(
      { _tag: "List" },
      [
        [1, 0],
        [3, 0]
      ],
      [none, Int32Array.of(0, 4), none, three],
      { children: [item] }
    ),
    { code: "DataError/offsets", at: 4, row: 1 }
  ],
  [
    "a list view beyond its child",
    inStruct(
      { _tag: "ListView" },
      [
        [2, 0],
        [3, 0]
      ],
      [none, Int32Array.of(0, 2), Int32Array.of(1, 2), none, three],
      { children: [item] }
    ),
    { code: "DataError/offsets", at: 4, row: 1 }
  ],
  [
    "text that is no UTF-8",
    inStruct({ _tag: "Utf8" }, [[2, 0]], [none, Int32Array.of(0, 1, 2), Uint8Array.of(97, 0xff)]),
    { code: "DataError/utf8", at: 17, row: 1 }
  ],
  [
    "text in a view that is no UTF-8",
    inStruct({ _tag: "Utf8View" }, [[1, 0]], [none, Int32Array.of(1, 0xff, 0, 0)], { variadic: [0] }),
    { code: "DataError/utf8", at: 4, row: 0 }
  ],
  [
    "a view of another buffer",
    inStruct({ _tag: "BinaryView" }, [[1, 0]], [none, longView(18, prefixOf, 1, 0), long], { variadic: [1] }),
    { code: "DataError/view", at: 0, row: 0 }
  ],
  [
    "a view whose prefix is another",
    inStruct({ _tag: "BinaryView" }, [[1, 0]], [none, longView(18, 7, 0, 0), long], { variadic: [1] }),
    { code: "DataError/view", at: 0, row: 0 }
  ],
  [
    "a type id of no child",
    inStruct(
      { _tag: "Union", mode: "Sparse", typeIds: [4] },
      [
        [2, 0],
        [2, 0]
      ],
      [Int8Array.of(4, 5), none, three],
      { children: [item] }
    ),
    { code: "DataError/type-id", at: 1, row: 1 }
  ],
  [
    "an offset of a union beyond its child",
    inStruct(
      { _tag: "Union", mode: "Dense", typeIds: [4] },
      [
        [2, 0],
        [3, 0]
      ],
      [Int8Array.of(4, 4), Int32Array.of(0, 3), none, three],
      { children: [item] }
    ),
    { code: "DataError/offsets", at: 12, row: 1 }
  ],
  [
    "runs that do not grow",
    inStruct(
      { _tag: "RunEndEncoded" },
      [
        [3, 0],
        [2, 0],
        [2, 0]
      ],
      [none, Int16Array.of(2, 2), none, three],
      { children: [Schema.field("run_ends", DataType.int(16), { nullable: false }), item] }
    ),
    { code: "DataError/run-end", at: 2, row: 1 }
  ],
  [
    "a count of nulls that is wrong",
    inStruct(int32, [[3, 1]], [Uint8Array.of(0b001), three]),
    { code: "DataError/null-count", at: 0, row: 0 }
  ]
]

describe("a batch with", () => {
  it.each(cases)("%s says where", (_, bytes, told) => {
    assertTold(bytes, told, refusal(bytes))
    assertTold(bytes, told, failureOf(Core.fromBytes(bytes)))
  })

  it("a buffer that leaves the body, or starts anywhere, says where", () => {
    const spoilt = (offset: number, length: number) =>
      oneBatch(Schema.field("f", int32), {
        length: 3,
        nodes: [[3, 0]],
        parts: [none, three],
        change: ([validity]) => [validity!, { offset, length }]
      })
    assertTold(spoilt(8, 12), { code: "LayoutError/buffer-out-of-body", at: 0, path: ["f"] }, refusal(spoilt(8, 12)))
    assertTold(spoilt(4, 12), { code: "LayoutError/buffer-misaligned", at: 4, path: ["f"] }, refusal(spoilt(4, 12)))
  })

  it("nodes or buffers too many says so of no field", () => {
    const extra = {
      length: 3,
      nodes: [
        [3, 0],
        [3, 0]
      ] as const,
      parts: [none, three]
    }
    const nodes = oneBatch(Schema.field("f", int32), extra)
    assertTold(nodes, { code: "LayoutError/extra-node", at: 0, path: [] }, refusal(nodes))
    const buffers = oneBatch(Schema.field("f", int32), { length: 3, nodes: [[3, 0]], parts: [none, three, three] })
    assertTold(buffers, { code: "LayoutError/extra-buffer", at: 0, path: [] }, refusal(buffers))
  })
})

describe("a compressed buffer", () => {
  const compressed = (...bytes: ReadonlyArray<number>): Uint8Array =>
    oneBatch(Schema.field("f", DataType.int(8)), {
      length: 3,
      nodes: [[3, 0]],
      parts: [none, Uint8Array.from(bytes)],
      compression: { codec: "ZSTD", method: "BUFFER" }
    })
  const length = (n: number): ReadonlyArray<number> => [n, 0, 0, 0, 0, 0, 0, 0]

  it.each([
    ["without a prefix", compressed(1, 2), "CompressionError/length-prefix"],
    ["that is no frame", compressed(...length(3), 1, 2, 3), "CompressionError/corrupt"],
    ["that announces too much", compressed(0, 0, 0, 0, 0, 1, 0, 0, 9), "LimitExceeded/decompressed"]
  ])("%s says where", (_, bytes, code) => {
    assertTold(bytes, { code, at: 0, path: ["f"] }, failureOf(Table.fromBytes(bytes, { codecs: NodeCodecs.codecs })))
  })

  it("without a codec says which", () => {
    const bytes = compressed(...length(3), 1, 2, 3)
    const failure = failureOf(Table.fromBytes(bytes, { codecs: {} }))
    assertTold(bytes, { code: "CompressionError/no-codec", at: 0, path: ["f"] }, failure)
    assert.strictEqual(failure.detail, "ZSTD")
  })
})

describe("a dictionary", () => {
  const encoded = (id: bigint, type: DataType.DataType = { _tag: "Utf8" }) =>
    Schema.field("d", type, { dictionary: { id, indexType: DataType.int(8), isOrdered: false } })
  const indices = { length: 2, nodes: [[2, 0]] as const, parts: [none, Int8Array.of(0, 2)] }
  const words = { length: 2, nodes: [[2, 0]] as const, parts: [none, Int32Array.of(0, 1, 2), text.subarray(0, 2)] }
  const schema = Schema.make([Schema.field("outer", { _tag: "Struct" }, { children: [encoded(5n)] })])
  const inOuter = { ...indices, nodes: [[2, 0], ...indices.nodes] as const, parts: [none, ...indices.parts] }
  const path = ["outer", "d"]

  it("that is not there says which", () => {
    const bytes = streamOf([schemaMessage(schema), batchMessage(inOuter)])
    const failure = refusal(bytes)
    assertTold(bytes, { code: "DictionaryError/missing", at: 0, path }, failure)
    assert.deepInclude(failure.reason, { id: 5n })
  })

  it("with an index beyond it says which", () => {
    const bytes = streamOf([schemaMessage(schema), dictionaryMessage(5n, words), batchMessage(inOuter)])
    assertTold(bytes, { code: "DataError/index", at: 1, path, row: 1 }, refusal(bytes))
  })

  it("that nobody uses, or that grows before it is there, says which", () => {
    const unknown = streamOf([schemaMessage(schema), dictionaryMessage(6n, words)])
    assertTold(unknown, { code: "DictionaryError/unknown-id", at: 0, path: [] }, refusal(unknown))
    const delta = streamOf([schemaMessage(schema), dictionaryMessage(5n, words, true)])
    assertTold(delta, { code: "DictionaryError/missing", at: 0, path: [] }, refusal(delta))
  })

  it("of two types says where the second is", () => {
    const bytes = streamOf([schemaMessage(Schema.make([encoded(5n), encoded(5n, { _tag: "Binary" })]))])
    assertTold(bytes, { code: "DictionaryError/conflict", at: null, path: ["d"] }, refusal(bytes))
  })

  it("twice in a file says where", () => {
    const bytes = fileOf(schema, [dictionaryMessage(5n, words), dictionaryMessage(5n, words), batchMessage(inOuter)])
    const failure = refusal(bytes)
    assert.strictEqual(codeOf(failure), "DictionaryError/replacement")
    const cut = Result.getOrThrow(Metadata.decodeFooter(footerOf(bytes), bytes.length)).dictionaries[1]!
    assert.strictEqual(failure.offset, cut.offset + cut.metaDataLength)
  })
})

const footerOf = (bytes: Uint8Array): Uint8Array => {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(bytes.length - 10, true)
  return bytes.subarray(bytes.length - 10 - length, -10)
}

describe("metadata", () => {
  const empty = Fb.table([])
  const named = (name: string, kind: number, type: Fb.Target | undefined, children: ReadonlyArray<Fb.Target> = []) =>
    Fb.table([
      Fb.ref(Fb.string(name)),
      undefined,
      Fb.int8(kind),
      Fb.ref(type),
      undefined,
      children.length === 0 ? undefined : Fb.ref(Fb.vector(children))
    ])
  const message = (child: Fb.Target): Uint8Array =>
    Fb.build(
      Fb.table([
        Fb.int16(4),
        Fb.int8(1),
        Fb.ref(Fb.table([undefined, Fb.ref(Fb.vector([named("outer", 13, empty, [child])]))]))
      ])
    )

  it.each([
    ["a type that is not known", named("inner", 99, empty), "UnsupportedFeature/type", "found 99, expected "],
    ["no type", named("inner", 5, undefined), "FlatbufferError/missing-field", "type"],
    [
      "a unit that is not known",
      named("inner", 10, Fb.table([Fb.int16(9)])),
      "UnsupportedFeature/parameter",
      "found 9, expected SECOND,MILLISECOND,MICROSECOND,NANOSECOND"
    ],
    [
      "a child too many",
      named("inner", 5, empty, [named("x", 1, empty)]),
      "UnsupportedFeature/parameter",
      "found 1, expected 0"
    ]
  ])("with %s says where", (_, child, code, detail) => {
    const bytes = message(child)
    const failure = failureOf(Metadata.decodeMessage(bytes, 1000))
    assert.strictEqual(codeOf(failure), code)
    assert.deepStrictEqual(failure.path, ["outer", "inner"])
    assert.include(failure.detail, detail)
    assert.isTrue(failure.offset! > 1000 && failure.offset! < 1000 + bytes.length)
  })
})

describe("a file", () => {
  const schema = Schema.make([Schema.field("f", int32)])
  const batch = batchMessage({ length: 3, nodes: [[3, 0]], parts: [none, three] })
  const bytes = fileOf(schema, [batch])
  const patched = (at: number, byte: number): Uint8Array => bytes.with(at, byte)
  it.each([
    ["cut off", bytes.subarray(0, -1), "FileError/magic", bytes.length - 1 - 6],
    ["whose footer is longer than it", patched(bytes.length - 8, 127), "FileError/footer", bytes.length - 10],
    ["of too few bytes", bytes.subarray(0, 12), "FileError/footer", 0]
  ])("%s says where", (_, spoilt, code, offset) => {
    const failure = refusal(spoilt)
    assert.strictEqual(codeOf(failure), code)
    assert.strictEqual(failure.offset, offset)
  })

  it("with a block that is wrong says where the footer is, or the block", () => {
    const moved = fileOf(schema, [batch], (footer) => ({
      ...footer,
      recordBatches: footer.recordBatches.map((block) => ({ ...block, offset: block.offset + 4 }))
    }))
    const failure = refusal(moved)
    assert.strictEqual(codeOf(failure), "FileError/block")
    assert.strictEqual(failure.offset, moved.length - 10 - footerOf(moved).length)
    const words = dictionaryMessage(0n, { length: 1, nodes: [[1, 0]], parts: [none, three.subarray(0, 1)] })
    const other = fileOf(schema, [words], (footer) => ({
      ...footer,
      recordBatches: footer.dictionaries,
      dictionaries: []
    }))
    assert.deepInclude(refusal(other), { offset: 8, detail: "found DictionaryBatch, expected RecordBatch" })
  })

  it("without the column that is asked for says which there are", () => {
    const failure = failureOf(Table.fromBytes(bytes, { columns: ["g"] }))
    assert.deepInclude(failure.reason, { code: "missing-field", expected: "g", actual: "f" })
    assert.deepStrictEqual(failure.path, ["g"])
  })
})
