/** What of a layout depends on where in its window or input it stands: what a writer must look after. */
import { dependsOnRemaining } from "../Expr.ts"
import type { Length, Node } from "../Layout.ts"
import { bounds } from "./bounds.ts"

const childrenOf = (node: Node): ReadonlyArray<Node> => {
  switch (node._tag) {
    case "Struct":
      return node.fields.map((field) => field.node)
    case "Tagged":
      return node.cases.map((each) => each.node)
    case "Array":
    case "Optional":
    case "Window":
    case "Transform":
    case "Endianness":
      return [node.of]
    case "Suspend":
      return [node.of()]
    default:
      return []
  }
}

/** Whether something is aligned to the input, so that a message's bytes depend on where it stands. */
export const isPlaced = (node: Node, seen = new Set<Node>()): boolean => {
  if (seen.has(node)) return false
  seen.add(node)
  if (node._tag === "Padding") return node.amount._tag === "Aligned" && node.amount.origin === "input"
  return childrenOf(node).some((child) => isPlaced(child, seen))
}

/** Whether a length, a presence or a tag asks what remains of its window, which a writer knows only when all of it stands. */
export const asksRemaining = (node: Node, seen = new Set<Node>()): boolean => {
  if (seen.has(node)) return false
  seen.add(node)
  if ("length" in node && node.length._tag === "Computed" && dependsOnRemaining(node.length.expr)) return true
  if (node._tag === "Optional" && node.presence._tag === "When" && dependsOnRemaining(node.presence.expr)) return true
  if (node._tag === "Tagged" && node.tag._tag === "Outside" && dependsOnRemaining(node.tag.expr)) return true
  return childrenOf(node).some((child) => asksRemaining(child, seen))
}

const toEnd = (length: Length): boolean => length._tag === "Rest"

/**
 * Whether something may stand behind what is read to the end of the window: then a writer must check that nothing does.
 * `last` says whether nothing follows the node itself.
 */
export const mayOutrun = (node: Node, last = true, seen = [new Set<Node>(), new Set<Node>()] as const): boolean => {
  const known = seen[last ? 1 : 0]
  if (known.has(node)) return false
  known.add(node)
  switch (node._tag) {
    case "Bytes":
    case "Text":
      return toEnd(node.length) && !last
    case "Array":
      return (toEnd(node.length) && !last) || mayOutrun(node.of, false, seen)
    case "Window":
      return (toEnd(node.length) && !last) || mayOutrun(node.of, true, seen)
    case "Optional":
      return (node.presence._tag === "Trailing" && !last) || mayOutrun(node.of, last, seen)
    case "Struct": {
      let end = last
      return node.fields.toReversed().some((field) => {
        const found = mayOutrun(field.node, end, seen)
        if (bounds(field.node).max > 0) end = false
        return found
      })
    }
    default:
      return childrenOf(node).some((child) => mayOutrun(child, last, seen))
  }
}
