/** `node interop/unions.ts [--cases N] [--seed N] [--python PATH]`: reads random sliced unions of pyarrow. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual, parseArgs } from "node:util"
import * as Result from "effect/Result"
import { Table } from "../src/index.ts"
import { pythonWithArrow } from "./python.ts"

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "2000" },
    seed: { type: "string", default: "7" },
    python: { type: "string" }
  }
})

interface Case {
  readonly kind: string
  readonly values: ReadonlyArray<unknown>
}

const directory = mkdtempSync(join(tmpdir(), "arrow-unions-"))
const script = fileURLToPath(new URL("unions.py", import.meta.url))
execFileSync(pythonWithArrow(flags.python), [script, directory, flags.seed, flags.cases], { stdio: "inherit" })
const cases = JSON.parse(readFileSync(join(directory, "cases.json"), "utf8")) as ReadonlyArray<Case>
const counts = new Map<string, [equal: number, different: number]>()
for (const [i, { kind, values }] of cases.entries()) {
  const table = Result.getOrThrow(
    Table.fromBytes(new Uint8Array(readFileSync(join(directory, `${i}.arrows`))), { validation: "semantic" })
  )
  const count = counts.get(kind) ?? [0, 0]
  count[isDeepStrictEqual(table.column(0).toArray(), values) ? 0 : 1]++
  counts.set(kind, count)
}
rmSync(directory, { recursive: true })
for (const [kind, [equal, different]] of counts) console.log(`${kind}: ${equal} read equal, ${different} differ`)
process.exitCode = [...counts.values()].every(([, different]) => different === 0) ? 0 : 1
