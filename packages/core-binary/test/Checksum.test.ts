import { assert, describe, it } from "@effect/vitest"
import { crc32 as zlibCrc, deflateSync } from "node:zlib"
import { Binary, Checksum, Codec, Explain, Parser } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

const text = (value: string) => new TextEncoder().encode(value)
/** zlib's own: the last four bytes of its stream. */
const zlibAdler = (bytes: Uint8Array) => deflateSync(bytes).readUInt32BE(deflateSync(bytes).length - 4)

const compute = (algorithm: typeof Checksum.crc32, bytes: Uint8Array) => algorithm.compute(bytes, 0, bytes.length)

describe("check values", () => {
  // The check values of the CRC catalogue (CRC-32/ISO-HDLC, CRC-32/ISCSI) and of RFC 3720, B.4.
  it("crc32", () => {
    assert.strictEqual(compute(Checksum.crc32, text("123456789")), 0xcbf43926)
    assert.strictEqual(compute(Checksum.crc32, text("")), 0)
    assert.strictEqual(compute(Checksum.crc32, text("The quick brown fox jumps over the lazy dog")), 0x414fa339)
  })

  it("crc32c", () => {
    assert.strictEqual(compute(Checksum.crc32c, text("123456789")), 0xe3069283)
    assert.strictEqual(compute(Checksum.crc32c, new Uint8Array(32)), 0x8a9136aa)
    assert.strictEqual(compute(Checksum.crc32c, new Uint8Array(32).fill(0xff)), 0x62a8ab43)
    assert.strictEqual(
      compute(
        Checksum.crc32c,
        Uint8Array.from({ length: 32 }, (_, i) => i)
      ),
      0x46dd794e
    )
    assert.strictEqual(
      compute(
        Checksum.crc32c,
        Uint8Array.from({ length: 32 }, (_, i) => 31 - i)
      ),
      0x113fdb5c
    )
  })

  it("adler32", () => {
    assert.strictEqual(compute(Checksum.adler32, text("Wikipedia")), 0x11e60398)
    assert.strictEqual(compute(Checksum.adler32, text("")), 1)
  })

  it("agrees with zlib on every length and place", () => {
    const bytes = Uint8Array.from({ length: 20000 }, (_, i) => (i * 7919) >>> 3)
    for (const size of [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 5551, 5552, 5553, 11105, 19990]) {
      for (const start of [0, 1, 5]) {
        const part = bytes.subarray(start, start + size)
        assert.strictEqual(Checksum.crc32.compute(bytes, start, start + size), zlibCrc(part))
        assert.strictEqual(Checksum.adler32.compute(bytes, start, start + size), zlibAdler(part))
      }
    }
    const high = new Uint8Array(20000).fill(255)
    assert.strictEqual(compute(Checksum.adler32, high), zlibAdler(high))
  })
})

layoutTest(
  "behind what it sums",
  Binary.Struct({
    a: Binary.Uint8,
    body: Binary.Ascii(Binary.Uint8),
    sum: Binary.Checksum(Binary.Uint32, Checksum.crc32, { from: "body" })
  }),
  {
    both: [
      [
        { a: 1, body: "123" },
        `01 03313233 ${zlibCrc(Uint8Array.of(3, 0x31, 0x32, 0x33))
          .toString(16)
          .padStart(8, "0")}`
      ]
    ],
    bytes: [
      ["01 03313233 00000000", "ChecksumMismatch", 5, "sum", "(crc32 uint32), got 0"],
      ["01 03313234 00000000", "ChecksumMismatch", 5, "sum"]
    ]
  }
)

layoutTest(
  "before what it sums, little endian",
  Binary.Struct({
    sum: Binary.Checksum(Binary.Uint32LE, Checksum.crc32c, { from: "body", to: "end" }),
    body: Binary.Ascii(9),
    end: Binary.Uint8
  }),
  {
    both: [[{ body: "123456789", end: 7 }, "839206e3 313233343536373839 07"]],
    bytes: [["839206e3 313233343536373838 07", "ChecksumMismatch", 0, "sum"]]
  }
)

const add = Checksum.make("add", (bytes, start, end) => {
  let sum = 0
  for (let i = start; i < end; i++) sum += bytes[i]!
  return sum
})

