/** Expressions as generated code. */
import { type Expr, visitFields } from "../Expr.ts"
import type { Checksum, Node } from "../Layout.ts"
import type { Source } from "./Source.ts"

/** What generated code knows of a field: the names of its variables. */
export interface Local {
  /** The value; `undefined` for a computed field that the writer does not know yet. */
  readonly value: string | undefined
  readonly node: Node
  readonly start: string | undefined
  readonly end: string | undefined
  readonly tag: string | undefined
}

export interface Locals {
  readonly fields: Map<string, Local>
  readonly parent: Locals | undefined
}

export const local = (scope: Locals | undefined, name: string): Local => {
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
export const emitExpr = (
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
        const name = source.bind("x", `R.operand(${found.value!}${member})`)
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

/** The innermost struct with a computed field that an expression depends on and that has no value yet. */
export const pendingIn = <S extends Locals & { readonly parent: S | undefined }>(
  expr: Expr,
  scope: S | undefined
): S | undefined => {
  const names = new Set<string>()
  visitFields(expr, (name) => names.add(name))
  for (let at = scope; at !== undefined; at = at.parent) {
    for (const name of names) {
      const known = at.fields.get(name)
      if (known === undefined) continue
      if (known.value === undefined) return at
      names.delete(name)
    }
  }
  return undefined
}

/** Whether a field is a number with names, whose number expressions see. */
export const isEnum = (node: Node): boolean => (node._tag === "Endianness" ? isEnum(node.of) : node._tag === "Enum")

/** The variable with the tag of a field, if the field is a tagged union. */
export const tagIn = (node: Node, last: string | undefined): string | undefined => {
  switch (node._tag) {
    case "Endianness":
    case "Window":
      return tagIn(node.of, last)
    default:
      return node._tag === "Tagged" ? last : undefined
  }
}

const own = (scope: Locals | undefined, name: string): Local => {
  const found = scope?.fields.get(name)
  if (found === undefined) throw new Error(`no field ${name} in this struct`)
  return found
}

/** Where a checksum's span starts and ends, and the checksum itself. */
export const span = (
  node: Checksum,
  known: Local,
  scope: Locals | undefined
): { readonly from: string; readonly to: string; readonly own: Local } => ({
  from: own(scope, node.from).start!,
  to: node.to === undefined ? known.start! : own(scope, node.to).start!,
  own: known
})

/** The fields of a struct whose positions something asks for. */
export const positioned = (fields: ReadonlyArray<{ readonly name: string; readonly node: Node }>): Set<string> => {
  const names = new Set<string>()
  const expr = (at: Expr): void => {
    if (at._tag === "SizeOf" || at._tag === "OffsetOf") names.add(at.field)
    else if (at._tag === "Operation") {
      expr(at.left)
      expr(at.right)
    }
  }
  const visit = (name: string, node: Node): void => {
    if (node._tag === "Endianness") visit(name, node.of)
    else if (node._tag === "Computed") {
      names.add(name)
      expr(node.expr)
    } else if (node._tag === "Checksum") {
      names.add(name).add(node.from)
      if (node.to !== undefined) names.add(node.to)
    }
  }
  for (const field of fields) visit(field.name, field.node)
  return names
}
