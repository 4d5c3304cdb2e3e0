import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Dtype } from "../src/index.ts"
import { failure, npyFixtures } from "./fixtures.ts"

const parsed = (text: string) => Result.getOrThrow(Dtype.parse(text))
const described = (descr: unknown) => Result.getOrThrow(Dtype.fromDescr(descr))

describe("type strings", () => {
  it.each([
    ["<f8", "float64", 8, "<", "<f8"],
    [">f8", "float64", 8, ">", ">f8"],
    ["=f8", "float64", 8, "<", "<f8"],
    ["|f8", "float64", 8, "<", "<f8"],
    ["f8", "float64", 8, "<", "<f8"],
    ["float64", "float64", 8, "<", "<f8"],
    ["?", "bool", 1, "|", "|b1"],
    [">b1", "bool", 1, "|", "|b1"],
    [">i1", "int8", 1, "|", "|i1"],
    [">q", "int64", 8, ">", ">i8"],
    ["g", "longdouble", 16, "<", "<f16"],
    ["c32", "clongdouble", 32, "<", "<c32"],
    ["S", "bytes", 0, "|", "|S0"],
    ["a3", "bytes", 3, "|", "|S3"],
    [">S3", "bytes", 3, "|", "|S3"],
    ["|U2", "str", 8, "<", "<U2"],
    [">U2", "str", 8, ">", ">U2"],
    [">V3", "void", 3, "|", "|V3"],
    ["O8", "object", 8, "|", "|O"],
    [">O", "object", 8, "|", "|O"],
    ["byte", "int8", 1, "|", "|i1"],
    ["ushort", "uint16", 2, "<", "<u2"],
    ["intc", "int32", 4, "<", "<i4"],
    ["ulonglong", "uint64", 8, "<", "<u8"],
    ["half", "float16", 2, "<", "<f2"],
    ["single", "float32", 4, "<", "<f4"],
    ["double", "float64", 8, "<", "<f8"],
    ["csingle", "complex64", 8, "<", "<c8"],
    ["bytes_", "bytes", 0, "|", "|S0"],
    ["str", "str", 0, "<", "<U0"],
    ["void", "void", 0, "|", "|V0"]
  ] as const)("%s", (text, name, itemsize, byteorder, format) => {
    const dtype = parsed(text)
    assert.deepEqual([dtype.name, dtype.itemsize, dtype.byteorder], [name, itemsize, byteorder])
    assert.strictEqual(Dtype.format(dtype), format)
  })

  it.each([
    ["<M8[ns]", "datetime64", "ns", 1, "<M8[ns]"],
    [">m8[25us]", "timedelta64", "us", 25, ">m8[25us]"],
    ["M8[1s]", "datetime64", "s", 1, "<M8[s]"],
    ["M8[μs]", "datetime64", "us", 1, "<M8[us]"],
    ["=m8", "timedelta64", "generic", 1, "<m8"],
    ["<M8[generic]", "datetime64", "generic", 1, "<M8"],
    ["datetime64", "datetime64", "generic", 1, "<M8"],
    ["datetime64[ns]", "datetime64", "ns", 1, "<M8[ns]"],
    ["timedelta64[7D]", "timedelta64", "D", 7, "<m8[7D]"]
  ] as const)("%s", (text, name, unit, multiplier, format) => {
    const dtype = parsed(text)
    assert.deepEqual([dtype.name, dtype.unit, dtype.multiplier], [name, unit, multiplier])
    assert.strictEqual(Dtype.format(dtype), format)
  })

  const refused =
    "< f12 i3 u16 b2 M4[ns] M8[B] M8[s/3] M8[W/2x] M8[as/2] M8[generic/2] M8[D/0] M8[B/2] M8[W/11] M8[D/] M8[/2] M8[D/-2] M8[4294968s/2] M8[2147483648s] 2f8 l L p F8 U-1 <double >datetime64[ns] datetime64[B] S2147483648 U536870912 T object S٣"
  it.each(["", "<i8 ", "constructor", ...refused.split(" ")])("refuses %j", (text) => {
    assert.strictEqual(failure(Dtype.parse(text)), "NpyMalformed@0 descr")
  })
})

describe("a unit with a divisor", () => {
  // As every NumPy from 1.19 to 2.5 reads them.
  const smaller =
    "7D/2 84h,D/2 12h,D/24 h,D/48 30m,D/1440 m,D/86400 s,s/10 100ms,s/2000 500us,Y/12 M,Y/4 3M,Y/52 W,Y/5 73D,M/3 10D,M/2 2W,M/720 h,W/7 D,W/2 84h,W/2016 5m,h/60 m,h/720 5s,m/8 7500ms,ms/1000000 ns,us/2000 500ps,ns/2 500ps,ps/1000000 as,fs/4 250as,2s/4 500ms,25us/5 5000ns,D/1 D"
  it.each(smaller.split(",").map((pair) => pair.split(" ")))("%s is %s", (text, unit) => {
    assert.strictEqual(Dtype.format(Result.getOrThrow(Dtype.parse(`<M8[${text}]`))), `<M8[${unit}]`)
    assert.strictEqual(Dtype.format(Result.getOrThrow(Dtype.parse(`>m8[${text}]`))), `>m8[${unit}]`)
  })
})

