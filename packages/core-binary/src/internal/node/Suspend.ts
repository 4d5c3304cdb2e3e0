import type * as Layout from "../../Layout.ts"
import { prologue } from "../emitted.ts"
import { bounds } from "../bounds.ts"
import { invalid } from "../invalid.ts"
import type { Kind } from "../Kind.ts"
import type { Read, Reader } from "../Reader.ts"
import { parameters, type ReadGenerator } from "../ReadGenerator.ts"
import { Source } from "../Source.ts"
import type { WriteGenerator } from "../WriteGenerator.ts"
import type { Write, Writer } from "../Writer.ts"

/** The names of the functions of one module that read, or write, a node: one for each byte order. */
const functions = /* @__PURE__ */ new WeakMap<object, Map<Layout.Node, Map<string, string>>>()

/** A byte order as a function takes it: one that is known is compiled in, another is the parameter `little`. */
const parameterOrder = (order: string): string => (order === "true" || order === "false" ? order : "little")

/** The name of a function; generated on first use, so that it may call itself. */
const named = (
  g: ReadGenerator | WriteGenerator,
  prefix: string,
  node: Layout.Node,
  order: string,
  generate: (little: string, source: Source, name: string) => string
): string => {
  const little = parameterOrder(order)
  const nodes = functions.get(g) ?? new Map<Layout.Node, Map<string, string>>()
  functions.set(g, nodes)
  const orders = nodes.get(node) ?? new Map<string, string>()
  nodes.set(node, orders)
  const known = orders.get(little)
  if (known !== undefined) return known
  const name = g.source.fresh(prefix)
  orders.set(little, name)
  const outer = g.source
  const source = (g.source = new Source(g.module))
  g.module.functions.push(generate(little, source, name))
  g.source = outer
  return name
}

const readerOf = (g: ReadGenerator, node: Layout.Node, order: string): string =>
  named(g, "read", node, order, (little, source, name) => {
    g.ensure(bounds(node).min, { end: "e" })
    const value = g.read(node, 0, { end: "e", little, scope: undefined })
    source.line(`P = ${source.at()}`)
    source.line(`return ${value}`)
    return source.function(name, parameters, prologue)
  })

const writerOf = (g: WriteGenerator, node: Layout.Node, order: string): string =>
  named(g, "write", node, order, (little, source, name) => {
    g.ensure(bounds(node).min)
    g.write(node, "o", 0, { little, scope: undefined, repeated: false })
    source.line(`return ${source.at()}`)
    return source.function(name, "m, o, p, e, base, origin, little, depth", prologue)
  })

type Known<C extends object, F> = WeakMap<C, Map<Layout.Node, F>>

/** The closures of suspended layouts, which may ask for themselves. */
const readers: Known<Reader, { read: Read; readonly least: number }> = /* @__PURE__ */ new WeakMap()
const writers: Known<Writer, { write: Write; readonly least: number }> = /* @__PURE__ */ new WeakMap()

const remember = <C extends object, F>(known: Known<C, F>, c: C, node: Layout.Node, found: F): void => {
  const nodes = known.get(c) ?? new Map<Layout.Node, F>()
  known.set(c, nodes.set(node, found))
}

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
    const name = readerOf(g, node.of(), site.little)
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
    const name = writerOf(g, node.of(), site.little)
    source.line(`p = ${name}(m, ${value}, p, e, base, origin, ${site.little}, depth + 1)`)
    source.line("if (p < 0) return p")
    g.ensure(rest)
  },
  read(node, c, rest) {
    const { maxDepth } = c.settings.limits
    const of = node.of()
    let found = readers.get(c)?.get(of)
    if (found === undefined) {
      found = { read: undefined as unknown as Read, least: c.least(of) }
      remember(readers, c, of, found)
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
      if (c.frame !== undefined) s.frame = c.frame()
      const value = target.read(s)
      s.frame = frame
      s.depth--
      return s.e - s.p < rest ? invalid : value
    }
  },
  write(node, c, rest) {
    const { maxDepth } = c.settings.limits
    const of = node.of()
    let found = writers.get(c)?.get(of)
    if (found === undefined) {
      found = { write: undefined as unknown as Write, least: bounds(of).min }
      remember(writers, c, of, found)
      found.write = c.write(of, 0, none)
    }
    const target = found
    return (s, value) => {
      if (s.depth === maxDepth) return s.refuse("DepthExceeded", `at most ${maxDepth} levels of ${node.name}`, "more")
      if (s.e - s.p < target.least) return s.full()
      s.depth++
      const { frame, waiting } = s
      if (c.frame !== undefined) s.frame = c.frame()
      s.waiting = []
      const done = target.write(s, value)
      s.frame = frame
      s.waiting = waiting
      s.depth--
      return done && (s.e - s.p >= rest || s.full())
    }
  }
}
