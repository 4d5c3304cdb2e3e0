import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { literal } from "../emitted.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { assign } from "../record.ts"
import { property, quote } from "../Source.ts"
import { wholeKindOf } from "../whole.ts"
import { isRecord } from "../Writer.ts"

/** The bits of a number that have no name. */
const unknownBits = (node: Layout.Flags, raw: number | bigint): bigint =>
  node.names.reduce((rest, [, mask]) => rest & ~BigInt(mask), BigInt.asUintN(node.of.bits, BigInt(raw)))

const readFlags = (node: Layout.Flags, raw: number | bigint): unknown => {
  if (unknownBits(node, raw) !== 0n) return invalid
  const value: Record<string, unknown> = {}
  for (const [name, mask] of node.names) assign(value, name, (BigInt(raw) & BigInt(mask)) !== 0n)
  return value
}

export const Flags: Kind<Layout.Flags> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => `flags ${typeName(node.of)}`,
  emitRead(node, g, rest, site) {
    const { source } = g
    const { bits, type } = node.of
    const raw = g.read(node.of, rest, site)
    if (bits > 32 || type === "bigint") {
      const name = source.bind("v", `${source.run({ readFlags })}(${source.capture(node)}, ${raw})`)
      g.fail(`${name} === X`)
      return name
    }
    const known = node.names.reduce((all, [, mask]) => (all | mask) >>> 0, 0)
    const unknown = (~known >>> 0) & (bits === 32 ? -1 : 2 ** bits - 1)
    if (unknown !== 0) g.fail(`(${raw} & ${unknown}) !== 0`)
    const flags = node.names.map(([name, mask]) => property(name, `(${raw} & ${mask}) !== 0`))
    return source.bind("v", `{ ${flags.join(", ")} }`)
  },
  emitWrite(node, g, value, rest, site) {
    g.isRecord(value)
    const { source } = g
    const big = node.of.type === "bigint"
    const wide = node.of.bits > 32
    const zero = big ? "0n" : "0"
    const terms = node.names.map(([name, mask]) => {
      const on = source.bind("f", `${value}[${quote(name)}]`)
      g.fail(`typeof ${on} !== "boolean"`)
      return `(${on} ? ${big ? literal(BigInt(mask)) : mask} : ${zero})`
    })
    const sum = terms.length === 0 ? zero : terms.join(wide && !big ? " + " : " | ")
    const raw = source.bind("n", big || wide ? sum : `(${sum}) >>> 0`)
    wholeKindOf(node.of).emitPut(node.of, g, raw, rest, site)
  },
  read(node, c, rest, place) {
    const raw = c.whole(node.of, rest, place)
    return (s) => {
      const start = s.p
      const number = raw(s)
      if (number === invalid) return invalid
      const value = readFlags(node, number)
      if (value !== invalid) return value
      const unknown = `0x${unknownBits(node, number).toString(16)}`
      return s.fail("ConstantMismatch", start, "zero in the bits without a name", unknown)
    }
  },
  write(node, c, rest, place) {
    const put = wholeKindOf(node.of).put(node.of, c, rest, place)
    const big = node.of.type === "bigint"
    return (s, value) => {
      if (!isRecord(value)) return s.type("an object", value)
      let raw = 0n
      for (const [name, mask] of node.names) {
        const on = value[name]
        if (typeof on !== "boolean") {
          s.path.push(name)
          s.type("a boolean", on)
          s.path.pop()
          return false
        }
        if (on) raw += BigInt(mask)
      }
      return put(s, big ? raw : Number(raw))
    }
  }
}
