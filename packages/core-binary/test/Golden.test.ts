/** Every kind of node against bytes that other programs put together; `fixtures/nodes.py` says which, and makes them. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { Binary, Checksum, Codec, type Layout } from "@bytewright/core-binary"
import { backends, fromHex, layoutTest, toHex } from "./agreement.ts"

const golden = JSON.parse(readFileSync(new URL("fixtures/nodes.json", import.meta.url), "utf8")) as Readonly<
  Record<string, ReadonlyArray<string>>
>
const used = new Set<string>()

/** The bytes of a case, one for each of the values that it is written from. */
const bytesOf = (name: string, count: number): ReadonlyArray<string> => {
  used.add(name)
  const found = golden[name]!
  if (found.length !== count) throw new Error(`${name}: ${count} values for ${found.length} encodings`)
  return found
}

const same = <A>(
  name: string,
  layout: Layout.Layout<A>,
  values: ReadonlyArray<A>,
  more?: { readonly open?: boolean; readonly plain?: (value: A) => unknown }
): void => {
  const all = bytesOf(name, values.length)
  layoutTest(name, layout, { ...more, both: values.map((value, i) => [value, all[i]!]) })
}

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "latin1"))

for (const bits of [8, 16, 24, 32, 40, 48, 56, 64] as const) {
  for (const signed of [true, false]) {
    const least = signed ? -(1n << BigInt(bits - 1)) : 0n
    const most = (1n << BigInt(signed ? bits - 1 : bits)) - 1n
    const middle = BigInt(`0x${Array.from({ length: bits / 8 }, (_, i) => `0${i + 1}`).join("")}`)
    for (const endian of ["big", "little"] as const) {
      const name = `${signed ? "int" : "uint"}${bits} ${endian}`
      const values = [least, most, middle]
      same(name, Binary.Int({ bits, signed, endian, type: "bigint" }), values)
      if (bits <= 48) same(name, Binary.Int({ bits, signed, endian }), values.map(Number))
    }
  }
}

const orders = { ">": Binary.bigEndian, "<": Binary.littleEndian } as const
const arrays = {
  b: [Binary.Int8, [-128, -1, 0, 127]],
  B: [Binary.Uint8, [0, 1, 128, 255]],
  h: [Binary.Int16, [-32768, -2, 258, 32767]],
  H: [Binary.Uint16, [0, 258, 32768, 65535]],
  i: [Binary.Int32, [-(2 ** 31), -3, 16909060, 2 ** 31 - 1]],
  I: [Binary.Uint32, [0, 16909060, 2 ** 31, 2 ** 32 - 1]]
} as const
for (const [letter, [item, values]] of Object.entries(arrays)) {
  const counted = Binary.Array(item, Binary.Uint16)
  for (const [sign, order] of Object.entries(orders)) same(`array ${letter} ${sign}`, order(counted), [values, []])
  // A byte order that only a field before knows.
  const chosen = Binary.Struct({
    little: Binary.Uint8,
    items: Binary.littleEndianWhen(Binary.equals(Binary.field("little"), 1), counted)
  })
  layoutTest(`array ${letter} in a chosen order`, chosen, {
    both: [">", "<"].map((sign, little) => {
      const [hex] = bytesOf(`array ${letter} ${sign}`, 2)
      return [{ little, items: values }, `0${little}${hex}`]
    }),
    values: [
      ...[values[0] - 1, values[3] + 1, 0.5, NaN, -0].map((wrong) => [wrong, "OutOfRange"] as const),
      ...["1", 1n, null, undefined].map((wrong) => [wrong, "InvalidType"] as const)
    ].map(
      ([wrong, reason]) =>
        [{ little: 0, items: [1, wrong] }, reason, 3 + Codec.make(item).minSize, "items.[1]"] as const
    )
  })
}

for (const [letter, layout] of Object.entries({ e: Binary.Float16, f: Binary.Float32, d: Binary.Float64 }))
  for (const [sign, order] of Object.entries(orders))
    same(`float ${letter} ${sign}`, order(layout), [1.5, -0, 65504, 2 ** -14, Infinity])

