import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Binary, BinaryError, Codec, type Layout } from "@bytewright/core-binary"
import { backends } from "./agreement.ts"

const Message = Binary.Struct({ id: Binary.Uint16, body: Binary.Bytes(Binary.Uint32) })
const codec = Codec.make(Message)
const message = (id: number, size: number) => ({ id, body: new Uint8Array(size).fill(id) })

const failure = <A, E>(result: Result.Result<A, E>): E => {
  if (Result.isSuccess(result)) return assert.fail("succeeded")
  return result.failure
}

describe("encode", () => {
  it("gives each result bytes of its own, whatever their sizes", () => {
    const sizes = [0, 1, 100, 8186, 8187, 70000, 1, 9000, 30000, 30000, 30000, 5]
    const values = sizes.map((size, i) => message(i + 1, size))
    const results = values.map((value) => codec.encodeSync(value))
    results.forEach((bytes, i) => assert.deepStrictEqual(codec.decodeSync(bytes), values[i]))
  })

  it("throws its error", () => {
    assert.throws(() => codec.encodeSync({ id: -1, body: new Uint8Array(0) }), BinaryError.EncodeError)
    assert.throws(() => codec.encodeSync({ id: -1, body: new Uint8Array(9000) }), BinaryError.EncodeError)
  })

  it("a value of another kind behind a full arena is refused as ever", () => {
    const fresh = Codec.make(Binary.Struct({ body: Binary.Bytes(Binary.Uint32), n: Binary.Uint8 }))
    for (const size of [10, 100_000])
      assert.strictEqual(failure(fresh.encode({ body: new Uint8Array(size), n: 256 })).reason._tag, "OutOfRange")
  })
})

describe("encodeMany", () => {
  it("writes one behind the other, however many bytes they are", () => {
    const values = [message(1, 10), message(2, 65000), message(3, 200_000), message(4, 0)]
    const bytes = Result.getOrThrow(codec.encodeMany(values))
    let at = 0
    for (const value of values) {
      const read = Result.getOrThrow(codec.decodeAt(bytes, at))
      assert.deepStrictEqual(read.value, value)
      at = read.next
    }
    assert.strictEqual(at, bytes.length)
    assert.deepStrictEqual(Result.getOrThrow(codec.encodeMany([])), new Uint8Array(0))
  })

  it("fails with the first that cannot be written", () => {
    assert.strictEqual(failure(codec.encodeMany([message(1, 1), message(-1, 1), message(-2, 1)])).actual, "-1")
    assert.strictEqual(failure(codec.encodeMany([message(1, 65536), message(-1, 1)])).reason._tag, "OutOfRange")
    const big = { id: -3, body: new Uint8Array(70000) }
    assert.strictEqual(failure(codec.encodeMany([big])).actual, "-3")
  })
})

describe("offsets that are none", () => {
  const bytes = codec.encodeSync(message(1, 2))
  const rest = Codec.make(Binary.Bytes(Binary.rest))

  for (const offset of [-1, 9, 1.5, NaN, Infinity]) {
    it(`${offset}: decodeAt and encodeInto refuse it`, () => {
      const read = failure(codec.decodeAt(bytes, offset))
      assert.strictEqual(read.reason._tag, "UnexpectedEnd")
      assert.include(read.message, "an offset from 0 to 8")
      assert.strictEqual(failure(rest.decodeAt(bytes, offset)).reason._tag, "UnexpectedEnd")
      const target = new Uint8Array(24).subarray(8, 16)
      const written = failure(codec.encodeInto(message(1, 2), target, offset))
      assert.strictEqual(written.reason._tag, "NoRoom")
      assert.include(written.message, `room for 8 bytes, got none at ${offset} of 8`)
      assert.isTrue(new Uint8Array(target.buffer).every((byte) => byte === 0))
    })
  }

  it("the end is one", () => {
    assert.deepStrictEqual(rest.decodeAt(bytes, 8), Result.succeed({ value: new Uint8Array(0), next: 8 }))
    assert.strictEqual(
      failure(codec.decodeAt(bytes, 8)).message,
      "id: UnexpectedEnd at byte 8: expected 2 bytes (uint16), got 0 left | 00 01 00 00 00 02 01 01>end"
    )
  })
})

