import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { assert, describe, expectTypeOf, it } from "vitest"
import { Dtype, NdArray, Npy } from "../src/index.ts"
import { failure, latin1, npyFixture, npyFixtures } from "./fixtures.ts"

const ok = Result.getOrThrow
const decoded = (name: string) => ok(Npy.decode(npyFixture(name).npy))

const doubleBits = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return Buffer.from(view.buffer).toString("hex")
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** An item as `fixtures/make.py` writes it. */
const described = (dtype: Dtype.Dtype, value: unknown): unknown => {
  switch (dtype.name) {
    case "bool":
    case "str":
      return value
    case "float16":
    case "float32":
    case "float64":
      return doubleBits(value as number)
    case "complex64":
    case "complex128": {
      const { im, re } = value as NdArray.Complex
      return [doubleBits(re), doubleBits(im)]
    }
    case "bytes":
    case "void":
      return hex(value as Uint8Array)
    case "structured":
      return Object.fromEntries(
        dtype.fields!.map((field) => {
          const nested = (inner: unknown): unknown =>
            Array.isArray(inner) ? inner.map(nested) : described(field.dtype, inner)
          return [field.name, nested((value as Record<string, unknown>)[field.name])]
        })
      )
    default:
      return String(value)
  }
}

const flat = (nested: unknown, depth: number): ReadonlyArray<unknown> =>
  depth === 0 ? [nested] : (nested as ReadonlyArray<unknown>).flatMap((inner) => flat(inner, depth - 1))

/** Copies of a file at every residue of its address, so that views and copies of the data are both taken. */
const placements = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  [0, 1, 2, 4, 8].map((offset) => {
    const room = new Uint8Array(bytes.length + offset)
    room.set(bytes, offset)
    return room.subarray(offset)
  })

describe("items of NumPy's arrays", () => {
  it.each(npyFixtures.map((fixture) => [fixture.name, fixture] as const))("%s", (_, fixture) => {
    for (const bytes of placements(fixture.npy)) {
      const array = ok(Npy.decode(bytes))
      const { dtype, order, shape, size } = array
      assert.deepEqual(
        { order, shape, size },
        { order: fixture.order, shape: fixture.shape, size: fixture.items.length }
      )
      const items = flat(array.toNested(), shape.length)
      if (dtype.name === "longdouble" || dtype.name === "clongdouble") {
        const parts = flat(fixture.items, 1).flat()
        const doubles = NdArray.toFloat64(array as NdArray.NdArray<"longdouble">)
        assert.deepEqual(Array.from(doubles, doubleBits), parts as Array<string>)
        assert.strictEqual(hex(items[0] as Uint8Array), hex(array.bytes.subarray(0, dtype.itemsize)))
      } else {
        assert.deepEqual(
          items.map((item) => described(dtype, item)),
          fixture.items as Array<unknown>
        )
      }
      assert.deepEqual(array.bytes, fixture.npy.subarray(fixture.npy.length - array.bytes.length))
    }
  })
})

describe("storage", () => {
  it("is a view where the bytes are aligned and little endian, and a copy made once elsewhere", () => {
    const source = new Uint8Array(33)
    const aligned = ok(NdArray.fromBytes(Dtype.make("float64"), [2], source.subarray(8, 24)))
    assert.strictEqual(aligned.data.buffer, source.buffer)
    aligned.data[0] = 1
    assert.strictEqual(source[15], 0x3f)
    const apart = ok(NdArray.fromBytes(Dtype.make("float64"), [2], Buffer.from(source.buffer, 9, 16)))
    assert.notStrictEqual(apart.data.buffer, source.buffer)
    assert.strictEqual(apart.data, apart.data)
  })

  it("keeps what is written into it, in the dtype's byte order", () => {
    for (const [order, expected] of [
      ["<", "0500000000000000"],
      [">", "0000000000000005"]
    ] as const) {
      const array = ok(NdArray.fromBytes(Dtype.make("int64", order), [1], new Uint8Array(8)))
      array.data[0] = 5n
      assert.strictEqual(hex(array.bytes), expected)
    }
  })

  it("swaps items of 2, 4 and 8 bytes, and the parts of complex numbers", () => {
    const bytes = Uint8Array.from({ length: 16 }, (_, i) => i)
    const read = (descr: string, count: number) =>
      ok(NdArray.fromBytes(ok(Dtype.parse(descr)), [count], bytes)).data as Uint16Array
    assert.strictEqual(read(">u2", 8)[7], 0x0e0f)
    assert.strictEqual(read(">u4", 4)[3], 0x0c0d0e0f)
    assert.strictEqual(read(">u8", 2)[1] as unknown, 0x08090a0b0c0d0e0fn)
    assert.strictEqual(doubleBits(read(">c16", 1)[1]!), "08090a0b0c0d0e0f")
  })

  it("is typed by the dtype", () => {
    const array = ok(NdArray.make("uint16", [2], new Uint16Array(2)))
    expectTypeOf(array.data).toEqualTypeOf<Uint16Array>()
    expectTypeOf(array.get(0)).toEqualTypeOf<number | undefined>()
    expectTypeOf(array.shape).toEqualTypeOf<readonly [2]>()
  })
})

