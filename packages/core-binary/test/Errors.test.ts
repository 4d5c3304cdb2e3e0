/** Every reason of both errors: where, which field, what was expected, what was there, the bytes around it; and the same through a schema. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { DecodeReason, EncodeReason } from "../src/BinaryError.ts"
import { Binary, BinarySchema, Checksum, Codec, type Layout } from "../src/index.ts"
import { backends, fromHex, pathText } from "./agreement.ts"

type Case = readonly [layout: Layout.Layout<unknown>, input: unknown, options: Codec.Options | undefined, said: string]

const inner = <A>(field: Layout.Layout<A>): Layout.Layout<unknown> =>
  Binary.Struct({ head: Binary.Uint16, in: Binary.Struct({ x: field }) })

const never = Binary.Uint8.pipe(
  Binary.decodeTo(Schema.Finite.check(Schema.makeFilter((n: number) => n < 9 || "below 9")))
)
const nest: Layout.Layout<unknown> = Binary.Struct({
  x: Binary.Array(
    Binary.Suspend("Nest", () => nest),
    Binary.Uint8
  )
})
const sized = Binary.Struct({ n: Binary.Computed(Binary.Uint8, Binary.sizeOf("b")), b: Binary.Bytes(Binary.rest) })
const summed = Binary.Struct({ b: Binary.Bytes(2), sum: Binary.Checksum(Binary.Uint32, Checksum.crc32, { from: "b" }) })
const pointed = Binary.Struct({ at: Binary.Uint8, x: Binary.Pointer(Binary.field("at"), Binary.Uint8) })
const present = Binary.Struct({ on: Binary.Uint8, x: Binary.When(Binary.field("on"), Binary.Uint8) })

/** A message that is refused for each reason, and the whole of what the error says. */
const decoding: Readonly<Record<DecodeReason, Case>> = {
  UnexpectedEnd: [
    inner(Binary.Uint32),
    "0001 0203",
    undefined,
    "in.x: UnexpectedEnd at byte 2: expected 4 bytes (uint32), got 2 left | 00 01>02 03"
  ],
  InvalidLength: [
    inner(Binary.Bytes(Binary.Int32)),
    "0001 74657374 41",
    undefined,
    "in.x: InvalidLength at byte 2: expected a length within the 1 byte left, got 1952805748 | 00 01>74 65 73 74 41"
  ],
  InvalidTag: [
    inner(Binary.Enum(Binary.Uint8, { A: 1, B: 2 })),
    "0001 07",
    undefined,
    "in.x: InvalidTag at byte 2: expected one of 1 (A), 2 (B), got 7 | 00 01>07"
  ],
  InvalidUtf8: [
    inner(Binary.Utf8(Binary.Uint8)),
    "0001 02 c328",
    undefined,
    "in.x: InvalidUtf8 at byte 3: expected utf8 text, got malformed bytes | 00 01 02>c3 28"
  ],
  InvalidVarint: [
    inner(Binary.Varint({ canonical: true })),
    "0001 8000",
    undefined,
    "in.x: InvalidVarint at byte 2: expected a leb128 of at most 32 bits, got other bytes | 00 01>80 00"
  ],
  OutOfRange: [
    inner(Binary.SafeInt64),
    "0001 7fffffffffffffff",
    undefined,
    "in.x: OutOfRange at byte 2: expected a safe integer, got 9223372036854775807 | 00 01>7f ff ff ff ff ff ff ff"
  ],
  ConstantMismatch: [
    inner(Binary.Magic("PNG")),
    "0001 504e48",
    undefined,
    "in.x: ConstantMismatch at byte 2: expected 50 4e 47, got 50 4e 48 | 00 01>50 4e 48"
  ],
  ComputedMismatch: [
    inner(sized),
    "0001 03 0102",
    undefined,
    "in.x.n: ComputedMismatch at byte 2: expected 2 (uint8 = sizeOf(b)), got 3 | 00 01>03 01 02"
  ],
  ChecksumMismatch: [
    inner(summed),
    "0001 6162 00000000",
    undefined,
    "in.x.sum: ChecksumMismatch at byte 4: expected 2659403885 (crc32 uint32), got 0 | 00 01 61 62>00 00 00 00"
  ],
  InvalidPointer: [
    inner(pointed),
    "0001 40",
    undefined,
    "in.x.x: InvalidPointer at byte 3: expected an offset within the 3 bytes there are, got 64 | 00 01 40>end"
  ],
  MissingTerminator: [
    inner(Binary.Utf8(Binary.terminated(0))),
    "0001 6162",
    undefined,
    "in.x: MissingTerminator at byte 2: expected utf8[until 00], got none in the 2 bytes left | 00 01>61 62"
  ],
  TrailingBytes: [
    inner(Binary.Window(2, Binary.Uint8)),
    "0001 0102",
    undefined,
    "in.x: TrailingBytes at byte 3: expected the end, got 1 more byte | 00 01 01>02"
  ],
  LimitExceeded: [
    inner(Binary.Array(Binary.Uint8, Binary.Uint8)),
    "0001 03 010203",
    { limits: { maxElements: 2 } },
    "in.x: LimitExceeded at byte 2: expected at most 2 elements, got 3 | 00 01>03 01 02 03"
  ],
  DepthExceeded: [
    nest,
    "01 01 01 00",
    { limits: { maxDepth: 2 } },
    "x[0].x[0].x[0]: DepthExceeded at byte 3: expected at most 2 levels of Nest, got more | 01 01 01>00"
  ],
  CheckFailed: [
    inner(never),
    "0001 0a",
    undefined,
    "in.x: CheckFailed at byte 2: expected a value that the schema takes, got SchemaError(below 9) | 00 01>0a"
  ]
}