/** Both sides of each border between two lengths, and the ends. */
const borders = (shift: number): ReadonlyArray<bigint> =>
  Array.from({ length: 9 }, (_, i) => 1n << BigInt(7 * (i + 1) - shift)).flatMap((border) => [border - 1n, border])
const sorted = (values: ReadonlyArray<bigint>): ReadonlyArray<bigint> =>
  [...new Set(values)].sort((left, right) => (left < right ? -1 : 1))
const unsigned = sorted([...borders(0), 0n, 1n, 300n, 2n ** 64n - 1n])
const positive = borders(1)
const signed = sorted([...positive, ...positive.map((value) => -value), -(2n ** 63n), 2n ** 63n - 1n])
for (const encoding of ["leb128", "sleb128", "zigzag", "vlq"] as const) {
  const values = encoding === "leb128" || encoding === "vlq" ? unsigned : signed
  const all = bytesOf(encoding, values.length)
  const [low, high] = encoding === "leb128" || encoding === "vlq" ? [0n, 2n ** 32n] : [-(2n ** 31n), 2n ** 31n]
  const cases = values.map((value, i) => [value, all[i]!] as const)
  const numbers = cases.map(([value, hex]) => [Number(value), hex] as const)
  const narrow = (_: unknown, i: number) => values[i]! >= low && values[i]! < high
  for (const canonical of [false, true]) {
    const name = `${encoding}${canonical ? ", canonical" : ""}`
    const options = { encoding, canonical } as const
    layoutTest(`${name}, 64 bits`, Binary.Varint({ ...options, bits: 64, type: "bigint" }), { both: cases })
    layoutTest(`${name}, 32 bits`, Binary.Varint({ ...options, type: "bigint" }), { both: cases.filter(narrow) })
    layoutTest(`${name}, 64 bits, numbers`, Binary.Varint({ ...options, bits: 64 }), {
      both: numbers.filter(([value]) => Number.isSafeInteger(value))
    })
    layoutTest(`${name}, 32 bits, numbers`, Binary.Varint(options), { both: numbers.filter(narrow) })
  }
}

const fields = { a: 4, b: 9, c: Binary.signedBits(11), d: 40 } as const
const packed = [
  { a: 15, b: 256, c: -1, d: 2 ** 40 - 2 },
  { a: 1, b: 2, c: -1024, d: 0x0123456789 },
  { a: 0, b: 0, c: 0, d: 0 }
]
for (const order of ["msb", "lsb"] as const) same(`bits ${order}`, Binary.Bits(fields, { order }), packed)

same("utf8", Binary.Utf8(Binary.Uint8), ["Grüße €"])
same("latin1", Binary.Latin1(Binary.Uint16LE), ["Grüße"])
same("utf16 big", Binary.Utf16(Binary.Uint8), ["a€b"])
same("utf16 little", Binary.littleEndian(Binary.Utf16(Binary.Uint8)), ["😀"])
same("bytes varint", Binary.Bytes(Binary.Varint()), [Uint8Array.from({ length: 200 }, (_, i) => i)])
same("nullable text", Binary.Ascii(Binary.prefixed(Binary.Int16, { absent: -1 })), [null, "", "abc"])
const compact = Binary.prefixed(Binary.Varint({ canonical: true }), { plus: 1, absent: 0 })
same("compact nullable bytes", Binary.Bytes(compact), [null, bytes(""), bytes("abc")])
const orNull = Binary.prefixed(Binary.Int32, { absent: -1 })
same("nullable array", Binary.Array(Binary.Uint16, orNull), [null, [7, 8]])
const inBytes = Binary.prefixed(Binary.Uint16, { unit: "bytes" })
same("array in bytes", Binary.Array(Binary.Utf8(Binary.Uint8), inBytes), [["a", "bcd"]])
same("c string", Binary.Utf8(Binary.terminated(0)), ["name", ""])
same("line", Binary.Bytes(Binary.terminated(13, 10)), [bytes("GET /")])
same("wide c string", Binary.littleEndian(Binary.Utf16(Binary.terminated(0, 0))), ["héllo"])
same("terminated array", Binary.Array(Binary.Uint16, Binary.terminated(0, 0)), [[1, 2, 512]])

