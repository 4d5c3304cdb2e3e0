import { assert, it } from "vitest"
import { vectors } from "../../../harness/vectors.ts"
import { arrays } from "../conformance/arrays.ts"
import { targetsOf } from "../fuzz/arrays.ts"
import { mutate, random } from "../fuzz/mutate.ts"
import { ncoFixtures, npyFixtures } from "./fixtures.ts"

const directory = vectors("nco")

it.skipIf(directory === undefined)("foreign objects, arrays and caches are read as they should", () => {
  const outcomes = arrays(directory!)
  assert.deepStrictEqual(
    outcomes.filter(({ passed }) => !passed),
    []
  )
  assert.isAbove(outcomes.length, 0)
})

const seed = Number(process.env["BYTEWRIGHT_SEED"] ?? 20260102)

it(`damaged objects and arrays give values or typed errors, seed ${seed}`, () => {
  const samples = [
    ...npyFixtures.map(({ npy }) => ({ name: "a.npy", bytes: npy })),
    ...ncoFixtures.map(({ bytes }) => ({ name: "a.nco", bytes }))
  ]
  for (let i = seed; i < seed + 3000; i++) {
    const next = random(i)
    const pick = () => samples[Math.floor(next() * samples.length)]!
    const { bytes, name } = pick()
    const damaged = mutate(bytes, pick().bytes, next)
    for (const target of targetsOf(name)) {
      try {
        target(damaged)
      } catch (error) {
        throw new Error(`seed ${i}`, { cause: error })
      }
    }
  }
})
