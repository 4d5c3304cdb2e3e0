import { fileURLToPath } from "node:url"
import * as Yaml from "effect/encoding/Yaml"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { upToDate } from "../../../harness/generated.ts"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Kaitai } from "../src/index.ts"
import type { Any, Layout } from "../src/Layout.ts"

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

type Chain = { readonly value: number; readonly next?: Chain | undefined }
const chain: Layout<Chain> = Binary.Struct({
  value: Binary.Uint8,
  next: Binary.Flagged(
    Binary.Uint8,
    Binary.Suspend("Chain", (): Layout<Chain> => chain)
  )
})

const union = Binary.Struct({
  kind: Binary.Uint8,
  shape: Binary.Tagged(Binary.Uint8, {
    Circle: [1, Binary.Struct({ radius: Binary.Uint16 })],
    Name: [2, Binary.Utf8(Binary.Uint8)]
  }),
  ranged: Binary.Tagged(Binary.field("kind"), {
    Small: [[0, 9], Binary.Uint8],
    Other: [Binary.otherwise, Binary.Int32]
  }),
  peeked: Binary.Tagged(Binary.peek(Binary.Uint16LE, 1), { A: [7, Binary.Bytes(3)] })
})

const goldens: Readonly<Record<string, Any>> = {
  echo: layouts.echo,
  union,
  bits: layouts.bits,
  computed: layouts.computed,
  terminated: Binary.Struct({
    name: Binary.Utf8(Binary.terminated(0)),
    wide: Binary.littleEndian(Binary.Utf16(Binary.terminated(0, 0)))
  }),
  pointers: Binary.Struct({
    at: Binary.Uint32,
    record: Binary.Pointer(Binary.field("at"), Binary.Struct({ id: Binary.Uint16, text: Binary.Ascii(Binary.Uint8) }))
  }),
  recursion: chain,
  endianness: Binary.Struct({
    order: Binary.Ascii(2),
    mark: Binary.Uint16,
    body: Binary.littleEndianWhen(
      Binary.equals(Binary.field("mark"), 0x4949),
      Binary.Struct({
        count: Binary.Uint16,
        points: Binary.Array(Binary.Struct({ x: Binary.Float64, y: Binary.Int32BE }), Binary.field("count"))
      })
    )
  }),
  varints: layouts.varints
}

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

  it.each(Object.entries<Any>({ ...layouts, ...goldens }))(
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
    assert.deepStrictEqual(
      seq.map(({ id }) => id),
      [
        "foo_bar",
        "foo_bar_v2",
        "foobar_v3",
        "foobar_v3_length",
        "foobar_length",
        "http_server",
        "and_v2",
        "n2nd",
        "n"
      ].sort((a, b) => seq.findIndex(({ id }) => id === a) - seq.findIndex(({ id }) => id === b))
    )
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
})
