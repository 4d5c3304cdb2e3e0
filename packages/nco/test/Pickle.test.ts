import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { difference, type Tag } from "../conformance/tagged.ts"
import { Pickle } from "../src/index.ts"

interface Case {
  readonly name: string
  readonly protocol: number
  readonly b64: string
  readonly tag: number
  readonly listing?: string
}

const { cases, tags } = JSON.parse(readFileSync(new URL("fixtures/pickles.json", import.meta.url), "utf8")) as {
  readonly cases: ReadonlyArray<Case>
  readonly tags: ReadonlyArray<Tag>
}

const bytesOf = (b64: string): Uint8Array => new Uint8Array(Buffer.from(b64, "base64"))

describe("values pickled by CPython and NumPy", () => {
  for (const { b64, listing, name, protocol, ...each } of cases) {
    const tag = tags[each.tag]!
    it(`${name}, protocol ${protocol}`, () => {
      const bytes = bytesOf(b64)
      const value = Result.getOrThrow(Pickle.decode(bytes, { profile: "lossless" }))
      assert.strictEqual(difference(tag, value), undefined)
      if (listing !== undefined) assert.strictEqual(Result.getOrThrow(Pickle.disassemble(bytes)), listing)

      assert.strictEqual(Pickle.scan(bytes).verdict, "safe")

      for (const to of [2, 3, 4, 5] as const) {
        for (const identity of name === "cycles" || name === "arrays"
          ? (["graph"] as const)
          : (["graph", "tree"] as const)) {
          const encoded = Result.getOrThrow(Pickle.encode(value, { profile: "lossless", protocol: to, identity }))
          const again = Result.getOrThrow(Pickle.decode(encoded, { profile: "lossless" }))
          // Below protocol 5, NumPy's arrays come back in the machine's byte order.
          if (name !== "arrays" || to === 5 || protocol < 5) assert.strictEqual(difference(tag, again), undefined)
        }
      }
    })

    it(`${name}, protocol ${protocol}, cut short anywhere`, () => {
      const bytes = bytesOf(b64)
      const step = Math.max(1, Math.floor(bytes.length / 300))
      for (let end = 0; end < bytes.length; end += step) {
        const result = Pickle.decode(bytes, { end })
        assert.isTrue(Result.isFailure(result))
        if (Result.isFailure(result)) {
          const { offset, reason } = result.failure
          // Values that the default profile has no place for are noticed before the end is.
          assert.include(["PickleTruncated", "NotRepresentable"], reason._tag)
          assert.isAtMost(offset, end)
        }
      }
    })
  }
})
