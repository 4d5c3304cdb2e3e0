import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest, toHex } from "./agreement.ts"

// Boundary sequences and malformed ones of Unicode 15, table 3-7, and of RFC 3629, section 3.
const long = "long enough for the platform's decoder: "
layoutTest("Utf8", Binary.Utf8(Binary.Uint8), {
  both: [
    ["", "00"],
    ["hi", "02 6869"],
    ["\u007f\u0080\u07ff\u0800\uffff", "0b 7f c280 dfbf e0a080 efbfbf"],
    ["\u{10000}\u{10ffff}", "08 f0908080 f48fbfbf"],
    ["\u0000", "01 00"],
    ["\ufeffbom", "06 efbbbf 626f6d"],
    [`${long}ß€😀`, `31 ${toHex(new TextEncoder().encode(`${long}ß€😀`))}`]
  ],
  bytes: [
    ["01 80", "InvalidUtf8", 1, "", "utf8 text, got malformed bytes"],
    ["01 c3", "InvalidUtf8", 1, ""],
    ["02 c080", "InvalidUtf8", 1, ""],
    ["03 e08080", "InvalidUtf8", 1, ""],
    ["03 eda080", "InvalidUtf8", 1, ""],
    ["04 f0808080", "InvalidUtf8", 1, ""],
    ["04 f4908080", "InvalidUtf8", 1, ""],
    ["04 f5808080", "InvalidUtf8", 1, ""],
    [`1e ${"61".repeat(29)}ff`, "InvalidUtf8", 1, ""]
  ],
  values: [
    ["\ud800", "InvalidText", 0, "", "text that utf8 can represent"],
    ["a\udc00b", "InvalidText", 0, ""],
    [`${"x".repeat(60)}\ud83d`, "InvalidText", 0, "", `${"x".repeat(40)}...`],
    ["x".repeat(256), "InvalidLength", 0, ""],
    ["é".repeat(128), "InvalidLength", 0, ""],
    [1, "InvalidType", 0, "", "a string"]
  ]
})

layoutTest("Ascii", Binary.Ascii(3), {
  both: [["a\u007f\u0000", "617f00"]],
  bytes: [["618061", "InvalidUtf8", 0, "", "ascii text"]],
  values: [
    ["aéb", "InvalidText", 0, ""],
    ["ab", "InvalidLength", 0, ""]
  ]
})

layoutTest("Latin1", Binary.Latin1(Binary.Uint16), {
  both: [
    ["é\u0080ÿ\u0000", "0004 e980ff00"],
    ["é".repeat(70), `0046 ${"e9".repeat(70)}`]
  ],
  values: [
    ["€", "InvalidText", 0, ""],
    [`${"é".repeat(60)}€`, "InvalidText", 0, ""]
  ]
})

layoutTest("Utf16", Binary.Utf16(Binary.Uint8), {
  both: [
    ["", "00"],
    ["aé€", "06 0061 00e9 20ac"],
    ["😀", "04 d83d de00"]
  ],
  bytes: [
    ["03 006100", "InvalidUtf8", 1, "", "utf16 text"],
    ["02 d83d", "InvalidUtf8", 1, ""],
    ["04 de00 d83d", "InvalidUtf8", 1, ""]
  ],
  values: [
    ["\ud83d", "InvalidText", 0, ""],
    ["x".repeat(128), "InvalidLength", 0, ""]
  ]
})

layoutTest("Utf16, little endian", Binary.littleEndian(Binary.Utf16(Binary.rest)), {
  open: true,
  both: [["a€", "6100 ac20"]]
})

layoutTest("Utf16 up to a zero", Binary.Struct({ name: Binary.Utf16(Binary.terminated(0, 0)), n: Binary.Uint8 }), {
  both: [
    [{ name: "ĀA", n: 1 }, "0100 0041 0000 01"],
    [{ name: "", n: 1 }, "0000 01"]
  ],
  bytes: [["0100 0041 00", "MissingTerminator", 0, "name"]],
  values: [
    ["a", "InvalidType", 0, ""],
    [{ name: "a\u0000b", n: 1 }, "Unrepresentable", 0, "name"]
  ]
})

