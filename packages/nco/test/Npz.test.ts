import * as Effect from "effect/Effect"
import * as Zip from "effect/encoding/Zip"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { NdArray, Npy, Npz } from "../src/index.ts"
import { describeError, latin1, npyFixture } from "./fixtures.ts"

const ok = Result.getOrThrow
const entries: ReadonlyArray<Npz.Entry> = ["fortran", "<U4", "struct"].map((name) => ({
  name,
  array: ok(Npy.decode(npyFixture(name).npy))
}))

const archive = (files: ReadonlyArray<Zip.ContentEntry>) =>
  Stream.fromIterable(files).pipe(
    Stream.pipeThroughChannel(Zip.encode<never, unknown, Zip.ContentEntry>()),
    Stream.orDie
  )

const decoded = (options?: Npy.Options) => (bytes: Stream.Stream<Uint8Array, unknown>) =>
  Stream.runCollect(Npz.decode(options)(bytes))

describe("Npz", () => {
  it.effect.each([false, true])("writes and reads archives (compressed: %s)", (compress) =>
    Effect.gen(function* () {
      const written = Npz.encode({ compress })(Stream.fromIterable(entries))
      const read = yield* decoded()(written)
      assert.deepEqual(
        read.map(({ name }) => name),
        ["fortran", "<U4", "struct"]
      )
      for (const [i, { array }] of read.entries()) assert.isTrue(Equal.equals(array, entries[i]!.array))
    })
  )

  it.effect("takes archives in any pieces", () =>
    Effect.gen(function* () {
      const chunks = yield* Stream.runCollect(Npz.encode()(Stream.fromIterable(entries)))
      const bytes = Buffer.concat(chunks)
      const bits = Array.from({ length: bytes.length }, (_, i) => new Uint8Array(bytes.subarray(i, i + 1)))
      assert.strictEqual((yield* decoded()(Stream.fromIterable(bits))).length, 3)
    })
  )

  it.effect("skips directories, and fails for files that are no arrays", () =>
    Effect.gen(function* () {
      const npy = npyFixture("0d").npy
      const read = yield* decoded()(archive([Zip.directory("a"), Zip.file("a/b.npy", npy), Zip.file("c", npy)]))
      assert.deepEqual(
        read.map(({ name }) => name),
        ["a/b", "c"]
      )
      const error = yield* Effect.flip(Stream.runDrain(Npz.decode()(archive([Zip.file("x.txt", latin1("hello"))]))))
      assert.strictEqual(describeError(error), "NpyBadMagic@0 x.txt/magic")
    })
  )

  it.effect("fails with Io for a damaged archive or an impossible name, and passes other errors on", () =>
    Effect.gen(function* () {
      const damaged = yield* Effect.flip(
        Stream.runDrain(Npz.decode()(Stream.make(latin1("PK\x03\x04nonsense nonsense nonsense"))))
      )
      assert.strictEqual(describeError(damaged), "Io@0")
      const bytes = Buffer.concat(yield* Stream.runCollect(Npz.encode()(Stream.fromIterable(entries))))
      bytes[200]! ^= 1
      const checksum = yield* Effect.flip(Stream.runDrain(Npz.decode()(Stream.make(new Uint8Array(bytes)))))
      assert.strictEqual(describeError(checksum), "Io@0")
      const named = Npz.encode()(Stream.make({ name: "/etc/passwd", array: entries[0]!.array }))
      assert.strictEqual(describeError(yield* Effect.flip(Stream.runDrain(named))), "Io@0")
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(Npz.decode()(Stream.fail("mine" as const)))), "mine")
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(Npz.encode()(Stream.fail("mine" as const)))), "mine")
    })
  )

  it.effect("fails for arrays that cannot be written", () =>
    Effect.gen(function* () {
      const array = ok(NdArray.make("object", [1], [1]))
      const error = yield* Effect.flip(Stream.runDrain(Npz.encode()(Stream.make({ name: "a", array }))))
      assert.strictEqual(describeError(error), "NotRepresentable@0 descr")
    })
  )

  it.effect("bounds what an entry unpacks to", () =>
    Effect.gen(function* () {
      const bomb = archive([Zip.file("bomb.npy", new Uint8Array(1_000_000))])
      const error = yield* Effect.flip(Stream.runDrain(Npz.decode({ maxBytes: 100_000 })(bomb)))
      assert.strictEqual(describeError(error), "LimitExceeded@0 bomb.npy")
    })
  )
})
