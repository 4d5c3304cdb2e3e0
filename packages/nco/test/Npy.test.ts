import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { Dtype, NdArray, Npy, Subfile } from "../src/index.ts"
import { memory, type Options, type Trace } from "./files.ts"
import { describeError, failure, npyFixture, npyFixtures } from "./fixtures.ts"

const ok = Result.getOrThrow

/** A file of consecutive int32s in an order, and what its rows are. */
const counting = (shape: ReadonlyArray<number>, order: NdArray.Order, descr = "<i4"): Uint8Array => {
  const size = shape.reduce((product, dimension) => product * dimension, 1)
  const data = Int32Array.from({ length: size }, (_, i) => i)
  return ok(Npy.encode(ok(NdArray.make(ok(Dtype.parse(descr)) as Dtype.Dtype<"int32">, shape, data, order))))
}

const onFile = <A, E>(
  bytes: Uint8Array,
  use: (subfile: Subfile.Subfile) => Effect.Effect<A, E>,
  options?: Options,
  trace?: Trace
) =>
  Effect.scoped(Effect.flatMap(Subfile.open("/file"), use)).pipe(
    Effect.provide(memory(new Map([["/file", bytes]]), options, trace))
  )

const nested = (array: NdArray.NdArray) => array.toNested() as ReadonlyArray<unknown>

describe("decode", () => {
  const whole = counting([2, 3], "C")

  it("says what is missing, and from where", () => {
    assert.strictEqual(failure(Npy.decode(whole.subarray(0, -1))), "NpyTruncated@128 data")
  })

  it("ignores bytes after the array unless told otherwise", () => {
    const longer = Buffer.concat([whole, Buffer.from("xy")])
    assert.deepEqual(nested(ok(Npy.decode(longer))), [
      [0, 1, 2],
      [3, 4, 5]
    ])
    assert.strictEqual(failure(Npy.decode(longer, { trailing: "error" })), "NpyTrailingBytes@152 data")
  })

  it("borrows the bytes", () => {
    assert.strictEqual((ok(Npy.decode(whole)).data as Int32Array).buffer, whole.buffer)
  })

  it("places errors of the data after the header", () => {
    const bytes = npyFixture("<U4").npy.slice()
    bytes[128 + 3] = 0xff
    assert.strictEqual(failure(Npy.decode(bytes)), "NpyMalformed@128 data")
  })
})

describe("encodeChunks", () => {
  it("gives the header and a view of the data", () => {
    const data = new Float64Array(4)
    const [header, body] = ok(Npy.encodeChunks(ok(NdArray.make("float64", [4], data))))
    assert.strictEqual(header.length, 128)
    assert.strictEqual(body.buffer, data.buffer)
  })
})

