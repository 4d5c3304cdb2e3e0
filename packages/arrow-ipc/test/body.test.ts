import { assert, describe, it } from "vitest"
import { CompressionCodecs, DataType, type Message, Schema } from "../src/index.ts"
import { codeOf, refusal } from "./fixtures.ts"
import {
  type BatchSpec,
  batchMessage,
  int32,
  layOut,
  none,
  oneBatch,
  readStream,
  schemaMessage,
  streamOf
} from "./messages.ts"

const field = Schema.field("f", int32)
const three = Int32Array.of(1, 2, 3)
const good: BatchSpec = { length: 3, nodes: [[3, 0]], parts: [none, three] }
const changed = (change: (buffer: Message.Buffer) => Message.Buffer): BatchSpec => ({
  ...good,
  change: ([validity, values]) => [validity!, change(values!)]
})
const viewField = Schema.field("f", { _tag: "BinaryView" })

const layouts: ReadonlyArray<readonly [string, Schema.Field, BatchSpec, code: string]> = [
  ["no node", field, { ...good, nodes: [] }, "missing-node"],
  [
    "a node too many",
    field,
    {
      ...good,
      nodes: [
        [3, 0],
        [3, 0]
      ]
    },
    "extra-node"
  ],
  ["a buffer too few", field, { ...good, parts: [none] }, "missing-buffer"],
  ["a buffer too many", field, { ...good, parts: [none, three, three] }, "extra-buffer"],
  ["a node of negative length", field, { ...good, nodes: [[-3, 0]] }, "negative-length"],
  ["a batch of negative length", field, { ...good, length: -3 }, "negative-length"],
  ["fewer nulls than none", field, { ...good, nodes: [[3, -1]] }, "null-count"],
  ["more nulls than slots", field, { ...good, nodes: [[3, 4]] }, "null-count"],
  ["a column of another length than the batch", field, { ...good, length: 2 }, "length-mismatch"],
  ["a buffer before the body", field, changed(({ length }) => ({ offset: -8, length })), "buffer-out-of-body"],
  ["a buffer of negative length", field, changed(({ offset }) => ({ offset, length: -8 })), "buffer-out-of-body"],
  ["a buffer behind the body", field, changed(({ length }) => ({ offset: 8, length })), "buffer-out-of-body"],
  ["a buffer that starts anywhere", field, changed(() => ({ offset: 4, length: 12 })), "buffer-misaligned"],
  ["values that are too few", field, changed(({ offset }) => ({ offset, length: 8 })), "buffer-too-short"],
  ["validity that is too short", field, { ...good, nodes: [[3, 1]] }, "buffer-too-short"],
  [
    "bits that are too few",
    Schema.field("f", { _tag: "Bool" }),
    { length: 9, nodes: [[9, 0]], parts: [none, Uint8Array.of(1)] },
    "buffer-too-short"
  ],
  [
    "offsets that are too few",
    Schema.field("f", { _tag: "Utf8" }),
    { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(0), none] },
    "buffer-too-short"
  ],
  [
    "no count of data buffers",
    viewField,
    { length: 0, nodes: [[0, 0]], parts: [none, none] },
    "missing-variadic-count"
  ],
  [
    "a negative count",
    viewField,
    { length: 0, nodes: [[0, 0]], parts: [none, none], variadic: [-1] },
    "missing-buffer"
  ],
  [
    "a huge count",
    viewField,
    { length: 0, nodes: [[0, 0]], parts: [none, none], variadic: [2 ** 52] },
    "missing-buffer"
  ],
  [
    "data buffers that are not there",
    viewField,
    { length: 0, nodes: [[0, 0]], parts: [none, none], variadic: [1] },
    "missing-buffer"
  ]
]

