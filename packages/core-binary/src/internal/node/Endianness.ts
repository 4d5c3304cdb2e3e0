import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { derivedOf } from "../derived.ts"
import { computedOf } from "../emitted.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import type { Operands } from "../Frame.ts"
import { type Kind, typeName } from "../Kind.ts"
import type { ReadPlace } from "../Reader.ts"
import type { WriteGenerator, WriteSite } from "../WriteGenerator.ts"
import type { Write, WritePlace } from "../Writer.ts"

const inner = <P extends ReadPlace | WritePlace>(node: Layout.Endianness, place: P): P => ({
  ...place,
  little: typeof node.little === "boolean" ? node.little : undefined
})

const order = <S extends Operands>(node: Layout.Endianness, place: ReadPlace | WritePlace): ((s: S) => boolean) => {
  const { little } = node
  if (typeof little === "boolean") return () => little
  const expr = evaluatorOf(little).closure<S>(little, place.slots)
  return (s) => Boolean(expr(s))
}

const ordered = (node: Layout.Endianness, place: WritePlace, write: Write): Write => {
  const little = order(node, place)
  return (s, value) => {
    const outer = s.little
    s.little = little(s)
    if (s.bad) return s.refuse("OutOfRange", "a safe integer", "a larger number")
    const done = write(s, value)
    s.little = outer
    return done
  }
}

const emitOrdered = (node: Layout.Endianness, g: WriteGenerator, site: WriteSite): string => {
  const { little } = node
  if (typeof little === "boolean") return String(little)
  evaluatorOf(little).names(little, (name) => {
    for (let at = site.scope; at !== undefined; at = at.parent) {
      const known = at.fields.get(name)
      if (known === undefined) continue
      if (known.value === undefined && computedOf(known.node) !== undefined)
        throw new Error("a byte order cannot depend on a computed field")
      break
    }
  })
  return g.source.bind("l", `Boolean(${evaluatorOf(little).emit(g.source, little, site.scope, "0", "-2")})`)
}

export const Endianness: Kind<Layout.Endianness> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => typeName(node.of),
  children: (node) => [node.of],
  names({ little }, visit) {
    if (typeof little !== "boolean") evaluatorOf(little).names(little, visit)
  },
  within: (node) => (typeof node.little === "boolean" ? node.of : undefined),
  emitEnter: (node, _g, site) => ({ ...site, little: String(node.little) }),
  emitRead(node, g, rest, site) {
    const { little } = node
    const order =
      typeof little === "boolean" ? String(little) : g.source.bind("l", `Boolean(${emitExpr(g, little, site)})`)
    return g.read(node.of, rest, { ...site, little: order })
  },
  emitWrite(node, g, value, rest, site) {
    g.write(node.of, value, rest, { ...site, little: emitOrdered(node, g, site) })
  },
  read(node, c, rest, place) {
    const read = c.read(node.of, rest, inner(node, place))
    const little = order(node, place)
    return (s) => {
      const outer = s.little
      s.little = little(s)
      if (s.bad) return s.fail("OutOfRange", s.p, "a safe integer", "a larger number")
      const value = read(s)
      s.little = outer
      return value
    }
  },
  write: (node, c, rest, place) => ordered(node, place, c.write(node.of, rest, inner(node, place))),
  derived: {
    overBytes: (node) => derivedOf(node.of)!.overBytes(node.of),
    positions: (node, name, add) => derivedOf(node.of)!.positions(node.of, name, add),
    emitVerify: (node, g, known, site) => derivedOf(node.of)!.emitVerify(node.of, g, known, site),
    verify: (node, c, name, place) => derivedOf(node.of)!.verify(node.of, c, name, place),
    emitFill: (node, g, name, site) =>
      derivedOf(node.of)!.emitFill(node.of, g, name, { ...site, little: emitOrdered(node, g, site) }),
    fill: (node, c, name, place) => ordered(node, place, derivedOf(node.of)!.fill(node.of, c, name, inner(node, place)))
  }
}
