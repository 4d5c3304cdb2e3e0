/**
 * `node fuzz/run.ts [--cases N] [--seed N]`: decodes mutated files, a million by default; nothing but typed errors may come out, and none
 * may take 100 ms. The seed of a case that fails replays it alone: `node fuzz/run.ts --cases 1 --seed N`.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { vectors } from "../../../harness/vectors.ts"
import { npyFixtures, ncoFixtures } from "../test/fixtures.ts"
import { targetsOf } from "./arrays.ts"
import { mutate, random } from "./mutate.ts"
import { picklesIn } from "./pickles.ts"

const { values } = parseArgs({
  options: { cases: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } }
})
const cases = Number(values.cases)
const seed = Number(values.seed)

interface Sample {
  readonly name: string
  readonly bytes: Uint8Array
}

const filesOf = (directory: string): ReadonlyArray<Sample> =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .sort()
    .filter((name) => targetsOf(name).length > 0 && statSync(join(directory, name)).size <= 16_384)
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(directory, name))) }))

const foreign = vectors("nco")
const fixtures = fileURLToPath(new URL("../test/fixtures", import.meta.url))
const pickles = [fixtures, ...(foreign === undefined ? [] : [foreign])].flatMap(picklesIn)
const samples: ReadonlyArray<Sample> = [
  ...npyFixtures.map(({ name, npy }) => ({ name: `${name}.npy`, bytes: npy })),
  ...ncoFixtures.map(({ bytes, start }) => ({ name: `${start}.nco`, bytes })),
  ...filesOf(fileURLToPath(new URL("../test/fixtures/cache", import.meta.url))),
  ...(foreign === undefined ? [] : filesOf(foreign)),
  ...pickles.map((bytes, i) => ({ name: `${i}.pkl`, bytes }))
]

const one = (seed: number): void => {
  const next = random(seed)
  const pick = () => samples[Math.floor(next() * samples.length)]!
  const sample = pick()
  const bytes = mutate(sample.bytes, pick().bytes, next)
  for (const target of targetsOf(sample.name)) {
    const start = performance.now()
    try {
      target(bytes)
    } catch (error) {
      throw new Error(`${sample.name}, seed ${seed}`, { cause: error })
    }
    const elapsed = performance.now() - start
    if (elapsed > 100) slow.push(`${sample.name}, seed ${seed}: ${elapsed.toFixed(0)} ms`)
  }
}

const slow: Array<string> = []
for (let i = 0; i < cases; i++) one(seed + i)
// A shared machine pauses now and then: only what is slow again is slow.
const again = slow.splice(0)
for (const line of again) one(Number(/seed (\d+)/.exec(line)![1]))
for (const line of slow) console.log(`slow: ${line}`)
console.log(`${cases} cases from ${samples.length} files, seed ${seed}: only typed errors, ${slow.length} slow`)
process.exitCode = slow.length === 0 ? 0 : 1
