/** What building a column keeps track of: which slots are null, and where a value that cannot be said stands. */
import * as ArrowError from "../ArrowError.ts"
import type { Field } from "../Schema.ts"

export const empty = new Uint8Array(0)

/** The slots of one array being built. */
export class Slots {
  declare readonly field: Field
  declare readonly values: ArrayLike<unknown>
  declare readonly length: number
  declare readonly path: ArrowError.Path
  nullCount = 0
  declare private readonly masked: Slots | undefined
  declare private readonly stride: number
  private bits: Uint8Array | undefined

  /**
   * `masked` are the slots of the parent, `stride` the child's slots for each: below a null parent anything may be
   * missing.
   */
  constructor(field: Field, values: ArrayLike<unknown>, path: ArrowError.Path, masked?: Slots, stride = 1) {
    this.field = field
    this.values = values
    this.length = values.length
    this.path = path
    this.masked = masked
    this.stride = stride
  }

  /** The same slots, of other values. */
  with(values: ArrayLike<unknown>): Slots {
    return new Slots(this.field, values, this.path, this.masked, this.stride)
  }

  fail(code: ArrowError.DataError["code"], row: number, detail: string): never {
    throw ArrowError.make({ _tag: "DataError", code, row }, `${detail} (slot ${row})`, undefined, this.path)
  }

  /** Fails with a value that the type does not have. */
  refuse(row: number, value: unknown, wanted: string): never {
    return this.fail("unrepresentable", row, `${show(value)} is not ${wanted}`)
  }

  /** Marks a slot as null; below a null parent a field that is not nullable keeps a slot of zero. */
  setNull(row: number): void {
    if (!this.field.nullable) {
      if (this.isMasked(row)) return
      this.fail("non-nullable", row, `${this.field.name} is not nullable and a value is missing`)
    }
    this.clear(row)
  }

  /** Marks a slot as null whatever the field says. */
  clear(row: number): void {
    if (this.bits === undefined) {
      this.bits = new Uint8Array((this.length + 7) >>> 3).fill(255)
      if ((this.length & 7) !== 0) this.bits[this.bits.length - 1] = (1 << (this.length & 7)) - 1
    }
    this.bits[row >> 3]! &= ~(1 << (row & 7))
    this.nullCount++
  }

  isNull(row: number): boolean {
    const value = this.values[row]
    return value === null || value === undefined
  }

  isMasked(row: number): boolean {
    const { masked } = this
    if (masked === undefined) return false
    const parent = Math.floor(row / this.stride)
    return masked.isNull(parent) || masked.isMasked(parent)
  }

  get validity(): Uint8Array {
    return this.bits ?? empty
  }
}

/** A value, short enough for an error message. */
export const show = (value: unknown): string => {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "bigint"
        ? `${value}n`
        : Object.is(value, -0)
          ? "-0"
          : typeof value === "object" && value !== null
            ? `a value of type ${value.constructor?.name ?? "object"}`
            : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