describe("get", () => {
  const matrix = ok(NdArray.make("int16", [2, 3], new Int16Array([1, 2, 3, 4, 5, 6])))
  const fortran = ok(NdArray.make("int16", [2, 3], new Int16Array([1, 2, 3, 4, 5, 6]), "F"))

  it("follows the memory order", () => {
    assert.deepEqual(matrix.strides, [3, 1])
    assert.deepEqual(fortran.strides, [1, 2])
    assert.strictEqual(matrix.get(1, 0), 4)
    assert.strictEqual(fortran.get(1, 0), 2)
    assert.deepEqual(fortran.toNested(), [
      [1, 3, 5],
      [2, 4, 6]
    ])
  })

  it("gives undefined where there is no item", () => {
    const loose = matrix as NdArray.NdArray<"int16">
    for (const indices of [[2, 0], [0, 3], [-1, 0], [0], [0, 0, 0], [Number.NaN, 0]]) {
      assert.isUndefined(loose.get(...indices))
    }
  })

  it("does not nest more empty arrays than anyone can hold", () => {
    const empty = (shape: ReadonlyArray<number>) => ok(NdArray.fromBytes(Dtype.make("int8"), shape, new Uint8Array()))
    assert.deepEqual(empty([2, 0, 2 ** 40]).toNested(), [[], []])
    assert.throws(() => empty([2 ** 40, 0]).toNested(), /LimitExceeded at byte 0 \(shape\)/)
  })

  it("gives records whose field names cannot reach the prototype", () => {
    const dtype = ok(Dtype.fromDescr([["__proto__", "i1"]]))
    const record = ok(NdArray.fromBytes(dtype, [1], Uint8Array.of(7))).get(0) as object
    assert.deepEqual(Object.entries(record), [["__proto__", 7]])
    assert.strictEqual(Object.getPrototypeOf(record), Object.prototype)
  })

  it("reads every kind of field", () => {
    const names = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"] as const
    const floats = ["float16", "float32", "float64", "complex64", "complex128", "longdouble"] as const
    const fields = [...names, ...floats].map((name) => ({ name, dtype: Dtype.make(name, ">") }))
    const dtype = ok(Dtype.structured(fields))
    const bytes = new Uint8Array(dtype.itemsize).fill(0xff)
    const record = ok(NdArray.fromBytes(dtype, [], bytes)).get()!
    assert.deepEqual(
      names.map((name) => record[name]),
      [true, -1, -1, -1, -1n, 255, 65535, 4294967295, 18446744073709551615n]
    )
    assert.deepEqual(
      floats.map((name) => record[name]),
      [NaN, NaN, NaN, { re: NaN, im: NaN }, { re: NaN, im: NaN }, new Uint8Array(16).fill(0xff)]
    )
  })
})

