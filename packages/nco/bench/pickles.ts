/** Pickles: pickleparser in this process, CPython's C modules in one of their own. */
import { deepStrictEqual } from "node:assert"
import { spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { Parser } from "pickleparser"
import { median, row, type Row } from "../../../harness/ratio.ts"
import { python } from "../interop/arrays.ts"
import { Pickle } from "../src/index.ts"

const rounds = 11

const ok = Result.getOrThrow

/** Seconds of one call. */
const seconds = (call: () => unknown) => async (): Promise<number> => {
  const start = performance.now()
  call()
  return (performance.now() - start) / 1000
}

/** The median of the ratios of two times, measured in turns. */
const ratio = async (subject: () => Promise<number>, against: () => Promise<number>): Promise<number> => {
  const ratios: Array<number> = []
  // Until the machine's hot function is compiled, what is measured is the compiler.
  for (let i = 0; i < 6; i++) await subject()
  await against()
  for (let round = 0; round < rounds; round++) {
    const first = round % 2 === 0 ? await subject() : await against()
    const second = round % 2 === 0 ? await against() : await subject()
    ratios.push(round % 2 === 0 ? first / second : second / first)
  }
  return median(ratios)
}

/** The rows of the table, and what could not be measured. */
export const pickles = async (): Promise<{
  readonly rows: ReadonlyArray<Row>
  readonly notes: ReadonlyArray<string>
}> => {
  const interpreter = python() ?? (spawnSync("python3", ["--version"]).status === 0 ? "python3" : undefined)
  if (interpreter === undefined) return { rows: [], notes: ["no Python: the pickle rows are left out"] }
  const directory = mkdtempSync(join(tmpdir(), "bytewright-pickle-bench-"))
  const script = fileURLToPath(new URL("pickles.py", import.meta.url))
  const child = spawn(interpreter, [script, directory], { stdio: ["pipe", "pipe", "inherit"] })
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const names = String((await lines.next()).value).split(" ")
    const cpython = (what: "loads" | "dumps", name: string) => async (): Promise<number> => {
      child.stdin.write(`${what} ${name}\n`)
      return Number((await lines.next()).value)
    }
    const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(directory, name)))
    const ours = (bytes: Uint8Array, profile: "js" | "lossless" = "js") =>
      seconds(() => ok(Pickle.decode(bytes, { profile })))
    const pickleparser = (bytes: Uint8Array) => seconds(() => new Parser().parse(bytes))
    const rows: Array<Row> = []
    const beside = async (
      what: string,
      peer: string,
      atMost: number | undefined,
      subject: () => Promise<number>,
      against: () => Promise<number>
    ) => {
      rows.push(row(what, peer, await ratio(subject, against), atMost === undefined ? undefined : { atMost }))
    }
    const records = bytesOf("records")
    const size = `${Math.round(records.length / 1e6)} MB of records`
    const value = ok(Pickle.decode(records))
    await beside(
      `encode ${size}, with identity`,
      "CPython",
      1.3,
      seconds(() => ok(Pickle.encode(value))),
      cpython("dumps", "records")
    )
    await beside(`decode ${size}, js`, "pickleparser", 0.3, ours(records), pickleparser(records))
    await beside(`decode ${size}, lossless`, "pickleparser", 0.6, ours(records, "lossless"), pickleparser(records))
    await beside(`decode ${size}, js`, "CPython", 0.2, ours(records), cpython("loads", "records"))
    // What V8 itself needs for the same values, from text: what the row before can hope for.
    const json = JSON.stringify(value)
    deepStrictEqual(JSON.parse(json), value)
    await beside(
      `JSON.parse of the same records`,
      "CPython",
      undefined,
      seconds(() => JSON.parse(json)),
      cpython("loads", "records")
    )
    for (const [name, atMost] of [
      ["floats", 1],
      ["ints", 0.25],
      ["strings", 0.65]
    ] as const) {
      const bytes = bytesOf(name)
      await beside(
        `decode ${Math.round(bytes.length / 1e6)} MB of ${name}`,
        "pickleparser",
        atMost,
        ours(bytes),
        pickleparser(bytes)
      )
    }
    const notes: Array<string> = []
    if (names.includes("metadata")) {
      await beside(
        "decode 20,000 dicts with arrays",
        "CPython",
        0.3,
        ours(bytesOf("metadata")),
        cpython("loads", "metadata")
      )
    } else notes.push("no NumPy: run interop/run.ts first, or set BYTEWRIGHT_PYTHON")
    return { rows, notes }
  } finally {
    child.stdin.end()
    rmSync(directory, { recursive: true, force: true })
  }
}
