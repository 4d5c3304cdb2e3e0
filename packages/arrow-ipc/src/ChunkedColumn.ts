/**
 * A column of a table: those of its record batches, one after another.
 *
 * @since 0.1.0
 */
import type { Column } from "./Column.ts"
import { arrayOf, upperBound } from "./internal/arrayOf.ts"
import type { Field } from "./Schema.ts"

/**
 * A column in chunks, one a record batch.
 *
 * @category models
 * @since 0.1.0
 */
export class ChunkedColumn<T> {
  declare readonly field: Field
  declare readonly chunks: ReadonlyArray<Column<T>>
  declare readonly length: number
  declare readonly nullCount: number
  /** Chunk `k` starts at row `starts[k]`. */
  declare private readonly starts: ReadonlyArray<number>
  private current = 0

  constructor(field: Field, chunks: ReadonlyArray<Column<T>>) {
    const starts = [0]
    for (const chunk of chunks) starts.push(starts[starts.length - 1]! + chunk.length)
    this.field = field
    this.chunks = chunks
    this.starts = starts
    this.length = starts[chunks.length]!
    this.nullCount = chunks.reduce((count, chunk) => count + chunk.nullCount, 0)
  }

  /** The value at `index`, or `null`. */
  get(index: number): T | null {
    const chunk = this.find(index)
    return chunk < 0 ? null : this.chunks[chunk]!.get(index - this.starts[chunk]!)
  }

  /** Whether there is no value at `index`. */
  isNull(index: number): boolean {
    const chunk = this.find(index)
    return chunk >= 0 && this.chunks[chunk]!.isNull(index - this.starts[chunk]!)
  }

  /** Calls `f` with each value in order. */
  forEach(f: (value: T | null, index: number) => void): void {
    for (let k = 0; k < this.chunks.length; k++) {
      this.chunks[k]!.forEach(f, this.starts[k])
    }
  }

  /** All values, in a new array. */
  toArray(): Array<T | null> {
    const values = arrayOf<T | null>(this.length, this.field.name)
    for (let k = 0; k < this.chunks.length; k++)
      this.chunks[k]!.copyInto(values, this.starts[k]!, 0, this.chunks[k]!.length)
    return values
  }

  *[Symbol.iterator](): IterableIterator<T | null> {
    for (const chunk of this.chunks) yield* chunk
  }

  /** The chunk that row `index` is in, or -1. Rows are mostly asked for in order. */
  private find(index: number): number {
    if (!(index >= 0 && index < this.length)) return -1
    const { starts } = this
    if (index >= starts[this.current]! && index < starts[this.current + 1]!) return this.current
    return (this.current = upperBound(starts, index) - 1)
  }
}
