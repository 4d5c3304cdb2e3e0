/**
 * Columns of indices into a dictionary.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import { numbersOf } from "./internal/numberViews.ts"
import type { Numbers } from "./NumberColumn.ts"

/**
 * The values of a dictionary, read once however many columns point into it.
 *
 * @category models
 * @since 0.1.0
 */
export class DictionaryValues<T> {
  declare readonly length: number
  declare private readonly chunks: ReadonlyArray<Column<T>>
  private values: Array<T | null> | undefined

  constructor(chunks: ReadonlyArray<Column<T>>) {
    this.chunks = chunks
    this.length = chunks.reduce((length, chunk) => length + chunk.length, 0)
  }

  /** All values. */
  all(): ReadonlyArray<T | null> {
    if (this.values === undefined) this.values = this.chunks.flatMap((chunk) => chunk.toArray())
    return this.values
  }

  get(index: number): T | null {
    if (this.values !== undefined) return this.values[index] ?? null
    let at = index
    for (const chunk of this.chunks) {
      if (at < chunk.length) return chunk.get(at)
      at -= chunk.length
    }
    return null
  }
}

/**
 * A dictionary-encoded column: the value of slot `i` is `dictionary.get(indices[i])`. Equal indices give the same
 * object.
 *
 * `nullCount` counts empty indices; a value may be `null` besides, where the dictionary holds one.
 *
 * @category columns
 * @since 0.1.0
 */
export class DictionaryColumn<T> extends Column<T> {
  /** The indices: what `values` is for other columns. */
  declare readonly indices: Numbers
  declare readonly dictionary: DictionaryValues<T>
  private reads = 0

  constructor(data: ArrayData, dictionary: DictionaryValues<T>) {
    super(data, dictionary)
    this.indices = numbersOf(data)
    this.dictionary = dictionary
  }

  override isNull(index: number): boolean {
    return this.get(index) === null
  }

  /** All values, unless so few were asked for that reading all of a big dictionary would be waste. */
  private values(reads: number): ReadonlyArray<T | null> | undefined {
    this.reads += reads
    return this.reads * 4 < this.dictionary.length ? undefined : this.dictionary.all()
  }

  get(index: number): T | null {
    this.values(1)
    return this.holds(index) ? this.dictionary.get(this.indices[index]!) : null
  }

  override copyInto(target: Array<unknown>, at: number, begin: number, end: number): void {
    const values = this.values(end - begin)
    if (values === undefined) return super.copyInto(target, at, begin, end)
    const { indices } = this
    for (let i = begin; i < end; i++) target[at + i - begin] = this.isEmpty(i) ? null : (values[indices[i]!] ?? null)
  }

  override forEach(f: (value: T | null, index: number) => void, base = 0): void {
    this.values(this.length)
    super.forEach(f, base)
  }
}
