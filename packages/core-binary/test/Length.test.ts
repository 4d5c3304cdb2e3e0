import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { backends, layoutTest } from "./agreement.ts"

const bytes = (...values: ReadonlyArray<number>) => Uint8Array.from(values)

layoutTest("bytes of a fixed length", Binary.Bytes(3), {
  both: [[bytes(1, 2, 3), "010203"]],
  bytes: [
    ["0102", "UnexpectedEnd", 0, "", "3 bytes (bytes[3])"],
    ["01020304", "TrailingBytes", 3, ""]
  ],
  values: [
    [bytes(1, 2), "InvalidLength", 0, ""],
    [[1, 2, 3], "InvalidType", 0, "", "a Uint8Array"],
    [null, "InvalidType", 0, ""]
  ]
})
layoutTest("no bytes at all", Binary.Bytes(0), { both: [[bytes(), ""]] })

layoutTest("bytes behind their length", Binary.Bytes(Binary.Uint16), {
  both: [
    [bytes(), "0000"],
    [bytes(9, 8), "0002 0908"],
    [new Uint8Array(300).fill(7), `012c ${"07".repeat(300)}`]
  ],
  bytes: [
    ["0003 0908", "InvalidLength", 0, "", "a length within the 2 bytes left, got 3"],
    ["ffff", "InvalidLength", 0, ""],
    ["00", "UnexpectedEnd", 0, ""]
  ],
  values: [
    [new Uint8Array(65536), "InvalidLength", 0, "", "a length that uint16 holds"],
    ["ab", "InvalidType", 0, ""]
  ]
})

layoutTest("a signed length", Binary.Bytes(Binary.Int8), {
  both: [[bytes(9), "01 09"]],
  bytes: [["ff", "InvalidLength", 0, "", "a length of 0 or more, got -1"]],
  values: [[new Uint8Array(128), "InvalidLength", 0, ""]]
})

layoutTest("a length that may say null", Binary.Bytes(Binary.prefixed(Binary.Int32, { absent: -1 })), {
  both: [
    [null, "ffffffff"],
    [bytes(), "00000000"],
    [bytes(5), "00000001 05"]
  ],
  bytes: [["fffffffe", "InvalidLength", 0, ""]],
  values: [[undefined, "InvalidType", 0, ""]]
})

// Kafka's COMPACT_NULLABLE_STRING: the length plus one, 0 for null.
layoutTest(
  "a varint that holds the length plus one",
  Binary.Utf8(Binary.prefixed(Binary.Varint(), { plus: 1, absent: 0 })),
  {
    both: [
      [null, "00"],
      ["", "01"],
      ["ab", "03 6162"],
      ["x".repeat(127), `8001 ${"78".repeat(127)}`]
    ],
    reads: [
      ["8000", null],
      ["8100", ""]
    ],
    bytes: [["04 6162", "InvalidLength", 0, "", "got 3"]]
  }
)

layoutTest("a length that counts its own prefix", Binary.Bytes(Binary.prefixed(Binary.Uint8, { plus: 1 })), {
  both: [[bytes(7), "02 07"]],
  bytes: [["00", "InvalidLength", 0, "", "got -1"]],
  values: [[new Uint8Array(255), "InvalidLength", 0, ""]]
})

layoutTest("a prefix that is one less than the length", Binary.Bytes(Binary.prefixed(Binary.Uint8, { plus: -1 })), {
  both: [
    [bytes(7), "00 07"],
    [new Uint8Array(256), `ff ${"00".repeat(256)}`]
  ],
  values: [
    [bytes(), "InvalidLength", 0, ""],
    [new Uint8Array(257), "InvalidLength", 0, ""]
  ]
})

layoutTest("bounded lengths", Binary.Utf8(Binary.prefixed(Binary.Uint8, { min: 1, max: 3 })), {
  both: [["abc", "03 616263"]],
  bytes: [
    ["00", "InvalidLength", 0, ""],
    ["00 ff", "InvalidLength", 0, "", "a length of 1 to 3, got 0"],
    ["04 61626364", "InvalidLength", 0, ""]
  ],
  values: [
    ["", "InvalidLength", 0, "", "a length from 1 to 3"],
    ["abcd", "InvalidLength", 0, ""]
  ]
})

layoutTest("bounded lengths in a varint", Binary.Bytes(Binary.prefixed(Binary.Varint(), { min: 1, max: 3 })), {
  both: [[bytes(7), "01 07"]],
  bytes: [["00", "InvalidLength", 0, ""]],
  values: [
    [bytes(), "InvalidLength", 0, ""],
    [bytes(1, 2, 3, 4), "InvalidLength", 0, ""]
  ]
})

