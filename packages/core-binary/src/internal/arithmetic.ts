/** What expressions compute and ask for, apart from how they are made. */
import type { Expr, Operator } from "../Expr.ts"

type Value = number | boolean

/** Evaluates an expression; `leaf` gives the values of everything that is not a literal or an operation. */
export const evaluate = (
  expr: Expr,
  leaf: (expr: Exclude<Expr, { _tag: "Literal" | "Operation" }>) => Value
): Value => {
  if (expr._tag === "Literal") return expr.value
  if (expr._tag !== "Operation") return leaf(expr)
  const left = evaluate(expr.left, leaf)
  const right = evaluate(expr.right, leaf)
  return operate(expr.operator, Number(left), Number(right))
}

/** Applies an operator to numbers. */
export const operate = (operator: Operator, left: number, right: number): Value => arithmetic[operator](left, right)

const arithmetic: { readonly [O in Operator]: (left: number, right: number) => Value } = {
  "+": (l, r) => l + r,
  "-": (l, r) => l - r,
  "*": (l, r) => l * r,
  "/": (l, r) => Math.trunc(l / r),
  "%": (l, r) => l % r,
  "&": (l, r) => l & r,
  "|": (l, r) => l | r,
  "<<": (l, r) => l << r,
  ">>>": (l, r) => l >>> r,
  "==": (l, r) => l === r,
  "!=": (l, r) => l !== r,
  "<": (l, r) => l < r,
  "<=": (l, r) => l <= r,
  ">": (l, r) => l > r,
  ">=": (l, r) => l >= r,
  and: (l, r) => l !== 0 && r !== 0,
  or: (l, r) => l !== 0 || r !== 0
}

/** Calls `visit` for every field an expression reads: the first name of each `Field`, and the fields of `SizeOf` and its kin. */
export const visitFields = (expr: Expr, visit: (name: string, leaf: Expr) => void): void => {
  switch (expr._tag) {
    case "Field":
      return visit(expr.path[0], expr)
    case "Operation":
      visitFields(expr.left, visit)
      return visitFields(expr.right, visit)
    case "SizeOf":
    case "CountOf":
    case "OffsetOf":
    case "TagOf":
      return visit(expr.field, expr)
  }
}

const asks = (expr: Expr, tag: Expr["_tag"]): boolean =>
  expr._tag === tag || (expr._tag === "Operation" && (asks(expr.left, tag) || asks(expr.right, tag)))

/** Whether an expression asks what is left of the window. */
export const dependsOnRemaining = (expr: Expr): boolean => asks(expr, "Remaining")

/** Whether an expression asks where a field starts. */
export const dependsOnOffset = (expr: Expr): boolean => asks(expr, "OffsetOf")
