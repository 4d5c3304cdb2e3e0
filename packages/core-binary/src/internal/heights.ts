/** How many levels of recursion the smallest value of each node needs; `Infinity` where none can be written. */
import type { Length, Node } from "../Layout.ts"
import { children } from "./Kind.ts"

const mayBeEmpty = (length: Length): boolean =>
  length._tag === "Fixed" ? length.value === 0 : length._tag !== "Prefixed" || length.min === 0

const heightOf = (node: Node, known: (node: Node) => number): number => {
  switch (node._tag) {
    case "Pointer":
      return Infinity
    case "Suspend":
      return known(node.of()) + 1
    case "Tagged":
      return Math.min(...node.cases.map((each) => known(each.node)))
    case "Optional":
      return 0
    case "Array":
      return mayBeEmpty(node.length) ? 0 : known(node.of)
    default:
      return Math.max(0, ...children(node).map(known))
  }
}

/** Least fixed point: a node's height falls until nothing changes. */
export const heights = (root: Node): ReadonlyMap<Node, number> => {
  const found = new Map<Node, number>()
  const visit = (node: Node): void => {
    if (found.has(node)) return
    found.set(node, Infinity)
    children(node).forEach(visit)
  }
  visit(root)
  for (let changed = true; changed;) {
    changed = false
    for (const [node, height] of found) {
      const next = heightOf(node, (node) => found.get(node)!)
      if (next < height) {
        found.set(node, next)
        changed = true
      }
    }
  }
  return found
}
