import { Binary } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest(
  "When",
  Binary.Struct({
    flags: Binary.Flags(Binary.Uint8, { a: 1, b: 2 }),
    a: Binary.When(Binary.field("flags", "a"), Binary.Uint16),
    b: Binary.When(Binary.and(Binary.field("flags", "b"), Binary.field("flags", "a")), Binary.Utf8(Binary.Uint8)),
    end: Binary.Uint8
  }),
  {
    both: [
      [{ flags: { a: false, b: false }, a: undefined, b: undefined, end: 9 }, "00 09"],
      [{ flags: { a: true, b: false }, a: 1, b: undefined, end: 9 }, "01 0001 09"],
      [{ flags: { a: true, b: true }, a: 1, b: "x", end: 9 }, "03 0001 0178 09"],
      [{ flags: { a: false, b: true }, a: undefined, b: undefined, end: 9 }, "02 09"]
    ],
    bytes: [
      ["01 0001", "UnexpectedEnd", 3, "end"],
      ["03 0001 05 78 09", "InvalidLength", 3, "b"]
    ],
    values: [
      [{ flags: { a: true, b: false }, end: 9 }, "InvalidPresence", 1, "a", "expected true, got none"],
      [{ flags: { a: false, b: false }, a: 1, end: 9 }, "InvalidPresence", 1, "a", "expected false, got a value"],
      [{ flags: { a: true, b: false }, a: null, end: 9 }, "InvalidType", 1, "a"]
    ]
  }
)

layoutTest(
  "When a number is not zero",
  Binary.Struct({
    n: Binary.Int8,
    body: Binary.When(Binary.remainder(Binary.field("n"), Binary.field("n")), Binary.Uint8),
    more: Binary.When(Binary.field("n"), Binary.Uint8)
  }),
  {
    both: [
      [{ n: 0, body: undefined, more: undefined }, "00"],
      [{ n: -3, body: undefined, more: 7 }, "fd 07"]
    ],
    values: [[{ n: 0, body: 1 }, "InvalidPresence", 1, "body"]]
  }
)

layoutTest(
  "When a wide number",
  Binary.Struct({ n: Binary.Uint64, body: Binary.When(Binary.field("n"), Binary.Uint8) }),
  {
    both: [[{ n: 1n, body: 2 }, "0000000000000001 02"]],
    bytes: [["ffffffffffffffff 01", "OutOfRange", 8, "body", "a safe integer"]],
    values: [[{ n: 2n ** 63n, body: 1 }, "InvalidPresence", 8, "body"]]
  }
)

layoutTest(
  "Flagged",
  Binary.Struct({
    x: Binary.Flagged(Binary.Uint8, Binary.Uint16),
    y: Binary.Flagged(Binary.Int32LE, Binary.Bytes(Binary.Uint8)),
    end: Binary.Uint8
  }),
  {
    both: [
      [{ x: undefined, y: undefined, end: 1 }, "00 00000000 01"],
      [{ x: 7, y: Uint8Array.of(1), end: 1 }, "01 0007 01000000 0101 01"]
    ],
    bytes: [
      ["02 0007 00000000 01", "InvalidTag", 0, "x", "0 or 1, got 2"],
      ["00 ffffffff 01", "InvalidTag", 1, "y"],
      ["01 0007 0100000000", "UnexpectedEnd", 8, "end"]
    ],
    values: [[{ x: "7", end: 1 }, "InvalidType", 1, "x"]]
  }
)

layoutTest(
  "Trailing",
  Binary.Struct({ a: Binary.Uint8, b: Binary.Trailing(Binary.Uint16), c: Binary.Trailing(Binary.Uint8) }),
  {
    open: true,
    both: [
      [{ a: 1, b: undefined, c: undefined }, "01"],
      [{ a: 1, b: 2, c: undefined }, "01 0002"],
      [{ a: 1, b: 2, c: 3 }, "01 0002 03"]
    ],
    bytes: [
      ["01 00", "UnexpectedEnd", 1, "b"],
      ["01 0002 03 04", "TrailingBytes", 4, ""]
    ],
    values: [
      [{ a: 1, c: 3 }, "Unrepresentable", 1, "b", "the end of the window"],
      [{ a: 1, b: 65536 }, "OutOfRange", 1, "b"]
    ]
  }
)

layoutTest(
  "Trailing in a window",
  Binary.Struct({
    w: Binary.Window(Binary.Uint8, Binary.Struct({ a: Binary.Uint8, b: Binary.Trailing(Binary.Uint8) })),
    end: Binary.Uint8
  }),
  {
    both: [
      [{ w: { a: 1, b: undefined }, end: 9 }, "01 01 09"],
      [{ w: { a: 1, b: 2 }, end: 9 }, "02 0102 09"]
    ]
  }
)

layoutTest("Trailing nothing", Binary.Struct({ b: Binary.Trailing(Binary.Bytes(Binary.rest)) }), {
  open: true,
  both: [
    [{ b: undefined }, ""],
    [{ b: Uint8Array.of(1) }, "01"]
  ],
  values: [[{ b: Uint8Array.of() }, "Unrepresentable", 0, "b", "a value of at least one byte"]]
})

layoutTest(
  "bytes to the end before others",
  Binary.Struct({ a: Binary.Bytes(Binary.rest), b: Binary.Bytes(Binary.rest), c: Binary.Trailing(Binary.Uint8) }),
  {
    open: true,
    both: [
      [{ a: Uint8Array.of(1, 2), b: Uint8Array.of(), c: undefined }, "0102"],
      [{ a: Uint8Array.of(), b: Uint8Array.of(), c: undefined }, ""]
    ],
    values: [
      [{ a: Uint8Array.of(1), b: Uint8Array.of(2) }, "Unrepresentable", 1, "a", "the end of the window"],
      [{ a: Uint8Array.of(1), b: Uint8Array.of(), c: 3 }, "Unrepresentable", 1, "a"]
    ]
  }
)

layoutTest(
  "elements to the end, which the first takes all",
  Binary.Array(Binary.Struct({ a: Binary.Array(Binary.Uint8, Binary.rest) }), Binary.rest),
  {
    open: true,
    both: [[[{ a: [1, 2] }], "0102"]],
    values: [[[{ a: [1] }, { a: [2] }], "Unrepresentable", 1, "[0].a"]]
  }
)

const Item = Binary.Struct({ n: Binary.Uint8, more: Binary.Trailing(Binary.Uint8) })
const List = Binary.Suspend("List", () => Item)
layoutTest(
  "Trailing before the end, through a recursion, a window and bytes",
  Binary.Struct({
    w: Binary.Window(
      Binary.Uint8,
      Binary.Struct({
        inner: List,
        bytes: Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Uint8, { unit: "bytes" }))
      })
    ),
    x: Binary.Array(List, Binary.prefixed(Binary.Uint8, { unit: "bytes" })),
    end: Binary.Uint8
  }),
  {
    both: [
      [
        {
          w: { inner: { n: 1, more: 2 }, bytes: [] },
          x: [
            { n: 1, more: 2 },
            { n: 3, more: undefined }
          ],
          end: 9
        },
        "03 0102 00 03 010203 09"
      ]
    ],
    values: [
      [{ w: { inner: { n: 1 }, bytes: [] }, x: [], end: 9 }, "Unrepresentable", 2, "w.inner.more"],
      [
        { w: { inner: { n: 1, more: 2 }, bytes: [] }, x: [{ n: 1 }, { n: 2 }], end: 9 },
        "Unrepresentable",
        6,
        "x.[0].more"
      ]
    ]
  }
)