describe("types with commas between", () => {
  const descr = (text: string) => Result.getOrThrow(Result.flatMap(Dtype.parse(text), Dtype.toDescr))
  it("are the fields f0, f1 and so on", () => {
    assert.deepEqual(descr("i4,>f8"), [
      ["f0", "<i4"],
      ["f1", ">f8"]
    ])
    assert.deepEqual(descr("|b1 ,\tM8[25us], S3,float64"), [
      ["f0", "|b1"],
      ["f1", "<M8[25us]"],
      ["f2", "|S3"],
      ["f3", "<f8"]
    ])
    assert.strictEqual(Result.getOrThrow(Dtype.parse("f,i,U2")).itemsize, 16)
  })

  it("may have counts and shapes before them", () => {
    assert.deepEqual(descr("2i4,(2,3)<u2,(3,)S2,()?,(0,)f8,(2, 10,)b"), [
      ["f0", "<i4", [2]],
      ["f1", "<u2", [2, 3]],
      ["f2", "|S2", [3]],
      ["f3", "|b1"],
      ["f4", "<f8", [0]],
      ["f5", "|i1", [2, 10]]
    ])
  })

  it.each(
    [
      "i4,",
      ",i4",
      "i4,,f8",
      " i4,f8",
      "i4,f8 ",
      "1i4,f8",
      "(1,)i4,f8",
      "(2)i4,f8",
      "(2,3",
      "(2,3)i4",
      "(,)i4,f8",
      "02i4,f8",
      "(2 ,3)i4,f8",
      "2str,f8",
      "(2,)V0,f8",
      "i4,q9",
      "2q9,f8",
      "i4;f8",
      "i4,M8[D/2]",
      "f8,2147483647i4"
    ].map((text) => [text])
  )("%j, which not every NumPy reads so, is refused", (text) => {
    assert.strictEqual(failure(Dtype.parse(text)), "NpyMalformed@0 descr")
  })

  it("are at most 4096 characters", () => {
    const fields = (count: number) => Dtype.parse(Array.from({ length: count }, () => "b").join())
    assert.strictEqual(Result.getOrThrow(fields(2048)).fields?.length, 2048)
    assert.strictEqual(failure(fields(2049)), "NpyMalformed@0 descr")
  })

  it("are refused at once where they are long, whatever is in them", () => {
    for (const between of [" ", ",", "(", "(,", ") ,", "0"]) {
      const text = `i4${between.repeat(200_000)}x`
      assert.strictEqual(failure(Dtype.parse(`${text},f8`)), "NpyMalformed@0 descr")
    }
  })

  it("are objects where one of them is", () => {
    assert.isTrue(Dtype.hasObject(Result.getOrThrow(Dtype.parse("i4,O"))))
  })
})

