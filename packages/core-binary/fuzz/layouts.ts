/** Layouts that between them use every kind of node, length, tag and presence: what fuzzers and tests run over. */
import * as Schema from "effect/Schema"
import { Binary } from "../src/index.ts"
import type { Any, Algorithm, Layout } from "../src/Layout.ts"

/** The sum of all bytes: a checksum that anybody can follow. */
const sum8: Algorithm = {
  name: "sum8",
  compute: (bytes, start, end) => {
    let sum = 0
    for (let i = start; i < end; i++) sum = (sum + bytes[i]!) & 0xff
    return sum
  }
}

const numbers = Binary.Struct({
  a: Binary.Int8,
  b: Binary.Uint16LE,
  c: Binary.Int24,
  d: Binary.Uint40,
  e: Binary.Int48,
  f: Binary.SafeInt64,
  g: Binary.Uint64,
  h: Binary.Float16,
  i: Binary.Float32LE,
  j: Binary.Float64,
  k: Binary.Int({ bits: 56, type: "bigint" }),
  l: Binary.Uint32
})

const varints = Binary.Struct({
  a: Binary.Varint(),
  b: Binary.Varint({ encoding: "sleb128", bits: 64, type: "bigint" }),
  c: Binary.Varint({ encoding: "zigzag", canonical: true }),
  d: Binary.Varint({ encoding: "vlq", bits: 64 }),
  e: Binary.Array(Binary.Varint({ canonical: true }), Binary.Varint({ canonical: true }))
})

const bits = Binary.Struct({
  network: Binary.Bits({ version: 4, reserved: Binary.reservedBits(3), delta: Binary.signedBits(9) }),
  device: Binary.Bits({ low: 3, wide: 40, rest: 5 }, { order: "lsb" }),
  kind: Binary.Enum(Binary.Uint8, { Off: 0, On: 1, Auto: 9 }),
  mode: Binary.littleEndian(Binary.Enum(Binary.Uint16, { Slow: 1, Fast: 2 }, { open: true })),
  only: Binary.Literals(Binary.Int16, [-1, 7]),
  flags: Binary.Flags(Binary.Uint8, { read: 1, write: 2, all: 0x40 }),
  wide: Binary.littleEndian(Binary.Flags(Binary.Uint64, { first: 1, last: 2 ** 40 }))
})

const contents = Binary.Struct({
  fixed: Binary.Bytes(3),
  name: Binary.Utf8(Binary.Uint8),
  nullable: Binary.Latin1(Binary.prefixed(Binary.Int16, { absent: -1 })),
  compact: Binary.Bytes(Binary.prefixed(Binary.Varint({ canonical: true }), { plus: 1, absent: 0 })),
  bounded: Binary.Ascii(Binary.prefixed(Binary.Uint8, { min: 1, max: 9 })),
  zero: Binary.Utf8(Binary.terminated(0)),
  line: Binary.Bytes(Binary.terminated(13, 10)),
  wide: Binary.littleEndian(Binary.Utf16(Binary.Uint8)),
  pairs: Binary.Array(Binary.Struct({ x: Binary.Uint8, y: Binary.Utf8(Binary.Uint8) }), Binary.Uint8),
  sized: Binary.Array(Binary.Utf8(Binary.Uint8), Binary.prefixed(Binary.Uint16, { unit: "bytes" })),
  list: Binary.Array(Binary.Struct({ tag: Binary.Literals(Binary.Uint8, [1, 2]) }), Binary.terminated(0)),
  three: Binary.Array(Binary.Int16, 3),
  rest: Binary.Bytes(Binary.rest)
})

const computed = Binary.littleEndian(
  Binary.Struct({
    magic: Binary.Magic("BW"),
    version: Binary.Const(Binary.Uint16, 7),
    size: Binary.Computed(Binary.Uint16, Binary.sizeOf("body")),
    count: Binary.Computed(Binary.Uint8, Binary.countOf("items")),
    start: Binary.Computed(Binary.Uint16, Binary.offsetOf("body")),
    kind: Binary.Computed(Binary.Uint8, Binary.tagOf("choice")),
    items: Binary.Array(Binary.Uint16, Binary.field("count")),
    choice: Binary.Tagged(Binary.field("kind"), {
      Number: [1, Binary.Struct({ value: Binary.Int32 })],
      Text: [2, Binary.Utf8(Binary.Uint8)]
    }),
    pad: Binary.Align(4, { verify: true }),
    body: Binary.Bytes(Binary.field("size")),
    spare: Binary.Padding(2, { fill: 255, verify: true }),
    sum: Binary.Checksum(Binary.Uint8, sum8, { from: "magic" })
  })
)

