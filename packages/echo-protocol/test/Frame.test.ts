import { assert, describe, it } from "@effect/vitest"
import { Frame } from "../src/index.ts"

describe("text", () => {
  it("is strict UTF-8, both ways", () => {
    for (const text of ["", "plain", "é✓", "\ufeffmark", "\u{1f600}"])
      assert.strictEqual(Frame.text(Frame.bytes(text)!), text)
    assert.isUndefined(Frame.text(Uint8Array.of(0xff)))
    assert.isUndefined(Frame.text(Uint8Array.of(0xed, 0xa0, 0x80)))
    assert.isUndefined(Frame.bytes("\ud800"))
  })
})
