import type { Expr } from "../Expr.ts"

/** An expression as text, with the operators of most languages. */
export const exprText = (expr: Expr): string => {
  switch (expr._tag) {
    case "Literal":
      return String(expr.value)
    case "Field":
      return expr.path.join(".")
    case "Operation":
      return `(${exprText(expr.left)} ${expr.operator} ${exprText(expr.right)})`
    case "Remaining":
      return "remaining"
    default:
      return `${expr._tag.charAt(0).toLowerCase()}${expr._tag.slice(1)}(${expr.field})`
  }
}
