import { fileURLToPath } from "node:url"
import * as Yaml from "effect/encoding/Yaml"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { upToDate } from "../../../harness/generated.ts"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Kaitai, Layout } from "../src/index.ts"
import type { Any } from "../src/Layout.ts"
import { expressive, goldens } from "./kaitaiLayouts.ts"

interface Attribute {
  readonly id?: string
  readonly "-orig-id"?: string
  readonly type?: string | { readonly "switch-on": string; readonly cases: Readonly<Record<string, string>> }
  readonly valid?: { readonly expr?: string; readonly "in-enum"?: boolean }
  readonly enum?: string
  readonly if?: string
  readonly size?: string | number
  readonly [key: string]: unknown
}

interface Type {
  readonly meta?: Readonly<Record<string, unknown>>
  readonly seq: ReadonlyArray<Attribute>
  readonly instances?: Readonly<Record<string, Attribute>>
  readonly types?: Readonly<Record<string, Type>>
  readonly enums?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const exported = (layout: Any, id = "it") => Kaitai.ksy(layout, { id })
const parsed = (layout: Any, id?: string): Type => Yaml.parse(exported(layout, id).text) as Type
const notes = (layout: Any) => exported(layout).notes.map(({ note, path }) => `${path}: ${note}`)
const field = (name: string, layout: Any): Attribute =>
  parsed(Binary.Struct({ a: Binary.Uint8, b: layout })).seq.find(({ id }) => id === name)!

/** Every type of a description with those that contain it, innermost first. */
const walk = (type: Type, outer: ReadonlyArray<Type> = []): ReadonlyArray<readonly [Type, ReadonlyArray<Type>]> => [
  [type, [type, ...outer]],
  ...Object.values(type.types ?? {}).flatMap((inner) => walk(inner, [type, ...outer]))
]

describe("a Kaitai Struct description", () => {
  it.each(Object.entries(goldens))("of %s changes only when it should", (name, layout) => {
    const path = fileURLToPath(new URL(`fixtures/kaitai/${name}.ksy`, import.meta.url))
    upToDate(path, `${Kaitai.ksy(layout, { id: name, title: `The "${name}" layout` }).text}\n`)
  })

  it.each(Object.entries<Any>({ ...layouts, ...goldens, ...expressive }))(
    "of %s is whole: YAML, ids, types, enums",
    (name, layout) => {
      const root = parsed(layout, name)
      const builtIn = /^([su][1248](be|le)?|f[48](be|le)?|b\d+(le)?|strz?)$/
      for (const [type, scopes] of walk(root)) {
        const attributes: Array<Attribute> = [
          ...type.seq,
          ...Object.entries(type.instances ?? {}).map(([id, instance]) => ({ id, ...instance }))
        ]
        const ids = attributes.map(({ id }) => id!)
        for (const id of ids) assert.match(id, /^[a-z][a-z0-9_]*$/)
        assert.strictEqual(new Set(ids.map((id) => id.replaceAll("_", ""))).size, ids.length, ids.join(", "))
        for (const attribute of attributes) {
          const used =
            typeof attribute.type === "object" ? Object.values(attribute.type.cases) : [attribute.type ?? "u1"]
          for (const each of used)
            assert.isTrue(
              builtIn.test(each) || scopes.some((scope) => scope.types?.[each] !== undefined),
              `${name}: no type ${each}`
            )
          if (attribute.enum !== undefined) assert.isDefined(root.enums?.[attribute.enum])
        }
      }
    }
  )

  it("has the notes as comments, with the paths of the fields", () => {
    for (const layout of Object.values<Any>(layouts)) {
      const { notes, text } = exported(layout)
      for (const { note, path } of notes) assert.include(text, `# note: ${path}: ${note}\n`)
    }
    assert.deepStrictEqual(notes(layouts.computed).slice(0, 2), [
      "size: not verified: uint16 = sizeOf(body)",
      "count: not verified: uint8 = countOf(items)"
    ])
  })

  it("keeps names apart that are one in snake case, and those that Kaitai has itself", () => {
    const layout = Binary.Struct({
      fooBar: Binary.Uint8,
      foo_bar: Binary.Uint8,
      foobar: Binary.Bytes(Binary.Uint8),
      foobarLength: Binary.Uint8,
      HTTPServer: Binary.Uint8,
      and: Binary.Uint8,
      "2nd": Binary.Uint8,
      "\u00e9\u{1f600}": Binary.Struct({ u3be: Binary.Struct({ a: Binary.Uint24 }) })
    })
    const { seq, types } = parsed(layout, "u3")
    const ids = seq.map(({ id }) => id)
    assert.deepStrictEqual(ids, [
      "foo_bar",
      "foo_bar_v2",
      "foobar_v3_length",
      "foobar_v3",
      "foobar_length",
      "http_server",
      "and_v2",
      "n2nd",
      "n"
    ])
    assert.strictEqual(seq.at(-1)!["-orig-id"], "\u00e9\u{1f600}")
    assert.strictEqual(seq[0]!["-orig-id"], "fooBar")
    assert.strictEqual(new Set(Object.keys(types!)).size, 3)
    assert.throws(
      () => exported(Binary.Uint8, "No"),
      "the id of a description has lower-case letters, digits and _, unlike No"
    )
  })

  it("checks what the layout checks", () => {
    const expr = (layout: Any, name = "b") => field(name, layout).valid?.expr
    assert.strictEqual(expr(Binary.Const(Binary.Uint16, 7)), "(_ == 7)")
    assert.strictEqual(expr(Binary.Literals(Binary.Int24, [-1, 7])), "(_.value == -1 or _.value == 7)")
    assert.strictEqual(expr(Binary.SafeInt64), "(_ >= -9007199254740991) and (_ <= 9007199254740991)")
    assert.strictEqual(expr(Binary.Varint({ bits: 64 })), "(_.value <= 9007199254740991)")
    assert.isUndefined(expr(Binary.Uint64))
    assert.strictEqual(expr(Binary.Bytes(Binary.Int16), "b_length"), "(_ >= 0)")
    assert.isUndefined(expr(Binary.Bytes(Binary.Uint16), "b_length"))
    assert.strictEqual(
      expr(Binary.Bytes(Binary.prefixed(Binary.Uint8, { min: 1, max: 9 })), "b_length"),
      "(_ >= 1 and _ <= 9)"
    )
    const nullable = Binary.Bytes(Binary.prefixed(Binary.Varint(), { plus: 1, absent: 0 }))
    assert.strictEqual(expr(nullable, "b_length"), "(_.value == 0 or (_.value >= 1))")
    assert.strictEqual(field("b", nullable).if, "b_length.value != 0")
    assert.strictEqual(field("b", nullable).size, "b_length.value - 1")
    assert.strictEqual(expr(Binary.Flagged(Binary.Uint8, Binary.Uint8), "b_present"), "(_ == 0 or _ == 1)")
    assert.deepStrictEqual(field("b", Binary.Enum(Binary.Uint8, { On: 1 })).valid, { "in-enum": true })
    assert.isUndefined(field("b", Binary.Enum(Binary.Uint8, { On: 1 }, { open: true })).valid)
    assert.deepStrictEqual(field("b", Binary.Padding(2, { fill: 255, verify: true }))["contents"], [255, 255])
    assert.deepStrictEqual(field("b", Binary.Magic("BW"))["contents"], [66, 87])
    const tagged = field("b", Binary.Tagged(Binary.field("a"), { X: [1, Binary.Uint8] }))
    assert.deepStrictEqual(tagged.type, { "switch-on": "a", cases: { "1": "x", _: "no_such_tag" } })
    const bits = parsed(Binary.Bits({ a: Binary.reservedBits(1, 1), b: Binary.reservedBits(7, 3), c: 40 })).seq
    assert.deepStrictEqual(
      bits.slice(0, 2).map(({ valid }) => valid?.expr),
      ["_ == true", "_ == 3"]
    )
  })

  it("puts what takes several attributes into a type of its own where it is repeated, optional or elsewhere", () => {
    const text = Binary.Utf8(Binary.Uint8)
    for (const layout of [
      Binary.Array(text, 2),
      Binary.When(Binary.field("a"), text),
      Binary.Array(Binary.bigEndian(text), Binary.rest)
    ])
      assert.deepStrictEqual(field("b", layout).type, "b")
    assert.strictEqual(field("b", Binary.Array(Binary.Uint8, 2)).type, "u1")
    assert.strictEqual(field("b", Binary.Trailing(Binary.Uint8)).if, "not _io.eof")
    assert.strictEqual(field("b", Binary.Flagged(Binary.Uint24, Binary.Uint8)).if, "b_present.value == 1")
  })

  const left = "all from here to the end of its window is left as bytes"

  it("leaves as bytes what it cannot express, and says so", () => {
    const cannot = (layout: Any) => exported(Binary.Struct({ a: Binary.Uint8, b: layout, c: Binary.Uint8 }))
    const order = Binary.littleEndianWhen(Binary.field("a"), Binary.Struct({ n: Binary.Uint24, m: Binary.Uint8 }))
    const text = Binary.littleEndianWhen(Binary.field("a"), Binary.Struct({ t: Binary.Utf16(2), n: Binary.Uint8 }))
    const windowed = Binary.Window(8, Binary.Struct({ p: Binary.Align(4), x: Binary.Uint8 }))
    const pointing = Binary.Lazy(Binary.Uint8, Binary.Struct({ p: Binary.Pointer(Binary.literal(0), Binary.Uint8) }))
    const aligned = Binary.Lazy(
      Binary.Uint8,
      Binary.Window(1, Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Uint8, { unit: "bytes" })))
    )
    const found = [
      [Binary.Float16, "b: Kaitai cannot express floats of 16 bits: its 2 bytes are left as they are"],
      [Binary.Bytes(Binary.terminated(13, 10)), `b: Kaitai cannot express a terminator of several bytes: ${left}`],
      [
        Binary.Array(Binary.Uint8, Binary.terminated(0)),
        `b: Kaitai cannot express elements up to a terminator: ${left}`
      ],
      [
        order,
        "b.n: Kaitai cannot express 24 bits in an order that another field says: its 3 bytes are left as they are"
      ],
      [text, "b.t: Kaitai cannot express text in an order that another field says: its 2 bytes are left as they are"],
      [windowed, `b.p: Kaitai cannot express where something stands in the message, from within a window: ${left}`],
      [pointing, "b.p: Kaitai cannot express a pointer within a lazy window: its 0 bytes are left as they are"],
      [Binary.Bytes(Binary.literal(0.5)), `b: Kaitai cannot express the number 0.5: ${left}`]
    ] as const
    for (const [layout, note] of found) {
      const { notes } = cannot(layout)
      assert.include(
        notes.map(({ note, path }) => `${path}: ${note}`),
        note
      )
    }
    assert.deepStrictEqual(parsed(Binary.Struct({ h: Binary.Float16, z: Binary.Uint8 })).seq, [
      { id: "h", size: 2 },
      { id: "z", type: "u1" }
    ])
    const cut = Binary.Struct({ h: Binary.Array(Binary.Uint8, Binary.terminated(0)), z: Binary.Uint8 })
    assert.deepStrictEqual(parsed(cut).seq, [{ id: "h", "size-eos": true }])
    assert.deepStrictEqual(
      parsed(Binary.Struct({ w: Binary.Window(4, cut), z: Binary.Uint8 })).seq.map(({ id }) => id),
      ["w", "z"]
    )
    assert.deepStrictEqual(cannot(aligned).notes, [{ path: "b", note: "bytes left in its window are not refused" }])
  })

