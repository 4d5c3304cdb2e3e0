import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { difference } from "../conformance/tagged.ts"
import { Dtype, NdArray, Pickle, Py } from "../src/index.ts"
import { encode, unwritable } from "./assemble.ts"

const protocols = [2, 3, 4, 5] as const

const names = (value: unknown, options?: Pickle.EncodeOptions): ReadonlyArray<string> =>
  Result.getOrThrow(Pickle.instructions(encode(value, options)))
    .map(({ name }) => name)
    .filter((name) => !["PROTO", "FRAME", "STOP"].includes(name))

const again = (value: unknown, options?: Pickle.EncodeOptions, decoding?: Pickle.DecodeOptions): unknown =>
  Result.getOrThrow(Pickle.decode(encode(value, options), decoding))

describe("what becomes of JavaScript's values", () => {
  const cases: ReadonlyArray<readonly [value: unknown, names: ReadonlyArray<string>, options?: Pickle.EncodeOptions]> =
    [
      [null, ["NONE"]],
      [true, ["NEWTRUE"]],
      [255, ["BININT1"]],
      [256, ["BININT2"]],
      [-1, ["BININT"]],
      [65536, ["BININT"]],
      [2 ** 31, ["LONG1"]],
      [-0, ["BINFLOAT"]],
      [1.5, ["BINFLOAT"]],
      [2 ** 53, ["BINFLOAT"]],
      [1, ["BINFLOAT"], { profile: "lossless" }],
      [5n, ["BININT1"]],
      [1n << 3000n, ["LONG4"]],
      ["a".repeat(255), ["SHORT_BINUNICODE"]],
      ["a".repeat(256), ["BINUNICODE"]],
      ["é".repeat(200), ["BINUNICODE"]],
      ["é".repeat(30), ["SHORT_BINUNICODE"]],
      ["a", ["BINUNICODE"], { protocol: 3 }],
      [[], ["EMPTY_LIST", "MEMOIZE"]],
      [[1], ["EMPTY_LIST", "MEMOIZE", "BININT1", "APPEND"]],
      [
        [1, 2],
        ["EMPTY_LIST", "MEMOIZE", "MARK", "BININT1", "BININT1", "APPENDS"]
      ],
      [{}, ["EMPTY_DICT", "MEMOIZE"]],
      [
        { a: undefined, b: 1 },
        ["EMPTY_DICT", "MEMOIZE", "MARK", "SHORT_BINUNICODE", "MEMOIZE", "BININT1", "SETITEMS"],
        { undefinedAs: "omit" }
      ],
      [[undefined], ["EMPTY_LIST", "MEMOIZE", "NONE", "APPEND"], { undefinedAs: "None" }],
      [Object.create(null), ["EMPTY_DICT", "MEMOIZE"]],
      [Uint8Array.of(1), ["SHORT_BINBYTES", "MEMOIZE"]],
      [new Uint8Array(300), ["BINBYTES", "MEMOIZE"]],
      [
        [[1], [1]],
        ["EMPTY_LIST", "MARK", "EMPTY_LIST", "BININT1", "APPEND", "EMPTY_LIST", "BININT1", "APPEND", "APPENDS"],
        { identity: "tree" }
      ],
      [
        [Uint8Array.of()],
        ["EMPTY_LIST", "BINPUT", "GLOBAL", "BINPUT", "EMPTY_TUPLE", "REDUCE", "BINPUT", "APPEND"],
        { protocol: 2 }
      ]
    ]
  for (const [value, expected, options] of cases) {
    it(expected.join(" "), () => assert.deepStrictEqual(names(value, options), expected))
  }

  it("batches of a thousand", () => {
    for (const value of [
      Array.from({ length: 2001 }, (_, i) => i),
      Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`k${i}`, i])),
      new Map(Array.from({ length: 2001 }, (_, i) => [i, i])),
      new Set(Array.from({ length: 2001 }, (_, i) => i))
    ]) {
      for (const protocol of protocols)
        assert.deepStrictEqual(
          again(
            value,
            { protocol },
            { dicts: Array.isArray(value) || value instanceof Set || value instanceof Map ? "map" : "record" }
          ),
          value
        )
    }
    assert.strictEqual(
      names(Array.from({ length: 2001 }, () => 1))
        .filter((name) => name.startsWith("APPEND"))
        .join(),
      "APPENDS,APPENDS,APPEND"
    )
  })

  it("typed arrays and arrays of NumPy, by either of its names", () => {
    for (const data of [
      Int8Array.of(1),
      Uint8ClampedArray.of(1),
      Float16Array.of(1),
      BigUint64Array.of(1n),
      Float64Array.of(1)
    ]) {
      for (const numpy of ["numpy._core", "numpy.core"] as const) {
        for (const protocol of protocols) {
          const array = again(data, { numpy, protocol }) as NdArray.NdArray
          assert.deepStrictEqual(new Uint8Array(array.bytes), new Uint8Array(data.buffer))
          assert.deepStrictEqual(array.shape, [1])
        }
      }
    }
    const old = Pickle.scan(encode(Float64Array.of(1), { numpy: "numpy.core" }))
    assert.deepStrictEqual(
      old.globals.map(({ module }) => module),
      ["numpy._core.numeric", "numpy"]
    )
  })

  it("a Date is an aware datetime where that is allowed", () => {
    const value = again(new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 250)), { dates: "datetime" }) as Py.PyDateTime
    assert.strictEqual(String(value), "2024-02-29T12:30:15.250000+00:00")
  })

  it("shared values are shared, and cycles kept", () => {
    const shared = [1]
    const both = again({ a: shared, b: [shared] }) as { readonly a: unknown; readonly b: ReadonlyArray<unknown> }
    assert.strictEqual(both.a, both.b[0])
    for (const protocol of protocols) {
      for (const length of [1, 4]) {
        const list: Array<unknown> = []
        list.push(new Py.PyTuple(Array.from({ length }, () => list)))
        const tuple = again(list[0], { protocol }, { profile: "lossless" }) as Py.PyTuple
        assert.strictEqual((tuple.items[0] as ReadonlyArray<unknown>)[0], tuple)
      }
    }
  })

  it("many values are remembered in every protocol", () => {
    const value = Array.from({ length: 300 }, (_, i) => ({ [`key${i % 7}`]: [i] }))
    for (const protocol of protocols)
      assert.deepStrictEqual(again([value, value, value[299]], { protocol }), [value, value, value[299]])
  })

  it("buffers go beside the pickle", () => {
    const array = Result.getOrThrow(NdArray.make("float64", [2], Float64Array.of(1, 2)))
    const { buffers, bytes } = Result.getOrThrow(Pickle.encodeWithBuffers({ array, data: Uint8Array.of(1) }))
    assert.strictEqual(buffers[0]!.buffer, (array.data as Float64Array).buffer)
    const value = Result.getOrThrow(Pickle.decode(bytes, { buffers })) as { readonly array: NdArray.NdArray }
    assert.deepStrictEqual(value.array.toNested(), [1, 2])
    assert.strictEqual(Result.getOrThrow(Pickle.encodeWithBuffers(array, { outOfBand: () => false })).buffers.length, 0)
  })

  it("persistent ids", () => {
    const kept = { secret: 1 }
    const bytes = encode([kept, [2]], { persistentId: (value) => (value === kept ? "kept" : undefined) })
    const value = Result.getOrThrow(
      Pickle.decode(bytes, { persistentLoad: (id) => (id === "kept" ? Result.succeed(kept) : Result.fail("?")) })
    )
    assert.deepStrictEqual(value, [kept, [2]])
    assert.strictEqual((value as ReadonlyArray<unknown>)[0], kept)
  })

  it("inert objects are written as they were read", () => {
    const object = new Py.PyObject(new Py.PyGlobal("m.n", "A"), [1n], true, new Py.PyDict([["k", 1n]]))
    object.state = new Py.PyDict([["s", 2n]])
    object.items.push(1n, 2n)
    object.entries.push(["e", 3n])
    const read = again(
      [object, object],
      { profile: "lossless" },
      { profile: "lossless", unknownGlobals: "opaque" }
    ) as ReadonlyArray<Py.PyObject>
    assert.strictEqual(read[0], read[1])
    const { args, entries, items, kwargs, newObject, state } = read[0]!
    assert.deepStrictEqual([args, entries, items, newObject], [object.args, object.entries, object.items, true])
    assert.deepStrictEqual([[...(kwargs as Py.PyDict)], [...(state as Py.PyDict)]], [[["k", 1n]], [["s", 2n]]])
    assert.include(unwritable(object, { protocol: 3 }).message, "keyword arguments, in a protocol below 4")
  })

  it("globals have Python 2's names in protocol 2", () => {
    const [first, second, third] = ["builtins:range", "copyreg:f", "m:f"].map(
      (name) => new Py.PyGlobal(...(name.split(":") as [string, string]))
    )
    const bytes = encode([first, second, third], { protocol: 2 })
    assert.include(String.fromCharCode(...bytes), "c__builtin__\nxrange\n")
    assert.include(String.fromCharCode(...bytes), "ccopy_reg\nf\n")
    assert.deepStrictEqual(Result.getOrThrow(Pickle.decode(bytes, { unknownGlobals: "opaque" })), [
      first,
      second,
      third
    ])
  })

  it("subarrays and titles in dtypes", () => {
    const inner = Result.getOrThrow(Dtype.structured([{ name: "o", dtype: Dtype.make("int8") }]))
    const dtype = Result.getOrThrow(
      Dtype.structured([
        { name: "a", title: "t", dtype: inner, shape: [2] },
        { name: "o", dtype: Dtype.object }
      ])
    )
    const read = again(new Py.NumpyDtype(dtype), {}, { profile: "lossless" }) as Py.NumpyDtype
    assert.deepStrictEqual(read.dtype, dtype)
  })

  it("numbers, strings and bytes come back, whatever they are", () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, tie("leaf"), fc.array(tie("any")), fc.dictionary(fc.string(), tie("any"))),
      leaf: fc.oneof(
        fc.double(),
        fc.maxSafeInteger(),
        fc.bigInt().filter((n) => !Number.isSafeInteger(Number(n))),
        fc.string({ unit: "binary" }),
        fc.uint8Array(),
        fc.boolean(),
        fc.constant(null)
      )
    })).any
    fc.assert(
      fc.property(value, fc.constantFrom(...protocols), (value, protocol) => {
        assert.deepStrictEqual(again(value, { protocol }), value)
      }),
      { numRuns: 300, seed: Number(process.env["BYTEWRIGHT_SEED"] ?? 1) }
    )
  })
})