layoutTest(
  "over itself, as zero",
  Binary.Struct({
    a: Binary.Uint8,
    sum: Binary.littleEndian(Binary.Checksum(Binary.Uint16, add, { from: "a", to: "end" })),
    b: Binary.Bytes(2),
    end: Binary.Magic("")
  }),
  {
    both: [[{ a: 1, b: Uint8Array.of(255, 255) }, "01 ff01 ffff"]],
    bytes: [["01 0000 ffff", "ChecksumMismatch", 1, "sum"]]
  }
)

layoutTest(
  "over itself and all behind it",
  Binary.Struct({
    sum: Binary.Checksum(Binary.Int16, add, { from: "sum", to: "end" }),
    b: Binary.Bytes(2),
    end: Binary.Magic("")
  }),
  {
    both: [[{ b: Uint8Array.of(255, 2) }, "0101 ff02"]]
  }
)

layoutTest(
  "the low bits where more do not fit",
  Binary.Struct({ b: Binary.Bytes(3), sum: Binary.Checksum(Binary.Uint8, add, { from: "b" }) }),
  {
    both: [[{ b: Uint8Array.of(255, 255, 3) }, "ffff03 01"]]
  }
)

layoutTest(
  "a signed result",
  Binary.Struct({
    sum: Binary.Checksum(
      Binary.Uint32,
      Checksum.make("minus", () => -2),
      { from: "sum" }
    )
  }),
  {
    both: [[{}, "fffffffe"]]
  }
)

layoutTest(
  "over nothing",
  Binary.Struct({ a: Binary.Uint8, b: Binary.Uint8, sum: Binary.Checksum(Binary.Uint8, add, { from: "b", to: "a" }) }),
  {
    both: [[{ a: 5, b: 6 }, "05 06 00"]]
  }
)

layoutTest(
  "over a sum and a length",
  Binary.Struct({
    size: Binary.Computed(Binary.Uint8, Binary.sizeOf("inner")),
    inner: Binary.Struct({ x: Binary.Uint8, sum: Binary.Checksum(Binary.Uint8, add, { from: "x" }) }),
    sum: Binary.Checksum(Binary.Uint8, add, { from: "size" })
  }),
  {
    both: [[{ inner: { x: 4 } }, "02 04 04 0a"]],
    bytes: [
      ["02 04 05 0b", "ChecksumMismatch", 2, "inner.sum"],
      ["02 04 04 0b", "ChecksumMismatch", 3, "sum"]
    ]
  }
)

layoutTest(
  "in the byte order of a field",
  Binary.Struct({
    little: Binary.Uint8,
    body: Binary.littleEndianWhen(
      Binary.field("little"),
      Binary.Struct({ x: Binary.Uint16, sum: Binary.Checksum(Binary.Uint16, add, { from: "x" }) })
    ),
    sum: Binary.littleEndianWhen(Binary.field("little"), Binary.Checksum(Binary.Uint16, add, { from: "little" }))
  }),
  {
    both: [
      [{ little: 0, body: { x: 1 } }, "00 0001 0001 0002"],
      [{ little: 1, body: { x: 1 } }, "01 0100 0100 0300"]
    ]
  }
)

describe("a checksum within its own span", () => {
  const layout = Binary.Struct({
    x: Binary.Uint8,
    sum: Binary.Checksum(Binary.Uint8, add, { from: "x", to: "end" }),
    y: Binary.Uint8,
    end: Binary.Bytes(Binary.Uint8)
  })
  const hex = "01030201ff"
  const slices: ReadonlyArray<readonly [string, (bytes: Uint8Array) => void]> = [
    ["read", (bytes) => Codec.make(layout).decodeSync(bytes)],
    ["explained", (bytes) => assert.strictEqual(Explain.explain(layout, bytes).error, undefined)],
    ["found in a stream", (bytes) => assert.strictEqual(Parser.make(layout).feedSync(bytes).length, 1)],
    [
      "found in a stream for what stands behind it",
      (bytes) => {
        const sized = Binary.Struct({ of: layout, n: Binary.When(Binary.field("of", "x"), Binary.Padding(0)) })
        assert.strictEqual(Parser.make(sized).feedSync(bytes).length, 1)
      }
    ]
  ]
  it.each(slices)("leaves a Node buffer as it is: %s", (_, read) => {
    const bytes = Buffer.from(hex, "hex")
    read(bytes)
    assert.strictEqual(bytes.toString("hex"), hex)
  })
})
