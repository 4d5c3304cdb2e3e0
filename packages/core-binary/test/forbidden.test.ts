import { assert, it } from "@effect/vitest"

// This file has a module state of its own: nothing has been asked before.
it("asks once, and only when first needed, whether code may be generated; closures do where it may not", async () => {
  const { AotCompiler, Binary, Codec } = await import("../src/index.ts")
  const original = globalThis.Function
  let asked = 0
  const forbidden = function () {
    asked++
    throw new EvalError("code generation is forbidden")
  }
  globalThis.Function = forbidden as unknown as FunctionConstructor
  try {
    const layout = Binary.Struct({ a: Binary.Uint8, b: Binary.Utf8(Binary.Uint8) })
    Codec.make(layout, { backend: "closures" })
    assert.strictEqual(asked, 0)
    const codec = Codec.make(layout)
    assert.deepStrictEqual(codec.decodeSync(codec.encodeSync({ a: 1, b: "b" })), { a: 1, b: "b" })
    assert.deepStrictEqual(codec.viewSync(Uint8Array.of(1, 0)), { a: 1, b: "" })
    Codec.make(Binary.Uint8)
    const stale = Binary.Struct({ a: Binary.Uint8 })
    AotCompiler.install(stale, { fingerprint: "of another layout", make: () => assert.fail("a stale module was used") })
    assert.deepStrictEqual(Codec.make(stale).decodeSync(Uint8Array.of(5)), { a: 5 })
    assert.strictEqual(asked, 1)
    assert.throws(() => Codec.make(layout, { backend: "generated" }), EvalError)
  } finally {
    globalThis.Function = original
  }
})