layoutTest("a length that no varint holds", Binary.Bytes(Binary.prefixed(Binary.Varint(), { plus: 2 ** 32 })), {
  values: [[bytes(1), "InvalidLength", 0, "", "a length that leb128 holds"]]
})

layoutTest("bytes to the end before a byte", Binary.Struct({ a: Binary.Bytes(Binary.rest), b: Binary.Uint8 }), {
  bytes: [["0102", "UnexpectedEnd", 2, "b"]],
  values: [[{ a: bytes(1), b: 2 }, "Unrepresentable", 1, "a"]]
})

layoutTest("copies", Binary.Struct({ a: Binary.Bytes(2), w: Binary.Window(Binary.Uint8, Binary.Bytes(Binary.rest)) }), {
  options: { copy: true },
  both: [[{ a: bytes(1, 2), w: bytes(3) }, "0102 01 03"]]
})

layoutTest("bounded bytes that may be null", Binary.Bytes(Binary.prefixed(Binary.Uint8, { min: 2, absent: 0 })), {
  both: [
    [null, "00"],
    [bytes(1, 2), "02 0102"]
  ],
  bytes: [["01 07", "InvalidLength", 0, ""]],
  values: [[bytes(1), "InvalidLength", 0, ""]]
})

layoutTest("a bigint length", Binary.Bytes(Binary.Uint64), {
  both: [[bytes(1), "0000000000000001 01"]],
  bytes: [["ffffffffffffffff 01", "InvalidLength", 0, ""]]
})
layoutTest("bytes whose greatest length says null", Binary.Bytes(Binary.prefixed(Binary.Uint8, { absent: 255 })), {
  both: [
    [null, "ff"],
    [new Uint8Array(254).fill(7), `fe ${"07".repeat(254)}`]
  ],
  values: [[new Uint8Array(255), "InvalidLength", 0, "", "a length that uint8 holds"]]
})

layoutTest("a bigint length that may say null", Binary.Bytes(Binary.prefixed(Binary.Int64, { absent: -1 })), {
  both: [[null, "ffffffffffffffff"]],
  bytes: [["fffffffffffffffe", "InvalidLength", 0, ""]]
})
layoutTest("a bigint varint length", Binary.Utf8(Binary.Varint({ bits: 64, type: "bigint" })), {
  both: [["a", "01 61"]],
  bytes: [["ffffffffffffffffff01", "InvalidLength", 0, ""]]
})
layoutTest("a zigzag length", Binary.Bytes(Binary.Varint({ encoding: "zigzag" })), {
  both: [[bytes(1), "02 01"]],
  bytes: [["01", "InvalidLength", 0, ""]]
})

layoutTest("bytes up to a terminator", Binary.Struct({ name: Binary.Bytes(Binary.terminated(0)), n: Binary.Uint8 }), {
  both: [
    [{ name: bytes(), n: 1 }, "00 01"],
    [{ name: bytes(7, 8), n: 1 }, "0708 00 01"]
  ],
  bytes: [
    ["070809", "MissingTerminator", 0, "name", "none in the 3 bytes left"],
    ["0700", "UnexpectedEnd", 2, "n"]
  ],
  values: [[{ name: bytes(1, 0, 2), n: 1 }, "Unrepresentable", 0, "name"]]
})

layoutTest("a terminator of several bytes", Binary.Latin1(Binary.terminated(13, 10)), {
  both: [
    ["", "0d0a"],
    ["a\rb", "610d62 0d0a"],
    ["a\r", "610d 0d0a"]
  ],
  bytes: [["610d", "MissingTerminator", 0, ""]],
  values: [["a\r\nb", "Unrepresentable", 0, ""]]
})

layoutTest("a terminator that its content would complete", Binary.Bytes(Binary.terminated(1, 1)), {
  both: [[bytes(2), "02 0101"]],
  values: [[bytes(2, 1), "Unrepresentable", 0, ""]]
})

layoutTest("long bytes up to a terminator", Binary.Bytes(Binary.terminated(0)), {
  both: [[new Uint8Array(200).fill(1), `${"01".repeat(200)}00`]]
})

layoutTest("bytes to the end", Binary.Struct({ n: Binary.Uint8, rest: Binary.Bytes(Binary.rest) }), {
  open: true,
  both: [
    [{ n: 1, rest: bytes() }, "01"],
    [{ n: 1, rest: bytes(2, 3) }, "01 0203"]
  ],
  bytes: [["", "UnexpectedEnd", 0, "n"]],
  values: [[{ n: 1, rest: undefined }, "InvalidType", 1, "rest"]]
})

