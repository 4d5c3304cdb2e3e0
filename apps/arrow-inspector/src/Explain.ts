/** What lies where in the bytes of a stream or file: one line a message, and one a buffer. */
import * as FileReader from "@bytewright/arrow-ipc/FileReader"
import * as Framing from "@bytewright/arrow-ipc/Framing"
import { type FieldLayout, fieldLayout } from "@bytewright/arrow-ipc/Layout"
import type { Message, RecordBatch } from "@bytewright/arrow-ipc/Message"
import { type Field, formatField, type Schema } from "@bytewright/arrow-ipc/Schema"
import type { Layout as BinaryLayout } from "@bytewright/core-binary/Layout"
import * as Result from "effect/Result"
import * as Envelope from "./Envelope.ts"

/** One line: where, how many bytes, what; `depth` indents what is inside another, `layout` says what the bytes are. */
export interface Line {
  readonly offset: number
  readonly size: number
  readonly depth: number
  readonly what: string
  readonly layout?: BinaryLayout<unknown> | undefined
}

const bufferNames = (
  layout: FieldLayout,
  batch: RecordBatch,
  version: string,
  variadic: { next: number }
): Array<string> => {
  const names: Array<string> = []
  const path = layout.path.join(".")
  const { _tag } = layout.type
  if (version === "V4" && (_tag === "Union" || _tag === "RunEndEncoded")) names.push(`${path} validity`)
  for (const { kind, width } of layout.layout.buffers)
    names.push(`${path} ${kind}${width > 1 ? ` (${width} bytes a slot)` : ""}`)
  const more = layout.layout.isVariadic ? (batch.variadicBufferCounts[variadic.next++] ?? 0) : 0
  for (let i = 0; i < more; i++) names.push(`${path} view data ${i}`)
  for (const child of layout.children) names.push(...bufferNames(child, batch, version, variadic))
  return names
}

const buffers = (
  fields: ReadonlyArray<Field>,
  batch: RecordBatch,
  version: string,
  body: number
): ReadonlyArray<Line> => {
  const variadic = { next: 0 }
  const names = fields.flatMap((field) => bufferNames(fieldLayout(field), batch, version, variadic))
  return batch.buffers.map(({ length, offset }, i) => ({
    offset: body + offset,
    size: length,
    depth: 1,
    what: names[i] ?? "buffer of no field",
    layout: batch.compression === undefined ? Envelope.bytes : Envelope.compressed
  }))
}

const findDictionary = (fields: ReadonlyArray<Field>, id: bigint): Field | undefined => {
  for (const field of fields) {
    if (field.dictionary?.id === id) return { ...field, dictionary: undefined }
    const found = findDictionary(field.children, id)
    if (found !== undefined) return found
  }
  return undefined
}

const metadataOf = ({ customMetadata }: Message): string =>
  customMetadata.length === 0
    ? ""
    : `, metadata ${JSON.stringify(customMetadata.map(({ key, value }) => [key, value]))}`

const batchText = ({ compression, length }: RecordBatch): string =>
  `${length} rows${compression === undefined ? "" : `, ${compression.codec}`}`

const describe = (
  message: Message,
  schema: Schema | undefined,
  body: number
): readonly [string, ReadonlyArray<Line>] => {
  const { header, version } = message
  const fields = schema?.fields ?? []
  switch (header._tag) {
    case "Schema": {
      const lines = header.schema.fields.map((field) => `${field.name}: ${formatField(field)}`)
      return [`Schema ${version}, ${header.schema.endianness}-endian: ${lines.join(", ")}`, []]
    }
    case "RecordBatch":
      return [`RecordBatch ${version}: ${batchText(header)}`, buffers(fields, header, version, body)]
    case "DictionaryBatch": {
      const field = findDictionary(fields, header.id)
      const kind = header.isDelta ? "delta" : "values"
      const found = field === undefined ? [] : [field]
      return [
        `DictionaryBatch ${version}: ${kind} of dictionary ${header.id}, ${batchText(header.data)}`,
        buffers(found, header.data, version, body)
      ]
    }
    default:
      return [`${header._tag} ${version} of shape ${header.shape.map(({ size }) => size).join(" x ")}`, []]
  }
}

