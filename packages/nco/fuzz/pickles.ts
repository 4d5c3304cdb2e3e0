/** What is done with a damaged pickle: everything that reads one, and writing what was read. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as Result from "effect/Result"
import { NcoError, Pickle } from "../src/index.ts"

/** Pickles to damage: those in `pickles.json` files of vectors (with `entries`) or of our own fixtures (with `cases`). */
export const picklesIn = (directory: string): ReadonlyArray<Uint8Array> => {
  const path = join(directory, "pickles.json")
  if (!existsSync(path)) return []
  const json = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>
  const all = (json["entries"] ?? json["cases"]) as ReadonlyArray<{ readonly b64: string }>
  return all.map(({ b64 }) => new Uint8Array(Buffer.from(b64, "base64"))).filter(({ length }) => length <= 4096)
}

const checked = <A>(result: Result.Result<A, NcoError.NcoError>): A | undefined => {
  if (Result.isSuccess(result)) return result.success
  if (!(result.failure instanceof NcoError.NcoError)) throw new Error("not a typed error")
  if (!Number.isSafeInteger(result.failure.offset) || result.failure.message === "") throw new Error("no offset")
  return undefined
}

/** Throws where anything but a value or a typed error comes out, or what was read cannot be written and read again. */
export const damagedPickle = (bytes: Uint8Array): void => {
  const limits = { maxOps: 100_000 }
  checked(Pickle.decode(bytes, { limits, strings: "latin1" }))
  checked(Pickle.decode(bytes, { limits, dicts: "map", strings: "bytes" }))
  checked(Pickle.disassemble(bytes))
  Pickle.scan(bytes, { limits })
  const value = checked(
    Result.map(
      Pickle.decodePrefix(bytes, { limits, profile: "lossless", unknownGlobals: "opaque", strings: "latin1" }),
      (decoded) => [decoded.value]
    )
  )
  if (value === undefined) return
  const encoded = checked(Pickle.encode(value, { profile: "lossless" }))
  if (encoded === undefined) return
  const again = Pickle.decode(encoded, { profile: "lossless", unknownGlobals: "opaque" })
  if (Result.isFailure(again) && again.failure.reason._tag !== "LimitExceeded") throw again.failure
}
