/** Makes record batches of messages, with the dictionaries read so far. */
import type { ArrayData } from "../ArrayData.ts"
import * as ArrowError from "../ArrowError.ts"
import { Body, type BodySource } from "../Body.ts"
import { Dictionary } from "../Dictionary.ts"
import { type FieldLayout, fieldLayout } from "../Layout.ts"
import type { Buffer, DictionaryBatch, MetadataVersion, RecordBatch as RecordBatchHeader } from "../Message.ts"
import type { ResolvedOptions } from "../ReadOptions.ts"
import { columnIndex, RecordBatch } from "../RecordBatch.ts"
import type { Field, KeyValue, Schema } from "../Schema.ts"
import { unsafeValidate } from "../Validation.ts"

interface Entry {
  /** The values' field, called as the first field that uses them. */
  readonly layout: FieldLayout
  current: Dictionary | undefined
  chunks: Array<ArrayData>
}

const sameType = (a: Field, b: Field): boolean =>
  JSON.stringify(a.type) === JSON.stringify(b.type) &&
  a.dictionary?.id === b.dictionary?.id &&
  a.children.length === b.children.length &&
  a.children.every((child, i) => sameType(child, b.children[i]!))

export class BatchDecoder {
  readonly schema: Schema
  /** The schema of the batches: the fields that were asked for. */
  readonly selected: Schema
  private readonly options: ResolvedOptions
  private readonly layouts: ReadonlyArray<FieldLayout>
  /** Where in `selected` each field goes; several places if it was asked for several times. */
  private readonly order: ReadonlyArray<number>
  private readonly wanted: ReadonlyArray<boolean>
  private readonly entries = new Map<bigint, Entry>()
  private readonly known = new Set<bigint>()

  constructor(schema: Schema, options: ResolvedOptions) {
    const { columns } = options
    this.schema = schema
    this.options = options
    this.layouts = schema.fields.map((field) => fieldLayout(field))
    this.order = columns === undefined ? schema.fields.map((_, i) => i) : columns.map((key) => columnIndex(schema, key))
    this.selected = columns === undefined ? schema : { ...schema, fields: this.order.map((i) => schema.fields[i]!) }
    const wanted = new Set(this.order)
    this.wanted = schema.fields.map((_, i) => wanted.has(i))
    for (const [i, field] of schema.fields.entries()) this.collect(field, wanted.has(i), [])
  }

  /** The ids of the dictionaries that the selected columns need. */
  get ids(): ReadonlyArray<bigint> {
    return [...this.entries.keys()]
  }

  needs(id: bigint): boolean {
    return this.entries.has(id)
  }

  /** The ids of the dictionaries that the values of dictionary `id` point into. */
  nestedIds(id: bigint): ReadonlyArray<bigint> {
    const ids: Array<bigint> = []
    const visit = (layout: FieldLayout): void => {
      if (layout.field.dictionary !== undefined) ids.push(layout.field.dictionary.id)
      layout.children.forEach(visit)
    }
    visit(this.entries.get(id)!.layout)
    return ids
  }

  /** Takes a dictionary batch; `canReplace` is false in files. */
  readDictionary(header: DictionaryBatch, source: BodySource, version: MetadataVersion, canReplace: boolean): void {
    const { id, isDelta } = header
    const entry = this.entries.get(id)
    if (entry === undefined) {
      if (this.known.has(id)) return
      this.fail("unknown-id", id, `no field uses dictionary ${id}`, source.offset)
    }
    if (isDelta && entry.current === undefined) {
      this.fail("missing", id, `a delta comes before dictionary ${id}`, source.offset)
    }
    if (!isDelta && !canReplace && entry.current !== undefined) {
      this.fail("replacement", id, `dictionary ${id} comes twice in a file`, source.offset)
    }
    const body = this.body(header.data, source, version)
    const data = body.read(entry.layout)
    if (this.options.validation !== "none") body.finish()
    this.validate(data, source)
    if (!isDelta) entry.chunks = []
    entry.chunks.push(data)
    const before = isDelta ? entry.current!.length : 0
    entry.current = new Dictionary(id, entry.chunks, entry.chunks.length, before + data.length)
  }

  /** Reads a record batch. */
  readBatch(
    header: RecordBatchHeader,
    source: BodySource,
    version: MetadataVersion,
    metadata: ReadonlyArray<KeyValue>
  ): RecordBatch {
    const body = this.body(header, source, version)
    this.checkLength(header.length, body)
    const read: Array<ArrayData | undefined> = []
    for (let i = 0; i < this.layouts.length; i++) {
      const layout = this.layouts[i]!
      if (this.wanted[i] === false) {
        body.skip(layout)
        read.push(undefined)
        continue
      }
      const data = body.read(layout)
      if (data.length !== header.length) {
        body.fail("length-mismatch", `the column has ${data.length} slots, the batch ${header.length}`, layout.path)
      }
      this.validate(data, source)
      read.push(data)
    }
    if (this.options.validation !== "none") body.finish()
    return new RecordBatch(
      this.selected,
      header.length,
      this.order.map((i) => read[i]!),
      metadata
    )
  }

  /** The buffers that reading the selected columns of a batch needs. */
  buffers(header: RecordBatchHeader, source: BodySource, version: MetadataVersion): ReadonlyArray<Buffer> {
    const body = this.body(header, source, version)
    return this.layouts.flatMap((layout, i) => {
      const buffers = body.buffersOf(layout)
      return this.wanted[i] === true ? buffers : []
    })
  }

  private body(header: RecordBatchHeader, source: BodySource, version: MetadataVersion): Body {
    return new Body(header, source, {
      version,
      endianness: this.schema.endianness,
      limits: this.options.limits,
      codecs: this.options.codecs,
      dictionary: (id) => this.entries.get(id)!.current
    })
  }

  private checkLength(length: number, body: Body): void {
    if (length < 0) body.fail("negative-length", `the batch has ${length} rows`, [])
    const { rows } = this.options.limits
    if (length <= rows || this.schema.fields.every((field) => field.type._tag === "Null")) return
    const detail = `a batch of ${length} rows exceeds the limit of ${rows}`
    throw ArrowError.make(
      { _tag: "LimitExceeded", code: "rows", limit: rows, wanted: length },
      detail,
      body.source.offset
    )
  }

  private validate(data: ArrayData, source: BodySource): void {
    unsafeValidate(data, this.options.validation, source.locate)
  }

  private collect(field: Field, wanted: boolean, path: ReadonlyArray<string>): void {
    const here = [...path, field.name]
    if (field.dictionary !== undefined) {
      const { id } = field.dictionary
      const found = this.entries.get(id)
      if (found !== undefined && !sameType(found.layout.field, { ...field, dictionary: undefined })) {
        this.fail("conflict", id, `two fields give dictionary ${id} different types`, undefined, here)
      }
      this.known.add(id)
      if (wanted && found === undefined) {
        const layout = fieldLayout({ ...field, dictionary: undefined }, path)
        this.entries.set(id, { layout, current: undefined, chunks: [] })
      }
    }
    for (const child of field.children) this.collect(child, wanted, here)
  }

  private fail(
    code: ArrowError.DictionaryError["code"],
    id: bigint,
    detail: string,
    offset: number | undefined,
    path: ReadonlyArray<string> = []
  ): never {
    throw ArrowError.make({ _tag: "DictionaryError", code, id }, detail, offset, path)
  }
}
