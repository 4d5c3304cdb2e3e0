/**
 * Differential runs against CPython and NumPy: random values written here and read there, and the other way round, compared by
 * the tagged form.
 */
import { execFileSync, spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { difference, type Tag } from "../conformance/tagged.ts"
import { Pickle } from "../src/index.ts"
import { randomValue } from "./random.ts"

export interface Report {
  readonly cases: number
  /** What differs, with the seed that shows it again. */
  readonly failures: ReadonlyArray<string>
}

const peer = fileURLToPath(new URL("peer.py", import.meta.url))

/** The Python of a virtual environment in `directory` with the packages in it, made where there is none. */
export const environment = (directory: string, packages: ReadonlyArray<string>): string => {
  const python = join(directory, "bin", "python")
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", directory], { stdio: "inherit" })
  execFileSync(python, ["-m", "pip", "install", "--quiet", ...packages], { stdio: "inherit" })
  return python
}

/** Sends lines to the peer and hands back one answer a line, in order. */
const converse = async (
  python: string,
  commands: ReadonlyArray<unknown>,
  expected: number,
  onAnswer: (answer: never, index: number) => void
): Promise<void> => {
  const child = spawn(python, [peer], { stdio: ["pipe", "pipe", "inherit"] })
  child.stdin.end(commands.map((command) => `${JSON.stringify(command)}\n`).join(""))
  let index = 0
  for await (const line of createInterface({ input: child.stdout })) onAnswer(JSON.parse(line) as never, index++)
  if (index !== expected) throw new Error(`Python answered ${index} times of ${expected}`)
}

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")

/** Values written here, read by Python. */
export const written = async (python: string, seed: number, count: number): Promise<Report> => {
  const failures: Array<string> = []
  const cases: Array<{ readonly seed: number; readonly protocol: 2 | 3 | 4 | 5; readonly value: unknown }> = []
  const commands: Array<unknown> = []
  for (let i = seed; i < seed + count; i++) {
    const protocol = ([2, 3, 4, 5] as const)[i % 4]!
    const value = randomValue(i, protocol)
    const beside = protocol === 5 && i % 3 === 0
    const encoded = beside
      ? Pickle.encodeWithBuffers(value, { profile: "lossless" })
      : Result.map(Pickle.encode(value, { protocol, profile: "lossless" }), (bytes) => ({ bytes, buffers: [] }))
    if (Result.isFailure(encoded)) {
      failures.push(`seed ${i}, protocol ${protocol}: ${encoded.failure.message}`)
      continue
    }
    cases.push({ seed: i, protocol, value })
    commands.push({ load: b64(encoded.success.bytes), buffers: encoded.success.buffers.map(b64) })
  }
  await converse(
    python,
    commands,
    commands.length,
    (answer: { readonly tag?: Tag; readonly error?: string }, index) => {
      const { protocol, seed, value } = cases[index]!
      const found = answer.error ?? difference(answer.tag!, value)
      if (found !== undefined) failures.push(`seed ${seed}, protocol ${protocol}: ${found}`)
    }
  )
  return { cases: count, failures }
}

/** Values written by Python, read here; and written here again, and read here. */
export const read = async (python: string, seed: number, count: number): Promise<Report> => {
  const failures: Array<string> = []
  await converse(
    python,
    [{ make: seed, count }],
    count,
    (made: { readonly b64: string; readonly buffers: ReadonlyArray<string>; readonly tag: Tag }, index) => {
      const decode = (bytes: Uint8Array, buffers: ReadonlyArray<Uint8Array>) =>
        Pickle.decode(bytes, { profile: "lossless", buffers })
      const buffers = made.buffers.map((text) => new Uint8Array(Buffer.from(text, "base64")))
      const first = decode(new Uint8Array(Buffer.from(made.b64, "base64")), buffers)
      const again = Result.flatMap(
        Result.flatMap(first, (value) => Pickle.encode(value, { protocol: 5, profile: "lossless" })),
        (bytes) => decode(bytes, [])
      )
      for (const [what, result] of [
        ["read", first],
        ["read again", again]
      ] as const) {
        const found = Result.isFailure(result) ? result.failure.message : difference(made.tag, result.success)
        if (found !== undefined) failures.push(`Python's seed ${seed + index}, ${what}: ${found}`)
      }
    }
  )
  return { cases: count, failures }
}
