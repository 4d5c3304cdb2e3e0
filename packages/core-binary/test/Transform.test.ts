import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { Binary, Codec } from "@bytewright/core-binary"
import { layoutTest } from "./agreement.ts"

const Even = Schema.Number.check(Schema.makeFilter((n) => n % 2 === 0, { expected: "an even number" }))

layoutTest("a check", Binary.Struct({ n: Binary.decodeTo(Binary.Uint8, Even), m: Binary.Uint8 }), {
  both: [[{ n: 2, m: 3 }, "0203"]],
  bytes: [
    ["0303", "CheckFailed", 0, "n", "an even number"],
    ["02", "UnexpectedEnd", 1, "m"]
  ],
  values: [
    [{ n: 3, m: 3 }, "CheckFailed", 0, "n", "a value that the schema takes"],
    [{ n: 256, m: 3 }, "OutOfRange", 0, "n"],
    [{ n: "2", m: 3 }, "CheckFailed", 0, "n"]
  ]
})

class Point extends Schema.Class<Point>("Point")({ x: Schema.Number, y: Schema.Number }) {}

layoutTest("a class", Binary.Struct({ x: Binary.Uint8, y: Binary.Uint8 }).pipe(Binary.decodeTo(Point)), {
  both: [[new Point({ x: 1, y: 2 }), "0102"]],
  bytes: [["01", "UnexpectedEnd", 1, "y"]]
})

const FromBigInt = Schema.BigInt.pipe(
  Schema.decodeTo(Schema.String, {
    decode: SchemaGetter.transform((n: bigint) => `#${n}`),
    encode: SchemaGetter.transform((text: string) => BigInt(text.slice(1)))
  })
)

layoutTest("a transformation", Binary.Int64.pipe(Binary.decodeTo(FromBigInt)), {
  both: [["#7", "0000000000000007"]],
  values: [[7, "CheckFailed", 0, ""]]
})

layoutTest(
  "a schema that throws",
  Binary.Uint8.pipe(
    Binary.decodeTo(
      Schema.Number.check(
        Schema.makeFilter((n) => {
          if (n === 9) throw new Error("nine")
          return true
        })
      )
    )
  ),
  {
    both: [[1, "01"]],
    bytes: [["09", "CheckFailed", 0, "", "nine"]],
    values: [[9, "CheckFailed", 0, "", "nine"]]
  }
)

const Slow = Schema.Number.pipe(
  Schema.decodeTo(Schema.Number, {
    decode: SchemaGetter.transformEffect((n: number) => Effect.promise(() => Promise.resolve(n))),
    encode: SchemaGetter.transform((n: number) => n)
  })
)

layoutTest("a schema that is not synchronous", Binary.decodeTo(Binary.Uint8, Slow), {
  bytes: [["01", "CheckFailed", 0, ""]]
})

describe("a value or schema that changes its mind", () => {
  it("is a typed error, not corruption", () => {
    let calls = 0
    const value = {
      get n() {
        return calls++ === 0 ? 300 : 1
      }
    }
    const codec = Codec.make(Binary.Struct({ n: Binary.Uint8 }))
    const result = codec.encode(value)
    assert.include(
      result._tag === "Failure" ? result.failure.message : "",
      "Unrepresentable at byte 0: expected a value that does not change"
    )
  })

  it("when it is written a second time, small or large", () => {
    for (const size of [1, 10_000]) {
      let calls = 0
      const value = {
        get n() {
          // Measured with one value, written with another.
          return calls++ === 1 ? 300 : 1
        },
        body: new Uint8Array(size)
      }
      const codec = Codec.make(Binary.Struct({ n: Binary.Uint8, body: Binary.Bytes(Binary.Uint32) }))
      const result = codec.encode(value)
      assert.include(result._tag === "Failure" ? result.failure.message : "", "a value that does not change")
    }
  })

  it("when bytes are read a second time", () => {
    for (const read of ["decode", "decodeAt"] as const) {
      let decodes = 0
      const moody = Schema.Number.check(Schema.makeFilter(() => decodes++ > 0))
      const bytes = Codec.make(Binary.decodeTo(Binary.Uint8, moody))[read](Uint8Array.of(1), 0)
      assert.include(
        bytes._tag === "Failure" ? bytes.failure.message : "",
        "CheckFailed at byte 0: expected bytes and schemas that do not change"
      )
    }
  })
})

layoutTest("over text that is malformed", Binary.Utf8(Binary.Uint8).pipe(Binary.decodeTo(Schema.String)), {
  both: [["é", "02 c3a9"]],
  bytes: [["01 ff", "InvalidUtf8", 1, ""]]
})
