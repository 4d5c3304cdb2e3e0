/** The fixtures that `fixtures/pyarrow/make.py` made with pyarrow. */
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { assert } from "vitest"
import { canonicalColumn } from "../conformance/canonical.ts"
import type { ArrowError, ReadOptions, RecordBatch } from "../src/index.ts"
import { Table } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

const directory = fileURLToPath(new URL("fixtures/pyarrow/", import.meta.url))

export const names: ReadonlyArray<string> = readdirSync(directory)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.slice(0, -5))
  .sort()

/** The path of a fixture, if it has this form. */
export const pathOf = (name: string, form: "stream" | "arrow_file" | "tensor"): string | undefined => {
  const path = `${directory}${name}.${form}`
  return existsSync(path) ? path : undefined
}

export const bytesOf = (name: string, form: "stream" | "arrow_file" | "tensor" = "stream"): Uint8Array =>
  new Uint8Array(readFileSync(pathOf(name, form)!))

export const expectedOf = (name: string): ReadonlyArray<ReadonlyArray<unknown>> =>
  (JSON.parse(readFileSync(`${directory}${name}.json`, "utf8")) as { cols: ReadonlyArray<ReadonlyArray<unknown>> }).cols

export const options: ReadOptions.ReadOptions = { codecs: NodeCodecs.codecs }

export const read = (bytes: Uint8Array, more?: ReadOptions.ReadOptions): Table.Table =>
  Result.getOrThrow(Table.fromBytes(bytes, { ...options, ...more }))

/** The failure of reading. */
export const refusal = (bytes: Uint8Array, more?: ReadOptions.ReadOptions): ArrowError.ArrowError =>
  Result.getOrThrow(Result.flip(Table.fromBytes(bytes, { ...options, ...more })))

export const codeOf = ({ reason }: ArrowError.ArrowError): string => `${reason._tag}/${reason.code}`

export const failureOf = <A>(result: Result.Result<A, ArrowError.ArrowError>): ArrowError.ArrowError =>
  Result.getOrThrow(Result.flip(result))

/** All values of batches, column by column, in canonical form. */
export const valuesOf = (batches: ReadonlyArray<RecordBatch.RecordBatch>, columns: number): Array<Array<unknown>> =>
  Array.from({ length: columns }, (_, i) => batches.flatMap((batch) => canonicalColumn(batch.column(i))))

/** Asserts that what `f` throws is an `ArrowError` with this code, and returns it. */
export const thrown = (f: () => unknown, code: string): ArrowError.ArrowError => {
  try {
    f()
  } catch (error) {
    assert.strictEqual((error as ArrowError.ArrowError)._tag, "ArrowError", String(error))
    assert.strictEqual(codeOf(error as ArrowError.ArrowError), code)
    return error as ArrowError.ArrowError
  }
  throw new Error(`nothing was thrown where ${code} was expected`)
}