describe("a reader", () => {
  it.effect.each(npyFixtures.map((fixture) => [fixture.name, fixture] as const))("reads %s whole", ([, fixture]) =>
    onFile(fixture.npy, (subfile) =>
      Effect.gen(function* () {
        const reader = yield* Npy.open(subfile)
        const expected = ok(Npy.decode(fixture.npy))
        assert.deepEqual((yield* reader.read).bytes, new Uint8Array(expected.bytes))
        assert.deepEqual((yield* reader.readInto(new Uint8Array(4096))).toNested(), expected.toNested())
      })
    )
  )

  it.effect.each([
    ["C", "<i4"],
    ["F", "<i4"],
    ["C", ">i4"],
    ["F", ">i4"]
  ] as const)("reads every range of rows in order %s of %s", ([order, descr]) =>
    Effect.gen(function* () {
      const bytes = counting([5, 3, 2], order, descr)
      const all = nested(ok(Npy.decode(bytes)))
      const reader = yield* Npy.open(Subfile.fromBytes(bytes))
      const typed = new Int32Array(30)
      for (let from = 0; from <= 5; from++) {
        for (let to = from; to <= 5; to++) {
          const rows = yield* reader.rows(from, to)
          assert.deepEqual(nested(rows), all.slice(from, to))
          assert.strictEqual(rows.shape[0], to - from)
          const again = yield* reader.rows(from, to, typed)
          assert.deepEqual(nested(again), all.slice(from, to))
          assert.strictEqual((again.data as Int32Array).buffer, typed.buffer)
        }
      }
      assert.deepEqual(nested(yield* reader.rows(-3, 99)), all as Array<unknown>)
      assert.deepEqual(nested(yield* reader.rows(4, 2)), [])
    })
  )

  it.effect("gives a typed target this machine's byte order, and keeps the file's order in bytes", () =>
    Effect.gen(function* () {
      const bytes = counting([4], "C", ">i4")
      const reader = yield* Npy.open(Subfile.fromBytes(bytes))
      const target = new Int32Array(6)
      const array = yield* reader.readInto(target)
      assert.deepEqual(Array.from(target), [0, 1, 2, 3, 0, 0])
      assert.deepEqual(array.bytes, bytes.slice(128))
      const raw = new DataView(new ArrayBuffer(16))
      yield* reader.readInto(raw)
      assert.strictEqual(raw.getInt32(4), 1)
    })
  )

  it.effect("reads rows without the rest", () => {
    const trace: Trace = { reads: [] }
    return onFile(
      counting([1000, 4], "C"),
      (subfile) =>
        Effect.gen(function* () {
          const reader = yield* Npy.open(subfile)
          trace.reads.length = 0
          const rows = yield* reader.rows(500, 502)
          assert.deepEqual(nested(rows)[0] as Array<number>, [2000, 2001, 2002, 2003])
          assert.deepEqual(trace.reads, [[128 + 500 * 16, 32]])
        }),
      undefined,
      trace
    )
  })

  it.effect("reads parts of long columns alone, and short columns together", () => {
    const trace: Trace = { reads: [] }
    const long = counting([300_000, 3], "F")
    const short = counting([1000, 500], "F")
    return Effect.gen(function* () {
      yield* onFile(
        long,
        (subfile) =>
          Effect.gen(function* () {
            const reader = yield* Npy.open(subfile)
            trace.reads.length = 0
            assert.deepEqual(nested(yield* reader.rows(7, 8)), [[7, 300_007, 600_007]])
            assert.deepEqual(
              trace.reads.map(([, length]) => length),
              [4, 4, 4]
            )
          }),
        undefined,
        trace
      )
      yield* onFile(
        short,
        (subfile) =>
          Effect.gen(function* () {
            const reader = yield* Npy.open(subfile)
            trace.reads.length = 0
            const rows = yield* reader.rows(999, 1000)
            assert.deepEqual((nested(rows)[0] as ReadonlyArray<number>).slice(-2), [498_999, 499_999])
            assert.deepEqual(
              trace.reads.map(([, length]) => length),
              [262 * 4000, 238 * 4000]
            )
          }),
        undefined,
        trace
      )
    })
  })

  it.effect("streams rows", () =>
    Effect.gen(function* () {
      const bytes = counting([7, 2], "F")
      const reader = yield* Npy.open(Subfile.fromBytes(bytes))
      const parts = yield* Stream.runCollect(reader.stream(3))
      assert.deepEqual(
        parts.map(({ shape }) => [...shape]),
        [
          [3, 2],
          [3, 2],
          [1, 2]
        ]
      )
      assert.deepEqual(parts.flatMap(nested), nested(ok(Npy.decode(bytes))) as Array<unknown>)
      assert.strictEqual((yield* Stream.runCollect(reader.stream(0))).length, 7)
    })
  )

  it.effect("has no rows where there are no axes", () =>
    Effect.gen(function* () {
      const reader = yield* Npy.open(Subfile.fromBytes(npyFixture("0d").npy))
      assert.strictEqual((yield* reader.read).get(), 4.5)
      assert.strictEqual(describeError(yield* Effect.flip(reader.rows(0, 1))), "NotFound@128 shape")
      assert.strictEqual(describeError(yield* Effect.flip(Stream.runDrain(reader.stream(1)))), "NotFound@128 shape")
    })
  )

  it.effect("reads headers longer than the first read", () => {
    const fields = Array.from({ length: 400 }, (_, i) => [`field_${i}`, "|i1"])
    const bytes = ok(Npy.encode(ok(NdArray.fromBytes(ok(Dtype.fromDescr(fields)), [2], new Uint8Array(800)))))
    return onFile(bytes, (subfile) =>
      Effect.gen(function* () {
        assert.isAbove(bytes.length - 800, 4096)
        assert.strictEqual((yield* Npy.open(subfile)).header.dataLength, 800)
        for (const end of [5000, 11, 9, 0]) {
          const error = yield* Effect.flip(Npy.open(subfile.window(0, end)))
          assert.strictEqual(describeError(error), "NpyTruncated@0 header")
        }
        const limited = yield* Effect.flip(Npy.open(subfile, { maxHeaderSize: 4000 }))
        assert.strictEqual(describeError(limited), "LimitExceeded@8 headerLength")
      })
    )
  })

  it.effect("checks sizes before it reads or allocates", () =>
    Effect.gen(function* () {
      const bytes = counting([100], "C")
      const short = yield* Effect.flip(Npy.open(Subfile.fromBytes(bytes, 0, 500)))
      assert.strictEqual(describeError(short), "NpyTruncated@128 data")
      const reader = yield* Npy.open(Subfile.fromBytes(bytes), { maxBytes: 399 })
      assert.strictEqual(describeError(yield* Effect.flip(reader.read)), "LimitExceeded@128 data")
      assert.strictEqual((yield* reader.rows(0, 99)).size, 99)
      const small = yield* Effect.flip(reader.readInto(new Int32Array(99)))
      assert.strictEqual(describeError(small), "LimitExceeded@128 data")
    })
  )

  it.effect("notices that the file became shorter", () =>
    Effect.map(
      Effect.flip(
        onFile(counting([5000], "C"), (subfile) => Effect.flatMap(Npy.open(subfile), (r) => r.read), { shrink: 1 })
      ),
      (error) => {
        assert.strictEqual(describeError(error), "NpyTruncated@128 data")
        assert.deepEqual(error.reason, { _tag: "NpyTruncated", needed: 20_000, available: 19_999 })
      }
    )
  )

  it.effect("refuses a target whose type is not the array's", () =>
    Effect.gen(function* () {
      const reader = yield* Npy.open(Subfile.fromBytes(counting([4], "C", ">i4")))
      const error = yield* Effect.flip(reader.readInto(new Float32Array(4)))
      assert.strictEqual(describeError(error), "NotRepresentable@128 data")
    })
  )
})
