/**
 * Reads the file format from bytes that are all there: any batch, in any order, without copying.
 *
 * @since 0.1.0
 */
import { outside } from "./internal/details.ts"
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import { wholeBody } from "./Body.ts"
import type { Block, Footer } from "./Footer.ts"
import { BatchDecoder } from "./internal/batchDecoder.ts"
import {
  checkHead,
  expectHeader,
  fileError,
  hasMagic,
  parseBlock,
  parseFooter,
  parseTail,
  readDictionaries,
  tailLength
} from "./internal/fileFormat.ts"
import * as Limits from "./Limits.ts"
import type { Message } from "./Message.ts"
import * as ReadOptions from "./ReadOptions.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import type { Schema } from "./Schema.ts"

/**
 * Whether `bytes` start as an Arrow file does: with `ARROW1`.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isFile = (bytes: Uint8Array): boolean => hasMagic(bytes, 0)

/**
 * Where a file's footer lies.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileHeader {
  readonly footerOffset: number
  readonly footerLength: number
}

/**
 * Checks the magic at both ends of a file, and finds its footer. Failures: `FileError`, `LimitExceeded`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseHeader = (
  bytes: Uint8Array,
  limits: Limits.Limits = Limits.defaults
): Result.Result<FileHeader, ArrowError.ArrowError> => ArrowError.attempt(() => unsafeParseHeader(bytes, limits))

const unsafeParseHeader = (bytes: Uint8Array, limits: Limits.Limits): FileHeader => {
  checkHead(bytes, bytes.byteLength)
  const footerLength = parseTail(bytes.subarray(-tailLength), bytes.byteLength, limits)
  return { footerOffset: bytes.byteLength - tailLength - footerLength, footerLength }
}

/**
 * A file whose footer was read and checked.
 *
 * @category models
 * @since 0.1.0
 */
export class FileReader {
  declare readonly footer: Footer
  declare private readonly bytes: Uint8Array
  declare private readonly options: ReadOptions.ResolvedOptions
  declare private readonly decoder: BatchDecoder
  private hasDictionaries = false

  constructor(bytes: Uint8Array, footer: Footer, options: ReadOptions.ResolvedOptions) {
    this.bytes = bytes
    this.footer = footer
    this.options = options
    this.decoder = new BatchDecoder(footer.schema, options)
  }

  /** The schema of the batches: the columns that were asked for. */
  get schema(): Schema {
    return this.decoder.selection.schema
  }

  /** How many record batches there are. */
  get length(): number {
    return this.footer.recordBatches.length
  }

  /** Reads record batch `index`; the first time also the dictionaries that its columns need. */
  readBatch(index: number): Result.Result<RecordBatch, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeReadBatch(index))
  }

  /** As `readBatch`, but throws the `ArrowError`. */
  unsafeReadBatch(index: number): RecordBatch {
    const block = this.footer.recordBatches[index]
    if (block === undefined) return fileError("index", outside(1, index, this.length), 0)
    if (!this.hasDictionaries) this.readDictionaries()
    const message = this.message(block)
    const header = expectHeader(message, "RecordBatch", block)
    return this.decoder.readBatch(header, this.body(block), message.version, message.customMetadata)
  }

  private readDictionaries(): void {
    const pending = this.footer.dictionaries.map((block) => {
      const message = this.message(block)
      return {
        header: expectHeader(message, "DictionaryBatch", block),
        version: message.version,
        source: this.body(block)
      }
    })
    readDictionaries(this.decoder, this.schema.fields, pending)
    this.hasDictionaries = true
  }

  private message(block: Block): Message {
    const bytes = this.bytes.subarray(block.offset, block.offset + block.metaDataLength)
    return parseBlock(bytes, block, this.options.limits)
  }

  private body(block: Block) {
    const start = block.offset + block.metaDataLength
    return wholeBody(this.bytes.subarray(start, start + block.bodyLength), start)
  }
}

/**
 * As `open`, with options that leave nothing open, and thrown failures.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unsafeOpen = (bytes: Uint8Array, options: ReadOptions.ResolvedOptions): FileReader => {
  const { footerLength, footerOffset } = unsafeParseHeader(bytes, options.limits)
  const footer = parseFooter(bytes.subarray(footerOffset, footerOffset + footerLength), footerOffset, options.limits)
  return new FileReader(bytes, footer, options)
}

/**
 * Opens the file in `bytes`: reads and checks its footer, no batch.
 *
 * Failures: `FileError`, and what decoding a footer and choosing columns fail with. The reader's batches are views of
 * `bytes`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (
  bytes: Uint8Array,
  options?: ReadOptions.ReadOptions
): Result.Result<FileReader, ArrowError.ArrowError> =>
  ArrowError.attempt(() => unsafeOpen(bytes, ReadOptions.resolve(options)))

/**
 * All batches of a file.
 *
 * @category decoding
 * @since 0.1.0
 */
export const readAll = (reader: FileReader): Result.Result<ReadonlyArray<RecordBatch>, ArrowError.ArrowError> =>
  ArrowError.attempt(() => unsafeReadAll(reader))

/**
 * As `readAll`, but throws the `ArrowError`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const unsafeReadAll = (reader: FileReader): ReadonlyArray<RecordBatch> =>
  reader.footer.recordBatches.map((_, index) => reader.unsafeReadBatch(index))
