/** Which fields the expressions within a node ask for. */
import type { Node } from "../Layout.ts"
import { children, type DependentStruct, kindOf, lengthKindOf } from "./Kind.ts"

export interface Referenced {
  readonly names: Set<string>
  /** What reads and writes the structs that have these fields; `undefined` where nothing is asked for. */
  by: DependentStruct | undefined
}

/** The names that expressions anywhere below a node ask for, layouts that cannot see out aside. */
export const referenced = (node: Node, found: Referenced = { names: new Set(), by: undefined }): Referenced => {
  const visit = (name: string, by: DependentStruct): void => {
    found.names.add(name)
    found.by = by
  }
  const kind = kindOf(node)
  if ("length" in node) lengthKindOf(node.length).names?.(node.length, visit)
  kind.names?.(node, visit)
  if (kind.apart !== true) for (const child of children(node)) referenced(child, found)
  return found
}
