/** What a fuzzed case goes through, and what is wrong if it does not end well. */
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Result from "effect/Result"
import { vectors } from "../../../harness/vectors.ts"
import { ArrowError, Format, Lz4Frame, OxigdalDialect, StreamReader, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

/** The files to mutate: the package's own fixtures, and foreign vectors where there are some. */
export const sources = (): ReadonlyArray<Uint8Array> => {
  const own = fileURLToPath(new URL("../test/fixtures/pyarrow/", import.meta.url))
  const foreign = vectors("arrow")
  const paths = [
    ...globSync(`${own}*.{stream,arrow_file,tensor}`),
    ...(foreign === undefined
      ? []
      : globSync(`${foreign}/{golden/*,extra,fuzz/*,attack}/*`).filter((path) => !/\.(gz|json|txt)$/.test(path)))
  ]
  return paths
    .sort()
    .map((path) => new Uint8Array(readFileSync(path)))
    .filter(({ length }) => length > 16 && length < 65_536)
}

/** A small machine's limits: nothing that a mutant of a few kilobytes announces may cost more. */
const options = {
  codecs: NodeCodecs.codecs,
  limits: { bodyLength: 2 ** 24, decompressedLength: 2 ** 22, rows: 2 ** 20 }
}

/** How an entrance is called: `fuzz/run.ts` measures it. */
export type Call = <A>(name: string, entrance: () => A) => A

const plainly: Call = (_, entrance) => entrance()

const touch = (table: Table.Table): void => {
  for (const index of table.schema.fields.keys()) {
    // Columns without buffers (Null, runs, fixed-size lists of nothing) may be of any length.
    for (const batch of table.batches) if (batch.length < 100_000) batch.column(index).toArray()
  }
}

const rewrite = (table: Table.Table, call: Call): string | undefined => {
  const written = call("Writer.encode", () => Writer.encode(table.schema, table.batches, { compression: "LZ4_FRAME" }))
  if (Result.isFailure(written)) return undefined
  const bytes = Writer.concat(written.success)
  const again = call("Table.fromBytes, rewritten", () => Table.fromBytes(bytes, options))
  if (Result.isFailure(again)) return `what was rewritten is refused: ${again.failure.message}`
  return again.success.length === table.length ? undefined : "what was rewritten has other rows"
}

const inPieces = (bytes: Uint8Array, size: number): boolean => {
  const reader = new StreamReader.StreamReader(options)
  for (let at = 0; at < bytes.length; at += size) {
    if (Result.isFailure(reader.push(bytes.subarray(at, at + size)))) return false
  }
  return Result.isSuccess(reader.end())
}

const oxigdal = (bytes: Uint8Array): void => {
  for (const mode of ["compatible", "strict"] as const) {
    const reader = new OxigdalDialect.Reader(bytes, mode)
    reader.parseFileHeader()
    for (let i = 0; i < 64; i++) if (Result.getOrElse(reader.next(), () => undefined) === undefined) break
  }
}

/** Reads a case by every entrance. Returns what went wrong, `accept` or `reject`. */
export const run = (bytes: Uint8Array, call: Call = plainly): string => {
  try {
    call("Format.detect", () => Format.detect(bytes))
    call("Lz4Frame.decode", () => Lz4Frame.decode(bytes, { maxLength: 2 ** 20 }))
    call("OxigdalDialect.Reader", () => oxigdal(bytes))
    const table = call("Table.fromBytes", () => Table.fromBytes(bytes, options))
    const isFile = OxigdalDialect.isArrowFile(bytes)
    if (!isFile && call("StreamReader", () => inPieces(bytes, 7)) !== Result.isSuccess(table)) {
      return "read in pieces it ends otherwise"
    }
    if (Result.isFailure(table)) return "reject"
    call("Column.toArray", () => touch(table.success))
    return rewrite(table.success, call) ?? "accept"
  } catch (error) {
    return error instanceof ArrowError.ArrowError ? "reject" : `untyped: ${(error as Error).stack}`
  }
}
