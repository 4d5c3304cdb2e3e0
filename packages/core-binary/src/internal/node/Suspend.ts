import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { Frame } from "../Frame.ts"
import { invalid } from "../invalid.ts"
import type { Kind } from "../Kind.ts"
import type { Read } from "../Reader.ts"
import type { Write } from "../Writer.ts"

const none = { little: undefined, slots: undefined }

export const Suspend: Kind<Layout.Suspend> = {
  // Not looked into: a bound taken halfway round a cycle would differ from the one taken at its end.
  bounds: () => ({ min: 0, max: Infinity }),
  typeName: (node) => node.name,
  children: (node) => [node.of()],
  apart: true,
  emitRead(node, g, rest, site) {
    const { source } = g
    source.flush()
    g.fail(`depth === ${g.settings.limits.maxDepth}`)
    const name = g.function(node.of(), site.little)
    const value = source.bind("v", `${name}(m, p, ${site.end}, base, last, origin, ${site.little}, depth + 1)`)
    g.fail(`${value} === X`)
    source.line("p = P")
    g.ensure(rest, site)
    return value
  },
  emitWrite(node, g, value, rest, site) {
    const { source } = g
    source.flush()
    g.fail(`depth === ${g.settings.limits.maxDepth}`)
    const name = g.function(node.of(), site.little)
    source.line(`p = ${name}(m, ${value}, p, e, base, origin, ${site.little}, depth + 1)`)
    source.line("if (p < 0) return p")
    g.ensure(rest)
  },
  read(node, c, rest) {
    const { maxDepth } = c.settings.limits
    const of = node.of()
    let found = c.functions.get(of)
    if (found === undefined) {
      found = { read: undefined as unknown as Read, least: c.least(of) }
      c.functions.set(of, found)
      // Its byte order is that of whoever asks, known or not.
      found.read = c.read(of, 0, none)
    }
    const target = found
    return (s) => {
      if (s.depth === maxDepth) {
        return s.fail("DepthExceeded", s.p, `at most ${maxDepth} levels of ${node.name}`, "more")
      }
      if (s.e - s.p < target.least) return invalid
      s.depth++
      const { frame } = s
      if (c.slots > 0) s.frame = new Frame(c.slots)
      const value = target.read(s)
      s.frame = frame
      s.depth--
      return s.e - s.p < rest ? invalid : value
    }
  },
  write(node, c, rest) {
    const { maxDepth } = c.settings.limits
    const of = node.of()
    let found = c.functions.get(of)
    if (found === undefined) {
      found = { write: undefined as unknown as Write, least: bounds(of).min }
      c.functions.set(of, found)
      found.write = c.write(of, 0, none)
    }
    const target = found
    return (s, value) => {
      if (s.depth === maxDepth) return s.refuse("DepthExceeded", `at most ${maxDepth} levels of ${node.name}`, "more")
      if (s.e - s.p < target.least) return s.full()
      s.depth++
      const { frame, waiting } = s
      if (c.slots > 0) s.frame = new Frame(c.slots)
      s.waiting = []
      const done = target.write(s, value)
      s.frame = frame
      s.waiting = waiting
      s.depth--
      return done && (s.e - s.p >= rest || s.full())
    }
  }
}
