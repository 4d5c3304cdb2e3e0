import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Codec, Explain } from "../src/index.ts"
import type { Any } from "../src/Layout.ts"
import { Random, Values } from "../src/testing.ts"

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"))

const lines = (layout: Any, bytes: string, options?: Explain.Options): Array<string> =>
  Explain.toText(Explain.explain(layout, hex(bytes), options)).split("\n")

/** Offset, size, type, path, value and hex of each row, then the reason of its fault. */
const rows = (layout: Any, bytes: string, options?: Explain.Options): Array<string> =>
  Explain.explain(layout, hex(bytes), options).rows.map((row) =>
    [
      `${row.offset}+${row.size}`,
      row.type,
      row.path,
      row.value,
      row.hex,
      ...(row.error === undefined ? [] : [row.error.reason._tag])
    ]
      .join(" | ")
      .replace(/(?: \| )+$/, "")
  )

const talk = "0000002b0000000000000000270f74657374000100020003576520686176652061206c6f7420696e20636f6d6d6f6e"

describe("a message that breaks its own grammar", () => {
  it("is read up to the length that text was put in the place of", () => {
    assert.deepStrictEqual(lines(layouts.echo, talk), [
      "  offset    size  type          path       value       hex",
      "  00000000     4  int32 length             43          00 00 00 2b",
      "  00000004    14  struct",
      "  00000004     1  enum int8     apiKey     0           00",
      "  00000005     1  int8          sequence   0           00",
      "  00000006     8  int64         timestamp  9999        00 00 00 00 00 00 27 0f",
      "! 0000000e     4  int32 length  subject    1952805748  74 65 73 74",
      "            InvalidLength: expected a length within the 29 bytes left, got 1952805748",
      "  00000012    29  unread                               00 01 00 02 00 03 57 65 20 68 61 76 65 20 61 20 ..."
    ])
    const { error } = Explain.explain(layouts.echo, hex(talk))
    assert.strictEqual(error?.offset, 14)
    assert.deepStrictEqual(error?.path, ["subject"])
  })

  it("is the same as JSON", () => {
    const json = JSON.parse(JSON.stringify(Explain.toJson(Explain.explain(layouts.echo, hex(talk))))) as Explain.Json
    const error = {
      reason: "InvalidLength",
      offset: 14,
      path: "subject",
      expected: "a length within the 29 bytes left",
      actual: "1952805748"
    }
    assert.deepStrictEqual(json.error, error)
    assert.deepStrictEqual(json.rows[5], {
      offset: 14,
      size: 4,
      type: "int32 length",
      role: "length",
      path: "subject",
      depth: 1,
      value: "1952805748",
      hex: "74 65 73 74",
      error
    })
    assert.isNull(json.rows[0]!.error)
    assert.isNull(Explain.toJson(Explain.explain(Binary.Uint8, hex("01"))).error)
  })

  it("is an HTML document of its own, with everything escaped", () => {
    const layout = Binary.Struct({ "<b>&'\"": Binary.Utf8(Binary.rest), bad: Binary.Magic("!") })
    const html = Explain.toHtml(Explain.explain(layout, Buffer.from("<script>")), { title: "<x>" })
    assert.include(html, "<title>&lt;x&gt;</title>")
    assert.include(
      html,
      '<td class="path">&lt;b&gt;&amp;&#39;&quot;</td><td class="value">&quot;&lt;script&gt;&quot;</td>'
    )
    assert.include(html, '<tr class="fault">')
    assert.include(html, '<td colspan="5">UnexpectedEnd: expected 1 byte')
    assert.notInclude(html, "<script>")
    assert.notMatch(html, /(?:src|href)=/)
    assert.include(Explain.toHtml(Explain.explain(layout, hex(""))), "<h1>Bytes explained</h1>")
  })
})

