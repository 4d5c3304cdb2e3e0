import { assert, describe, it, vi } from "vitest"
import * as Result from "effect/Result"
import { ArrayData, ArrowError, Columns, DataType, Schema, StreamReader, Validation } from "../src/index.ts"
import { bytesOf, codeOf, failureOf, read, refusal } from "./fixtures.ts"
import { type BatchSpec, int32, none, oneBatch, readStream } from "./messages.ts"

const field = (type: DataType.DataType, children: ReadonlyArray<Schema.Field> = [], nullable = true): Schema.Field =>
  Schema.field("f", type, { children, nullable })
const item = Schema.field("item", int32)
const list = (tag: "List" | "LargeList" | "ListView" | "LargeListView"): Schema.Field => field({ _tag: tag }, [item])
const three = Int32Array.of(1, 2, 3)
const text = new TextEncoder().encode("abc")

/** A view of a long value: length, prefix, buffer, offset. */
const view = (length: number, prefix: string, buffer: number, offset: number): Int32Array<ArrayBuffer> =>
  Int32Array.of(length, new DataView(new TextEncoder().encode(prefix).buffer).getInt32(0, true), buffer, offset)
const long = new TextEncoder().encode("a value of 21 letters")

const binaryView = field({ _tag: "BinaryView" })
const textView = field({ _tag: "Utf8View" })
const views = (view: Int32Array<ArrayBuffer>, data: Uint8Array<ArrayBuffer> = long): BatchSpec => ({
  length: 1,
  nodes: [[1, 0]],
  parts: [none, view, data],
  variadic: [1]
})

const dense = field({ _tag: "Union", mode: "Dense", typeIds: [3, 9] }, [
  Schema.field("a", int32),
  Schema.field("b", int32)
])
const unions = (ids: ReadonlyArray<number>, offsets: ReadonlyArray<number>): BatchSpec => ({
  length: ids.length,
  nodes: [
    [ids.length, 0],
    [3, 0],
    [3, 0]
  ],
  parts: [Int8Array.from(ids), Int32Array.from(offsets), none, three, none, three]
})
const runs = field({ _tag: "RunEndEncoded" }, [Schema.field("run_ends", DataType.int(16)), item])
const runEnds = (ends: ReadonlyArray<number>, length: number): BatchSpec => ({
  length,
  nodes: [
    [length, 0],
    [ends.length, 0],
    [3, 0]
  ],
  parts: [none, Int16Array.from(ends), none, three]
})

const cases: ReadonlyArray<readonly [string, Schema.Field, BatchSpec, code: string, row: number | undefined]> = [
  [
    "offsets that go back",
    field({ _tag: "Binary" }),
    { length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(0, 2, 1), text] },
    "offsets",
    1
  ],
  [
    "a first offset below zero",
    field({ _tag: "Binary" }),
    { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(-1, 1), text] },
    "offsets",
    0
  ],
  [
    "offsets beyond the data",
    field({ _tag: "LargeUtf8" }),
    { length: 2, nodes: [[2, 0]], parts: [none, BigInt64Array.of(0n, 1n, 4n), text] },
    "offsets",
    1
  ],
  [
    "offsets beyond fewer data",
    field({ _tag: "Binary" }),
    { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(0, 4), text] },
    "offsets",
    0
  ],
  [
    "text that is not UTF-8",
    field({ _tag: "Utf8" }),
    { length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(0, 1, 2), Uint8Array.of(97, 0xff)] },
    "utf8",
    1
  ],
  [
    "a character cut by an offset",
    field({ _tag: "Utf8" }),
    { length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(0, 1, 2), Uint8Array.of(0xc3, 0xa9)] },
    "utf8",
    0
  ],
  [
    "lists beyond their child",
    list("List"),
    {
      length: 2,
      nodes: [
        [2, 0],
        [3, 0]
      ],
      parts: [none, Int32Array.of(0, 1, 4), none, three]
    },
    "offsets",
    2
  ],
  [
    "large lists that go back",
    list("LargeList"),
    {
      length: 2,
      nodes: [
        [2, 0],
        [3, 0]
      ],
      parts: [none, BigInt64Array.of(0n, 3n, 2n), none, three]
    },
    "offsets",
    1
  ],
  [
    "a list view beyond its child",
    list("ListView"),
    {
      length: 1,
      nodes: [
        [1, 0],
        [3, 0]
      ],
      parts: [none, Int32Array.of(2), Int32Array.of(2), none, three]
    },
    "offsets",
    0
  ],
  [
    "a list view of negative size",
    list("LargeListView"),
    {
      length: 1,
      nodes: [
        [1, 0],
        [3, 0]
      ],
      parts: [none, BigInt64Array.of(2n), BigInt64Array.of(-1n), none, three]
    },
    "offsets",
    0
  ],
  ["a view of negative length", binaryView, views(Int32Array.of(-1, 0, 0, 0)), "view", 0],
  ["a short view with more than its value", binaryView, views(Int32Array.of(2, -1, 0, 0)), "view", 0],
  ["a view into no buffer", binaryView, views(view(21, "a va", 1, 0)), "view", 0],
  ["a view into a negative buffer", binaryView, views(view(21, "a va", -1, 0)), "view", 0],
  ["a view that leaves its buffer", binaryView, views(view(21, "a va", 0, 1)), "view", 0],
  ["a view with another prefix", binaryView, views(view(21, "a vb", 0, 0)), "view", 0],
  ["a view of text that is not UTF-8", textView, views(Int32Array.of(1, 0xff, 0, 0)), "utf8", 0],
  ["an unknown type id", dense, unions([3, 4], [0, 0]), "type-id", 1],
  ["a negative type id", dense, unions([-1], [0]), "type-id", 0],
  ["an offset beyond a union's child", dense, unions([3, 9], [0, 3]), "offsets", 1],
  ["a union's offset that goes back", dense, unions([3, 3], [1, 0]), "offsets", 1],
  ["run ends that do not grow", runs, runEnds([2, 2, 3], 3), "run-end", 1],
  ["run ends that stop early", runs, runEnds([1, 2, 3], 4), "run-end", 3],
  [
    "another number of nulls",
    field(int32),
    { length: 3, nodes: [[3, 1]], parts: [Uint8Array.of(1), three] },
    "null-count",
    0
  ]
]

