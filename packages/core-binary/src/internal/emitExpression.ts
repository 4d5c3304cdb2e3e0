/** Expressions as generated code. */
import type { Expr } from "../Expr.ts"
import type { Node } from "../Layout.ts"
import type { Local, Locals } from "./emitted.ts"
import { operand } from "./operand.ts"
import type { Source } from "./Source.ts"

const local = (scope: Locals | undefined, name: string): Local => {
  for (let at = scope; at !== undefined; at = at.parent) {
    const found = at.fields.get(name)
    if (found !== undefined) return found
  }
  throw new Error(`no field ${name} before this place`)
}

/** What a field's value is for an expression, when the layout alone says it. */
const staticType = (node: Node): "number" | "bigint" | "unknown" => {
  switch (node._tag) {
    case "Int":
    case "Varint":
      return node.type
    case "Computed":
    case "Checksum":
    case "Enum":
      return node.of.type === "bigint" ? "bigint" : "number"
    case "Float":
      return "number"
    case "Endianness":
      return staticType(node.of)
    default:
      return "unknown"
  }
}

/**
 * An expression's code. Statements that check what it reads go before it: `fail` is what they return. A boolean counts as
 * 0 or 1 wherever a number is wanted.
 */
export const emitExpression = (
  source: Source,
  expr: Expr,
  scope: Locals | undefined,
  remaining: string,
  fail: string
): string => {
  const go = (expr: Expr): string => {
    switch (expr._tag) {
      case "Literal":
        return String(expr.value)
      case "Remaining":
        return remaining
      case "Field": {
        const found = local(scope, expr.path[0])
        const type = expr.path.length === 1 ? staticType(found.node) : "unknown"
        const member = expr.path
          .slice(1)
          .map((name) => `?.[${JSON.stringify(name)}]`)
          .join("")
        if (type === "number") return found.value!
        const name = source.bind("x", `${source.run({ operand })}(${found.value!}${member})`)
        source.line(`if (${name} !== ${name}) return ${fail}`)
        return name
      }
      case "Operation": {
        const left = `+${go(expr.left)}`
        const right = `+${go(expr.right)}`
        switch (expr.operator) {
          case "and":
            return `(${left} !== 0 && ${right} !== 0)`
          case "or":
            return `(${left} !== 0 || ${right} !== 0)`
          case "/":
            return `Math.trunc(${left} / ${right})`
          case "==":
          case "!=":
            return `(${left} ${expr.operator}= ${right})`
          default:
            return `(${left} ${expr.operator} ${right})`
        }
      }
      default: {
        const found = own(scope, expr.field)
        if (expr._tag === "CountOf") return `(${found.value} == null ? 0 : ${found.value}.length)`
        if (expr._tag === "TagOf") {
          if (found.tag === undefined) throw new Error(`tagOf: ${expr.field} is no tagged union`)
          return found.tag
        }
        if (found.start === undefined) throw new Error(`the place of ${expr.field} is known to computed fields only`)
        return expr._tag === "SizeOf" ? `(${found.end} - ${found.start})` : `(${found.start} - base)`
      }
    }
  }
  return go(expr)
}

const own = (scope: Locals | undefined, name: string): Local => {
  const found = scope?.fields.get(name)
  if (found === undefined) throw new Error(`no field ${name} in this struct`)
  return found
}
