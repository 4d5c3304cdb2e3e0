/** Makes record batches of messages, with the dictionaries read so far. */
import { found } from "./details.ts"
import type { ArrayData } from "../ArrayData.ts"
import * as ArrowError from "../ArrowError.ts"
import { Body, type BodySource, type FieldParts } from "../Body.ts"
import { type FieldLayout, fieldLayout } from "../Layout.ts"
import type { DictionaryBatch, MetadataVersion, RecordBatch as RecordBatchHeader } from "../Message.ts"
import type { ResolvedOptions } from "../ReadOptions.ts"
import { columnIndex, RecordBatch } from "../RecordBatch.ts"
import type { KeyValue, Schema } from "../Schema.ts"
import { Dictionaries, dictionaryError } from "./dictionaries.ts"
import { runChecks } from "./runChecks.ts"

/** The columns that a caller wants of a schema. */
export class Selection {
  /** The schema of the batches: the fields that were asked for. */
  declare readonly schema: Schema
  /** Which field of the whole schema each column is. */
  declare readonly order: ReadonlyArray<number>
  /** The fields of the whole schema that are read. */
  declare readonly wanted: ReadonlySet<number>

  constructor(schema: Schema, columns: ReadonlyArray<number | string> | undefined) {
    this.order = columns?.map((key) => columnIndex(schema, key)) ?? schema.fields.map((_, i) => i)
    this.schema = columns === undefined ? schema : { ...schema, fields: this.order.map((i) => schema.fields[i]!) }
    this.wanted = new Set(this.order)
  }
}

export class BatchDecoder {
  declare readonly schema: Schema
  /** The columns that the options want. */
  declare readonly selection: Selection
  declare readonly dictionaries: Dictionaries
  declare private readonly options: ResolvedOptions
  declare private readonly layouts: ReadonlyArray<FieldLayout>

  constructor(schema: Schema, options: ResolvedOptions) {
    this.schema = schema
    this.options = options
    this.selection = new Selection(schema, options.columns)
    this.layouts = schema.fields.map((field) => fieldLayout(field))
    this.dictionaries = new Dictionaries(schema)
  }

  /** Takes a dictionary batch; `canReplace` is false in files. */
  readDictionary(header: DictionaryBatch, source: BodySource, version: MetadataVersion, canReplace: boolean): void {
    const { id, isDelta } = header
    const isThere = this.dictionaries.current(id) !== undefined
    if (isDelta && !isThere) {
      dictionaryError("missing", id, "comes after its delta", source.offset)
    }
    if (!isDelta && isThere && !canReplace) {
      dictionaryError("replacement", id, "comes twice in a file", source.offset)
    }
    const body = this.body(header.data, source, version)
    const data = this.read(this.dictionaries.layout(id), body)
    this.finish(body)
    this.dictionaries.add(id, data, isDelta)
  }

  /** Reads the selected columns of a record batch. */
  readBatch(
    header: RecordBatchHeader,
    source: BodySource,
    version: MetadataVersion,
    metadata: ReadonlyArray<KeyValue>,
    selection = this.selection
  ): RecordBatch {
    const { length } = header
    const body = this.body(header, source, version)
    if (length < 0) body.fail("negative-length", found(length, "a length"))
    if (this.schema.fields.some(({ type }) => type._tag !== "Null")) {
      ArrowError.checkLimit("rows", length, this.options.limits.rows, source.offset)
    }
    const read = this.layouts.map((layout, i) =>
      selection.wanted.has(i) ? this.read(layout, body, length) : body.skip(layout)
    )
    this.finish(body)
    const data = selection.order.map((i) => read[i] as ArrayData)
    return new RecordBatch(selection.schema, length, data, metadata)
  }

  /** What a batch says of each of the first `count` fields. */
  parts(
    header: RecordBatchHeader,
    source: BodySource,
    version: MetadataVersion,
    count = this.layouts.length
  ): ReadonlyArray<FieldParts> {
    const body = this.body(header, source, version)
    return this.layouts.slice(0, count).map((layout) => body.parts(layout))
  }

  private read(layout: FieldLayout, body: Body, length?: number): ArrayData {
    const data = body.read(layout, length)
    runChecks(data, this.options.checks, body.source.locate)
    return data
  }

  private finish(body: Body): void {
    if (this.options.checks.length > 0) body.finish()
  }

  private body(header: RecordBatchHeader, source: BodySource, version: MetadataVersion): Body {
    return new Body(header, source, {
      ...this.options,
      version,
      endianness: this.schema.endianness,
      dictionary: (id) => this.dictionaries.current(id)
    })
  }
}