describe("errors", () => {
  it("carry a copy of a few bytes, not the input", () => {
    const bytes = new Uint8Array(64).map((_, i) => i)
    const error = codec.diagnose(bytes, 40, 44)
    assert.deepStrictEqual(error.nearby, Uint8Array.of(34, 35, 36, 37, 38, 39, 40, 41, 42, 43))
    assert.strictEqual(error.nearbyOffset, 34)
    assert.notStrictEqual(error.nearby.buffer, bytes.buffer)
    assert.notMatch(error.stack ?? "", /^\s+at /m)
  })

  it("name the field as a path", () => {
    const nested = Codec.make(Binary.Array(Binary.Struct({ xs: Binary.Array(Binary.Uint8, 2) }), 2))
    const error = failure(nested.decode(Uint8Array.of(1, 2, 3)))
    assert.include(error.message, "UnexpectedEnd at byte 0")
    const value = failure(nested.encode([{ xs: [1, 2] }, { xs: [3, 256] }]))
    assert.strictEqual(value.message, "[1].xs[1]: OutOfRange at byte 3: expected a number from 0 to 255, got 256")
  })
})

describe("the fast passes alone", () => {
  it("read a part, write at a place", () => {
    const target = new Uint8Array(16)
    assert.strictEqual(codec.write(message(7, 1), target, 2), 9)
    assert.deepStrictEqual(codec.read(target, 2, 9), message(7, 1))
    assert.strictEqual(codec.read(target, 2, 10), Codec.invalid)
    assert.strictEqual(codec.diagnose(target, 2, 10).reason._tag, "TrailingBytes")
    assert.strictEqual(codec.write(message(7, 16), target, 2), -1)
    assert.strictEqual(codec.write(message(-7, 1), target, 2), -2)
    assert.strictEqual(codec.diagnoseValue(message(-7, 1)).reason._tag, "OutOfRange")
  })

  it("read buffers that take turns", () => {
    const one = codec.encodeSync(message(1, 1)).slice()
    const two = codec.encodeSync(message(2, 2)).slice()
    for (let i = 0; i < 4; i++) {
      assert.deepStrictEqual(codec.decodeSync(one), message(1, 1))
      assert.deepStrictEqual(codec.decodeSync(two), message(2, 2))
    }
  })

  it("read shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(8))
    shared.set(codec.encodeSync(message(3, 2)))
    assert.deepStrictEqual(Array.from(codec.decodeSync(shared).body), [3, 3])
  })
})

describe("layouts of a size that no buffer has", () => {
  const layouts: ReadonlyArray<readonly [name: string, layout: Layout.Any, value: unknown]> = [
    ["bytes", Binary.Bytes(2 ** 40), new Uint8Array(3)],
    ["an array", Binary.Array(Binary.Uint32, 2 ** 35), [1]],
    ["padding", Binary.Struct({ a: Binary.Uint8, b: Binary.Padding(2 ** 40) }), { a: 1 }]
  ]
  for (const backend of backends) {
    for (const [name, layout, value] of layouts) {
      it(`${name} cannot be written, and the error says so (${backend})`, () => {
        const codec = Codec.make<unknown>(layout, { backend, limits: { maxBytes: 0x10000 } })
        for (const result of [codec.encode(value), codec.size(value)]) {
          const reason = result._tag === "Failure" ? result.failure.reason._tag : "written"
          assert.strictEqual(reason, name === "padding" ? "LimitExceeded" : "InvalidLength")
        }
      })
    }

    it(`many fields of fixed size are measured like few (${backend})`, () => {
      const names = Array.from({ length: 5000 }, (_, i) => `n${i}`)
      const layout = Binary.Struct(Object.fromEntries(names.map((name) => [name, Binary.Uint8])))
      const codec = Codec.make(layout, { backend })
      const value = Object.fromEntries(names.map((name) => [name, 1]))
      const bytes = codec.encode(value)
      assert.strictEqual(bytes._tag === "Success" && bytes.success.length, 5000)
      assert.deepStrictEqual(codec.size(value), Result.succeed(5000))
      const wrong = codec.encode({ ...value, n4999: 256 })
      assert.strictEqual(
        wrong._tag === "Failure" && wrong.failure.message,
        "n4999: OutOfRange at byte 4999: expected a number from 0 to 255, got 256"
      )
    })
  }
})
