/** What of a layout depends on where in its window or input it stands: what a writer must look after. */
import type { Node } from "../Layout.ts"
import { children, kindOf } from "./Kind.ts"

/** Whether something is aligned to the input, so that a message's bytes depend on where it stands. */
export const isPlaced = (node: Node, seen = new Set<Node>()): boolean => {
  if (seen.has(node)) return false
  seen.add(node)
  return kindOf(node).placed?.(node) === true || children(node).some((child) => isPlaced(child, seen))
}

/** Whether something may stand behind what is read to the end of the window: then a writer must check that nothing does. */
export const mayOutrun = (root: Node): boolean => {
  const seen = [new Set<Node>(), new Set<Node>()] as const
  const ask = (node: Node, last: boolean): boolean => {
    const known = seen[last ? 1 : 0]
    if (known.has(node)) return false
    known.add(node)
    const { outruns } = kindOf(node)
    return outruns === undefined ? children(node).some((child) => ask(child, last)) : outruns(node, last, ask)
  }
  return ask(root, true)
}
