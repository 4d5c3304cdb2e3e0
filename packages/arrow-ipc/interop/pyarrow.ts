/**
 * `node interop/pyarrow.ts [--script unions|tables] [--cases N] [--seed N] [--python PATH]`: reads what pyarrow writes, random
 * sliced unions or tables of every type in every form, and compares the values.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual, parseArgs } from "node:util"
import * as Result from "effect/Result"
import { canonicalColumn } from "../conformance/canonical.ts"
import { Table } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { pythonWithArrow } from "./python.ts"

const { values: flags } = parseArgs({
  options: {
    script: { type: "string", default: "tables" },
    cases: { type: "string", default: "2000" },
    seed: { type: "string", default: "7" },
    python: { type: "string" }
  }
})

interface Case {
  readonly kind: string
  readonly path: string
  /** In the canonical form of the conformance runner. */
  readonly columns: ReadonlyArray<ReadonlyArray<unknown>>
}

const directory = mkdtempSync(join(tmpdir(), "arrow-pyarrow-"))
const script = fileURLToPath(new URL(`${flags.script}.py`, import.meta.url))
execFileSync(pythonWithArrow(flags.python), [script, directory, flags.seed, flags.cases], { stdio: "inherit" })
const cases = JSON.parse(readFileSync(join(directory, "cases.json"), "utf8")) as ReadonlyArray<Case>
const counts = new Map<string, [equal: number, different: number]>()
for (const { columns, kind, path } of cases) {
  const count = counts.get(kind) ?? [0, 0]
  const read = Table.fromBytes(new Uint8Array(readFileSync(join(directory, path))), { codecs: NodeCodecs.codecs })
  const values = Result.map(read, ({ batches, schema }) =>
    schema.fields.map((_, i) => batches.flatMap((batch) => canonicalColumn(batch.column(i))))
  )
  const isEqual = Result.isSuccess(values) && isDeepStrictEqual(values.success, columns)
  if (!isEqual) console.log(path, kind, Result.isFailure(values) ? values.failure.message : "differs")
  count[isEqual ? 0 : 1]++
  counts.set(kind, count)
}
rmSync(directory, { recursive: true })
for (const [kind, [equal, different]] of counts) console.log(`${kind}: ${equal} read equal, ${different} differ`)
process.exitCode = [...counts.values()].every(([, different]) => different === 0) ? 0 : 1
