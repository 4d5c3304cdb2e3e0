/**
 * The body of one record batch: cuts it into the arrays that its metadata and a schema's layouts describe, without
 * copying.
 *
 * @since 0.1.0
 */
import { ArrayData, type LazyBuffer } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import type { CompressionCodec, CompressionCodecs } from "./CompressionCodecs.ts"
import { Dictionary } from "./Dictionary.ts"
import { littleEndian } from "./internal/byteOrder.ts"
import type { BufferKind, FieldLayout } from "./Layout.ts"
import type { Limits } from "./Limits.ts"
import type { Buffer, FieldNode, RecordBatch } from "./Message.ts"
import type { MetadataVersion } from "./Message.ts"

/** Buffers of this size may be any number of times their compressed size. */
const freeDecompression = 2 ** 24

/**
 * Where the bytes of a body come from: all of them, or a part that was fetched.
 *
 * @category models
 * @since 0.1.0
 */
export interface BodySource {
  /** Bytes of the whole body. */
  readonly length: number
  /** Where it starts in what the caller reads; errors point there. */
  readonly offset: number
  /** The bytes of a buffer that lies within `length`. */
  readonly bytes: (buffer: Buffer) => Uint8Array
  /** Where a view of these bytes lies in what the caller reads; `offset` for bytes that are a copy. */
  readonly locate: (bytes: Uint8Array) => number
}

/**
 * A body that is there as a whole; `offset` is where it starts in what the caller reads.
 *
 * @category constructors
 * @since 0.1.0
 */
export const wholeBody = (body: Uint8Array, offset: number): BodySource => ({
  length: body.byteLength,
  offset,
  bytes: ({ length, offset }) => body.subarray(offset, offset + length),
  locate: (bytes) =>
    bytes.buffer === body.buffer && bytes.byteOffset >= body.byteOffset
      ? offset + bytes.byteOffset - body.byteOffset
      : offset
})

/**
 * What a body is read with.
 *
 * @category models
 * @since 0.1.0
 */
export interface BodyContext {
  readonly version: MetadataVersion
  readonly endianness: "Little" | "Big"
  readonly limits: Limits
  readonly codecs: CompressionCodecs
  /** The dictionary `id` as this batch sees it. */
  readonly dictionary: (id: bigint) => Dictionary | undefined
}

/**
 * What a batch says of one field: its node, and the buffers of it and its children.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldParts {
  readonly node: FieldNode
  readonly buffers: ReadonlyArray<Buffer>
}

class Deferred implements LazyBuffer {
  private declare readonly body: Body
  private declare readonly bytes: Uint8Array
  private declare readonly length: number
  private declare readonly swap: BufferKind["swap"]
  private declare readonly offset: number
  private declare readonly path: ReadonlyArray<string>

  constructor(
    body: Body,
    bytes: Uint8Array,
    length: number,
    swap: BufferKind["swap"],
    offset: number,
    path: ReadonlyArray<string>
  ) {
    this.body = body
    this.bytes = bytes
    this.length = length
    this.swap = swap
    this.offset = offset
    this.path = path
  }

  load(): Uint8Array {
    const bytes = this.body.codec === undefined ? this.bytes : this.decompress(this.body.codec)
    return this.body.context.endianness === "Big" ? littleEndian(bytes, this.swap) : bytes
  }

  private decompress(codec: string): Uint8Array {
    if (this.bytes.byteLength === this.length + 8 && isStored(this.bytes)) return this.bytes.subarray(8)
    const fail = (code: ArrowError.CompressionError["code"], detail: string, cause?: unknown): never => {
      throw ArrowError.make({ _tag: "CompressionError", code, cause }, detail, this.offset, this.path)
    }
    const found: CompressionCodec | undefined = this.body.context.codecs[codec as keyof CompressionCodecs]
    if (found === undefined) return fail("no-codec", `no codec for ${codec} was given`)
    let bytes: Uint8Array
    try {
      bytes = found.decompress(this.bytes.subarray(8), this.length)
    } catch (cause) {
      return fail("corrupt", `${codec} cannot decompress the buffer: ${String(cause)}`, cause)
    }
    return bytes.byteLength === this.length
      ? bytes
      : fail("length-mismatch", `${bytes.byteLength} bytes came out where ${this.length} were announced`)
  }
}

const isStored = (bytes: Uint8Array): boolean => {
  for (let i = 0; i < 8; i++) if (bytes[i] !== 255) return false
  return true
}

const empty = new Uint8Array(0)

/**
 * A cursor over the nodes and buffers of one record batch. Fields must be read or skipped in the order of the schema.
 *
 * Every length is checked before it is believed: nodes and buffers must be there, lie in the body, and be long enough
 * for the rows they claim. Failures, thrown:
 * `LayoutError`, `LimitExceeded`, `CompressionError`, and `UnsupportedFeature` for a V4 union with nulls of its own.
 *
 * @category models
 * @since 0.1.0
 */
