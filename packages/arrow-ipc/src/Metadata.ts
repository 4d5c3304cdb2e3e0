/**
 * Decodes the flatbuffers of messages and footers into plain values, verified.
 *
 * Each function takes the flatbuffer's bytes, and the `offset` at which they start in what the caller reads, so that
 * errors point there. Failures:
 * `FlatbufferError`, `UnsupportedFeature` (a version, type, codec or message that is not known), `FramingError` (a
 * negative body length) and
 * `LimitExceeded`.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import { Reader, type Table } from "./Flatbuffer.ts"
import type { Block, Footer } from "./Footer.ts"
import { decodeKeyValues, decodeSchema, one, unsupported } from "./internal/schemaMetadata.ts"
import { decodeSparseTensor, decodeTensor, readBuffer } from "./internal/tensorMetadata.ts"
import * as Limits from "./Limits.ts"
import type { BodyCompression, FieldNode, Message, MessageHeader, MetadataVersion, RecordBatch } from "./Message.ts"

const versions = ["V1", "V2", "V3", "V4", "V5"] as const

const unsupportedVersion = (table: Table): never =>
  unsupported(table, "metadata-version", `metadata version V${table.int16(0) + 1} is not read`)

const decodeVersion = (table: Table): MetadataVersion => {
  const version = versions[table.int16(0)]
  return version === "V4" || version === "V5" ? version : unsupportedVersion(table)
}

const decodeCompression = (table: Table): BodyCompression => ({
  codec: one(table, "codec", ["LZ4_FRAME", "ZSTD"] as const, table.uint8(0), "codec"),
  method: one(table, "compression method", ["BUFFER"] as const, table.uint8(1), "codec")
})

const readFieldNode = (reader: Reader, position: number): FieldNode => ({
  length: reader.int64(position),
  nullCount: reader.int64(position + 8)
})

const readInt64 = (reader: Reader, position: number): number => reader.int64(position)

const decodeRecordBatch = (table: Table): RecordBatch => {
  const compression = table.table(3)
  return {
    _tag: "RecordBatch",
    length: table.int64(0),
    nodes: table.items(1, 16, readFieldNode) ?? table.missing("nodes"),
    buffers: table.items(2, 16, readBuffer) ?? table.missing("buffers"),
    compression: compression === undefined ? undefined : decodeCompression(compression),
    variadicBufferCounts: table.items(4, 8, readInt64) ?? []
  }
}

const decodeHeader = (kind: number, table: Table, limits: Limits.Limits): MessageHeader => {
  switch (kind) {
    case 1:
      return { _tag: "Schema", schema: decodeSchema(table, limits) }
    case 2:
      return {
        _tag: "DictionaryBatch",
        id: table.bigint(0),
        data: decodeRecordBatch(table.required(1, "data")),
        isDelta: table.bool(2)
      }
    case 3:
      return decodeRecordBatch(table)
    case 4:
      return decodeTensor(table)
    case 5:
      return decodeSparseTensor(table)
    default:
      return unsupported(table, "message-type", `messages of type ${kind} are not known`)
  }
}

/**
 * As `decodeMessage`, but throws the `ArrowError`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const unsafeDecodeMessage = (bytes: Uint8Array, offset: number, limits: Limits.Limits): Message => {
  const table = new Reader(bytes, offset).root()
  const version = decodeVersion(table)
  const header = decodeHeader(table.uint8(1), table.required(2, "header"), limits)
  const bodyLength = table.int64(3)
  if (bodyLength < 0) {
    const detail = `the body is ${bodyLength} bytes long`
    throw ArrowError.make({ _tag: "FramingError", code: "negative-body-length" }, detail, offset + table.slot(3, 8))
  }
  return { version, header, bodyLength, customMetadata: decodeKeyValues(table, 4) }
}

const readBlock = (reader: Reader, position: number): Block => ({
  offset: reader.int64(position),
  metaDataLength: reader.view.getInt32(position + 8, true),
  bodyLength: reader.int64(position + 16)
})

/**
 * As `decodeFooter`, but throws the `ArrowError`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const unsafeDecodeFooter = (bytes: Uint8Array, offset: number, limits: Limits.Limits): Footer => {
  const table = new Reader(bytes, offset).root()
  return {
    version: versions[table.int16(0)] ?? unsupportedVersion(table),
    schema: decodeSchema(table.required(1, "schema"), limits),
    dictionaries: table.items(2, 24, readBlock) ?? [],
    recordBatches: table.items(3, 24, readBlock) ?? [],
    customMetadata: decodeKeyValues(table, 4)
  }
}

/**
 * Decodes the flatbuffer of one message: `bytes` holds the flatbuffer alone, without its length prefix.
 *
 * Source: `Message.fbs`, table `Message`. Nothing of the result refers to `bytes`, except metadata values that are
 * not UTF-8.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeMessage = (
  bytes: Uint8Array,
  offset = 0,
  limits: Limits.Limits = Limits.defaults
): Result.Result<Message, ArrowError.ArrowError> => ArrowError.attempt(() => unsafeDecodeMessage(bytes, offset, limits))

/**
 * Decodes the flatbuffer of a file's footer: `bytes` holds the flatbuffer alone.
 *
 * Source: `File.fbs`, table `Footer`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeFooter = (
  bytes: Uint8Array,
  offset = 0,
  limits: Limits.Limits = Limits.defaults
): Result.Result<Footer, ArrowError.ArrowError> => ArrowError.attempt(() => unsafeDecodeFooter(bytes, offset, limits))

export { encodeFooter, encodeMessage } from "./internal/encodeMetadata.ts"
