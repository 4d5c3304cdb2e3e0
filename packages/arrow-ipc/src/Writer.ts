/**
 * Writes record batches as Arrow's stream or file format: schema, dictionaries, batches, end, and the footer of a file.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { ArrayData } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import * as Codecs from "./CompressionCodecs.ts"
import type { Dictionary } from "./Dictionary.ts"
import type { Block } from "./Footer.ts"
import { Body, type BodyOptions } from "./internal/encodeBody.ts"
import { agree, slices } from "./internal/equalData.ts"
import { firstDifference } from "./internal/equalSchema.ts"
import type { BodyCompression, MessageHeader, MetadataVersion, RecordBatch as BatchHeader } from "./Message.ts"
import * as MessageWriter from "./MessageWriter.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import { type Field, formatField, type KeyValue, type Schema } from "./Schema.ts"

/**
 * How batches are written; everything has a default.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends MessageWriter.Options {
  /** Default `V5`; `V4` for readers older than 1.0. */
  readonly version?: MetadataVersion | undefined
  /** Compresses each buffer, unless that would not make it smaller. Default: none. */
  readonly compression?: BodyCompression["codec"] | undefined
  /** Default `CompressionCodecs.defaults`: LZ4_FRAME alone. */
  readonly codecs?: Codecs.CompressionCodecs | undefined
  /** Custom metadata of a file's footer. */
  readonly footerMetadata?: ReadonlyArray<KeyValue> | undefined
}

/** What has been written of one dictionary. */
interface Written {
  dictionary: Dictionary
  /** How often the dictionaries inside its values had been replaced by then. */
  replacements: number
}

/**
 * The writer of one stream or file. Chunks pile up until `take`; nothing is concatenated and no buffer is copied
 * unless it is sliced or compressed.
 *
 * **Details**
 *
 * A dictionary is written before the first batch that needs it, and again when it changed: what was appended as a
 * delta, anything else as a replacement. Padding is zero. A failure leaves what was written so far as it was.
 *
 * **Gotchas**
 *
 * The file format has no replacements: they fail with `DictionaryError/replacement`. Chunks are views of the
 * batches' buffers.
 *
 * @category encoding
 * @since 0.1.0
 */
export class Writer {
  declare readonly schema: Schema
  declare private readonly messages: MessageWriter.MessageWriter
  declare private readonly options: Options
  declare private readonly version: MetadataVersion
  declare private readonly body: BodyOptions
  private readonly dictionaries = new Map<bigint, Written>()
  private readonly dictionaryBlocks: Array<Block> = []
  private readonly batchBlocks: Array<Block> = []
  private replacements = 0

  /** Throws what `make` fails with. */
  constructor(schema: Schema, options: Options = {}) {
    const { compression } = options
    const codec = compression === undefined ? undefined : (options.codecs ?? Codecs.defaults)[compression]
    if (compression !== undefined && codec === undefined) {
      throw ArrowError.make({ _tag: "CompressionError", code: "no-codec" }, `no codec for ${compression} was given`)
    }
    if (compression !== undefined && options.version === "V4") {
      const detail = "metadata version V4 has no body compression: readers would take compressed bytes for values"
      throw ArrowError.make({ _tag: "UnsupportedFeature", code: "codec" }, detail)
    }
    this.schema = { ...schema, endianness: "Little" }
    this.options = options
    this.version = options.version ?? "V5"
    this.body = { version: this.version, alignment: options.alignment ?? 8, codec }
    this.messages = new MessageWriter.MessageWriter(options)
    this.message({ _tag: "Schema", schema: this.schema }, [])
  }

  /** Bytes written so far. */
  get position(): number {
    return this.messages.position
  }

  /** The chunks written since the last call, in order. */
  take(): ReadonlyArray<Uint8Array> {
    return this.messages.take()
  }