same(
  "align message",
  Binary.littleEndian(
    Binary.Struct({
      a: Binary.Uint8,
      before: Binary.Align(4),
      b: Binary.Uint32,
      c: Binary.Uint8,
      behind: Binary.Align(8),
      d: Binary.Uint64
    })
  ),
  [{ a: 1, b: 2, c: 3, d: 4n }]
)
same("padding", Binary.Struct({ a: Binary.Uint8, gap: Binary.Padding(3), b: Binary.Uint16 }), [
  { a: 1, b: 2 },
  { a: 255, b: 65535 }
])

describe("align input", () => {
  const gap = Binary.Align(4, { origin: "input" })
  const layout = Binary.littleEndian(Binary.Struct({ a: Binary.Uint8, gap, b: Binary.Uint32 }))
  const all = bytesOf("align input", 5)
  it.each(backends)("at every place (%s)", (backend) => {
    const codec = Codec.make(layout, { backend })
    all.forEach((hex, start) => {
      const target = new Uint8Array(16)
      const end = codec.write({ a: 1, b: 2 }, target, start)
      assert.strictEqual(toHex(target.subarray(start, end)), hex)
      const input = Uint8Array.from([...new Uint8Array(start), ...fromHex(hex)])
      assert.deepStrictEqual(codec.read(input, start, input.length), { a: 1, b: 2 })
    })
  })
})

