import { type Layout, make, type Node } from "../Layout.ts"

const cache = new WeakMap<Node, [Layout<never> | undefined, Layout<never> | undefined]>()

/** A layout of a node in a byte order; one a node and order, so that what is compiled for it is found again. */
export const endianness = <A>(node: Node, little: boolean): Layout<A> => {
  let pair = cache.get(node)
  if (pair === undefined) cache.set(node, (pair = [undefined, undefined]))
  return (pair[little ? 1 : 0] ??= make<never>({ _tag: "Endianness", little, of: node }))
}
