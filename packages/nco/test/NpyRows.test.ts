import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { Dtype, NdArray, Npy, Subfile } from "../src/index.ts"
import { memory } from "./files.ts"
import { describeError } from "./fixtures.ts"

const ok = Result.getOrThrow

const ordered = "i2 u2 i4 u4 i8 u8 f2 f4 f8 f16 c8 c16 c32 U2 M8[ns] m8[3D]".split(" ")
const descrs: ReadonlyArray<Dtype.Descr> = [
  ..."|b1 |i1 |u1 |S3 |V5 |S0 <U0".split(" "),
  ...["<", ">"].flatMap((order) => ordered.map((code) => order + code)),
  [
    ["a", "<i4"],
    ["", "|V3"],
    [["title", "b"], ">f8"],
    ["c", ">u2", [2]]
  ],
  [
    [
      "n",
      [
        ["p", "<U1"],
        ["q", ">c8"]
      ],
      [1, 2]
    ]
  ]
]

/** An array of items that differ, and that no dtype refuses. */
const sample = (descr: Dtype.Descr, shape: ReadonlyArray<number>, order: NdArray.Order): NdArray.NdArray => {
  const dtype = ok(Dtype.fromDescr(descr))
  const text = JSON.stringify(descr).includes("U")
  const letter = dtype.byteorder === ">" ? 3 : 0
  const bytes = Uint8Array.from({ length: ok(NdArray.byteLength(dtype, shape)) }, (_, i) => {
    // Code points are letters, and a bool is 0 or 1.
    if (text) return i % 4 === letter ? 65 + (i % 26) : 0
    return dtype.name === "bool" ? i % 2 : (i * 37 + 11) % 251
  })
  return ok(NdArray.fromBytes(dtype, shape, bytes, order))
}

const shapes: ReadonlyArray<ReadonlyArray<number>> = [[6], [5, 3], [4, 2, 3], [3, 0, 2], [0, 4], [1, 4]]

const cases = descrs.flatMap((descr) =>
  (["C", "F"] as const).map((order) => [JSON.stringify(descr), order, descr] as const)
)

const rowsOf = (array: NdArray.NdArray): ReadonlyArray<unknown> => array.toNested() as ReadonlyArray<unknown>

describe.each(cases)("%s in order %s", (_, order, descr) => {
  const onEach = <E>(
    use: (reader: Npy.Reader, array: NdArray.NdArray) => Effect.Effect<void, E>
  ): Effect.Effect<void, unknown> =>
    Effect.forEach(
      shapes,
      (shape) => {
        const array = sample(descr, shape, order)
        const bytes = ok(Npy.encode(array))
        const onFile = Effect.scoped(
          Effect.flatMap(Effect.flatMap(Subfile.open("/a"), Npy.open), (reader) => use(reader, array))
        ).pipe(Effect.provide(memory(new Map([["/a", bytes]]), { short: 7 })))
        return Effect.andThen(
          Effect.flatMap(Npy.open(Subfile.fromBytes(bytes)), (reader) => use(reader, array)),
          onFile
        )
      },
      { discard: true }
    )

  it.effect("every range of rows is that part of the whole", () =>
    onEach((reader, array) =>
      Effect.gen(function* () {
        const all = rowsOf(array)
        const count = array.shape[0]!
        for (let from = 0; from <= count; from++) {
          for (let to = from; to <= count; to++) {
            const part = yield* reader.rows(from, to)
            assert.deepEqual(part.shape, [to - from, ...array.shape.slice(1)])
            assert.deepEqual(part.dtype, array.dtype)
            assert.deepEqual(rowsOf(part), all.slice(from, to))
          }
        }
      })
    )
  )

  it.effect("what is read into bytes are the file's, into a typed array this machine's", () =>
    onEach((reader, array) =>
      Effect.gen(function* () {
        const { length } = array.bytes
        const raw = new Uint8Array(length + 3).fill(0xee)
        const first = yield* reader.readInto(raw)
        assert.deepEqual(raw.subarray(0, length), new Uint8Array(array.bytes))
        assert.deepEqual(raw.subarray(length), Uint8Array.of(0xee, 0xee, 0xee))
        assert.deepEqual(first.toNested(), array.toNested())
        assert.strictEqual(first.order, array.order)
        const Storage = (array.data as Uint8Array).constructor as Uint8ArrayConstructor
        const typed = new Storage(length / Storage.BYTES_PER_ELEMENT)
        const second = yield* reader.readInto(typed)
        assert.deepEqual(Array.from(typed), Array.from(array.data as Uint8Array))
        assert.strictEqual((second.data as Uint8Array).buffer, typed.buffer)
        // What was there before is gone, and the same target serves a part.
        const again = yield* reader.rows(1, 3, typed)
        assert.deepEqual(rowsOf(again), rowsOf(array).slice(1, 3))
        if (length > 0) {
          const small = yield* Effect.flip(reader.readInto(new Uint8Array(length - 1)))
          assert.match(describeError(small), /^LimitExceeded@\d+ data$/)
        }
      })
    )
  )

  it.effect("the parts of a stream are all of it", () =>
    onEach((reader, array) =>
      Effect.gen(function* () {
        const parts = yield* Stream.runCollect(reader.stream(2))
        assert.deepEqual(parts.flatMap(rowsOf), rowsOf(array) as Array<unknown>)
        assert.isTrue(parts.slice(0, -1).every(({ shape }) => shape[0] === 2))
      })
    )
  )
})
