import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { vectors } from "../../../harness/vectors.ts"

const directory = vectors("arrow")

describe("foreign files", () => {
  it.skipIf(directory === undefined)("have the values they should, or are refused as they should be", () => {
    const script = fileURLToPath(new URL("../conformance/run.ts", import.meta.url))
    const { status, stdout } = spawnSync(process.execPath, [script, directory!], { encoding: "utf8" })
    assert.strictEqual(status, 0, stdout)
    assert.match(stdout, /\n\d+ passed, 0 failed\n$/)
  })
})
