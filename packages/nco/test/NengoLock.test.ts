import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { flock, isAvailable } from "../interop/flock.ts"
import { NcoError, NdArray, NengoCache } from "../src/index.ts"
import { memory } from "./files.ts"

const array = Result.getOrThrow(NdArray.make("uint8", [1], Uint8Array.of(1)))
const entry = (key: string) => [{ key, metadata: {}, array }]

/** A lock that writes down when it was taken and given back. */
const noted = (notes: Array<string>) => (path: string) =>
  Effect.acquireRelease(
    Effect.sync(() => void notes.push(`lock ${path}`)),
    () => Effect.sync(() => void notes.push("release"))
  )

describe("the lock of an index", () => {
  it.effect("is held while the index is read and written, and once a change", () => {
    const notes: Array<string> = []
    const disk = memory(new Map(), {
      fail: (call, path) => {
        if (path.includes("/index")) notes.push(`${call} ${path}`)
        return false
      }
    })
    return Effect.gen(function* () {
      const cache = yield* NengoCache.open("/cache", { writable: true, create: true, lock: noted(notes) })
      notes.length = 0
      yield* NengoCache.add(cache, entry("a"))
      assert.strictEqual(notes[0], "lock /cache/index.lock")
      assert.strictEqual(notes.at(-1), "release")
      assert.isTrue(notes.includes("readFile /cache/index"))
      assert.isTrue(notes.includes("rename /cache/index.part"))
      assert.strictEqual(notes.filter((note) => note === "release").length, 1)
    }).pipe(Effect.provide(disk))
  })

  it.effect("is given back where the write fails, and where it is interrupted", () => {
    const notes: Array<string> = []
    let failing = false
    const disk = memory(new Map(), { fail: (call) => failing && call === "rename" })
    return Effect.gen(function* () {
      const cache = yield* NengoCache.open("/cache", { writable: true, create: true, lock: noted(notes) })
      failing = true
      const error = yield* Effect.flip(NengoCache.add(cache, entry("a")))
      assert.strictEqual(error.reason._tag, "Io")
      assert.deepEqual(notes.slice(-2), ["lock /cache/index.lock", "release"])
      const held = yield* Deferred.make<void>()
      const lock = (path: string) =>
        Effect.andThen(Effect.andThen(noted(notes)(path), Deferred.succeed(held, undefined)), Effect.never)
      const waiting = yield* Effect.forkChild(
        NengoCache.add({ ...cache, options: { ...cache.options, lock } }, entry("b"))
      )
      yield* Deferred.await(held)
      yield* Fiber.interrupt(waiting)
      assert.deepEqual(notes.slice(-2), ["lock /cache/index.lock", "release"])
    }).pipe(Effect.provide(disk))
  })

  it.effect("that cannot be taken leaves the index as it is", () => {
    const files = new Map<string, Uint8Array>()
    return Effect.gen(function* () {
      const cache = yield* NengoCache.open("/cache", { writable: true, create: true })
      const before = files.get("/cache/index")
      const lock = () => Effect.fail(NcoError.make({ _tag: "NotFound", detail: "taken" }, 0))
      const error = yield* Effect.flip(NengoCache.add({ ...cache, options: { ...cache.options, lock } }, entry("a")))
      assert.strictEqual(error.message.includes("taken"), true)
      assert.strictEqual(files.get("/cache/index"), before)
    }).pipe(Effect.provide(memory(files)))
  })

  it.effect(
    "or none: two writers who opened the same cache keep each other's keys, and a repair what was written anew",
    () => {
      const files = new Map<string, Uint8Array>()
      return Effect.gen(function* () {
        const one = yield* NengoCache.open("/cache", { writable: true, create: true })
        const two = yield* NengoCache.open("/cache", { writable: true })
        yield* NengoCache.add(one, entry("a"), { name: "aaa" })
        const both = yield* NengoCache.add(two, entry("b"), { name: "bbb" })
        assert.deepEqual([...both.places.keys()], ["a", "b"])
        files.delete("/cache/aa/a.nco")
        files.delete("/cache/bb/b.nco")
        const stale = yield* NengoCache.open("/cache", { writable: true })
        yield* NengoCache.add(stale, entry("a"), { name: "ccc" })
        const { cache, report } = yield* NengoCache.repair(stale)
        assert.deepEqual(report.dangling.map(({ key }) => key).sort(), ["a", "b"])
        assert.deepEqual([...cache.places.keys()], ["a"])
        assert.deepEqual(yield* Effect.map(NengoCache.get(cache, "a"), ({ metadata }) => metadata), {})
      }).pipe(Effect.provide(memory(files)))
    }
  )

  const possible = isAvailable() && spawnSync("python3", ["--version"]).status === 0

  it.skipIf(!possible)("by the command flock is the one that Python's fcntl.flock, and so Nengo, takes", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bytewright-nco-lock-"))
    const path = join(directory, "index.lock")
    const script =
      "import fcntl, sys\nwith open(sys.argv[1], 'a') as f:\n fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    const python = () => spawnSync("python3", ["-c", script, path]).status
    try {
      const during = await Effect.runPromise(
        Effect.scoped(
          Effect.gen(function* () {
            yield* flock()(path)
            const second = yield* Effect.flip(Effect.scoped(flock(0)(path)))
            return [python(), second.message.includes("is locked by another process")]
          })
        )
      )
      assert.deepEqual(during, [1, true])
      assert.strictEqual(python(), 0)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
