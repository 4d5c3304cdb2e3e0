/** The fixed byte layouts around Arrow's flatbuffers and buffers, and bytes explained by them, field by field. */
import * as OxigdalDialect from "@bytewright/arrow-ipc/OxigdalDialect"
import * as Binary from "@bytewright/core-binary/Binary"
import * as Explain from "@bytewright/core-binary/Explain"
import type { Layout } from "@bytewright/core-binary/Layout"
import * as Result from "effect/Result"

const continuation = Binary.Magic([0xff, 0xff, 0xff, 0xff])

/** What stands before a message's flatbuffer. */
export const prefix = Binary.Struct({ continuation, metadataLength: Binary.Int32LE })

/** The same before version 0.15. */
export const legacyPrefix = Binary.Struct({ metadataLength: Binary.Int32LE })

/** The start of a file. */
export const head = Binary.Struct({ magic: Binary.Magic("ARROW1"), padding: Binary.Padding(2) })

/** The end of a file. */
export const tail = Binary.Struct({ footerLength: Binary.Int32LE, magic: Binary.Magic("ARROW1") })

/** The end of a stream. */
export const end = Binary.Struct({ continuation, zero: Binary.Const(Binary.Int32LE, 0) })

/** A buffer that is compressed, or stored where the length is -1. */
export const compressed = Binary.Struct({ uncompressedLength: Binary.Int64LE, content: Binary.Bytes(Binary.rest) })

/** Any other bytes. */
export const bytes = Binary.Bytes(Binary.rest)

const dialectMessage = Binary.Struct({
  continuation,
  metadataLength: Binary.Int32LE,
  metadata: Binary.Bytes(Binary.field("metadataLength")),
  metadataPadding: Binary.Align(8),
  bodyLength: Binary.Int64LE,
  body: Binary.Bytes(Binary.field("bodyLength")),
  bodyPadding: Binary.Align(8)
})

const dialectTail = Binary.Struct({
  continuation,
  zero: Binary.Const(Binary.Int32LE, 0),
  magic: Binary.Magic("ARROW1")
})

/** The rows of `size` bytes at `offset`, as text: where, how many bytes, field, value, hex. */
export const explain = (
  layout: Layout<unknown>,
  input: Uint8Array,
  offset: number,
  size: number
): ReadonlyArray<string> =>
  Explain.explain(layout, input.subarray(0, offset + size), { offset }).rows.flatMap((row) => {
    if (row.role === "group") return []
    const at = row.offset.toString(16).padStart(8, "0")
    const fault = row.error === undefined ? "" : ` !! expected ${row.error.expected}, got ${row.error.actual}`
    const field = [row.path, row.value].filter((text) => text !== "").join(" ")
    return [`${at}  ${String(row.size).padStart(6)}  | ${field} [${row.hex}]${fault}`]
  })

/** The messages of a file in the oxigdal dialect. */
export const dialect = (input: Uint8Array): ReadonlyArray<string> => {
  const lines = [...explain(head, input, 0, 8)]
  const reader = new OxigdalDialect.Reader(input, "strict")
  let header = Result.flatMap(reader.parseFileHeader(), () => reader.next())
  let at = 8
  while (Result.isSuccess(header) && header.success !== undefined) {
    const next = Number(reader.currentOffset)
    lines.push(`${header.success.messageType}:`, ...explain(dialectMessage, input, at, next - at))
    at = next
    header = reader.next()
  }
  return Result.isFailure(header)
    ? [...lines, `!! ${header.failure.message}`]
    : [...lines, ...explain(dialectTail, input, input.length - 14, 14)]
}
