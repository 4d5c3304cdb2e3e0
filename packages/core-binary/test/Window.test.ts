import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Binary, Codec } from "@bytewright/core-binary"
import { backends, layoutTest } from "./agreement.ts"

const Body = Binary.Struct({ n: Binary.Uint8, rest: Binary.Bytes(Binary.rest) })
const body = (n: number, ...rest: ReadonlyArray<number>) => ({ n, rest: Uint8Array.from(rest) })

layoutTest("behind its size", Binary.Struct({ w: Binary.Window(Binary.Uint16, Body), end: Binary.Uint8 }), {
  both: [
    [{ w: body(1), end: 9 }, "0001 01 09"],
    [{ w: body(1, 2, 3), end: 9 }, "0003 010203 09"]
  ],
  bytes: [
    ["0000 09", "UnexpectedEnd", 2, "w.n", "got 0 left"],
    ["0004 010203", "InvalidLength", 0, "w"]
  ],
  values: [
    [{ w: body(1, ...new Uint8Array(65535)), end: 9 }, "InvalidLength", 0, "w"],
    [{ w: null, end: 9 }, "InvalidType", 2, "w"]
  ]
})

layoutTest(
  "all of it must be used",
  Binary.Struct({ w: Binary.Window(Binary.Uint8, Binary.Uint16), end: Binary.Uint8 }),
  {
    both: [[{ w: 5, end: 9 }, "02 0005 09"]],
    bytes: [["03 0005 00 09", "TrailingBytes", 3, "w", "1 more byte"]]
  }
)

layoutTest(
  "the rest may be skipped",
  Binary.Struct({ w: Binary.Window(Binary.Uint8, Binary.Uint16, { rest: "skip" }), end: Binary.Uint8 }),
  {
    both: [[{ w: 5, end: 9 }, "02 0005 09"]],
    reads: [["04 0005 ffff 09", { w: 5, end: 9 }]],
    bytes: [["01 05 09", "UnexpectedEnd", 1, "w"]]
  }
)

layoutTest("a varint size", Binary.Struct({ w: Binary.Window(Binary.Varint(), Body), end: Binary.Uint8 }), {
  both: [
    [{ w: body(1), end: 9 }, "01 01 09"],
    [{ w: body(1, ...new Uint8Array(200).fill(7)), end: 9 }, `c901 01${"07".repeat(200)} 09`]
  ],
  bytes: [["05 01", "InvalidLength", 0, "w"]]
})

layoutTest("a size that counts itself", Binary.Window(Binary.prefixed(Binary.Uint16, { plus: 2 }), Binary.Uint8), {
  both: [[7, "0003 07"]],
  bytes: [["0001 07", "InvalidLength", 0, ""]]
})

layoutTest(
  "a window that may be null",
  Binary.Struct({ w: Binary.Window(Binary.prefixed(Binary.Int8, { absent: -1 }), Body), end: Binary.Uint8 }),
  {
    both: [
      [{ w: null, end: 9 }, "ff 09"],
      [{ w: body(1), end: 9 }, "01 01 09"]
    ]
  }
)

layoutTest("a fixed window", Binary.Struct({ w: Binary.Window(3, Body), end: Binary.Uint8 }), {
  both: [[{ w: body(1, 2, 3), end: 9 }, "010203 09"]],
  values: [[{ w: body(1), end: 9 }, "InvalidLength", 0, "w", "expected 3, got 1"]]
})

layoutTest(
  "a window up to a terminator",
  Binary.Struct({ w: Binary.Window(Binary.terminated(0), Body), end: Binary.Uint8 }),
  {
    both: [[{ w: body(1, 2), end: 9 }, "0102 00 09"]],
    bytes: [
      ["0102", "MissingTerminator", 0, "w"],
      ["00 09", "UnexpectedEnd", 0, "w.n"]
    ],
    values: [[{ w: body(1, 0, 2), end: 9 }, "Unrepresentable", 0, "w"]]
  }
)

layoutTest(
  "a window to the end",
  Binary.Struct({ n: Binary.Uint8, w: Binary.Window(Binary.rest, Binary.Array(Binary.Uint16, Binary.rest)) }),
  {
    open: true,
    both: [[{ n: 1, w: [2, 3] }, "01 0002 0003"]]
  }
)

layoutTest(
  "a computed window",
  Binary.Struct({ n: Binary.Uint8, w: Binary.Window(Binary.field("n"), Body), end: Binary.Uint8 }),
  {
    both: [[{ n: 2, w: body(1, 5), end: 9 }, "02 0105 09"]],
    values: [[{ n: 1, w: body(1, 5), end: 9 }, "InvalidLength", 1, "w"]]
  }
)

const Lazy = Binary.Struct({
  w: Binary.Lazy(Binary.Uint8, Binary.Struct({ a: Binary.Uint16, b: Binary.Utf8(Binary.rest) })),
  end: Binary.Uint8
})
type LazyType = (typeof Lazy)["Type"]
const plain = (value: LazyType) => ({ w: value.w.bytes, end: value.end })
const lazy = (...bytes: ReadonlyArray<number>) => ({
  w: { bytes: Uint8Array.from(bytes) } as unknown as LazyType["w"],
  end: 9
})

