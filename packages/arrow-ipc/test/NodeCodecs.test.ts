import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { CompressionCodecs } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

describe("NodeCodecs", () => {
  for (const name of ["LZ4_FRAME", "ZSTD"] as const) {
    const codec = NodeCodecs.codecs[name]!
    it(`gives back what it compressed, ${name}`, () => {
      for (const length of [0, 1, 1000, 5_000_000]) {
        const bytes = new Uint8Array(length).map((_, i) => i >> 3)
        const back = codec.decompress(codec.compress(bytes), length)
        assert.strictEqual(Object.getPrototypeOf(back), Uint8Array.prototype)
        assert.isTrue(Buffer.compare(back, bytes) === 0)
      }
    })

    it(`stops a bomb at the length that was announced, ${name}`, () => {
      const bomb = codec.compress(new Uint8Array(50_000_000))
      assert.throws(() => codec.decompress(bomb, 1000))
      assert.throws(() => codec.decompress(bomb, 0))
    })

    it(`refuses what it did not write, ${name}`, () => {
      assert.throws(() => codec.decompress(new Uint8Array(20), 20))
      assert.throws(() => codec.decompress(codec.compress(new Uint8Array(1000)).subarray(0, 8), 1000))
    })
  }

  it("provides both codecs", async () => {
    const codecs = Effect.service(CompressionCodecs.CompressionCodecs)
    assert.strictEqual(await Effect.runPromise(Effect.provide(codecs, NodeCodecs.layer)), NodeCodecs.codecs)
    assert.isUndefined((await Effect.runPromise(codecs)).ZSTD)
  })
})