describe("constructors", () => {
  it("check the number of bytes", () => {
    const dtype = Dtype.make("float32")
    assert.strictEqual(failure(NdArray.fromBytes(dtype, [2], new Uint8Array(7))), "NpyTruncated@0 data")
    assert.strictEqual(failure(NdArray.fromBytes(dtype, [2], new Uint8Array(9))), "NpyTrailingBytes@8 data")
    assert.strictEqual(failure(NdArray.make("float32", [2], new Float32Array(3))), "NpyTrailingBytes@8 data")
  })

  it("check the shape", () => {
    for (const shape of [
      [-1],
      [0.5],
      [2 ** 60],
      [0, 2 ** 60],
      [2 ** 32, 2 ** 32],
      Array.from({ length: 65 }, () => 1)
    ]) {
      assert.strictEqual(failure(NdArray.byteLength(Dtype.make("float64"), shape)), "NpyMalformed@0 shape")
      assert.strictEqual(failure(NdArray.make("object", shape, [])), "NpyMalformed@0 shape")
    }
    assert.strictEqual(failure(NdArray.byteLength(ok(Dtype.parse("S0")), [2 ** 31])), "NpyMalformed@0 shape")
    assert.strictEqual(ok(NdArray.byteLength(Dtype.make("int8"), [0, 2 ** 52])), 0)
    assert.strictEqual(failure(NdArray.fromBytes(Dtype.make("int8"), [-1], new Uint8Array())), "NpyMalformed@0 shape")
  })

  it("check the storage's type", () => {
    const wrong = NdArray.make("float32", [1], new Float64Array(1) as never)
    assert.strictEqual(failure(wrong), "NotRepresentable@0 data")
    assert.strictEqual(failure(NdArray.make("object", [2], [1])), "NotRepresentable@0 data")
    assert.strictEqual(failure(NdArray.make("object", [1], Uint8Array.of(1) as never)), "NotRepresentable@0 data")
  })

  it("refuse code points beyond Unicode, at any depth", () => {
    const dtype = ok(
      Dtype.fromDescr([
        ["n", "i1"],
        ["a", [["b", ">U1", [2]]]],
        ["f", [["g", "i1"]]]
      ])
    )
    const bytes = new Uint8Array(2 * dtype.itemsize)
    assert.isTrue(Result.isSuccess(NdArray.fromBytes(dtype, [2], bytes)))
    bytes[dtype.itemsize + 5 + 1] = 0x11
    assert.strictEqual(failure(NdArray.fromBytes(dtype, [2], bytes)), "NpyMalformed@15 data")
    const str = ok(Dtype.parse("<U1"))
    assert.strictEqual(failure(NdArray.fromBytes(str, [1], latin1("\0\0\x11\0"))), "NpyMalformed@0 data")
  })

  it("refuse bytes as objects", () => {
    assert.strictEqual(failure(NdArray.fromBytes(Dtype.object, [0], new Uint8Array())), "NpyMalformed@0 descr")
  })

  it("take objects as they are", () => {
    const array = ok(NdArray.make("object", [2, 2], [1, "a", undefined, {}], "F"))
    assert.deepEqual(array.toNested(), [
      [1, undefined],
      ["a", {}]
    ])
    assert.strictEqual(ok(NdArray.make(Dtype.object, [1], [1])).order, "C")
  })

  it("put an array without a second long axis in C order", () => {
    const of = (shape: ReadonlyArray<number>) =>
      ok(NdArray.fromBytes(Dtype.make("int8"), shape, new Uint8Array(shape.reduce((a, b) => a * b, 1)), "F")).order
    assert.deepEqual([of([]), of([3]), of([1, 3, 1]), of([2, 0, 2]), of([2, 1, 2])], ["C", "C", "C", "C", "F"])
  })

  it("put items without bytes in C order, as they have no memory to be in any", () => {
    for (const descr of ["S0", "<U0", "V0"]) {
      const dtype = ok(Dtype.parse(descr))
      assert.strictEqual(ok(NdArray.fromBytes(dtype, [2, 3], new Uint8Array(0), "F")).order, "C")
    }
  })
})

describe("fromStrings", () => {
  it("pads to the longest", () => {
    const array = ok(NdArray.fromStrings(["a", "", "\u{1f600}é"]))
    assert.strictEqual(Dtype.format(array.dtype), "<U2")
    assert.deepEqual(array.toNested(), ["a", "", "\u{1f600}é"])
    assert.deepEqual(ok(NdArray.fromStrings([])).toNested(), [])
  })

  it("refuses what NumPy would shorten", () => {
    assert.strictEqual(failure(NdArray.fromStrings(["a", "b\0"])), "NotRepresentable@0 [1]")
  })
})

describe("field", () => {
  it("copies a column in C order, with the axes of a subarray last", () => {
    const fixture = decoded("struct") as NdArray.NdArray<"structured">
    assert.deepEqual(NdArray.field(fixture, "m")!.toNested(), [
      [
        [1, 2],
        [3, 4]
      ]
    ])
    assert.deepEqual(NdArray.field(fixture, "b")!.toNested(), [2.5])
    assert.isUndefined(NdArray.field(fixture, "z"))
    assert.deepEqual(NdArray.field(decoded("struct titles") as never, "A title")!.toNested(), [5])
  })

  it("follows Fortran order", () => {
    const dtype = ok(
      Dtype.fromDescr([
        ["a", "u1"],
        ["b", "u1"]
      ])
    )
    const bytes = Uint8Array.from({ length: 12 }, (_, i) => i)
    const array = ok(NdArray.fromBytes(dtype as Dtype.Dtype<"structured">, [2, 3], bytes, "F"))
    assert.deepEqual(NdArray.field(array, "b")!.toNested(), [
      [1, 5, 9],
      [3, 7, 11]
    ])
  })
})