describe("what cannot be written", () => {
  class Point {
    readonly x = 1
  }
  const cyclic: Array<unknown> = []
  cyclic.push(cyclic)
  const deep = (n: number): unknown => (n === 0 ? 1 : [deep(n - 1)])
  const cases: ReadonlyArray<readonly [value: unknown, message: string, options?: Pickle.EncodeOptions]> = [
    [{ a: [1, undefined] }, "NotRepresentable at byte 0 (a/1): undefined: leave it out"],
    [{ a: () => 1 }, "(a): a function"],
    [new Map([["k", Symbol("s")]]), "(k): a symbol"],
    [new Py.PyTuple([1, 2, Symbol("s")]), "(2): a symbol"],
    [new Point(), "an instance of Point: register its class"],
    [Object.create({}), "an instance of Object"],
    [Object.create(Object.create(null)), "an instance of no class"],
    [new DataView(new ArrayBuffer(1)), "an instance of DataView"],
    [new Date(0), "an instance of Date"],
    [new Date(NaN), "an invalid Date", { dates: "datetime" }],
    [{ [Symbol("s")]: 1 }, "a record with symbols for keys"],
    [
      new Map<unknown, unknown>([
        [1, 2],
        [true, 3]
      ]),
      "keys that Python holds equal"
    ],
    [new Set([1, 1n]), "keys that Python holds equal"],
    [new Map([[[1], 2]]), "unhashable type: 'list'"],
    [new Set([{}]), "unhashable type: 'dict'"],
    [cyclic, "1001 exceeds the limit maxDepth of 1000", { identity: "tree" }],
    [deep(11), "11 exceeds the limit maxDepth of 10", { maxDepth: 10 }],
    [new Py.PyGlobal("a\nb", "c"), "a newline in its name", { protocol: 3 }]
  ]
  for (const [value, message, options] of cases) {
    it(message, () => assert.include(unwritable(value, options).message, message))
  }

  it("a getter that throws is the caller's own", () => {
    const value = {
      get a(): never {
        throw new Error("mine")
      }
    }
    assert.throws(() => Pickle.encode(value), "mine")
  })

  it("more bytes than a pickle can count", () => {
    const huge = Object.defineProperty(new Uint8Array(1), "length", { value: 2 ** 33 })
    assert.strictEqual(unwritable([huge]).reason._tag, "LimitExceeded")
  })

  it("with buffers neither", () => {
    assert.isTrue(Result.isFailure(Pickle.encodeWithBuffers(() => 1)))
  })
})

