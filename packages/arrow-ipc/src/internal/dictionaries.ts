/** The dictionaries of one stream or file, as far as they were read. */
import type { ArrayData } from "../ArrayData.ts"
import * as ArrowError from "../ArrowError.ts"
import { Dictionary } from "../Dictionary.ts"
import { type FieldLayout, fieldLayout } from "../Layout.ts"
import type { Field, Schema } from "../Schema.ts"

interface Entry {
  /** The values' field, called as the first field that uses them. */
  readonly layout: FieldLayout
  /** Ids that the values, or fields within them, point into. */
  readonly nested: ReadonlyArray<bigint>
  chunks: Array<ArrayData>
  current: Dictionary | undefined
}

const sameType = (a: Field, b: Field): boolean =>
  JSON.stringify(a.type) === JSON.stringify(b.type) &&
  a.dictionary?.id === b.dictionary?.id &&
  a.children.length === b.children.length &&
  a.children.every((child, i) => sameType(child, b.children[i]!))

/** The ids that a field and its children point into, not those within their dictionaries. */
const idsOf = (field: Field): ReadonlyArray<bigint> => [
  ...(field.dictionary === undefined ? [] : [field.dictionary.id]),
  ...field.children.flatMap(idsOf)
]

export const dictionaryError = (
  code: ArrowError.DictionaryError["code"],
  id: bigint,
  detail: string,
  offset?: number,
  path?: ArrowError.Path
): never => ArrowError.raise("DictionaryError", code, `dictionary ${id} ${detail}`, offset, path, { id })

export class Dictionaries {
  private readonly entries = new Map<bigint, Entry>()

  constructor(schema: Schema) {
    for (const field of schema.fields) this.collect(field, [])
  }

  /**
   * The ids that fields need, those that others point into first. None can point into itself: its type would have to
   * hold itself.
   */
  needed(fields: ReadonlyArray<Field>): ReadonlyArray<bigint> {
    const done = new Set<bigint>()
    const visit = (id: bigint): void => {
      for (const nested of this.entries.get(id)!.nested) visit(nested)
      done.add(id)
    }
    for (const field of fields) for (const id of idsOf(field)) visit(id)
    return [...done]
  }

  /** Refuses a dictionary, at `offset`, that no field uses. */
  known(id: bigint, offset: number): void {
    if (!this.entries.has(id)) dictionaryError("unknown-id", id, "is used by no field", offset)
  }

  layout(id: bigint): FieldLayout {
    return this.entries.get(id)!.layout
  }

  /** The dictionary as it is now. */
  current(id: bigint): Dictionary | undefined {
    return this.entries.get(id)!.current
  }

  /** Takes values: appended to what is there, or instead of it. */
  add(id: bigint, values: ArrayData, isDelta: boolean): void {
    const entry = this.entries.get(id)!
    if (!isDelta) entry.chunks = []
    const before = isDelta ? entry.current!.length : 0
    entry.chunks.push(values)
    entry.current = new Dictionary(id, entry.chunks, entry.chunks.length, before + values.length)
  }

  private collect(field: Field, parents: ReadonlyArray<string>): void {
    const path = [...parents, field.name]
    if (field.dictionary !== undefined) {
      const { id } = field.dictionary
      const layout = fieldLayout({ ...field, dictionary: undefined }, parents)
      const found = this.entries.get(id)
      if (found === undefined) {
        this.entries.set(id, { layout, nested: field.children.flatMap(idsOf), chunks: [], current: undefined })
      } else if (!sameType(found.layout.field, layout.field)) {
        dictionaryError("conflict", id, "has two types", undefined, path)
      }
    }
    for (const child of field.children) this.collect(child, path)
  }
}
