/**
 * Reads a directory of foreign Arrow files, and says which of them were not read as they should be.
 *
 *     node packages/arrow-ipc/conformance/run.ts DIR
 *
 * `DIR/manifest.json` lists the files. Those with a verdict of pyarrow are hostile: they must be refused with a typed
 * error or read, as it did, quickly and
 * in little memory. The others must give the values of `DIR/expected`, or of the `.json` beside them.
 */
import { existsSync, readFileSync } from "node:fs"
import { basename, dirname, extname, join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import * as Result from "effect/Result"
import { ArrowError, Framing, type ReadOptions, type Schema, Table } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { canonicalColumn } from "./canonical.ts"

interface Entry {
  readonly path: string
  readonly pyarrow?: "accept" | "reject" | "invalid"
}

type Pairs = ReadonlyArray<{ readonly key: string; readonly value: string }> | null

interface Expected {
  readonly types: ReadonlyArray<{ readonly name: string }>
  readonly cols: ReadonlyArray<ReadonlyArray<unknown>>
  readonly meta?: Pairs
  readonly fieldmeta?: ReadonlyArray<Pairs>
  readonly nbatches?: number
}

const mostMilliseconds = 50
const mostBytes = 50e6
const agreement = 0.98

const directory = process.argv[2]
if (directory === undefined) {
  console.error("usage: node packages/arrow-ipc/conformance/run.ts DIR")
  process.exit(2)
}

const options: ReadOptions.ReadOptions = { codecs: NodeCodecs.codecs }
const explanations = JSON.parse(readFileSync(new URL("differences.json", import.meta.url), "utf8")) as Record<
  string,
  string
>

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"))

let passed = 0
const failures: Array<string> = []

const judge = (path: string, fault: string | undefined): void => {
  if (fault === undefined) passed++
  else {
    failures.push(path)
    console.log(`FAIL ${path}: ${fault}`)
  }
}

/** Where the values of a file are said, if they are. */
const expectedOf = (path: string): Expected | undefined => {
  const stem = basename(path, extname(path))
  const candidates = [
    join(directory, "expected", `${basename(dirname(path))}__${stem.replace(/^generated_/, "")}.json`),
    join(directory, dirname(path), `${stem}.json`)
  ]
  const found = candidates.find((candidate) => existsSync(candidate))
  return found === undefined ? undefined : (readJson(found) as Expected)
}

const sorted = (pairs: Pairs): ReadonlyArray<string> => (pairs ?? []).map(({ key, value }) => `${key}=${value}`).sort()

const samePairs = (actual: Pairs, expected: Pairs | undefined): boolean =>
  expected === undefined || isDeepStrictEqual(sorted(actual), sorted(expected))

const holdsSingles = ({ children, type }: Schema.Field): boolean =>
  (type._tag === "FloatingPoint" && type.precision === "SINGLE") || children.some(holdsSingles)

/** Some vectors say a float32 by the shortest decimal that means it. */
const sameSingles = (actual: unknown, expected: unknown): boolean =>
  Array.isArray(actual) && Array.isArray(expected)
    ? actual.length === expected.length && actual.every((value, i) => sameSingles(value, expected[i]))
    : actual === expected || (typeof expected === "number" && actual === Math.fround(expected))

const compare = (table: Table.Table, expected: Expected): string | undefined => {
  const { fields, metadata } = table.schema
  const names = expected.types.map((type) => type.name)
  if (
    !isDeepStrictEqual(
      fields.map((field) => field.name),
      names
    )
  )
    return "names differ"
  if (expected.nbatches !== undefined && expected.nbatches !== table.batches.length) {
    return `${table.batches.length} batches, not ${expected.nbatches}`
  }
  if (!samePairs(metadata, expected.meta)) return "schema metadata differ"
  for (const [i, field] of fields.entries()) {
    if (!samePairs(field.metadata, expected.fieldmeta?.[i])) return `metadata of ${field.name} differ`
    const values = table.batches.flatMap((batch) => canonicalColumn(batch.column(i)))
    const same = holdsSingles(field) ? sameSingles : isDeepStrictEqual
    const row = values.findIndex((value, row) => !same(value, expected.cols[i]![row]))
    if (row >= 0) {
      return `${field.name}[${row}] is ${JSON.stringify(values[row])}, not ${JSON.stringify(expected.cols[i]![row])}`
    }
    if (values.length !== expected.cols[i]!.length) return `${field.name} has ${values.length} values`
  }
  return undefined
}

const checkValues = (path: string): string | undefined => {
  const bytes = new Uint8Array(readFileSync(join(directory, path)))
  const expected = expectedOf(path)
  if (expected === undefined) {
    const frames = Framing.frames(bytes)
    return Result.isFailure(frames) ? frames.failure.message : undefined
  }
  const table = Table.fromBytes(bytes, options)
  if (Result.isFailure(table)) return table.failure.message
  return compare(table.success, expected)
}

interface Outcome {
  readonly failure: ArrowError.ArrowError | undefined
  readonly other: unknown
  readonly milliseconds: number
  readonly bytes: number
}

const attempt = (bytes: Uint8Array, level: "full" | "semantic"): Outcome => {
  const before = process.memoryUsage()
  // Time of this process alone: on a busy machine the clock measures the others.
  const start = process.cpuUsage()
  let failure: ArrowError.ArrowError | undefined
  let other: unknown
  try {
    const table = Table.fromBytes(bytes, { ...options, validation: level })
    if (Result.isFailure(table)) failure = table.failure
  } catch (error) {
    other = error
  }
  const { system, user } = process.cpuUsage(start)
  const milliseconds = (system + user) / 1000
  return { failure, other, milliseconds, bytes: process.memoryUsage().rss - before.rss }
}

/** A case that took too much is tried again: what runs for the first time is compiled, and others' memory collected. */
const patiently = (bytes: Uint8Array): Outcome => {
  let outcome = attempt(bytes, "full")
  for (let i = 0; i < 3 && (outcome.milliseconds > mostMilliseconds || outcome.bytes > mostBytes); i++) {
    outcome = attempt(bytes, "full")
  }
  return outcome
}

const reasonOf = (failure: ArrowError.ArrowError): string => `${failure.reason._tag}/${failure.reason.code}`

let agreed = 0
let judged = 0

const checkHostile = (path: string, verdict: "accept" | "reject" | "invalid"): string | undefined => {
  const bytes = new Uint8Array(readFileSync(join(directory, path)))
  const outcome = patiently(bytes)
  judged++
  if (outcome.other !== undefined) return `threw ${String(outcome.other)}`
  if (outcome.milliseconds > mostMilliseconds) return `took ${outcome.milliseconds.toFixed(1)} ms`
  if (outcome.bytes > mostBytes) return `grew by ${(outcome.bytes / 1e6).toFixed(1)} MB`
  const refused = outcome.failure !== undefined
  if (refused === (verdict !== "accept")) {
    agreed++
    return undefined
  }
  // What full validation lets pass may still break a rule of meaning: then that rule is the reason.
  const why = outcome.failure ?? attempt(bytes, "semantic").failure
  const reason = why === undefined ? "accepted" : reasonOf(why)
  const explanation = explanations[reason]
  console.log(`DIFF ${path}: pyarrow ${verdict}, here ${refused ? "refused" : "read"} (${reason})`)
  if (explanation !== undefined) agreed++
  return explanation === undefined ? `${reason}: ${why?.message ?? "read"} has no explanation` : undefined
}

const entries = (readJson(join(directory, "manifest.json")) as { readonly files: ReadonlyArray<Entry> }).files.filter(
  ({ path }) => existsSync(join(directory, path))
)
const isData = (path: string): boolean => [".stream", ".arrow_file", ".tensor"].includes(extname(path))
const benign = entries.filter(({ path, pyarrow }) => pyarrow === undefined && isData(path))
const hostile = entries.filter(({ pyarrow }) => pyarrow !== undefined)

for (const { path } of benign) judge(path, checkValues(path))
const wrong = failures.length
// Warmed by the files that are well formed, the rest is timed.
for (const { path } of hostile) attempt(new Uint8Array(readFileSync(join(directory, path))), "full")
for (const { path, pyarrow } of hostile) judge(path, checkHostile(path, pyarrow!))
if (judged > 0) console.log(`hostile: ${agreed} of ${judged} agree or are explained`)
console.log(`${passed} passed, ${failures.length} failed`)
process.exitCode = wrong === 0 && agreed >= agreement * judged ? 0 : 1
