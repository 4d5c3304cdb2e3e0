import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

const Point = Binary.Struct({ x: Binary.Uint8, y: Binary.Uint8 })

layoutTest(
  "a tag before its case",
  Binary.Tagged(Binary.Uint8, { Point: [1, Point], Number: [2, Binary.Uint16], ["__proto__"]: [3, Binary.Struct({})] }),
  {
    both: [
      [{ _tag: "Point", x: 1, y: 2 }, "01 0102"],
      [{ _tag: "Number", value: 7 }, "02 0007"],
      [{ _tag: "__proto__" }, "03"]
    ],
    bytes: [
      ["00 00", "InvalidTag", 0, "", "a tag of 1, 2, 3, got 0"],
      ["01 01", "UnexpectedEnd", 2, "y"],
      ["", "UnexpectedEnd", 0, ""]
    ],
    values: [
      [{ _tag: "Circle" }, "InvalidTag", 0, "", 'a _tag of Point, Number, __proto__, got "Circle"'],
      [{}, "InvalidTag", 0, ""],
      [null, "InvalidType", 0, ""],
      [{ _tag: "Point", x: 1 }, "InvalidType", 2, "y"],
      [{ _tag: "Number" }, "InvalidType", 1, ""]
    ]
  }
)

layoutTest(
  "a varint tag",
  Binary.Tagged(Binary.Varint({ bits: 64, type: "bigint" }), { A: [1, Binary.Uint8], B: [300, Binary.Struct({})] }),
  {
    both: [
      [{ _tag: "A", value: 5 }, "01 05"],
      [{ _tag: "B" }, "ac02"]
    ],
    bytes: [["02 00", "InvalidTag", 0, ""]]
  }
)

layoutTest("a bigint tag", Binary.Tagged(Binary.Int64LE, { A: [-1, Binary.Uint8] }), {
  both: [[{ _tag: "A", value: 5 }, "ffffffffffffffff 05"]]
})

layoutTest(
  "a tag inside its case, of ranges",
  Binary.Tagged(Binary.peek(Binary.Uint8), {
    Small: [[0, 127], Binary.Struct({ n: Binary.Uint8 })],
    Text: [
      [128, 191],
      Binary.Struct({ head: Binary.Uint8, text: Binary.Ascii(Binary.bitAnd(Binary.field("head"), 63)) })
    ],
    Nil: [192, Binary.Struct({ head: Binary.Const(Binary.Uint8, 192) })]
  }),
  {
    both: [
      [{ _tag: "Small", n: 127 }, "7f"],
      [{ _tag: "Text", head: 130, text: "ab" }, "82 6162"],
      [{ _tag: "Nil" }, "c0"]
    ],
    bytes: [
      ["c1", "InvalidTag", 0, "", "a tag of 0-127, 128-191, 192"],
      ["82 61", "InvalidLength", 1, "text"],
      ["", "UnexpectedEnd", 0, ""]
    ]
  }
)

layoutTest(
  "a value whose own tag is another case's",
  Binary.Tagged(Binary.peek(Binary.Uint8), {
    Low: [[0, 9], Binary.Struct({ n: Binary.Uint8 })],
    High: [[10, 255], Binary.Struct({ n: Binary.Uint8 })]
  }),
  {
    both: [[{ _tag: "Low", n: 9 }, "09"]],
    values: [
      [{ _tag: "Low", n: 10 }, "Unrepresentable", 0, "", "bytes that read as something else"],
      [{ _tag: "High", n: 3 }, "Unrepresentable", 0, ""]
    ]
  }
)

layoutTest(
  "a tag further inside",
  Binary.Struct({
    before: Binary.Uint8,
    body: Binary.littleEndian(
      Binary.Tagged(Binary.peek(Binary.Uint16, 2), {
        A: [1, Binary.Struct({ id: Binary.Uint16, kind: Binary.Const(Binary.Uint16, 1), a: Binary.Uint8 })],
        B: [256, Binary.Struct({ id: Binary.Uint16, kind: Binary.Const(Binary.Uint16, 256) })]
      })
    )
  }),
  {
    both: [
      [{ before: 9, body: { _tag: "A", id: 7, a: 5 } }, "09 0700 0100 05"],
      [{ before: 9, body: { _tag: "B", id: 7 } }, "09 0700 0001"]
    ],
    bytes: [
      ["09 07", "UnexpectedEnd", 1, "body"],
      ["09 0700 01", "UnexpectedEnd", 3, "body"],
      ["09 0700 0200", "InvalidTag", 1, "body"]
    ]
  }
)