describe("text", () => {
  it("is written as Python writes it", () => {
    for (const text of ["", "é", "a\ud800", "\udfffé😀", "\ud800".repeat(80), "x".repeat(70), "\ufffd".repeat(5)]) {
      for (const protocol of protocols) assert.strictEqual(again(text, { protocol }), text)
    }
    assert.strictEqual(difference({ t: "str", v: "", cps: [0xd800, 0x61] }, again("\ud800a")), undefined)
  })
})

describe("records", () => {
  it("write each key once, whatever record of the same depth came before", () => {
    const value = [
      { a: 1, b: { c: 1, d: 2 } },
      { a: 2, b: { c: 3, d: 4 } },
      { b: { d: 5, c: 6 }, a: 3 },
      { a: 4 },
      { x: 1, b: { c: 7, e: 8 }, a: 9 },
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i])),
      Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, -i]))
    ]
    for (const protocol of [2, 3, 4, 5] as const) {
      const bytes = encode(value, { protocol })
      assert.deepStrictEqual(Result.getOrThrow(Pickle.decode(bytes)), value)
      const strings = [...Result.getOrThrow(Pickle.disassemble(bytes)).matchAll(/UNICODE +'(\w+)'/g)].map(
        (match) => match[1]
      )
      assert.strictEqual(new Set(strings).size, strings.length)
    }
    assert.deepStrictEqual(Result.getOrThrow(Pickle.decode(encode(value, { identity: "tree" }))), value)
  })

  it("have their own properties alone, even where every object was given one", () => {
    Reflect.defineProperty(Object.getPrototypeOf({}) as object, "everywhere", {
      value: 1,
      enumerable: true,
      configurable: true
    })
    try {
      const bytes = encode({ own: 1 })
      Reflect.deleteProperty(Object.prototype, "everywhere")
      assert.deepStrictEqual(Result.getOrThrow(Pickle.decode(bytes)), { own: 1 })
    } finally {
      Reflect.deleteProperty(Object.prototype, "everywhere")
    }
  })
})
