import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath, pathToFileURL } from "node:url"
import { AotCompiler, Binary, Codec } from "../src/index.ts"

const directory = fileURLToPath(new URL("../.examples/aot/", import.meta.url))

const build = async (name: string, text: string): Promise<AotCompiler.Module> => {
  mkdirSync(directory, { recursive: true })
  const file = `${directory}${name}.mjs`
  writeFileSync(file, text)
  return (await import(/* @vite-ignore */ pathToFileURL(file).href)) as AotCompiler.Module
}

const make = () =>
  Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8), kind: Binary.Enum(Binary.Uint8, { a: 1, b: 2 }) })
const value = { id: 7, name: "né", kind: "b" } as const

describe("AotCompiler", () => {
  it("gives a module that reads and writes as the layout does", async () => {
    const layout = make()
    const module = await build("same", AotCompiler.emit(layout))
    let used = 0
    AotCompiler.install(layout, { ...module, make: (R, K) => (used++, module.make(R, K)) })
    const codec = Codec.make(layout)
    assert.strictEqual(used, 1)
    const bytes = codec.encodeSync(value)
    assert.deepStrictEqual(bytes, Codec.make(make(), { backend: "closures" }).encodeSync(value))
    assert.deepStrictEqual(codec.decodeSync(bytes), value)
    assert.throws(() => codec.decodeSync(bytes.subarray(1)))
  })

  it("passes over a module of other options, or of a layout that has changed", async () => {
    const layout = make()
    const stale = await build("stale", AotCompiler.emit(layout, { limits: { maxBytes: 100 } }))
    AotCompiler.install(layout, { ...stale, make: () => assert.fail("a stale module was used") })
    assert.deepStrictEqual(Codec.make(layout).decodeSync(Codec.make(layout).encodeSync(value)), value)
    assert.throws(() => Codec.make(layout, { limits: { maxBytes: 100 } }), /stale/)
    const current = await build("current", AotCompiler.emit(layout))
    let used = 0
    AotCompiler.install(layout, { ...current, make: (R, K) => (used++, current.make(R, K)) })
    assert.deepStrictEqual(Codec.make(layout).decodeSync(Codec.make(layout).encodeSync(value)), value)
    assert.strictEqual(used, 1)
  })

  it("works where code may not be generated, and closures do where nothing is installed", () => {
    const layout = make()
    const file = `${directory}forbidden.mjs`
    mkdirSync(directory, { recursive: true })
    writeFileSync(file, AotCompiler.emit(layout))
    const program = `
import { AotCompiler, Binary, Codec } from "${new URL("../src/index.ts", import.meta.url).href}"
import * as module from "${pathToFileURL(file).href}"
const make = () => Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8), kind: Binary.Enum(Binary.Uint8, { a: 1, b: 2 }) })
const value = ${JSON.stringify(value)}
const layout = make()
let used = 0
AotCompiler.install(layout, { ...module, make: (R, K) => (used++, module.make(R, K)) })
const bytes = Codec.make(layout).encodeSync(value)
const plain = Codec.make(make())
if (JSON.stringify(plain.decodeSync(bytes)) !== JSON.stringify(value)) throw new Error("closures differ")
if (JSON.stringify(Codec.make(layout).viewSync(bytes)) !== JSON.stringify(value)) throw new Error("views differ")
AotCompiler.install(layout, { ...module, fingerprint: "stale" })
let refused = false
try { Codec.make(make(), { backend: "generated" }) } catch { refused = true }
console.log(used, refused, bytes.length)`
    const script = `${directory}forbidden-main.mts`
    writeFileSync(script, program)
    const printed = execFileSync(process.execPath, ["--disallow-code-generation-from-strings", script], {
      encoding: "utf8"
    })
    assert.strictEqual(printed.trim(), "1 true 7")
    rmSync(script)
  })
})
