/** What of a layout depends on where in its window or input it stands: what a writer must look after. */
import type { Node } from "../Layout.ts"
import { dependsOnOffset } from "./arithmetic.ts"
import { children } from "./Kind.ts"

const some = (node: Node, holds: (node: Node) => boolean, seen = new Set<Node>()): boolean => {
  if (seen.has(node)) return false
  seen.add(node)
  return holds(node) || children(node).some((child) => some(child, holds, seen))
}

/** Whether something is aligned to the input, so that a message's bytes depend on where it stands. */
export const isPlaced = (root: Node): boolean =>
  some(root, (node) => node._tag === "Padding" && node.amount._tag === "Aligned" && node.amount.origin === "input")

/** Whether the bytes of something are others where it stands elsewhere, so that they cannot be moved. */
export const isPositional = (root: Node): boolean =>
  some(root, (node) =>
    node._tag === "Padding" ? node.amount._tag === "Aligned" : node._tag === "Computed" && dependsOnOffset(node.expr)
  )

/** Whether something is found by counting from the start of the input, which may be long past in a stream. */
export const countsFromInput = (root: Node): boolean =>
  isPlaced(root) || some(root, (node) => node._tag === "Pointer" && node.origin === "input")

/** Whether something is read to the end of the window: then a writer must check that nothing stands behind it. */
export const mayOutrun = (root: Node): boolean =>
  some(root, (node) =>
    node._tag === "Optional" ? node.presence._tag === "Trailing" : "length" in node && node.length._tag === "Rest"
  )
