import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { Subfile } from "../src/index.ts"
import { memory } from "./files.ts"

/** What can be asked of a window. */
type Step =
  | { readonly call: "read" | "readline"; readonly length: number | undefined }
  | { readonly call: "seek"; readonly offset: number; readonly whence: Subfile.Whence | undefined }
  | { readonly call: "readAt" | "readInto"; readonly position: number; readonly length: number }
  | { readonly call: "window"; readonly start: number; readonly end: number | undefined }

const far = fc.oneof(fc.integer({ min: -40, max: 80 }), fc.constantFrom(2 ** 31, -(2 ** 31), 2 ** 53, 0.5, -0.5))

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    fc.record({
      call: fc.constantFrom("read" as const, "readline" as const),
      length: fc.option(fc.nat(30), { nil: undefined })
    }),
    fc.record({
      call: fc.constant("seek" as const),
      offset: far,
      whence: fc.constantFrom("start" as const, "current" as const, "end" as const, undefined)
    }),
    fc.record({
      call: fc.constantFrom("readAt" as const, "readInto" as const),
      position: fc.integer({ min: -5, max: 40 }),
      length: fc.nat(30)
    }),
    fc.record({
      call: fc.constant("window" as const),
      start: fc.integer({ min: -5, max: 40 }),
      end: fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined })
    })
  ),
  { maxLength: 20 }
)

/** Lines of several lengths, empty ones too. */
const contents = fc
  .array(fc.constantFrom(10, 10, 65, 66, 67, 0, 255), { maxLength: 60 })
  .map((bytes) => Uint8Array.from(bytes))

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/** The same window over an array, in the plainest way. */
class Model {
  readonly bytes: ReadonlyArray<number>
  cursor = 0
  constructor(bytes: ReadonlyArray<number>) {
    this.bytes = bytes
  }
  take(step: Step): ReadonlyArray<number> | number {
    switch (step.call) {
      case "read":
      case "readline": {
        const rest = this.bytes.slice(this.cursor, this.cursor + (step.length ?? this.bytes.length))
        const newline = step.call === "read" ? -1 : rest.indexOf(10)
        const taken = newline === -1 ? rest : rest.slice(0, newline + 1)
        this.cursor += taken.length
        return taken
      }
      case "seek": {
        const base = step.whence === "end" ? this.bytes.length : step.whence === "current" ? this.cursor : 0
        return (this.cursor = clamp(base + Math.trunc(step.offset), 0, this.bytes.length))
      }
      case "readAt":
      case "readInto":
        return step.position < 0 ? [] : this.bytes.slice(step.position, step.position + step.length)
      case "window":
        return 0
    }
  }
}

const apply = (subfile: Subfile.Subfile, step: Step): Effect.Effect<ReadonlyArray<number> | number, unknown> => {
  switch (step.call) {
    case "read":
      return Effect.map(subfile.read(step.length), (bytes) => Array.from(bytes))
    case "readline":
      return Effect.map(subfile.readline(step.length), (bytes) => Array.from(bytes))
    case "seek":
      return Effect.sync(() => subfile.seek(step.offset, step.whence))
    case "readAt":
      return Effect.map(subfile.readAt(step.position, step.length), (bytes) => Array.from(bytes))
    case "readInto": {
      const target = new Uint8Array(step.length).fill(0x2d)
      return Effect.map(subfile.readInto(target, step.position), (count) => {
        assert.isTrue(
          target.subarray(count).every((byte) => byte === 0x2d),
          "beyond what was read, nothing is written"
        )
        return Array.from(target.subarray(0, count))
      })
    }
    case "window":
      return Effect.succeed(0)
  }
}

/** Takes the steps in a window and in its model, and looks at the cursor after each. */
const follow = (opened: Subfile.Subfile, content: Uint8Array, start: number, end: number, steps: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    let subfile = opened.window(start, end)
    const low = clamp(start, 0, content.length)
    let model = new Model(Array.from(content.subarray(low, clamp(end, low, content.length))))
    for (const step of steps) {
      if (step.call === "window") {
        const from = clamp(step.start, 0, subfile.size)
        model = new Model(model.bytes.slice(from, clamp(step.end ?? subfile.size, from, subfile.size)))
        subfile = subfile.window(step.start, step.end)
      }
      assert.deepEqual(yield* apply(subfile, step), model.take(step))
      assert.strictEqual(subfile.tell(), model.cursor)
      assert.strictEqual(subfile.size, model.bytes.length)
      assert.isTrue(subfile.tell() >= 0 && subfile.tell() <= subfile.size)
    }
  })

describe("a window does what one over an array does", () => {
  const bounds = fc.tuple(fc.integer({ min: -3, max: 70 }), fc.integer({ min: -3, max: 70 }))

  it("over bytes", () => {
    fc.assert(
      fc.property(contents, bounds, steps, (content, [start, end], steps) => {
        Effect.runSync(follow(Subfile.fromBytes(content), content, start, end, steps))
      }),
      { numRuns: 500 }
    )
  })

  it("over a file, whatever pieces its reads come in, and never asking for a byte outside", () => {
    fc.assert(
      fc.property(contents, bounds, steps, fc.integer({ min: 1, max: 20 }), (content, [start, end], steps, short) => {
        const trace = { reads: [] as Array<readonly [number, number]> }
        const files = memory(new Map([["/f", content]]), { short }, trace)
        const run = Effect.scoped(
          Effect.flatMap(Subfile.open("/f"), (opened) => follow(opened, content, start, end, steps))
        )
        Effect.runSync(Effect.provide(run, files))
        const low = clamp(start, 0, content.length)
        const high = clamp(end, low, content.length)
        for (const [at, length] of trace.reads) assert.isTrue(at >= low && at + length <= high)
      }),
      { numRuns: 500 }
    )
  })

  it("over bytes with bounds of their own", () => {
    fc.assert(
      fc.property(contents, bounds, ([...content], [start, end]) => {
        const direct = Subfile.fromBytes(Uint8Array.from(content), start, end)
        const low = clamp(start, 0, content.length)
        assert.deepEqual(Array.from(Effect.runSync(direct.read())), content.slice(low, Math.max(low, end)))
        assert.strictEqual(direct.tell(), direct.size)
        assert.strictEqual(direct.start, low)
      })
    )
  })
})
