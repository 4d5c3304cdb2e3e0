import { fileURLToPath } from "node:url"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { LuaFactory } from "wasmoon"
import { upToDate } from "../../../harness/generated.ts"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Mermaid, Wireshark } from "../src/index.ts"
import type { Any } from "../src/Layout.ts"

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))

describe("a Mermaid packet diagram", () => {
  const drawn = (layout: Any, options?: Mermaid.Options) => Mermaid.packet(layout, options)

  it("has every field at its bits, and notes for what it cannot draw", () => {
    const { notes, text } = drawn(layouts.echo, { title: "Echo" })
    assert.deepStrictEqual(text.split("\n"), [
      "---",
      'title: "Echo"',
      "---",
      "packet-beta",
      "%% subject: bytes has no fixed size: it is drawn with 64 bits",
      "%% metadata: array of int16 has no fixed size: it is drawn with 64 bits",
      "%% body: bytes has no fixed size: it is drawn with 64 bits",
      '0-31: "length: int32"',
      '32-39: "apiKey: enum int8"',
      '40-47: "sequence: int8"',
      '48-111: "timestamp: int64"',
      '112-143: "subject length: int32"',
      '144-207: "subject: bytes"',
      '208-223: "metadata length: int16"',
      '224-287: "metadata: array of int16"',
      '288-319: "body length: int32"',
      '320-383: "body: bytes"'
    ])
    assert.deepStrictEqual(notes[0], { path: "subject", note: "bytes has no fixed size: it is drawn with 64 bits" })
  })

  it("leaves no gap and no overlap, whatever the layout", () => {
    for (const [name, layout] of Object.entries<Any>(layouts)) {
      let at = 0
      for (const [, from, to] of drawn(layout).text.matchAll(/^(\d+)(?:-(\d+))?: "/gm)) {
        assert.strictEqual(Number(from), at, name)
        at = Number(to ?? from) + 1
      }
      assert.isAbove(at, 0, name)
    }
  })

  const notes = (layout: Any): Array<string> => drawn(layout, { variableBits: 32 }).notes.map((note) => note.note)

  it("says what it leaves out", () => {
    const small = Binary.Struct({ a: Binary.Tagged(Binary.Uint8, { X: [1, Binary.Uint16], Y: [2, Binary.Int16] }) })
    assert.include(drawn(small).text, '8-23: "a: one of X (1), Y (2)"')
    assert.deepStrictEqual(notes(small), ["the cases of a union are not drawn"])
    assert.deepStrictEqual(notes(Binary.Bits({ a: 8 }, { order: "lsb" })), [
      "the first bit field has the least significant bits"
    ])
    assert.deepStrictEqual(notes(Binary.littleEndian(Binary.Uint16)), [
      "numbers without an order of their own are little endian"
    ])
    assert.deepStrictEqual(notes(Binary.bigEndian(Binary.Uint16)), [])
    const either = Binary.Struct({ l: Binary.Uint8, n: Binary.littleEndianWhen(Binary.field("l"), Binary.Uint16) })
    assert.deepStrictEqual(notes(either), [
      "numbers without an order of their own are an order that another field says"
    ])
    assert.deepStrictEqual(notes(Binary.Pointer(Binary.literal(0), Binary.Uint8)), [
      "pointer to uint8 stands elsewhere"
    ])
    assert.deepStrictEqual(notes(Binary.Flagged(Binary.Uint8, Binary.Uint8)), ["it may be missing"])
    assert.deepStrictEqual(notes(Binary.Window(Binary.Uint8, Binary.Uint8, { rest: "skip" })), [
      "bytes may follow in its window"
    ])
    assert.deepStrictEqual(notes(Binary.Bytes(100)), ["bytes is drawn with 32 bits"])
    assert.deepStrictEqual(notes(Binary.Array(Binary.Utf8(Binary.Uint8), 2)), [
      "array of utf8[uint8] has no fixed size: it is drawn with 32 bits"
    ])
    assert.include(drawn(Binary.Array(Binary.Uint8, 2)).text, '0-15: "array of uint8"')
    assert.include(drawn(Binary.Bytes(Binary.Uint8)).text, '0-7: "length: uint8"')
    assert.include(drawn(Binary.Bytes(Binary.terminated(0))).text, '64-71: "terminator"')
    assert.include(drawn(Binary.Tagged(Binary.Uint8, { X: [1, Binary.Uint8] })).text, '0-7: "tag: uint8"')
    assert.include(drawn(Binary.Flagged(Binary.Uint8, Binary.Uint8)).text, '0-7: "presence: uint8"')
    assert.include(
      drawn(Binary.Struct({ w: Binary.Window(Binary.Uint8, Binary.Uint8) })).text,
      '0-7: "w length: uint8"'
    )
    assert.include(
      drawn(Binary.Struct({ o: Binary.Flagged(Binary.Uint8, Binary.Uint8) })).text,
      '0-7: "o presence: uint8"'
    )
    assert.strictEqual(drawn(Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite))).text, 'packet-beta\n0-7: "uint8"')
    assert.strictEqual(drawn(Binary.Window(2, Binary.Uint16)).text, 'packet-beta\n0-15: "window[2] of uint16"')
    assert.strictEqual(drawn(Binary.Struct({ w: Binary.Utf8(0) })).text, "packet-beta")
    assert.strictEqual(
      drawn(Binary.Bits({ a: 1, r: Binary.reservedBits(7) })).text,
      'packet-beta\n0: "a: 1 bits"\n1-7: "r: = 0"'
    )
  })

  it("escapes what a label cannot hold", () => {
    assert.include(drawn(Binary.Struct({ 'a"b\n#;': Binary.Uint8 })).text, '0-7: "a#34;b#10;#35;#59;: uint8"')
  })
})

