import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest(
  "a size that stands apart",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint16, Binary.sizeOf("body")),
    kind: Binary.Uint8,
    body: Binary.Utf8(Binary.field("size"))
  }),
  {
    both: [
      [{ kind: 9, body: "hi" }, "0002 09 6869"],
      [{ kind: 9, body: "" }, "0000 09"]
    ],
    bytes: [
      ["0003 09 6869", "InvalidLength", 3, "body"],
      ["0001 09 6869", "TrailingBytes", 4, ""]
    ],
    values: [
      [{ kind: 9, body: "x".repeat(65536) }, "OutOfRange", 0, "size", "a number from 0 to 65535"],
      [{ kind: 9 }, "InvalidType", 3, "body"]
    ]
  }
)

layoutTest(
  "what nothing else refers to",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("items")),
    count: Binary.Computed(Binary.Uint8, Binary.countOf("items")),
    offset: Binary.Computed(Binary.Uint8, Binary.offsetOf("items")),
    items: Binary.Array(Binary.Uint16, Binary.Uint8),
    end: Binary.Computed(
      Binary.Uint16LE,
      Binary.add(Binary.offsetOf("end"), Binary.multiply(Binary.countOf("items"), 256))
    )
  }),
  {
    both: [[{ items: [1, 2] }, "05 02 03 02 00010002 0802"]],
    bytes: [
      ["06 02 03 02 00010002 0802", "ComputedMismatch", 0, "size", "expected 5 (uint8 = sizeOf(items)), got 6"],
      ["05 03 03 02 00010002 0802", "ComputedMismatch", 1, "count", "uint8 = countOf(items)"],
      ["05 02 04 02 00010002 0802", "ComputedMismatch", 2, "offset"],
      ["05 02 03 02 00010002 0803", "ComputedMismatch", 8, "end", "(offsetOf(end) + (countOf(items) * 256))"]
    ]
  }
)

layoutTest(
  "counts of bytes, texts, nulls and missing fields",
  Binary.Struct({
    bytes: Binary.Computed(Binary.Uint8, Binary.countOf("b")),
    nothing: Binary.Computed(Binary.Uint8, Binary.add(Binary.countOf("n"), Binary.countOf("o"))),
    b: Binary.Bytes(Binary.Uint8),
    n: Binary.Bytes(Binary.prefixed(Binary.Uint8, { absent: 255 })),
    o: Binary.Flagged(Binary.Uint8, Binary.Bytes(1))
  }),
  {
    both: [
      [{ b: Uint8Array.of(1, 2), n: null, o: undefined }, "02 00 020102 ff 00"],
      [{ b: Uint8Array.of(), n: Uint8Array.of(7), o: Uint8Array.of(8) }, "00 02 00 0107 01 08"]
    ]
  }
)

layoutTest(
  "the count of an array of names",
  Binary.Struct({
    n: Binary.Computed(Binary.Uint8, Binary.countOf("xs")),
    xs: Binary.Array(Binary.Enum(Binary.Uint8, { A: 1, B: 2 }), Binary.field("n")),
    last: Binary.Struct({ m: Binary.Uint8, kind: Binary.Enum(Binary.Uint8, { A: 1 }) }),
    body: Binary.Bytes(Binary.field("last", "m"))
  }),
  {
    both: [[{ xs: ["A", "B"], last: { m: 1, kind: "A" }, body: Uint8Array.of(7) }, "02 0102 01 01 07"]]
  }
)

layoutTest(
  "a count from within",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("outer")),
    outer: Binary.Struct({
      count: Binary.Computed(Binary.Uint8, Binary.countOf("items")),
      items: Binary.Array(Binary.Uint8, Binary.field("count")),
      tail: Binary.Bytes(Binary.subtract(Binary.subtract(Binary.field("size"), Binary.field("count")), 1))
    })
  }),
  {
    both: [
      [{ outer: { items: [1, 2], tail: Uint8Array.of(9) } }, "04 02 0102 09"],
      [{ outer: { items: [], tail: Uint8Array.of() } }, "01 00"]
    ],
    bytes: [
      ["00 00", "InvalidLength", 2, "outer.tail", "got -1"],
      ["01 01 07", "InvalidLength", 3, "outer.tail"]
    ]
  }
)