/** As Arrow C++ reads them: what nobody looks at may be anything. */
const unread: ReadonlyArray<readonly [string, Schema.Field, BatchSpec, values: ReadonlyArray<unknown>]> = [
  [
    "validity behind the body where no slot is null",
    field,
    { ...good, change: ([, values]) => [{ offset: 2 ** 40 + 4, length: 9 }, values!] },
    [1, 2, 3]
  ],
  ["validity that marks nulls where none are counted", field, { ...good, parts: [Uint8Array.of(0), three] }, [1, 2, 3]],
  [
    "values before the body where there are no slots",
    field,
    {
      length: 0,
      nodes: [[0, 0]],
      parts: [none, none],
      change: ([validity]) => [validity!, { offset: -8, length: -1 }]
    },
    []
  ],
  [
    "more nulls than slots in a column of them",
    Schema.field("f", { _tag: "Null" }),
    { length: 2, nodes: [[2, 99]], parts: [] },
    [null, null]
  ],
  [
    "offsets that lead nowhere where there are no slots",
    Schema.field("f", { _tag: "Utf8" }),
    { length: 0, nodes: [[0, 0]], parts: [none, Int32Array.of(77), none] },
    []
  ],
  [
    "offsets of no lists that lead nowhere",
    Schema.field("f", { _tag: "List" }, { children: [field] }),
    {
      length: 0,
      nodes: [
        [0, 0],
        [0, 0]
      ],
      parts: [none, Int32Array.of(77), none, none]
    },
    []
  ]
]

describe("a body with what nobody looks at is read:", () => {
  it.each(unread)("%s", (_, field, spec, values) => {
    const [batch] = readStream(oneBatch(field, spec))
    assert.deepStrictEqual(batch!.column(0).toArray(), values)
  })
})

describe("a body with", () => {
  it.each(layouts)("%s is refused", (_, field, spec, code) => {
    const failure = refusal(oneBatch(field, spec), { validation: "structural" })
    assert.strictEqual(codeOf(failure), `LayoutError/${code}`)
    assert.isNumber(failure.offset)
  })

  it("buffers that a skipped column has not is refused too", () => {
    const schema = Schema.make([field, viewField])
    const bytes = streamOf([
      schemaMessage(schema),
      batchMessage({
        ...good,
        nodes: [
          [3, 0],
          [3, 0]
        ]
      })
    ])
    assert.strictEqual(codeOf(refusal(bytes, { columns: [0] })), "LayoutError/missing-variadic-count")
    const missing = streamOf([
      schemaMessage(Schema.make([field, field])),
      batchMessage({
        ...good,
        nodes: [
          [3, 0],
          [3, 0]
        ]
      })
    ])
    assert.strictEqual(codeOf(refusal(missing, { columns: [0] })), "LayoutError/missing-buffer")
  })

  it("something left over is read where nothing is validated", () => {
    const bytes = oneBatch(field, {
      ...good,
      nodes: [
        [3, 0],
        [3, 0]
      ]
    })
    assert.deepStrictEqual(readStream(bytes, { validation: "none" })[0]!.column("f").toArray(), [1, 2, 3])
  })

  it("a validity bitmap shorter than its slots, but no nulls, has none", () => {
    const bytes = oneBatch(field, { length: 9, nodes: [[9, 0]], parts: [Uint8Array.of(0), new Int32Array(9)] })
    assert.strictEqual(readStream(bytes)[0]!.column("f").isNull(0), false)
  })

  it("more rows than the limit is refused, unless they take no space", () => {
    const limits = { rows: 2 }
    const failure = refusal(oneBatch(field, good), { limits })
    assert.deepInclude(failure.reason, { _tag: "LimitExceeded", code: "rows", limit: 2, wanted: 3 })
    const nulls = oneBatch(Schema.field("f", { _tag: "Null" }), {
      length: 2 ** 53,
      nodes: [[2 ** 53, 2 ** 53]],
      parts: []
    })
    const [batch] = readStream(nulls, { limits })
    assert.strictEqual(batch!.length, 2 ** 53)
    assert.strictEqual(batch!.column(0).get(2 ** 52), null)
    assert.isTrue(batch!.column(0).isNull(0))
    assert.throws(() => batch!.column(0).toArray(), /LimitExceeded\/rows in f: .* is more than the limit of 4294967295/)
    assert.throws(() => batch!.toArrays(), /LimitExceeded\/rows/)
  })
})

