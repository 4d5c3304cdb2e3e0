import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { backends, layoutTest } from "./agreement.ts"

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

layoutTest(
  "types that expressions see",
  Binary.Struct({
    float: Binary.Float32,
    wide: Binary.Enum(Binary.Uint64, { One: 1, Two: 2 }),
    maybe: Binary.Flagged(Binary.Uint8, Binary.Uint8),
    sum: Binary.Computed(Binary.Uint8, Binary.add(Binary.field("float"), Binary.field("wide"))),
    body: Binary.When(Binary.greaterThan(Binary.field("maybe"), 0), Binary.Uint8)
  }),
  {
    both: [
      [{ float: 2, wide: "One", maybe: 1, body: 5 }, "40000000 0000000000000001 0101 03 05"],
      [{ float: 2, wide: "Two", maybe: 0, body: undefined }, "40000000 0000000000000002 0100 04"]
    ],
    bytes: [["40000000 0000000000000001 00 03", "OutOfRange", 14, "body"]],
    values: [
      [{ float: 2, wide: "One" }, "InvalidPresence", 14, "body", "a safe integer"],
      [{ float: 0.5, wide: "One", maybe: 0 }, "OutOfRange", 14, "sum"],
      [null, "InvalidType", 0, ""]
    ]
  }
)

layoutTest(
  "the tag of a union that may be null",
  Binary.Struct({
    first: Binary.Tagged(Binary.Uint8, { A: [7, Binary.Struct({})] }),
    kind: Binary.Computed(Binary.Uint8, Binary.tagOf("w")),
    w: Binary.Window(
      Binary.prefixed(Binary.Uint8, { absent: 255 }),
      Binary.Tagged(Binary.field("kind"), { A: [7, Binary.Uint8], B: [8, Binary.Uint8] })
    )
  }),
  {
    both: [
      [{ first: { _tag: "A" }, w: { _tag: "B", value: 1 } }, "07 08 01 01"],
      [{ first: { _tag: "A" }, w: null }, "07 00 ff"]
    ],
    bytes: [["07 07 ff", "ComputedMismatch", 1, "kind"]]
  }
)

layoutTest(
  "a tag of a struct outside",
  Binary.Struct({
    kind: Binary.Uint8,
    inner: Binary.Struct({ body: Binary.Tagged(Binary.field("kind"), { A: [7, Binary.Uint8] }) })
  }),
  {
    both: [[{ kind: 7, inner: { body: { _tag: "A", value: 1 } } }, "07 01"]],
    values: [[{ kind: 8, inner: { body: { _tag: "A", value: 1 } } }, "InvalidTag", 1, "inner.body"]]
  }
)

const Sized = Binary.Struct({
  size: Binary.Computed(Binary.Uint8, Binary.sizeOf("items")),
  items: Binary.Array(
    Binary.Struct({
      less: Binary.Uint8,
      data: Binary.Bytes(Binary.subtract(Binary.field("size"), Binary.field("less")))
    }),
    2
  )
})
layoutTest("a length that waits within an array", Sized, {
  both: [
    [
      {
        items: [
          { less: 4, data: Uint8Array.of(1) },
          { less: 3, data: Uint8Array.of(1, 2) }
        ]
      },
      "05 04 01 03 0102"
    ]
  ],
  bytes: [["05 04 01 02 010203", "ComputedMismatch", 0, "size"]],
  values: [
    [
      {
        items: [
          { less: 3, data: Uint8Array.of(1) },
          { less: 3, data: Uint8Array.of(1, 2) }
        ]
      },
      "InvalidLength",
      2,
      "items.[0].data"
    ]
  ]
})

describe.each(backends)("refuses, when it is compiled as %s", (backend) => {
  const make = (layout: Layout.Layout<unknown>) => () => Codec.make(layout, { backend })
  it("fields that are not there", () => {
    assert.throws(make(Binary.Struct({ a: Binary.Bytes(Binary.field("b")) })), "no field b before this place")
    assert.throws(
      make(Binary.Struct({ a: Binary.Computed(Binary.Uint8, Binary.sizeOf("b")) })),
      "no field b in this struct"
    )
    assert.throws(make(Binary.Bytes(Binary.countOf("b"))), "no field b in this struct")
    const Sum = (from: string, to?: string) =>
      Binary.Struct({ a: Binary.Checksum(Binary.Uint8, { name: "x", compute: () => 0 }, { from, to }) })
    assert.throws(make(Sum("b")), "no field b in this struct")
    assert.throws(make(Sum("a", "b")), "no field b in this struct")
  })

  it("what a writer could not know", () => {
    assert.throws(
      () => Binary.Computed(Binary.Uint8, Binary.add(Binary.remaining, 1)),
      "a computed field cannot depend on what remains"
    )
    assert.throws(
      () => Binary.littleEndianWhen(Binary.remaining, Binary.Uint8),
      "a byte order cannot depend on what remains"
    )
  })
})

describe("refuses, when it is generated", () => {
  const make = (fields: Parameters<typeof Binary.Struct>[0]) => () =>
    Codec.make(Binary.Struct(fields), { backend: "generated" })
  it("questions that have no answer there", () => {
    assert.throws(
      make({ a: Binary.Uint8, b: Binary.Bytes(Binary.sizeOf("a")) }),
      "the place of a is known to computed fields only"
    )
    assert.throws(
      make({ n: Binary.Computed(Binary.Uint8, Binary.tagOf("a")), a: Binary.Uint8 }),
      "tagOf: a is no tagged union"
    )
    const order = {
      n: Binary.Computed(Binary.Uint8, Binary.literal(1)),
      a: Binary.littleEndianWhen(Binary.field("n"), Binary.Uint16)
    }
    assert.throws(make(order), "a byte order cannot depend on a computed field")
  })
})