describe("full validation refuses", () => {
  for (const [what, field, spec, code, row] of cases) {
    it(what, () => {
      const bytes = oneBatch(field, spec)
      const failure = refusal(bytes)
      assert.strictEqual(codeOf(failure), `DataError/${code}`)
      assert.deepStrictEqual(failure.path.slice(0, 1), ["f"])
      assert.strictEqual(failure.reason._tag === "DataError" ? failure.reason.row : "none", row)
      assert.isTrue(failure.offset === undefined || failure.offset < bytes.length, failure.message)
    })

    it(`${what}, and without it nothing but values or an ArrowError comes out`, () => {
      for (const validation of ["none", "structural"] as const) {
        const bytes = oneBatch(field, spec)
        if (validation === "structural" && what === "lists beyond their child") {
          assert.strictEqual(codeOf(refusal(bytes, { validation })), "DataError/offsets")
          continue
        }
        const column = readStream(bytes, { validation })[0]!.column(0)
        assert.strictEqual(column.toArray().length, spec.length)
        assert.strictEqual([...column].length, spec.length)
        for (let i = 0; i < spec.length; i++) assert.doesNotThrow(() => column.get(i))
      }
    })
  }

  it("says where the byte at fault is", () => {
    const bytes = oneBatch(field({ _tag: "Utf8" }), {
      length: 2,
      nodes: [[2, 0]],
      parts: [none, Int32Array.of(0, 1, 2), Uint8Array.of(97, 0xff)]
    })
    assert.strictEqual(refusal(bytes).offset, bytes.indexOf(0xff, bytes.indexOf(97, bytes.length - 40)))
  })
})

const decimal = field(DataType.decimal(3, 0, 32))
const meanings: ReadonlyArray<readonly [string, Schema.Field, BatchSpec, code: string]> = [
  ["digits", decimal, { length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(999, 1000)] }, "precision"],
  ["negative digits", decimal, { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(-1000)] }, "precision"],
  [
    "parts of days",
    field({ _tag: "Date", unit: "MILLISECOND" }),
    { length: 1, nodes: [[1, 0]], parts: [none, BigInt64Array.of(1n)] },
    "date"
  ],
  [
    "times after midnight",
    field(DataType.time("SECOND")),
    { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(86400)] },
    "time"
  ],
  [
    "times before midnight",
    field(DataType.time("NANOSECOND")),
    { length: 1, nodes: [[1, 0]], parts: [none, BigInt64Array.of(-1n)] },
    "time"
  ],
  [
    "nulls in a field without",
    field(int32, [], false),
    { length: 3, nodes: [[3, 1]], parts: [Uint8Array.of(3), three] },
    "non-nullable"
  ],
  [
    "null keys",
    field({ _tag: "Map", keysSorted: false }, [
      Schema.field(
        "entries",
        { _tag: "Struct" },
        { children: [Schema.field("key", int32), Schema.field("value", int32)] }
      )
    ]),
    {
      length: 1,
      nodes: [
        [1, 0],
        [3, 0],
        [3, 1],
        [3, 0]
      ],
      parts: [none, Int32Array.of(0, 3), none, Uint8Array.of(3), three, none, three]
    },
    "map-key"
  ]
]