  it("goes on with other cases and stops behind a union or a suspended layout that lost its end", () => {
    const cut = Binary.Array(Binary.Uint8, Binary.terminated(0))
    const cases = Binary.Tagged(Binary.Uint8, {
      A: [1, cut],
      B: [2, Binary.Struct({ x: Binary.Uint8, y: Binary.Uint8 })]
    })
    const root = parsed(Binary.Struct({ u: cases, z: Binary.Uint8 }))
    assert.strictEqual(root.types!["b"]!.seq.length, 2)
    assert.deepStrictEqual(
      root.seq.map(({ id }) => id),
      ["u_tag", "u"]
    )
    const again = Binary.Suspend("Again", () => cut)
    const twice = parsed(Binary.Struct({ w: Binary.Window(4, again), x: again, z: Binary.Uint8 }))
    assert.deepStrictEqual(
      twice.seq.map(({ id }) => id),
      ["w", "x"]
    )
  })

  it("cannot express what depends on a field that it left as bytes, or on what is no number", () => {
    const cannot = (what: string) => `c: Kaitai cannot express the value of ${what}: ${left}`
    const order = (layout: Any) => Binary.littleEndianWhen(Binary.field("a"), layout)
    const dependent = (b: Any, ...path: [string, ...Array<string>]) =>
      notes(Binary.Struct({ a: Binary.Uint8, b, c: Binary.Bytes(Binary.field(...path)) }))
    assert.include(
      dependent(order(Binary.Uint24), "a"),
      "b: Kaitai cannot express 24 bits in an order that another field says: its 3 bytes are left as they are"
    )
    assert.include(dependent(Binary.Float16, "b"), cannot("b"))
    assert.include(dependent(Binary.Struct({ x: Binary.Uint8 }), "b", "y"), cannot("b.y"))
    assert.include(dependent(Binary.Bits({ x: 8 }), "b", "y"), cannot("b.y"))
    assert.include(dependent(Binary.Flags(Binary.Uint8, { x: 1 }), "b", "y"), cannot("b.y"))
    assert.include(
      notes(Binary.Struct({ a: Binary.Uint8, b: Binary.Bytes(Binary.sizeOf("a")) })),
      `b: Kaitai cannot express SizeOf of a field: ${left}`
    )
  })

