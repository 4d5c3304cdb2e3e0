/**
 * MessagePack values: github.com/msgpack/msgpack, spec.md. A value here is one format of the specification, so that
 * what was read is written back as the same bytes.
 */
import { Binary, Codec, type Layout } from "@bytewright/core-binary"

type Entries = ReadonlyArray<{ readonly key: Value; readonly value: Value }>

export type Value =
  | { readonly _tag: "PositiveFixint" | "NegativeFixint"; readonly value: number }
  | { readonly _tag: "Nil" | "False" | "True" }
  | { readonly _tag: "FixMap" | "Map16" | "Map32"; readonly entries: Entries }
  | { readonly _tag: "FixArray" | "Array16" | "Array32"; readonly items: ReadonlyArray<Value> }
  | { readonly _tag: "FixStr" | "Str8" | "Str16" | "Str32"; readonly text: string }
  | { readonly _tag: "Bin8" | "Bin16" | "Bin32"; readonly data: Uint8Array }
  | { readonly _tag: Extension; readonly type: number; readonly data: Uint8Array }
  | { readonly _tag: "Float32" | "Float64"; readonly value: number }
  | { readonly _tag: "Uint8" | "Uint16" | "Uint32" | "Int8" | "Int16" | "Int32"; readonly value: number }
  | { readonly _tag: "Uint64" | "Int64"; readonly value: bigint }

type Extension = "FixExt1" | "FixExt2" | "FixExt4" | "FixExt8" | "FixExt16" | "Ext8" | "Ext16" | "Ext32"

const { Struct, Uint8, Uint16, Uint32 } = Binary

/** The first byte, where it is nothing but the format. */
const first = (byte: number) => Binary.Const(Uint8, byte)

export const Value: Layout.Layout<Value, "required"> = Binary.Suspend("Value", () => Format)

const Entry = Struct({ key: Value, value: Value })

/** A first byte that holds a length in its low bits. */
const sized = (format: number, length: ReturnType<typeof Binary.sizeOf>) =>
  Binary.Computed(Uint8, Binary.add(format, length))
const low = (mask: number) => Binary.bitAnd(Binary.field("first"), mask)

const fixExt = (byte: number, size: number) =>
  Struct({ first: first(byte), type: Binary.Int8, data: Binary.Bytes(size) })

/** The length stands before the type, the data behind it. */
const ext = (byte: number, length: typeof Uint8) =>
  Struct({
    first: first(byte),
    length: Binary.Computed(length, Binary.sizeOf("data")),
    type: Binary.Int8,
    data: Binary.Bytes(Binary.field("length"))
  })

/** The table of formats, in the order of their first bytes. 0xc1 is never used. */
const Format: Layout.Layout<Value, "required"> = Binary.Tagged(Binary.peek(Uint8), {
  PositiveFixint: [[0x00, 0x7f], Struct({ value: Uint8 })],
  FixMap: [
    [0x80, 0x8f],
    Struct({ first: sized(0x80, Binary.countOf("entries")), entries: Binary.Array(Entry, low(0x0f)) })
  ],
  FixArray: [
    [0x90, 0x9f],
    Struct({ first: sized(0x90, Binary.countOf("items")), items: Binary.Array(Value, low(0x0f)) })
  ],
  FixStr: [[0xa0, 0xbf], Struct({ first: sized(0xa0, Binary.sizeOf("text")), text: Binary.Utf8(low(0x1f)) })],
  Nil: [0xc0, Struct({ first: first(0xc0) })],
  False: [0xc2, Struct({ first: first(0xc2) })],
  True: [0xc3, Struct({ first: first(0xc3) })],
  Bin8: [0xc4, Struct({ first: first(0xc4), data: Binary.Bytes(Uint8) })],
  Bin16: [0xc5, Struct({ first: first(0xc5), data: Binary.Bytes(Uint16) })],
  Bin32: [0xc6, Struct({ first: first(0xc6), data: Binary.Bytes(Uint32) })],
  Ext8: [0xc7, ext(0xc7, Uint8)],
  Ext16: [0xc8, ext(0xc8, Uint16)],
  Ext32: [0xc9, ext(0xc9, Uint32)],
  Float32: [0xca, Struct({ first: first(0xca), value: Binary.Float32 })],
  Float64: [0xcb, Struct({ first: first(0xcb), value: Binary.Float64 })],
  Uint8: [0xcc, Struct({ first: first(0xcc), value: Uint8 })],
  Uint16: [0xcd, Struct({ first: first(0xcd), value: Uint16 })],
  Uint32: [0xce, Struct({ first: first(0xce), value: Uint32 })],
  Uint64: [0xcf, Struct({ first: first(0xcf), value: Binary.Uint64 })],
  Int8: [0xd0, Struct({ first: first(0xd0), value: Binary.Int8 })],
  Int16: [0xd1, Struct({ first: first(0xd1), value: Binary.Int16 })],
  Int32: [0xd2, Struct({ first: first(0xd2), value: Binary.Int32 })],
  Int64: [0xd3, Struct({ first: first(0xd3), value: Binary.Int64 })],
  FixExt1: [0xd4, fixExt(0xd4, 1)],
  FixExt2: [0xd5, fixExt(0xd5, 2)],
  FixExt4: [0xd6, fixExt(0xd6, 4)],
  FixExt8: [0xd7, fixExt(0xd7, 8)],
  FixExt16: [0xd8, fixExt(0xd8, 16)],
  Str8: [0xd9, Struct({ first: first(0xd9), text: Binary.Utf8(Uint8) })],
  Str16: [0xda, Struct({ first: first(0xda), text: Binary.Utf8(Uint16) })],
  Str32: [0xdb, Struct({ first: first(0xdb), text: Binary.Utf8(Uint32) })],
  Array16: [0xdc, Struct({ first: first(0xdc), items: Binary.Array(Value, Uint16) })],
  Array32: [0xdd, Struct({ first: first(0xdd), items: Binary.Array(Value, Uint32) })],
  Map16: [0xde, Struct({ first: first(0xde), entries: Binary.Array(Entry, Uint16) })],
  Map32: [0xdf, Struct({ first: first(0xdf), entries: Binary.Array(Entry, Uint32) })],
  NegativeFixint: [[0xe0, 0xff], Struct({ value: Binary.Int8 })]
})

export const codec = Codec.make(Value)
