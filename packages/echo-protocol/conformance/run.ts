/**
 * Runs a directory of vectors through the public API: `node conformance/run.ts DIR`, where DIR holds a `vectors.json`
 * whose `cases` are whole frames to accept (value and bytes) or to refuse (at an offset). Prints a line a failing case.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import type { Codec } from "@bytewright/core-binary/Codec"
import * as Result from "effect/Result"
import { Request, Response } from "../src/index.ts"

interface Case {
  readonly name: string
  readonly kind: "request" | "response"
  readonly hex: string
  readonly accept: boolean
  readonly value?: Record<string, unknown>
  readonly offset?: number
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** A message in the form of the vectors. */
const plain = (message: Request.Request | Response.Response): Record<string, unknown> => ({
  ...message,
  timestamp: String(message.timestamp),
  subject: hex(message.subject),
  body: hex(message.body)
})

const judgeWith = <A extends Request.Request | Response.Response>(codec: Codec<A>, each: Case): string | undefined => {
  const decoded = codec.decode(new Uint8Array(Buffer.from(each.hex, "hex")))
  if (Result.isFailure(decoded)) {
    const { message, offset } = decoded.failure
    if (each.accept) return `refused: ${message}`
    return offset === each.offset ? undefined : `fault at ${offset}, not at ${each.offset}: ${message}`
  }
  const value = plain(decoded.success)
  if (!each.accept) return `accepted as ${JSON.stringify(value)}`
  if (!isDeepStrictEqual(value, each.value)) return `decoded to ${JSON.stringify(value)}`
  const again = hex(codec.encodeSync(decoded.success))
  return again === each.hex ? undefined : `encoded to ${again}`
}

/** What is wrong with a case, or `undefined`. */
export const judge = (each: Case): string | undefined =>
  each.kind === "request" ? judgeWith(Request.codec, each) : judgeWith(Response.codec, each)

export const load = (directory: string): ReadonlyArray<Case> =>
  (JSON.parse(readFileSync(join(directory, "vectors.json"), "utf8")) as { readonly cases: ReadonlyArray<Case> }).cases

if (import.meta.main) {
  let failed = 0
  const directory = process.argv[2]
  if (directory === undefined) throw new Error("usage: node conformance/run.ts DIR")
  const cases = load(directory)
  for (const each of cases) {
    const wrong = judge(each)
    if (wrong === undefined) continue
    failed++
    console.log(`${each.name}: ${wrong}`)
  }
  console.log(`${cases.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 ? 0 : 1
}