const conditional = Binary.Struct({
  header: Binary.Struct({ version: Binary.Uint8, flags: Binary.Bits({ extended: 1, length: 7 }) }),
  extra: Binary.When(Binary.equals(Binary.field("header", "flags", "extended"), 1), Binary.Uint32),
  body: Binary.Bytes(Binary.field("header", "flags", "length")),
  checked: Binary.Flagged(Binary.Uint8, Binary.Struct({ at: Binary.Int64 })),
  later: Binary.Trailing(Binary.Uint16)
})

type Tree = { readonly value: number; readonly children: ReadonlyArray<Tree> }
const tree: Layout<Tree> = Binary.Struct({
  value: Binary.Uint8,
  children: Binary.Array(
    Binary.Suspend("Tree", (): Layout<Tree> => tree),
    Binary.Uint8
  )
})

const unions = Binary.Array(
  Binary.Tagged(Binary.Varint({ canonical: true }), {
    Circle: [1, Binary.Struct({ radius: Binary.Uint16 })],
    Name: [300, Binary.Utf8(Binary.Uint8)],
    Peeked: [
      4,
      Binary.Tagged(Binary.peek(Binary.Uint8), {
        Small: [[0, 127], Binary.Uint8],
        Word: [[128, 255], Binary.Uint16]
      })
    ]
  }),
  Binary.Uint8
)

const windows = Binary.Struct({
  frame: Binary.Window(Binary.Uint16, Binary.Struct({ id: Binary.Uint8, rest: Binary.Utf8(Binary.rest) })),
  maybe: Binary.Window(Binary.prefixed(Binary.Int8, { absent: -1 }), Binary.Array(Binary.Uint16, Binary.rest)),
  exact: Binary.Window(4, Binary.Struct({ a: Binary.Uint8, b: Binary.Bytes(Binary.rest) })),
  lazy: Binary.Lazy(Binary.Uint8, Binary.Struct({ x: Binary.Int32 })),
  order: Binary.Uint8,
  value: Binary.littleEndianWhen(Binary.equals(Binary.field("order"), 1), Binary.Uint32)
})

const checked = Binary.Struct({
  even: Binary.Uint8.pipe(
    Binary.decodeTo(Schema.Number.check(Schema.makeFilter((n: number) => n % 2 === 0 || "an even number")))
  ),
  percent: Binary.Uint8.pipe(Binary.decodeTo(Schema.Number.check(Schema.isBetween({ minimum: 0, maximum: 100 }))))
})

type Name = { readonly _tag: "Label"; readonly text: string; readonly next: Name } | { readonly _tag: "End" }
const name: Layout<unknown> = Binary.Tagged(Binary.peek(Binary.Uint8), {
  End: [0, Binary.Struct({ zero: Binary.Const(Binary.Uint8, 0) })],
  Label: [
    [1, 63],
    Binary.Struct({ text: Binary.Ascii(Binary.Uint8), next: Binary.Suspend("Name", (): Layout<unknown> => name) })
  ],
  Pointer: [
    [192, 255],
    Binary.Struct({
      to: Binary.Bits({ mark: Binary.reservedBits(2, 3), offset: 14 }),
      name: Binary.Pointer(
        Binary.field("to", "offset"),
        Binary.Suspend("Name", (): Layout<unknown> => name)
      )
    })
  ]
})

/** Echo's request frame, as the Echo package declares it. */
const echo = Binary.Window(
  Binary.prefixed(Binary.Int32, { min: 2 }),
  Binary.Struct({
    apiKey: Binary.Literals(Binary.Int8, [0]),
    sequence: Binary.Int8,
    timestamp: Binary.Int64,
    subject: Binary.Bytes(Binary.Int32),
    metadata: Binary.Array(Binary.Int16, Binary.Int16),
    body: Binary.Bytes(Binary.Int32)
  })
)

/** Every layout, by name. */
export const layouts = {
  numbers,
  varints,
  bits,
  contents,
  computed,
  conditional,
  tree,
  unions,
  windows,
  checked,
  name,
  echo
} satisfies Readonly<Record<string, Any>>

export type { Name }