layoutTest("lazy", Lazy, {
  plain,
  both: [
    [lazy(0, 1, 0x61), "03 000161 09"],
    [lazy(), "00 09"]
  ],
  bytes: [["04 000161", "InvalidLength", 0, "w"]],
  values: [
    [{ w: undefined, end: 9 }, "InvalidType", 0, "w", "a lazy value with its bytes"],
    [{ w: { bytes: [1] }, end: 9 }, "InvalidType", 0, "w", "got Object"],
    [{ w: 5, end: 9 }, "InvalidType", 0, "w", "got 5"]
  ]
})

layoutTest("lazy, fixed", Binary.Struct({ w: Binary.Lazy(2, Binary.Uint16) }), {
  plain: (value) => value.w.bytes,
  both: [[{ w: { bytes: Uint8Array.of(0, 1) } as never }, "0001"]],
  values: [[{ w: { bytes: Uint8Array.of(1) } }, "InvalidLength", 0, "w"]]
})

layoutTest(
  "lazy, up to a terminator",
  Binary.Struct({ w: Binary.Lazy(Binary.terminated(0), Binary.Uint16), end: Binary.Uint8 }),
  {
    plain: (value) => [value.w.bytes, value.end],
    both: [[{ w: { bytes: Uint8Array.of(3, 1) } as never, end: 9 }, "0301 00 09"]],
    values: [[{ w: { bytes: Uint8Array.of(3, 0, 1) }, end: 9 }, "Unrepresentable", 0, "w"]]
  }
)

layoutTest(
  "lazy, null",
  Binary.Struct({ w: Binary.Lazy(Binary.prefixed(Binary.Int8, { absent: -1 }), Binary.Uint8) }),
  {
    plain: (value) => value.w?.bytes,
    both: [
      [{ w: null }, "ff"],
      [{ w: { bytes: Uint8Array.of(3) } as never }, "01 03"]
    ]
  }
)

describe("Lazy", () => {
  it("reads when it is asked, once, and says where it fails", () => {
    const codec = Codec.make(Lazy)
    const value = codec.decodeSync(Uint8Array.of(3, 0, 1, 0x61, 9))
    assert.deepStrictEqual(value.w.read(), Result.succeed({ a: 1, b: "a" }))
    assert.strictEqual(value.w.read(), value.w.read())
    const bad = codec.decodeSync(Uint8Array.of(3, 0, 1, 0xff, 9)).w.read()
    assert.include(bad._tag === "Failure" ? bad.failure.message : "", "b: InvalidUtf8 at byte 2")
  })

  it.each(backends)("keeps the byte order of its place (%s)", (backend) => {
    const word = Binary.Lazy(2, Binary.Uint16)
    const layout = Binary.Struct({ little: Binary.Uint8, w: Binary.littleEndianWhen(Binary.field("little"), word) })
    const chosen = Codec.make(layout, { backend })
    assert.deepStrictEqual(chosen.decodeSync(Uint8Array.of(0, 1, 2)).w.read(), Result.succeed(0x0102))
    assert.deepStrictEqual(chosen.decodeSync(Uint8Array.of(1, 1, 2)).w.read(), Result.succeed(0x0201))
    for (const little of [true, false]) {
      const Order = little ? Binary.littleEndian : Binary.bigEndian
      const value = Codec.make(Order(Binary.Lazy(2, Binary.Uint16))).decodeSync(Uint8Array.of(1, 2))
      assert.deepStrictEqual(value.read(), Result.succeed(little ? 0x0201 : 0x0102))
    }
  })

  it.each(backends)("copies where the codec does (%s)", (backend) => {
    const input = Uint8Array.of(1, 2)
    assert.strictEqual(
      Codec.make(Binary.Lazy(2, Binary.Uint16), { backend }).decodeSync(input).bytes.buffer,
      input.buffer
    )
    const copied = Codec.make(Binary.Lazy(2, Binary.Uint16), { backend, copy: true }).decodeSync(input)
    assert.notStrictEqual(copied.bytes.buffer, input.buffer)
    assert.deepStrictEqual(copied.read(), Result.succeed(258))
  })

  it("what was read lazily is written as it was", () => {
    const codec = Codec.make(Lazy)
    const bytes = Uint8Array.of(3, 0, 1, 0xff, 9)
    assert.deepStrictEqual(codec.encodeSync(codec.decodeSync(bytes)), bytes)
  })
})

layoutTest("larger than its size can say", Binary.Window(Binary.Uint8, Binary.Bytes(Binary.rest)), {
  values: [[new Uint8Array(256), "InvalidLength", 0, ""]]
})

layoutTest("lazy, copied", Binary.Lazy(2, Binary.Uint16), {
  options: { copy: true },
  plain: (value) => value.bytes,
  both: [[{ bytes: Uint8Array.of(1, 2) } as never, "0102"]]
})

layoutTest("alone, or null", Binary.Window(Binary.prefixed(Binary.Int16, { absent: -1 }), Binary.Uint8), {
  both: [
    [null, "ffff"],
    [7, "0001 07"]
  ]
})

layoutTest("alone, behind a size of its own byte order", Binary.Window(Binary.Uint16LE, Binary.Uint8), {
  both: [[7, "0100 07"]]
})

layoutTest("behind a size of three bytes", Binary.Window(Binary.Uint24, Binary.Uint8), { both: [[7, "000001 07"]] })
