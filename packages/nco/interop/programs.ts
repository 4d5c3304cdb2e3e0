/** Random programs of opcodes, run by CPython and here: where both accept they must agree, and nothing CPython refuses may pass. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { difference, type Tag } from "../conformance/tagged.ts"
import { Pickle } from "../src/index.ts"

interface Answer {
  readonly seed: number
  readonly b64: string
  readonly tag?: Tag
  readonly error?: string
}

/** What came of the programs. */
export interface Report {
  readonly equal: number
  readonly refused: number
  /** What CPython takes and this package does not: calls that no pickler writes, such as `Decimal(1.5)`. */
  readonly stricter: number
  readonly failures: ReadonlyArray<string>
}

/** Runs `count` programs from `seed` on. */
export const programs = (python: string, seed: number, count: number): Report => {
  const script = fileURLToPath(new URL("programs.py", import.meta.url))
  const lines = execFileSync(python, ["-W", "ignore", script, String(seed), String(count)], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["ignore", "pipe", "ignore"]
  })
  const failures: Array<string> = []
  let [equal, refused, stricter] = [0, 0, 0]
  for (const line of lines.trim().split("\n")) {
    const answer = JSON.parse(line) as Answer
    const result = Pickle.decode(new Uint8Array(Buffer.from(answer.b64, "base64")), { profile: "lossless" })
    if (answer.tag === undefined) {
      if (Result.isFailure(result)) refused++
      else failures.push(`program ${answer.seed}: accepted, but CPython says ${answer.error}`)
    } else if (Result.isFailure(result)) stricter++
    else {
      const found = difference(answer.tag, result.success)
      if (found === undefined) equal++
      else failures.push(`program ${answer.seed}: ${found}`)
    }
  }
  return { equal, refused, stricter, failures }
}
