/** Files and pickles that CPython and NumPy generate, read as the foreign vectors are: every family that a program may meet, and what does harm. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { arrays } from "../conformance/arrays.ts"
import { pickles } from "../conformance/pickles.ts"

/** What came of the cases of one script. */
export interface Generated {
  readonly passed: number
  readonly failures: ReadonlyArray<string>
}

/** Runs a script that writes a directory shaped like the vectors, and all that it wrote. */
export const generated = (python: string, script: string, ...options: ReadonlyArray<string>): Generated => {
  const directory = mkdtempSync(join(tmpdir(), "bytewright-nco-generated-"))
  try {
    const path = fileURLToPath(new URL(script, import.meta.url))
    execFileSync(python, ["-W", "ignore", path, directory, ...options], { stdio: ["ignore", "ignore", "inherit"] })
    const outcomes = [...arrays(directory), ...pickles(directory)]
    const failures = outcomes.filter(({ passed }) => !passed).map(({ message, name }) => `${name}: ${message}`)
    return { passed: outcomes.length - failures.length, failures }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
