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

/** The first of `fields` that differs from its counterpart in `others`. */
export const firstDifference = (fields: ReadonlyArray<Field>, others: ReadonlyArray<Field>): number =>
  fields.findIndex((field, i) => {
    const other = others[i]
    if (field === other) return false
    return other === undefined || field.name !== other.name || describeField(field) !== describeField(other)
  })
