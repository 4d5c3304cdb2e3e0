import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Binary, Codec, type Layout, ValueSchema } from "../src/index.ts"

const accepts = (layout: Layout.Layout<unknown>, good: ReadonlyArray<unknown>, bad: ReadonlyArray<unknown>) => {
  const is = Schema.is(ValueSchema.toSchema(layout))
  for (const value of good) assert.isTrue(is(value), `${String(value)} is a value`)
  for (const value of bad) assert.isFalse(is(value), `${String(value)} is no value`)
}

interface Tree {
  readonly head: number
  readonly tail?: Tree | undefined
}
const tree: Layout.Layout<Tree> = Binary.Suspend("Tree", () =>
  Binary.Struct({ head: Binary.Uint8, tail: Binary.Flagged(Binary.Uint8, tree) })
)

describe("toSchema", () => {
  it("takes the values of numbers and no others", () => {
    accepts(Binary.Int8, [-128, 0, 127], [128, -129, 0.5, -0, 1n, "1", NaN])
    accepts(Binary.Uint64, [0n, 2n ** 64n - 1n], [-1n, 2n ** 64n, 1])
    accepts(Binary.SafeInt64, [Number.MAX_SAFE_INTEGER], [2 ** 53])
    accepts(Binary.Varint({ encoding: "zigzag" }), [-(2 ** 31), 2 ** 31 - 1], [2 ** 31])
    accepts(Binary.Float32, [0.5, -0, NaN, Infinity], ["1", 1n])
    accepts(
      Binary.Bits({ a: 3, b: Binary.signedBits(4), c: Binary.reservedBits(1) }),
      [{ a: 7, b: -8 }],
      [{ a: 8, b: 0 }, { a: 0, b: 8 }, { a: 0 }]
    )
    accepts(Binary.Enum(Binary.Uint8, { on: 1, off: 0 }), ["on", "off"], ["other", 1])
    accepts(Binary.Enum(Binary.Uint8, { on: 1 }, { open: true }), ["on", 9], ["other", 256])
    accepts(Binary.Literals(Binary.Uint8, [0, 7]), [0, 7], [1])
    accepts(Binary.Flags(Binary.Uint8, { a: 1, b: 2 }), [{ a: true, b: false }], [{ a: true }])
  })

  it("takes the values of contents and no others", () => {
    accepts(Binary.Bytes(4), [new Uint8Array(4)], ["text", [1]])
    accepts(Binary.Utf8(Binary.rest), ["é"], ["\ud800", 1])
    accepts(Binary.Utf16(Binary.rest), ["é"], ["\ud800"])
    accepts(Binary.Ascii(Binary.rest), ["e"], ["é"])
    accepts(Binary.Latin1(Binary.rest), ["é"], ["✓"])
    accepts(Binary.Utf8(Binary.prefixed(Binary.Int16, { absent: -1 })), ["", null], [undefined])
    accepts(Binary.Array(Binary.Uint8, Binary.Uint8), [[], [1, 2]], [[256], "no"])
    accepts(Binary.Window(Binary.Uint8, Binary.Uint8), [1], [256])
    accepts(Binary.Lazy(Binary.Uint8, Binary.Uint8), [{ bytes: new Uint8Array(1) }], [1, null, { bytes: 1 }])
  })

  it("takes the values of composites and no others", () => {
    const struct = Binary.Struct({
      magic: Binary.Magic("M"),
      a: Binary.Uint8,
      b: Binary.When(Binary.field("a"), Binary.Uint8),
      c: Binary.littleEndian(Binary.Trailing(Binary.Uint8))
    })
    accepts(struct, [{ a: 1 }, { a: 1, b: 2, c: undefined }], [{}, { a: 1, b: "2" }])
    const tagged = Binary.Tagged(Binary.Uint8, { A: [1, Binary.Struct({ x: Binary.Uint8 })], B: [2, Binary.Uint16] })
    accepts(
      tagged,
      [
        { _tag: "A", x: 1 },
        { _tag: "B", value: 2 }
      ],
      [{ _tag: "C" }, { _tag: "B", x: 1 }]
    )
    accepts(tree, [{ head: 1 }, { head: 1, tail: { head: 2, tail: undefined } }], [{ head: 1, tail: { head: 256 } }])
    accepts(Binary.Pointer(Binary.literal(0), Binary.Uint8), [1], ["1"])
    accepts(Binary.Struct({ ["__proto__"]: Binary.Uint8 }), [JSON.parse('{"__proto__": 5}')], [{}])
    accepts(Binary.Padding(1), [undefined], [0])
  })

  it("takes the decoded side of the layout's own schemas", () => {
    accepts(
      Binary.Uint8.pipe(Binary.decodeTo(Schema.BooleanFromBit as unknown as Schema.Codec<boolean, number>)),
      [true, false],
      [0, 1]
    )
  })

  it("is one schema a layout, which puts values into JSON and back", () => {
    const layout = Binary.Struct({ id: Binary.Int64, body: Binary.Bytes(Binary.Uint8) })
    assert.strictEqual(ValueSchema.toSchema(layout), ValueSchema.toSchema(layout))
    const json = Schema.toCodecJson(ValueSchema.toSchema(layout))
    const value = Codec.make(layout).decodeSync(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9, 1, 7))
    const text = JSON.stringify(Schema.encodeSync(json)(value))
    assert.deepStrictEqual(Schema.decodeUnknownSync(json)(JSON.parse(text)), value)
  })
})
