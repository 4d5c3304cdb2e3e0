/**
 * `node interop/pyarrow.ts [--script unions|tables] [--cases N] [--seed N] [--python PATH]`: reads what pyarrow writes, random
 * sliced unions or tables of every type in every form, and compares the values, and every way of reading them.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual, parseArgs } from "node:util"
import * as Result from "effect/Result"
import { bigEndian } from "../conformance/bigEndian.ts"
import { canonicalColumn } from "../conformance/canonical.ts"
import { contradictions } from "../conformance/readings.ts"
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

const valuesOf = ({ batches, schema }: Table.Table): ReadonlyArray<ReadonlyArray<unknown>> =>
  schema.fields.map((_, i) => batches.flatMap((batch) => canonicalColumn(batch.column(i))))

/** What is wrong with how a case is read. */
const faults = ({ columns, kind, path }: Case): ReadonlyArray<string> => {
  const bytes = new Uint8Array(readFileSync(join(directory, path)))
  const read = Table.fromBytes(bytes, { codecs: NodeCodecs.codecs })
  if (Result.isFailure(read)) return [read.failure.message]
  const found = [...contradictions(read.success)]
  if (!isDeepStrictEqual(valuesOf(read.success), columns)) found.push("differs")
  if (kind !== "stream, plain") return found
  const turned = Result.map(Table.fromBytes(bigEndian(bytes)), valuesOf)
  return isDeepStrictEqual(turned, Result.succeed(columns)) ? found : [...found, "differs as a big-endian stream"]
}

const counts = new Map<string, [equal: number, different: number]>()
for (const one of cases) {
  const { kind, path } = one
  const count = counts.get(kind) ?? [0, 0]
  const wrong = faults(one)
  const isEqual = wrong.length === 0
  if (!isEqual) console.log(path, kind, wrong.join("; "))
  count[isEqual ? 0 : 1]++
  counts.set(kind, count)
}
rmSync(directory, { recursive: true })
for (const [kind, [equal, different]] of counts) console.log(`${kind}: ${equal} read equal, ${different} differ`)
process.exitCode = [...counts.values()].every(([, different]) => different === 0) ? 0 : 1
