/** Expressions as closures, over the frame of fields that a struct fills while it is read or written. */
import { type Expr, operate, visitFields } from "../Expr.ts"
import type { Node } from "../Layout.ts"
import { runtime } from "./runtime.ts"

/** What is known of the fields that expressions ask for, by slot. A suspended layout has a frame of its own. */
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

export const slotOf = (slots: Slots | undefined, name: string): number => {
  for (let at = slots; at !== undefined; at = at.parent) {
    const found = at.fields.get(name)
    if (found !== undefined) return found
  }
  throw new Error(`no field ${name} before this place`)
}

/** As `slotOf`, within the struct itself. */
export const ownSlot = (slots: Slots | undefined, name: string): number => {
  const found = slots?.fields.get(name)
  if (found === undefined) throw new Error(`no field ${name} in this struct`)
  return found
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

const countOf = (value: unknown): number =>
  value === null || value === undefined ? 0 : (value as { readonly length: number }).length

/** Compiles an expression. The result is a number, booleans as 0 and 1. */
export const closureExpr = <S extends Operands>(expr: Expr, slots: Slots | undefined): ((s: S) => number) => {
  if (expr._tag === "Literal") {
    const value = Number(expr.value)
    return () => value
  }
  if (expr._tag === "Operation") {
    const { operator } = expr
    const left = closureExpr(expr.left, slots)
    const right = closureExpr(expr.right, slots)
    return (s) => Number(operate(operator, left(s), right(s)))
  }
  if (expr._tag === "Remaining") return (s) => s.e - s.p
  if (expr._tag === "Field") {
    const slot = slotOf(slots, expr.path[0])
    const members = expr.path.slice(1)
    return (s) => {
      let value = s.frame.values[slot]
      for (const member of members) value = (value as Record<string, unknown> | null | undefined)?.[member]
      const number = runtime.operand(value)
      if (Number.isNaN(number)) s.bad = true
      return number
    }
  }
  const slot = ownSlot(slots, expr.field)
  switch (expr._tag) {
    case "SizeOf":
      return (s) => s.frame.ends[slot]! - s.frame.starts[slot]!
    case "OffsetOf":
      return (s) => s.frame.starts[slot]! - s.base
    case "TagOf":
      return (s) => s.frame.tags[slot]!
    case "CountOf":
      return (s) => countOf(s.frame.values[slot])
  }
}

/** The names that expressions anywhere below a node ask for, suspended layouts aside. */
export const referenced = (node: Node, names: Set<string> = new Set()): Set<string> => {
  const expr = (at: Expr) => visitFields(at, (name) => names.add(name))
  if ("length" in node && node.length._tag === "Computed") expr(node.length.expr)
  switch (node._tag) {
    case "Struct":
      for (const field of node.fields) referenced(field.node, names)
      return names
    case "Tagged":
      if (node.tag._tag === "Outside") expr(node.tag.expr)
      for (const each of node.cases) referenced(each.node, names)
      return names
    case "Optional":
      if (node.presence._tag === "When") expr(node.presence.expr)
      return referenced(node.of, names)
    case "Computed":
      expr(node.expr)
      return names
    case "Checksum":
      names.add(node.from)
      if (node.to !== undefined) names.add(node.to)
      return names
    case "Pointer":
      expr(node.at)
      return referenced(node.of, names)
    case "Endianness":
      if (typeof node.little !== "boolean") expr(node.little)
      return referenced(node.of, names)
    case "Array":
    case "Transform":
      return referenced(node.of, names)
    case "Window":
      return node.lazy ? names : referenced(node.of, names)
    default:
      return names
  }
}