layoutTest(
  "a computed length",
  Binary.Struct({ n: Binary.Uint8, body: Binary.Bytes(Binary.multiply(Binary.field("n"), 2)), end: Binary.Uint8 }),
  {
    both: [
      [{ n: 0, body: bytes(), end: 5 }, "00 05"],
      [{ n: 1, body: bytes(8, 9), end: 5 }, "01 0809 05"]
    ],
    bytes: [["02 0809 05", "InvalidLength", 1, "body", "got 4"]],
    values: [[{ n: 1, body: bytes(1), end: 5 }, "InvalidLength", 1, "body", "expected 2, got 1"]]
  }
)

layoutTest(
  "a computed length below zero or broken",
  Binary.Struct({
    n: Binary.Int8,
    body: Binary.Utf8(Binary.divide(Binary.field("n"), Binary.subtract(Binary.field("n"), 4)))
  }),
  {
    both: [
      [{ n: 5, body: "abcde" }, "05 6162636465"],
      [{ n: 0, body: "" }, "00"]
    ],
    bytes: [
      ["02", "InvalidLength", 1, "body"],
      ["04", "InvalidLength", 1, "body", "got Infinity"]
    ],
    values: [[{ n: 2, body: "" }, "InvalidLength", 1, "body"]]
  }
)

layoutTest(
  "the length of a boolean",
  Binary.Struct({ flags: Binary.Flags(Binary.Uint8, { one: 1 }), body: Binary.Bytes(Binary.field("flags", "one")) }),
  {
    both: [
      [{ flags: { one: true }, body: bytes(7) }, "01 07"],
      [{ flags: { one: false }, body: bytes() }, "00"]
    ],
    values: [[{ flags: { one: true }, body: bytes() }, "InvalidLength", 1, "body"]]
  }
)

layoutTest(
  "what is left but two bytes",
  Binary.Struct({ body: Binary.Bytes(Binary.subtract(Binary.remaining, 2)), end: Binary.Uint16 }),
  {
    open: true,
    both: [[{ body: bytes(1, 2), end: 3 }, "0102 0003"]],
    bytes: [["01", "InvalidLength", 0, "body", "got -1"]]
  }
)

// What a writer can know only at the end of the window
layoutTest(
  "what is left but three bytes, of which two follow",
  Binary.Struct({ body: Binary.Bytes(Binary.subtract(Binary.remaining, 3)), end: Binary.Uint16 }),
  { values: [[{ body: bytes(1, 2), end: 3 }, "InvalidLength", 0, "body", "expected 1, got 2"]] }
)

layoutTest(
  "half of what is left of a window",
  Binary.Window(
    Binary.Uint8,
    Binary.Struct({
      kind: Binary.Uint8,
      half: Binary.Bytes(Binary.divide(Binary.remaining, 2)),
      rest: Binary.Bytes(Binary.rest)
    })
  ),
  {
    both: [
      [{ kind: 9, half: bytes(1, 2), rest: bytes(3, 4) }, "05 09 0102 0304"],
      [{ kind: 9, half: bytes(1), rest: bytes(3, 4) }, "04 09 01 0304"]
    ],
    values: [
      [{ kind: 9, half: bytes(1, 2), rest: bytes() }, "InvalidLength", 2, "half", "expected 1, got 2"],
      [{ kind: 9, half: bytes(), rest: bytes(1, 2) }, "InvalidLength", 2, "half", "expected 1, got 0"]
    ]
  }
)

layoutTest(
  "elements, a window and a field that ask what is left",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("items")),
    items: Binary.Array(Binary.Uint8, Binary.subtract(Binary.remaining, Binary.field("size"))),
    tail: Binary.Window(Binary.remaining, Binary.Struct({ at: Binary.Uint8, name: Binary.Utf8(Binary.rest) })),
    never: Binary.When(Binary.greaterThan(Binary.remaining, 0), Binary.Uint8)
  }),
  {
    open: true,
    both: [[{ items: [1, 2], tail: { at: 5, name: "x" }, never: undefined }, "02 0102 05 78"]],
    values: [
      [{ items: [1], tail: { at: 5, name: "x" }, never: undefined }, "InvalidLength", 1, "items", "expected 2, got 1"],
      [{ items: [1, 2], tail: { at: 5, name: "x" }, never: 1 }, "InvalidLength", 1, "items", "expected 3, got 2"]
    ]
  }
)

