import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { DecodeError, EncodeError } from "../src/BinaryError.ts"
import { Binary, BinarySchema, Codec } from "../src/index.ts"

const Point = Binary.Struct({ x: Binary.Int16, name: Binary.Utf8(Binary.Uint8) })
const value = { x: -2, name: "hé" }
const bytes = Uint8Array.of(255, 254, 3, 104, 195, 169)
const schema = BinarySchema.toCodec(Point)

const errorOf = (run: () => unknown): Schema.SchemaError => {
  try {
    run()
  } catch (error) {
    if (Schema.isSchemaError(error)) return error
    throw error
  }
  return assert.fail("no error")
}

describe("toCodec", () => {
  it("takes every way to decode and encode", () => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(bytes), value)
    assert.deepStrictEqual(Schema.decodeUnknownExit(schema)(bytes), Exit.succeed(value))
    assert.deepStrictEqual(Effect.runSync(Schema.decodeUnknownEffect(schema)(bytes)), value)
    assert.deepStrictEqual(Schema.encodeUnknownSync(schema)(value), bytes)
    assert.deepStrictEqual(Effect.runSync(Schema.encodeUnknownEffect(schema)(value)), bytes)
    assert.isTrue(Schema.is(schema)(value))
    assert.isFalse(Schema.is(schema)({ ...value, x: 40000 }))
  })

  it("points to the field and carries the error with its offset", () => {
    const error = errorOf(() => Schema.decodeUnknownSync(schema)(bytes.subarray(0, 4)))
    assert.match(error.message, /name: InvalidLength at byte 2/)
    assert.match(error.message, /at \["name"\]/)
    const found = BinarySchema.findError(error) as DecodeError
    assert.strictEqual(found.reason._tag, "InvalidLength")
    assert.strictEqual(found.offset, 2)
    assert.deepStrictEqual(found.path, ["name"])
    const top = errorOf(() => Schema.decodeUnknownSync(schema)(Uint8Array.of(...bytes, 0)))
    assert.strictEqual((BinarySchema.findError(top) as DecodeError).reason._tag, "TrailingBytes")
  })

  it("says what keeps a value from being written", () => {
    const long = errorOf(() => Schema.encodeUnknownSync(schema)({ x: 1, name: "x".repeat(256) }))
    const found = BinarySchema.findError(long) as EncodeError
    assert.strictEqual(found.reason._tag, "InvalidLength")
    assert.deepStrictEqual(found.path, ["name"])
    // What the schema of the values refuses never reaches the binary layer.
    const wide = errorOf(() => Schema.encodeUnknownSync(schema)({ x: 40000, name: "" }))
    assert.match(wide.message, /\["x"\]/)
    assert.isUndefined(BinarySchema.findError(wide))
  })

  it("refuses what is no bytes", () => {
    const error = errorOf(() => Schema.decodeUnknownSync(schema)([1, 2, 3]))
    assert.isUndefined(BinarySchema.findError(error))
  })

  it("honours onExcessProperty", () => {
    const excess = { ...value, more: 1 }
    assert.deepStrictEqual(Schema.encodeUnknownSync(schema)(excess), bytes)
    assert.match(errorOf(() => Schema.encodeUnknownSync(schema, { onExcessProperty: "error" })(excess)).message, /more/)
    assert.deepStrictEqual(Schema.encodeUnknownSync(schema, { onExcessProperty: "error" })(value), bytes)
  })

  it("keeps what it is when annotated, and adds checks to it", () => {
    const annotated = schema.annotate({ title: "Point" })
    assert.deepStrictEqual(Schema.decodeUnknownSync(annotated)(bytes), value)
    const small = Schema.makeFilter<typeof Point.Type>((point) => point.x < 10, { expected: "a small point" })
    const checked = annotated.check(
      small,
      Schema.makeFilterGroup([Schema.makeFilter((point: typeof Point.Type) => point.name !== "")])
    )
    const codec = Codec.make(Point)
    assert.deepStrictEqual(Schema.decodeUnknownSync(checked)(bytes), value)
    assert.deepStrictEqual(Schema.encodeUnknownSync(checked)(value), bytes)
    const large = codec.encodeSync({ x: 11, name: "n" })
    assert.match(errorOf(() => Schema.decodeUnknownSync(checked)(large)).message, /a small point/)
    assert.match(errorOf(() => Schema.encodeUnknownSync(checked)({ x: 11, name: "n" })).message, /a small point/)
    assert.throws(() => Schema.decodeUnknownSync(checked)(codec.encodeSync({ x: 1, name: "" })))
    assert.deepStrictEqual(Schema.decodeUnknownSync(checked, { disableChecks: true })(large), { x: 11, name: "n" })
  })

  it("works inside other schemas", () => {
    const Two = Schema.Struct({ a: schema, b: Schema.Array(schema) })
    assert.deepStrictEqual(Schema.decodeUnknownSync(Two)({ a: bytes, b: [bytes, bytes] }), {
      a: value,
      b: [value, value]
    })
    const error = errorOf(() => Schema.decodeUnknownSync(Two)({ a: bytes, b: [bytes.subarray(1)] }))
    assert.strictEqual((BinarySchema.findError(error) as DecodeError)._tag, "DecodeError")
    const either = Schema.Union([schema, Schema.String])
    assert.deepStrictEqual(Schema.decodeUnknownSync(either)(bytes), value)
    const none = errorOf(() => Schema.decodeUnknownSync(either)(bytes.subarray(1)))
    assert.strictEqual((BinarySchema.findError(none) as DecodeError)._tag, "DecodeError")
  })

  it("passes values through the schemas of the layout", () => {
    const Sorted = Binary.Array(Binary.Uint8, Binary.rest).pipe(
      Binary.decodeTo(
        Schema.Array(Schema.Int).check(
          Schema.makeFilter((a) => a.every((n, i) => i === 0 || n >= a[i - 1]!), { expected: "sorted" })
        )
      )
    )
    const schema = BinarySchema.toCodec(Sorted)
    assert.deepStrictEqual(Schema.decodeUnknownSync(schema)(Uint8Array.of(1, 2, 2)), [1, 2, 2])
    assert.match(errorOf(() => Schema.decodeUnknownSync(schema)(Uint8Array.of(2, 1))).message, /CheckFailed.*sorted/s)
  })

  it("reads its errors as results too", () => {
    const result = Schema.decodeUnknownResult(schema)(bytes.subarray(0, 1))
    assert.isTrue(Result.isFailure(result))
  })
})
