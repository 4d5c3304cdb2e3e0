import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Describe, Fingerprint } from "../src/index.ts"
import type { Any, Layout } from "../src/Layout.ts"
import { upToDate } from "../../../harness/generated.ts"
import { fileURLToPath } from "node:url"

const same = (what: string, a: Any, b: Any): void =>
  it(`does not see ${what}`, () => {
    assert.deepStrictEqual(Fingerprint.wire(a), Fingerprint.wire(b))
    assert.strictEqual(Fingerprint.make(a), Fingerprint.make(b))
  })

const differ = (what: string, a: Any, b: Any): void =>
  it(`sees ${what}`, () => assert.notStrictEqual(Fingerprint.make(a), Fingerprint.make(b)))

type List = { readonly head: number; readonly tail?: List | undefined }
const list: Layout<List> = Binary.Struct({
  head: Binary.Uint8,
  tail: Binary.Flagged(
    Binary.Uint8,
    Binary.Suspend("List", (): Layout<List> => list)
  )
})
const renamed: Layout<unknown> = Binary.Struct({
  first: Binary.Uint8,
  rest: Binary.Flagged(
    Binary.Uint8,
    Binary.Suspend("Other", (): Layout<unknown> => renamed)
  )
})

describe("a fingerprint", () => {
  same("names of fields", Binary.Struct({ a: Binary.Uint8 }), Binary.Struct({ b: Binary.Uint8 }))
  same(
    "names in expressions",
    Binary.Struct({ a: Binary.Uint8, b: Binary.Bytes(Binary.field("a")) }),
    Binary.Struct({ n: Binary.Uint8, x: Binary.Bytes(Binary.field("n")) })
  )
  same(
    "fields grouped into a struct",
    Binary.Struct({ a: Binary.Uint8, f: Binary.Bits({ x: 4, y: 4 }), b: Binary.Bytes(Binary.field("f", "y")) }),
    Binary.Struct({
      h: Binary.littleEndian(Binary.bigEndian(Binary.Struct({ a: Binary.Uint8, f: Binary.Bits({ p: 4, q: 4 }) }))),
      b: Binary.Bytes(Binary.field("h", "f", "q"))
    })
  )
  same(
    "names of cases and their order",
    Binary.Tagged(Binary.Uint8, { A: [1, Binary.Int8], B: [2, Binary.Int16] }),
    Binary.Tagged(Binary.Uint8, { Y: [2, Binary.Int16], X: [1, Binary.Int8] })
  )
  same(
    "names of enums and flags",
    Binary.Struct({
      e: Binary.Enum(Binary.Uint8, { a: 1, b: 2 }),
      f: Binary.Flags(Binary.Uint8, { x: 1 }),
      w: Binary.When(Binary.field("f", "x"), Binary.Uint8)
    }),
    Binary.Struct({
      e: Binary.Enum(Binary.Uint8, { d: 2, c: 1 }),
      f: Binary.Flags(Binary.Uint8, { y: 1 }),
      w: Binary.When(Binary.field("f", "y"), Binary.Uint8)
    })
  )
  same(
    "names of an open enum, or that all flags have one",
    Binary.Enum(Binary.Uint8, { a: 1 }, { open: true }),
    Binary.Flags(Binary.Uint8, { a: 1, b: 2, c: 4, d: 8, e: 16, f: 32, g: 64, h: 128 })
  )
  same(
    "how a byte order came about",
    Binary.littleEndian(Binary.Struct({ a: Binary.Uint16, b: Binary.Float32 })),
    Binary.Struct({ a: Binary.Uint16LE, b: Binary.Float32LE })
  )
  same("a byte order that holds anyway", Binary.bigEndian(Binary.Float64), Binary.Float64BE)
  same(
    "a schema between a window and its content",
    Binary.Window(Binary.Uint8, Binary.Bytes(Binary.rest).pipe(Binary.decodeTo(Schema.Uint8Array))),
    Binary.Bytes(Binary.Uint8)
  )
  same("the byte order of a byte", Binary.littleEndian(Binary.Uint8), Binary.Uint8)
  same("schemas", Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite)), Binary.Uint8)
  same("value types", Binary.SafeInt64, Binary.Int64)
  same("laziness", Binary.Lazy(Binary.Uint8, Binary.Uint16), Binary.Window(Binary.Uint8, Binary.Uint16))
  same(
    "a window around content that fills it",
    Binary.Window(Binary.Uint8, Binary.Bytes(Binary.rest)),
    Binary.Bytes(Binary.Uint8)
  )
  same(
    "a window around elements that fill it",
    Binary.Window(Binary.Uint8, Binary.Array(Binary.Uint16, Binary.rest)),
    Binary.Array(Binary.Uint16, Binary.prefixed(Binary.Uint8, { unit: "bytes" }))
  )
  same(
    "how a constant is written",
    Binary.Struct({ a: Binary.Const(Binary.Uint16LE, 258), b: Binary.Literals(Binary.Int8, [-1]) }),
    Binary.Struct({ a: Binary.Magic([2, 1]), b: Binary.Padding(1, { fill: 255, verify: true }) })
  )
  same(
    "bounds that a prefix has anyway",
    Binary.Bytes(Binary.prefixed(Binary.Uint8, { max: 255 })),
    Binary.Bytes(Binary.Uint8)
  )
  same("the names of recursion", list, renamed)
  same(
    "a name for what is not recursive",
    Binary.Suspend("X", () => Binary.Uint16),
    Binary.Uint16
  )
  same(
    "where recursion starts to have a name",
    list,
    Binary.Suspend("List", () => list)
  )

  differ("widths", Binary.Int16, Binary.Int32)
  differ("signs", Binary.Int16, Binary.Uint16)
  differ("byte orders", Binary.Int16LE, Binary.Int16BE)
  differ(
    "the order of fields",
    Binary.Struct({ a: Binary.Int8, b: Binary.Int16 }),
    Binary.Struct({ b: Binary.Int16, a: Binary.Int8 })
  )
  differ(
    "tags",
    Binary.Tagged(Binary.Uint8, { A: [1, Binary.Int8] }),
    Binary.Tagged(Binary.Uint8, { A: [2, Binary.Int8] })
  )
  differ(
    "ranges of tags",
    Binary.Tagged(Binary.peek(Binary.Uint8), { A: [[0, 1], Binary.Int8] }),
    Binary.Tagged(Binary.peek(Binary.Uint8), { A: [[0, 2], Binary.Int8] })
  )
  differ("numbers of an enum", Binary.Enum(Binary.Uint8, { a: 1, b: 2 }), Binary.Enum(Binary.Uint8, { a: 1, b: 3 }))
  differ(
    "an enum that opens",
    Binary.Enum(Binary.Varint(), { a: 1 }),
    Binary.Enum(Binary.Varint(), { a: 1 }, { open: true })
  )
  differ("flags", Binary.Flags(Binary.Uint8, { a: 1 }), Binary.Flags(Binary.Uint8, { a: 2 }))
  differ("least lengths", Binary.Bytes(Binary.prefixed(Binary.Uint8, { min: 1 })), Binary.Bytes(Binary.Uint8))
  differ("greatest lengths", Binary.Bytes(Binary.prefixed(Binary.Uint8, { max: 9 })), Binary.Bytes(Binary.Uint8))
  differ("what a prefix adds", Binary.Bytes(Binary.prefixed(Binary.Uint8, { plus: 1 })), Binary.Bytes(Binary.Uint8))
  differ("a number for null", Binary.Bytes(Binary.prefixed(Binary.Int8, { absent: -1 })), Binary.Bytes(Binary.Int8))
  differ("terminators", Binary.Bytes(Binary.terminated(0)), Binary.Bytes(Binary.terminated(1)))
  differ("encodings of text", Binary.Utf8(Binary.Uint8), Binary.Latin1(Binary.Uint8))
  differ("the byte order of UTF-16", Binary.littleEndian(Binary.Utf16(Binary.Uint8)), Binary.Utf16(Binary.Uint8))
  differ("varints", Binary.Varint(), Binary.Varint({ canonical: true }))
  differ(
    "constants that an expression decides the order of",
    Binary.Struct({ l: Binary.Uint8, a: Binary.littleEndianWhen(Binary.field("l"), Binary.Const(Binary.Uint16, 1)) }),
    Binary.Struct({ l: Binary.Uint8, a: Binary.littleEndianWhen(Binary.field("l"), Binary.Const(Binary.Uint16, 2)) })
  )
  differ(
    "conditions",
    Binary.Struct({ a: Binary.Uint8, b: Binary.When(Binary.equals(Binary.field("a"), 1), Binary.Uint8) }),
    Binary.Struct({ a: Binary.Uint8, b: Binary.When(Binary.equals(Binary.field("a"), 2), Binary.Uint8) })
  )
  differ("presences", Binary.Flagged(Binary.Uint8, Binary.Uint8), Binary.Trailing(Binary.Uint8))
  differ(
    "what a window does with the rest",
    Binary.Window(2, Binary.Uint8),
    Binary.Window(2, Binary.Uint8, { rest: "skip" })
  )
  differ("padding", Binary.Struct({ a: Binary.Padding(1) }), Binary.Struct({ a: Binary.Padding(1, { fill: 1 }) }))
  differ("alignment", Binary.Struct({ a: Binary.Align(4) }), Binary.Struct({ a: Binary.Align(4, { verify: true }) }))
  differ(
    "what is left",
    Binary.Struct({ a: Binary.Bytes(Binary.subtract(Binary.remaining, 1)) }),
    Binary.Struct({ a: Binary.Bytes(Binary.subtract(Binary.remaining, 2)) })
  )
  differ(
    "where a checksum ends",
    Binary.Struct({
      a: Binary.Uint8,
      b: Binary.Uint8,
      c: Binary.Checksum(Binary.Uint8, { name: "s", compute: () => 0 }, { from: "a" })
    }),
    Binary.Struct({
      a: Binary.Uint8,
      b: Binary.Uint8,
      c: Binary.Checksum(Binary.Uint8, { name: "s", compute: () => 0 }, { from: "a", to: "b" })
    })
  )
  differ(
    "where a pointer counts from",
    Binary.Pointer(Binary.literal(0), Binary.Uint8),
    Binary.Pointer(Binary.literal(0), Binary.Uint8, { origin: "input" })
  )

  it("tells names that nothing explains by themselves", () => {
    const layout = Binary.Struct({
      a: Binary.Array(Binary.Uint8, 2),
      b: Binary.When(Binary.field("a", "length"), Binary.Uint8)
    })
    assert.include(Fingerprint.wire(layout), "#2 when #0.length")
    const outside = Binary.Window(
      Binary.field("gone", "away"),
      Binary.Struct({ n: Binary.Computed(Binary.Uint8, Binary.sizeOf("x")) })
    )
    assert.deepStrictEqual(Fingerprint.wire(outside), ["#0 window[gone.away bytes]", "  #1 u8 = SizeOf(x)"])
  })

  it("stays what it is from release to release", () => {
    const path = fileURLToPath(new URL("fixtures/wire.json", import.meta.url))
    upToDate(path, `${JSON.stringify(Fingerprint.baseline(layouts), null, 2)}\n`)
  })
})

