/**
 * The values that dictionary-encoded columns point into.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"

/**
 * A dictionary as one record batch sees it: the first `count` of `chunks`, joined.
 *
 * Deltas append to `chunks` and later batches see a greater `count`; a replacement is another dictionary. So a batch
 * keeps the values it was read with, and a delta costs nothing that grows with what was there.
 *
 * @category models
 * @since 0.1.0
 */
export class Dictionary {
  declare readonly id: bigint
  declare readonly chunks: ReadonlyArray<ArrayData>
  declare readonly count: number
  /** Values in the first `count` chunks. */
  declare readonly length: number

  constructor(id: bigint, chunks: ReadonlyArray<ArrayData>, count: number, length: number) {
    this.id = id
    this.chunks = chunks
    this.count = count
    this.length = length
  }
}
