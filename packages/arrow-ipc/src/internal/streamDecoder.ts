/** The incremental machine behind `StreamReader`, with options that leave nothing open. */
import { found } from "./details.ts"
import * as Result from "effect/Result"
import * as ArrowError from "../ArrowError.ts"
import { wholeBody } from "../Body.ts"
import type { DictionaryBatch } from "../Message.ts"
import type { ResolvedOptions } from "../ReadOptions.ts"
import type { RecordBatch } from "../RecordBatch.ts"
import type { Schema } from "../Schema.ts"
import { BatchDecoder } from "./batchDecoder.ts"
import { type Frame, FrameDecoder } from "./frameDecoder.ts"

const fail = (code: ArrowError.FramingError["code"], detail: string, offset: number): never =>
  ArrowError.raise("FramingError", code, detail, offset)

export class StreamDecoder extends FrameDecoder<RecordBatch> {
  declare private readonly options: ResolvedOptions
  private decoder: BatchDecoder | undefined
  private needed: ReadonlySet<bigint> = new Set()

  constructor(options: ResolvedOptions) {
    super(options.limits)
    this.options = options
  }

  /** The schema of the batches, once it was read. */
  get schema(): Schema | undefined {
    return this.decoder?.selection.schema
  }

  /** Says that no more bytes come. Fails inside a message, or if there was no schema. */
  override end(): Result.Result<void, ArrowError.ArrowError> {
    return Result.flatMap(super.end(), () =>
      ArrowError.attempt(() => {
        if (this.decoder === undefined) fail("no-schema", found("no messages", "a schema"), 0)
      })
    )
  }

  protected read({ body, bodyOffset, message, offset }: Frame): RecordBatch | undefined {
    const { customMetadata, header, version } = message
    const { decoder, needed, options } = this
    if (header._tag === "Schema") {
      if (decoder !== undefined) fail("second-schema", found("Schema", "batches"), offset)
      const { dictionaries, selection } = (this.decoder = new BatchDecoder(header.schema, options))
      this.needed = new Set(dictionaries.needed(selection.schema.fields))
      return undefined
    }
    if (decoder === undefined) return fail("no-schema", found(header._tag, "a schema"), offset)
    const source = wholeBody(body, bodyOffset)
    if (header._tag === "RecordBatch") {
      return decoder.readBatch(header, source, version, customMetadata)
    }
    // Tensors are no messages of this decoder's frames.
    const dictionary = header as DictionaryBatch
    decoder.dictionaries.known(dictionary.id, source.offset)
    if (needed.has(dictionary.id)) decoder.readDictionary(dictionary, source, version, true)
    return undefined
  }
}
