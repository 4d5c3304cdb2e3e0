/**
 * Columns that hold, slot by slot, a value of one of several children.
 *
 * @since 0.1.0
 */
import type { ArrayData } from "./ArrayData.ts"
import { Column } from "./Column.ts"
import type { Union } from "./DataType.ts"
import { viewAs } from "./internal/typedArrays.ts"

/**
 * A column of a union: values are those of the children, `null` included. A union has no validity of its own, so
 * `nullCount` is 0.
 *
 * @category columns
 * @since 0.1.0
 */
export class UnionColumn extends Column<unknown> {
  declare readonly children: ReadonlyArray<Column<unknown>>
  /** The type id of each slot. */
  declare readonly typeIds: Int8Array
  /** Dense unions: where in its child each slot's value is. */
  declare readonly offsets: Int32Array | undefined
  declare private readonly childOf: Int8Array

  constructor(data: ArrayData, children: ReadonlyArray<Column<unknown>>) {
    super(data, children)
    const union = data.field.type as Union
    this.children = children
    this.typeIds = viewAs(Int8Array, data.buffer(0)).subarray(data.offset)
    this.offsets = union.mode === "Dense" ? viewAs(Int32Array, data.buffer(1)).subarray(data.offset) : undefined
    this.childOf = new Int8Array(128).fill(-1)
    union.typeIds.forEach((id, child) => {
      this.childOf[id] = child
    })
  }

  /** The child that slot `index` chose. */
  child(index: number): Column<unknown> | undefined {
    return this.children[this.childOf[this.typeIds[index]!]!]
  }

  /** Where in its child the value of slot `index` is. */
  childIndex(index: number): number {
    return this.offsets === undefined ? this.offset + index : this.offsets[index]!
  }

  get(index: number): unknown {
    return this.holds(index) ? (this.child(index)?.get(this.childIndex(index)) ?? null) : null
  }

  override isNull(index: number): boolean {
    return this.get(index) === null
  }
}
