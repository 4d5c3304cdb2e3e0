/** Static sizes of a node, in bytes: what the reader checks once instead of field by field. */
import type { Length, Node } from "../Layout.ts"
import { kindOf, lengthKindOf } from "./Kind.ts"

export interface Bounds {
  readonly min: number
  readonly max: number
}

const cache = new WeakMap<Node, Bounds>()

/** The least and the greatest size of a node. */
export const bounds = (node: Node): Bounds => {
  let found = cache.get(node)
  if (found === undefined) cache.set(node, (found = kindOf(node).bounds(node)))
  return found
}

export const exactly = (size: number): Bounds => ({ min: size, max: size })

/** Nothing takes no bytes, however often. */
export const times = (count: number, size: number): number => (count === 0 || size === 0 ? 0 : count * size)

/** The size of a content of as many units as a length says. */
export const lengthBounds = (length: Length, unit: Bounds): Bounds => lengthKindOf(length).bounds(length, unit)