describe("a baseline", () => {
  const before = Fingerprint.baseline({ Point: Binary.Struct({ x: Binary.Int16, y: Binary.Int16 }), Old: Binary.Uint8 })

  it("survives JSON", () => {
    const again = JSON.parse(JSON.stringify(before)) as Fingerprint.Baseline
    assert.deepStrictEqual(
      Fingerprint.check({ Point: Binary.Struct({ l: Binary.Int16, t: Binary.Int16 }), Old: Binary.Uint8 }, again),
      []
    )
  })

  it("tells what was added, removed and changed, and where", () => {
    const now = { Point: Binary.Struct({ x: Binary.Int16, y: Binary.Int16, z: Binary.Int16 }), toString: Binary.Int8 }
    assert.deepStrictEqual(Fingerprint.check(now, before), [
      { name: "Point", change: "changed", was: undefined, is: "#2 i16be" },
      { name: "toString", change: "added", was: undefined, is: "#0 i8" },
      { name: "Old", change: "removed", was: "#0 u8", is: undefined }
    ])
  })
})

describe("a description", () => {
  it("is JSON, with recursion by name", () => {
    const description = Describe.describe(list)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(description)), description)
    assert.deepStrictEqual(Object.keys(description.definitions), ["List"])
    const tail = { _tag: "Reference", name: "List" }
    assert.include(JSON.stringify(description.root), JSON.stringify(tail))
  })

  it("gives another name where two layouts share one", () => {
    const layout = Binary.Struct({
      a: Binary.Suspend("X", () => Binary.Uint8),
      b: Binary.Suspend("X", () => Binary.Uint16)
    })
    assert.deepStrictEqual(Object.keys(Describe.describe(layout).definitions), ["X", "X 2"])
  })

  it("has sizes, wire types and what JSON cannot hold as text", () => {
    const layout = Binary.Struct({
      a: Binary.Const(Binary.Uint64, 5n),
      b: Binary.Bytes(Binary.Uint8).pipe(Binary.decodeTo(Schema.Uint8Array))
    })
    const { root } = Describe.describe(layout)
    assert.deepStrictEqual(root, {
      _tag: "Struct",
      fields: [
        {
          name: "a",
          node: {
            _tag: "ConstInt",
            of: {
              _tag: "Int",
              bits: 64,
              signed: false,
              endian: "inherit",
              type: "bigint",
              wireType: "uint64",
              minSize: 8,
              maxSize: 8
            },
            value: "5",
            wireType: "const uint64",
            minSize: 8,
            maxSize: 8
          }
        },
        {
          name: "b",
          node: {
            _tag: "Bytes",
            length: {
              _tag: "Prefixed",
              prefix: {
                _tag: "Int",
                bits: 8,
                signed: false,
                endian: "inherit",
                type: "number",
                wireType: "uint8",
                minSize: 1,
                maxSize: 1
              },
              unit: "bytes",
              plus: 0,
              min: 0,
              max: null,
              absent: null
            },
            wireType: "bytes[uint8]",
            minSize: 1,
            maxSize: null,
            transformed: true
          }
        }
      ],
      wireType: "struct",
      minSize: 9,
      maxSize: null
    })
  })

  it("is there for every layout", () => {
    for (const [name, layout] of Object.entries<Any>(layouts)) {
      const description = Describe.describe(layout)
      assert.deepStrictEqual(JSON.parse(JSON.stringify(description)), description, name)
    }
  })
})
