/** A footer whose blocks are decoded as they are asked for: a file may have many, of which few are read. */
import { Reader } from "../Flatbuffer.ts"
import type { Block, Footer } from "../Footer.ts"
import type { Limits } from "../Limits.ts"
import type { Schema } from "../Schema.ts"
import { checkBlock, parseFooter } from "./fileFormat.ts"
import { decodeVersion, readBlock } from "./messageMetadata.ts"
import { decodeSchema } from "./schemaMetadata.ts"

/** Bytes of the struct `Block`. */
const blockLength = 24

export class FileFooter {
  declare readonly schema: Schema
  /** How many record batches there are. */
  declare readonly length: number
  declare private readonly bytes: Uint8Array
  /** Where the footer lies, which is where blocks must end. */
  declare private readonly offset: number
  declare private readonly limits: Limits
  declare private readonly reader: Reader
  /** Where the block of the first record batch lies. */
  declare private readonly blocks: number
  private decoded: Footer | undefined

  constructor(bytes: Uint8Array, offset: number, limits: Limits) {
    const reader = new Reader(bytes, offset)
    const table = reader.root()
    decodeVersion(table)
    this.schema = decodeSchema(table.required(1, "schema"), limits)
    const slot = table.slot(3, 4)
    const vector = slot === 0 ? 0 : reader.follow(slot)
    this.length = slot === 0 ? 0 : reader.count(vector, blockLength)
    this.blocks = vector + 4
    this.reader = reader
    this.bytes = bytes
    this.offset = offset
    this.limits = limits
  }

  /** The block of record batch `index`. */
  recordBatch(index: number): Block | undefined {
    if (!(index >= 0 && index < this.length)) return undefined
    const block = readBlock(this.reader, this.blocks + blockLength * index)
    checkBlock(block, this.offset)
    return block
  }

  /** All of it, checked as a whole. */
  all(): Footer {
    return (this.decoded ??= parseFooter(this.bytes, this.offset, this.limits))
  }
}
