/** Expressions as closures over a frame of fields, and the evaluator that expressions bring along. */
import type { Expr } from "../Expr.ts"
import { operate, visitFields } from "./arithmetic.ts"
import { agrees, emitAgrees } from "./agreement.ts"
import { dependent } from "./dependent.ts"
import { emitExpression } from "./emitExpression.ts"
import { type Evaluator } from "./Evaluator.ts"
import type { Operands, Slots } from "./Frame.ts"
import { computedLength } from "./length/Computed.ts"
import { operand } from "./operand.ts"
import { ownSlot, slotOf } from "./slots.ts"

const countOf = (value: unknown): number =>
  value === null || value === undefined ? 0 : (value as { readonly length: number }).length

const closure = <S extends Operands>(expr: Expr, slots: Slots | undefined): ((s: S) => number) => {
  if (expr._tag === "Literal") {
    const value = Number(expr.value)
    return () => value
  }
  if (expr._tag === "Operation") {
    const { operator } = expr
    const left = closure(expr.left, slots)
    const right = closure(expr.right, slots)
    return (s) => Number(operate(operator, left(s), right(s)))
  }
  if (expr._tag === "Remaining") return (s) => s.e - s.p
  if (expr._tag === "Field") {
    const slot = slotOf(slots, expr.path[0])
    const members = expr.path.slice(1)
    return (s) => {
      let value = s.frame.values[slot]
      for (const member of members) value = (value as Record<string, unknown> | null | undefined)?.[member]
      const number = operand(value)
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

export const expression: Evaluator = {
  emit: emitExpression,
  closure,
  names: (expr, visit) => visitFields(expr, (name) => visit(name, dependent)),
  emitAgrees,
  agrees,
  length: computedLength
}