/** The lines of all messages, up to the end or to the first fault, which is the last line. */
export const explain = (bytes: Uint8Array): ReadonlyArray<Line> => {
  const lines: Array<Line> = []
  const isFile = FileReader.isFile(bytes)
  const start = isFile ? 8 : 0
  if (isFile) lines.push({ offset: 0, size: 8, depth: 0, what: "magic ARROW1 and padding", layout: Envelope.head })
  const framer = new Framing.Framer()
  const frames = framer.push(bytes.subarray(start))
  let schema: Schema | undefined
  let end = start
  for (const { body, bodyOffset, message, metadata, offset } of Result.getOrElse(frames, () => [])) {
    const at = start + bodyOffset
    const [what, inside] = describe(message, schema, at)
    const head = `${what}${metadataOf(message)}`
    lines.push({ offset: start + offset, size: bodyOffset - offset + body.length, depth: 0, what: head })
    const prefix = bodyOffset - offset - metadata.length
    const layout = prefix === 8 ? Envelope.prefix : Envelope.legacyPrefix
    lines.push(
      { offset: start + offset, size: prefix, depth: 1, what: "prefix", layout },
      {
        offset: at - metadata.length,
        size: metadata.length,
        depth: 1,
        what: "metadata (flatbuffer)",
        layout: Envelope.bytes
      },
      ...inside
    )
    if (message.header._tag === "Schema") schema = message.header.schema
    end = at + body.length
  }
  const outcome = Result.flatMap(frames, () => framer.end())
  if (Result.isFailure(outcome))
    lines.push({
      offset: start + (outcome.failure.offset ?? 0),
      size: 0,
      depth: 0,
      what: `!! ${outcome.failure.message}`
    })
  else if (framer.ended) {
    const isLong = bytes[end] === 0xff
    const layout = isLong ? Envelope.end : Envelope.legacyPrefix
    lines.push({ offset: end, size: isLong ? 8 : 4, depth: 0, what: "end of stream", layout })
  }
  if (isFile) lines.push(...footer(bytes))
  return lines
}

const footer = (bytes: Uint8Array): ReadonlyArray<Line> => {
  const reader = FileReader.open(bytes)
  if (Result.isFailure(reader)) {
    return [{ offset: reader.failure.offset ?? bytes.length, size: 0, depth: 0, what: `!! ${reader.failure.message}` }]
  }
  const { customMetadata, dictionaries, recordBatches, version } = reader.success.footer
  const length = new DataView(bytes.buffer, bytes.byteOffset).getInt32(bytes.length - 10, true)
  const metadata =
    customMetadata.length === 0
      ? ""
      : `, metadata ${JSON.stringify(customMetadata.map(({ key, value }) => [key, value]))}`
  const what = `Footer ${version}: ${dictionaries.length} dictionary batches, ${recordBatches.length} record batches${metadata}`
  return [
    { offset: bytes.length - 10 - length, size: length, depth: 0, what, layout: Envelope.bytes },
    {
      offset: bytes.length - 10,
      size: 10,
      depth: 0,
      what: `footer length ${length}, magic ARROW1`,
      layout: Envelope.tail
    }
  ]
}

/** Lines as text: offset in hexadecimal, size, what; with `bytes`, the fields and the bytes of each. */
export const format = (lines: ReadonlyArray<Line>, bytes?: Uint8Array): ReadonlyArray<string> => {
  const width = Math.max(8, ...lines.map(({ offset }) => offset.toString(16).length))
  const sizes = Math.max(6, ...lines.map(({ size }) => String(size).length))
  return lines.flatMap(({ depth, layout, offset, size, what }) => [
    `${offset.toString(16).padStart(width, "0")}  ${String(size).padStart(sizes)}  ${"  ".repeat(depth)}${what}`,
    ...(bytes === undefined || layout === undefined || size === 0 ? [] : Envelope.explain(layout, bytes, offset, size))
  ])
}
