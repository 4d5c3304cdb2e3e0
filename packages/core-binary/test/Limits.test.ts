import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Binary, Codec, Limits } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

layoutTest("maxBytes", Binary.Bytes(Binary.Uint8), {
  options: { limits: { maxBytes: 4 } },
  bytes: [["04 01020304", "LimitExceeded", 0, "", "at most 4 bytes, got 5"]],
  values: [[Uint8Array.of(1, 2, 3, 4), "LimitExceeded", 5, "", "at most 4 bytes, got 5"]]
})

// Room for a value is made step by step, and no further than the limit
layoutTest("maxBytes, far behind it", Binary.Bytes(Binary.Uint16), {
  options: { limits: { maxBytes: 0x2000 } },
  values: [
    [new Uint8Array(0x2000), "LimitExceeded", 2, "", "at most 8192 bytes, got more"],
    [new Uint8Array(0xfff0), "LimitExceeded", 2, "", "at most 8192 bytes, got more"]
  ]
})

it("a value of many kilobytes is measured and written whole", () => {
  const codec = Codec.make(Binary.Bytes(Binary.Uint32))
  const value = Uint8Array.from({ length: 100_000 }, (_, i) => i & 0xff)
  assert.deepStrictEqual(codec.size(value), Result.succeed(100_004))
  assert.deepStrictEqual(codec.decodeSync(codec.encodeSync(value)), value)
  assert.deepStrictEqual(Result.getOrThrow(codec.encodeMany([value, value])).length, 200_008)
})

const options = { limits: { maxElements: 2 } }

layoutTest("maxElements, counted", Binary.Array(Binary.Uint8, Binary.Uint8), {
  options,
  both: [[[1, 2], "02 0102"]],
  bytes: [["03 010203", "LimitExceeded", 0, "", "at most 2 elements, got 3"]],
  values: [[[1, 2, 3], "LimitExceeded", 0, "", "at most 2 elements, got 3"]]
})

layoutTest("maxElements, in bytes", Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Uint8, { unit: "bytes" })), {
  options,
  both: [[[1, 2], "02 0102"]],
  bytes: [["03 010203", "LimitExceeded", 3, "", "at most 2 elements, got more"]],
  values: [[[1, 2, 3], "LimitExceeded", 0, ""]]
})

layoutTest("maxElements, to the end", Binary.Array(Binary.Uint8, Binary.rest), {
  options,
  open: true,
  both: [[[1, 2], "0102"]],
  bytes: [["010203", "LimitExceeded", 2, ""]]
})

layoutTest("maxElements, up to a terminator", Binary.Array(Binary.Uint8, Binary.terminated(0)), {
  options,
  both: [[[1, 2], "0102 00"]],
  bytes: [["010203 00", "LimitExceeded", 2, ""]],
  values: [[[1, 2, 3], "LimitExceeded", 0, ""]]
})

layoutTest("maxElements, fixed", Binary.Array(Binary.Uint8, 3), {
  options,
  bytes: [["010203", "LimitExceeded", 0, "", "got 3"]],
  values: [[[1, 2, 3], "LimitExceeded", 0, ""]]
})

layoutTest("maxElements, of nothing", Binary.Array(Binary.Struct({}), Binary.Varint()), {
  bytes: [["ffffffff0f", "LimitExceeded", 0, "", "at most 1048576 elements"]]
})

describe("defaults", () => {
  it("are what the documentation says", () => {
    assert.deepStrictEqual(Limits.defaultLimits, {
      maxBytes: 256 * 1024 * 1024,
      maxElements: 1048576,
      maxDepth: 64,
      maxPointers: 65536
    })
  })

  it("an announced length costs nothing", () => {
    const codec = Codec.make(Binary.Array(Binary.Bytes(Binary.Uint32), Binary.Uint32))
    const before = process.memoryUsage().arrayBuffers
    for (const hex of ["ffffffff", "0fffffff00", "00000001ffffffff"])
      assert.strictEqual(codec.decode(Uint8Array.from(Buffer.from(hex, "hex")))._tag, "Failure")
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 1_000_000)
  })
})
