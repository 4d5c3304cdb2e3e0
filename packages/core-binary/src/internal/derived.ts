/** Numbers that a struct derives from its other fields: computed fields, checksums, and either in a byte order of its own. */
import type { Node } from "../Layout.ts"
import { type DependentStruct, type Derived, kindOf } from "./Kind.ts"

/** What handles a struct with this field; `undefined` for a field that has a value. */
export const derivedBy = (node: Node): DependentStruct | undefined =>
  node._tag === "Endianness" ? derivedBy(node.of) : kindOf(node).derived?.by

/** How a field's number is derived. */
export const derivedOf = (node: Node): Derived<Node> | undefined =>
  derivedBy(node) === undefined ? undefined : kindOf(node).derived
