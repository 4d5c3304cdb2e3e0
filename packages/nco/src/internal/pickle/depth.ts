import { children, limitExceeded, type PyProtocol } from "../py/protocol.ts"
import * as NdArray from "../../NdArray.ts"

const none: ReadonlyArray<unknown> = []

/** The containers and values in a container. */
const childrenOf = (value: object): Iterable<unknown> => {
  if (Array.isArray(value)) return value
  const own = (value as PyProtocol)[children]
  if (own !== undefined) return own.call(value)
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  if (value instanceof Set) return value
  if (value instanceof NdArray.NdArray) return value.dtype.name === "object" ? (value.data as Array<unknown>) : none
  return Object.getPrototypeOf(value) === Object.prototype ? Object.values(value) : none
}

/** Whether a value may hold others. */
export const isContainer = (value: unknown): boolean =>
  typeof value === "object" && value !== null && childrenOf(value) !== none

/**
 * Refuses a value nested deeper than those who walk it recursively can go. Shared parts are walked once; a cycle ends where it
 * closes.
 */
export const checkDepth = (root: unknown, maximum: number): void => {
  if (typeof root !== "object" || root === null) return
  /** Height of what is done; 0 for what is open. */
  const heights = new Map<object, number>([[root, 0]])
  const path: Array<object> = [root]
  const iterators: Array<Iterator<unknown>> = [childrenOf(root)[Symbol.iterator]()]
  const tallest: Array<number> = [0]
  while (path.length > 0) {
    const top = path.length - 1
    const next = iterators[top]!.next()
    if (next.done === true) {
      const height = tallest.pop()! + 1
      heights.set(path.pop()!, height)
      iterators.pop()
      if (top + height > maximum) throw limitExceeded("maxDepth", top + height, maximum)
      if (top > 0) tallest[top - 1] = Math.max(tallest[top - 1]!, height)
      continue
    }
    const child = next.value
    if (typeof child !== "object" || child === null) continue
    const height = heights.get(child)
    if (height !== undefined) {
      tallest[top] = Math.max(tallest[top]!, height)
      continue
    }
    if (path.length >= maximum) throw limitExceeded("maxDepth", path.length + 1, maximum)
    heights.set(child, 0)
    path.push(child)
    iterators.push(childrenOf(child)[Symbol.iterator]())
    tallest.push(0)
  }
}