describe("a union of metadata version V4", () => {
  const union = Schema.field(
    "f",
    { _tag: "Union", mode: "Sparse", typeIds: [0] },
    { children: [Schema.field("a", int32)] }
  )
  const spec = (nulls: number): BatchSpec => ({
    length: 3,
    nodes: [
      [3, nulls],
      [3, 0]
    ],
    parts: [Uint8Array.of(7), new Uint8Array(3), none, three]
  })

  it("has a validity buffer", () => {
    assert.deepStrictEqual(
      readStream(oneBatch(union, spec(0), "V4"))[0]!
        .column(0)
        .toArray(),
      [1, 2, 3]
    )
  })

  it("with nulls of its own is refused", () => {
    const failure = refusal(oneBatch(union, spec(1), "V4"))
    assert.strictEqual(codeOf(failure), "UnsupportedFeature/feature")
  })

  it("is skipped with it", () => {
    const { body, header } = layOut({
      ...spec(0),
      nodes: [
        [3, 0],
        [3, 0],
        [3, 0]
      ],
      parts: [...spec(0).parts, none, three]
    })
    const schema = Schema.make([union, Schema.field("g", int32)])
    const bytes = streamOf([
      { ...schemaMessage(schema), version: "V4" },
      { header, body, version: "V4" }
    ])
    assert.deepStrictEqual(readStream(bytes, { columns: ["g"] })[0]!.toObjects(), [{ g: 1 }, { g: 2 }, { g: 3 }])
  })
})

describe("a compressed body", () => {
  const compression: Message.BodyCompression = { codec: "ZSTD", method: "BUFFER" }
  const prefixed = (length: bigint, ...bytes: ReadonlyArray<number>): Uint8Array<ArrayBuffer> => {
    const buffer = new Uint8Array(8 + bytes.length)
    new DataView(buffer.buffer).setBigInt64(0, length, true)
    buffer.set(bytes, 8)
    return buffer
  }
  const of = (part: Uint8Array<ArrayBuffer>): Uint8Array =>
    oneBatch(Schema.field("f", DataType.int(8)), { length: 3, nodes: [[3, 0]], parts: [none, part], compression })
  const codec = (decompress: (bytes: Uint8Array) => Uint8Array): CompressionCodecs.CompressionCodecs => ({
    ZSTD: { compress: (bytes) => bytes, decompress }
  })
  const copy = codec((bytes) => bytes.slice())

  it("is decompressed when a column is touched, once", () => {
    let calls = 0
    const codecs = codec((bytes) => {
      calls++
      return bytes.slice()
    })
    const [batch] = readStream(of(prefixed(3n, 1, 2, 3)), { codecs, validation: "structural" })
    assert.strictEqual(calls, 0)
    assert.deepStrictEqual(batch!.column(0).toArray(), [1, 2, 3])
    assert.deepStrictEqual(batch!.slice(1).column(0).toArray(), [2, 3])
    assert.strictEqual(calls, 1)
  })

  it("may hold buffers as they are", () => {
    assert.deepStrictEqual(
      readStream(of(prefixed(-1n, 1, 2, 3)), { codecs: {} })[0]!
        .column(0)
        .toArray(),
      [1, 2, 3]
    )
  })

  it.each([
    ["without a codec", prefixed(3n, 1, 2, 3), {}, "CompressionError/no-codec"],
    ["with a prefix cut short", Uint8Array.of(1, 2), copy, "CompressionError/length-prefix"],
    ["with a negative prefix", prefixed(-2n, 1, 2, 3), copy, "CompressionError/length-prefix"],
    ["that is shorter than it says", prefixed(4n, 1, 2, 3), copy, "CompressionError/length-mismatch"],
    ["that announces too few bytes", prefixed(2n, 1, 2), copy, "LayoutError/buffer-too-short"],
    ["that grows too much", prefixed(2n ** 25n, 1, 2, 3), copy, "LimitExceeded/ratio"],
    ["that grows beyond all", prefixed(2n ** 40n, 1, 2, 3), copy, "LimitExceeded/decompressed"]
  ])("%s is refused", (_, part, codecs, code) => {
    assert.strictEqual(codeOf(refusal(of(part), { codecs })), code)
  })

  it("that its codec cannot read is refused, with what the codec said", () => {
    const codecs = codec(() => {
      throw new Error("bad frame")
    })
    const failure = refusal(of(prefixed(3n, 1, 2, 3)), { codecs })
    assert.strictEqual(codeOf(failure), "CompressionError/corrupt")
    assert.match(failure.message, /in f: ZSTD cannot decompress the buffer: Error: bad frame/)
    assert.strictEqual(failure.reason._tag === "CompressionError" && String(failure.reason.cause), "Error: bad frame")
  })
})
