/**
 * One float64 cell of a large file on disk, cold: each contender in a process of its own, which opens the file and
 * prints time and bytes.
 */
import { spawnSync } from "node:child_process"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { type Row, row } from "../../../harness/ratio.ts"
import { Writer } from "../src/index.ts"
import { makeBatches, schema } from "./data.ts"

const batches = 1200
const rounds = 5

/** Writes a file of 1,200 batches, the same 100 over and over. */
const writeFile = (path: string): void => {
  const made = makeBatches(100, 10_000)
  const writer = Result.getOrThrow(Writer.make(schema, { format: "file" }))
  const file = openSync(path, "w")
  const flush = (): void => {
    for (const chunk of writer.take()) writeSync(file, chunk)
  }
  for (let i = 0; i < batches; i++) {
    Result.getOrThrow(writer.write(made[i % 100]!))
    flush()
  }
  Result.getOrThrow(writer.finish())
  flush()
  closeSync(file)
}

interface Measured {
  readonly milliseconds: number
  readonly bytes: number
  readonly value: number
}

const run = (contender: "ours" | "apache", path: string): Measured => {
  const script = fileURLToPath(new URL(`cell-${contender}.ts`, import.meta.url))
  const { stdout, stderr } = spawnSync(process.execPath, [script, path, "777", "5000"], { encoding: "utf8" })
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout) as Measured
}

const median = (values: ReadonlyArray<number>): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

/** Time and bytes of one cell, against apache-arrow's reader of file handles. */
export const cell = (): ReadonlyArray<Row> => {
  const directory = mkdtempSync(join(tmpdir(), "arrow-cell-"))
  try {
    const path = join(directory, "large.arrow")
    writeFile(path)
    const times: Array<number> = []
    const bytes: Array<number> = []
    for (let i = 0; i < rounds; i++) {
      const ours = run("ours", path)
      const apache = run("apache", path)
      if (ours.value !== apache.value) throw new Error(`the cell is ${ours.value} here, ${apache.value} there`)
      times.push(ours.milliseconds / apache.milliseconds)
      bytes.push(ours.bytes / apache.bytes)
    }
    return [
      row("one cell of a file of 1,200 batches: time", "apache-arrow", median(times), { atMost: 0.4 }),
      row("one cell of a file of 1,200 batches: bytes read", "apache-arrow", median(bytes), { atMost: 0.3 })
    ]
  } finally {
    rmSync(directory, { recursive: true })
  }
}
