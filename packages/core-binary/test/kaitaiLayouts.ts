/** Layouts for the tests of descriptions for Kaitai Struct, and for their interop. */
import { layouts } from "../fuzz/layouts.ts"
import { Binary } from "../src/index.ts"
import type { Any, Layout } from "../src/Layout.ts"

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
  peeked: Binary.Tagged(Binary.peek(Binary.Uint16LE, 1), {
    A: [7, Binary.Struct({ first: Binary.Uint8, tag: Binary.Const(Binary.Uint16LE, 7) })]
  })
})

/** Layouts whose descriptions are committed. */
export const goldens: Readonly<Record<string, Any>> = {
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

const a = Binary.field("a")
const b = Binary.field("b")
const record = Binary.Struct({
  odd: Binary.littleEndian(Binary.Uint24),
  bits: Binary.Bits({ one: 1, delta: Binary.signedBits(7), pad: Binary.reservedBits(40, 5), high: 8 }),
  flags: Binary.Flags(Binary.Uint24, { on: 1, off: 2 }),
  list: Binary.Literals(Binary.Uint24, [1, 70000])
})
type Leaf = { readonly size: number }
const leaf: Layout<Leaf> = Binary.Suspend("Leaf", () => Binary.Struct({ size: Binary.Uint8 }))
const number: Layout<number> = Binary.Suspend("Number", () => Binary.Int8)

/** Layouts that read each kind of field in an expression, and each operator. */
export const expressive: Readonly<Record<string, Any>> = {
  fields: Binary.Struct({
    r: record,
    kind: Binary.Enum(Binary.Uint8, { Off: 0, On: 1 }),
    code: Binary.Enum(Binary.Varint(), { Zero: 0, One: 1 }),
    w: Binary.Window(Binary.Uint8, Binary.Struct({ n: Binary.Uint8 })),
    v: Binary.Window(1, Binary.Uint8),
    leaf,
    number,
    boxed: Binary.Window(1, number),
    chosen: Binary.Tagged(Binary.Uint8, { N: [1, number], L: [2, leaf] }),
    turned: Binary.littleEndianWhen(Binary.field("r", "flags", "on"), Binary.Window(1, number)),
    maybe: Binary.Flagged(Binary.Uint8, Binary.Struct({ n: Binary.Uint8 })),
    order: Binary.littleEndianWhen(Binary.field("r", "flags", "on"), Binary.Struct({ n: Binary.Uint16 })),
    plain: Binary.littleEndianWhen(Binary.field("r", "bits", "one"), Binary.Uint16),
    fixed: Binary.littleEndian(Binary.Uint16),
    x0: Binary.When(Binary.and(Binary.field("boxed"), Binary.field("turned")), Binary.Uint8),
    x1: Binary.When(Binary.field("r", "odd"), Binary.Uint8),
    x2: Binary.When(Binary.field("r", "bits", "one"), Binary.Uint8),
    x3: Binary.When(Binary.lessThan(Binary.field("r", "bits", "delta"), 0), Binary.Uint8),
    x4: Binary.When(Binary.add(Binary.field("r", "flags", "off"), 0), Binary.Uint8),
    x5: Binary.When(Binary.equals(Binary.field("kind"), 1), Binary.Uint8),
    x6: Binary.When(Binary.field("code"), Binary.Uint8),
    x7: Binary.When(Binary.equals(Binary.field("r", "list"), 1), Binary.Uint8),
    x8: Binary.When(Binary.greaterThan(Binary.field("w", "n"), Binary.field("v")), Binary.Uint8),
    x9: Binary.When(Binary.and(Binary.field("leaf", "size"), Binary.field("number")), Binary.Uint8),
    y1: Binary.When(Binary.or(Binary.field("order", "n"), Binary.field("plain")), Binary.Uint8),
    y2: Binary.When(Binary.lessThanOrEqualTo(Binary.field("fixed"), -1), Binary.Uint8),
    y3: Binary.When(Binary.and(true, Binary.notEquals(Binary.field("r", "bits", "high"), 0)), Binary.Uint8)
  }),
  operators: Binary.Struct({
    a: Binary.Uint8,
    b: Binary.Uint8,
    count: Binary.Varint(),
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("sized")),
    sized: Binary.Bytes(Binary.field("size")),
    counted: Binary.Array(Binary.Uint8, Binary.bitAnd(Binary.field("count"), 7)),
    less: Binary.Bytes(Binary.remainder(Binary.multiply(a, b), 5)),
    parts: Binary.Bytes(Binary.divide(a, 16)),
    ones: Binary.Bytes(Binary.bitOr(Binary.bitAnd(a, 3), Binary.bitAnd(b, 4))),
    moved: Binary.Array(Binary.Uint8, Binary.add(Binary.shiftRight(a, 6), Binary.shiftLeft(Binary.bitAnd(b, 1), 1))),
    pairs: Binary.Array(Binary.Utf8(Binary.Uint8), 2),
    items: Binary.Array(Binary.Flagged(Binary.Uint8, Binary.Uint16), Binary.prefixed(Binary.Uint8, { absent: 255 })),
    left: Binary.Bytes(Binary.remaining)
  }),
  aligned: Binary.Struct({
    name: Binary.Latin1(Binary.Uint8),
    pad: Binary.Align(4, { origin: "input", verify: true }),
    zeros: Binary.Padding(100, { verify: true }),
    none: Binary.Padding(0, { verify: true }),
    wide: Binary.Varint({ encoding: "vlq", canonical: true }),
    signed: Binary.Varint({ encoding: "sleb128", canonical: true }),
    zigzag: Binary.Varint({ encoding: "zigzag", bits: 64, type: "bigint" }),
    all: Binary.Flags(Binary.Uint8, { a: 15, b: 240 }),
    one: Binary.Bits({ sign: Binary.signedBits(1), low: Binary.reservedBits(7, 2) }),
    object: Binary.Struct({ n: Binary.Uint8 })
  })
}