/** CRC-16/XMODEM, the polynomial 0x1021 from zero. */
const crc16 = Checksum.make("crc16", (input, start, end) => {
  let sum = 0
  for (let i = start; i < end; i++) {
    sum ^= input[i]! << 8
    for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ ((sum & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff
  }
  return sum
})
const summed = (name: string, of: typeof Binary.Uint32, algorithm: Layout.Algorithm) =>
  same(
    name,
    Binary.Struct({
      outside: Binary.Uint8,
      body: Binary.Bytes(Binary.Uint8),
      sum: Binary.Checksum(of, algorithm, { from: "body" })
    }),
    [{ outside: 0x7f, body: bytes("123456789") }]
  )
summed("crc32", Binary.Uint32, Checksum.crc32)
summed("crc32c", Binary.Uint32, Checksum.crc32c)
summed("adler32", Binary.Uint32, Checksum.adler32)
summed("crc16 of the user", Binary.Uint16, crc16)

same(
  "computed",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint16, Binary.add(Binary.sizeOf("body"), 6)),
    count: Binary.Computed(Binary.Uint8, Binary.countOf("items")),
    kind: Binary.Uint8,
    length: Binary.Computed(Binary.Uint16, Binary.sizeOf("body")),
    items: Binary.Array(Binary.Uint8, Binary.field("count")),
    body: Binary.Bytes(Binary.field("length"))
  }),
  [{ kind: 5, items: [1, 2, 3], body: bytes("body") }]
)
const [II, MM] = [0x4949, 0x4d4d]
same(
  "byte order",
  Binary.Struct({
    order: Binary.Literals(Binary.Uint16, [II, MM]),
    body: Binary.littleEndianWhen(
      Binary.equals(Binary.field("order"), II),
      Binary.Struct({ version: Binary.Const(Binary.Uint16, 42), first: Binary.Uint32 })
    )
  }),
  [
    { order: II, body: { first: 8 } },
    { order: MM, body: { first: 8 } }
  ]
)
const number = Binary.Struct({ n: Binary.Uint32 })
same("tag before", Binary.Tagged(Binary.Uint8, { Number: [1, number], Text: [2, Binary.Utf8(Binary.Uint8)] }), [
  { _tag: "Number", n: 70000 },
  { _tag: "Text", value: "ok" }
])
same(
  "tag inside",
  Binary.Tagged(Binary.peek(Binary.Uint8), {
    Short: [[0, 127], Binary.Struct({ first: Binary.Uint8, n: Binary.Uint16 })],
    Long: [[128, 255], Binary.Struct({ first: Binary.Uint8, more: Binary.Uint8, n: Binary.Uint16 })]
  }),
  [
    { _tag: "Short", first: 1, n: 513 },
    { _tag: "Long", first: 128, more: 1, n: 2 }
  ]
)
same(
  "tag outside",
  Binary.Struct({
    kind: Binary.Computed(Binary.Uint8, Binary.tagOf("body")),
    body: Binary.Tagged(Binary.field("kind"), { Byte: [1, Binary.Uint8], Word: [2, Binary.Uint16] })
  }),
  [{ body: { _tag: "Byte", value: 9 } }, { body: { _tag: "Word", value: 9 } }]
)
same(
  "optional",
  Binary.Struct({ there: Binary.Uint8, n: Binary.When(Binary.equals(Binary.field("there"), 1), Binary.Uint32) }),
  [
    { there: 1, n: 5 },
    { there: 0, n: undefined }
  ]
)
same("flagged", Binary.Struct({ n: Binary.Flagged(Binary.Uint8, Binary.Uint16) }), [{ n: 5 }, { n: undefined }])
same(
  "trailing",
  Binary.Struct({ a: Binary.Uint8, n: Binary.Trailing(Binary.Uint16) }),
  [
    { a: 1, n: 5 },
    { a: 1, n: undefined }
  ],
  {
    open: true
  }
)
same("enum", Binary.Enum(Binary.Uint8, { Slow: 1, Fast: 2 }), ["Fast", "Slow"])
same("flags", Binary.littleEndian(Binary.Flags(Binary.Uint16, { a: 1, b: 0x8000, c: 0x100, d: 2 })), [
  { a: true, b: true, c: false, d: false },
  { a: false, b: false, c: true, d: true }
])
same(
  "window",
  Binary.Struct({
    w: Binary.Window(Binary.Uint16, Binary.Struct({ id: Binary.Uint8, text: Binary.Ascii(Binary.rest) })),
    end: Binary.Uint8
  }),
  [{ w: { id: 7, text: "abc" }, end: 255 }]
)
same("magic", Binary.Struct({ magic: Binary.Magic([0x89, 0x50, 0x4e, 0x47, 13, 10, 0x1a, 10]), n: Binary.Uint16 }), [
  { n: 1 }
])

describe("lazy", () => {
  const layout = Binary.Struct({ inner: Binary.Lazy(Binary.Uint8, Binary.Uint32), end: Binary.Uint8 })
  const [hex] = bytesOf("lazy", 1)
  it.each(backends)("read when asked for, and written back (%s)", (backend) => {
    const codec = Codec.make(layout, { backend })
    const value = codec.decodeSync(fromHex(hex!))
    assert.deepStrictEqual(value.inner.read(), Result.succeed(99))
    assert.strictEqual(toHex(codec.encodeSync(value)), hex)
  })
})

interface Tree {
  readonly value: number
  readonly children: ReadonlyArray<Tree>
}
const tree: Layout.Layout<Tree> = Binary.Struct({
  value: Binary.Uint16,
  children: Binary.Array(
    Binary.Suspend("Tree", (): Layout.Layout<Tree> => tree),
    Binary.Uint8
  )
})
const leaf = (value: number, ...children: ReadonlyArray<Tree>): Tree => ({ value, children })
same("recursion", tree, [leaf(1, leaf(2), leaf(3, leaf(4, leaf(5))))])

it("no case of the fixture is left out", () => {
  assert.deepStrictEqual(
    Object.keys(golden).filter((name) => !used.has(name)),
    []
  )
})
