/**
 * Files read by position: one batch, some columns, or one cell, without reading the rest.
 *
 * Node has no memory mapping; what is asked for is read with positional reads, which may run side by side.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as ArrowError from "./ArrowError.ts"
import { withServices } from "./ArrowStream.ts"
import type { Block, Footer } from "./Footer.ts"
import { BatchDecoder, Selection } from "./internal/batchDecoder.ts"
import { type Cell, cellOf } from "./internal/cell.ts"
import {
  checkHead,
  expectHeader,
  fileError,
  parseBlock,
  parseTail,
  type PendingDictionary,
  readDictionaries,
  tailLength
} from "./internal/fileFormat.ts"
import { FileFooter } from "./internal/fileFooter.ts"
import { partialBody, ranges } from "./internal/partialBody.ts"
import { fieldLayout } from "./Layout.ts"
import type { Buffer, Message } from "./Message.ts"
import * as ReadOptions from "./ReadOptions.ts"
import { columnIndex, type RecordBatch } from "./RecordBatch.ts"
import type { Schema } from "./Schema.ts"

type Failure = ArrowError.ArrowError | PlatformError.PlatformError

/** Read at once from the end: the footers of most files are shorter. */
const firstTail = 2 ** 16

const lift = <A>(evaluate: () => A): Effect.Effect<A, ArrowError.ArrowError> =>
  Effect.suspend(() => Effect.fromResult(ArrowError.attempt(evaluate)))

/** `length` bytes from `position`, in a buffer of their own. */
const readExactly = (file: FileSystem.File, position: number, length: number): Effect.Effect<Uint8Array, Failure> => {
  const bytes = new Uint8Array(length)
  const readFrom = (start: number): Effect.Effect<Uint8Array, Failure> =>
    start === length
      ? Effect.succeed(bytes)
      : Effect.flatMap(file.read(bytes.subarray(start), { position: BigInt(position + start) }), (count) =>
          count === 0
            ? lift(() => fileError("block", `the file ends ${length - start} bytes early`, position + start))
            : readFrom(start + count)
        )
  return readFrom(0)
}

/**
 * An open file.
 *
 * @category models
 * @since 0.1.0
 */
export class ArrowFile {
  declare private readonly fileFooter: FileFooter
  declare private readonly file: FileSystem.File
  declare private readonly options: ReadOptions.ResolvedOptions
  declare private readonly decoder: BatchDecoder
  private readonly lock = Semaphore.makeUnsafe(1)
  private dictionaries: ReadonlyArray<{ readonly block: Block; readonly message: Message }> | undefined

  constructor(file: FileSystem.File, footer: FileFooter, options: ReadOptions.ResolvedOptions) {
    this.file = file
    this.fileFooter = footer
    this.options = options
    this.decoder = new BatchDecoder(footer.schema, options)
  }

  /** The file's schema, all columns. */
  get schema(): Schema {
    return this.fileFooter.schema
  }

  /** How many record batches there are. */
  get length(): number {
    return this.fileFooter.length
  }

  /** The whole footer: its blocks are read, and checked for overlaps, only here and before all batches are read. */
  get footer(): Effect.Effect<Footer, ArrowError.ArrowError> {
    return lift(() => this.fileFooter.all())
  }

  /**
   * Reads batch `index`, or `columns` of it: its metadata, then the buffers of those columns, then the dictionaries
   * they need that were not read
   * before.
   */
  readBatch(
    index: number,
    options?: { readonly columns?: ReadonlyArray<number | string> | undefined }
  ): Effect.Effect<RecordBatch, Failure> {
    return Effect.gen({ self: this }, function* () {
      const selection = yield* lift(() => new Selection(this.schema, options?.columns ?? this.options.columns))
      const { block, message } = yield* this.batchMessage(index)
      const header = yield* lift(() => expectHeader(message, "RecordBatch", block))
      const start = block.offset + block.metaDataLength
      const nothing = partialBody(start, block.bodyLength, [])
      const fields = yield* lift(() => this.decoder.parts(header, nothing, message.version))
      const wanted = fields.flatMap(({ buffers }, i) => (selection.wanted.has(i) ? buffers : []))
      const source = yield* this.readBuffers(block, wanted)
      yield* this.readDictionaries(selection)
      return yield* lift(() =>
        this.decoder.readBatch(header, source, message.version, message.customMetadata, selection)
      )
    })
  }

  /** All batches, one after another, or `columns` of them. */
  recordBatches(options?: {
    readonly columns?: ReadonlyArray<number | string> | undefined
  }): Stream.Stream<RecordBatch, Failure> {
    return Stream.unwrap(
      Effect.map(this.footer, () =>
        Stream.mapEffect(Stream.range(0, this.length - 1), (index) => this.readBatch(index, options))
      )
    )
  }

