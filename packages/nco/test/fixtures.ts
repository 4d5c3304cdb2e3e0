import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import { assert } from "vitest"
import type * as Dtype from "../src/Dtype.ts"
import type * as NcoError from "../src/NcoError.ts"
import type * as NdArray from "../src/NdArray.ts"

/** Arrays that NumPy wrote (`fixtures/make.py`), with their items in C order. */
export interface NpyFixture {
  readonly name: string
  readonly npy: Uint8Array
  readonly descr: Dtype.Descr
  readonly shape: ReadonlyArray<number>
  readonly order: NdArray.Order
  readonly items: ReadonlyArray<unknown>
}

const load = (name: string): ReadonlyArray<Record<string, unknown>> =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"))

const bytes = (text: unknown): Uint8Array => new Uint8Array(Buffer.from(text as string, "base64"))

export const npyFixtures = load("npy.json")
  .filter((entry) => "npy" in entry)
  .map((entry) => ({ ...entry, npy: bytes(entry["npy"]) }) as unknown as NpyFixture)

export const npyFixture = (name: string): NpyFixture => npyFixtures.find((fixture) => fixture.name === name)!

/** The SHA-256 of what NumPy writes for a dtype of 2,800 fields. */
export const wideSha256 = load("npy.json").find((entry) => entry["name"] === "struct wide")!["sha256"] as string

/** Objects that Nengo wrote at a position of a file (`fixtures/make.py`). */
export const ncoFixtures = load("nco.json").map((entry) => ({
  start: entry["start"] as number,
  bytes: bytes(entry["bytes"]),
  pickle: bytes(entry["pickle"]),
  npy: bytes(entry["npy"]),
  header: entry["header"] as readonly [number, number, number, number]
}))

/** Asserts a failure and returns it as `tag@offset path`. */
export const failure = <A>(result: Result.Result<A, NcoError.NcoError>): string => {
  assert.isTrue(Result.isFailure(result), "expected a failure")
  return describeError(Result.getOrThrow(Result.flip(result)))
}

export const describeError = ({ offset, path, reason }: NcoError.NcoError): string =>
  `${reason._tag}@${offset}${path === "" ? "" : ` ${path}`}`

export const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))