layoutTest(
  "a case that ends before the tag inside it",
  Binary.Struct({
    body: Binary.Tagged(Binary.peek(Binary.Uint8, 1), {
      Short: [7, Binary.Struct({ n: Binary.Uint8 })],
      Long: [[8, 9], Binary.Struct({ n: Binary.Uint8, kind: Binary.Uint8 })]
    }),
    next: Binary.Uint8
  }),
  {
    both: [[{ body: { _tag: "Long", n: 1, kind: 8 }, next: 3 }, "01 08 03"]],
    bytes: [["01 07 07", "InvalidTag", 0, "body", "a case that holds its tag, got 1 byte"]],
    values: [
      [{ body: { _tag: "Short", n: 1 }, next: 7 }, "Unrepresentable", 0, "body"],
      [{ body: { _tag: "Long", n: 1, kind: 7 }, next: 7 }, "Unrepresentable", 0, "body"]
    ]
  }
)

layoutTest("a wide tag inside", Binary.Tagged(Binary.peek(Binary.Uint64), { A: [5, Binary.Uint64] }), {
  both: [[{ _tag: "A", value: 5n }, "0000000000000005"]],
  bytes: [["ffffffffffffffff", "InvalidTag", 0, ""]]
})

layoutTest(
  "a tag inside that is no safe integer",
  Binary.Tagged(Binary.peek(Binary.SafeUint64), { A: [[0, 2 ** 53 - 1], Binary.Uint64] }),
  {
    both: [[{ _tag: "A", value: 5n }, "0000000000000005"]],
    bytes: [["0020000000000000", "OutOfRange", 0, ""]]
  }
)

layoutTest(
  "a tag read earlier",
  Binary.Struct({
    kind: Binary.Enum(Binary.Uint8, { Point: 1, Number: 2 }),
    flag: Binary.Uint8,
    body: Binary.Tagged(Binary.field("kind"), { Point: [1, Point], Number: [2, Binary.Uint16] })
  }),
  {
    both: [
      [{ kind: "Point", flag: 0, body: { _tag: "Point", x: 1, y: 2 } }, "01 00 0102"],
      [{ kind: "Number", flag: 0, body: { _tag: "Number", value: 1 } }, "02 00 0001"]
    ],
    bytes: [["03 00 0102", "InvalidTag", 0, "kind"]],
    values: [[{ kind: "Number", flag: 0, body: { _tag: "Point", x: 1, y: 2 } }, "InvalidTag", 2, "body"]]
  }
)

layoutTest(
  "a tag that the writer fills in",
  Binary.Struct({
    kind: Binary.Computed(Binary.Uint8, Binary.tagOf("body")),
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("body")),
    body: Binary.Window(
      Binary.field("size"),
      Binary.Tagged(Binary.field("kind"), {
        Point: [1, Point],
        Number: [2, Binary.Uint16],
        None: [3, Binary.Struct({})]
      })
    )
  }),
  {
    both: [
      [{ body: { _tag: "Point", x: 1, y: 2 } }, "01 02 0102"],
      [{ body: { _tag: "None" } }, "03 00"]
    ],
    bytes: [
      ["04 00", "InvalidTag", 2, "body"],
      ["03 01 00", "TrailingBytes", 2, "body"],
      ["01 01 00", "UnexpectedEnd", 3, "body.y"]
    ],
    values: [[{ body: { _tag: "Other" } }, "InvalidTag", 2, "body"]]
  }
)

layoutTest(
  "a range and all others, of a tag read earlier",
  Binary.Struct({
    kind: Binary.Int8,
    body: Binary.Tagged(Binary.field("kind"), {
      Other: [Binary.otherwise, Binary.Bytes(Binary.rest)],
      Few: [[1, 3], Binary.Uint8]
    })
  }),
  {
    open: true,
    both: [
      [{ kind: 3, body: { _tag: "Few", value: 7 } }, "03 07"],
      [{ kind: 4, body: { _tag: "Other", value: Uint8Array.of(7, 8) } }, "04 0708"],
      [{ kind: -1, body: { _tag: "Other", value: Uint8Array.of() } }, "ff"]
    ],
    values: [
      [{ kind: 4, body: { _tag: "Few", value: 7 } }, "InvalidTag", 1, "body"],
      [{ kind: 2, body: { _tag: "Other", value: Uint8Array.of(7) } }, "InvalidTag", 1, "body"]
    ]
  }
)

layoutTest(
  "all others, of a tag inside",
  Binary.Tagged(Binary.peek(Binary.Uint8), {
    Other: [Binary.otherwise, Binary.Struct({ n: Binary.Uint8 })],
    Zero: [0, Binary.Struct({ zero: Binary.Const(Binary.Uint8, 0) })]
  }),
  {
    both: [
      [{ _tag: "Zero" }, "00"],
      [{ _tag: "Other", n: 255 }, "ff"]
    ],
    values: [[{ _tag: "Other", n: 0 }, "Unrepresentable", 0, ""]]
  }
)

