import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { DecodeError } from "../src/BinaryError.ts"
import { Binary, Codec, type Layout } from "../src/index.ts"

const Even = Binary.Uint8.pipe(
  Binary.decodeTo(Schema.Int.check(Schema.makeFilter((n) => n % 2 === 0, { expected: "even" })))
)
const Message = Binary.Struct({
  magic: Binary.Magic("M"),
  id: Binary.Int16,
  name: Binary.Utf8(Binary.Uint8),
  mark: Binary.Const(Binary.Uint8, 9),
  points: Binary.Array(Binary.Struct({ x: Binary.Int8, y: Binary.Int8 }), Binary.Uint16),
  words: Binary.Array(Binary.Utf8(Binary.Uint8), Binary.Uint8),
  note: Binary.Utf8(Binary.prefixed(Binary.Int8, { absent: -1 })),
  list: Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Uint8, { unit: "bytes" })),
  end: Binary.Ascii(Binary.terminated(0)),
  kind: Binary.Enum(Binary.Uint8, { a: 1, b: 2 }),
  text: Binary.Utf8(Binary.Uint8).pipe(Binary.decodeTo(Schema.String.check(Schema.makeFilter((t) => t !== "no")))),
  even: Even,
  ["__proto__"]: Binary.Uint8,
  rest: Binary.Bytes(Binary.rest)
})

const value = {
  id: -2,
  name: "né",
  points: [{ x: 1, y: -1 }],
  words: ["a", "bc"],
  note: null,
  list: [1, 2],
  end: "end",
  kind: "b",
  text: "yes",
  even: 4,
  ["__proto__"]: 7,
  rest: Uint8Array.of(1, 2, 3)
} as unknown as typeof Message.Type
Object.defineProperty(value, "__proto__", { value: 7, enumerable: true })

/** The fields of a view, read one by one. */
const fields = <A extends object>(view: A, names: ReadonlyArray<string>): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, (view as Record<string, unknown>)[name]]))

const names = Object.keys(Message.fields).filter((name) => name !== "magic" && name !== "mark" && name !== "__proto__")

describe("view", () => {
  const wrapped: ReadonlyArray<readonly [string, Layout.Layout<typeof Message.Type>]> = [
    ["a struct", Message],
    ["a struct in a window", Binary.Window(Binary.Uint16, Message)],
    [
      "a little-endian struct in windows",
      Binary.Window(
        Binary.Uint8,
        Binary.littleEndian(Binary.Window(Binary.prefixed(Binary.Int32, { plus: 1 }), Message))
      )
    ]
  ]
  for (const [name, layout] of wrapped) {
    const codec = Codec.make(layout)
    const bytes = codec.encodeSync(value)

    it(`gives the fields of ${name} when asked`, () => {
      const around = new Uint8Array([0, 0, ...bytes, 0]).subarray(2, -1)
      const view = codec.viewSync(around)
      assert.deepStrictEqual(fields(view, names), fields(codec.decodeSync(bytes), names))
      assert.strictEqual((view as unknown as { readonly ["__proto__"]: unknown })["__proto__"], 7)
      assert.strictEqual(view.rest.buffer, around.buffer)
      assert.deepStrictEqual(fields(Result.getOrThrow(codec.view(bytes)), names), fields(view, names))
    })

    it(`checks every length of ${name} at once`, () => {
      for (let cut = 0; cut < bytes.length; cut++) {
        const cutBytes = bytes.subarray(0, cut)
        const decoded = codec.decode(cutBytes)
        // Bytes to the end have no length that could be wrong.
        if (Result.isSuccess(decoded)) continue
        const viewed = codec.view(cutBytes)
        assert.isTrue(Result.isFailure(viewed), `cut at ${cut}`)
        assert.deepStrictEqual(Result.isFailure(viewed) && viewed.failure.message, decoded.failure.message)
        assert.throws(() => codec.viewSync(cutBytes), decoded.failure.message)
      }
    })
  }

  it("throws what is wrong in a field when it is asked for, with its offset in the input", () => {
    const codec = Codec.make(Message)
    const failing = (change: (bytes: Uint8Array) => void, name: string): DecodeError => {
      const bytes = codec.encodeSync(value).slice()
      change(bytes)
      const view = codec.viewSync(new Uint8Array([0, ...bytes]).subarray(1))
      assert.strictEqual(view.id, -2)
      try {
        void (view as unknown as Record<string, unknown>)[name]
      } catch (error) {
        return error as DecodeError
      }
      return assert.fail("no error")
    }
    const utf8 = failing((bytes) => (bytes[5] = 0xff), "name")
    assert.strictEqual(utf8.reason._tag, "InvalidUtf8")
    assert.deepStrictEqual(utf8.path, ["name"])
    const whole = codec.encodeSync(value)
    const at = whole.findIndex((byte, i) => byte === 2 && whole[i + 1] === 3 && whole[i + 2] === 121)
    const tag = failing((bytes) => (bytes[at] = 5), "kind")
    assert.deepStrictEqual([tag.reason._tag, tag.path, tag.offset], ["InvalidTag", ["kind"], at])
    const odd = failing((bytes) => (bytes[at + 5] = 5), "even")
    assert.deepStrictEqual([odd.reason._tag, odd.path], ["CheckFailed", ["even"]])
  })

  it("checks constants at once", () => {
    const codec = Codec.make(Message)
    const bytes = codec.encodeSync(value).slice()
    bytes[0] = 0
    assert.throws(() => codec.viewSync(bytes), /ConstantMismatch/)
  })

  it("leaves nothing behind the message, nor in a window", () => {
    const layout = Binary.Struct({ a: Binary.Uint8, text: Binary.Utf8(Binary.Uint8) })
    for (const of of [layout, Binary.Window(Binary.Uint8, layout)]) {
      const codec = Codec.make(of)
      const bytes = [...codec.encodeSync({ a: 1, text: "x" }), 0]
      assert.throws(() => codec.viewSync(Uint8Array.from(bytes)), /TrailingBytes/)
      bytes[0]!++
      assert.throws(() => codec.viewSync(Uint8Array.from(bytes)), /TrailingBytes/)
    }
  })

  it("reads at once where fields depend on each other, and without generated code", () => {
    const Sized = Binary.Struct({ n: Binary.Uint8, data: Binary.Bytes(Binary.field("n")) })
    const bytes = Uint8Array.of(2, 7, 8)
    for (const codec of [Codec.make(Sized), Codec.make(Sized, { backend: "closures" })]) {
      assert.deepStrictEqual(codec.viewSync(bytes), { n: 2, data: Uint8Array.of(7, 8) })
      assert.throws(() => codec.viewSync(bytes.subarray(0, 2)), /data: InvalidLength/)
    }
    const others: ReadonlyArray<readonly [Layout.Layout<unknown>, Uint8Array, unknown]> = [
      [Binary.Uint8, Uint8Array.of(5), 5],
      [Binary.Window(Binary.prefixed(Binary.Int8, { absent: -1 }), Sized), Uint8Array.of(255), null],
      [Binary.Lazy(Binary.Uint8, Message), Uint8Array.of(1, 0), 1],
      [
        Binary.littleEndianWhen(Binary.literal(true), Binary.Struct({ a: Binary.Uint16 })),
        Uint8Array.of(1, 0),
        { a: 1 }
      ]
    ]
    for (const [layout, bytes, expected] of others) {
      const view = Codec.make(layout).viewSync(bytes)
      if (expected === 1) assert.strictEqual((view as { readonly bytes: Uint8Array }).bytes.length, 1)
      else assert.deepStrictEqual(view, expected)
    }
  })
})
