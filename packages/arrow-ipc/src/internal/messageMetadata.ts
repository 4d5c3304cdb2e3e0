/** Decodes the tables of `Message.fbs` and `File.fbs`. */
import { found } from "./details.ts"
import * as ArrowError from "../ArrowError.ts"
import { Reader, type Table } from "../Flatbuffer.ts"
import type { Block, Footer } from "../Footer.ts"
import type * as Limits from "../Limits.ts"
import type { Buffer, FieldNode, Message, MessageHeader, RecordBatch } from "../Message.ts"
import { codecs, compressionMethods, versions } from "./enumerations.ts"
import { decodeKeyValues, decodeSchema, one, unsupported } from "./schemaMetadata.ts"

/** How the headers that are no schemas and batches are decoded, by their number in the union `MessageHeader`. */
export type OtherHeaders = Record<number, (table: Table) => MessageHeader>

/** The version that a message or footer says it has. */
export const decodeVersion = (table: Table): (typeof versions)[number] =>
  versions[table.int(0, 2)] ?? unsupported(table, "metadata-version", found(`V${table.int(0, 2) + 1}`, "V4 or V5"))

/** The struct `Buffer` at `position`. */
export const readBuffer = (reader: Reader, position: number): Buffer => ({
  offset: reader.int64(position),
  length: reader.int64(position + 8)
})

const readFieldNode = (reader: Reader, position: number): FieldNode => ({
  length: reader.int64(position),
  nullCount: reader.int64(position + 8)
})

/** The struct `Block` at `position`. */
export const readBlock = (reader: Reader, position: number): Block => ({
  offset: reader.int64(position),
  metaDataLength: reader.view.getInt32(position + 8, true),
  bodyLength: reader.int64(position + 16)
})

/** The int64 at `position`. */
export const readInt64 = (reader: Reader, position: number): number => reader.int64(position)

const decodeRecordBatch = (table: Table): RecordBatch => {
  const compression = table.table(3)
  return {
    _tag: "RecordBatch",
    length: table.int(0, 8),
    nodes: table.items(1, 16, readFieldNode) ?? table.missing("nodes"),
    buffers: table.items(2, 16, readBuffer) ?? table.missing("buffers"),
    compression: compression && {
      codec: one(compression, codecs, compression.int(0, 1), "codec"),
      method: one(compression, compressionMethods, compression.int(1, 1), "codec")
    },
    variadicBufferCounts: table.items(4, 8, readInt64) ?? []
  }
}

/** The message of a flatbuffer; kinds that `others` does not have are refused where they stand. */
export const decodeMessage = (
  bytes: Uint8Array,
  offset: number,
  limits: Limits.Limits,
  others: OtherHeaders = {}
): Message => {
  const table = new Reader(bytes, offset).root()
  const version = decodeVersion(table)
  if (version !== "V4" && version !== "V5") return unsupported(table, "metadata-version", found(version, "V4 or V5"))
  const kind = table.int(1, 1)
  const header = table.required(2, "header")
  const bodyLength = table.int(3, 8)
  if (bodyLength < 0) {
    ArrowError.raise("FramingError", "negative-body-length", found(bodyLength, "a length"), offset)
  }
  return {
    version,
    header:
      kind === 1
        ? { _tag: "Schema", schema: decodeSchema(header, limits) }
        : kind === 2
          ? {
              _tag: "DictionaryBatch",
              id: header.bigint(0),
              data: decodeRecordBatch(header.required(1, "data")),
              isDelta: header.bool(2)
            }
          : kind === 3
            ? decodeRecordBatch(header)
            : (others[kind]?.(header) ?? refuse(header, kind)),
    bodyLength,
    customMetadata: decodeKeyValues(table, 4)
  }
}

const refuse = (table: Table, kind: number): never =>
  kind === 4 || kind === 5
    ? ArrowError.raise("FramingError", "unexpected-message", found("a tensor", "record batches"), table.reader.base)
    : unsupported(table, "message-type", found(kind, "a MessageHeader"))

/** The footer of a flatbuffer. */
export const decodeFooter = (bytes: Uint8Array, offset: number, limits: Limits.Limits): Footer => {
  const table = new Reader(bytes, offset).root()
  return {
    version: decodeVersion(table),
    schema: decodeSchema(table.required(1, "schema"), limits),
    dictionaries: table.items(2, 24, readBlock) ?? [],
    recordBatches: table.items(3, 24, readBlock) ?? [],
    customMetadata: decodeKeyValues(table, 4)
  }
}
