import { Binary } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

const Fields = Binary.Struct({
  a: Binary.Uint16,
  big: Binary.Uint16BE,
  little: Binary.Uint16LE,
  wide: Binary.Uint24,
  bigint: Binary.Int({ bits: 24, type: "bigint" }),
  long: Binary.Int64,
  float: Binary.Float32,
  text: Binary.Utf16(2),
  items: Binary.Array(Binary.Int16, Binary.Uint16),
  kind: Binary.Tagged(Binary.Uint16, { A: [1, Binary.Uint16] }),
  bits: Binary.Bits({ x: 4, y: 12 })
})
const value = {
  a: 1,
  big: 1,
  little: 1,
  wide: 1,
  bigint: 1n,
  long: 1n,
  float: 1,
  text: "é",
  items: [1],
  kind: { _tag: "A" as const, value: 1 },
  bits: { x: 1, y: 1 }
}
const big = "0001 0001 0100 000001 000001 0000000000000001 3f800000 00e9 0001 0001 0001 0001 1001"
const little = "0100 0001 0100 010000 010000 0100000000000000 0000803f e900 0100 0100 0100 0100 1001"

layoutTest("big endian unless said otherwise", Fields, { both: [[value, big]] })
layoutTest("little endian", Binary.littleEndian(Fields), { both: [[value, little]] })
layoutTest(
  "big endian within little endian",
  Binary.littleEndian(Binary.Struct({ n: Binary.Uint16, inner: Binary.bigEndian(Fields), m: Binary.Uint16 })),
  {
    both: [[{ n: 1, inner: value, m: 1 }, `0100 ${big} 0100`]]
  }
)

// TIFF 6.0, section 2: "II" or "MM".
layoutTest(
  "chosen by a field",
  Binary.Struct({
    order: Binary.Literals(Binary.Uint16BE, [0x4949, 0x4d4d]),
    body: Binary.littleEndianWhen(Binary.equals(Binary.field("order"), 0x4949), Fields)
  }),
  {
    both: [
      [{ order: 0x4949, body: value }, `4949 ${little}`],
      [{ order: 0x4d4d, body: value }, `4d4d ${big}`]
    ],
    bytes: [["4950 0000", "InvalidTag", 0, "order"]]
  }
)

layoutTest(
  "by a number that is too wide",
  Binary.Struct({ n: Binary.Uint64, x: Binary.littleEndianWhen(Binary.field("n"), Binary.Uint16) }),
  {
    both: [[{ n: 1n, x: 1 }, "0000000000000001 0100"]],
    bytes: [["ffffffffffffffff 0100", "OutOfRange", 8, "x", "a safe integer"]],
    values: [[{ n: 2n ** 63n, x: 1 }, "OutOfRange", 8, "x", "a safe integer"]]
  }
)

layoutTest(
  "by an expression that has no value",
  Binary.Struct({
    n: Binary.Uint8,
    x: Binary.littleEndianWhen(Binary.remainder(Binary.field("n"), Binary.field("n")), Binary.Uint16),
    y: Binary.Array(Binary.Varint(), 2)
  }),
  { both: [[{ n: 0, x: 1, y: [1, 300] }, "00 0001 01 ac02"]] }
)

layoutTest(
  "chosen by a field of an outer struct",
  Binary.Struct({
    little: Binary.Uint8,
    body: Binary.Struct({ x: Binary.littleEndianWhen(Binary.field("little"), Binary.Uint16) })
  }),
  { both: [[{ little: 1, body: { x: 1 } }, "01 0100"]] }
)