describe("every row", () => {
  it("has the byte order it was read in", () => {
    const all = Binary.littleEndian(
      Binary.Struct({
        a: Binary.Uint16,
        b: Binary.Uint16BE,
        c: Binary.Uint8,
        d: Binary.Float32,
        e: Binary.Enum(Binary.Uint16, { one: 1 }),
        f: Binary.Flags(Binary.Uint16, { one: 1, two: 2 }),
        g: Binary.Const(Binary.Uint16, 7),
        h: Binary.Computed(Binary.Uint16, Binary.literal(3)),
        i: Binary.Enum(Binary.Varint(), { one: 1 }, { open: true }),
        j: Binary.Utf8(Binary.Uint16)
      })
    )
    assert.deepStrictEqual(rows(all, "0100 0002 03 0000803f 0100 0300 0700 0300 09 0100 41"), [
      "0+21 | struct",
      "0+2 | uint16le | a | 1 | 01 00",
      "2+2 | uint16be | b | 2 | 00 02",
      "4+1 | uint8 | c | 3 | 03",
      "5+4 | float32le | d | 1 | 00 00 80 3f",
      "9+2 | enum uint16le | e | one | 01 00",
      "11+2 | flags uint16le | f | one=true two=true | 03 00",
      "13+2 | const uint16le | g | 7 | 07 00",
      "15+2 | uint16le = 3 | h | 3 | 03 00",
      "17+1 | enum leb128 | i | 9 | 09",
      "18+2 | uint16le length | j | 1 | 01 00",
      '20+1 | utf8[uint16] | j | "A" | 41'
    ])
  })

  it("says what part of its field it is", () => {
    const layout = Binary.Struct({
      shape: Binary.Tagged(Binary.Uint8, { Dot: [1, Binary.Struct({})], Line: [2, Binary.Uint8] }),
      there: Binary.Flagged(Binary.Uint8, Binary.Uint8),
      line: Binary.Bytes(Binary.terminated(10)),
      items: Binary.Array(Binary.Uint8, 1),
      text: Binary.Utf8(Binary.rest)
    })
    assert.deepStrictEqual(rows(layout, "02 07 01 09 68690a 05").slice(1), [
      "0+1 | uint8 tag | shape | 2 (Line) | 02",
      "1+1 | uint8 | shape | 7 | 07",
      "2+1 | uint8 presence | there | 1 | 01",
      "3+1 | uint8 | there | 9 | 09",
      "4+2 | bytes[until 0a] | line | hi | 68 69",
      "6+1 | bytes[until 0a] terminator | line |  | 0a",
      "7+1 | array[1] of uint8 | items | 1 element",
      "7+1 | uint8 | items[0] | 5 | 05",
      '8+0 | utf8[..] | text | ""'
    ])
  })

  it("shortens what is long", () => {
    const [row] = Explain.explain(Binary.Utf8(Binary.rest), Buffer.from("x".repeat(50))).rows
    assert.strictEqual(row!.value, `"${"x".repeat(39)}...`)
    assert.strictEqual(row!.hex, `${"78 ".repeat(16)}...`)
    const [bytes] = Explain.explain(Binary.Bytes(Binary.rest), new Uint8Array(50)).rows
    assert.strictEqual(bytes!.value, `${".".repeat(40)}...`)
  })

  it("covers the bytes of a message once, whatever the layout", () => {
    for (const [name, layout] of Object.entries<Any>(layouts)) {
      if (name === "name") continue
      const generate = Values.make(layout)
      const codec = Codec.make(layout)
      for (let index = 0; index < 30; index++) {
        const bytes = codec.encodeSync(generate(Random.make(11, index)))
        const { error, rows } = Explain.explain(layout, bytes)
        assert.isUndefined(error, name)
        let at = 0
        for (const row of rows) {
          if (row.role === "group") continue
          assert.strictEqual(row.offset, at, `${name} b:${index.toString(16)} ${row.path}`)
          at += row.size
        }
        assert.strictEqual(at, bytes.length, `${name} b:${index.toString(16)}`)
      }
    }
  })
})

