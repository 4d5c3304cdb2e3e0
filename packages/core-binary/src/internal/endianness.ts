import { type Layout, make, type Node } from "../Layout.ts"
import { make as node } from "./Kind.ts"
import { Endianness } from "./node/Endianness.ts"

const cache = new WeakMap<Node, [Layout<never> | undefined, Layout<never> | undefined]>()

/** A layout of a node in a byte order; one a node and order, so that what is compiled for it is found again. */
export const endianness = <A>(of: Node, little: boolean): Layout<A> => {
  let pair = cache.get(of)
  if (pair === undefined) cache.set(of, (pair = [undefined, undefined]))
  return (pair[little ? 1 : 0] ??= make<never>(node(Endianness, { _tag: "Endianness", little, of })))
}
