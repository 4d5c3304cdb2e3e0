/** The incremental machine behind `StreamReader`, with options that leave nothing open. */
import * as Result from "effect/Result"
import * as ArrowError from "../ArrowError.ts"
import { type Frame, Framer } from "../Framing.ts"
import { type BodySource, wholeBody } from "../Body.ts"
import { BatchDecoder, Selection } from "./batchDecoder.ts"
import type { ResolvedOptions } from "../ReadOptions.ts"
import { dictionaryError } from "./dictionaries.ts"
import type { DictionaryBatch, MetadataVersion } from "../Message.ts"
import type { RecordBatch } from "../RecordBatch.ts"
import type { Schema } from "../Schema.ts"

export class StreamDecoder {
  private declare readonly framer: Framer
  private declare readonly options: ResolvedOptions
  private decoder: BatchDecoder | undefined
  private selection: Selection | undefined
  private needed: ReadonlySet<bigint> = new Set()
  private fault: ArrowError.ArrowError | undefined

  constructor(options: ResolvedOptions) {
    this.options = options
    this.framer = new Framer(options.limits)
  }

  /** The schema of the batches, once it was read. */
  get schema(): Schema | undefined {
    return this.selection?.schema
  }

  /** The failure that ended the stream, which the next call returns. */
  get failure(): ArrowError.ArrowError | undefined {
    return this.fault
  }

  /** Whether the end-of-stream marker was read. */
  get ended(): boolean {
    return this.framer.ended
  }

  /** Takes the next chunk and returns the record batches it completes. */
  push(chunk: Uint8Array): Result.Result<ReadonlyArray<RecordBatch>, ArrowError.ArrowError> {
    if (this.fault !== undefined) return Result.fail(this.fault)
    const batches: Array<RecordBatch> = []
    const outcome = Result.flatMap(this.framer.push(chunk), (frames) =>
      ArrowError.attempt(() => {
        for (const frame of frames) {
          const batch = this.read(frame)
          if (batch !== undefined) batches.push(batch)
        }
      })
    )
    if (Result.isFailure(outcome)) {
      this.fault = outcome.failure
      if (batches.length === 0) return Result.fail(outcome.failure)
    }
    return Result.succeed(batches)
  }

  /** Says that no more bytes come. Fails inside a message, or if there was no schema. */
  end(): Result.Result<void, ArrowError.ArrowError> {
    if (this.fault !== undefined) return Result.fail(this.fault)
    return Result.flatMap(this.framer.end(), () =>
      this.decoder === undefined
        ? Result.fail(ArrowError.make({ _tag: "FramingError", code: "no-schema" }, "the stream has no schema", 0))
        : Result.void
    )
  }

  private read({ body, bodyOffset, message, offset }: Frame): RecordBatch | undefined {
    const { customMetadata, header, version } = message
    if (header._tag === "Schema") {
      if (this.decoder !== undefined) fail("second-schema", "a second schema", offset)
      this.start(header.schema)
      return undefined
    }
    if (this.decoder === undefined || this.selection === undefined)
      return fail("no-schema", `a ${header._tag} comes before the schema`, offset)
    const source = wholeBody(body, bodyOffset)
    switch (header._tag) {
      case "RecordBatch":
        return this.decoder.readBatch(header, source, version, customMetadata, this.selection)
      case "DictionaryBatch":
        this.readDictionary(this.decoder, header, source, version)
        return undefined
      default:
        return fail("unexpected-message", `a ${header._tag} among record batches`, offset)
    }
  }

  private start(schema: Schema): void {
    const selection = new Selection(schema, this.options.columns)
    const decoder = new BatchDecoder(schema, this.options)
    this.needed = new Set(decoder.dictionaries.needed(selection.schema.fields))
    this.selection = selection
    this.decoder = decoder
  }

  private readDictionary(
    decoder: BatchDecoder,
    header: DictionaryBatch,
    source: BodySource,
    version: MetadataVersion
  ): void {
    const { id } = header
    if (!decoder.dictionaries.has(id))
      dictionaryError("unknown-id", id, `no field uses dictionary ${id}`, source.offset)
    if (this.needed.has(id)) decoder.readDictionary(header, source, version, true)
  }
}

const fail = (code: ArrowError.FramingError["code"], detail: string, offset: number): never => {
  throw ArrowError.make({ _tag: "FramingError", code }, detail, offset)
}
