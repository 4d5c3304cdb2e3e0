import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Dtype, NdArray, Pickle, Py } from "../src/index.ts"
import { call, decode, encode, lossless, refused, unwritable } from "./assemble.ts"

const u = (text: string): string => `V${text}\n`
/** Bytes, as protocol 3 and later have them. */
const c = (...bytes: ReadonlyArray<number>): string => `C${String.fromCharCode(bytes.length, ...bytes)}`

describe("values of the standard library", () => {
  const cases: ReadonlyArray<readonly [text: string, value: unknown]> = [
    [call("_codecs:encode", u("é") + u("latin-1")), Uint8Array.of(0xe9)],
    [call("builtins:bytes"), new Uint8Array(0)],
    [call("builtins:bytes", c(1)), Uint8Array.of(1)],
    [call("builtins:bytearray", u("a") + u("latin1")), Uint8Array.of(97)],
    [call("builtins:set"), new Set()],
    [call("builtins:frozenset", "(I1\nl"), new Set([1])],
    [call("builtins:frozenset"), new Set()],
    [call("decimal:Decimal", u("-.5e3")), new Py.PyDecimal("-.5e3")],
    [call("fractions:Fraction", u("-6/4")), new Py.PyFraction(-3n, 2n)],
    [call("fractions:Fraction", u("5")), new Py.PyFraction(5n, 1n)],
    [call("fractions:Fraction", "I1\nI-2\n"), new Py.PyFraction(-1n, 2n)],
    [call("uuid:UUID", u("12345678-1234-5678-1234-567812345678")), new Py.PyUuid(0x12345678123456781234567812345678n)],
    ["cuuid\nUUID\n)\x81}" + u("int") + "I5\ns" + u("is_safe") + "I0\nsb", new Py.PyUuid(5n)],
    [call("datetime:date", u("\\u0007\\u00e8\\u0002\\u001d")), new Py.PyDate(2024, 2, 29)],
    [call("datetime:time", c(0x80 + 1, 2, 3, 0, 0, 4)), new Py.PyTime(1, 2, 3, 4, null, 1)],
    [
      call("datetime:datetime", c(7, 0xe8, 0x82, 29, 1, 2, 3, 0, 0, 4) + "N"),
      new Py.PyDateTime(new Py.PyDate(2024, 2, 29), 1, 2, 3, 4, null, 1)
    ],
    [call("datetime:timedelta", "I0\nI-1\nI-1\n"), new Py.PyTimeDelta(-1, 86398, 999999)],
    [call("datetime:timezone", call("datetime:timedelta") + u("X")), new Py.PyTimeZone(new Py.PyTimeDelta(0), "X")],
    [call("pathlib:PosixPath", u("a")), new Py.PyPath(["a"], "PosixPath")],
    [call("pathlib:WindowsPath", u("a")), new Py.PyPath(["a"], "WindowsPath")],
    [call("collections:deque", "(I1\nI2\nl"), new Py.PyDeque([1, 2])],
    [call("collections:deque", "(I1\nI2\nlI1\n"), new Py.PyDeque([2], 1)],
    [call("collections:deque", "]N"), new Py.PyDeque()]
  ]
  for (const [text, value] of cases) {
    it(JSON.stringify(text), () => {
      if (text.startsWith("cuuid")) assert.strictEqual(String(decode(`${text}.`)), String(value))
      else assert.deepStrictEqual(decode(`${text}.`), value)
    })
  }

  it("dicts of several kinds", () => {
    const pairs = (text: string, options?: Pickle.DecodeOptions) => [...(decode(`${text}.`, options) as Py.PyDict)]
    assert.deepStrictEqual(pairs(call("collections:OrderedDict", `((${u("a")}I1\nl(${u("b")}I2\ntl`)), [
      ["a", 1],
      ["b", 2]
    ])
    assert.deepStrictEqual(pairs(call("collections:Counter", `(${u("a")}I1\nd`)), [["a", 1]])
    assert.deepStrictEqual(pairs(call("collections:Counter", `(I3\nI1\nd`), { dicts: "map" }), [[3, 1]])
    assert.deepStrictEqual(pairs(call("collections:Counter")), [])
    assert.strictEqual((decode(`${call("collections:defaultdict")}.`) as Py.PyDefaultDict).factory, null)
  })

  const refusals: ReadonlyArray<readonly [text: string, message: string]> = [
    [call("_codecs:encode", u("a")), "1 arguments, where 2..2 are taken"],
    [call("_codecs:encode", u("a") + u("zlib")), "the only codec is latin1"],
    [call("_codecs:encode", u("\\u0100") + u("latin1")), "text is not latin1"],
    [call("_codecs:encode", c(1) + u("latin1")), "a str is taken"],
    [call("builtins:bytes", "I5\n"), "bytes are taken"],
    [call("builtins:bytearray", "I68719476736\n"), "bytes are taken"],
    [call("builtins:complex", "I1\nI1\nI1\n"), "3 arguments"],
    [call("builtins:complex", u("a") + "I1\n"), "a float is taken"],
    [call("builtins:set", "I1\n"), "a list or a tuple is taken"],
    [call("builtins:set", "(]l"), "unhashable type: 'list'"],
    [call("builtins:range", "I1\n"), "1 arguments"],
    [call("builtins:range", "I1\nI2\nI0\n"), "a range with step 0"],
    [call("builtins:range", "F1.5\nI2\nI1\n"), "an int is taken"],
    [call("copyreg:_reconstructor", "cuuid\nUUID\ncbuiltins\nlist\nN"), "only plain objects are reconstructed"],
    [call("copyreg:_reconstructor", "cuuid\nUUID\ncbuiltins\nobject\nI1\n"), "only plain objects are reconstructed"],
    [call("copyreg:_reconstructor", "NNN"), "only plain objects are reconstructed"],
    [call("collections:OrderedDict", "((I1\nll"), "an OrderedDict is of pairs"],
    [call("collections:OrderedDict") + "Nb", "attributes of an OrderedDict"],
    [call("collections:Counter", "I1\n"), "a dict is taken"],
    [call("collections:defaultdict", "I1\n"), "the factory of a defaultdict"],
    [call("collections:deque", "]I-1\n"), "maxlen is not negative"],
    [call("collections:deque", "]I9007199254740993\n"), "an int below 2**53"],
    [call("collections:deque", "]I1\n") + "(NNe", "more than maxlen=1 items"],
    [call("datetime:date", c(7, 0xe8, 2, 30)), "day must be in 1..29"],
    [call("datetime:date", c(7)), "a state of 4 bytes is taken"],
    [call("datetime:time", c(24, 0, 0, 0, 0, 0)), "hour must be in 0..23"],
    [call("datetime:time", c(1, 2, 3, 0, 0, 0) + "I1\n"), "a timezone is taken"],
    [call("datetime:timedelta", "I1000000000\n"), "days must be in"],
    [call("datetime:timedelta", "N"), "an int is taken"],
    [call("datetime:timedelta", "I1\nI1\nN"), "an int is taken"],
    [call("datetime:timezone", "N"), "a timedelta is taken"],
    [call("datetime:timezone", call("datetime:timedelta", "I1\n")), "the offset of a timezone is less than a day"],
    [call("datetime:timezone", call("datetime:timedelta", "I-1\n")), "the offset of a timezone is less than a day"],
    [call("decimal:Decimal", u("1__0")), '"1__0" is not a Decimal'],
    [call("fractions:Fraction", u("1/x")), "not the text of a Fraction"],
    [call("fractions:Fraction", "I1\nI0\n"), "a Fraction with denominator 0"],
    [call("uuid:UUID", u("1234")), "not the text of a UUID"],
    ["cuuid\nUUID\n)\x81", "not given its number"],
    ["\x8f(cuuid\nUUID\n)\x81\x90", "a UUID is used before it is given its number"],
    ["cuuid\nUUID\n)\x81}" + u("x") + "I0\nsb", "no such attribute"],
    ["cuuid\nUUID\n)\x81}" + u("int") + "I-1\nsb", "a UUID has 128 bits"],
    ["cuuid\nUUID\n)\x81}" + u("int") + "I1\nsq\x00bb", "the stack has no value"],
    ["cuuid\nUUID\n)\x81}" + u("int") + "I1\nsq\x00bh\x00b", "a UUID is given its number twice"]
  ]
  for (const [text, message] of refusals) {
    it(`${JSON.stringify(text)} is refused`, () => assert.include(refused(`${text}.`).message, message))
  }
})

