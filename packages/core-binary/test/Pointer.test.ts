import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec, type Layout } from "@bytewright/core-binary"
import { backends, layoutTest } from "./agreement.ts"

const Directory = Binary.Struct({
  offset: Binary.Uint8,
  name: Binary.Pointer(Binary.field("offset"), Binary.Ascii(Binary.Uint8)),
  flag: Binary.Uint8
})

layoutTest("a pointer from the message", Binary.Struct({ entry: Directory, names: Binary.Bytes(Binary.rest) }), {
  open: true,
  reads: [["02 07 026162", { entry: { offset: 2, name: "ab", flag: 7 }, names: Uint8Array.of(2, 0x61, 0x62) }]],
  bytes: [
    ["06 07 026162", "InvalidPointer", 1, "entry.name", "an offset within the 5 bytes there are, got 6"],
    ["04 07 026162", "InvalidLength", 4, "entry.name"],
    ["05 07 026162", "UnexpectedEnd", 5, "entry.name"]
  ],
  values: [
    [
      { entry: { offset: 1, name: "x", flag: 7 }, names: Uint8Array.of() },
      "Unrepresentable",
      1,
      "entry.name",
      "a pointer"
    ]
  ]
})

layoutTest(
  "a pointer from within a window leads out of it",
  Binary.Struct({
    w: Binary.Window(
      Binary.Uint8,
      Binary.Struct({ at: Binary.Uint8, n: Binary.Pointer(Binary.field("at"), Binary.Uint16) })
    ),
    end: Binary.Uint16
  }),
  {
    reads: [["01 02 0405", { w: { at: 2, n: 0x0405 }, end: 0x0405 }]],
    bytes: [["01 03 0405", "UnexpectedEnd", 3, "w.n"]]
  }
)

layoutTest(
  "a pointer from the input",
  Binary.Struct({ at: Binary.Uint8, n: Binary.Pointer(Binary.field("at"), Binary.Uint8, { origin: "input" }) }),
  {
    before: 0,
    reads: [["00", { at: 0, n: 0 }]]
  }
)

layoutTest(
  "a pointer to nothing, by a fraction, by no number",
  Binary.Struct({ at: Binary.Int64, n: Binary.Pointer(Binary.field("at"), Binary.Struct({})) }),
  {
    reads: [["0000000000000008", { at: 8n, n: {} }]],
    bytes: [
      ["ffffffffffffffff", "InvalidPointer", 8, "n", "got -1"],
      ["7fffffffffffffff", "InvalidPointer", 8, "n", "got NaN"]
    ]
  }
)

describe("origins", () => {
  const make = (origin: "message" | "input") =>
    Codec.make(Binary.Struct({ at: Binary.Int8, n: Binary.Pointer(Binary.field("at"), Binary.Uint8, { origin }) }))
  const at = (origin: "message" | "input", bytes: ReadonlyArray<number>, offset: number) => {
    const result = make(origin).decodeAt(Uint8Array.from([9, ...bytes]).subarray(1), offset)
    return result._tag === "Success" ? result.success.value.n : result.failure.reason._tag
  }

  it("the message or the input", () => {
    assert.strictEqual(at("message", [5, 6, 1, 7], 2), 7)
    assert.strictEqual(at("input", [5, 6, 1, 7], 2), 6)
    assert.strictEqual(at("input", [5, 6, 0, 7], 2), 5)
  })

  it("nothing before them", () => {
    assert.strictEqual(at("message", [5, 6, 0xff, 7], 2), "InvalidPointer")
    assert.strictEqual(at("input", [5, 6, 0xff, 7], 2), "InvalidPointer")
  })
})

interface Tree {
  readonly children: ReadonlyArray<{ readonly at: number; readonly tree: Tree }>
}
const Tree: Layout.Layout<Tree, "required"> = Binary.Suspend("Tree", () =>
  Binary.Struct({
    children: Binary.Array(
      Binary.Struct({ at: Binary.Uint8, tree: Binary.Pointer(Binary.field("at"), Tree) }),
      Binary.Uint8
    )
  })
)

layoutTest("a tree by pointers", Binary.Struct({ tree: Tree, rest: Binary.Bytes(Binary.rest) }), {
  open: true,
  reads: [
    [
      "02 03 03 00",
      {
        tree: {
          children: [
            { at: 3, tree: { children: [] } },
            { at: 3, tree: { children: [] } }
          ]
        },
        rest: Uint8Array.of(0)
      }
    ]
  ]
})

layoutTest("a loop", Tree, {
  options: { limits: { maxDepth: 5 } },
  bytes: [["01 00", "DepthExceeded", 0, Array(5).fill("children.[0].tree").join("."), "at most 5 levels of Tree"]]
})

describe("what pointers multiply", () => {
  it("stops at maxPointers, whatever the depth", () => {
    const codec = Codec.make(Tree, { limits: { maxDepth: 200 } })
    // Two children that are the tree itself: 2^200 nodes.
    const result = codec.decode(Uint8Array.of(2, 0, 0))
    assert.strictEqual(result._tag === "Failure" && result.failure.reason._tag, "DepthExceeded")
    const wide = Codec.make(
      Binary.Array(
        Binary.Struct({ at: Binary.Uint8, n: Binary.Pointer(Binary.field("at"), Binary.Uint8) }),
        Binary.rest
      ),
      { limits: { maxPointers: 3 } }
    )
    assert.strictEqual(wide.decodeSync(Uint8Array.of(0, 0, 0)).length, 3)
    const more = wide.decode(Uint8Array.of(0, 0, 0, 0))
    assert.strictEqual(
      more._tag === "Failure" && more.failure.message.slice(0, 60),
      "[3].n: LimitExceeded at byte 4: expected at most 3 pointers, got more".slice(0, 60)
    )
  })

  it("stops at maxPointers before a tree of loops is exponential", () => {
    const codec = Codec.make(Tree, { limits: { maxDepth: 30, maxPointers: 1000 } })
    const bytes = new Uint8Array(64)
    for (let i = 0; i < 60; i += 3) bytes.set([2, i + 3, i + 3], i)
    const result = codec.decode(bytes)
    assert.strictEqual(result._tag === "Failure" && result.failure.reason._tag, "LimitExceeded")
  })

  it.each(backends)("stops at maxBytes behind pointers (%s)", (backend) => {
    const layout = Binary.Struct({
      items: Binary.Array(
        Binary.Struct({ at: Binary.Uint8, text: Binary.Pointer(Binary.field("at"), Binary.Ascii(8)) }),
        4
      ),
      text: Binary.Ascii(8)
    })
    const bytes = Uint8Array.of(4, 4, 4, 4, ...new TextEncoder().encode("abcdefgh"))
    assert.strictEqual(Codec.make(layout, { backend, limits: { maxBytes: 32 } }).decodeSync(bytes).items.length, 4)
    const result = Codec.make(layout, { backend, limits: { maxBytes: 31 } }).decode(bytes)
    assert.include(
      result._tag === "Failure" ? result.failure.message : "",
      "items[3].text: LimitExceeded at byte 4: expected at most 31 bytes behind pointers"
    )
  })
})
