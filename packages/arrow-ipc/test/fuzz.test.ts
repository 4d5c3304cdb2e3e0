import { assert, describe, it } from "vitest"
import { run, sources } from "../fuzz/cases.ts"
import { mutate } from "../fuzz/mutate.ts"

const first = Number(process.env["BYTEWRIGHT_SEED"] ?? 20_261_121)

describe("fuzz", () => {
  const files = sources()

  it("accepts every file it mutates, or refuses it with a typed error", () => {
    for (const file of files) assert.include(["accept", "reject"], run(file))
  })

  it(`ends every mutant in a value or a typed error (replay: BYTEWRIGHT_SEED=${first})`, () => {
    const outcomes = new Set<string>()
    for (let seed = first; seed < first + 1500; seed++) {
      const outcome = run(mutate(files[seed % files.length]!, files[(seed * 7 + 3) % files.length]!, seed))
      assert.include(["accept", "reject"], outcome, `seed ${seed}`)
      outcomes.add(outcome)
    }
    assert.deepStrictEqual([...outcomes].sort(), ["accept", "reject"])
  })
})