describe("NumPy's values", () => {
  const dtype = (code: string, state = "") =>
    call("numpy:dtype", `${u(code)}I00\nI01\n`) + (state === "" ? "" : `(${state}tb`)
  const f8 = dtype("f8")
  const eight = c(0, 0, 0, 0, 0, 0, 0xf8, 0x3f)
  const array = (state: string) =>
    `${call("numpy._core.multiarray:_reconstruct", `cnumpy\nndarray\n(I0\nt${c(98)}`)}(${state}tb`

  it("read what Python 2 wrote under every reading of its strings", () => {
    const old = `cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I1\ntcnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI00\nS'\\x00\\x00\\x00\\x00\\x00\\x00\\xf8?'\ntb.`
    for (const strings of ["latin1", "bytes"] as const) {
      assert.deepStrictEqual((decode(old, { strings }) as NdArray.NdArray).toNested(), [1.5])
    }
    assert.include(refused(old).message, "not ASCII")
    const unicode = `${call("numpy.core.multiarray:scalar", f8 + u("\\u0100"))}.`
    assert.include(refused(unicode).message, "a scalar is bytes")
  })

  it("scalars have their value", () => {
    const scalar = decode(`${call("numpy._core.multiarray:scalar", f8 + eight)}.`) as Py.NumpyScalar
    assert.strictEqual(scalar.value, 1.5)
    assert.strictEqual(scalar.dtype.name, "float64")
  })

  it("metadata of dtypes, which NumPy 1 writes even where there are none, are passed over", () => {
    const plain = "NNNI-1\nI-1\nI0\n"
    const unit = `(${c(0x6e, 0x73)}I25\nI1\nI1\ntt`
    for (const metadata of ["N", "}", `(${u("a")}I1\nd`]) {
      for (const options of [{}, { dicts: "map" }, { profile: "lossless" }] as const) {
        const read = (text: string) => (decode(`${text}.`, options) as Py.NumpyDtype).dtype
        assert.strictEqual(Dtype.format(read(dtype("M8", `I4\n${u(">")}${plain}(${metadata}${unit}`))), ">M8[25ns]")
        assert.strictEqual(Dtype.format(read(dtype("i4", `I4\n${u("<")}${plain}${metadata}`))), "<i4")
      }
    }
  })

  it("buffers in the order of other axes are turned round, without a copy where that is Fortran's order", () => {
    const six = c(1, 2, 3, 4, 5, 6)
    const turned = (axes: string) =>
      decode(
        `${call("numpy._core.numeric:_frombuffer", `${six}${dtype("i1")}(I1\nI2\nI3\nt${u("K")}(${axes}t`)}.`
      ) as NdArray.NdArray
    const swapped = turned("I1\nI0\nI2\n")
    assert.deepStrictEqual(
      [swapped.shape, swapped.order, swapped.toNested()],
      [[2, 1, 3], "C", [[[1, 2, 3]], [[4, 5, 6]]]]
    )
    const last = turned("I0\nI2\nI1\n")
    assert.deepStrictEqual(
      [last.shape, last.toNested()],
      [
        [1, 3, 2],
        [
          [
            [1, 4],
            [2, 5],
            [3, 6]
          ]
        ]
      ]
    )
    const reversed = turned("I2\nI1\nI0\n")
    assert.deepStrictEqual([reversed.shape, reversed.order], [[3, 2, 1], "F"])
    assert.deepStrictEqual([...reversed.bytes], [1, 2, 3, 4, 5, 6])
    assert.deepStrictEqual(reversed.toNested(), [
      [[1], [4]],
      [[2], [5]],
      [[3], [6]]
    ])
  })

  it("arrays of one shape do not see what the pickle does to the tuple it came from", () => {
    const made = (data: string) => call("numpy._core.numeric:_frombuffer", `${data}${f8}h\x09${u("C")}`)
    // One tuple, memoized as 9, is the shape of two arrays, and then grows as the list that it is for JavaScript.
    const [first, second, shape] = decode(`((I1\ntq\x090${made(eight)}${made(eight)}h\x09I7\nat.`) as [
      NdArray.NdArray,
      NdArray.NdArray,
      Array<number>
    ]
    assert.deepStrictEqual([first.shape, second.shape, shape], [[1], [1], [1, 7]])
    assert.strictEqual(first.size, 1)
  })

  it("the state of an array may come without its version", () => {
    assert.deepStrictEqual((decode(`${array(`(I1\nt${f8}I00\n${eight}`)}.`) as NdArray.NdArray).toNested(), [1.5])
  })

  it("dtypes read in every profile are the same", () => {
    const state = `I3\n${u("|")}N(${u("a")}t(${u("a")}(${f8}I4\n${u("t")}tdI16\nI1\nI16\n`
    const text = `${dtype("V16", state)}.`
    const expected = Result.getOrThrow(
      Dtype.structured([{ name: "a", title: "t", dtype: Dtype.make("float64"), offset: 4 }], 16)
    )
    for (const options of [{}, { dicts: "map" }, { profile: "lossless" }] as const) {
      assert.deepStrictEqual((decode(text, options) as Py.NumpyDtype).dtype, expected)
    }
  })

  const plain = "NNNI-1\nI-1\nI0\n"
  it("a unit with a divisor is the smaller unit that it is", () => {
    const state = `I4\n${u("<")}${plain}(N(${u("D")}I7\nI2\nI1\ntt`
    assert.strictEqual(Dtype.format((decode(`${dtype("M8", state)}.`) as Py.NumpyDtype).dtype), "<M8[84h]")
  })

  it("ints are no floats, where that can be told", () => {
    const float = "F2.0\n"
    for (const [text, whole] of [
      [call("fractions:Fraction", `${float}I1\n`), new Py.PyFraction(2n, 1n)],
      [call("builtins:range", `I0\n${float}I1\n`), new Py.PyRange(0n, 2n, 1n)],
      [call("collections:deque", `(t${float}`), new Py.PyDeque([], 2)]
    ] as const) {
      assert.include(refused(`${text}.`, { profile: "lossless" }).message, "an int is taken")
      assert.deepStrictEqual(decode(`${text}.`), whole)
    }
    assert.deepStrictEqual(lossless(`${call("datetime:timedelta", float)}.`), new Py.PyTimeDelta(2, 0, 0))
  })

  const refusals: ReadonlyArray<readonly [text: string, message: string]> = [
    [dtype("f9"), "is not a dtype"],
    [call("numpy:dtype", "I1\n"), "the description of a dtype is a str"],
    [dtype("f8", `I2\n${u("<")}${plain}`), "version 2 with 8 parts"],
    [dtype("f8", `${u("x")}${u("<")}${plain}`), "the version of a dtype is an int"],
    [dtype("f8", `I3\n${u("<")}`), "version 3 with 2 parts"],
    [dtype("f8", `I3\n${u("x")}${plain}`), '"x" is not a byte order'],
    [dtype("f8", `I3\n${u("<")}NNNI4\nI-1\nI0\n`), "the itemsize of <f8 is 8, not 4"],
    [`${f8}Nb`, "the state of a dtype is a tuple"],
    [dtype("V8", `I3\n${u("|")}(I1\n(I1\nttNNI8\nI1\nI0\n`), "a subarray is of a dtype"],
    [dtype("V8", `I3\n${u("|")}(${f8}(I2\nttNNI8\nI1\nI0\n`), "a subarray of 16 bytes with itemsize 8"],
    [dtype("V8", `I3\n${u("|")}N(${u("a")}t}I8\nI1\nI0\n`), "a field is a tuple"],
    [dtype("V8", `I3\n${u("|")}N(${u("a")}tNI8\nI1\nI0\n`), "a field is a tuple"],
    [dtype("V8", `I3\n${u("|")}N(${u("a")}t(${u("a")}(NI0\ntdI8\nI1\nI0\n`), "a field has a dtype"],
    [dtype("V8", `I3\n${u("|")}N(${u("a")}t(${u("a")}(${f8}I4\ntdI8\nI1\nI0\n`), "cannot hold fields"],
    [dtype("M8", `I4\n${u("<")}${plain}I1\n`), "the metadata of a dtype is a tuple"],
    [dtype("M8", `I4\n${u("<")}${plain}(N(${c(109)}I1\nI7\nI1\ntt`), "has no unit that NumPy knows"],
    [dtype("M8", `I4\n${u("<")}${plain}(N(${c(109)}I0\nI1\nI1\ntt`), "the multiple of a unit is positive"],
    [call("numpy._core.multiarray:scalar", `N${eight}`), "an array has a dtype"],
    [call("numpy._core.multiarray:scalar", `${f8}${c(1)}`), "8 bytes needed"],
    [call("numpy._core.multiarray:scalar", `${f8}N`), "a scalar is bytes"],
    [
      call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1\n${u("K")}`),
      "the order of an array is C or F, or K with axes"
    ],
    [
      call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1\n${u("K")}N`),
      "the order of an array is C or F, or K with axes"
    ],
    [call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1\n${u("K")}(I0\nI0\nt`), "the axes 0,0 are no order of 1"],
    [
      call("numpy._core.numeric:_frombuffer", `${eight}${f8}(I1\nI1\nt${u("K")}(I0\nI0\nt`),
      "the axes 0,0 are no order of 2"
    ],
    [call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1\n${u("K")}(I1\nt`), "the axes 1 are no order of 1"],
    [call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1\n${u("K")}(I-1\nt`), "the axes -1 are no order of 1"],
    [call("numpy._core.numeric:_frombuffer", `${eight}${f8}N${u("C")}`), "a shape is a tuple"],
    [
      call("numpy._core.numeric:_frombuffer", `${eight}${f8}(${"I1\n".repeat(65)}t${u("C")}`),
      "65 axes, where NumPy has"
    ],
    [call("numpy._core.numeric:_frombuffer", `${eight}${f8}I1000\n${u("C")}`), "8000 bytes needed"],
    [call("numpy._core.numeric:_frombuffer", `${eight}${dtype("O8")}I1\n${u("C")}`), "an array of objects is a pickle"],
    [call("numpy._core.multiarray:_reconstruct", `cbuiltins\nset\n(I0\nt${c(98)}`), "only numpy.ndarray itself"],
    [call("numpy._core.multiarray:_reconstruct", `cnumpy\nndarray\n(I9\nt${c(98)}`), "an array starts as"],
    [array(`I1\n(I1\nt${f8}I0\n${eight}`), "the state of an array is (1, shape"],
    [array(`(I1\nt${f8}I00\n`), "the state of an array is (1, shape"],
    [`${array(`(I1\nt${f8}I00\n${eight}`)}((I1\nt${f8}I00\n${eight}tb`, "the state of an array that has one"],
    [array(`(I1\nt${dtype("O8")}I00\n${eight}`), "the data of an array of objects is a list"],
    [call("numpy:ndarray", "(I1099511627776\nt"), "only a reference"]
  ]
  for (const [text, message] of refusals) {
    it(`${JSON.stringify(text)} is refused`, () => assert.include(refused(`${text}.`).message, message))
  }

  it("bytearrays are data too", () => {
    const text = `${call("numpy._core.numeric:_frombuffer", `\x96\x08\0\0\0\0\0\0\0${"\0".repeat(8)}${f8}I1\n${u("F")}`)}.`
    assert.deepStrictEqual((lossless(text) as NdArray.NdArray).toNested(), [0])
  })
})

describe("keys", () => {
  const tuple = (...items: ReadonlyArray<unknown>) => new Py.PyTuple(items)
  const scalar = (name: "int32" | "float32", value: number) =>
    new Py.NumpyScalar(
      Result.getOrThrow(NdArray.make(name, [], (name === "int32" ? Int32Array : Float32Array).of(value) as never))
    )
  const noon = (hour: number, minutes: number | undefined) =>
    new Py.PyDateTime(
      new Py.PyDate(2024, 1, 1),
      hour,
      0,
      0,
      0,
      minutes === undefined ? null : new Py.PyTimeZone(new Py.PyTimeDelta(0, minutes * 60))
    )
  const own = new Date(0)
  const inert = new Py.PyObject(new Py.PyGlobal("m", "A"), [])

  const equal: ReadonlyArray<ReadonlyArray<unknown>> = [
    [
      1,
      1n,
      true,
      new Py.PyFloat(1),
      new Py.PyComplex(1, 0),
      new Py.PyDecimal("1.00"),
      new Py.PyDecimal("10e-1"),
      new Py.PyFraction(2n, 2n),
      scalar("int32", 1)
    ],
    [0, -0, 0n, false, new Py.PyDecimal("-0.00")],
    [0.5, new Py.PyDecimal(".5"), new Py.PyFraction(1n, 2n), scalar("float32", 0.5)],
    [2n ** 3000n],
    [own],
    [2n ** 60n, 2 ** 60, new Py.PyDecimal("1152921504606846976")],
    [-100n, new Py.PyDecimal("-1e2")],
    [Infinity, new Py.PyDecimal("inf")],
    [-Infinity, new Py.PyDecimal("-Infinity")],
    [new Py.PyDecimal("0.1"), new Py.PyFraction(1n, 10n)],
    [new Py.PyDecimal("1e99999"), new Py.PyDecimal("10e99998")],
    [tuple(1, "a"), tuple(true, "a")],
    [tuple(tuple()), tuple(tuple())],
    [new Py.PyFrozenSet([1, tuple(2)]), new Py.PyFrozenSet([tuple(2n), 1n])],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
    [new Py.PyDate(2024, 1, 1), new Py.PyDate(2024, 1, 1)],
    [noon(12, 0), noon(13, 60)],
    [noon(12, undefined), noon(12, undefined)],
    [
      new Py.PyTime(1, 0, 0, 0, new Py.PyTimeZone(new Py.PyTimeDelta(0))),
      new Py.PyTime(2, 0, 0, 0, new Py.PyTimeZone(new Py.PyTimeDelta(0, 3600)))
    ],
    [new Py.PyTimeDelta(1), new Py.PyTimeDelta(0, 86400)],
    [new Py.PyTimeZone(new Py.PyTimeDelta(0), "A"), new Py.PyTimeZone(new Py.PyTimeDelta(0))],
    [new Py.PyRange(0n, 3n, 2n), new Py.PyRange(0n, 4n, 2n)],
    [new Py.PyRange(0n, 0n, 1n), new Py.PyRange(5n, 1n, 1n)],
    [new Py.PyRange(3n, 4n, 1n), new Py.PyRange(3n, 2n, -5n)],
    [new Py.PyGlobal("m", "A"), new Py.PyGlobal("m", "A")],
    [new Py.PySingleton("Ellipsis"), new Py.PySingleton("Ellipsis")],
    [new Py.PyUuid(1n), new Py.PyUuid(1n)],
    [new Py.PyPath(["a"]), new Py.PyPath(["a"], "PosixPath")],
    [new Py.PyPath(["a"], "WindowsPath"), new Py.PyPath(["a"], "PureWindowsPath")],
    [new Py.NumpyDtype(Dtype.make("int8")), new Py.NumpyDtype(Dtype.make("int8"))],
    [new Py.PyComplex(0, 1), new Py.PyComplex(-0, 1)],
    [null],
    ["1"],
    [inert],
    [
      new Py.NumpyScalar(
        Result.getOrThrow(NdArray.make(Result.getOrThrow(Dtype.parse("M8[s]")), [], BigInt64Array.of(1n)))
      )
    ],
    [new Py.PyFraction(1n, 3n)],
    [new Py.PyTime(1, 0, 0, 0, inert)],
    [new Py.PyDecimal("1e-2000")]
  ]

  it("are equal as Python has it, and only then", () => {
    const dict = new Py.PyDict<unknown, number>()
    for (const [i, group] of equal.entries()) for (const key of group) dict.set(key, i)
    assert.strictEqual(dict.size, equal.length)
    assert.deepStrictEqual(
      dict.keys(),
      equal.map(([first]) => first)
    )
    for (const [i, group] of equal.entries()) for (const key of group) assert.strictEqual(dict.get(key), i)
    assert.isFalse(dict.has(tuple(1)))
  })

  it("NaN is equal to nothing", () => {
    const set = new Py.PySet([NaN, NaN, new Py.PyComplex(NaN, 0), new Py.PyDecimal("nan")])
    assert.strictEqual(set.size, 4)
    assert.isFalse(set.has(NaN))
  })

  it("are not what Python cannot hash", () => {
    const dict = new Py.PyDict()
    const unhashable = [
      [],
      {},
      new Map(),
      new Py.PyDict(),
      new Py.PySet(),
      new Py.PyDeque(),
      new Py.PyByteArray(Uint8Array.of()),
      new Py.PySlice(1, []),
      tuple([]),
      undefined
    ]
    for (const key of unhashable) assert.throws(() => dict.set(key, 1))
  })

  it("that are big ints cost no more than others, or are refused", () => {
    const alike = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `\x8a\x0c\x01\0\0\0\0\0\0\0${String.fromCharCode(i & 255, i >> 8)}\0\0`
      ).join("")
    assert.strictEqual((lossless(`\x8f(${alike(5000)}\x90.`) as Py.PySet).size, 5000)
    assert.strictEqual((decode(`\x8f(${alike(900)}\x90.`) as Set<unknown>).size, 900)
    assert.deepInclude(refused(`\x8f(${alike(5000)}\x90.`).reason, { limit: "maxAlikeKeys" })
    assert.strictEqual((decode("\x8f(L-1180591620717411303425\n\x90.") as Set<unknown>).size, 1)
  })

  it("that are huge ints are looked at only so often", () => {
    const huge = `\x8b\0\0\x01\0${"\x01".repeat(65_536)}q\0`
    assert.deepInclude(refused(`\x8f(${huge}${"h\0".repeat(1000)}\x90.`, { profile: "lossless" }).reason, {
      limit: "maxKeyDigits"
    })
    assert.strictEqual((lossless(`\x8f(${huge}${"h\0".repeat(500)}\x90.`) as Py.PySet).size, 1)
  })

  it("that are wide fractions are taken as they are", () => {
    assert.strictEqual(new Py.PyFraction(1n << 4000n, 1n << 4001n).denominator, 2n)
    const read = (n: bigint, d: bigint) => decode(`${call("fractions:Fraction", `L${n}\nL${d}\n`)}.`) as Py.PyFraction
    const half = read(1n << 4000n, 1n << 4001n)
    assert.strictEqual(half.denominator, 1n << 4001n)
    assert.strictEqual(read(-(1n << 4000n), -3n).numerator, 1n << 4000n)
    assert.isTrue(new Py.PySet([half]).has(read(1n << 4000n, 1n << 4001n)))
    assert.isTrue(new Py.PySet([read(1n, 1n << 4001n)]).has(new Py.PyFraction(1n, 1n << 4001n)))
    assert.isFalse(new Py.PySet([half]).has(0.5))
  })

  it("do not make the reading of long numbers slow", () => {
    const zeros = "0".repeat(300_000)
    const set = lossless(`\x8f(${call("decimal:Decimal", u(`1${zeros}1`))}\x90.`) as Py.PySet
    assert.strictEqual(set.size, 1)
    assert.strictEqual(refused(`F${zeros}x\n.`).reason._tag, "PickleMalformed")
    assert.strictEqual((decode(`V${"\\".repeat(300_000)}\n.`) as string).length, 300_000)
  })

  it("of maps and sets are Python's too", () => {
    const map = { dicts: "map" } as const
    const entries = (text: string) => [...(decode(text, map) as Map<unknown, unknown>)]
    assert.deepStrictEqual(entries("}(I1\nVa\nI01\nVb\nF2.5\nVc\nu."), [
      [1, "b"],
      [2.5, "c"]
    ])
    assert.deepStrictEqual(entries("}(I5\nVa\nI00\nVb\nI5\nVc\nI0\nVd\nu."), [
      [5, "c"],
      [false, "d"]
    ])
    assert.deepStrictEqual(entries("}((I1\ntI1\n(I1\ntI2\nu."), [[[1], 2]])
    assert.deepStrictEqual(entries("}(L1152921504606846976\nI1\nF1152921504606846976\nI2\nu."), [
      [1152921504606846976n, 2]
    ])
    assert.deepStrictEqual(entries("}((I1\n\x91I1\n(I1\n\x91I2\nu."), [[new Set([1]), 2]])
    assert.include(refused("}]Ns.", map).message, "unhashable type: 'list'")
    assert.include(refused("}\x8fNs.", map).message, "unhashable type: 'set'")
    assert.include(refused("}(FNaN\nNFNaN\nNu.", map).message, "several NaN keys")
    assert.deepStrictEqual(decode("\x8f(I01\nI1\nNNVa\n\x90."), new Set([true, null, "a"]))
  })
})

describe("collections", () => {
  it("a dict keeps its order and its first keys", () => {
    const dict = new Py.PyDict<unknown, number>([
      ["a", 1],
      ["b", 2]
    ])
    dict.set("a", 3)
    assert.deepStrictEqual(
      [...dict.entries()],
      [
        ["a", 3],
        ["b", 2]
      ]
    )
    assert.deepStrictEqual(dict.values(), [3, 2])
    assert.strictEqual(dict.get("c"), undefined)
    assert.isFalse(dict.has(1))
    for (let i = 0; i < 20; i++) dict.set(`k${i}`, i)
    dict.set("k3", 33).set(true, 1)
    assert.strictEqual(dict.get("k3"), 33)
    assert.strictEqual(dict.get(1), 1)
    assert.strictEqual(dict.size, 23)
  })

  it("dicts of one pickle may share keys, and part when one grows", () => {
    const text = "(}(Va\nI1\nu}(Va\nI2\nu}(Vb\nI2\nul."
    const [first, second, third] = lossless(text) as [Py.PyDict, Py.PyDict, Py.PyDict]
    second.set("c", 3)
    first.set("a", 9)
    assert.deepStrictEqual([...first], [["a", 9]])
    assert.deepStrictEqual(
      [...second],
      [
        ["a", 2n],
        ["c", 3]
      ]
    )
    assert.deepStrictEqual([...third], [["b", 2n]])
    assert.deepStrictEqual([...(lossless("}(Va\nI1\nVa\nI2\nu.") as Py.PyDict)], [["a", 2n]])
  })

  it("say by their tag what they are", () => {
    const values = [
      new Py.PyTuple([]),
      new Py.PyDict(),
      new Py.PyOrderedDict(),
      new Py.PyDefaultDict(null),
      new Py.PyCounter()
    ]
    const tags = values.map((value) => value._tag)
    assert.deepStrictEqual(tags, ["PyTuple", "PyDict", "PyOrderedDict", "PyDefaultDict", "PyCounter"])
  })

  it("sets and tuples are iterable", () => {
    assert.deepStrictEqual([...new Py.PySet([1, 1, 2])], [1, 2])
    assert.deepStrictEqual([...new Py.PyTuple([1, 2])], [1, 2])
    assert.strictEqual(new Py.PyTuple([1, 2]).length, 2)
    assert.isTrue(new Py.PySet([1]).has(1n))
    assert.strictEqual(new Py.PyRange(10n, 0n, -3n).length, 4n)
    assert.strictEqual(new Py.PyUuid(1n).int, 1n)
    assert.strictEqual(String(new Py.PyPath([])), ".")
  })

  it("times are written out as Python does", () => {
    const zone = new Py.PyTimeZone(new Py.PyTimeDelta(0, -3661, 5))
    assert.strictEqual(String(new Py.PyTime(1, 2, 3, 4, zone)), "01:02:03.000004-01:01:00.999995")
    assert.strictEqual(new Py.PyDateTime(new Py.PyDate(1970, 1, 2), 0, 0, 1).wallMicroseconds, 86_401_000_000n)
    const folded = new Py.PyDateTime(new Py.PyDate(2024, 1, 1), 1, 0, 0, 0, null, 1)
    for (const value of [folded, new Py.PyTime(1, 0, 0, 0, null, 1)]) {
      assert.deepStrictEqual(Result.getOrThrow(Pickle.decode(encode(value, { protocol: 4 }))), value)
      assert.include(unwritable(value, { protocol: 3 }).message, "cannot hold a time with fold=1")
    }
  })
})
