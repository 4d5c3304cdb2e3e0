/** Whether two schemas lay data out in the same way. */
import { type Field, formatField } from "../Schema.ts"

/** The first position at which two lists of fields differ; -1 if none. */
export const firstDifference = (fields: ReadonlyArray<Field>, others: ReadonlyArray<Field>): number => {
  const count = Math.max(fields.length, others.length)
  for (let i = 0; i < count; i++) {
    const field = fields[i]
    const other = others[i]
    if (field === other) continue
    if (field === undefined || other === undefined || field.name !== other.name) return i
    if (formatField(field) !== formatField(other)) return i
  }
  return -1
}
