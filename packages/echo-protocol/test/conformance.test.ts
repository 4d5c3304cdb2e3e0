import { assert, describe, it } from "@effect/vitest"
import { fileURLToPath } from "node:url"
import { vectors } from "../../../harness/vectors.ts"
import { judge, load } from "../conformance/run.ts"

const suite = (name: string, directory: string | undefined) => {
  describe.skipIf(directory === undefined)(name, () => {
    for (const each of directory === undefined ? [] : load(directory)) {
      it(each.name, () => assert.isUndefined(judge(each)))
    }
  })
}

suite("frames written with Python's struct", fileURLToPath(new URL("fixtures", import.meta.url)))
suite("foreign vectors", vectors("echo"))

describe("the judge", () => {
  const good = {
    name: "x",
    kind: "response",
    hex: "0000001600000000000000000000000000000000000000000000",
    accept: true
  } as const
  const value = { apiKey: 0, sequence: 0, id: 0, timestamp: "0", subject: "", body: "" }

  it("tells what is wrong", () => {
    assert.isUndefined(judge({ ...good, value }))
    assert.match(judge({ ...good, value: { ...value, id: 1 } })!, /^decoded to/)
    assert.match(judge({ ...good, accept: false, offset: 0 })!, /^accepted as/)
    assert.match(judge({ ...good, hex: "00" })!, /^refused/)
    assert.match(judge({ ...good, hex: "00", accept: false, offset: 5 })!, /^fault at 0, not at 5/)
  })
})
