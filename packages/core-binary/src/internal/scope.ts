/** The fields that expressions can see while a struct is read or written, outer structs behind. */
import { evaluate, type Expr } from "../Expr.ts"
import { invalid } from "./invalid.ts"
import { pending } from "./pending.ts"

/** What is known of a field: its value as expressions see it, and where it stands. `value` is `pending` before a computed field is known. */
export interface Known {
  value: unknown
  start: number
  end: number
  /** The tag of the case, for a tagged union. */
  tag: number | undefined
}

export interface Scope {
  readonly fields: Map<string, Known>
  readonly parent: Scope | undefined
}

/** A field that the layout was checked to have when it was compiled. */
export const lookup = (scope: Scope, name: string): Known => scope.fields.get(name) ?? lookup(scope.parent!, name)

const countOf = (value: unknown): number =>
  value === null || value === undefined ? 0 : (value as { readonly length: number }).length

/**
 * Evaluates an expression in a scope; `base` is where the message starts and `remaining` what is left of the window.
 * Gives `pending` where it depends on a computed field that is not known yet, and `invalid` where a 64-bit field is
 * no safe integer.
 */
export const evaluateIn = (
  expr: Expr,
  scope: Scope | undefined,
  base: number,
  remaining: number
): number | boolean | typeof pending | typeof invalid => {
  let state: typeof pending | typeof invalid | undefined
  const result = evaluate(expr, (leaf) => {
    if (leaf._tag === "Remaining") return remaining
    if (leaf._tag === "Field") {
      let value = lookup(scope!, leaf.path[0]).value
      for (let i = 1; i < leaf.path.length; i++)
        value = (value as Record<string, unknown> | null | undefined)?.[leaf.path[i]!]
      if (typeof value === "number" || typeof value === "boolean") return value
      if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value)
      // What waits for a computed field is asked again; what is no number never will be one.
      if (value !== pending) state = invalid
      else state ??= pending
      return NaN
    }
    const known = scope!.fields.get(leaf.field)!
    switch (leaf._tag) {
      case "SizeOf":
        return known.end - known.start
      case "OffsetOf":
        return known.start - base
      case "TagOf":
        return known.tag ?? 0
      case "CountOf":
        return countOf(known.value)
    }
  })
  return state ?? result
}
