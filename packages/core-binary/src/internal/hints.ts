/** Numbers worth trying for a field, because an expression elsewhere asks about it. */
import type { Expr } from "../Expr.ts"
import type { Length, Node } from "../Layout.ts"

export interface Hints {
  readonly numbers: Array<number>
  readonly below: Map<string, Hints>
}

const empty = (): Hints => ({ numbers: [], below: new Map() })

const literals = (expr: Expr): Array<number> => {
  if (expr._tag === "Literal") return [Number(expr.value), Number(expr.value) + 1]
  return expr._tag === "Operation" ? [...literals(expr.left), ...literals(expr.right)] : []
}

const smallCounts = [0, 1, 2, 3, 4, 5, 6, 7, 8]

/** The hints of the fields that the expressions within a node name, by their paths. */
export const hintsOf = (root: Node): Hints => {
  const hints = empty()
  const expr = (at: Expr, numbers: ReadonlyArray<number>): void => {
    if (at._tag === "Operation") {
      expr(at.left, numbers)
      expr(at.right, numbers)
    } else if (at._tag === "Field") {
      let target = hints
      for (const name of at.path) {
        let next = target.below.get(name)
        if (next === undefined) target.below.set(name, (next = empty()))
        target = next
      }
      target.numbers.push(...numbers)
    }
  }
  const length = (at: Length): void => {
    if (at._tag === "Computed") expr(at.expr, [...literals(at.expr), ...smallCounts])
  }
  const visit = (node: Node): void => {
    switch (node._tag) {
      case "Bytes":
      case "Text":
        return length(node.length)
      case "Array":
      case "Window":
        length(node.length)
        return visit(node.of)
      case "Struct":
        return node.fields.forEach((field) => visit(field.node))
      case "Tagged":
        if (node.tag._tag === "Outside") {
          expr(
            node.tag.expr,
            node.cases.map((each) => each.from)
          )
        }
        return node.cases.forEach((each) => visit(each.node))
      case "Optional":
        if (node.presence._tag === "When") expr(node.presence.expr, [0, 1, ...literals(node.presence.expr)])
        return visit(node.of)
      case "Endianness":
        if (typeof node.little !== "boolean") expr(node.little, [0, 1, ...literals(node.little)])
        return visit(node.of)
      case "Transform":
        return visit(node.of)
    }
  }
  visit(root)
  return hints
}
