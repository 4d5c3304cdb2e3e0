/**
 * `node conformance/oxigdal.ts DIR`: replays the recorded calls of `DIR/vectors.json` on `OxigdalDialect` in
 * compatible mode.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import * as Result from "effect/Result"
import { OxigdalDialect } from "../src/index.ts"

interface Call {
  readonly op: string
  readonly args: ReadonlyArray<string>
  readonly result: unknown
  readonly debug_result?: { readonly panic?: string }
}

interface Vector {
  readonly kind: "reader" | "writer"
  readonly name: string
  readonly hex?: string
  readonly file?: string
  readonly calls: ReadonlyArray<Call>
  readonly messages: ReadonlyArray<{ readonly metadata: string; readonly body: string }>
  readonly result: string
}

interface Vectors {
  readonly align_to: ReadonlyArray<{ readonly size: string; readonly alignment: string; readonly result: string }>
  readonly vectors: ReadonlyArray<Vector>
}

const hex = (text: string): Uint8Array => Buffer.from(text.trim(), "hex")
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

const call = (reader: OxigdalDialect.Reader, { args, op }: Call): unknown => {
  switch (op) {
    case "is_arrow_file":
      return OxigdalDialect.isArrowFile(reader.bytes)
    case "data_len":
      return reader.bytes.length
    case "current_offset":
      return String(reader.currentOffset)
    case "parse_file_header":
      return Result.match(reader.parseFileHeader(), {
        onSuccess: () => ({ ok: null }),
        onFailure: (error) => ({ error: { tag: "Other", message: error.detail } })
      })
    case "next_message":
      return Result.match(reader.next(), {
        onSuccess: (header) => ({
          ok:
            header === undefined
              ? null
              : {
                  message_type: header.messageType,
                  metadata_length: header.metadataLength,
                  body_length: String(header.bodyLength),
                  body_offset: String(header.bodyOffset)
                }
        }),
        onFailure: (error) =>
          error.reason.code === "truncated" ? { error: { tag: "Other", message: error.detail } } : error
      })
    case "read_buffer": {
      const bytes = reader.buffer(BigInt(args[0]!), BigInt(args[1]!), BigInt(args[2]!))
      return bytes === undefined ? { none: true } : { some: toHex(bytes) }
    }
    default:
      return `unknown call ${op}`
  }
}

const replay = (directory: string, vector: Vector): string | undefined => {
  const bytes = hex(vector.hex ?? readFileSync(join(directory, vector.file!), "utf8"))
  const reader = new OxigdalDialect.Reader(bytes)
  for (const [i, recorded] of vector.calls.entries()) {
    const result = call(reader, recorded)
    // The debug build panics exactly where the release build's 64-bit arithmetic wraps: there a typed error is right.
    const wraps = recorded.debug_result?.panic !== undefined
    if (result instanceof Error) return wraps ? undefined : `call ${i} ${recorded.op}: ${result.message}`
    if (wraps) return `call ${i} ${recorded.op}: no error where the original's cursor wraps`
    if (!isDeepStrictEqual(result, recorded.result)) {
      return `call ${i} ${recorded.op}: ${JSON.stringify(result)}, recorded ${JSON.stringify(recorded.result)}`
    }
  }
  return undefined
}

const write = (vector: Vector): string | undefined => {
  const messages = vector.messages.map(({ body, metadata }) => ({ metadata: hex(metadata), body: hex(body) }))
  const written = toHex(Result.getOrThrow(OxigdalDialect.encode(messages, "compatible")))
  return written === vector.result ? undefined : `wrote ${written}, recorded ${vector.result}`
}

const directory = process.argv[2]
if (directory === undefined) {
  console.error("usage: node conformance/oxigdal.ts DIR")
  process.exit(2)
}
const { align_to, vectors } = JSON.parse(readFileSync(join(directory, "vectors.json"), "utf8")) as Vectors
let passed = 0
let failed = 0
const judge = (name: string, problem: string | undefined): void => {
  if (problem === undefined) passed++
  else {
    failed++
    console.log(`${name}: ${problem}`)
  }
}
for (const { alignment, result, size } of align_to) {
  const aligned = String(OxigdalDialect.alignTo(BigInt(size), BigInt(alignment)))
  judge(`align_to(${size}, ${alignment})`, aligned === result ? undefined : `${aligned}, recorded ${result}`)
}
for (const vector of vectors) {
  judge(vector.name, vector.kind === "writer" ? write(vector) : replay(directory, vector))
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
