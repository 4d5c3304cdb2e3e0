import { assert, describe, it } from "@effect/vitest"
import { stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"
import { rollup } from "rollup"

const source = fileURLToPath(new URL("../src/", import.meta.url))

/** The modules of `internal` of which a program ships anything. */
const shipped = async (layout: string): Promise<ReadonlyArray<string>> => {
  const program = `import * as Binary from "./Binary.ts"
import * as Codec from "./Codec.ts"
export const codec = Codec.make(${layout})`
  const built = await rollup({
    input: "program",
    external: /^(effect|node:)/,
    treeshake: "smallest",
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? `${source}program.ts` : null),
        load: (id) => (id === `${source}program.ts` ? program : null),
        transform: (code) => ({ code: stripTypeScriptTypes(code, { mode: "strip" }), map: null })
      }
    ]
  })
  const { output } = await built.generate({ format: "esm" })
  return Object.entries(output[0].modules)
    .filter(([, { renderedExports }]) => renderedExports.length > 0)
    .map(([id]) => id.slice(source.length))
    .filter((id) => /^internal\/(node|length|text)\//.test(id))
    .map((id) => id.slice("internal/".length, -".ts".length))
    .sort()
}

describe("a program ships the kinds of its own layout, and no others", () => {
  const text = [
    "length/Fixed",
    "length/Prefixed",
    "length/counted",
    "node/Int",
    "node/Text",
    "text/Encoding",
    "text/utf8"
  ]

  it("numbers and text", async () => {
    const layout = "Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) })"
    assert.deepStrictEqual(await shipped(layout), [...text, "node/Struct"].sort())
  })

  it("one number", async () => {
    assert.deepStrictEqual(await shipped("Binary.Uint16"), ["node/Int"])
  })

  it("a float and a varint", async () => {
    const layout = "Binary.Struct({ a: Binary.Float32, b: Binary.Varint() })"
    assert.deepStrictEqual(await shipped(layout), ["node/Float", "node/Struct", "node/Varint"])
  })

  it("an expression comes with what evaluates it, and a window with what closes it", async () => {
    const found = await shipped("Binary.Struct({ size: Binary.Uint8, name: Binary.Utf8(Binary.field('size')) })")
    assert.deepStrictEqual(found, [...text, "length/Computed", "node/Struct"].sort())
    const window = await shipped("Binary.Window(Binary.Uint8, Binary.Uint8)")
    assert.includeMembers([...window], ["node/Window", "length/sized"])
    assert.notInclude(window, "node/Array")
  })
})
