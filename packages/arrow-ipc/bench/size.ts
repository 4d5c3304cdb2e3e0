/** What reading costs a bundle: Rollup, Terser and gzip, `effect` left outside. */
import { stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { rollup } from "rollup"
import { minify } from "terser"
import { type Row, row } from "../../../harness/ratio.ts"

/** `core`: batches and tables out of streams and files, fully checked. `defaults`: LZ4, semantic checks, detection too. */
const entries = {
  core: `export * from "./Core.ts"`,
  defaults: `export { fromBytes } from "./Table.ts"
export { StreamReader } from "./StreamReader.ts"
export { open } from "./FileReader.ts"`
}

export const bundle = async (entry: string): Promise<number> => {
  const source = fileURLToPath(new URL("../src/", import.meta.url))
  const built = await rollup({
    input: "entry",
    external: /^(effect|node:)/,
    plugins: [
      {
        name: "types",
        resolveId: (id) => (id === "entry" ? `${source}entry.ts` : null),
        load: (id) => (id === `${source}entry.ts` ? entry : null),
        transform: (code) => ({ code: stripTypeScriptTypes(code, { mode: "strip" }), map: null })
      }
    ]
  })
  const { output } = await built.generate({ format: "esm" })
  const { code } = await minify(output[0].code, { module: true, compress: { passes: 2 } })
  return gzipSync(code!, { level: 9 }).length
}

export const size = async (): Promise<ReadonlyArray<Row>> => [
  row("core size, gzip, KB", "absolute", (await bundle(entries.core)) / 1024, { atMost: 14 }),
  row(
    "the same with LZ4, semantic checks and detection",
    "absolute",
    (await bundle(entries.defaults)) / 1024,
    undefined
  )
]
