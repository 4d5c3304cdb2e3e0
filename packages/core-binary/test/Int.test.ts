import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

const widths = [8, 16, 24, 32, 40, 48, 56, 64] as const

/** Two's complement, most significant byte first. */
const reference = (value: bigint, bits: number, little: boolean): string => {
  const hex = BigInt.asUintN(bits, value)
    .toString(16)
    .padStart(bits / 4, "0")
  return little ? hex.match(/../g)!.reverse().join("") : hex
}

for (const bits of widths) {
  for (const signed of [true, false]) {
    const lowest = signed ? -(1n << BigInt(bits - 1)) : 0n
    const highest = (1n << BigInt(signed ? bits - 1 : bits)) - 1n
    const interesting = [lowest, lowest + 1n, -2n, -1n, 0n, 1n, 0x12n, highest / 2n, highest - 1n, highest]
    const values = interesting.filter((value) => value >= lowest && value <= highest)
    for (const endian of ["big", "little", "inherit"] as const) {
      const little = endian === "little"
      const sign = signed ? "Int" : "Uint"
      layoutTest(`${sign}${bits} ${endian} bigint`, Binary.Int({ bits, signed, endian, type: "bigint" }), {
        both: values.map((value) => [value, reference(value, bits, little)]),
        bytes: [["00".repeat(bits / 8 + 1), "TrailingBytes", bits / 8, ""]],
        values: [
          [lowest - 1n, "OutOfRange", 0, ""],
          [highest + 1n, "OutOfRange", 0, ""],
          [1, "InvalidType", 0, ""],
          [undefined, "InvalidType", 0, ""]
        ]
      })
      const safe = values.filter((value) => Number.isSafeInteger(Number(value)) && BigInt(Number(value)) === value)
      const unsafe = [2n ** 53n, highest, lowest].filter(
        (value) => value <= highest && value >= lowest && !Number.isSafeInteger(Number(value))
      )
      const max = highest > 2n ** 53n ? Number.MAX_SAFE_INTEGER : Number(highest)
      const min = lowest < -(2n ** 53n) ? Number.MIN_SAFE_INTEGER : Number(lowest)
      layoutTest(`${sign}${bits} ${endian} number`, Binary.Int({ bits, signed, endian }), {
        both: [...safe.map(Number), min, max].map((value) => [value, reference(BigInt(value), bits, little)]),
        bytes: unsafe.map((value) => [reference(value, bits, little), "OutOfRange", 0, "", String(value)]),
        values: [
          [min - 1, "OutOfRange", 0, ""],
          [max + 1, "OutOfRange", 0, ""],
          [2 ** 64, "OutOfRange", 0, ""],
          [-0, "OutOfRange", 0, "", "-0"],
          [0.5, "OutOfRange", 0, ""],
          [NaN, "OutOfRange", 0, ""],
          [Infinity, "OutOfRange", 0, ""],
          [1n, "InvalidType", 0, "", "1n"],
          ["1", "InvalidType", 0, "", '"1"'],
          [null, "InvalidType", 0, "", "null"]
        ]
      })
    }
  }
}

describe("the integers by name", () => {
  const names: ReadonlyArray<
    readonly [
      layout: Layout.Layout<number | bigint>,
      bits: number,
      signed: boolean,
      endian: Layout.Endian,
      type: "number" | "bigint"
    ]
  > = [
    [Binary.Int8, 8, true, "inherit", "number"],
    [Binary.Uint8, 8, false, "inherit", "number"],
    [Binary.Int16, 16, true, "inherit", "number"],
    [Binary.Int16BE, 16, true, "big", "number"],
    [Binary.Int16LE, 16, true, "little", "number"],
    [Binary.Uint16, 16, false, "inherit", "number"],
    [Binary.Uint16BE, 16, false, "big", "number"],
    [Binary.Uint16LE, 16, false, "little", "number"],
    [Binary.Int24, 24, true, "inherit", "number"],
    [Binary.Uint24, 24, false, "inherit", "number"],
    [Binary.Int32, 32, true, "inherit", "number"],
    [Binary.Int32BE, 32, true, "big", "number"],
    [Binary.Int32LE, 32, true, "little", "number"],
    [Binary.Uint32, 32, false, "inherit", "number"],
    [Binary.Uint32BE, 32, false, "big", "number"],
    [Binary.Uint32LE, 32, false, "little", "number"],
    [Binary.Uint40, 40, false, "inherit", "number"],
    [Binary.Int48, 48, true, "inherit", "number"],
    [Binary.Uint48, 48, false, "inherit", "number"],
    [Binary.Int64, 64, true, "inherit", "bigint"],
    [Binary.Int64BE, 64, true, "big", "bigint"],
    [Binary.Int64LE, 64, true, "little", "bigint"],
    [Binary.Uint64, 64, false, "inherit", "bigint"],
    [Binary.Uint64BE, 64, false, "big", "bigint"],
    [Binary.Uint64LE, 64, false, "little", "bigint"],
    [Binary.SafeInt64, 64, true, "inherit", "number"],
    [Binary.SafeUint64, 64, false, "inherit", "number"]
  ]
  for (const [layout, bits, signed, endian, type] of names) {
    it(`${signed ? "" : "u"}int${bits} ${endian} ${type}`, () => {
      assert.deepStrictEqual(layout.node, { _tag: "Int", bits, signed, endian, type } as Layout.Node)
      assert.strictEqual(Codec.make(layout).minSize, bits / 8)
      assert.strictEqual(Codec.make(layout).maxSize, bits / 8)
    })
  }
})
