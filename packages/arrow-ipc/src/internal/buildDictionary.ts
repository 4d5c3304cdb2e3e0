/** Builds dictionary-encoded arrays; the values seen so far stay, so that the next array goes on from them. */
import { ArrayData } from "../ArrayData.ts"
import { Dictionary } from "../Dictionary.ts"
import type { DictionaryEncoding, Field } from "../Schema.ts"
import { buildInt } from "./buildFixed.ts"
import { property, UnionValue } from "./buildNested.ts"
import { Slots } from "./slots.ts"

/** What tells values apart: themselves, or a text that begins with a NUL for what a `Map` cannot tell apart. */
const keyOf = (value: unknown, field: Field): unknown => {
  if (typeof value === "string") return value.startsWith("\0") ? `\0s${value}` : value
  if (Object.is(value, -0)) return "\0-0"
  return typeof value === "object" && value !== null ? `\0${describe(value, field)}` : value
}

/** A value as building `field` reads it, and how much else it has, which may be refused. */
const describe = (value: unknown, field: Field): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return `${value}n`
  if (Object.is(value, -0)) return "-0"
  if (typeof value !== "object" || value === null) return String(value)
  if (value instanceof Date) return `@${value.getTime()}`
  const { children, type } = field
  if (value instanceof UnionValue) return `${value.child}:${describe(value.value, children[value.child] ?? field)}`
  if (type._tag === "RunEndEncoded") return describe(value, children[1]!)
  if (type._tag === "Interval") return properties(value, intervalParts, () => field)
  if (type._tag === "Struct" && !Array.isArray(value)) {
    const names = children.map(({ name }) => name)
    return `${Object.keys(value).length}${properties(value, names, (i) => children[i]!)}`
  }
  const items = Array.from(Symbol.iterator in value ? (value as Iterable<unknown>) : [])
  return `[${items.map((item, i) => describe(item, children[type._tag === "Struct" ? i : 0] ?? field)).join()}]`
}

const intervalParts = ["months", "days", "milliseconds", "nanoseconds"]

const properties = (value: object, names: ReadonlyArray<string>, part: (index: number) => Field): string =>
  `{${names.map((name, i) => describe(property(value, name), part(i))).join()}}`

class Growing {
  readonly keys = new Map<unknown, number>()
  readonly chunks: Array<ArrayData> = []
  length = 0
}

export class Dictionaries {
  private readonly growing = new Map<bigint, Growing>()

  /** The indices of the values, and the dictionary grown by those that are new. */
  encode(slots: Slots, build: (slots: Slots) => ArrayData): ArrayData {
    const { field } = slots
    const encoding = field.dictionary as DictionaryEncoding
    const growing = this.growing.get(encoding.id) ?? new Growing()
    const { keys } = growing
    const added: Array<unknown> = []
    const start = keys.size
    const indices = new Array<number | null>(slots.length)
    for (let i = 0; i < slots.length; i++) {
      const value = slots.values[i]
      if (value === null || value === undefined) {
        slots.setNull(i)
        indices[i] = null
        continue
      }
      const key = keyOf(value, slots.field)
      let index = keys.get(key)
      if (index === undefined) {
        index = start + added.length
        keys.set(key, index)
        added.push(value)
      }
      indices[i] = index
    }
    // A dictionary is announced before the first batch that needs it, even if it has no values yet.
    if (added.length > 0 || growing.chunks.length === 0) this.grow(slots, growing, added, build)
    this.growing.set(encoding.id, growing)
    // Below null parents alone: a slot of zero would point at a value that is not there.
    if (growing.length === 0 && !field.nullable) indices.forEach((_, i) => slots.clear(i))
    return this.array(slots, encoding, growing, indices)
  }

  private grow(
    slots: Slots,
    growing: Growing,
    added: ReadonlyArray<unknown>,
    build: (slots: Slots) => ArrayData
  ): void {
    const values: Field = { ...slots.field, dictionary: undefined }
    try {
      growing.chunks.push(build(new Slots(values, added, slots.path)))
    } catch (error) {
      // What could not be built was not added: the next array must not refer to it.
      for (const value of added) growing.keys.delete(keyOf(value, slots.field))
      throw error
    }
    growing.length += added.length
  }

  private array(
    slots: Slots,
    encoding: DictionaryEncoding,
    growing: Growing,
    indices: ReadonlyArray<number | null>
  ): ArrayData {
    const indexField: Field = { ...slots.field, nullable: true, type: encoding.indexType, dictionary: undefined }
    const stored = buildInt(new Slots(indexField, indices, slots.path), encoding.indexType)
    const dictionary = new Dictionary(encoding.id, growing.chunks, growing.chunks.length, growing.length)
    return new ArrayData(slots.field, slots.length, slots.nullCount, [slots.validity, stored.buffer(1)], [], dictionary)
  }
}