describe("structured dtypes", () => {
  it("lays fields out one after another, and drops padding", () => {
    const dtype = described([
      ["a", "<i4"],
      ["", "|V4"],
      ["b", "<f8", [2]],
      [["T", "n"], [["x", "i1"]], 3]
    ])
    assert.deepEqual(
      dtype.fields!.map(({ name, offset, shape, title }) => [name, offset, shape, title]),
      [
        ["a", 0, [], undefined],
        ["b", 8, [2], undefined],
        ["n", 24, [3], "T"]
      ]
    )
    assert.strictEqual(dtype.itemsize, 27)
    assert.strictEqual(Dtype.format(dtype), "|V27")
  })

  it("reads subarrays in either of their notations", () => {
    const shapes = (descr: unknown) => described(descr).fields!.map(({ dtype, shape }) => [Dtype.format(dtype), shape])
    assert.deepEqual(shapes([["a", ["<i2", [2, 3]]]]), [["<i2", [2, 3]]])
    assert.deepEqual(shapes([["a", ["<i2", 2]]]), [["<i2", [2]]])
    assert.deepEqual(shapes([["a", ["<i2", [3]], [2]]]), [["<i2", [2, 3]]])
    const nested = described([["a", [[["b", ">f4"]], [2]]]])
    assert.deepEqual([nested.itemsize, nested.fields![0]!.dtype.fields![0]!.name], [8, "b"])
    assert.strictEqual(failure(Dtype.fromDescr([["a", ["<i2", [-1]]]])), "NpyMalformed@0 descr")
    assert.strictEqual(failure(Dtype.fromDescr([["a", ["<i2", [1.5]]]])), "NpyMalformed@0 descr")
  })

  it("reads and writes every descr of the fixtures", () => {
    for (const { descr } of npyFixtures) {
      assert.deepEqual(Result.getOrThrow(Dtype.toDescr(described(descr))) as unknown, descr)
    }
  })

  it.each([
    [5],
    [null],
    [[["a"]]],
    [[["a", "<i4", [2], 3]]],
    [["a"]],
    [[[5, "<i4"]]],
    [[[[5, "a"], "<i4"]]],
    [[["a", "<i4", "2"]]],
    [[["a", "<i4", [0.5]]]],
    [[["a", "<i4", [-1]]]],
    [[["a", "<i4", Array.from({ length: 65 }, () => 1)]]],
    [[["a", "q9"]]],
    [[["", "|V4", [-1]]]],
    [
      [
        ["a", "<i4"],
        ["a", "<i4"]
      ]
    ],
    [
      [
        ["a", "<i4"],
        [["a", "b"], "<i4"]
      ]
    ],
    [[["a", "|S2000000000", [2]]]],
    [
      [
        ["a", "|S2000000000"],
        ["b", "|S2000000000"]
      ]
    ],
    [[["", "|V2000000000", [2]]]]
  ])("refuses %j", (descr) => {
    assert.strictEqual(failure(Dtype.fromDescr(descr)), "NpyMalformed@0 descr")
  })

  it("refuse to be made of more items without bytes than anything can bound", () => {
    const empty = (count: number, descr: unknown) => Dtype.fromDescr([["a", descr, [count]]])
    assert.isTrue(Result.isSuccess(empty(1024, "S0")))
    for (const [count, descr] of [
      [1025, "S0"],
      [100, [["b", "S0", [11]]]],
      [2 ** 31, [["b", "i1", [0]]]]
    ] as const) {
      assert.strictEqual(failure(empty(count, descr)), "NpyMalformed@0 descr")
    }
    assert.strictEqual(failure(Dtype.fromDescr([["a", "i8", [2000, 0]]])), "NpyMalformed@0 descr")
  })

  it("stops at maxDepth", () => {
    const nested = (depth: number): unknown => (depth === 0 ? "i1" : [["a", nested(depth - 1)]])
    assert.isTrue(Result.isSuccess(Dtype.fromDescr(nested(32))))
    assert.strictEqual(failure(Dtype.fromDescr(nested(33))), "LimitExceeded@0 descr")
    assert.strictEqual(failure(Dtype.fromDescr(nested(2), 1)), "LimitExceeded@0 descr")
  })

  it("checks explicit offsets and item sizes", () => {
    const int = Dtype.make("int32")
    const ok = Result.getOrThrow(Dtype.structured([{ name: "a", dtype: int, offset: 2 }], 8))
    assert.deepEqual(Result.getOrThrow(Dtype.toDescr(ok)) as unknown, [
      ["", "|V2"],
      ["a", "<i4"],
      ["", "|V2"]
    ])
    assert.strictEqual(failure(Dtype.structured([{ name: "a", dtype: int, offset: -1 }], 8)), "NpyMalformed@0 descr")
    assert.strictEqual(failure(Dtype.structured([{ name: "a", dtype: int, offset: 5 }], 8)), "NpyMalformed@0 descr")
    assert.strictEqual(failure(Dtype.structured([], 0.5)), "NpyMalformed@0 descr")
    assert.strictEqual(failure(Dtype.structured([], 2 ** 31)), "NpyMalformed@0 descr")
  })

  it("has no descr for what a descr cannot say", () => {
    const int = Dtype.make("int32")
    const overlapping = Result.getOrThrow(
      Dtype.structured([
        { name: "a", dtype: int, offset: 0 },
        { name: "b", dtype: int, offset: 2 }
      ])
    )
    assert.strictEqual(failure(Dtype.toDescr(overlapping)), "NotRepresentable@2 descr")
    const unnamed = Result.getOrThrow(Dtype.structured([{ name: "", dtype: parsed("V4") }]))
    assert.strictEqual(failure(Dtype.toDescr(unnamed)), "NotRepresentable@0 descr")
    const outer = Result.getOrThrow(Dtype.structured([{ name: "s", dtype: overlapping }]))
    assert.strictEqual(failure(Dtype.toDescr(outer)), "NotRepresentable@2 descr")
  })

  it("knows which dtypes hold objects", () => {
    assert.isTrue(Dtype.hasObject(Dtype.object))
    assert.isTrue(Dtype.hasObject(described([["a", [["b", "O"]]]])))
    assert.isFalse(Dtype.hasObject(described([["a", [["b", "V8"]]]])))
    assert.isFalse(Dtype.hasObject(Dtype.make("float64", ">")))
  })
})
