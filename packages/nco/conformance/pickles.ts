/** The pickle vectors: `pickles.json` and `malicious-pickles.json`. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { Pickle } from "../src/index.ts"
import { difference, type Tag } from "./tagged.ts"

export interface Outcome {
  readonly name: string
  readonly passed: boolean
  readonly message: string
}

interface Entry {
  readonly name: string
  readonly b64: string
  readonly protocol: number
  readonly pickler: string
  readonly expect?: string | Tag
  readonly safeDefault?: boolean
  readonly buffers?: ReadonlyArray<string>
  readonly byEncoding?: Record<string, { readonly outcome: "ok" | "error"; readonly value: Tag }>
}

interface Malicious {
  readonly name: string
  readonly b64: string
  readonly recommended: "reject" | "accept" | "accept-or-limit" | "either"
}

const outcome = (name: string, message: string | undefined): Outcome => ({
  name,
  passed: message === undefined,
  message: message ?? ""
})

const bytesOf = (b64: string): Uint8Array => new Uint8Array(Buffer.from(b64, "base64"))

/** Runs every pickle of a directory shaped like `shared/vectors/nco`. */
export const pickles = (directory: string): ReadonlyArray<Outcome> => {
  const outcomes: Array<Outcome> = []
  const path = join(directory, "pickles.json")
  if (existsSync(path)) {
    const { entries, values } = JSON.parse(readFileSync(path, "utf8")) as {
      readonly entries: ReadonlyArray<Entry>
      readonly values: Record<string, Tag>
    }
    for (const entry of entries) {
      const expect = typeof entry.expect === "string" ? values[entry.expect] : entry.expect
      outcomes.push(...pickle(entry, expect))
    }
  }
  const malicious = join(directory, "malicious-pickles.json")
  if (existsSync(malicious)) {
    const all = JSON.parse(readFileSync(malicious, "utf8")) as ReadonlyArray<Malicious>
    // A warm-up, so that what is measured is the call.
    for (const each of all) attack(each)
    outcomes.push(...all.map(measured))
  }
  return outcomes
}

const failure = (result: Result.Result<unknown, { readonly message: string }>): string | undefined =>
  Result.isFailure(result) ? result.failure.message : undefined

const pickle = (entry: Entry, expect: Tag | undefined): ReadonlyArray<Outcome> => {
  const name = `${entry.name} protocol ${entry.protocol} (${entry.pickler})`
  const bytes = bytesOf(entry.b64)
  const buffers = (entry.buffers ?? []).map(bytesOf)
  if (entry.byEncoding !== undefined) {
    return Object.entries(entry.byEncoding).map(([encoding, wanted]) => {
      const strings = encoding.toLowerCase() as "ascii" | "latin1" | "bytes"
      const result = Pickle.decode(bytes, { profile: "lossless", strings, unknownGlobals: "opaque" })
      if (wanted.outcome === "error") {
        return outcome(`${name} ${encoding}`, Result.isFailure(result) ? undefined : "accepted, but Python rejects it")
      }
      return outcome(
        `${name} ${encoding}`,
        failure(result) ?? difference(wanted.value, Result.getOrThrow(result), true)
      )
    })
  }
  const result = Pickle.decode(bytes, { profile: "lossless", buffers })
  if (entry.safeDefault === true) {
    return [outcome(name, failure(result) ?? difference(expect!, Result.getOrThrow(result)))]
  }
  const tag = Result.isFailure(result) ? result.failure.reason._tag : "accepted"
  const opaque = Pickle.decode(bytes, { profile: "lossless", buffers, unknownGlobals: "opaque" })
  return [
    outcome(
      `${name} by default`,
      tag === "PickleUnknownGlobal" ? undefined : `expected PickleUnknownGlobal, got ${tag}`
    ),
    outcome(`${name} opaque`, failure(opaque) ?? difference(expect!, Result.getOrThrow(opaque), true))
  ]
}

/** A shared machine pauses now and then: only what is slow, or grows, three times over does so. */
const measured = (each: Malicious): Outcome => {
  const first = attack(each)
  if (!/^(?:took|grew)/.test(first.message)) return first
  const second = attack(each)
  return /^(?:took|grew)/.test(second.message) ? attack(each) : second
}

const attack = ({ b64, name, recommended }: Malicious): Outcome => {
  const bytes = bytesOf(b64)
  const before = process.memoryUsage()
  const start = performance.now()
  const result = Pickle.decode(bytes)
  const lossless = Pickle.decode(bytes, { profile: "lossless" })
  const elapsed = (performance.now() - start) / 2
  const after = process.memoryUsage()
  const growth = (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / 2 ** 20
  if (elapsed > 100) return outcome(name, `took ${elapsed.toFixed(0)} ms`)
  if (growth > 64) return outcome(name, `grew by ${growth.toFixed(0)} MiB`)
  for (const each of [result, lossless]) {
    if (recommended === "reject" && Result.isSuccess(each)) return outcome(name, "accepted")
    if (recommended === "accept" && Result.isFailure(each)) return outcome(name, each.failure.message)
    if (recommended === "accept-or-limit" && Result.isFailure(each) && each.failure.reason._tag !== "LimitExceeded") {
      return outcome(name, each.failure.message)
    }
  }
  return outcome(name, undefined)
}
