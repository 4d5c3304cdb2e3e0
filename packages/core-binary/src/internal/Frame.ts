/** What expressions see while closures run: the fields of a struct, by slot, filled in while it is read or written. */
import type { Node } from "../Layout.ts"
import { children, kindOf, lengthKindOf } from "./Kind.ts"

/** What is known of the fields that expressions ask for. A suspended layout has a frame of its own. */
export class Frame {
  readonly values: Array<unknown>
  readonly starts: Array<number>
  readonly ends: Array<number>
  readonly tags: Array<number>

  constructor(size: number) {
    this.values = new Array<unknown>(size).fill(undefined)
    this.starts = new Array<number>(size).fill(0)
    this.ends = new Array<number>(size).fill(0)
    this.tags = new Array<number>(size).fill(0)
  }
}

/** Where names are found when closures are made. */
export interface Slots {
  readonly fields: ReadonlyMap<string, number>
  readonly parent: Slots | undefined
}

/** The part of a reader's or writer's state that expressions see. */
export interface Operands {
  frame: Frame
  readonly base: number
  /** The position, and the end of the window. */
  readonly p: number
  readonly e: number
  /** Set where an operand is no number: the evaluation does not count. */
  bad: boolean
}

/** The names that expressions anywhere below a node ask for, layouts that cannot see out aside. */
export const referenced = (node: Node, names: Set<string> = new Set()): Set<string> => {
  const add = (name: string): void => void names.add(name)
  const kind = kindOf(node)
  if ("length" in node) lengthKindOf(node.length).names?.(node.length, add)
  kind.names?.(node, add)
  if (kind.apart !== true) for (const child of children(node)) referenced(child, names)
  return names
}
