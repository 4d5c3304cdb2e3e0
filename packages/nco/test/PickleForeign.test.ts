import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { vectors } from "../../../harness/vectors.ts"
import { pickles } from "../conformance/pickles.ts"
import { mutate, random } from "../fuzz/mutate.ts"
import { damagedPickle, picklesIn } from "../fuzz/pickles.ts"
import { python } from "../interop/arrays.ts"
import { read, written } from "../interop/pickles.ts"

const seed = Number(process.env["BYTEWRIGHT_SEED"] ?? 20260101)

describe("foreign pickles", () => {
  const directory = vectors("nco")

  it.skipIf(directory === undefined)("decode as they should, and the malicious ones do no harm", () => {
    const outcomes = pickles(directory!)
    // How long a call takes is for the conformance runner to judge, on a quiet machine.
    const failed = outcomes.filter(({ message, passed }) => !passed && !message.startsWith("took "))
    assert.deepStrictEqual(failed, [])
    assert.isAbove(outcomes.length, 0)
  })
})

describe("damaged pickles", () => {
  it(`give values or typed errors, seed ${seed}`, () => {
    const samples = picklesIn(fileURLToPath(new URL("fixtures", import.meta.url)))
    for (let i = seed; i < seed + 3000; i++) {
      const next = random(i)
      const pick = () => samples[Math.floor(next() * samples.length)]!
      try {
        damagedPickle(mutate(pick(), pick(), next))
      } catch (error) {
        throw new Error(`seed ${i}`, { cause: error })
      }
    }
  })
})

describe("CPython", () => {
  const withNumpy = python()
  const plain = withNumpy ?? (spawnSync("python3", ["--version"]).status === 0 ? "python3" : undefined)

  it.skipIf(withNumpy === undefined)(`reads what is written here, seed ${seed}`, async () => {
    assert.deepStrictEqual((await written(withNumpy!, seed, 150)).failures, [])
  })

  it.skipIf(plain === undefined)(`writes what is read here, seed ${seed}`, async () => {
    assert.deepStrictEqual((await read(plain!, seed, 150)).failures, [])
  })
})
