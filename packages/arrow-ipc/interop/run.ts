/**
 * `node interop/run.ts [--cases N] [--seed N] [--python PATH]`: writes random batches of every type, and rewrites the
 * foreign vectors that are there, in
 * every form; pyarrow, apache-arrow and flechette must read them equal. Without `--python` it makes a virtual
 * environment with pyarrow.
 */
import { execFileSync } from "node:child_process"
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Result from "effect/Result"
import { vectors } from "../../../harness/vectors.ts"
import { canonicalColumn } from "../conformance/canonical.ts"
import { ArrayBuilder, MessageWriter, type RecordBatch, Schema, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { Generator } from "./generate.ts"
import { readByPeers } from "./peers.ts"
import { pythonWithArrow } from "./python.ts"

const { codecs } = NodeCodecs
const limits = { depth: 128 }

const { values: flags } = parseArgs({
  options: {
    cases: { type: "string", default: "300" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    python: { type: "string" }
  }
})

const forms: ReadonlyArray<Writer.Options> = [
  { codecs },
  { codecs, format: "file", alignment: 64 },
  { codecs, compression: "LZ4_FRAME" },
  { codecs, format: "file", compression: "ZSTD" },
  { codecs, version: "V4", legacyFraming: true },
  { codecs, format: "file", version: "V4" }
]

const directory = mkdtempSync(join(tmpdir(), "arrow-interop-"))
const cases: Array<Record<string, unknown>> = []
const written: Array<{ readonly name: string; readonly bytes: Uint8Array; readonly table: Table.Table }> = []

const put = (name: string, bytes: Uint8Array, more: Record<string, unknown>): void => {
  const path = `${cases.length}.arrow`
  writeFileSync(join(directory, path), bytes)
  cases.push({ name, path, ...more })
}

const write = (
  name: string,
  schema: Schema.Schema,
  batches: ReadonlyArray<RecordBatch.RecordBatch>,
  options: Writer.Options
): Uint8Array | undefined => {
  const chunks = Writer.encode(schema, batches, options)
  // A file cannot say that a dictionary was replaced, and the writer must say so.
  if (Result.isFailure(chunks) && chunks.failure.reason.code === "replacement") return undefined
  const bytes = Writer.concat(Result.getOrThrow(chunks))
  written.push({ name, bytes, table: Result.getOrThrow(Table.fromBytes(bytes, { codecs, limits })) })
  return bytes
}

const columnsOf = (batches: ReadonlyArray<RecordBatch.RecordBatch>, schema: Schema.Schema) =>
  schema.fields.map((_, i) => batches.flatMap((batch) => canonicalColumn(batch.column(i))))

const generated = (seed: number): void => {
  const generator = new Generator(seed)
  const fields = Array.from({ length: 1 + generator.integer(6) }, (_, i) => generator.field(`f${i}`, 4))
  const schema = Schema.make([...fields, generator.union("union", 2)], [{ key: "seed", value: String(seed) }])
  const builder = new ArrayBuilder.BatchBuilder(schema)
  const batches = Array.from({ length: 1 + generator.integer(3) }, () => {
    const length = generator.integer(12)
    return Result.getOrThrow(
      builder.fromColumns(
        schema.fields.map((field) => generator.values(field, length)),
        { length }
      )
    )
  })
  const slices = batches.map((batch) => batch.slice(generator.integer(3), 3 + generator.integer(9)))
  const options = forms[seed % forms.length]!
  const all = [...batches, ...slices]
  const name = `seed ${seed} ${JSON.stringify({ ...options, codecs: undefined })}`
  const bytes = write(name, schema, all, options)
  if (bytes !== undefined) put(name, bytes, { columns: columnsOf(all, schema) })
}

const rewritten = (path: string): void => {
  const table = Result.getOrThrow(Table.fromBytes(new Uint8Array(readFileSync(path)), { codecs, limits }))
  for (const options of forms) {
    const name = `${basename(path)} ${JSON.stringify({ ...options, codecs: undefined })}`
    const bytes = write(name, table.schema, table.batches, options)
    if (bytes !== undefined) put(name, bytes, { original: path })
  }
}

const tensor = (): void => {
  const writer = new MessageWriter.MessageWriter({ alignment: 64 })
  const values = Float64Array.of(1, 2, 3, 4, 5, 6)
  const shape = [
    { size: 2, name: "row" },
    { size: 3, name: "column" }
  ]
  const data = { offset: 0, length: values.byteLength }
  const type = { _tag: "FloatingPoint", precision: "DOUBLE" } as const
  const header = { _tag: "Tensor", type, shape, strides: [24, 8], data } as const
  Result.getOrThrow(
    writer.write({ version: "V5", header, bodyLength: 0, customMetadata: [] }, [new Uint8Array(values.buffer)])
  )
  writeFileSync(join(directory, "tensor"), Writer.concat(writer.take()))
  cases.push({
    name: "tensor",
    tensor: "tensor",
    values: [
      [1, 2, 3],
      [4, 5, 6]
    ],
    names: ["row", "column"]
  })
}

const seed = Number(flags.seed)
console.log(`seed ${seed}`)
for (let i = 0; i < Number(flags.cases); i++) generated(seed + i)
const foreign = vectors("arrow")
const files = foreign === undefined ? [] : globSync(`${foreign}/{golden/*,extra}/*.{stream,arrow_file}`).sort()
for (const path of files) rewritten(path)
tensor()
console.log(`${cases.length} cases, ${files.length} foreign files rewritten`)
writeFileSync(join(directory, "cases.json"), JSON.stringify(cases))
let ok = true
try {
  const script = fileURLToPath(new URL("check.py", import.meta.url))
  console.log(
    execFileSync(pythonWithArrow(flags.python), [script, directory], { encoding: "utf8", maxBuffer: 2 ** 28 }).trimEnd()
  )
} catch (error) {
  ok = false
  console.log((error as { readonly stdout?: string }).stdout ?? String(error))
}
for (const line of readByPeers(written)) console.log(line)
rmSync(directory, { recursive: true })
process.exitCode = ok ? 0 : 1
