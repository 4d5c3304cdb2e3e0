/**
 * The body of one record batch: cuts it into the arrays that its metadata and a schema's layouts describe, without
 * copying.
 *
 * @since 0.1.0
 */
import { found, outside } from "./internal/details.ts"
import { ArrayData, type LazyBuffer } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import type { CompressionCodecs } from "./CompressionCodecs.ts"
import { Dictionary } from "./Dictionary.ts"
import { littleEndian } from "./internal/byteOrder.ts"
import { dictionaryError } from "./internal/dictionaries.ts"
import { integers } from "./internal/typedArrays.ts"
import { type BufferKind, data, type FieldLayout, validity } from "./Layout.ts"
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
  // No `subarray`, which of a Node buffer would make another.
  bytes: ({ length, offset }) => new Uint8Array(body.buffer, body.byteOffset + offset, length),
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

const empty = new Uint8Array(0)

/** The bytes that a buffer must have for the slots of its node. */
const neededLength = ({ kind, width }: BufferKind, { length, nullCount }: FieldNode): number => {
  if (kind === "data" || (kind === "validity" ? nullCount : length) === 0) return 0
  return kind === "fixed" ? length * width : kind === "offsets" ? (length + 1) * width : Math.ceil(length / 8)
}

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
  private node = 0
  private buffer = 0
  private variadic = 0
  private decompressed = 0
  /** The field being read: where faults are. */
  private path: ArrowError.Path = []

  constructor(batch: RecordBatch, source: BodySource, context: BodyContext) {
    this.batch = batch
    this.source = source
    this.context = context
  }

  /** Reads the next field, of `length` slots if any are said: its array, and those of its children. */
  read(layout: FieldLayout, length?: number): ArrayData {
    const { field } = layout
    const kinds = layout.layout.buffers
    const { buffers } = this.batch
    let at = this.buffer
    const node = this.take(layout)
    if (length !== undefined && node.length !== length) this.fail("length-mismatch", found(node.length, length))
    if (this.hasUnionValidity(layout)) {
      this.readBuffer(buffers[at++]!, validity, node)
      if (node.nullCount > 0) {
        // Which no later version can say.
        const detail = found(node.nullCount, "a union without nulls of its own")
        ArrowError.raise("UnsupportedFeature", "feature", detail, this.source.offset, this.path)
      }
    }
    const read: Array<Uint8Array | LazyBuffer> = []
    while (at < this.buffer) read.push(this.readBuffer(buffers[at++]!, kinds[read.length] ?? data, node))
    const dictionary = field.dictionary && this.dictionary(field.dictionary.id, node)
    const children: Array<ArrayData> = []
    for (const child of layout.children) children.push(this.read(child))
    return new ArrayData(field, node.length, node.nullCount, read, children, dictionary)
  }

  /** A batch may come before its dictionary if all its values are null. */
  private dictionary(id: bigint, { length, nullCount }: FieldNode): Dictionary {
    return (
      this.context.dictionary(id) ??
      (nullCount === length
        ? new Dictionary(id, [], 0, 0)
        : dictionaryError("missing", id, "was not read", this.source.offset, this.path))
    )
  }

  /** Steps over the next field, whose node it returns; nodes and buffers are counted, not looked at. */
  skip(layout: FieldLayout): FieldNode {
    const node = this.take(layout)
    for (const child of layout.children) this.skip(child)
    return node
  }

  /** The node of the next field, and the buffers of the field and its children in order; steps over it. */
  parts(layout: FieldLayout): FieldParts {
    const start = this.buffer
    return { node: this.skip(layout), buffers: this.batch.buffers.slice(start, this.buffer) }
  }

  /** Checks that nothing is left over. */
  finish(): void {
    const { buffers, nodes } = this.batch
    this.path = []
    if (nodes.length > this.node) this.fail("extra-node", found(nodes.length, this.node))
    if (buffers.length > this.buffer) this.fail("extra-buffer", found(buffers.length, this.buffer))
  }

  /** Refuses the field that was read last, at a byte of the body. */
  fail(code: ArrowError.LayoutError["code"], detail: string, at = 0): never {
    return ArrowError.raise("LayoutError", code, detail, this.source.offset + at, this.path)
  }

  /** Steps over the next field, but not over its children. */
  private take(field: FieldLayout): FieldNode {
    const { layout, path, type } = field
    const { buffers, nodes, variadicBufferCounts } = this.batch
    this.path = path
    let node = nodes[this.node++]
    if (node === undefined) return this.fail("missing-node", found(nodes.length, this.node))
    const { length } = node
    if (length < 0) this.fail("negative-length", found(length, "a length"))
    // Nulls are all there is of the type Null, whatever is said of them.
    if (type._tag === "Null") node = { length, nullCount: length }
    if (node.nullCount < 0 || node.nullCount > length) {
      this.fail("null-count", found(node.nullCount, `0 to ${length}`))
    }
    let variadic = 0
    if (layout.isVariadic) {
      variadic =
        variadicBufferCounts[this.variadic++] ??
        this.fail("missing-variadic-count", found(variadicBufferCounts.length, this.variadic))
    }
    this.buffer += layout.buffers.length + (this.hasUnionValidity(field) ? 1 : 0) + variadic
    if (variadic < 0 || this.buffer > buffers.length) {
      this.fail("missing-buffer", found(buffers.length, this.buffer))
    }
    return node
  }

  private hasUnionValidity({ type: { _tag } }: FieldLayout): boolean {
    // Arrow C++ counts runs, which are younger than version 4, among the types that have one there.
    return this.context.version === "V4" && (_tag === "Union" || _tag === "RunEndEncoded")
  }

  private readBuffer(buffer: Buffer, kind: BufferKind, node: FieldNode): Uint8Array | LazyBuffer {
    const { batch, context, path, source } = this
    const { length, offset } = buffer
    const needed = neededLength(kind, node)
    const { swap } = kind
    // As in Arrow C++, what nobody will look at may lie anywhere.
    if (needed === 0 && (length === 0 || (kind.kind !== "offsets" && kind.kind !== "data"))) return empty
    if (length === 0) this.fail("buffer-too-short", found(0, needed))
    if (offset < 0 || length < 0 || offset + length > source.length) {
      this.fail("buffer-out-of-body", outside(length, offset, source.length))
    }
    if ((offset & 7) !== 0) this.fail("buffer-misaligned", found(offset, "a multiple of 8"), offset)
    const bytes = source.bytes(buffer)
    const codec = batch.compression?.codec
    const size = codec === undefined ? length : this.announced(bytes, source.offset + offset)
    if (size < needed) this.fail("buffer-too-short", found(size, needed), offset)
    if (codec === undefined && (context.endianness === "Little" || swap.length === 0)) return bytes
    return {
      load: () => {
        const plain = codec === undefined ? bytes : this.decompress(codec, bytes, size, source.offset + offset, path)
        return context.endianness === "Big" ? littleEndian(plain, swap) : plain
      }
    }
  }

  /** The uncompressed length that a buffer's first 8 bytes announce, checked against the limits. */
  private announced(bytes: Uint8Array, offset: number): number {
    const { decompressedLength, decompressionRatio } = this.context.limits
    const { path } = this
    const stored = bytes.length - 8
    const length = stored < 0 ? -2 : integers(bytes.subarray(0, 8), true)[0]!
    if (length === -1) return stored
    if (length < 0) corrupt("length-prefix", found(length, "a length"), offset, path)
    this.decompressed += length
    ArrowError.checkLimit("decompressed", this.decompressed, decompressedLength, offset, path)
    if (length > freeDecompression) ArrowError.checkLimit("ratio", length / stored, decompressionRatio, offset, path)
    return length
  }

  private decompress(
    codec: keyof CompressionCodecs,
    bytes: Uint8Array,
    length: number,
    offset: number,
    path: ArrowError.Path
  ): Uint8Array {
    if (integers(bytes.subarray(0, 8), true)[0] === -1) return bytes.subarray(8)
    const implementation = this.context.codecs[codec] ?? corrupt("no-codec", codec, offset, path)
    let plain: Uint8Array
    try {
      plain = implementation.decompress(bytes.subarray(8), length)
    } catch (cause) {
      return corrupt("corrupt", `${codec} cannot decompress the buffer: ${String(cause)}`, offset, path, { cause })
    }
    return plain.length === length ? plain : corrupt("length-mismatch", found(plain.length, length), offset, path)
  }
}

const corrupt = (
  code: ArrowError.CompressionError["code"],
  detail: string,
  offset: number,
  path: ArrowError.Path,
  more?: { readonly cause: unknown }
): never => ArrowError.raise("CompressionError", code, detail, offset, path, more)
