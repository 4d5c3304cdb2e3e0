/** The generated code that reads a group of bit fields: shifts and masks, put together as numbers. */
import type * as Layout from "../Layout.ts"
import { pieces } from "./bits.ts"
import { bounds } from "./bounds.ts"
import { property, type Source } from "./Source.ts"

/** One field's number as code, in a variable of its own. */
const fieldOf = (source: Source, field: Layout.BitField, where: ReturnType<typeof pieces>[number]): string => {
  if (field.bits > 32) {
    return source.bind(
      "v",
      `R.readBits(view, ${source.at()}, ${source.capture(where)}, ${field.bits}, ${field.signed})`
    )
  }
  let left = field.bits
  const terms = where.map(({ byte, shift, width }) => {
    left -= width
    const at = source.at(byte)
    const shifted = shift === 0 ? `view.getUint8(${at})` : `(view.getUint8(${at}) >>> ${shift})`
    const masked = width === 8 ? shifted : `(${shifted} & ${(1 << width) - 1})`
    return left === 0 ? masked : `${masked} * ${2 ** left}`
  })
  const name = source.bind("v", terms.join(" + "))
  return field.signed ? `(${name} >= ${2 ** (field.bits - 1)} ? ${name} - ${2 ** field.bits} : ${name})` : name
}

/** Reads the group at the position and moves behind it; gives the variable with its record. */
export const emitBits = (source: Source, node: Layout.Bits): string => {
  const where = pieces(node)
  const parts = node.fields.flatMap((field, index) => {
    const value = fieldOf(source, field, where[index]!)
    if (field.value === undefined) return [property(field.name, value)]
    source.line(`if (Number(${value}) !== ${field.value}) return X`)
    return []
  })
  source.displacement += bounds(node).min
  return source.bind("v", `{ ${parts.join(", ")} }`)
}
