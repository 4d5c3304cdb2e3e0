import type * as Layout from "../../Layout.ts"
import { times } from "../bounds.ts"
import { type LengthKind, makeLength, typeName } from "../Kind.ts"
import { plural } from "../Reader.ts"

type Fixed = Extract<Layout.Length, { readonly _tag: "Fixed" }>

const Fixed: LengthKind<Fixed> = {
  bounds: ({ value }, unit) => ({ min: times(value, unit.min), max: times(value, unit.max) }),
  typeName: ({ value }) => String(value),
  emitCount({ value }, g, _unit, elements) {
    if (elements && value > g.settings.limits.maxElements) g.fail("true")
    return String(value)
  },
  count({ value }, c, unit, elements, _rest, place) {
    const limit = elements ? c.settings.limits.maxElements : Infinity
    const { careful } = c
    return (s) => {
      if (value > limit) return s.fail("LimitExceeded", s.p, `at most ${plural(limit, "element")}`, String(value))
      if (!careful || value * unit <= s.e - s.p) return value
      const expected = `${plural(value, elements ? "element" : "byte")} (${typeName(place.owner!)})`
      return s.fail("UnexpectedEnd", s.p, expected, `${s.e - s.p} bytes left`)
    }
  },
  emitPut({ value }, g, n) {
    g.fail(`${n} !== ${value}`)
  },
  put:
    ({ value }) =>
    (s, n, at) =>
      n === value || s.refuse("InvalidLength", String(value), String(n), at)
}

export const fixed = (value: number): Layout.Length => makeLength(Fixed, { _tag: "Fixed", value })