layoutTest(
  "a boolean tag",
  Binary.Struct({
    n: Binary.Uint8,
    body: Binary.Tagged(Binary.greaterThan(Binary.field("n"), 4), { Low: [0, Binary.Uint8], High: [1, Binary.Uint16] })
  }),
  {
    both: [
      [{ n: 4, body: { _tag: "Low", value: 1 } }, "04 01"],
      [{ n: 5, body: { _tag: "High", value: 1 } }, "05 0001"]
    ],
    values: [[{ n: 4, body: { _tag: "High", value: 1 } }, "InvalidTag", 1, "body"]]
  }
)

layoutTest(
  "a tag that is no safe integer",
  Binary.Struct({ n: Binary.Uint64, body: Binary.Tagged(Binary.field("n"), { A: [0, Binary.Uint8] }) }),
  {
    both: [[{ n: 0n, body: { _tag: "A", value: 1 } }, "0000000000000000 01"]],
    bytes: [["ffffffffffffffff 01", "InvalidTag", 8, "body", "a safe integer"]],
    values: [[{ n: 2n ** 60n, body: { _tag: "A", value: 1 } }, "InvalidTag", 8, "body", "a safe integer"]]
  }
)

layoutTest(
  "hidden fields of a case",
  Binary.Tagged(Binary.Uint8, {
    A: [1, Binary.Struct({ pad: Binary.Padding(1), n: Binary.Uint8, ["__proto__"]: Binary.Uint8 })]
  }),
  {
    both: [[{ _tag: "A", n: 2, ["__proto__"]: 3 }, "01 00 02 03"]],
    reads: [["01 09 02 03", { _tag: "A", n: 2, ["__proto__"]: 3 }]]
  }
)

layoutTest(
  "cases of different sizes in an array",
  Binary.Struct({
    items: Binary.Array(
      Binary.Tagged(Binary.Uint8, { A: [1, Binary.Uint8], B: [2, Binary.Uint32], C: [3, Binary.Struct({})] }),
      Binary.Uint8
    ),
    end: Binary.Uint16
  }),
  {
    both: [
      [
        { items: [{ _tag: "A", value: 1 }, { _tag: "B", value: 2 }, { _tag: "C" }], end: 5 },
        "03 0101 0200000002 03 0005"
      ]
    ],
    bytes: [
      ["02 0101 020000 0005", "UnexpectedEnd", 8, "end"],
      ["02 0101 0900 0005", "InvalidTag", 3, "items.[1]"]
    ]
  }
)

describe("Tagged", () => {
  it("says its bounds", () => {
    const codec = Codec.make(Binary.Tagged(Binary.Uint8, { A: [1, Binary.Uint8], B: [2, Binary.Uint32] }))
    assert.deepStrictEqual([codec.minSize, codec.maxSize], [2, 5])
  })

  it("refuses cases that cannot be told apart or written", () => {
    const U8 = Binary.Uint8
    assert.throws(() => Binary.Tagged(U8, { A: [1, U8], B: [1, U8] }), "cases A and B have a tag in common")
    assert.throws(() => Binary.Tagged(Binary.peek(U8), { A: [[1, 3], U8], B: [[3, 4], U8] }), "cases A and B have")
    assert.throws(
      () => Binary.Tagged(U8, { A: [[1, 2], U8] }),
      "case A: a tag that stands before its case cannot be a range"
    )
    assert.throws(() => Binary.Tagged(U8, { A: [Binary.otherwise, U8] }), "case A: a tag that stands before")
    assert.throws(
      () => Binary.Tagged(Binary.peek(U8), { A: [Binary.otherwise, U8], B: [Binary.otherwise, U8] }),
      "cases A and B have a tag in common"
    )
    assert.throws(() => Binary.Tagged(U8, { A: [256, U8] }), "case A: 256 is no number from 0 to 255")
    assert.throws(
      () => Binary.Tagged(Binary.peek(U8), { A: [[2, 1], U8] }),
      "case A: the last tag comes before the first"
    )
    assert.throws(
      () => Binary.Tagged(U8, { A: [1, Binary.Struct({ _tag: U8 })] }),
      "case A: a field cannot be called _tag"
    )
    assert.throws(() => Binary.Tagged(U8, {}), "a tagged union needs a case")
  })
})

layoutTest(
  "a tag inside of a byte order of its own",
  Binary.Tagged(Binary.peek(Binary.Uint16LE), { A: [[1, 2], Binary.Struct({ n: Binary.Uint16LE })] }),
  {
    both: [[{ _tag: "A", n: 2 }, "0200"]],
    values: [[{ _tag: "A", n: 256 }, "Unrepresentable", 0, ""]]
  }
)