describe("semantic validation alone refuses", () => {
  it.each(meanings)("%s", (_, field, spec, code) => {
    const bytes = oneBatch(field, spec)
    assert.strictEqual(readStream(bytes)[0]!.length, spec.length)
    assert.strictEqual(codeOf(refusal(bytes, { validation: "semantic" })), `DataError/${code}`)
  })

  it("does not look into empty slots", () => {
    const bytes = oneBatch(decimal, { length: 1, nodes: [[1, 1]], parts: [Uint8Array.of(0), Int32Array.of(1000)] })
    assert.deepStrictEqual(readStream(bytes, { validation: "semantic" })[0]!.column(0).toArray(), [null])
  })
})

describe("structural validation refuses", () => {
  const struct = field({ _tag: "Struct" }, [item])
  const fixed = field({ _tag: "FixedSizeList", listSize: 2 }, [item])
  const sparse = field({ _tag: "Union", mode: "Sparse", typeIds: [0] }, [item])
  const cases: ReadonlyArray<readonly [string, Schema.Field, BatchSpec, code: string]> = [
    [
      "a struct longer than its child",
      struct,
      {
        length: 4,
        nodes: [
          [4, 0],
          [3, 0]
        ],
        parts: [none, none, three]
      },
      "child-length"
    ],
    [
      "a fixed-size list longer than its child",
      fixed,
      {
        length: 2,
        nodes: [
          [2, 0],
          [3, 0]
        ],
        parts: [none, none, three]
      },
      "child-length"
    ],
    [
      "a sparse union longer than its child",
      sparse,
      {
        length: 4,
        nodes: [
          [4, 0],
          [3, 0]
        ],
        parts: [new Uint8Array(4), none, three]
      },
      "child-length"
    ],
    ["more run ends than values", runs, runEnds([1, 2, 3, 4], 4), "child-length"],
    ["no run ends for some slots", runs, runEnds([], 1), "child-length"],
    [
      "empty run ends",
      runs,
      {
        ...runEnds([1, 2, 3], 3),
        nodes: [
          [3, 0],
          [3, 1],
          [3, 0]
        ],
        parts: [Uint8Array.of(3), Int16Array.of(1, 2, 3), none, three]
      },
      "null-count"
    ]
  ]
  it.each(cases)("%s", (_, field, spec, code) => {
    const bytes = oneBatch(field, spec)
    assert.strictEqual(codeOf(refusal(bytes, { validation: "structural" })), `LayoutError/${code}`)
    const column = readStream(bytes, { validation: "none" })[0]!.column(0)
    assert.strictEqual(column.toArray().length, spec.length)
    for (let i = 0; i < spec.length; i++) assert.doesNotThrow(() => column.get(i))
  })

  it("nothing of lists it would have to decompress for", () => {
    const { batches } = read(bytesOf("lz4"), { validation: "structural" })
    assert.strictEqual(batches.length, 2)
  })
})

