import type * as Layout from "../../Layout.ts"
import { bounds, exactly } from "../bounds.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { plural } from "../Reader.ts"
import type { ReadSite } from "../ReadGenerator.ts"

export const Pointer: Kind<Layout.Pointer> = {
  bounds: () => exactly(0),
  typeName: (node) => `pointer to ${typeName(node.of)}`,
  children: (node) => [node.of],
  names: (node, visit) => evaluatorOf(node.at).names(node.at, visit),
  eager: true,
  emitRead(node, g, _rest, site) {
    const { source } = g
    source.flush()
    const { maxBytes, maxPointers } = g.settings.limits
    g.module.pointers = true
    const from = node.origin === "message" ? "base" : "origin"
    const offset = source.bind("o", `+${emitExpr(g, node.at, site)}`)
    const before = source.bind("p", "p")
    g.fail(`++pointers > ${maxPointers}`)
    const start = source.bind("s", `${from} + ${offset}`)
    source.line(`p = ${start}`)
    g.fail(`!(p >= ${from} && p <= last && Number.isInteger(p))`)
    const target: ReadSite = { ...site, end: "last" }
    g.ensure(bounds(node.of).min, target)
    const value = source.bind("v", g.read(node.of, 0, target))
    g.fail(`(pointed += ${source.at()} - ${start}) > ${maxBytes}`)
    source.displacement = 0
    source.line(`p = ${before}`)
    return value
  },
  emitWrite(_node, g) {
    g.fail("true")
  },
  read(node, c, _rest, place) {
    const at = evaluatorOf(node.at).closure(node.at, place.slots)
    const inner = c.read(node.of, 0, place)
    const least = c.least(node.of)
    const message = node.origin === "message"
    const { maxBytes, maxPointers } = c.settings.limits
    return (s) => {
      const offset = at(s)
      const { e, p } = s
      const from = message ? s.base : s.origin
      const target = from + offset
      if (++s.pointers > maxPointers)
        return s.fail("LimitExceeded", p, `at most ${plural(maxPointers, "pointer")}`, "more")
      if (s.bad || !(target >= from && target <= s.last && Number.isInteger(target))) {
        const expected = `an offset within the ${plural(s.last - s.origin, "byte")} there are`
        return s.fail("InvalidPointer", p, expected, String(s.bad ? NaN : target - s.origin))
      }
      s.p = target
      s.e = s.last
      if (s.e - target < least) return invalid
      const value = inner(s)
      s.pointed += s.p - target
      s.p = p
      s.e = e
      if (value === invalid || s.pointed <= maxBytes) return value
      return s.fail("LimitExceeded", p, `at most ${plural(maxBytes, "byte")} behind pointers`, "more")
    }
  },
  write: () => (s) =>
    s.refuse("Unrepresentable", "a layout with one encoding", "a pointer, whose target has no place of its own")
}
