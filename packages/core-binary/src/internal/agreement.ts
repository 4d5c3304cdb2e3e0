/** Writers check what a reader will compute against what they write: at once, or when the computed fields it depends on are known. */
import type { EncodeReason } from "../BinaryError.ts"
import { dependsOnRemaining, operate, visitFields } from "./arithmetic.ts"
import type { Expr } from "../Expr.ts"
import type { Int } from "../Layout.ts"
import { emitExpression } from "./emitExpression.ts"
import { evaluatorOf } from "./Evaluator.ts"
import { NotGenerated } from "./generate.ts"
import { checkAtEnd } from "./outrun.ts"
import { pending } from "./pending.ts"
import { slotOf } from "./slots.ts"
import type { Owner, WriteGenerator, WriteSite } from "./WriteGenerator.ts"
import type { WritePlace, Writer, WriteState } from "./Writer.ts"

/** The innermost struct with a computed field that an expression depends on and that has no value yet. */
export const pendingIn = (expr: Expr, scope: Owner | undefined): Owner | undefined => {
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

export const emitAgrees = (
  g: WriteGenerator,
  expr: Expr,
  actual: string,
  differ: (computed: string, actual: string) => string,
  site: WriteSite
): void => {
  const { source } = g
  if (dependsOnRemaining(expr)) {
    // Straight-line code has let go of the fields when the window ends: closures write such layouts.
    g.module.unproved = true
    return
  }
  const owner = pendingIn(expr, site.scope)
  if (owner === undefined) {
    const computed = source.bind("x", `+${emitExpression(source, expr, site.scope, "0", "-2")}`)
    return g.fail(differ(computed, actual))
  }
  if (site.repeated) throw new NotGenerated()
  const seen = source.hoist("h", "-1")
  source.line(`${seen} = ${actual}`)
  const kept: Owner = { fields: new Map(), parent: owner, waiting: [] }
  const later = keep(g, expr, site, kept)
  owner.waiting.push(() =>
    source.block(`if (${seen} !== -1)`, () => emitAgrees(g, later, seen, differ, { ...site, scope: kept }))
  )
}

/** An expression for later: what it reads now is kept in variables of the whole function, for this place may be within a block. */
const keep = (g: WriteGenerator, expr: Expr, site: WriteSite, kept: Owner): Expr => {
  if (expr._tag === "Operation")
    return { ...expr, left: keep(g, expr.left, site, kept), right: keep(g, expr.right, site, kept) }
  if (expr._tag !== "Field" || pendingIn(expr, site.scope) !== undefined) return expr
  const value = g.source.hoist("h", "0")
  g.source.line(`${value} = ${emitExpression(g.source, expr, site.scope, "0", "-2")}`)
  const node: Int = { _tag: "Int", bits: 64, signed: true, endian: "big", type: "number" }
  kept.fields.set(value, { value, node, start: undefined, end: undefined, tag: undefined })
  return { _tag: "Field", path: [value] }
}

/** What was computed, as a refusal shows it: a boolean where the expression gives one. `slot` is that of the first field it asks for. */
const told = (s: WriteState, expr: Expr, slot: number | undefined, computed: number): string => {
  let value: unknown = computed
  if (expr._tag === "Operation") value = operate(expr.operator, 0, 0)
  else if (expr._tag === "Literal") value = expr.value
  else if (expr._tag === "Field") {
    value = s.frame.values[slot!]
    for (const member of expr.path.slice(1)) value = (value as Record<string, unknown>)[member]
  }
  return String(typeof value === "boolean" ? Boolean(computed) : computed)
}

export const agrees = (
  c: Writer,
  expr: Expr,
  place: WritePlace,
  holds: (computed: number, actual: number) => boolean,
  reason: EncodeReason,
  shown: (actual: number) => string
): ((s: WriteState, actual: number, offset?: number) => boolean) => {
  const compute = evaluatorOf(expr).closure<WriteState>(expr, place.slots)
  const used: Array<number> = []
  visitFields(expr, (name) => used.push(slotOf(place.slots, name)))
  /** Checks what is computed at `offset` of a window that ends at `end`, with what was known of fields there. */
  const check = (s: WriteState, actual: number, offset: number, end: number): boolean => {
    const slot = used.find((slot) => s.frame.values[slot] === pending)
    if (slot !== undefined) {
      s.waiting.push({ slot, check: later(s, actual, offset, () => end) })
      return true
    }
    const { e, p } = s
    s.p = offset
    s.e = end
    const computed = compute(s)
    s.p = p
    s.e = e
    if (!s.bad && holds(computed, actual)) return true
    return s.refuse(reason, s.bad ? "a safe integer" : told(s, expr, used[0], computed), shown(actual), offset)
  }
  const later = (s: WriteState, actual: number, offset: number, endOf: (s: WriteState) => number) => {
    // What is known now may be another's by then: an array's elements share their slots.
    const { frame } = s
    const kept = used.map((slot) => frame.values[slot])
    const path = c.careful ? [...s.path] : s.path
    return (s: WriteState): boolean => {
      const outer = { frame: s.frame, path: s.path }
      s.frame = frame
      s.path = path
      used.forEach((slot, i) => {
        if (kept[i] !== pending) frame.values[slot] = kept[i]
      })
      const held = check(s, actual, offset, endOf(s))
      s.frame = outer.frame
      s.path = outer.path
      return held
    }
  }
  if (!dependsOnRemaining(expr)) return (s, actual, offset = s.p) => check(s, actual, offset, s.e)
  // What remains of a window is known when all of it stands.
  return (s, actual, offset = s.p) =>
    checkAtEnd(
      s,
      later(s, actual, offset, (s) => s.p)
    )
}