layoutTest(
  "a case for what is left",
  Binary.Tagged(Binary.remaining, { One: [1, Binary.Uint8], Two: [2, Binary.Bytes(Binary.rest)] }),
  {
    open: true,
    both: [[{ _tag: "Two", value: bytes(1, 2) }, "0102"]],
    values: [[{ _tag: "Two", value: bytes(1) }, "InvalidTag", 0, "", "expected 1, got Two"]]
  }
)

// Arrays
layoutTest("an array of a fixed count", Binary.Array(Binary.Uint16, 2), {
  both: [[[1, 2], "0001 0002"]],
  bytes: [["0001 00", "UnexpectedEnd", 0, "", "2 elements (array[2] of uint16), got 3 bytes left"]],
  values: [
    [[1], "InvalidLength", 0, ""],
    [[1, 70000], "OutOfRange", 2, "[1]"],
    ["ab", "InvalidType", 0, "", "an array"],
    [[1, undefined], "InvalidType", 2, "[1]"]
  ]
})

layoutTest(
  "a counted array",
  Binary.Struct({ items: Binary.Array(Binary.Utf8(Binary.Uint8), Binary.Uint16), end: Binary.Uint8 }),
  {
    both: [
      [{ items: [], end: 1 }, "0000 01"],
      [{ items: ["a", "", "bc"], end: 1 }, "0003 0161 00 026263 01"]
    ],
    bytes: [
      ["0009 0161 00 026263 01", "InvalidLength", 0, "items", "within the 7 bytes left, got 9"],
      ["0003 0161 00 056263 01", "InvalidLength", 5, "items.[2]", "got 5"],
      ["0002 0161 01ff 01", "InvalidUtf8", 5, "items.[1]"]
    ],
    values: [[{ items: ["a", "\ud800"], end: 1 }, "InvalidText", 4, "items.[1]"]]
  }
)

layoutTest("an array that may be null", Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Int16, { absent: -1 })), {
  both: [
    [null, "ffff"],
    [[], "0000"],
    [[5], "0001 05"]
  ],
  values: [[undefined, "InvalidType", 0, ""]]
})

layoutTest(
  "an array counted by a varint",
  Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Varint(), { plus: 1, absent: 0 })),
  {
    both: [
      [null, "00"],
      [[], "01"],
      [[5, 6], "03 0506"]
    ]
  }
)

for (const prefix of [Binary.Uint16, Binary.Varint()]) {
  const wide = prefix === Binary.Uint16
  layoutTest(
    `an array of ${wide ? "an int16" : "a varint"} of bytes`,
    Binary.Struct({
      items: Binary.Array(Binary.Utf8(Binary.Uint8), Binary.prefixed(prefix, { unit: "bytes" })),
      end: Binary.Uint8
    }),
    {
      both: [
        [{ items: [], end: 1 }, `${wide ? "0000" : "00"} 01`],
        [{ items: ["a", ""], end: 1 }, `${wide ? "0003" : "03"} 0161 00 01`],
        [{ items: ["a".repeat(200)], end: 1 }, `${wide ? "00c9" : "c901"} c8${"61".repeat(200)} 01`]
      ],
      bytes: [
        [`${wide ? "0002" : "02"} 0261 61 01`, "InvalidLength", wide ? 2 : 1, "items.[0]"],
        [`${wide ? "0009" : "09"} 0261 61 01`, "InvalidLength", 0, "items"]
      ]
    }
  )
}

layoutTest("an array of a fixed number of bytes", Binary.Array(Binary.Varint(), Binary.inBytes(Binary.literal(3))), {
  both: [
    [[1, 2, 3], "010203"],
    [[300, 1], "ac02 01"]
  ],
  bytes: [["ac0280", "UnexpectedEnd", 2, "[1]"]],
  values: [[[1], "InvalidLength", 0, ""]]
})

layoutTest(
  "an array in so many bytes",
  Binary.Struct({
    size: Binary.Uint8,
    items: Binary.Array(Binary.Varint(), Binary.inBytes(Binary.field("size"))),
    end: Binary.Uint8
  }),
  {
    both: [[{ size: 3, items: [300, 1], end: 9 }, "03 ac02 01 09"]],
    bytes: [["04 ac02 01", "InvalidLength", 1, "items"]],
    values: [[{ size: 2, items: [300, 1], end: 9 }, "InvalidLength", 1, "items"]]
  }
)