/** A value that is refused for each reason, and the whole of what the error says. */
const encoding: Readonly<Record<Exclude<EncodeReason, "NoRoom">, Case>> = {
  InvalidType: [
    inner(Binary.Uint8),
    { head: 1, in: { x: "7" } },
    undefined,
    'in.x: InvalidType at byte 2: expected a number from 0 to 255, got "7"'
  ],
  OutOfRange: [
    inner(Binary.Uint8),
    { head: 1, in: { x: -0 } },
    undefined,
    "in.x: OutOfRange at byte 2: expected a number from 0 to 255, got -0"
  ],
  InvalidLength: [
    inner(Binary.Bytes(3)),
    { head: 1, in: { x: new Uint8Array(2) } },
    undefined,
    "in.x: InvalidLength at byte 2: expected 3, got 2"
  ],
  InvalidTag: [
    inner(Binary.Enum(Binary.Uint8, { A: 1, B: 2 })),
    { head: 1, in: { x: "C" } },
    undefined,
    'in.x: InvalidTag at byte 2: expected one of "A", "B", got "C"'
  ],
  InvalidText: [
    inner(Binary.Utf8(Binary.Uint8)),
    { head: 1, in: { x: "\ud800" } },
    undefined,
    'in.x: InvalidText at byte 2: expected text that utf8 can represent, got "\\ud800"'
  ],
  InvalidPresence: [
    inner(present),
    { head: 1, in: { x: { on: 0, x: 1 } } },
    undefined,
    "in.x.x: InvalidPresence at byte 3: expected 0, got a value"
  ],
  Unrepresentable: [
    inner(Binary.Utf8(Binary.terminated(0))),
    { head: 1, in: { x: "a\0b" } },
    undefined,
    "in.x: Unrepresentable at byte 2: expected content without its terminator, got content that would end early"
  ],
  LimitExceeded: [
    inner(Binary.Array(Binary.Uint8, Binary.rest)),
    { head: 1, in: { x: [1, 2, 3] } },
    { limits: { maxElements: 2 } },
    "in.x: LimitExceeded at byte 2: expected at most 2 elements, got 3"
  ],
  DepthExceeded: [
    nest,
    { x: [{ x: [{ x: [{ x: [] }] }] }] },
    { limits: { maxDepth: 2 } },
    "x[0].x[0].x[0]: DepthExceeded at byte 3: expected at most 2 levels of Nest, got more"
  ],
  CheckFailed: [
    inner(never),
    { head: 1, in: { x: 10 } },
    undefined,
    "in.x: CheckFailed at byte 2: expected a value that the schema takes, got SchemaError(below 9)"
  ]
}

