import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest("Magic", Binary.Struct({ magic: Binary.Magic("PK\u0003\u0004"), n: Binary.Uint8 }), {
  both: [[{ n: 1 }, "504b0304 01"]],
  bytes: [
    ["504b0305 01", "ConstantMismatch", 0, "magic", "expected 50 4b 03 04, got 50 4b 03 05"],
    ["504b", "UnexpectedEnd", 0, "magic", "4 bytes (const[4])"]
  ]
})

const long = Array.from({ length: 20 }, (_, i) => i)
layoutTest("a long magic of bytes", Binary.Struct({ magic: Binary.Magic(long), n: Binary.Uint8 }), {
  both: [[{ n: 1 }, "000102030405060708090a0b0c0d0e0f10111213 01"]]
})

layoutTest("an empty magic", Binary.Struct({ magic: Binary.Magic([]) }), { both: [[{}, ""]] })

layoutTest(
  "Const",
  Binary.littleEndian(
    Binary.Struct({
      a: Binary.Const(Binary.Uint16, 513),
      b: Binary.Const(Binary.Int64BE, -2n),
      c: Binary.Const(Binary.Int8, -1)
    })
  ),
  {
    both: [[{}, "0102 fffffffffffffffe ff"]],
    bytes: [
      ["0201 fffffffffffffffe ff", "ConstantMismatch", 0, "a", "expected 513, got 258"],
      ["0102 ffffffffffffffff ff", "ConstantMismatch", 2, "b", "expected -2, got -1"],
      ["0102 fffffffffffffffe fe", "ConstantMismatch", 10, "c"]
    ]
  }
)

layoutTest(
  "Padding",
  Binary.Struct({
    a: Binary.Uint8,
    loose: Binary.Padding(2),
    strict: Binary.Padding(2, { fill: 0x20, verify: true }),
    b: Binary.Uint8
  }),
  {
    both: [[{ a: 1, b: 2 }, "01 0000 2020 02"]],
    reads: [["01 ffff 2020 02", { a: 1, b: 2 }]],
    bytes: [
      ["01 0000 2021 02", "ConstantMismatch", 3, "strict", "padding of 20, got 21"],
      ["01 0000 20", "UnexpectedEnd", 3, "strict", "2 bytes (padding[2])"]
    ]
  }
)

layoutTest(
  "Align, from the message",
  Binary.Struct({
    name: Binary.Ascii(Binary.Uint8),
    align: Binary.Align(4, { fill: 1, verify: true }),
    n: Binary.Uint8,
    end: Binary.Align(2)
  }),
  {
    both: [
      [{ name: "abc", n: 1 }, "03616263 01 00"],
      [{ name: "abcd", n: 1 }, "0461626364010101 01 00"],
      [{ name: "", n: 1 }, "00010101 01 00"]
    ],
    reads: [["03616263 01 09", { name: "abc", n: 1 }]],
    bytes: [
      ["0461626364010201 01 00", "ConstantMismatch", 5, "align"],
      ["046162636401", "UnexpectedEnd", 5, "align", "3 bytes (align 4)"],
      ["046162636401010101", "UnexpectedEnd", 9, "end"]
    ]
  }
)

layoutTest(
  "Align, from the input",
  Binary.Struct({ n: Binary.Uint8, align: Binary.Align(4, { origin: "input" }), m: Binary.Uint8 }),
  {
    before: 4,
    both: [[{ n: 1, m: 2 }, "01000000 02"]]
  }
)

describe("Align from the input", () => {
  const codec = Codec.make(
    Binary.Struct({ n: Binary.Uint8, align: Binary.Align(4, { origin: "input" }), m: Binary.Uint8 })
  )

  it("counts from where the input starts, not from the message", () => {
    const result = codec.decodeAt(Uint8Array.of(0, 0, 7, 9, 8, 0), 2)
    assert.deepStrictEqual(result._tag === "Success" && result.success, { value: { n: 7, m: 8 }, next: 5 })
  })

  it("writes what reads back at the same place", () => {
    for (let offset = 0; offset < 9; offset++) {
      const target = new Uint8Array(24).fill(0xaa)
      const end = codec.encodeInto({ n: 7, m: 8 }, target, offset)
      const next = end._tag === "Success" ? end.success : -1
      const back = codec.decodeAt(target, offset)
      assert.deepStrictEqual(back._tag === "Success" && back.success, { value: { n: 7, m: 8 }, next })
    }
    const one = codec.encodeSync({ n: 7, m: 8 })
    assert.deepStrictEqual(one, Uint8Array.of(7, 0, 0, 0, 8))
    assert.deepStrictEqual(codec.encodeSync({ n: 7, m: 8 }), one)
    const many = codec.encodeMany([
      { n: 1, m: 2 },
      { n: 3, m: 4 }
    ])
    assert.deepStrictEqual(many._tag === "Success" && Array.from(many.success), [1, 0, 0, 0, 2, 3, 0, 0, 4])
  })
})

layoutTest("hidden layouts as elements and alone", Binary.Array(Binary.Magic("ab"), Binary.Uint8), {
  both: [[[undefined, undefined], "02 61626162"]]
})
layoutTest("a magic alone", Binary.Magic("ab"), { both: [[undefined, "6162"]] })

layoutTest(
  "hidden layouts in a byte order",
  Binary.Struct({ a: Binary.littleEndian(Binary.Const(Binary.Uint16, 1)), b: Binary.bigEndian(Binary.Magic("x")) }),
  {
    both: [[{}, "0100 78"]]
  }
)

describe("refuses", () => {
  it("bytes, numbers and sizes that cannot be", () => {
    assert.throws(() => Binary.Magic("é"), "a magic given as text must be ASCII: é")
    assert.throws(() => Binary.Magic([256]), "a byte is 0 to 255, not 256")
    assert.throws(() => Binary.Const(Binary.Uint8, 256), "constant: 256 is no number from 0 to 255")
    assert.throws(() => Binary.Const(Binary.Uint64, -1n), "constant: -1 is no number from 0 to")
    assert.throws(() => Binary.Padding(-1), "padding must be a whole number from 0 on, not -1")
    assert.throws(() => Binary.Padding(1, { fill: -1 }), "a byte is 0 to 255, not -1")
    assert.throws(() => Binary.Align(0), "an alignment must be a whole number from 1 on, not 0")
  })
})
