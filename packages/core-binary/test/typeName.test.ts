import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Binary, Checksum, Codec, type Layout } from "@bytewright/core-binary"

/** What an error calls a layout: here, as the element of an array whose terminator is missing. */
const nameOf = (layout: Layout.Layout<unknown>): string => {
  const result = Codec.make(Binary.Array(layout, Binary.terminated(0, 255))).decode(new Uint8Array(0))
  const error = result._tag === "Failure" ? result.failure : assert.fail("read")
  assert.strictEqual(error.reason._tag, "MissingTerminator")
  const prefix = "array[until 00 ff] of "
  assert.isTrue(error.expected.startsWith(prefix))
  return error.expected.slice(prefix.length)
}

const { Uint8 } = Binary

describe("the names of types in errors", () => {
  const names: ReadonlyArray<readonly [name: string, layout: Layout.Layout<unknown>]> = [
    ["int16", Binary.Int16],
    ["uint32le", Binary.Uint32LE],
    ["int64be", Binary.Int64BE],
    ["float64le", Binary.Float64LE],
    ["zigzag", Binary.Varint({ encoding: "zigzag" })],
    ["bits", Binary.Bits({ a: 8 })],
    ["bytes[3]", Binary.Bytes(3)],
    ["utf8[uint16]", Binary.Utf8(Binary.Uint16)],
    ["latin1[..]", Binary.Latin1(Binary.rest)],
    ["ascii[(remaining - 1)]", Binary.Ascii(Binary.subtract(Binary.remaining, 1))],
    ["array[leb128] of uint8", Binary.Array(Uint8, Binary.Varint())],
    ["struct", Binary.Struct({ a: Uint8 })],
    ["tagged", Binary.Tagged(Uint8, { A: [1, Uint8] })],
    ["enum uint8", Binary.Enum(Uint8, { A: 1 })],
    ["flags uint8", Binary.Flags(Uint8, { a: 1 })],
    ["optional uint8", Binary.Flagged(Uint8, Uint8)],
    ["const[2]", Binary.Magic("ab")],
    ["const uint8", Binary.Const(Uint8, 1)],
    ["padding[3]", Binary.Padding(3)],
    ["align 4", Binary.Align(4)],
    ["pointer to uint8", Binary.Pointer(Binary.literal(0), Uint8)],
    ["window[uint8] of uint8", Binary.Window(Uint8, Uint8)],
    ["lazy window[4] of uint8", Binary.Lazy(4, Uint8)],
    ["Node", Binary.Suspend("Node", () => Uint8)],
    ["uint8", Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite))],
    ["uint16", Binary.littleEndian(Binary.Uint16)]
  ]
  for (const [name, layout] of names) it(name, () => assert.strictEqual(nameOf(layout), name))

  it("computed fields and checksums say what they are of", () => {
    const layout = Binary.Struct({
      size: Binary.Computed(Uint8, Binary.sizeOf("body")),
      body: Binary.Bytes(Uint8),
      sum: Binary.Checksum(Binary.Uint32, Checksum.crc32c, { from: "size" })
    })
    const message = (...bytes: ReadonlyArray<number>) => {
      const result = Codec.make(layout).decode(Uint8Array.from(bytes))
      return result._tag === "Failure" ? result.failure.message : "read"
    }
    assert.include(message(9, 0, 0, 0, 0, 0), "expected 1 (uint8 = sizeOf(body)), got 9")
    assert.include(message(1, 0, 0, 0, 0, 0), "(crc32c uint32), got 0")
  })
})