  /**
   * Writes a batch, and before it the dictionaries it needs.
   *
   * Fails with `SchemaMismatch` where the batch's fields are not the writer's, `DictionaryError` (`replacement` in a
   * file; `conflict` where two columns disagree about one id), `FramingError/after-end`.
   */
  write(batch: RecordBatch): Result.Result<void, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeWrite(batch))
  }

  /** As `write`, but throws. */
  unsafeWrite(batch: RecordBatch): void {
    this.check(batch.schema)
    const seen = new Set<bigint>()
    for (const column of batch.data) this.ensure(column, seen)
    const body = new Body(this.body)
    for (const column of batch.data) body.array(column)
    this.batchBlocks.push(this.message(this.header(batch.length, body), body.chunks, batch.metadata))
  }

  /** Writes the end, and the footer of a file. Fails with `FramingError/after-end` the second time. */
  finish(): Result.Result<void, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeFinish())
  }

  /** As `finish`, but throws. */
  unsafeFinish(): void {
    this.messages.unsafeFinish({
      version: this.version,
      schema: this.schema,
      dictionaries: this.dictionaryBlocks,
      recordBatches: this.batchBlocks,
      customMetadata: this.options.footerMetadata ?? []
    })
  }

  private message(
    header: MessageHeader,
    chunks: ReadonlyArray<Uint8Array>,
    customMetadata: ReadonlyArray<KeyValue> = []
  ): Block {
    return this.messages.unsafeWrite({ version: this.version, header, bodyLength: 0, customMetadata }, chunks)
  }

  private header(length: number, body: Body): BatchHeader {
    const { compression } = this.options
    return {
      _tag: "RecordBatch",
      length,
      nodes: body.nodes,
      buffers: body.buffers,
      compression: compression === undefined ? undefined : { codec: compression, method: "BUFFER" },
      variadicBufferCounts: body.variadicBufferCounts
    }
  }

  private check({ fields }: Schema): void {
    if (fields === this.schema.fields) return
    const index = firstDifference(this.schema.fields, fields)
    if (index < 0) return
    const [ours, theirs] = [this.schema.fields[index], fields[index]]
    const describe = (field: Field | undefined) =>
      field === undefined ? "no field" : `${field.name}: ${formatField(field)}`
    const expected = describe(ours)
    const actual = describe(theirs)
    throw ArrowError.make(
      { _tag: "SchemaMismatch", code: "type", expected, actual },
      `the batch has ${actual} where the writer's schema has ${expected}`,
      undefined,
      [(ours ?? theirs)!.name]
    )
  }

  /** Writes what readers do not have yet of the dictionaries in `data`, innermost first. */
  private ensure(data: ArrayData, seen: Set<bigint>): void {
    for (const child of data.children) this.ensure(child, seen)
    if (data.dictionary !== undefined) this.dictionary(data.dictionary, seen)
  }

  private dictionary(dictionary: Dictionary, seen: Set<bigint>): void {
    const { id } = dictionary
    const replacements = this.replacements
    for (const chunk of dictionary.chunks.slice(0, dictionary.count)) this.ensure(chunk, seen)
    const written = this.dictionaries.get(id)
    const goesOn =
      written !== undefined && written.replacements >= replacements && agree(written.dictionary, dictionary)
    if (goesOn && written.dictionary.length >= dictionary.length) return
    if (written !== undefined && !goesOn) this.refuseReplacement(id, seen)
    const parts = goesOn
      ? slices(dictionary, written.dictionary.length, dictionary.length)
      : dictionary.chunks.slice(0, dictionary.count)
    const bodies = parts.map((part) => {
      const body = new Body(this.body)
      body.array(part)
      return { body, data: this.header(part.length, body) }
    })
    // Only now, as laying out may fail: a buffer that is decompressed on demand may turn out to be corrupt.
    seen.add(id)
    this.dictionaries.set(id, { dictionary, replacements: this.replacements })
    for (const [i, { body, data }] of bodies.entries()) {
      const header = { _tag: "DictionaryBatch", id, data, isDelta: goesOn || i > 0 } as const
      this.dictionaryBlocks.push(this.message(header, body.chunks))
    }
  }

  private refuseReplacement(id: bigint, seen: ReadonlySet<bigint>): void {
    if (seen.has(id)) {
      throw ArrowError.make(
        { _tag: "DictionaryError", code: "conflict", id },
        `two columns disagree about dictionary ${id}`
      )
    }
    if (this.options.format === "file") {
      const detail = `dictionary ${id} changed other than by growing, which a file cannot say; write a stream`
      throw ArrowError.make({ _tag: "DictionaryError", code: "replacement", id }, detail)
    }
    this.replacements++
  }
}

/**
 * Makes a writer. Fails with `CompressionError/no-codec` where the compression asked for has no codec, and with
 * `UnsupportedFeature/codec` for compression in version V4, which has none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (schema: Schema, options?: Options): Result.Result<Writer, ArrowError.ArrowError> =>
  ArrowError.attempt(() => new Writer(schema, options))

/**
 * Writes `batches` and returns the chunks of the whole stream or file, in order.
 *
 * **Details**
 *
 * Fails with what `Writer.make` and `Writer.write` fail with.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (
  schema: Schema,
  batches: Iterable<RecordBatch>,
  options?: Options
): Result.Result<ReadonlyArray<Uint8Array>, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const writer = new Writer(schema, options)
    for (const batch of batches) writer.unsafeWrite(batch)
    writer.unsafeFinish()
    return writer.take()
  })

/**
 * Joins chunks into one array that the caller owns.
 *
 * @category conversions
 * @since 0.1.0
 */
export const concat = (chunks: ReadonlyArray<Uint8Array>): Uint8Array => {
  const output = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    output.set(chunk, at)
    at += chunk.length
  }
  return output
}
