import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { ArrowError, Metadata } from "../src/index.ts"
import { failureOf } from "./fixtures.ts"

describe("ArrowError", () => {
  it("says layer, code, byte, field and what is wrong", () => {
    const error = ArrowError.make({ _tag: "DataError", code: "utf8", row: 3 }, "the value is not UTF-8", 120, [
      "a",
      "b",
      0
    ])
    assert.strictEqual(error.message, "DataError/utf8 at byte 120 in a.b.0: the value is not UTF-8")
    assert.strictEqual(
      ArrowError.make({ _tag: "FileError", code: "magic" }, "no magic").message,
      "FileError/magic: no magic"
    )
    assert.strictEqual(error._tag, "ArrowError")
  })

  it("is all that attempt catches", () => {
    const error = ArrowError.make({ _tag: "FileError", code: "magic" }, "no magic")
    assert.deepStrictEqual(
      ArrowError.attempt(() => 1),
      Result.succeed(1)
    )
    const failed = ArrowError.attempt(() => {
      throw error
    })
    assert.strictEqual(failureOf(failed), error)
    assert.throws(
      () =>
        ArrowError.attempt(() => {
          throw new TypeError("a defect")
        }),
      TypeError
    )
  })

  it("counts from where the caller says", () => {
    const at = (offset?: number) => failureOf(Metadata.decodeFooter(new Uint8Array(0), offset)).offset
    assert.deepStrictEqual([at(), at(500)], [0, 500])
  })
})