describe("a fault", () => {
  const cases: ReadonlyArray<readonly [what: string, layout: Any, bytes: string, ...rows: ReadonlyArray<string>]> = [
    [
      "of a constant",
      Binary.Struct({ a: Binary.Magic("A"), b: Binary.Uint8 }),
      "4207",
      "0+1 | const[1] | a | B | 42 | ConstantMismatch",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of a constant number",
      Binary.Struct({ a: Binary.Const(Binary.Uint8, 1), b: Binary.Uint8 }),
      "0207",
      "0+1 | const uint8 | a | 2 | 02 | ConstantMismatch",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of padding, once",
      Binary.Struct({ a: Binary.Padding(3, { verify: true }), b: Binary.Uint8 }),
      "00010207",
      "0+3 | padding[3] | a |  | 00 01 02 | ConstantMismatch",
      "3+1 | uint8 | b | 7 | 07"
    ],
    [
      "of reserved bits",
      Binary.Struct({
        a: Binary.Bits({ r: Binary.reservedBits(4), s: Binary.reservedBits(2), v: 2 }),
        b: Binary.Uint8
      }),
      "f407",
      "0+1 | bits | a | v=0 | f4 | ConstantMismatch",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of an enum",
      Binary.Struct({ a: Binary.Enum(Binary.Uint8, { x: 1 }), b: Binary.Uint8 }),
      "0907",
      "0+1 | enum uint8 | a | 9 | 09 | InvalidTag",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of a flag without a name",
      Binary.Struct({ a: Binary.Flags(Binary.Uint8, { x: 1 }), b: Binary.Uint8 }),
      "0307",
      "0+1 | flags uint8 | a | x=true | 03 | ConstantMismatch",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of text",
      Binary.Struct({ a: Binary.Utf8(Binary.Uint8), b: Binary.Uint8 }),
      "01ff07",
      "0+1 | uint8 length | a | 1 | 01",
      "1+1 | utf8[uint8] | a |  | ff | InvalidUtf8",
      "2+1 | uint8 | b | 7 | 07"
    ],
    [
      "of a computed field",
      Binary.Struct({ n: Binary.Computed(Binary.Uint8, Binary.sizeOf("b")), b: Binary.Bytes(1) }),
      "0907",
      "0+1 | uint8 = sizeOf(b) | n | 9 | 09 | ComputedMismatch",
      "1+1 | bytes[1] | b | . | 07"
    ],
    [
      "of a schema",
      Binary.Struct({
        a: Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite.check(Schema.isLessThan(5)))),
        b: Binary.Uint8
      }),
      "0907",
      "0+1 | uint8 | a | 9 | 09 | CheckFailed",
      "1+1 | uint8 | b | 7 | 07"
    ],
    [
      "of a schema about nothing",
      Binary.Struct({
        a: Binary.decodeTo(Binary.Trailing(Binary.Uint8), Schema.Finite as never),
        b: Binary.Bytes(Binary.rest)
      }),
      "",
      "0+0 |  | a |  |  | CheckFailed",
      "0+0 | bytes[..] | b"
    ],
    [
      "of a tag",
      Binary.Struct({ a: Binary.Tagged(Binary.Uint8, { x: [1, Binary.Uint8] }), b: Binary.Uint8 }),
      "0907",
      "0+1 | uint8 tag | a | 9 | 09 | InvalidTag",
      "1+1 | unread |  |  | 07"
    ],
    [
      "of a presence",
      Binary.Struct({ a: Binary.Flagged(Binary.Uint8, Binary.Uint8), b: Binary.Uint8 }),
      "0907",
      "0+1 | uint8 presence | a | 9 | 09 | InvalidTag",
      "1+1 | unread |  |  | 07"
    ],
    [
      "of a number too wide",
      Binary.Struct({ a: Binary.SafeUint64 }),
      "ffffffffffffffff",
      "0+8 | uint64 | a | 18446744073709551615 | ff ff ff ff ff ff ff ff | OutOfRange"
    ],
    [
      "of a count above the limit",
      Binary.Array(Binary.Uint8, Binary.Uint8),
      "0901020304050607",
      "0+1 | uint8 length |  | 9 | 09 | LimitExceeded",
      "1+7 | unread |  |  | 01 02 03 04 05 06 07"
    ],
    [
      "of a length out of bounds",
      Binary.Bytes(Binary.prefixed(Binary.Uint8, { min: 2 })),
      "0107",
      "0+1 | uint8 length |  | 1 | 01 | InvalidLength",
      "1+1 | unread |  |  | 07"
    ],
    [
      "behind elements that were read",
      Binary.Array(Binary.Utf8(Binary.Uint8), 2),
      "0141 05",
      "0+1 | uint8 length | [0] | 1 | 01",
      '1+1 | utf8[uint8] | [0] | "A" | 41',
      "2+1 | uint8 length | [1] | 5 | 05 | InvalidLength"
    ],
    [
      "of bytes behind the end",
      Binary.Uint8,
      "0102",
      "0+1 | uint8 |  | 1 | 01",
      "1+1 | unread |  |  | 02 | TrailingBytes"
    ]
  ]
  for (const [what, layout, bytes, ...expected] of cases) {
    it(`${what} is on its row, and reading goes on where it can`, () => {
      const found = rows(layout, bytes, { limits: { maxElements: 4 } }).filter((row) => !/\| (struct|array)/.test(row))
      assert.deepStrictEqual(found, expected)
      assert.strictEqual(Explain.explain(layout, hex(bytes), { limits: { maxElements: 4 } }).error !== undefined, true)
    })
  }

  it("in a window does not hide what follows", () => {
    const layout = Binary.Struct({
      first: Binary.Window(
        Binary.Uint8,
        Binary.Struct({ n: Binary.Array(Binary.Array(Binary.Uint8, 0), Binary.rest) })
      ),
      second: Binary.Window(Binary.Uint8, Binary.Struct({ a: Binary.Uint8 })),
      third: Binary.Uint8
    })
    assert.deepStrictEqual(
      rows(layout, "02 ffff 02 0102 07").filter((row) => !row.includes("struct") && !row.includes("array")),
      [
        "0+1 | uint8 length | first | 2 | 02",
        "1+2 | unread | first |  | ff ff",
        "3+1 | uint8 length | second | 2 | 02",
        "4+1 | uint8 | second.a | 1 | 01",
        "5+1 | unread | second |  | 02 | TrailingBytes",
        "6+1 | uint8 | third | 7 | 07"
      ]
    )
    const { error } = Explain.explain(layout, hex("02 ffff 02 0102 07"))
    assert.deepStrictEqual(error?.path, ["first", "n", 0])
  })

  it("in a lazy window is shown, and is none of the message", () => {
    const layout = Binary.Struct({
      lazy: Binary.Lazy(Binary.Uint8, Binary.Struct({ x: Binary.Uint16 })),
      y: Binary.Uint8
    })
    assert.deepStrictEqual(rows(layout, "01 00 07").slice(1), [
      "0+1 | uint8 length | lazy | 1 | 01",
      "1+0 | struct | lazy",
      "1+0 | uint16 | lazy.x |  |  | UnexpectedEnd",
      "1+1 | unread | lazy |  | 00",
      "2+1 | uint8 | y | 7 | 07"
    ])
    assert.include(rows(layout, "03 0001 05 07"), "3+1 | unread | lazy |  | 05 | TrailingBytes")
    assert.isUndefined(Explain.explain(layout, hex("01 00 07")).error)
    assert.isUndefined(Explain.explain(layout, hex("02 0001 07")).error)
  })

  it("is found from an offset on", () => {
    assert.deepStrictEqual(rows(Binary.Uint8, "ff 07", { offset: 1 }), ["1+1 | uint8 |  | 7 | 07"])
  })
})

describe("limits and numbers that are not safe", () => {
  const pointers = Binary.Struct({
    at: Binary.Uint8,
    first: Binary.Pointer(Binary.field("at"), Binary.Bytes(2)),
    second: Binary.Pointer(Binary.field("at"), Binary.Bytes(2)),
    end: Binary.Uint8
  })
  it("are explained as a codec refuses them", () => {
    for (const limits of [{ maxPointers: 1 }, { maxBytes: 3 }]) {
      const { error } = Explain.explain(pointers, Uint8Array.of(0, 1), { limits })
      assert.strictEqual(error?.reason._tag, "LimitExceeded")
    }
    const wide = Binary.Struct({ size: Binary.Uint64, body: Binary.Bytes(Binary.field("size")) })
    assert.strictEqual(Explain.explain(wide, new Uint8Array(8).fill(255)).error?.actual, "NaN")
  })
})
