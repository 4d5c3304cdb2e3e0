import { assert, describe, it } from "@effect/vitest"
import { Binary } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest("Enum", Binary.Enum(Binary.Uint16, { Request: 1, Reply: 2, ["__proto__"]: 3, 'a"b': 4 }), {
  both: [
    ["Request", "0001"],
    ["__proto__", "0003"],
    ['a"b', "0004"]
  ],
  bytes: [
    ["0000", "InvalidTag", 0, "", "one of 1 (Request), 2 (Reply), 3 (__proto__)"],
    ["01", "UnexpectedEnd", 0, ""]
  ],
  values: [
    ["Unknown", "InvalidTag", 0, "", '"Request", "Reply"'],
    [1, "InvalidTag", 0, ""],
    [undefined, "InvalidTag", 0, ""]
  ]
})

const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`n${i}`, i * 3 - 6]))

layoutTest("Enum of many names", Binary.Enum(Binary.Int8, many), {
  both: [
    ["n0", "fa"],
    ["n11", "1b"]
  ],
  bytes: [["01", "InvalidTag", 0, ""]],
  values: [["n12", "InvalidTag", 0, ""]]
})

layoutTest("open Enum", Binary.Enum(Binary.Uint8, { Zero: 0, One: 1 }, { open: true }), {
  both: [
    ["Zero", "00"],
    [2, "02"],
    [255, "ff"]
  ],
  values: [
    [1, "InvalidTag", 0, ""],
    [1n, "InvalidTag", 0, ""],
    [256, "OutOfRange", 0, ""],
    [-0, "InvalidTag", 0, ""],
    [2.5, "OutOfRange", 0, ""]
  ]
})

layoutTest("open Enum of many names", Binary.Enum(Binary.Int8, many, { open: true }), {
  both: [
    ["n1", "fd"],
    [1, "01"]
  ],
  values: [
    [-6, "InvalidTag", 0, ""],
    [128, "OutOfRange", 0, ""]
  ]
})

layoutTest("open Enum of a bigint", Binary.Enum(Binary.Uint64, { One: 1 }, { open: true }), {
  both: [
    ["One", "0000000000000001"],
    [2n ** 64n - 1n, "ffffffffffffffff"]
  ],
  values: [
    [1n, "InvalidTag", 0, ""],
    [-1n, "OutOfRange", 0, ""]
  ]
})

layoutTest("Enum of a varint", Binary.Enum(Binary.Varint({ type: "bigint" }), { Small: 1, Large: 300 }), {
  both: [
    ["Small", "01"],
    ["Large", "ac02"]
  ],
  bytes: [["ac03", "InvalidTag", 0, ""]]
})

layoutTest("open Enum of a varint", Binary.Enum(Binary.Varint(), { Small: 1 }, { open: true }), {
  both: [[300, "ac02"]],
  values: [[-1, "OutOfRange", 0, ""]]
})

layoutTest("Literals", Binary.Literals(Binary.Uint8, [1, 2, 9]), {
  both: [
    [1, "01"],
    [9, "09"]
  ],
  bytes: [["03", "InvalidTag", 0, "", "one of 1, 2, 9"]],
  values: [
    [3, "InvalidTag", 0, ""],
    ["1", "InvalidTag", 0, ""]
  ]
})

layoutTest("Flags", Binary.Flags(Binary.Uint8, { fin: 1, syn: 2, ["__proto__"]: 0x80 }), {
  both: [
    [{ fin: true, syn: false, ["__proto__"]: false }, "01"],
    [{ fin: false, syn: true, ["__proto__"]: true }, "82"]
  ],
  bytes: [["04", "ConstantMismatch", 0, "", "0x4"]],
  values: [
    [{ fin: true, syn: 1, ["__proto__"]: false }, "InvalidType", 0, "syn"],
    [{ fin: true }, "InvalidType", 0, "syn"],
    [5, "InvalidType", 0, ""]
  ]
})

layoutTest("Flags without names", Binary.Flags(Binary.Uint8, {}), {
  both: [[{}, "00"]],
  bytes: [["80", "ConstantMismatch", 0, ""]]
})

layoutTest("Flags of 32 bits", Binary.Flags(Binary.Int32LE, { low: 1, several: 0x00ff0000, top: 2 ** 31 }), {
  both: [
    [{ low: true, several: false, top: true }, "01000080"],
    [{ low: false, several: true, top: false }, "0000ff00"]
  ],
  reads: [["00000100", { low: false, several: true, top: false }]],
  bytes: [["02000000", "ConstantMismatch", 0, ""]]
})

for (const bits of [8, 16, 32, 40, 64] as const) {
  const top = "80".padEnd(bits / 4, "0")
  layoutTest(
    `Flags of a bigint of ${bits} bits`,
    Binary.Flags(Binary.Int({ bits, type: "bigint" }), { one: 1, top: 2 ** (bits - 1) }),
    {
      both: [
        [{ one: true, top: false }, "01".padStart(bits / 4, "0")],
        [{ one: false, top: true }, top]
      ],
      bytes: [["02".padStart(bits / 4, "0"), "ConstantMismatch", 0, ""]],
      values: [[{ one: true, top: null }, "InvalidType", 0, "top"]]
    }
  )
}

layoutTest("Flags of a wide number", Binary.Flags(Binary.Uint48, { one: 1, top: 2 ** 47 }), {
  both: [[{ one: true, top: true }, "800000000001"]],
  bytes: [["800000000002", "ConstantMismatch", 0, ""]]
})

layoutTest("Flags of a safe integer", Binary.Flags(Binary.SafeUint64, { one: 1, top: 2 ** 52 }), {
  both: [[{ one: true, top: true }, "0010000000000001"]],
  bytes: [
    ["0020000000000001", "OutOfRange", 0, ""],
    ["0000000000000003", "ConstantMismatch", 0, ""]
  ]
})

layoutTest(
  "in the byte order of their place",
  Binary.littleEndian(
    Binary.Struct({ kind: Binary.Enum(Binary.Uint16, { A: 1 }), flags: Binary.Flags(Binary.Uint16, { b: 0x100 }) })
  ),
  {
    both: [[{ kind: "A", flags: { b: true } }, "0100 0001"]],
    bytes: [["0001 0001", "InvalidTag", 0, "kind"]]
  }
)

describe("refuses", () => {
  it("numbers that the integer does not hold", () => {
    assert.throws(() => Binary.Enum(Binary.Uint8, { A: 256 }), "name A: 256 is no number from 0 to 255")
    assert.throws(() => Binary.Enum(Binary.Varint(), { A: -1 }), "name A: -1 is no number from 0 to 4294967295")
    assert.throws(() => Binary.Literals(Binary.Int8, [0.5]), "name 0.5: 0.5 is no number from -128 to 127")
  })

  it("two names of one number", () => {
    assert.throws(() => Binary.Enum(Binary.Uint8, { A: 1, B: 1 }), "names A and B have the number 1 in common")
  })

  it("flags that overlap or do not fit", () => {
    assert.throws(
      () => Binary.Flags(Binary.Uint8, { a: 3, b: 2 }),
      "flag b must have bits of its own within 8 of a number"
    )
    assert.throws(() => Binary.Flags(Binary.Uint8, { a: 256 }), "flag a must")
    assert.throws(() => Binary.Flags(Binary.Uint8, { a: 0 }), "flag a must")
    assert.throws(() => Binary.Flags(Binary.SafeUint64, { a: 2 ** 53 }), "flag a must")
  })
})
