/** Builds dictionary-encoded arrays; the values seen so far stay, so that the next array goes on from them. */
import { ArrayData } from "../ArrayData.ts"
import { Dictionary } from "../Dictionary.ts"
import type { DictionaryEncoding, Field } from "../Schema.ts"
import { buildInt } from "./buildFixed.ts"
import { Slots } from "./slots.ts"

/** What tells values apart: themselves, or a text that begins with a NUL for what a `Map` cannot tell apart. */
const keyOf = (value: unknown): unknown => {
  if (typeof value === "string") return value.startsWith("\0") ? `\0s${value}` : value
  if (Object.is(value, -0)) return "\0-0"
  return typeof value === "object" && value !== null ? `\0${describe(value)}` : value
}

const describe = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value)
  if (typeof value === "bigint") return `${value}n`
  if (Object.is(value, -0)) return "-0"
  if (typeof value !== "object" || value === null) return String(value)
  if (value instanceof Date) return `@${value.getTime()}`
  if (value instanceof Map) return `m${describe([...value])}`
  if (ArrayBuffer.isView(value)) return `x[${Array.from(value as Uint8Array, describe).join()}]`
  if (Array.isArray(value)) return `[${value.map(describe).join()}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${describe(item)}`)
    .join()}}`
}

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
      const key = keyOf(value)
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
      for (const value of added) growing.keys.delete(keyOf(value))
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
