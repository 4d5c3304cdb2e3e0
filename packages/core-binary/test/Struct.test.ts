import { assert, describe, it } from "@effect/vitest"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest("fields in order", Binary.Struct({ b: Binary.Uint8, a: Binary.Uint16 }), {
  both: [[{ b: 1, a: 2 }, "01 0002"]],
  bytes: [
    ["", "UnexpectedEnd", 0, "b"],
    ["01 00", "UnexpectedEnd", 1, "a", "2 bytes (uint16), got 1 left"],
    ["01 0002 03", "TrailingBytes", 3, "", "expected the end, got 1 more byte"],
    ["01 0002 0304", "TrailingBytes", 3, "", "2 more bytes"]
  ],
  values: [
    [{ b: 1 }, "InvalidType", 1, "a", "undefined"],
    [undefined, "InvalidType", 0, "", "an object, got undefined"],
    [null, "InvalidType", 0, "", "null"],
    ["text", "InvalidType", 0, ""],
    [{ b: 1, a: {} }, "InvalidType", 1, "a", "Object"],
    [{ b: 1, a: Object.create(null) as object }, "InvalidType", 1, "a", "an object"]
  ]
})

layoutTest("no fields", Binary.Struct({}), { both: [[{}, ""]], bytes: [["00", "TrailingBytes", 0, ""]] })

layoutTest(
  "within each other",
  Binary.Struct({ outer: Binary.Struct({ inner: Binary.Struct({ n: Binary.Uint8 }) }), last: Binary.Uint8 }),
  {
    both: [[{ outer: { inner: { n: 1 } }, last: 2 }, "0102"]],
    bytes: [["", "UnexpectedEnd", 0, "outer.inner.n"]],
    values: [
      [{ outer: { inner: { n: 256 } }, last: 2 }, "OutOfRange", 0, "outer.inner.n"],
      [{ outer: { inner: null }, last: 2 }, "InvalidType", 0, "outer.inner"]
    ]
  }
)

const awkward = { ["__proto__"]: 1, constructor: 2, "a b": 3, 'q"\\\u2028': 4, "": 5, toString: 6 }
layoutTest(
  "names that code would stumble over",
  Binary.Struct({
    ["__proto__"]: Binary.Uint8,
    constructor: Binary.Uint8,
    "a b": Binary.Uint8,
    'q"\\\u2028': Binary.Uint8,
    "": Binary.Uint8,
    toString: Binary.Uint8
  }),
  {
    both: [[awkward, "010203040506"]],
    bytes: [["", "UnexpectedEnd", 0, "__proto__"]],
    values: [[{ ...awkward, toString: undefined }, "InvalidType", 5, "toString"]]
  }
)

layoutTest(
  "a name that expressions use",
  Binary.Struct({
    ["__proto__"]: Binary.Uint8,
    'a"]': Binary.Bits({ ["__proto__"]: 8 }),
    x: Binary.Bytes(Binary.add(Binary.field("__proto__"), Binary.field('a"]', "__proto__")))
  }),
  { both: [[{ ["__proto__"]: 1, 'a"]': { ["__proto__"]: 1 }, x: Uint8Array.of(7, 8) }, "0101 0708"]] }
)

const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
for (let size = 1; size <= names.length; size++) {
  const fields = names.slice(0, size)
  const one = Binary.Literals(Binary.Uint8, [1])
  const record = (value: number, at = -1) => Object.fromEntries(fields.map((name, i) => [name, i === at ? value : 1]))
  layoutTest(`${size} fields`, Binary.Struct(Object.fromEntries(fields.map((name) => [name, one]))), {
    both: [[record(1) as never, "01".repeat(size)]],
    bytes: fields.map((name, i) => [`${"01".repeat(i)}09${"01".repeat(size - i - 1)}`, "InvalidTag", i, name] as const),
    values: fields.map((name, i) => [record(9, i), "InvalidTag", i, name] as const)
  })
}

describe("Struct", () => {
  it("gives the value an own __proto__, and leaves its prototype alone", () => {
    const value = Codec.make(Binary.Struct({ ["__proto__"]: Binary.Uint8 })).decodeSync(Uint8Array.of(7))
    assert.deepStrictEqual(Object.keys(value), ["__proto__"])
    assert.strictEqual(Object.getPrototypeOf(value), Object.prototype)
  })

  it("refuses whole numbers as names", () => {
    assert.throws(() => Binary.Struct({ "0": Binary.Uint8 }), "field 0: a whole number as a name")
    assert.throws(() => Binary.Struct({ "12": Binary.Uint8 }), "field 12: a whole number as a name")
    assert.doesNotThrow(() => Binary.Struct({ "01": Binary.Uint8 }))
  })

  it("keeps its fields, to be used again", () => {
    const header = Binary.Struct({ id: Binary.Uint8 })
    const codec = Codec.make(Binary.Struct({ ...header.fields, more: Binary.Uint8 }))
    assert.deepStrictEqual(codec.decodeSync(Uint8Array.of(1, 2)), { id: 1, more: 2 })
  })

  it("ignores what the value has besides its fields", () => {
    const codec = Codec.make(Binary.Struct({ id: Binary.Uint8 }))
    const value = { id: 1, other: 2 }
    assert.deepStrictEqual(codec.encodeSync(value), Uint8Array.of(1))
  })

  it("is pipeable", () => {
    assert.deepStrictEqual(Codec.make(Binary.Uint16.pipe(Binary.littleEndian)).encodeSync(1), Uint8Array.of(1, 0))
  })
})