for (const [name, make, sample, hex] of [
  ["Utf8", Binary.Utf8, "é", "c3a9"],
  ["Ascii", Binary.Ascii, "a", "61"],
  ["Latin1", Binary.Latin1, "é", "e9"],
  ["Utf16", Binary.Utf16, "é", "00e9"]
] as const) {
  const size = hex.length / 2
  const prefix = size.toString(16).padStart(2, "0")
  layoutTest(
    `${name} behind every length`,
    Binary.Struct({
      count: Binary.Uint8,
      fixed: make(size),
      prefixed: make(Binary.Uint8),
      varint: make(Binary.Varint()),
      absent: make(Binary.prefixed(Binary.Uint8, { absent: 255 })),
      computed: make(Binary.multiply(Binary.field("count"), size)),
      terminated: make(name === "Utf16" ? Binary.terminated(0, 0) : Binary.terminated(0)),
      rest: make(Binary.rest)
    }),
    {
      open: true,
      both: [
        [
          {
            count: 2,
            fixed: sample,
            prefixed: sample,
            varint: sample,
            absent: null,
            computed: sample + sample,
            terminated: sample,
            rest: sample
          },
          `02 ${hex} ${prefix}${hex} ${prefix}${hex} ff ${hex}${hex} ${hex}${name === "Utf16" ? "0000" : "00"} ${hex}`
        ]
      ],
      values: [
        [
          {
            count: 2,
            fixed: sample,
            prefixed: sample,
            varint: sample,
            absent: null,
            computed: sample,
            terminated: "",
            rest: ""
          },
          "InvalidLength",
          1 + size + (1 + size) * 2 + 1,
          "computed"
        ]
      ]
    }
  )
}

describe("too little room", () => {
  it("is not said of text that no room would do for", () => {
    const codec = Codec.make(Binary.Ascii(Binary.Uint8))
    const room = (text: string) => {
      const result = codec.encodeInto(text, new Uint8Array(2), 0)
      return result._tag === "Failure" ? result.failure.reason._tag : "written"
    }
    assert.strictEqual(room("eee"), "NoRoom")
    assert.strictEqual(room("ééé"), "InvalidText")
  })
})

describe("utf8", () => {
  const codec = Codec.make(Binary.Utf8(Binary.rest))

  it("every code point, both ways", () => {
    for (let point = 0; point <= 0x10ffff; point += point < 0x3000 || point > 0x10fff0 ? 1 : 97) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const text = String.fromCodePoint(point)
      const bytes = codec.encodeSync(text)
      assert.deepStrictEqual(bytes, Uint8Array.from(Buffer.from(text)))
      assert.strictEqual(codec.decodeSync(bytes), text)
    }
  })

  it("texts of every size around what is done by hand", () => {
    for (let size = 0; size < 120; size++) {
      for (const text of ["x".repeat(size), `${"x".repeat(size)}é`, `é${"x".repeat(size)}`, "€".repeat(size)]) {
        const bytes = codec.encodeSync(text)
        assert.strictEqual(Buffer.from(bytes).toString(), text)
        assert.strictEqual(codec.decodeSync(bytes), text)
      }
    }
  })

  it("two bytes of any value are text only if the platform says so", () => {
    for (let a = 0; a < 256; a++) {
      for (const b of [0, 0x7f, 0x80, 0xbf, 0xc0, 0xff]) {
        const bytes = Uint8Array.of(a, b)
        let expected: string | undefined
        try {
          expected = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
        } catch {
          expected = undefined
        }
        const result = codec.decode(bytes)
        assert.strictEqual(result._tag === "Success" ? result.success : undefined, expected)
      }
    }
  })
})

describe("text that is too long for its target", () => {
  for (const backend of ["generated", "closures"] as const) {
    it(`is refused for what it is (${backend})`, () => {
      const codec = Codec.make(Binary.Ascii(Binary.rest), { backend })
      const target = new Uint8Array(10)
      const reason = (text: string) => {
        const result = codec.encodeInto(text, target, 0)
        return result._tag === "Failure" ? result.failure.reason._tag : undefined
      }
      assert.strictEqual(reason("a".repeat(11)), "NoRoom")
      assert.strictEqual(reason("é".repeat(11)), "InvalidText")
    })
  }
})