  /**
   * One value: row `row` of column `column` in batch `batch`. Of a column of fixed width that is not compressed,
   * eight slots are read; of others, the column.
   */
  cell(batch: number, column: number | string, row: number): Effect.Effect<unknown, Failure> {
    return Effect.flatMap(this.batchMessage(batch), ({ block, message }) =>
      Effect.flatMap(
        lift(() => this.place(block, message, column, row)),
        (place) =>
          place === undefined
            ? Effect.flatMap(this.readBatch(batch, { columns: [column] }), (read) =>
                lift(() => read.column(0).get(row))
              )
            : Effect.flatMap(this.readBuffers(block, place.buffers), (source) => lift(() => place.read(source)))
      )
    )
  }

  /** How to read a cell alone, if that is possible. */
  private place(block: Block, message: Message, column: number | string, row: number): Cell | undefined {
    const header = expectHeader(message, "RecordBatch", block)
    if (!(row >= 0 && row < header.length)) {
      fileError("index", `there is no row ${row} among ${header.length}`, block.offset)
    }
    const index = columnIndex(this.schema, column)
    if (header.compression !== undefined) return undefined
    const nothing = partialBody(block.offset + block.metaDataLength, block.bodyLength, [])
    const parts = this.decoder.parts(header, nothing, message.version, index + 1)
    const layout = fieldLayout(this.schema.fields[index]!)
    return cellOf(layout, parts[index]!, row, this.schema.endianness, block.bodyLength)
  }

  private batchMessage(index: number): Effect.Effect<{ readonly block: Block; readonly message: Message }, Failure> {
    return Effect.flatMap(
      lift(
        () =>
          this.fileFooter.recordBatch(index) ?? fileError("index", `there is no batch ${index} among ${this.length}`, 0)
      ),
      (block) => this.message(block)
    )
  }

  private message(block: Block) {
    return Effect.flatMap(readExactly(this.file, block.offset, block.metaDataLength), (bytes) =>
      lift(() => ({ block, message: parseBlock(bytes, block, this.options.limits) }))
    )
  }

  private readBuffers(block: Block, buffers: ReadonlyArray<Buffer>) {
    const start = block.offset + block.metaDataLength
    const read = ({ length, offset }: Buffer) =>
      Effect.map(readExactly(this.file, start + offset, length), (bytes) => ({ offset, bytes }))
    const needed = ranges(buffers, block.bodyLength)
    // One range needs no fiber.
    const parts =
      needed.length === 1
        ? Effect.map(read(needed[0]!), (part) => [part])
        : Effect.forEach(needed, read, { concurrency: 4 })
    return Effect.map(parts, (parts) => partialBody(start, block.bodyLength, parts))
  }

  /** Dictionaries are read once, however many fibers ask for them at the same time. */
  private readDictionaries(selection: Selection): Effect.Effect<void, Failure> {
    const needed = this.decoder.dictionaries
      .needed(selection.schema.fields)
      .filter((id) => this.decoder.dictionaries.current(id) === undefined)
    if (needed.length === 0) return Effect.void
    return Effect.gen({ self: this }, function* () {
      if (this.dictionaries === undefined) {
        const { dictionaries } = yield* this.footer
        this.dictionaries = yield* Effect.forEach(dictionaries, (block) => this.message(block))
      }
      const pending: Array<PendingDictionary> = []
      for (const { block, message } of this.dictionaries) {
        const header = yield* lift(() => expectHeader(message, "DictionaryBatch", block))
        if (!needed.includes(header.id)) continue
        const source = yield* this.readBuffers(block, header.data.buffers)
        pending.push({ header, version: message.version, source })
      }
      yield* lift(() => readDictionaries(this.decoder, selection.schema.fields, pending))
    }).pipe(Semaphore.withPermit(this.lock))
  }
}

/**
 * Opens a file for as long as the scope lives: reads and checks its footer, no batch.
 *
 * Limits and codecs come from `options`, else from the services `Limits` and `CompressionCodecs`; `options.columns`
 * is what `readBatch` reads unless told otherwise.
 * Failures: `FileError` and what decoding a footer fails with, and those of the file system.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (
  path: string,
  options?: ReadOptions.ReadOptions
): Effect.fn.Return<ArrowFile, Failure, FileSystem.FileSystem | Scope.Scope> {
  const resolved = ReadOptions.resolve(yield* withServices(options))
  const fileSystem = yield* FileSystem.FileSystem
  const file = yield* fileSystem.open(path, { flag: "r" })
  const size = Number((yield* file.stat).size)
  const tail = yield* readExactly(file, size - Math.min(size, firstTail), Math.min(size, firstTail))
  // A large file is told by its end and its footer: its start would be a read more.
  const length = yield* lift(() => {
    if (tail.byteLength === size) checkHead(tail, size)
    return parseTail(tail.subarray(-tailLength), size, resolved.limits)
  })
  const start = size - tailLength - length
  const footer =
    length + tailLength <= tail.byteLength
      ? tail.slice(-tailLength - length, -tailLength)
      : yield* readExactly(file, start, length)
  return yield* lift(() => new ArrowFile(file, new FileFooter(footer, start, resolved.limits), resolved))
})
