/** What a value is beside the wire: of a case, as an operand, as a tag; and what padding takes. */
import type * as Layout from "../Layout.ts"
import { isHidden } from "../Layout.ts"
import { assign } from "./record.ts"

/** The value of a case as the union gives it. */
export const taggedValue = (found: Layout.Case, inner: unknown): Record<string, unknown> => {
  const value: Record<string, unknown> = { _tag: found.name }
  if (found.node._tag !== "Struct") value["value"] = inner
  else
    for (const field of found.node.fields)
      if (!isHidden(field.node)) assign(value, field.name, (inner as Record<string, unknown>)[field.name])
  return value
}

/** A field's value as expressions see it: an enum counts as its number. */
export const numberOf = (node: Layout.Node, value: unknown): unknown => {
  switch (node._tag) {
    case "Enum":
      return node.names.find(([name]) => name === value)?.[1] ?? value
    case "Endianness":
      return numberOf(node.of, value)
    default:
      return value
  }
}

/** The tag of a tagged union's value. */
export const tagOf = (node: Layout.Node, value: unknown): number | undefined => {
  switch (node._tag) {
    case "Tagged":
      return node.cases.find((each) => each.name === (value as { readonly _tag?: unknown } | null | undefined)?._tag)
        ?.from
    case "Endianness":
    case "Window":
      return tagOf(node.of, value)
    default:
      return undefined
  }
}

/** The bytes of padding at a position of a message that starts at `base` of the input. */
export const paddingSize = ({ amount }: Layout.Padding, position: number, base: number): number => {
  if (amount._tag === "Fixed") return amount.value
  const at = amount.origin === "message" ? position : base + position
  return (amount.to - (at % amount.to)) % amount.to
}
