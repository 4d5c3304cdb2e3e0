/** The envelope of the file format: magic, footer, blocks. */
import { found, outside } from "./details.ts"
import * as ArrowError from "../ArrowError.ts"
import type { BodySource } from "../Body.ts"
import type { Block, Footer } from "../Footer.ts"
import type { Limits } from "../Limits.ts"
import type { DictionaryBatch, Message, MetadataVersion } from "../Message.ts"
import type { Field } from "../Schema.ts"
import type { BatchDecoder } from "./batchDecoder.ts"
import { decodeFooter, decodeMessage } from "./messageMetadata.ts"
import { checkMetadataLength, int32 } from "./lengths.ts"

const magic = "ARROW1"

/** Length of the footer's length and the magic after it. */
export const tailLength = 10
/** Magic and padding in front, footer length and magic behind. */
const leastFileLength = 8 + tailLength

export const fileError = (code: ArrowError.FileError["code"], detail: string, offset: number): never =>
  ArrowError.raise("FileError", code, detail, offset)

export const hasMagic = (bytes: Uint8Array, at: number): boolean =>
  String.fromCharCode(...bytes.subarray(at, at + magic.length)) === magic

/** Checks the first 8 bytes of a file of `fileLength` bytes. */
export const checkHead = (head: Uint8Array, fileLength: number): void => {
  if (!hasMagic(head, 0)) fileError("magic", found("other bytes", magic), 0)
  if (fileLength < leastFileLength) {
    fileError("footer", found(fileLength, leastFileLength), 0)
  }
}

/** The length of the footer that the last 10 bytes announce. */
export const parseTail = (tail: Uint8Array, fileLength: number, limits: Limits): number => {
  const offset = fileLength - tailLength
  if (!hasMagic(tail, 4)) fileError("magic", found("other bytes", magic), offset + 4)
  const length = int32(tail, 0)
  if (length <= 0 || length > fileLength - leastFileLength) {
    fileError("footer", outside(length, offset, fileLength), offset)
  }
  checkMetadataLength(length, offset, limits)
  return length
}

/** Checks that a block lies before the footer at `end`, and returns its length. */
export const checkBlock = ({ bodyLength, metaDataLength, offset }: Block, end: number): number => {
  const length = metaDataLength + bodyLength
  if (((offset | metaDataLength | bodyLength) & 7) !== 0) fileError("block", found(offset, "a multiple of 8"), end)
  if (offset < 8 || metaDataLength < 8 || bodyLength < 0 || offset + length > end) {
    fileError("block", outside(length, offset, end), end)
  }
  return length
}

/** Decodes a footer at `offset`, and checks that its blocks lie before it and do not overlap. */
export const parseFooter = (bytes: Uint8Array, offset: number, limits: Limits): Footer => {
  const footer = decodeFooter(bytes, offset, limits)
  let total = 0
  for (const block of [...footer.dictionaries, ...footer.recordBatches]) total += checkBlock(block, offset)
  if (total > offset) fileError("block", outside(total, 0, offset), offset)
  return footer
}

/** Decodes the message of a block from its metadata: `bytes` are the block's first `metaDataLength`. */
export const parseBlock = (bytes: Uint8Array, block: Block, limits: Limits): Message => {
  const prefix = int32(bytes, 0) === -1 ? 8 : 4
  const length = int32(bytes, prefix - 4)
  if (length <= 0 || length > block.metaDataLength - prefix) {
    fileError("block", outside(length, prefix, block.metaDataLength), block.offset)
  }
  const message = decodeMessage(bytes.subarray(prefix, prefix + length), block.offset + prefix, limits)
  if (message.bodyLength !== block.bodyLength) {
    fileError("block", found(message.bodyLength, block.bodyLength), block.offset)
  }
  ArrowError.checkLimit("body", message.bodyLength, limits.bodyLength, block.offset)
  return message
}

/** A message of a file that must hold what the footer says. */
export const expectHeader = <Tag extends Message["header"]["_tag"]>(
  message: Message,
  tag: Tag,
  block: Block
): Message["header"] & { readonly _tag: Tag } => {
  const { header } = message
  if (header._tag !== tag) fileError("block", found(header._tag, tag), block.offset)
  return header as Message["header"] & { readonly _tag: Tag }
}

/** A dictionary batch of a file, not yet read. */
export interface PendingDictionary {
  readonly header: DictionaryBatch
  readonly version: MetadataVersion
  readonly source: BodySource
}

/**
 * Reads those dictionaries of a file that `fields` need and that were not read yet; the file may have them in any
 * order.
 */
export const readDictionaries = (
  decoder: BatchDecoder,
  fields: ReadonlyArray<Field>,
  pending: ReadonlyArray<PendingDictionary>
): void => {
  for (const { header, source } of pending) decoder.dictionaries.known(header.id, source.offset)
  for (const id of decoder.dictionaries.needed(fields)) {
    if (decoder.dictionaries.current(id) !== undefined) continue
    for (const { header, source, version } of pending) {
      if (header.id === id) decoder.readDictionary(header, source, version, false)
    }
  }
}
