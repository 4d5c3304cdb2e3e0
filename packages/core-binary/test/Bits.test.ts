import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { fromHex, layoutTest } from "./agreement.ts"

// RFC 791, 3.1 (version, IHL, flags and fragment offset).
layoutTest("msb", Binary.Bits({ version: 4, ihl: 4, flags: 3, fragmentOffset: 13 }), {
  both: [
    [{ version: 4, ihl: 5, flags: 2, fragmentOffset: 0 }, "45 4000"],
    [{ version: 15, ihl: 0, flags: 0, fragmentOffset: 8191 }, "f0 1fff"]
  ],
  bytes: [["4540", "UnexpectedEnd", 0, "", "3 bytes (bits)"]],
  values: [
    [{ version: 16, ihl: 0, flags: 0, fragmentOffset: 0 }, "OutOfRange", 0, "version", "a number from 0 to 15"],
    [{ version: 0, ihl: -1, flags: 0, fragmentOffset: 0 }, "OutOfRange", 0, "ihl"],
    [{ version: 0, ihl: -0, flags: 0, fragmentOffset: 0 }, "OutOfRange", 0, "ihl"],
    [{ version: 0, ihl: 1n, flags: 0, fragmentOffset: 0 }, "OutOfRange", 0, "ihl"],
    [{ version: 0, ihl: 0, flags: 0 }, "OutOfRange", 0, "fragmentOffset", "undefined"],
    [null, "InvalidType", 0, ""],
    [7, "InvalidType", 0, ""]
  ]
})

layoutTest("lsb", Binary.Bits({ low: 3, middle: 11, high: 2 }, { order: "lsb" }), {
  both: [
    [{ low: 1, middle: 0, high: 0 }, "0100"],
    [{ low: 0, middle: 1, high: 0 }, "0800"],
    [{ low: 0, middle: 1024, high: 0 }, "0020"],
    [{ low: 7, middle: 2047, high: 3 }, "ffff"],
    [{ low: 0, middle: 0, high: 2 }, "0080"]
  ]
})

layoutTest(
  "signed and reserved",
  Binary.Bits({
    a: Binary.signedBits(5),
    reserved: Binary.reservedBits(3, 5),
    b: Binary.signedBits(8),
    ["__proto__"]: 8
  }),
  {
    both: [
      [{ a: -16, b: -128, ["__proto__"]: 3 }, "85 80 03"],
      [{ a: 15, b: 127, ["__proto__"]: 0 }, "7d 7f 00"],
      [{ a: -1, b: -1, ["__proto__"]: 255 }, "fd ff ff"]
    ],
    bytes: [["84 80 00", "ConstantMismatch", 0, "reserved", "expected 5, got 4"]],
    values: [
      [{ a: 16, b: 0, ["__proto__"]: 0 }, "OutOfRange", 0, "a"],
      [{ a: 0, b: -129, ["__proto__"]: 0 }, "OutOfRange", 0, "b"]
    ]
  }
)

const wide = (order: "msb" | "lsb") =>
  Binary.Struct({
    before: Binary.Uint8,
    bits: Binary.Bits({ a: 1, b: 33, c: Binary.signedBits(40), d: 53, e: Binary.signedBits(32), f: 1 }, { order })
  })

layoutTest("wider than 32 bits, msb", wide("msb"), {
  both: [
    [{ before: 9, bits: { a: 0, b: 0, c: 0, d: 0, e: 0, f: 1 } }, `09 ${"00".repeat(19)}01`],
    [{ before: 9, bits: { a: 1, b: 2 ** 33 - 1, c: -1, d: 2 ** 53 - 1, e: -1, f: 1 } }, `09 ${"ff".repeat(20)}`],
    [
      { before: 9, bits: { a: 1, b: 0, c: -(2 ** 39), d: 0, e: -(2 ** 31), f: 0 } },
      "09 8000000020000000000000000000000100000000"
    ]
  ],
  values: [[{ before: 9, bits: { a: 0, b: 2 ** 33, c: 0, d: 0, e: 0, f: 0 } }, "OutOfRange", 1, "bits.b"]]
})

layoutTest("wider than 53 bits", Binary.Bits({ a: 4, b: 64, c: Binary.signedBits(60) }), {
  both: [
    [{ a: 1, b: 2n ** 64n - 1n, c: -(2n ** 59n) }, "1ffffffffffffffff800000000000000"],
    [{ a: 15, b: 1n, c: -1n }, "f0000000000000001fffffffffffffff"]
  ],
  values: [
    [{ a: 1, b: 1, c: 0n }, "OutOfRange", 0, "b", "a bigint from 0 to"],
    [{ a: 1, b: 1n, c: 2n ** 59n }, "OutOfRange", 0, "c"]
  ]
})

describe("every width at every place", () => {
  /** The bits of a record as a string of binary digits, first field first. */
  const digits = (fields: ReadonlyArray<readonly [bits: number, value: number]>) =>
    fields.map(([bits, value]) => BigInt.asUintN(bits, BigInt(value)).toString(2).padStart(bits, "0")).join("")

  it("msb is the binary digits one after the other; lsb is the same from the other end", () => {
    for (let width = 1; width <= 53; width++) {
      for (let before = 1; before <= 8; before++) {
        const total = Math.ceil((before + width) / 8) * 8
        const after = total - before - width
        for (const signed of [false, true]) {
          const value = signed ? -(2 ** (width - 1)) : 2 ** width - 1
          const b = signed ? Binary.signedBits(width) : width
          const fields = after === 0 ? { a: before, b } : { a: before, b, c: after }
          const record = after === 0 ? { a: 1, b: value } : { a: 1, b: value, c: 1 }
          const parts: Array<readonly [number, number]> = [
            [before, 1],
            [width, value],
            ...(after === 0 ? [] : [[after, 1] as const])
          ]
          const msb = BigInt(`0b${digits(parts)}`)
            .toString(16)
            .padStart(total / 4, "0")
          const lsb = BigInt(`0b${digits([...parts].reverse())}`)
            .toString(16)
            .padStart(total / 4, "0")
            .match(/../g)!
            .reverse()
            .join("")
          for (const [order, hex] of [
            ["msb", msb],
            ["lsb", lsb]
          ] as const) {
            const codec = Codec.make(Binary.Bits(fields, { order }))
            assert.deepStrictEqual(codec.encodeSync(record as never), fromHex(hex))
            assert.deepStrictEqual(codec.decodeSync(fromHex(hex)) as unknown, record)
          }
        }
      }
    }
  })

  it("refuses groups that cannot be", () => {
    assert.throws(() => Binary.Bits({ a: 7 }), "bit fields must fill whole bytes, not 7 bits")
    assert.throws(() => Binary.Bits({ a: 65, b: 7 }), "bit field a must have 1 to 64 bits, not 65")
    assert.throws(() => Binary.Bits({ a: 0, b: 8 }), "bit field a must have 1 to 64 bits, not 0")
    assert.throws(() => Binary.Bits({ a: Binary.reservedBits(4, 16), b: 4 }), "bit field a: 16 does not fit 4 bits")
  })
})
