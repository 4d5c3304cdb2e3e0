import type { Expr } from "../../Expr.ts"
import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { dependent } from "../dependent.ts"
import { filledLater } from "../filledLater.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import { isWhole, range } from "../integer.ts"
import { type Kind, typeName } from "../Kind.ts"
import { exprText } from "../exprText.ts"
import { intKindOf, wholeKindOf } from "../whole.ts"
import type { WriteState } from "../Writer.ts"

export const Computed: Kind<Layout.Computed> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => `${typeName(node.of)} = ${exprText(node.expr)}`,
  names: (node, visit) => evaluatorOf(node.expr).names(node.expr, visit),
  ...filledLater,
  derived: {
    by: dependent,
    overBytes: () => false,
    positions(node, name, add) {
      add(name)
      const visit = (at: Expr): void => {
        if (at._tag === "SizeOf" || at._tag === "OffsetOf") add(at.field)
        else if (at._tag === "Operation") {
          visit(at.left)
          visit(at.right)
        }
      }
      visit(node.expr)
    },
    emitVerify(node, g, known, site) {
      g.fail(`${known.value} !== +${emitExpr(g, node.expr, site)}`)
    },
    verify(node, _c, name, place) {
      const own = place.slots!.fields.get(name)!
      const expr = evaluatorOf(node.expr).closure(node.expr, place.slots)
      return (s) => {
        const { starts, values } = s.frame
        const computed = expr(s)
        if (computed === values[own] && !s.bad) return true
        s.path.push(name)
        const expected = `${s.bad ? "a safe integer" : computed} (${typeName(node)})`
        s.fail("ComputedMismatch", starts[own]!, expected, String(values[own]))
        s.path.pop()
        return false
      }
    },
    emitFill(node, g, name, site) {
      const { source } = g
      const known = site.scope.fields.get(name)!
      const value = source.bind("c", `+${evaluatorOf(node.expr).emit(source, node.expr, site.scope, "0", "-2")}`)
      intKindOf(node.of).emitCheck(node.of, g, value)
      wholeKindOf(node.of).emitPut(node.of, g, value, 0, site, known.start)
      site.scope.fields.set(name, { ...known, value })
    },
    fill(node, c, name, place) {
      const slot = place.slots!.fields.get(name)!
      const expr = evaluatorOf(node.expr).closure<WriteState>(node.expr, place.slots)
      const put = wholeKindOf(node.of).put(node.of, c, 0, place)
      const { max, min } = range(node.of)
      return (s) => {
        const value = expr(s)
        const { starts, values } = s.frame
        const start = starts[slot]!
        if (s.bad || !isWhole(value, Number(min), Number(max))) {
          s.path.push(name)
          s.refuse("OutOfRange", `a number from ${min} to ${max}`, s.bad ? "no safe integer" : String(value), start)
          s.path.pop()
          return false
        }
        const after = s.p
        s.p = start
        put(s, value)
        s.p = after
        values[slot] = value
        return true
      }
    }
  }
}