describe("toFloat64", () => {
  const x87 = (top: number, mantissa: bigint): number => {
    const view = new DataView(new ArrayBuffer(16))
    view.setBigUint64(0, mantissa, true)
    view.setUint16(8, top, true)
    return NdArray.toFloat64(ok(NdArray.fromBytes(Dtype.make("longdouble"), [], new Uint8Array(view.buffer))))[0]!
  }
  const binary128 = (high: bigint, low: bigint): number => {
    const view = new DataView(new ArrayBuffer(16))
    view.setBigUint64(0, high)
    view.setBigUint64(8, low)
    const array = ok(NdArray.fromBytes(Dtype.make("longdouble", ">"), [], new Uint8Array(view.buffer)))
    return NdArray.toFloat64(array, "binary128")[0]!
  }

  it("rounds extended precision once, ties to even", () => {
    const one = 1n << 63n
    assert.strictEqual(x87(0x3fff, one), 1)
    assert.strictEqual(x87(0xbfff, one), -1)
    assert.strictEqual(x87(0x3fff, one | (1n << 10n)), 1)
    assert.strictEqual(x87(0x3fff, one | (1n << 10n) | 1n), 1 + Number.EPSILON)
    assert.strictEqual(x87(0x3fff, one | (3n << 10n)), 1 + 2 * Number.EPSILON)
    assert.strictEqual(x87(0x3fff - 1074, one), Number.MIN_VALUE)
    assert.strictEqual(x87(0x3fff - 1075, one), 0)
    assert.strictEqual(x87(0x3fff - 1075, one | 1n), Number.MIN_VALUE)
    assert.strictEqual(x87(0x7ffe, one), Infinity)
    assert.strictEqual(x87(0, 1n), 0)
    assert.isTrue(Object.is(x87(0x8000, 0n), -0))
    assert.strictEqual(x87(0xffff, one), -Infinity)
    assert.isNaN(x87(0x7fff, one | 1n))
    assert.strictEqual(x87(0x3fff + 62, 1n << 63n), 2 ** 62)
    assert.strictEqual(x87(0x3fff, 1n), 2 ** -63)
  })

  it("reads binary128 when told to", () => {
    assert.strictEqual(binary128(0x3fffn << 48n, 0n), 1)
    assert.strictEqual(binary128((0xbfffn << 48n) | (1n << 47n), 0n), -1.5)
    assert.strictEqual(binary128(0x7fffn << 48n, 0n), Infinity)
    assert.strictEqual(binary128(0xffffn << 48n, 0n), -Infinity)
    assert.isNaN(binary128(0x7fffn << 48n, 1n))
    assert.strictEqual(binary128(0n, 1n), 0)
    assert.strictEqual(binary128(0n, 0n), 0)
  })
})

describe("equality", () => {
  it("is that of dtype, shape, order and bytes", () => {
    const make = (order: NdArray.Order, last: number) =>
      ok(NdArray.make("int8", [2, 2], new Int8Array([1, 2, 3, last]), order))
    const array = make("C", 4)
    assert.isTrue(Equal.equals(array, make("C", 4)))
    assert.strictEqual(Hash.hash(array), Hash.hash(make("C", 4)))
    assert.isFalse(Equal.equals(array, make("C", 5)))
    assert.isFalse(Equal.equals(array, make("F", 4)))
    assert.isFalse(Equal.equals(array, ok(NdArray.make("uint8", [2, 2], new Uint8Array([1, 2, 3, 4])))))
    assert.isFalse(Equal.equals(array, ok(NdArray.make("int8", [4], new Int8Array([1, 2, 3, 4])))))
    assert.isFalse(array[Equal.symbol](ok(NdArray.make("int8", [4], new Int8Array([1, 2, 3, 4])))))
    assert.isFalse(array[Equal.symbol]({ [Equal.symbol]: () => true, [Hash.symbol]: () => 0 }))
    const objects = (item: unknown) => ok(NdArray.make("object", [1], [item]))
    assert.isTrue(Equal.equals(objects("a"), objects("a")))
    assert.isFalse(Equal.equals(objects("a"), objects("b")))
  })
})

describe("of", () => {
  it("accepts arrays of one dtype and number of axes", () => {
    const array = ok(NdArray.make("float64", [1, 2], new Float64Array(2)))
    assert.isTrue(Schema.is(NdArray.of("float64", 2))(array))
    assert.isTrue(Schema.is(NdArray.of("float64"))(array))
    assert.isFalse(Schema.is(NdArray.of("float64", 1))(array))
    assert.isFalse(Schema.is(NdArray.of("float32"))(array))
    assert.isFalse(Schema.is(NdArray.of("float64"))([1, 2]))
    expectTypeOf<(typeof matrix)["Type"]["shape"]>().toEqualTypeOf<readonly [number, number]>()
    const matrix = NdArray.of("float64", 2)
  })
})
