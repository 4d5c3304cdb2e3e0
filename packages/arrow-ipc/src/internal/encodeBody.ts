/** Lays the buffers of arrays out as the body of a record batch. */
import type { ArrayData } from "../ArrayData.ts"
import type { CompressionCodec } from "../CompressionCodecs.ts"
import { layoutOf } from "../Layout.ts"
import type { Buffer, FieldNode, MetadataVersion } from "../Message.ts"
import { compact } from "./compact.ts"

const zeros = new Uint8Array(64)
const empty = new Uint8Array(0)

export interface BodyOptions {
  readonly version: MetadataVersion
  readonly alignment: 8 | 64
  readonly codec: CompressionCodec | undefined
}

/** Zero bytes that take a length to a multiple of `alignment` (at most 64). */
export const padding = (length: number, alignment: number): Uint8Array => zeros.subarray(0, -length & (alignment - 1))

/** The body being laid out: chunks that are views of the arrays' buffers, with zero-filled padding between them. */
export class Body {
  readonly nodes: Array<FieldNode> = []
  readonly buffers: Array<Buffer> = []
  readonly variadicBufferCounts: Array<number> = []
  readonly chunks: Array<Uint8Array> = []
  length = 0
  declare private readonly options: BodyOptions

  constructor(options: BodyOptions) {
    this.options = options
  }

  array(sliced: ArrayData): void {
    const data = compact(sliced)
    const type = data.field.dictionary?.indexType ?? data.field.type
    const layout = layoutOf(type)
    this.nodes.push({ length: data.length, nullCount: data.nullCount })
    // Version 4 gives every type but Null a validity buffer; Arrow C++ counts runs, which are younger, among them.
    if (this.options.version === "V4" && (type._tag === "Union" || type._tag === "RunEndEncoded")) this.buffer(empty)
    layout.buffers.forEach(({ kind, width }, i) => {
      const isAbsent = kind === "validity" && data.nullCount === 0
      // An array without slots has one offset nonetheless.
      const isFirst = kind === "offsets" && data.length === 0
      this.buffer(isAbsent ? empty : isFirst ? zeros.subarray(0, width) : data.buffer(i))
    })
    if (layout.isVariadic) {
      this.variadicBufferCounts.push(data.buffers.length - layout.buffers.length)
      for (let i = layout.buffers.length; i < data.buffers.length; i++) this.buffer(data.buffer(i))
    }
    if (data.field.dictionary === undefined) for (const child of data.children) this.array(child)
  }

  private buffer(bytes: Uint8Array): void {
    const start = this.length
    const { codec } = this.options
    if (codec === undefined || bytes.length === 0) this.push(bytes)
    else {
      const compressed = codec.compress(bytes)
      const isSmaller = compressed.length < bytes.length
      const prefix = new Uint8Array(8)
      new DataView(prefix.buffer).setBigInt64(0, isSmaller ? BigInt(bytes.length) : -1n, true)
      this.push(prefix)
      this.push(isSmaller ? compressed : bytes)
    }
    this.buffers.push({ offset: start, length: this.length - start })
    this.push(padding(this.length, this.options.alignment))
  }

  private push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.chunks.push(bytes)
    this.length += bytes.length
  }
}
