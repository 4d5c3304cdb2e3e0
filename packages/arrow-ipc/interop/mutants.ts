/**
 * `node interop/mutants.ts [--cases N] [--seed N] [--python PATH]`: damages fixtures and foreign vectors, and compares
 * whether they are read, validated in full, with what pyarrow says of them. Prints each kind of difference, how often
 * it was seen and a seed that shows it.
 */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Result from "effect/Result"
import { sources } from "../fuzz/cases.ts"
import { mutate } from "../fuzz/mutate.ts"
import { type ArrowError, type ReadOptions, Table } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { pythonWithArrow } from "./python.ts"

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    python: { type: "string" }
  }
})

const options: ReadOptions.ReadOptions = { codecs: NodeCodecs.codecs }
const explained = new Set(
  Object.keys(JSON.parse(readFileSync(new URL("../conformance/differences.json", import.meta.url), "utf8")) as object)
)

const first = Number(flags.seed)
const files = sources()
const mutants = Array.from({ length: Number(flags.cases) }, (_, i) => {
  const seed = first + i
  return mutate(files[seed % files.length]!, files[(seed * 7 + 3) % files.length]!, seed)
})

const input = mutants.flatMap((bytes) => {
  const prefix = Buffer.alloc(4)
  prefix.writeInt32LE(bytes.length)
  return [prefix, bytes]
})
const script = fileURLToPath(new URL("verdicts.py", import.meta.url))
const verdicts = execFileSync(pythonWithArrow(flags.python), [script], {
  input: Buffer.concat(input),
  maxBuffer: 2 ** 30,
  encoding: "utf8",
  stdio: ["pipe", "pipe", "ignore"]
})
  .trimEnd()
  .split("\n")
  .map((line) => line.split("\t") as [string, string])

const codeOf = ({ reason }: ArrowError.ArrowError): string => `${reason._tag}/${reason.code}`

/** The code of the rule that full validation leaves to the level above, if that is why a mutant was read. */
const semanticCode = (bytes: Uint8Array): string => {
  const outcome = Table.fromBytes(bytes, { ...options, validation: "semantic" })
  return Result.isFailure(outcome) ? codeOf(outcome.failure) : "read"
}

const differences = new Map<string, { count: number; seed: number }>()
let agreed = 0
let accounted = 0
for (const [i, bytes] of mutants.entries()) {
  const [verdict, why] = verdicts[i]!
  const outcome = Table.fromBytes(bytes, options)
  if (Result.isSuccess(outcome) === (verdict === "accept")) {
    agreed++
    continue
  }
  const code = Result.isFailure(outcome) ? codeOf(outcome.failure) : semanticCode(bytes)
  if (explained.has(code)) accounted++
  const theirs = `${verdict} ${why.replace(/-?\d+/g, "N").slice(0, 90)}`
  const kind = `${Result.isFailure(outcome) ? "refused" : "read"} (${code}${explained.has(code) ? ", explained" : ""}), pyarrow: ${theirs}`
  const found = differences.get(kind)
  if (found === undefined) differences.set(kind, { count: 1, seed: first + i })
  else found.count++
}

for (const [kind, { count, seed }] of [...differences].sort(([, a], [, b]) => b.count - a.count)) {
  console.log(`${count} (seed ${seed}): ${kind}`)
}
const total = mutants.length
console.log(
  `seed ${first}: of ${total} mutants ${agreed} agree with pyarrow (${((100 * agreed) / total).toFixed(2)}%), ` +
    `${accounted} differ as explained, ${total - agreed - accounted} otherwise`
)
process.exitCode = agreed + accounted >= 0.98 * total ? 0 : 1
