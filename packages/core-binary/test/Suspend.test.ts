import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

interface Tree {
  readonly value: number
  readonly children: ReadonlyArray<Tree>
}
const Tree: Layout.Layout<Tree, "required"> = Binary.Suspend("Tree", () =>
  Binary.Struct({ value: Binary.Uint16, children: Binary.Array(Tree, Binary.Uint8) })
)
const leaf = (value: number): Tree => ({ value, children: [] })

layoutTest("a tree", Tree, {
  both: [
    [leaf(1), "0001 00"],
    [{ value: 1, children: [leaf(2), { value: 3, children: [leaf(4)] }] }, "0001 02 0002 00 0003 01 0004 00"]
  ],
  bytes: [["0001 02 0002 00 0003 05", "UnexpectedEnd", 9, "children.[1].children.[0].value"]],
  values: [[{ value: 1, children: [{ value: -1, children: [] }] }, "OutOfRange", 3, "children.[0].value"]]
})

layoutTest(
  "in a byte order",
  Binary.Struct({
    little: Binary.Uint8,
    a: Binary.littleEndian(Tree),
    b: Binary.bigEndian(Tree),
    c: Binary.littleEndianWhen(Binary.field("little"), Tree)
  }),
  {
    both: [
      [
        {
          little: 1,
          a: { value: 1, children: [leaf(2)] },
          b: { value: 1, children: [leaf(2)] },
          c: { value: 1, children: [leaf(2)] }
        },
        "01 0100 01 0200 00 0001 01 0002 00 0100 01 0200 00"
      ],
      [
        { little: 0, a: leaf(1), b: leaf(1), c: { value: 1, children: [leaf(2)] } },
        "00 0100 00 0001 00 0001 01 0002 00"
      ]
    ]
  }
)

const deep = (levels: number): Tree => (levels === 1 ? leaf(0) : { value: 0, children: [deep(levels - 1)] })
const deepHex = (levels: number): string => "000001".repeat(levels - 1) + "000000"

layoutTest("as deep as the limit, and deeper", Tree, {
  options: { limits: { maxDepth: 4 } },
  both: [[deep(4), deepHex(4)]],
  bytes: [
    [deepHex(5), "DepthExceeded", 12, "children.[0].children.[0].children.[0].children.[0]", "at most 4 levels of Tree"]
  ],
  values: [[deep(5), "DepthExceeded", 12, "children.[0].children.[0].children.[0].children.[0]"]]
})

layoutTest("the default depth", Tree, {
  both: [[deep(64), deepHex(64)]],
  bytes: [[deepHex(65), "DepthExceeded", 192, Array(64).fill("children.[0]").join(".")]]
})

interface List {
  readonly head: number
  readonly tail?: List | undefined
}
const List: Layout.Layout<List, "required"> = Binary.Suspend("List", () =>
  Binary.Struct({ head: Binary.Uint8, tail: Binary.Trailing(List) })
)

layoutTest(
  "in the middle of a struct",
  Binary.Struct({ list: Binary.Window(Binary.Uint8, List), end: Binary.Uint16 }),
  {
    both: [[{ list: { head: 1, tail: { head: 2, tail: undefined } }, end: 7 }, "02 0102 0007"]],
    bytes: [["02 0102 00", "UnexpectedEnd", 3, "end"]]
  }
)

describe("Suspend", () => {
  it("a value that contains itself is too deep", () => {
    const loop: { value: number; children: Array<unknown> } = { value: 1, children: [] }
    loop.children.push(loop)
    const result = Codec.make(Tree).encode(loop as unknown as Tree)
    assert.strictEqual(result._tag === "Failure" && result.failure.reason._tag, "DepthExceeded")
  })

  it("cannot see the fields outside", () => {
    const layout = Binary.Struct({
      n: Binary.Uint8,
      inner: Binary.Suspend("Inner", () => Binary.Bytes(Binary.field("n")))
    })
    assert.throws(() => Codec.make(layout), "no field n before this place")
  })

  it("is asked once for what it stands for", () => {
    let asked = 0
    const layout = Binary.Suspend("N", () => (asked++, Binary.Uint8))
    Codec.make(layout).decodeSync(Uint8Array.of(1))
    Codec.make(layout).decodeSync(Uint8Array.of(1))
    assert.strictEqual(asked, 1)
  })
})

layoutTest(
  "what may be empty",
  Binary.Suspend("Rest", () => Binary.Bytes(Binary.rest)),
  {
    open: true,
    both: [
      [Uint8Array.of(), ""],
      [Uint8Array.of(1), "01"]
    ]
  }
)