describe("UTF-8", () => {
  const fatal = new TextDecoder("utf-8", { fatal: true })
  const isText = (bytes: ReadonlyArray<number>): boolean => {
    try {
      fatal.decode(Uint8Array.from(bytes))
      return true
    } catch {
      return false
    }
  }

  it("is what TextDecoder takes, at every edge of every range", () => {
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed, 0xef, 0xf0, 0xf3, 0xf4,
      0xf5, 0xff
    ]
    const last = [0x41, 0x80, 0xbf, 0xc2]
    const pairs = edges.flatMap((a) => edges.map((b) => [a, b]))
    const ends = last.flatMap((c) => [[c], ...last.map((d) => [c, d])])
    const cases = [...edges.map((a) => [a]), ...pairs, ...pairs.flatMap((pair) => ends.map((end) => [...pair, ...end]))]
    for (const bytes of cases) {
      const parts = [none, Int32Array.of(0, bytes.length), Uint8Array.from(bytes)]
      const spec = { length: 1, nodes: [[1, 0]] as const, parts }
      assert.strictEqual(readerOf(field({ _tag: "Utf8" }), spec), isText(bytes), bytes.join(" "))
    }
  })

  it("may be anything in empty slots", () => {
    const spec: BatchSpec = {
      length: 2,
      nodes: [[2, 1]],
      parts: [Uint8Array.of(2), Int32Array.of(0, 1, 2), Uint8Array.of(255, 97)]
    }
    assert.deepStrictEqual(
      readStream(oneBatch(field({ _tag: "Utf8" }), spec))[0]!
        .column(0)
        .toArray(),
      [null, "a"]
    )
  })

  /** Two values, the first of `split` bytes. */
  const twoValues = (bytes: Uint8Array, split: number): ArrayData.ArrayData =>
    new ArrayData.ArrayData(
      field({ _tag: "Utf8" }),
      2,
      0,
      [new Uint8Array(0), new Uint8Array(Int32Array.of(0, split, bytes.length).buffer), bytes],
      [],
      undefined
    )

  it("is found wherever two values cut a character, however its bytes are aligned", () => {
    const sizes = [2, 3, 4, 5, 7, 8, 17, 32, 33, 65_535, 65_536, 65_537, 65_538, 131_074]
    for (const size of sizes) {
      for (const skip of [0, 1, 2, 3]) {
        const bytes = new Uint8Array(size + skip).fill(97).subarray(skip)
        assert.isTrue(Result.isSuccess(Validation.validate(twoValues(bytes, 1), "full")))
        for (const at of size < 64 ? bytes.keys() : [0, 1, size >> 1, 65_534, 65_535, 65_536, size - 2]) {
          if (at + 1 >= size) continue
          const before = bytes.slice(at, at + 2)
          bytes.set([0xc3, 0xa4], at)
          assert.isTrue(Result.isSuccess(Validation.validate(twoValues(bytes, at), "full")), `${size} ${skip} ${at}`)
          const error = Result.getOrThrow(Result.flip(Validation.validate(twoValues(bytes, at + 1), "full")))
          assert.strictEqual(codeOf(error), "DataError/utf8")
          bytes.set(before, at)
        }
      }
    }
  })

  it("is checked without making a text of it", () => {
    const decode = vi.spyOn(TextDecoder.prototype, "decode")
    const bytes = new Uint8Array(2 ** 20).fill(97)
    assert.isTrue(Result.isSuccess(Validation.validate(twoValues(bytes, 5), "full")))
    bytes.set([0xc3, 0xa4], 70_000)
    assert.isTrue(Result.isSuccess(Validation.validate(twoValues(bytes, 5), "full")))
    assert.strictEqual(decode.mock.calls.length, 0)
    decode.mockRestore()
  })

  it("longer than a string can be is refused where it is asked for", () => {
    // As V8 does from 512 MB on, of which making one takes too long here.
    const decode = vi.spyOn(TextDecoder.prototype, "decode").mockImplementation(() => {
      throw new Error("Cannot create a string longer than 0x1fffffe8 characters")
    })
    const column = Columns.make(twoValues(Uint8Array.of(97, 98), 1))
    assert.isTrue(Result.isSuccess(Validation.validate(column.data, "full")))
    const read: ReadonlyArray<() => unknown> = [() => column.get(1), () => column.toArray(), () => [...column]]
    for (const each of read) assert.throws(each, ArrowError.ArrowError, /unrepresentable.*longer than/)
    decode.mockRestore()
  })

  it("of no values needs no offsets", () => {
    const spec: BatchSpec = { length: 0, nodes: [[0, 0]], parts: [none, none, none] }
    for (const tag of ["Utf8", "LargeUtf8", "LargeBinary"] as const) {
      assert.deepStrictEqual(
        readStream(oneBatch(field({ _tag: tag }), spec))[0]!
          .column(0)
          .toArray(),
        []
      )
    }
  })

  it("in a compressed buffer is located by its body", () => {
    const codecs = {
      ZSTD: { compress: (bytes: Uint8Array) => bytes, decompress: (bytes: Uint8Array) => bytes.slice() }
    }
    const spec: BatchSpec = {
      length: 1,
      nodes: [[1, 0]],
      parts: [none, Int32Array.of(8, 0, 0, 1), Int32Array.of(1, 0, 255).subarray(0, 3)],
      compression: { codec: "ZSTD", method: "BUFFER" },
      change: (buffers) => buffers.map((buffer, i) => (i === 2 ? { ...buffer, length: 9 } : buffer))
    }
    const bytes = oneBatch(field({ _tag: "Utf8" }), spec)
    const failure = refusal(bytes, { codecs })
    assert.strictEqual(codeOf(failure), "DataError/utf8")
    assert.strictEqual(failure.offset, bytes.length - 8 - 32)
  })
})

const readerOf = (field: Schema.Field, spec: BatchSpec): boolean => {
  const reader = new StreamReader.StreamReader()
  return Result.isSuccess(reader.push(oneBatch(field, spec)))
}

describe("validate", () => {
  it("checks arrays that came from anywhere", () => {
    const bytes = oneBatch(...(cases[0]!.slice(1, 3) as [Schema.Field, BatchSpec]))
    const [data] = readStream(bytes, { validation: "none" })[0]!.data
    assert.strictEqual(codeOf(failureOf(Validation.validate(data!, "full"))), "DataError/offsets")
    assert.strictEqual(failureOf(Validation.validate(data!, "full")).offset, undefined)
  })
})