layoutTest("an array to the end", Binary.Struct({ n: Binary.Uint8, items: Binary.Array(Binary.Uint16, Binary.rest) }), {
  open: true,
  both: [
    [{ n: 1, items: [2, 3] }, "01 0002 0003"],
    [{ n: 1, items: [] }, "01"]
  ],
  bytes: [["01 0002 00", "UnexpectedEnd", 3, "items.[1]"]]
})

layoutTest(
  "an array up to a terminator",
  Binary.Struct({ labels: Binary.Array(Binary.Ascii(Binary.Uint8), Binary.terminated(0)), n: Binary.Uint8 }),
  {
    both: [
      [{ labels: ["ab", "c"], n: 1 }, "026162 0163 00 01"],
      [{ labels: [], n: 1 }, "00 01"]
    ],
    bytes: [
      ["026162", "MissingTerminator", 3, "labels"],
      ["026162 00", "UnexpectedEnd", 4, "n"]
    ],
    values: [[{ labels: ["ab", ""], n: 1 }, "Unrepresentable", 3, "labels.[1]"]]
  }
)

layoutTest(
  "an array up to a terminator longer than its elements",
  Binary.Array(Binary.Uint8, Binary.terminated(0, 0)),
  {
    both: [
      [[1, 0, 2], "010002 0000"],
      [[], "0000"]
    ],
    bytes: [["0100", "MissingTerminator", 2, ""]],
    values: [
      [[1, 0, 0, 2], "Unrepresentable", 1, "[1]"],
      [[1, 0], "Unrepresentable", 1, "[1]"]
    ]
  }
)

layoutTest("nothing in an array to the end", Binary.Array(Binary.Bytes(0), Binary.rest), {
  open: true,
  both: [[[], ""]],
  bytes: [["00", "InvalidLength", 0, "[0]", "an element of at least one byte"]],
  values: [[[bytes()], "Unrepresentable", 0, "[0]"]]
})

layoutTest("nothing, counted", Binary.Array(Binary.Struct({}), Binary.Uint8), {
  both: [[[{}, {}], "02"]]
})

describe("lengths", () => {
  it("refuses what cannot be a length", () => {
    assert.throws(() => Binary.Bytes(-1), "a fixed length must be a whole number from 0 on, not -1")
    assert.throws(() => Binary.Array(Binary.Uint8, 1.5), "not 1.5")
    assert.throws(() => Binary.terminated(256), "a byte is 0 to 255, not 256")
  })

  it("bounds are those of the lengths", () => {
    const sizes = (layout: Layout.Any) => {
      const { maxSize, minSize } = Codec.make(layout)
      return [minSize, maxSize]
    }
    assert.deepStrictEqual(sizes(Binary.Bytes(7)), [7, 7])
    assert.deepStrictEqual(sizes(Binary.Bytes(Binary.prefixed(Binary.Uint16, { min: 2, max: 9 }))), [4, 11])
    assert.deepStrictEqual(sizes(Binary.Array(Binary.Uint32, Binary.prefixed(Binary.Varint(), { max: 2 }))), [1, 13])
    assert.deepStrictEqual(sizes(Binary.Array(Binary.Uint32, Binary.prefixed(Binary.Varint(), { max: 0 }))), [1, 5])
    assert.deepStrictEqual(sizes(Binary.Bytes(Binary.terminated(1, 2))), [2, Infinity])
    assert.deepStrictEqual(sizes(Binary.Bytes(Binary.rest)), [0, Infinity])
    assert.deepStrictEqual(sizes(Binary.Array(Binary.Bytes(Binary.rest), 0)), [0, 0])
    assert.deepStrictEqual(sizes(Binary.Varint({ bits: 64 })), [1, 10])
  })

  it.each(backends)("views its input, or copies on request (%s)", (backend) => {
    const layout = Binary.Struct({
      fixed: Binary.Bytes(1),
      prefixed: Binary.Bytes(Binary.Uint8),
      terminated: Binary.Bytes(Binary.terminated(0)),
      rest: Binary.Bytes(Binary.rest)
    })
    const input = bytes(1, 1, 2, 3, 0, 4)
    const expected = { fixed: bytes(1), prefixed: bytes(2), terminated: bytes(3), rest: bytes(4) }
    const viewed = Codec.make(layout, { backend }).decodeSync(input)
    const copied = Codec.make(layout, { backend, copy: true }).decodeSync(input)
    assert.deepStrictEqual(viewed, expected)
    assert.deepStrictEqual(copied, expected)
    for (const value of Object.values(viewed)) assert.strictEqual(value.buffer, input.buffer)
    for (const value of Object.values(copied)) assert.notStrictEqual(value.buffer, input.buffer)
  })
})
