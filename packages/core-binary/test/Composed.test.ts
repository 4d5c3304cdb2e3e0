import { assert, describe, it } from "@effect/vitest"
import * as Yaml from "effect/encoding/Yaml"
import * as Result from "effect/Result"
import { Binary, Codec, Kaitai } from "../src/index.ts"
import { Malformed, Property, Random } from "../src/testing.ts"
import { compose, contradiction } from "../fuzz/composed.ts"
import { disagreement, point } from "../fuzz/pointing.ts"

describe("layouts composed at random", () => {
  const seed = 0x20261128

  for (let from = 0; from < 200; from += 25) {
    it(`hold what every layout holds (cases ${from} to ${from + 24})`, () => {
      for (let index = from; index < from + 25; index++) {
        const random = Random.make(seed, index)
        assert.strictEqual(contradiction(compose(random), random), undefined, Property.token(seed, index))
      }
    })
  }
})

describe("layouts of pointers composed at random", () => {
  it("are read the same by all", () => {
    for (let index = 0; index < 60; index++) {
      const random = Random.make(0x20261129, index)
      assert.strictEqual(disagreement(point(random), random), undefined, Property.token(0x20261129, index))
    }
  })
})

describe("content behind a varint that grows with it", () => {
  const canonical = Binary.Varint({ canonical: true })
  const aligned = Binary.Window(
    canonical,
    Binary.Struct({ a: Binary.Uint8, pad: Binary.Align(4), b: Binary.Uint8, c: Binary.Latin1(Binary.Uint8) })
  )
  for (const backend of ["generated", "closures"] as const) {
    it(`is aligned where it stands in the end (${backend})`, () => {
      const codec = Codec.make(aligned, { backend })
      const short = codec.encodeSync({ a: 1, b: 2, c: "x".repeat(121) })
      assert.deepStrictEqual([...short.subarray(0, 7)], [0x7e, 1, 0, 0, 2, 121, 120])
      // One byte more in front is one byte less of padding.
      const long = codec.encodeSync({ a: 1, b: 2, c: "x".repeat(130) })
      assert.deepStrictEqual([...long.subarray(0, 7)], [0x86, 0x01, 1, 0, 2, 130, 120])
      assert.deepStrictEqual(codec.decodeSync(long), { a: 1, b: 2, c: "x".repeat(130) })
      assert.deepStrictEqual(codec.size({ a: 1, b: 2, c: "x".repeat(130) }), Result.succeed(long.length))
    })

    it(`is refused where no length fits in front of it (${backend})`, () => {
      const codec = Codec.make(aligned, { backend })
      // 128 bytes behind one byte of length, and 127 behind two.
      const refused = codec.encode({ a: 1, b: 2, c: "x".repeat(123) })
      assert.isTrue(Result.isFailure(refused))
      if (Result.isFailure(refused)) {
        assert.strictEqual(refused.failure.reason._tag, "InvalidLength")
        assert.strictEqual(refused.failure.offset, 0)
        assert.match(refused.failure.message, /a content whose length fits in front of it/)
      }
    })

    it(`knows the offsets of its fields (${backend})`, () => {
      const codec = Codec.make(
        Binary.Array(
          Binary.Struct({
            start: Binary.Computed(Binary.Uint16, Binary.offsetOf("b")),
            a: Binary.Latin1(Binary.Uint8),
            b: Binary.Uint8
          }),
          Binary.prefixed(canonical, { unit: "bytes" })
        ),
        { backend }
      )
      const value = [
        { a: "x".repeat(100), b: 1 },
        { a: "y".repeat(50), b: 2 }
      ]
      const bytes = codec.encodeSync(value)
      assert.deepStrictEqual([bytes[105], bytes[159]], [1, 2])
      assert.deepStrictEqual([...bytes.subarray(0, 4)], [0x9e, 0x01, 0, 105])
      assert.deepStrictEqual(codec.decodeSync(bytes), value)
    })
  }
})

it("an attack on what a lazy window holds is not refused by who does not read it", () => {
  const marked = { mark: Binary.Const(Binary.Uint8, 7), of: Binary.Uint8 }
  const layout = Binary.Struct({ lazy: Binary.Lazy(Binary.Uint8, Binary.Struct(marked)), ...marked })
  const attacks = Malformed.make(layout)(Uint8Array.of(2, 7, 1, 7, 1))
  const claims = attacks.filter(({ target }) => target === "constant").map(({ offset, rejected }) => [offset, rejected])
  assert.deepStrictEqual([...new Set(claims.map(String))], ["1,false", "3,true"])
})

it("types and enums of a Kaitai description have names of their own: a target language may keep them in one place", () => {
  const layout = Binary.Struct({
    kind: Binary.Enum(Binary.Uint8, { a: 1 }),
    of: Binary.Struct({ kind: Binary.Struct({ x: Binary.Uint8 }) })
  })
  const { text } = Kaitai.ksy(layout, { id: "twice" })
  const { enums, types } = Yaml.parse(text) as Record<"enums" | "types", object>
  assert.deepStrictEqual(Object.keys(enums), ["kind"])
  assert.sameMembers(Object.keys(types), ["of", "kind_v2"])
})

it("what Kaitai cannot express in elements that are measured in bytes is left as bytes", () => {
  const layout = Binary.Array(
    Binary.Window(Binary.terminated(13, 10), Binary.Uint8),
    Binary.prefixed(Binary.Uint32, { unit: "bytes" })
  )
  const { notes } = Kaitai.ksy(layout, { id: "lines" })
  assert.match(JSON.stringify(notes), /cannot express/)
})

it("attacks a length with the extremes of both byte orders", () => {
  const attacks = Malformed.make(Binary.Bytes(Binary.Int32))(Uint8Array.of(0, 0, 0, 1, 9))
  const prefix = (how: string) => attacks.find((attack) => attack.how === how)!.bytes.subarray(0, 4)
  assert.deepStrictEqual([...prefix("greatest, big endian")], [0x7f, 0xff, 0xff, 0xff])
  assert.deepStrictEqual([...prefix("greatest, little endian")], [0xff, 0xff, 0xff, 0x7f])
  assert.deepStrictEqual([...prefix("least, little endian")], [0, 0, 0, 0x80])
})
