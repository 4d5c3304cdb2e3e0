/** Whether two schemas lay data out in the same way. */
import type { DataType } from "../DataType.ts"
import type { Field } from "../Schema.ts"

/** A type on one line: its tag, and its parameters where it has some. */
export const describeType = (type: DataType): string => {
  const { _tag, ...parameters } = type
  const values = Object.values(parameters).filter((value) => value !== undefined)
  return values.length === 0 ? _tag : `${_tag}(${values.map(String).join(", ")})`
}

/** A field's type on one line, with its index type and children. */
export const describeField = (field: Field): string => {
  const children = field.children.map((child) => `${child.name}: ${describeField(child)}`).join(", ")
  const type = describeType(field.type) + (children === "" ? "" : `<${children}>`)
  const { dictionary } = field
  const encoded =
    dictionary === undefined ? type : `Dictionary(${dictionary.id}, ${describeType(dictionary.indexType)}, ${type})`
  return field.nullable ? encoded : `${encoded} not null`
}

/** The first position at which two lists of fields differ; -1 if none. */
export const firstDifference = (fields: ReadonlyArray<Field>, others: ReadonlyArray<Field>): number => {
  const count = Math.max(fields.length, others.length)
  for (let i = 0; i < count; i++) {
    const field = fields[i]
    const other = others[i]
    if (field === other) continue
    if (field === undefined || other === undefined || field.name !== other.name) return i
    if (describeField(field) !== describeField(other)) return i
  }
  return -1
}
