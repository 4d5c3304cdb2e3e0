/** What a program with one layout costs a bundle: Rollup, Terser and gzip, `effect` left outside. */
import { stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { rollup } from "rollup"
import { minify } from "terser"
import { type Row, row } from "../../../harness/ratio.ts"

/** The bytes of a program of this directory, as it is shipped. */
export const bundle = async (entry: string): Promise<number> => {
  const built = await rollup({
    input: fileURLToPath(new URL(entry, import.meta.url)),
    external: /^(effect|node:)/,
    plugins: [
      { name: "types", transform: (code) => ({ code: stripTypeScriptTypes(code, { mode: "strip" }), map: null }) }
    ]
  })
  const { output } = await built.generate({ format: "esm" })
  const { code } = await minify(output[0].code, { module: true, compress: { passes: 2 } })
  return gzipSync(code!, { level: 9 }).length
}

export const sizes = async (): Promise<ReadonlyArray<Row>> => [
  row("one-layout program, gzip, KB", "absolute", (await bundle("entry.ts")) / 1024, { atMost: 10 }),
  row("the same with the Echo request, gzip, KB", "absolute", (await bundle("entryEcho.ts")) / 1024, undefined)
]
