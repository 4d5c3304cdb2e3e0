import type * as Layout from "../../Layout.ts"
import { invalid } from "../invalid.ts"
import { emitMustEnd, mustEnd } from "../outrun.ts"
import { type LengthKind, makeLength } from "../Kind.ts"

type Rest = Extract<Layout.Length, { readonly _tag: "Rest" }>

const Rest: LengthKind<Rest> = {
  bounds: () => ({ min: 0, max: Infinity }),
  typeName: () => "..",
  emitExtent(_length, g, _rest, site) {
    g.source.flush()
    return site.end
  },
  extent: (_length, _c, rest) => (s) => (rest > 0 ? invalid : s.e),
  emitPut() {},
  put: () => () => true,
  emitEnd(_length, g) {
    emitMustEnd(g)
  },
  end: () => mustEnd
}

/** Everything to the end of the window. */
export const rest: Layout.Length = /* @__PURE__ */ makeLength(Rest, { _tag: "Rest" })