layoutTest(
  "a length behind a choice",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("body")),
    body: Binary.Tagged(Binary.Uint8, {
      A: [
        1,
        Binary.Struct({
          skip: Binary.Uint8,
          data: Binary.Bytes(Binary.subtract(Binary.subtract(Binary.field("size"), 2), Binary.field("skip")))
        })
      ],
      B: [2, Binary.Struct({})]
    })
  }),
  {
    both: [
      [{ body: { _tag: "A", skip: 0, data: Uint8Array.of(1, 2) } }, "04 01 00 0102"],
      [{ body: { _tag: "B" } }, "01 02"]
    ],
    bytes: [["05 01 00 010203 ff", "TrailingBytes", 6, ""]],
    values: [
      [
        { body: { _tag: "A", skip: 1, data: Uint8Array.of(1, 2) } },
        "InvalidLength",
        3,
        "body.data",
        "expected 1, got 2"
      ]
    ]
  }
)

layoutTest(
  "a flag that another field decides",
  Binary.Struct({
    has: Binary.Computed(Binary.Uint8, Binary.greaterThan(Binary.sizeOf("body"), 0)),
    body: Binary.When(Binary.field("has"), Binary.Bytes(Binary.Uint8)),
    n: Binary.Uint8
  }),
  {
    both: [
      [{ body: undefined, n: 1 }, "00 01"],
      [{ body: Uint8Array.of(), n: 1 }, "01 00 01"]
    ],
    bytes: [["02 00 01", "ComputedMismatch", 0, "has"]]
  }
)

layoutTest(
  "the size of a window",
  Binary.Struct({
    n: Binary.Computed(Binary.Uint8, Binary.sizeOf("w")),
    w: Binary.Window(Binary.field("n"), Binary.Struct({ a: Binary.Uint8, rest: Binary.Bytes(Binary.rest) })),
    end: Binary.Uint8
  }),
  {
    both: [[{ w: { a: 1, rest: Uint8Array.of(2, 3) }, end: 4 }, "03 010203 04"]],
    bytes: [["00 04", "UnexpectedEnd", 1, "w.a"]]
  }
)

layoutTest(
  "in another byte order",
  Binary.Struct({
    little: Binary.Uint8,
    size: Binary.littleEndianWhen(Binary.field("little"), Binary.Computed(Binary.Uint16, Binary.sizeOf("body"))),
    fixed: Binary.littleEndian(Binary.Computed(Binary.Uint16, Binary.sizeOf("body"))),
    body: Binary.Bytes(Binary.field("size"))
  }),
  {
    both: [
      [{ little: 0, body: Uint8Array.of(7) }, "00 0001 0100 07"],
      [{ little: 1, body: Uint8Array.of(7) }, "01 0100 0100 07"]
    ],
    bytes: [["01 0100 0200 07", "ComputedMismatch", 3, "fixed"]]
  }
)

layoutTest(
  "a number that is too wide",
  Binary.Struct({ n: Binary.Uint64, size: Binary.Computed(Binary.Uint8, Binary.field("n")) }),
  {
    both: [[{ n: 7n }, "0000000000000007 07"]],
    bytes: [["ffffffffffffffff 07", "ComputedMismatch", 8, "size"]],
    values: [
      [{ n: 2n ** 60n }, "OutOfRange", 8, "size", "no safe integer"],
      [{ n: 256n }, "OutOfRange", 8, "size"]
    ]
  }
)

layoutTest(
  "a negative or fractional result",
  Binary.Struct({
    n: Binary.Uint8,
    half: Binary.Computed(Binary.Int8, Binary.subtract(Binary.divide(Binary.field("n"), 2), 3))
  }),
  {
    both: [
      [{ n: 1 }, "01 fd"],
      [{ n: 7 }, "07 00"]
    ]
  }
)

describe("refuses, when it is compiled", () => {
  const make = (fields: Parameters<typeof Binary.Struct>[0]) => () => Codec.make(Binary.Struct(fields))
  it("fields that are not there", () => {
    assert.throws(make({ a: Binary.Bytes(Binary.field("b")) }), "no field b before this place")
    assert.throws(make({ a: Binary.Computed(Binary.Uint8, Binary.sizeOf("b")) }), "no field b in this struct")
    assert.throws(
      make({ a: Binary.Checksum(Binary.Uint8, { name: "x", compute: () => 0 }, { from: "b" }) }),
      "no field b in this struct"
    )
    assert.throws(
      make({ a: Binary.Uint8, b: Binary.Bytes(Binary.sizeOf("a")) }),
      "the place of a is known to computed fields only"
    )
    assert.throws(
      make({ n: Binary.Computed(Binary.Uint8, Binary.tagOf("a")), a: Binary.Uint8 }),
      "tagOf: a is no tagged union"
    )
  })
})