  it("says where numbers are not those of JavaScript", () => {
    const said = (expr: Parameters<typeof Binary.Bytes>[0], type: Any = Binary.Int32) =>
      notes(Binary.Struct({ a: type, b: Binary.Bytes(expr) }))
    const a = Binary.field("a")
    const size = "b: a negative size is refused as the target language has it"
    assert.deepStrictEqual(said(Binary.divide(a, 2)), [
      "b: negative numbers are rounded down by /, not towards zero",
      size
    ])
    assert.deepStrictEqual(said(Binary.bitAnd(a, 2)), [
      "b: & is not on 32 bits in every language: numbers from 2^31 on differ"
    ])
    assert.deepStrictEqual(said(Binary.shiftLeft(a, 8), Binary.Uint32), [
      "b: << is not on 32 bits in every language: numbers from 2^31 on differ"
    ])
    assert.deepStrictEqual(said(Binary.subtract(a, 1), Binary.Uint8), [size])
    const checked = Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite))
    assert.deepStrictEqual(said(a, checked), [
      "a: as it is on the wire, without its schema",
      "b: expressions see a as it is on the wire, without its schema"
    ])
    assert.deepStrictEqual(notes(Binary.Struct({ a: Binary.Int8, b: Binary.Array(Binary.Uint8, a) })), [
      "b: a negative number of elements is read as none"
    ])
  })

  it("reads layouts through their schemas, wherever they stand", () => {
    const through = <A>(layout: Layout.Layout<A, "required">) => layout.pipe(Binary.decodeTo(Schema.Unknown))
    const root = parsed(
      through(Binary.Struct({ s: through(Binary.Struct({ n: Binary.Uint8 })), t: through(Binary.Utf8(Binary.Uint8)) }))
    )
    assert.deepStrictEqual(
      root.seq.map(({ id }) => id),
      ["s", "t_length", "t"]
    )
    assert.deepStrictEqual(root.types!["s"]!.seq, [{ id: "n", type: "u1" }])
    assert.strictEqual(notes(Binary.Window(2, through(Binary.Bytes(Binary.rest)))).length, 1)
    assert.strictEqual(notes(Binary.Window(2, Binary.littleEndian(Binary.Bytes(Binary.rest)))).length, 0)
    assert.deepStrictEqual(parsed(Binary.Struct({})).seq, [])
  })

  it("has types with the fields of what they hold, and a value where it has none", () => {
    const typesOf = (layout: Any) =>
      parsed(Binary.Struct({ a: Binary.Uint8, b: layout, c: Binary.When(Binary.field("b", "n"), Binary.Uint8) }))
    const one = Binary.Struct({ n: Binary.Uint8 })
    const through = one.pipe(Binary.decodeTo(Schema.Unknown))
    for (const layout of [
      Binary.Window(1, Binary.littleEndian(one)),
      Binary.Window(1, through),
      Binary.Suspend("One", () => through),
      Binary.Suspend("One", () => Binary.bigEndian(one)),
      Binary.littleEndianWhen(Binary.field("a"), one)
    ])
      assert.strictEqual(typesOf(layout).seq[2]!.if, "(b.n != 0)")
    for (const layout of [
      Binary.Window(1, Binary.Window(1, one)),
      Binary.Window(
        1,
        Binary.Suspend("One", () => Binary.Window(1, one))
      ),
      Binary.littleEndianWhen(Binary.field("a"), Binary.littleEndianWhen(Binary.field("a"), one)),
      Binary.littleEndianWhen(
        Binary.field("a"),
        Binary.Suspend("One", () => one)
      )
    ])
      assert.strictEqual(typesOf(layout).seq[2]!.if, "(b.value.n != 0)")
    const root = parsed(Binary.littleEndianWhen(Binary.literal(true), Binary.Uint16))
    assert.deepStrictEqual(root.seq, [{ id: "value", type: "value" }])
    assert.deepStrictEqual(root.types!["value"]!.seq, [{ id: "value", type: "u2" }])
    const rest = Binary.Tagged(Binary.Uint8, { A: [1, Binary.Bytes(Binary.rest)], B: [2, Binary.Struct({})] })
    assert.deepStrictEqual(notes(Binary.Window(2, rest)), [": bytes left in its window are not refused"])
    assert.deepStrictEqual(field("b", Binary.Utf16(4)), { id: "b", type: "str", encoding: "UTF-16BE", size: 4 })
    assert.strictEqual(field("b", Binary.Utf16(Binary.terminated(0, 0))).type, "strz")
  })

  it("checks bit fields that are constant, with a sign too", () => {
    const fields = [
      { name: "a", bits: 1, signed: true, value: -1 },
      { name: "b", bits: 7, signed: true, value: -3 },
      { name: "c", bits: 7, signed: true, value: 3 },
      { name: "d", bits: 1, signed: false, value: 0 },
      { name: "e", bits: 40, signed: true, value: -1 }
    ]
    const { seq } = parsed(Layout.make({ _tag: "Bits", order: "msb", fields }))
    assert.deepStrictEqual(
      seq.map(({ valid }) => valid?.expr),
      [
        "_.to_i == 1",
        "_ == 125",
        "_ == 3",
        "_ == false",
        undefined,
        "(e_high >= 128 ? e_high - 256 : e_high) * 4294967296 + e_low == -1"
      ]
    )
  })

  it("knows every place that a field may have", () => {
    const one = Binary.Struct({ n: Binary.Uint8 })
    const bytes = Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Uint8, { unit: "bytes" }))
    const expr = (layout: Any, name: string) => field(name, layout).valid?.expr
    assert.strictEqual(expr(Binary.Bytes(Binary.prefixed(Binary.Uint8, { max: 9 })), "b_length"), "(_ <= 9)")
    assert.strictEqual(field("b", Binary.Padding(3)).size, 3)
    assert.strictEqual(field("b", Binary.Align(4)).size, "(4 - _io.pos % 4) % 4")
    assert.strictEqual(field("b", Binary.bigEndian(Binary.Uint16)).type, "u2be")
    assert.strictEqual(field("b", Binary.littleEndian(Binary.Array(Binary.Uint16, 2))).type, "u2le")
    assert.strictEqual(field("b", bytes).size, "b_length")
    const enums = parsed(
      Layout.make({
        _tag: "Enum",
        of: { _tag: "Int", bits: 8, signed: false, endian: "big", type: "number" },
        names: [
          ["A", 1],
          ["B", 1]
        ],
        open: false
      })
    ).enums
    assert.deepStrictEqual(enums, { value: { "1": "a" } })
    const outer = parsed(
      Binary.Struct({
        a: Binary.Literals(Binary.Uint8, [1, 2]),
        b: Binary.Struct({ c: Binary.Bytes(Binary.field("a")) })
      })
    )
    assert.strictEqual(outer.types!["b"]!.seq[0]!.size, "_parent.a")
    const under = (layout: Any) =>
      parsed(Binary.Struct({ b: layout, c: Binary.When(Binary.field("b", "n"), Binary.Uint8) })).seq.at(-1)!.if
    assert.strictEqual(under(Binary.Flagged(Binary.Uint8, one)), "(b.n != 0)")
    assert.strictEqual(under(Binary.Flagged(Binary.Uint8, Binary.Window(Binary.Uint8, one))), "(b.value.n != 0)")
    assert.strictEqual(under(Binary.Window(1, Binary.bigEndian(one))), "(b.n != 0)")
    assert.deepStrictEqual(notes(Binary.Pointer(Binary.literal(0), one, { origin: "input" })), [
      ": the message is taken to start where the input does",
      ": what it points to is read when it is asked for"
    ])
    assert.throws(
      () =>
        exported(
          Binary.Suspend("Broken", (): Any => {
            throw new Error("not made")
          })
        ),
      "not made"
    )
  })
})