/** The reasons that the schema of the values knows nothing of. */
const reached: ReadonlySet<string> = new Set([
  "InvalidLength",
  "InvalidPresence",
  "Unrepresentable",
  "LimitExceeded",
  "DepthExceeded"
])

const refusal = (run: () => unknown): Schema.SchemaError => {
  try {
    run()
  } catch (error) {
    if (Schema.isSchemaError(error)) return error
    throw error
  }
  return assert.fail("no error")
}

/** The keys of a path as a schema's message shows them. */
const keys = (path: ReadonlyArray<string | number>): string => path.map((key) => `[${JSON.stringify(key)}]`).join("")

describe("DecodeError", () => {
  for (const [reason, [layout, hex, options, said]] of Object.entries(decoding)) {
    const bytes = fromHex(hex as string)
    it(`${reason} says where, which field, what was expected and what was there`, () => {
      for (const backend of backends) {
        const error = Result.getOrThrow(Result.flip(Codec.make(layout, { ...options, backend }).decode(bytes)))
        const { actual, expected, nearby, nearbyOffset, offset, path } = error
        assert.strictEqual(error.message, said)
        assert.strictEqual(error.reason._tag, reason)
        const at = said.indexOf(" |")
        const fields = `${pathText(path).replaceAll(".[", "[")}: ${reason} at byte ${offset}: expected ${expected}, got ${actual}`
        assert.strictEqual(fields, said.slice(0, at))
        assert.deepStrictEqual(nearby, bytes.slice(nearbyOffset, nearbyOffset + nearby.length))
        assert.isTrue(nearbyOffset <= offset && offset <= nearbyOffset + nearby.length)
      }
    })

    it(`${reason} is inside the schema's error, whose issue points to the field`, () => {
      const own = Result.getOrThrow(Result.flip(Codec.make(layout, options).decode(bytes)))
      const error = refusal(() => Schema.decodeUnknownSync(BinarySchema.toCodec(layout, options))(bytes))
      assert.deepStrictEqual({ ...BinarySchema.findError(error) }, { ...own })
      assert.include(error.message, said)
      assert.include(error.message, `at ${keys(own.path)}`)
    })
  }
})

describe("EncodeError", () => {
  for (const [reason, [layout, value, options, said]] of Object.entries(encoding)) {
    it(`${reason} says which field, what was expected and what was given`, () => {
      for (const backend of backends) {
        const error = Result.getOrThrow(Result.flip(Codec.make(layout, { ...options, backend }).encode(value)))
        const { actual, expected, offset, path } = error
        assert.strictEqual(error.message, said)
        const fields = `${pathText(path).replaceAll(".[", "[")}: ${reason} at byte ${offset}: expected ${expected}, got ${actual}`
        assert.strictEqual(fields, said)
      }
    })

    it(`${reason} keeps its field through a schema`, () => {
      const own = Result.getOrThrow(Result.flip(Codec.make(layout, options).encode(value)))
      const error = refusal(() => Schema.encodeUnknownSync(BinarySchema.toCodec(layout, options))(value))
      const found = BinarySchema.findError(error)
      // What the schema of the values refuses by itself never reaches the binary layer.
      if (found !== undefined) assert.deepStrictEqual({ ...found }, { ...own })
      assert.strictEqual(found !== undefined, reached.has(reason))
      assert.include(error.message, `at ${keys(own.path)}`)
    })
  }

  it("NoRoom says how much is missing", () => {
    const codec = Codec.make(Binary.Bytes(Binary.Uint8))
    const error = Result.getOrThrow(Result.flip(codec.encodeInto(new Uint8Array(3), new Uint8Array(5), 2)))
    assert.strictEqual(error.message, "NoRoom at byte 2: expected room for 4 bytes, got 3")
  })
})

it("keeps a copy of the bytes around a fault, of a Node buffer too", () => {
  const bytes = Buffer.from([2, 0xff, 0xfe])
  const error = Result.getOrThrow(Result.flip(Codec.make(Binary.Utf8(Binary.Uint8)).decode(bytes)))
  const { message } = error
  bytes.fill(0)
  assert.strictEqual(error.message, message)
  assert.deepStrictEqual(error.nearby, Uint8Array.of(2, 0xff, 0xfe))
})
