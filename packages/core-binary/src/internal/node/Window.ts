import type * as Layout from "../../Layout.ts"
import { type Bounds, bounds, exactly, lengthBounds } from "../bounds.ts"
import { behind, emitBehind, emitExtent, emitNull, emitNullable, emitSkip, extent, nullable } from "../content.ts"
import { emitSized, sized } from "../length/sized.ts"
import { invalid } from "../invalid.ts"
import { type Kind, lengthKindOf, typeName } from "../Kind.ts"
import { plural } from "../Reader.ts"
import type { ReadSite } from "../ReadGenerator.ts"
import { closed, emitClosed } from "../outrun.ts"

const boundsOf = ({ length, of }: Layout.Window): Bounds => {
  const inner = bounds(of)
  const outer = lengthBounds(length, exactly(1))
  const prefixed = length._tag === "Prefixed" && length.absent === undefined && length.min < inner.min
  return prefixed ? { min: bounds(length.prefix).min + inner.min, max: outer.max } : outer
}

export const Window: Kind<Layout.Window> = {
  bounds: boundsOf,
  typeName: ({ length, of }) => `window[${lengthKindOf(length).typeName(length)}] of ${typeName(of)}`,
  children: (node) => [node.of],
  within: ({ length, of, rest }) =>
    rest === "error" && length._tag === "Prefixed" && length.absent === undefined ? of : undefined,
  emitEnter({ length, of }, g, site) {
    const inner = { ...site, end: emitExtent(g, length, 0, site) }
    g.ensure(bounds(of).min, inner)
    return inner
  },
  emitRead(node, g, rest, site) {
    const { source } = g
    return emitNullable(g, node.length, rest, site, (length) => {
      const end = emitExtent(g, length, rest, site)
      const inner: ReadSite = { ...site, end }
      g.ensure(bounds(node.of).min, inner)
      const value = source.bind("v", g.read(node.of, 0, inner))
      if (node.rest === "error") g.fail(`${source.at()} !== ${end}`)
      source.displacement = 0
      emitBehind(g, length, end, rest, site)
      return value
    })
  },
  emitSkip: (node, g, rest, site) => emitSkip(g, node.length, rest, site),
  emitWrite({ length, of }, g, value, rest, site) {
    emitNull(g, length, value, rest, site, () =>
      emitSized(g, length, of, rest, site, () => {
        g.source.flush()
        g.ensure(bounds(of).min + rest)
        emitClosed(g, () => g.write(of, value, rest, site))
        g.source.flush()
      })
    )
  },
  read(node, c, rest, place) {
    const content = extent(c, node, node.length, rest, place)
    const size = behind(node.length)
    const inner = c.read(node.of, 0, place)
    const least = c.least(node.of)
    const strict = node.rest === "error"
    return (s) => {
      const end = content(s)
      if (typeof end !== "number") return end
      if (end - s.p < least) return invalid
      const outer = s.e
      s.e = end
      const value = inner(s)
      if (value === invalid) return invalid
      if (strict && s.p !== end) return s.fail("TrailingBytes", s.p, "the end", `${plural(end - s.p, "more byte")}`)
      s.e = outer
      s.p = end + size
      return value
    }
  },
  write(node, c, rest, place) {
    const inner = c.write(node.of, rest, place)
    const least = bounds(node.of).min + rest
    const body = closed<unknown>((s, value) => (s.e - s.p < least ? s.full() : inner(s, value)))
    return nullable(c, node.length, rest, place, sized(c, node.length, node.of, rest, place, body))
  }
}
