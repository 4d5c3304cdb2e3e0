/** Streams and files put together message by message, so that any part of them can be wrong. */
import * as Result from "effect/Result"
import {
  type Body,
  DataType,
  type Footer,
  type Limits,
  type Message,
  MessageWriter,
  Schema,
  StreamReader,
  Writer,
  type ReadOptions,
  type RecordBatch
} from "../src/index.ts"
import { failureOf, options } from "./fixtures.ts"

/** A part of a body: bytes, or numbers of some typed array. */
export type Part = ArrayBufferView<ArrayBuffer>

const bytesOf = (part: Part): Uint8Array => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)

export interface BatchSpec {
  readonly length: number
  readonly nodes: ReadonlyArray<readonly [length: number, nullCount: number]>
  readonly parts: ReadonlyArray<Part>
  readonly variadic?: ReadonlyArray<number>
  readonly compression?: Message.BodyCompression
  /** Changes the buffers after they were laid out. */
  readonly change?: (buffers: ReadonlyArray<Message.Buffer>) => ReadonlyArray<Message.Buffer>
}

/** A batch's header and body: parts one after another, each from a multiple of 8. */
export const layOut = (spec: BatchSpec): { readonly header: Message.RecordBatch; readonly body: Uint8Array } => {
  const buffers: Array<Message.Buffer> = []
  const chunks: Array<Uint8Array> = []
  let offset = 0
  for (const part of spec.parts) {
    const bytes = bytesOf(part)
    buffers.push({ offset, length: bytes.length })
    const padded = new Uint8Array(MessageWriter.alignTo(bytes.length, 8))
    padded.set(bytes)
    chunks.push(padded)
    offset += padded.length
  }
  const header: Message.RecordBatch = {
    _tag: "RecordBatch",
    length: spec.length,
    nodes: spec.nodes.map(([length, nullCount]) => ({ length, nullCount })),
    buffers: spec.change?.(buffers) ?? buffers,
    compression: spec.compression,
    variadicBufferCounts: spec.variadic ?? []
  }
  return { header, body: Writer.concat(chunks) }
}

export interface MessageSpec {
  readonly header: Message.MessageHeader
  readonly body?: Uint8Array
  readonly version?: Message.MetadataVersion
}

/** A stream of these messages. */
export const streamOf = (messages: ReadonlyArray<MessageSpec>): Uint8Array => {
  const writer = new MessageWriter.MessageWriter()
  for (const { body, header, version } of messages) {
    Result.getOrThrow(
      writer.write({ version: version ?? "V5", header, bodyLength: 0, customMetadata: [] }, body ? [body] : [])
    )
  }
  Result.getOrThrow(writer.finish())
  return Writer.concat(writer.take())
}

/** A file of these messages, with a footer that `change` may spoil. */
export const fileOf = (
  schema: Schema.Schema,
  messages: ReadonlyArray<MessageSpec>,
  change: (footer: Footer.Footer) => Footer.Footer = (footer) => footer
): Uint8Array => {
  const writer = new MessageWriter.MessageWriter({ format: "file" })
  const footer = {
    version: "V5" as const,
    schema,
    dictionaries: [] as Array<Footer.Block>,
    recordBatches: [] as Array<Footer.Block>,
    customMetadata: []
  }
  for (const { body, header } of messages) {
    const block = Result.getOrThrow(
      writer.write({ version: "V5", header, bodyLength: 0, customMetadata: [] }, body ? [body] : [])
    )
    if (header._tag === "DictionaryBatch") footer.dictionaries.push(block)
    else footer.recordBatches.push(block)
  }
  Result.getOrThrow(writer.finish(change(footer)))
  return Writer.concat(writer.take())
}

export const schemaMessage = (schema: Schema.Schema): MessageSpec => ({ header: { _tag: "Schema", schema } })

export const batchMessage = (spec: BatchSpec, version: Message.MetadataVersion = "V5"): MessageSpec => ({
  ...layOut(spec),
  version
})

export const dictionaryMessage = (id: bigint, spec: BatchSpec, isDelta = false): MessageSpec => {
  const { body, header } = layOut(spec)
  return { header: { _tag: "DictionaryBatch", id, data: header, isDelta }, body }
}

/** A stream of one batch. */
export const oneBatch = (field: Schema.Field, spec: BatchSpec, version: Message.MetadataVersion = "V5"): Uint8Array =>
  streamOf([{ ...schemaMessage(Schema.make([field])), version }, batchMessage(spec, version)])

/** What reading a stream gives: batches, or how it fails. */
export const readStream = (
  bytes: Uint8Array,
  more?: ReadOptions.ReadOptions
): ReadonlyArray<RecordBatch.RecordBatch> => {
  const reader = new StreamReader.StreamReader({ ...options, ...more })
  return Result.getOrThrow(Result.flatMap(reader.push(bytes), (batches) => Result.map(reader.end(), () => batches)))
}

export const int32 = DataType.int(32)
export const none = new Uint8Array(0)
export { failureOf }
export type { Body, Limits }
