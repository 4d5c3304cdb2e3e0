/**
 * Beside pyarrow on one thread, for the record. `PYTHON` names a Python that has pyarrow; without one the rows are left
 * out, and that is said.
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { median, type Row, row } from "../../../harness/ratio.ts"
import { type NumberColumn, Table } from "../src/index.ts"

const rounds = 21

interface Timed {
  readonly open: number
  readonly sum: number
  readonly total: number
}

const seconds = (run: () => unknown): number => {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return median(times) / 1000
}

const ours = (bytes: Uint8Array): Timed => {
  const open = () => Result.getOrThrow(Table.fromBytes(bytes, { validation: "structural" }))
  const { chunks } = open().column("float64")
  const sum = (): number => {
    let total = 0
    for (const chunk of chunks) {
      const { values } = chunk as NumberColumn.NumberColumn
      let part = 0
      for (let i = 0; i < values.length; i++) part += values[i]!
      total += part
    }
    return total
  }
  return { open: seconds(open), sum: seconds(sum), total: sum() }
}

/** Both in turns, three times; the medians of the ratios. */
export const besidePyarrow = (bytes: Uint8Array): ReadonlyArray<Row> => {
  const directory = mkdtempSync(join(tmpdir(), "arrow-pyarrow-"))
  try {
    const path = join(directory, "table.stream")
    writeFileSync(path, bytes)
    const script = fileURLToPath(new URL("single_thread.py", import.meta.url))
    const python = process.env["PYTHON"] ?? "python3"
    const opens: Array<number> = []
    const sums: Array<number> = []
    for (let i = 0; i < 3; i++) {
      const { stdout } = spawnSync(python, [script, path, String(rounds)], { encoding: "utf8" })
      if (stdout === null || stdout === "") {
        console.error(`skipped: rows beside pyarrow, which ${python} has not (PYTHON=PATH names one that has)`)
        return []
      }
      const theirs = JSON.parse(stdout) as Timed
      const here = ours(bytes)
      if (Math.abs(here.total - theirs.total) > 1e-6 * Math.abs(theirs.total)) throw new Error("the sums differ")
      opens.push(here.open / theirs.open)
      sums.push(here.sum / theirs.sum)
    }
    return [
      row("open, structurally checked", "pyarrow, one thread", median(opens), { atMost: 5 }),
      row("sum of float64, chunk by chunk", "pyarrow, one thread", median(sums), { atMost: 1.6 })
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}
