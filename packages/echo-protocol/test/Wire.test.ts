import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Explain, Fingerprint, Mermaid } from "@bytewright/core-binary"
import { assert, describe, it } from "vitest"
import { blockUpToDate, upToDate } from "../../../harness/generated.ts"
import { Request, Response } from "../src/index.ts"

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

describe("the wire", () => {
  const layouts = { Request: Request.frame, Response: Response.frame }

  it("is the one that was committed", () => {
    const path = at("fixtures/wire.json")
    const baseline = JSON.parse(readFileSync(path, "utf8")) as Fingerprint.Baseline
    if (process.env["BYTEWRIGHT_UPDATE"] !== "1") assert.deepStrictEqual(Fingerprint.check(layouts, baseline), [])
    upToDate(path, `${JSON.stringify(Fingerprint.baseline(layouts), null, 2)}\n`)
  })

  it("is drawn in the README as it is", () => {
    const { text } = Mermaid.packet(Request.frame, { title: "Echo request" })
    blockUpToDate(at("../README.md"), "request", `\`\`\`mermaid\n${text}\n\`\`\``)
  })

  it("explains why the talk's bytes are no request", () => {
    const talk = "0000002b0000000000000000270f74657374000100020003576520686176652061206c6f7420696e20636f6d6d6f6e"
    const { error, rows } = Explain.explain(Request.frame, Buffer.from(talk, "hex"))
    assert.strictEqual(error?.offset, 14)
    assert.deepStrictEqual(
      rows.filter((row) => row.error !== undefined).map(({ path, size, value }) => [path, size, value]),
      [["subject", 4, "1952805748"]]
    )
  })
})
