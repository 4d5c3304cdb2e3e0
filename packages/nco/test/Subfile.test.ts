import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { Subfile } from "../src/index.ts"
import { describeError, latin1 } from "./fixtures.ts"
import { memory, type Options, type Trace } from "./files.ts"

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
const content = latin1("one\ntwo\n\nthree")

const onFile = <A, E>(use: (subfile: Subfile.Subfile) => Effect.Effect<A, E>, options?: Options, trace?: Trace) =>
  Effect.scoped(Effect.flatMap(Subfile.open("/file"), use)).pipe(
    Effect.provide(memory(new Map([["/file", content]]), options, trace))
  )

const sources = {
  bytes: <A, E>(use: (subfile: Subfile.Subfile) => Effect.Effect<A, E>) => use(Subfile.fromBytes(content)),
  file: onFile,
  "file in pieces": <A, E>(use: (subfile: Subfile.Subfile) => Effect.Effect<A, E>) => onFile(use, { short: 3 })
}

describe.each(Object.entries(sources))("a window of %s", (_, run) => {
  it.effect("reads up to its end and no further", () =>
    run((subfile) =>
      Effect.gen(function* () {
        const window = subfile.window(4, 9)
        assert.deepEqual([window.start, window.size], [4, 5])
        assert.strictEqual(text(yield* window.read(2)), "tw")
        assert.strictEqual(text(yield* window.read(100)), "o\n\n")
        assert.strictEqual(text(yield* window.read(100)), "")
        window.seek(1)
        assert.strictEqual(text(yield* window.read()), "wo\n\n")
        assert.strictEqual(window.tell(), 5)
      })
    )
  )

  it.effect("reads lines", () =>
    run((subfile) =>
      Effect.gen(function* () {
        assert.strictEqual(text(yield* subfile.readline()), "one\n")
        assert.strictEqual(text(yield* subfile.readline(2)), "tw")
        assert.strictEqual(text(yield* subfile.readline()), "o\n")
        assert.strictEqual(text(yield* subfile.readline()), "\n")
        assert.strictEqual(text(yield* subfile.readline()), "three")
        assert.strictEqual(text(yield* subfile.readline()), "")
        assert.strictEqual(subfile.tell(), 14)
      })
    )
  )

  it.effect("seeks from the start, the cursor and the end, and stays inside", () =>
    run((subfile) =>
      Effect.sync(() => {
        const window = subfile.window(2, 10)
        assert.strictEqual(window.seek(3), 3)
        assert.strictEqual(window.seek(2, "current"), 5)
        assert.strictEqual(window.seek(-1, "current"), 4)
        assert.strictEqual(window.seek(-3, "end"), 5)
        assert.strictEqual(window.seek(-9, "end"), 0)
        assert.strictEqual(window.seek(9), 8)
        assert.strictEqual(window.seek(1.9), 1)
      })
    )
  )

  it.effect("reads from a position without moving the cursor", () =>
    run((subfile) =>
      Effect.gen(function* () {
        const window = subfile.window(4)
        assert.strictEqual(text(yield* window.readAt(2, 3)), "o\n\n")
        assert.strictEqual(text(yield* window.readAt(-1, 3)), "")
        assert.strictEqual(text(yield* window.readAt(99, 3)), "")
        assert.strictEqual(text(yield* window.readAt(0, -3)), "")
        const target = new Uint8Array(4).fill(0x2d)
        assert.strictEqual(yield* window.readInto(target, 7), 3)
        assert.strictEqual(text(target), "ree-")
        assert.strictEqual(yield* subfile.window(0, 2).readInto(target, 1), 1)
        assert.strictEqual(text(target), "nee-")
        assert.strictEqual(window.tell(), 0)
      })
    )
  )

  it.effect("has windows of its own, clamped to it", () =>
    run((subfile) =>
      Effect.gen(function* () {
        const window = subfile.window(4, 9)
        assert.strictEqual(text(yield* window.window(1, 99).read()), "wo\n\n")
        assert.strictEqual(text(yield* window.window(-5, 2).read()), "tw")
        assert.strictEqual(window.window(4, 2).size, 0)
      })
    )
  )
})

describe("Subfile", () => {
  it.effect("borrows bytes", () =>
    Effect.gen(function* () {
      const read = yield* Subfile.fromBytes(content, 4, 7).read()
      assert.strictEqual(read.buffer, content.buffer)
      assert.strictEqual(text(read), "two")
    })
  )

  it.effect("finds long lines", () =>
    Effect.gen(function* () {
      const long = new Uint8Array(20_000).fill(0x61)
      long[19_000] = 0x0a
      const subfile = Subfile.fromBytes(long)
      assert.strictEqual((yield* subfile.readline()).length, 19_001)
      assert.strictEqual((yield* subfile.readline()).length, 999)
    })
  )

  it.effect("reads a file at the positions that are asked for", () => {
    const trace: Trace = { reads: [] }
    return Effect.map(
      onFile((subfile) => subfile.window(4, 9).readAt(1, 2), undefined, trace),
      () => assert.deepEqual(trace.reads, [[5, 2]])
    )
  })

  it.effect.each(["open", "stat", "read"])("fails with Io when the file's %s does", (call) =>
    Effect.map(
      Effect.flip(
        onFile((subfile) => Effect.flatMap(subfile.readInto(new Uint8Array(1), 0), () => subfile.read()), {
          fail: (name) => name === call
        })
      ),
      (error) => {
        assert.strictEqual(describeError(error), "Io@0")
        assert.include(error.message, "told to fail")
      }
    )
  )
})