export class Body {
  declare readonly batch: RecordBatch
  declare readonly source: BodySource
  declare readonly context: BodyContext
  declare readonly codec: string | undefined
  private node = 0
  private buffer = 0
  private variadic = 0
  private decompressed = 0

  constructor(batch: RecordBatch, source: BodySource, context: BodyContext) {
    this.batch = batch
    this.source = source
    this.context = context
    this.codec = batch.compression?.codec
  }

  /** Reads the next field: its array, and those of its children. */
  read(layout: FieldLayout): ArrayData {
    const { field, path } = layout
    const node = this.nextNode(layout)
    this.skipUnionValidity(layout, node)
    const buffers: Array<Uint8Array | LazyBuffer> = []
    for (const kind of layout.layout.buffers) buffers.push(this.nextBuffer(kind, node, path))
    for (let i = this.variadicCount(layout); i > 0; i--) buffers.push(this.nextBuffer(variadicData, node, path))
    const children: Array<ArrayData> = []
    for (const child of layout.children) children.push(this.read(child))
    const dictionary = field.dictionary === undefined ? undefined : this.dictionary(field.dictionary.id, node, path)
    return new ArrayData(field, node.length, node.nullCount, buffers, children, dictionary)
  }

  /** A batch may come before its dictionary if all its values are null. */
  private dictionary(id: bigint, node: FieldNode, path: ReadonlyArray<string>): Dictionary {
    const dictionary = this.context.dictionary(id)
    if (dictionary !== undefined) return dictionary
    if (node.nullCount === node.length) return new Dictionary(id, [], 0, 0)
    const detail = `dictionary ${id} was not read`
    throw ArrowError.make({ _tag: "DictionaryError", code: "missing", id }, detail, this.source.offset, path)
  }

  /** Steps over the next field; its nodes and buffers are counted, not looked at. */
  skip(layout: FieldLayout): void {
    this.parts(layout)
  }

  /** The node of the next field, and the buffers of the field and its children in order; steps over it. */
  parts(layout: FieldLayout): FieldParts {
    const { path } = layout
    const node = this.nextNode(layout)
    const start = this.buffer
    this.buffer += layout.layout.buffers.length + (this.hasUnionValidity(layout) ? 1 : 0) + this.variadicCount(layout)
    if (this.buffer > this.batch.buffers.length) this.missingBuffer(path)
    const buffers = this.batch.buffers.slice(start, this.buffer)
    for (const child of layout.children) for (const buffer of this.parts(child).buffers) buffers.push(buffer)
    return { node, buffers }
  }

  /** Checks that nothing is left over. */
  finish(): void {
    const { buffers, nodes } = this.batch
    if (this.node < nodes.length) this.fail("extra-node", `${nodes.length} nodes, the schema has ${this.node}`, [])
    if (this.buffer < buffers.length) {
      this.fail("extra-buffer", `${buffers.length} buffers, the schema has ${this.buffer}`, [])
    }
  }

  fail(code: ArrowError.LayoutError["code"], detail: string, path: ArrowError.Path, at = 0): never {
    throw ArrowError.make({ _tag: "LayoutError", code }, detail, this.source.offset + at, path)
  }

  private nextNode({ path, type }: FieldLayout): FieldNode {
    const node = this.batch.nodes[this.node++]
    if (node === undefined) this.fail("missing-node", `${this.batch.nodes.length} nodes are too few`, path)
    if (node.length < 0) this.fail("negative-length", `the array has ${node.length} slots`, path)
    // Nulls are all there is of the type Null, whatever is said of them.
    if (type._tag === "Null") return { length: node.length, nullCount: node.length }
    if (node.nullCount < 0 || node.nullCount > node.length) {
      this.fail("null-count", `${node.nullCount} of ${node.length} slots are null`, path)
    }
    return node
  }

  private missingBuffer(path: ReadonlyArray<string>): never {
    return this.fail("missing-buffer", `${this.batch.buffers.length} buffers are too few`, path)
  }

  private hasUnionValidity(layout: FieldLayout): boolean {
    // Arrow C++ counts runs, which are younger than version 4, among the types that have one there.
    const { _tag } = layout.type
    return this.context.version === "V4" && (_tag === "Union" || _tag === "RunEndEncoded")
  }

