/** Numbers that a struct derives from its other fields: computed fields, checksums, and either in a byte order of its own. */
import type { Node } from "../Layout.ts"
import { type Derived, kindOf } from "./Kind.ts"

/** How a field's number is derived; `undefined` for a field that has a value. */
export const derivedOf = (node: Node): Derived<Node> | undefined => {
  const inner = node._tag === "Endianness" ? derivedOf(node.of) : kindOf(node).derived
  return inner === undefined ? undefined : kindOf(node).derived
}
