import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { examples } from "../../../harness/examples.ts"

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

const server = spawn(process.execPath, [path("../../demo-server/src/main.ts"), "--port", "0"])
let port = ""

beforeAll(async () => {
  const [line] = await once(server.stdout, "data")
  port = /listening on port (\d+)/.exec(String(line))![1]!
  process.env["ECHO_URL"] = `echo://127.0.0.1:${port}`
})
afterAll(() => {
  server.kill()
})

// The client example of the repository's front page, against the demo server.
examples(path(".."), "../../README.md")

/** What a run prints without its figures, which no two runs share. */
const shape = (output: string): string =>
  output
    .trim()
    .replaceAll(/\d[\d,.]*( (µs|ms|s)$)?/gm, "#")
    .replaceAll(/# (µs|ms|s)\b/g, "#")
    .replaceAll(/ +/g, " ")

describe("README.md", () => {
  const blocks = readFileSync(path("../README.md"), "utf8").matchAll(
    /^ {4}\$ load-tester (.*)\n((?: {4}(?!\$).*\n|\n)+)/gm
  )
  for (const [, line, printed] of blocks) {
    it(`load-tester ${line}`, async () => {
      const arguments_ = line!.replace("7000", port).split(" ")
      const stdout = await new Promise<string>((resolve, reject) => {
        execFile(process.execPath, [path("../src/main.ts"), ...arguments_], (error, stdout) =>
          error === null ? resolve(stdout) : reject(error)
        )
      })
      assert.strictEqual(shape(stdout), shape(printed!.replaceAll(/^ {4}/gm, "")))
    })
  }
})