describe("a Wireshark dissector", () => {
  const made = (layout: Any, options?: Partial<Wireshark.Options>) =>
    Wireshark.dissector(layout, { name: "bw", ...options })
  const notes = (layout: Any): Array<string> => made(layout).notes.map((note) => note.note)

  it("is Lua that changes only when it should", () => {
    const { text } = made(layouts.echo, { name: "echo", title: "Echo", ports: [9000], response: layouts.unions })
    upToDate(fixture("echo.lua"), text)
  })

  it("is Lua for every layout", async () => {
    const lua = await new LuaFactory().createEngine()
    try {
      for (const [name, layout] of Object.entries<Any>(layouts)) {
        lua.global.set("text", made(layout, { title: `A ${name}\n"quoted" é`, transport: "udp" }).text)
        assert.strictEqual(await lua.doString("return select(2, load(text))"), undefined, name)
      }
      lua.global.set("text", "local = 1")
      assert.include(await lua.doString("return select(2, load(text))"), "<name> expected")
    } finally {
      lua.global.close()
    }
  })

  it("says in notes and in comments what it does not verify", () => {
    const { notes: found, text } = made(layouts.computed)
    assert.deepStrictEqual(found[0], { path: "size", note: "not verified: uint16 = sizeOf(body)" })
    for (const { note, path } of found) assert.include(text, `-- note: ${path}: ${note}`)
    assert.include(notes(layouts.computed), "not verified: sum8 uint8")
    assert.include(notes(layouts.computed), "padding is not verified")
    assert.include(notes(layouts.checked), "shown as it is on the wire, without its schema")
    assert.include(notes(layouts.varints), "numbers beyond 2^53 are shown rounded")
    assert.include(notes(layouts.varints), "encodings longer than needed are not refused")
    assert.include(notes(layouts.contents), "malformed text is not refused")
    assert.deepStrictEqual(notes(Binary.Enum(Binary.Uint64, { a: 1 })), ["names of 64-bit numbers are not shown"])
    assert.deepStrictEqual(notes(Binary.Const(Binary.Uint64, 1n)), ["a constant of 64 bits is compared as a double"])
    assert.include(notes(layouts.bits), "flags above bit 52 may be shown wrong: Lua numbers have 53 bits")
    assert.deepStrictEqual(notes(Binary.Uint16), [])
  })

  it("puts TCP segments together by the size in front, where there is one", () => {
    const frame = Binary.Window(Binary.prefixed(Binary.Uint16, { plus: 2 }), Binary.Uint8)
    assert.include(made(Binary.littleEndian(frame)).text, "dissect_tcp_pdus(tvb, tree, 2, ")
    assert.include(made(Binary.littleEndian(frame)).text, "2 - 2 + integer(nil, tvb(offset, 2), 2, false, true)")
    assert.include(
      made(Binary.Window(Binary.Uint32LE, Binary.Uint8)).text,
      "4 - 0 + integer(nil, tvb(offset, 4), 4, false, true)"
    )
    assert.notInclude(made(frame, { transport: "udp" }).text, "dissect_tcp_pdus")
    for (const layout of [
      Binary.Uint8,
      Binary.Window(2, Binary.Uint16),
      Binary.Window(Binary.Varint(), Binary.Uint8),
      Binary.Window(Binary.Uint64, Binary.Uint8),
      Binary.Window(Binary.prefixed(Binary.Int8, { absent: -1 }), Binary.Uint8)
    ])
      assert.notInclude(made(layout).text, "dissect_tcp_pdus")
  })

  it("reads what comes from its ports as responses", () => {
    const both = made(Binary.Uint8, { ports: [1, 2], response: Binary.Uint16 }).text
    assert.include(both, "if pinfo.src_port == 1 or pinfo.src_port == 2 then")
    assert.include(both, "ports:add(2, protocol)")
    assert.include(made(Binary.Uint8, { response: Binary.Uint16 }).text, "if false then")
    assert.include(made(Binary.Uint8).text, "ports:add_for_decode_as(protocol)")
  })

  it("knows every operator and every place", () => {
    const a = Binary.field("a")
    const operators = [
      [Binary.add, "+"],
      [Binary.subtract, "-"],
      [Binary.multiply, "*"],
      [Binary.divide, "quotient"],
      [Binary.remainder, "math.fmod"],
      [Binary.bitAnd, "band"],
      [Binary.bitOr, "bor"],
      [Binary.shiftLeft, "shl"],
      [Binary.shiftRight, "shr"],
      [Binary.equals, "=="],
      [Binary.notEquals, "~="],
      [Binary.lessThan, "<"],
      [Binary.and, "and"],
      [Binary.or, "or"]
    ] as const
    for (const [operator, lua] of operators) {
      const { text } = made(Binary.Struct({ a: Binary.Uint8, b: Binary.When(operator(a, 3), Binary.Uint8) }))
      assert.include(text.slice(text.indexOf("protocol.experts")), lua)
    }
    const left = made(Binary.Bytes(Binary.remaining)).text
    assert.include(left, "local n = count(c, (c.e - c.p), 1)")
    const odd = made(
      Binary.Struct({ a: Binary.Align(4, { origin: "input" }), b: Binary.Bytes(Binary.sizeOf("a")) })
    ).text
    assert.include(odd, "(4 - (c.p - 0) % 4) % 4")
    assert.include(odd, "local n = count(c, 0, 1)")
    const outer = made(Binary.Struct({ p: Binary.Pointer(Binary.literal(2), Binary.Uint8, { origin: "input" }) })).text
    assert.include(outer, "local at = 2\n")
    const peeked = made(Binary.Tagged(Binary.peek(Binary.Uint16LE, 2), { A: [[1, 2], Binary.Uint32] })).text
    assert.include(peeked, "take(c, 2)")
    const skip = made(Binary.Window(2, Binary.Uint8, { rest: "skip" })).text
    assert.include(skip, "within(c, c.p + n, true, tree")
  })

  it("keeps names that two fields share apart, and refuses a name that filters cannot have", () => {
    const { text } = made(Binary.Struct({ "a b": Binary.Uint8, "a-b": Binary.Uint8, unread: Binary.Uint8 }))
    for (const filter of ['"bw.a_b"', '"bw.a_b_2"', '"bw.unread_2"']) assert.include(text, filter)
    assert.throws(
      () => made(Binary.Uint8, { name: "No" }),
      "a dissector's name has lower-case letters, digits and _, unlike No"
    )
  })
})
