import type { Expr } from "../../Expr.ts"
import type * as Layout from "../../Layout.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import { type LengthKind, makeLength } from "../Kind.ts"
import { exprText } from "../exprText.ts"
import { emitLimits, limitOf, refuseCount } from "./counted.ts"

type Computed = Extract<Layout.Length, { readonly _tag: "Computed" }>

const Computed: LengthKind<Computed> = {
  bounds: () => ({ min: 0, max: Infinity }),
  typeName: ({ expr }) => exprText(expr),
  names: ({ expr }, visit) => evaluatorOf(expr).names(expr, visit),
  emitCount({ expr }, g, unit, elements, rest, site) {
    const name = g.source.bind("n", `+${emitExpr(g, expr, site)}`)
    emitLimits(g, name, [`!Number.isInteger(${name})`, `${name} < 0`], Infinity, unit, elements, rest, site)
    return name
  },
  count({ expr }, c, unit, elements, rest, place) {
    const evaluate = evaluatorOf(expr).closure(expr, place.slots)
    const limit = limitOf(c, elements)
    return (s) => {
      const n = evaluate(s)
      if (s.bad || !Number.isInteger(n) || n < 0)
        return s.fail("InvalidLength", s.p, "a length of 0 or more", String(s.bad ? NaN : n))
      return n <= limit && n * unit <= s.e - s.p - rest ? n : refuseCount(s, n, s.p, limit)
    }
  },
  emitPut({ expr }, g, n, _rest, site) {
    evaluatorOf(expr).emitAgrees(g, expr, n, (computed, actual) => `${computed} !== ${actual}`, site)
  },
  put: ({ expr }, c, _rest, place) =>
    evaluatorOf(expr).agrees(c, expr, place, (computed, n) => computed === n, "InvalidLength", String)
}

/** A length in units of the content, or in bytes, that an expression gives. */
export const computedLength = (expr: Expr, unit: "bytes" | "elements" = "elements"): Layout.Length =>
  makeLength(Computed, { _tag: "Computed", expr, unit })