  private skipUnionValidity(layout: FieldLayout, node: FieldNode): void {
    if (!this.hasUnionValidity(layout)) return
    this.nextBuffer(unionValidity, node, layout.path)
    if (node.nullCount === 0) return
    const detail = "a union of metadata version V4 has nulls of its own, which no later version can say"
    throw ArrowError.make({ _tag: "UnsupportedFeature", code: "feature" }, detail, this.source.offset, layout.path)
  }

  private variadicCount(layout: FieldLayout): number {
    if (!layout.layout.isVariadic) return 0
    const { buffers, variadicBufferCounts } = this.batch
    const count = variadicBufferCounts[this.variadic++]
    if (count === undefined) {
      return this.fail("missing-variadic-count", "the batch does not say how many data buffers it has", layout.path)
    }
    return count >= 0 && count <= buffers.length ? count : this.missingBuffer(layout.path)
  }

  private nextBuffer(kind: BufferKind, node: FieldNode, path: ReadonlyArray<string>): Uint8Array | LazyBuffer {
    const { context, source } = this
    const buffer = this.batch.buffers[this.buffer++]
    if (buffer === undefined) return this.missingBuffer(path)
    const { length, offset } = buffer
    const needed = neededLength(kind, node)
    // As in Arrow C++, what nobody will look at may lie anywhere.
    if (needed === 0 && (length === 0 || (kind.kind !== "offsets" && kind.kind !== "data"))) return empty
    if (length === 0) this.fail("buffer-too-short", `no bytes, ${node.length} slots need ${needed}`, path)
    if (offset < 0 || length < 0 || offset + length > source.length) {
      this.fail("buffer-out-of-body", `${length} bytes at ${offset} of a body of ${source.length}`, path)
    }
    if ((offset & 7) !== 0)
      this.fail("buffer-misaligned", `a buffer starts at ${offset}, no multiple of 8`, path, offset)
    const bytes = source.bytes(buffer)
    const size = this.codec === undefined ? length : this.announced(bytes, offset, path)
    if (size < needed) {
      this.fail("buffer-too-short", `${size} bytes, ${node.length} slots need ${needed}`, path, offset)
    }
    return this.codec === undefined && (context.endianness === "Little" || kind.swap === 1)
      ? bytes
      : new Deferred(this, bytes, size, kind.swap, source.offset + offset, path)
  }

  /** The uncompressed length that a buffer's first 8 bytes announce, checked against the limits. */
  private announced(bytes: Uint8Array, offset: number, path: ReadonlyArray<string>): number {
    const at = this.source.offset + offset
    const stored = bytes.byteLength - 8
    if (stored < 0) {
      const detail = `${bytes.byteLength} bytes hold no length prefix`
      throw ArrowError.make({ _tag: "CompressionError", code: "length-prefix" }, detail, at, path)
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
    const length = view.getInt32(4, true) * 0x1_0000_0000 + view.getUint32(0, true)
    if (length === -1) return stored
    if (length < 0) {
      const detail = `the buffer announces ${length} bytes`
      throw ArrowError.make({ _tag: "CompressionError", code: "length-prefix" }, detail, at, path)
    }
    const { decompressedLength, decompressionRatio } = this.context.limits
    this.decompressed += length
    if (this.decompressed > decompressedLength) {
      const reason = { code: "decompressed", limit: decompressedLength, wanted: this.decompressed } as const
      throw ArrowError.make(
        { _tag: "LimitExceeded", ...reason },
        "the batch decompresses to more than allowed",
        at,
        path
      )
    }
    if (length > freeDecompression && length > stored * decompressionRatio) {
      const reason = { code: "ratio", limit: decompressionRatio, wanted: length / stored } as const
      throw ArrowError.make({ _tag: "LimitExceeded", ...reason }, `${stored} bytes announce ${length}`, at, path)
    }
    return length
  }
}

const variadicData: BufferKind = { kind: "data", width: 1, swap: 1 }
const unionValidity: BufferKind = { kind: "validity", width: 0, swap: 1 }

const neededLength = (kind: BufferKind, node: FieldNode): number => {
  switch (kind.kind) {
    case "validity":
      return node.nullCount === 0 ? 0 : Math.ceil(node.length / 8)
    case "bits":
      return Math.ceil(node.length / 8)
    case "fixed":
      return node.length * kind.width
    case "offsets":
      return node.length === 0 ? 0 : (node.length + 1) * kind.width
    case "data":
      return 0
  }
}
