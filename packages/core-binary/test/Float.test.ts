import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

// Bit patterns from IEEE 754-2019, tables 3.3 and 3.4, and its definitions of the greatest and least numbers.
layoutTest("Float16", Binary.Float16, {
  both: [
    [0, "0000"],
    [-0, "8000"],
    [1, "3c00"],
    [-2, "c000"],
    [65504, "7bff"],
    [2 ** -14, "0400"],
    [2 ** -24, "0001"],
    [2 ** -14 - 2 ** -24, "03ff"],
    [0.333251953125, "3555"],
    [Infinity, "7c00"],
    [-Infinity, "fc00"],
    [NaN, "7e00"]
  ],
  reads: [
    ["7e01", NaN],
    ["ffff", NaN]
  ],
  bytes: [["3c", "UnexpectedEnd", 0, "", "2 bytes (float16)"]],
  values: [
    ["1", "InvalidType", 0, ""],
    [1n, "InvalidType", 0, ""]
  ]
})

layoutTest("Float32", Binary.Float32, {
  both: [
    [1, "3f800000"],
    [-0, "80000000"],
    [Math.fround(Math.PI), "40490fdb"],
    [3.4028234663852886e38, "7f7fffff"],
    [2 ** -149, "00000001"],
    [-Infinity, "ff800000"],
    [NaN, "7fc00000"]
  ],
  values: [[undefined, "InvalidType", 0, ""]]
})
layoutTest("Float32BE", Binary.littleEndian(Binary.Float32BE), { both: [[1, "3f800000"]] })
layoutTest("Float32LE", Binary.Float32LE, { both: [[1, "0000803f"]] })
layoutTest("Float16 little endian", Binary.littleEndian(Binary.Float16), { both: [[1, "003c"]] })

layoutTest("Float64", Binary.Float64, {
  both: [
    [1, "3ff0000000000000"],
    [Math.PI, "400921fb54442d18"],
    [-0, "8000000000000000"],
    [Number.MAX_VALUE, "7fefffffffffffff"],
    [Number.MIN_VALUE, "0000000000000001"],
    [NaN, "7ff8000000000000"]
  ],
  values: [[null, "InvalidType", 0, ""]]
})
layoutTest("Float64BE", Binary.littleEndian(Binary.Float64BE), { both: [[1, "3ff0000000000000"]] })
layoutTest("Float64LE", Binary.Float64LE, { both: [[1, "000000000000f03f"]] })

describe("rounding", () => {
  const half = Codec.make(Binary.Float16)

  // https://www.rfc-editor.org/rfc/rfc8949#appendix-D gives the value of every half float.
  const reference = (bits: number): number => {
    const exponent = (bits >> 10) & 31
    const fraction = bits & 1023
    const magnitude =
      exponent === 0 ? fraction * 2 ** -24 : exponent < 31 ? (1 + fraction / 1024) * 2 ** (exponent - 15) : Infinity
    return exponent === 31 && fraction > 0 ? NaN : bits & 0x8000 ? -magnitude : magnitude
  }

  it("every half float reads as its value and is written back", () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const bytes = Uint8Array.of(bits >> 8, bits & 255)
      const value = half.decodeSync(bytes)
      assert.isTrue(Object.is(value, reference(bits)), `${bits}: ${value}`)
      if (!Number.isNaN(value)) assert.deepStrictEqual(half.encodeSync(value), bytes)
    }
  })

  it("a number between two half floats goes to the nearer, to the even one half way", () => {
    for (let bits = 0; bits < 0x7c00; bits++) {
      const low = reference(bits)
      const high = bits === 0x7bff ? 65536 : reference(bits + 1)
      const middle = (low + high) / 2
      const written = (value: number) => new DataView(half.encodeSync(value).slice().buffer).getUint16(0)
      assert.strictEqual(written(middle), bits % 2 === 0 ? bits : bits + 1)
      assert.strictEqual(written(low + (middle - low) / 2), bits)
      assert.strictEqual(written(middle + (high - middle) / 2), bits + 1)
      assert.strictEqual(written(-middle), 0x8000 | (bits % 2 === 0 ? bits : bits + 1))
    }
  })

  it.skipIf(!("getFloat16" in DataView.prototype))("agrees with DataView.setFloat16 where there is one", () => {
    const view = new DataView(new ArrayBuffer(2))
    for (let i = 0; i < 20000; i++) {
      const value = (((i * 7919) % 20011) / 20011 - 0.5) * 2 ** ((i % 48) - 28)
      view.setFloat16(0, value)
      assert.deepStrictEqual(half.encodeSync(value), new Uint8Array(view.buffer), String(value))
    }
  })

  it("a number whose logarithm rounds up is not taken for the next power of two", () => {
    for (let power = -13; power <= 15; power++) {
      const below = 2 ** power - 2 ** (power - 53)
      assert.strictEqual(half.decodeSync(half.encodeSync(below)), 2 ** power)
      assert.strictEqual(half.decodeSync(half.encodeSync(-below)), -(2 ** power))
    }
  })

  it("a single float is the nearest one", () => {
    for (const value of [0.1, 1e39, -1e39, 1e-50, 16777217])
      assert.strictEqual(
        Codec.make(Binary.Float32).decodeSync(Codec.make(Binary.Float32).encodeSync(value)),
        Math.fround(value)
      )
  })
})
