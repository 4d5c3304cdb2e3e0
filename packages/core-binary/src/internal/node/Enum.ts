import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { literal, literalName } from "../emitted.ts"
import { isWhole, typed } from "../integer.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { refuseWhole, wholeKindOf } from "../whole.ts"
import { show } from "../Writer.ts"

type Names = ReadonlyMap<number, string | number>
type Numbers = ReadonlyMap<unknown, number | bigint>

const tables = new WeakMap<Layout.Enum, readonly [Names, Numbers]>()

/** The names of an enum by their numbers, and the numbers by their names, typed as its integer. */
const tablesOf = (node: Layout.Enum): readonly [Names, Numbers] => {
  let found = tables.get(node)
  if (found === undefined) {
    const names = new Map(node.names.map(([name, value]) => [value, name]))
    const numbers = new Map(node.names.map(([name, value]) => [name, typed(node.of, value)]))
    tables.set(node, (found = [names, numbers]))
  }
  return found
}

const isNamed = (node: Layout.Enum, value: unknown): boolean =>
  node.names.some(([, number]) => number === Number(value))

/** A number that an open enum has no name for, if it is one. */
const unnamed = (node: Layout.Enum, value: unknown): number | bigint | undefined => {
  if (typeof value !== node.of.type || isNamed(node, value)) return undefined
  const { max, min } = wholeKindOf(node.of).range(node.of)
  if (typeof value === "bigint") return value >= min && value <= max ? value : undefined
  return isWhole(value, Number(min), Number(max)) ? value : undefined
}

/** Up to this many names are compared one after the other. */
const few = 8

export const Enum: Kind<Layout.Enum> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => `enum ${typeName(node.of)}`,
  emitRead(node, g, rest, site) {
    const { source } = g
    const raw = g.read(node.of, rest, site)
    const number = node.of.type === "bigint" ? source.bind("n", `Number(${raw})`) : raw
    const otherwise = node.open ? raw : "X"
    const named = node.names.map(([name, value]) => `${number} === ${value} ? ${literalName(name)} : `)
    const table = () => `${source.capture(tablesOf(node)[0])}.get(${number}) ?? `
    const name = source.bind("v", (node.names.length <= few ? named.join("") : table()) + otherwise)
    if (!node.open) g.fail(`${name} === X`)
    g.numbers.set(name, number)
    return name
  },
  emitWrite(node, g, value, rest, site) {
    const { source } = g
    const otherwise = node.open ? `${source.run({ unnamed })}(${source.capture(node)}, ${value})` : "undefined"
    const named = node.names.map(
      ([name, number]) => `${value} === ${literalName(name)} ? ${literal(typed(node.of, number))} : `
    )
    // The wire would lose the sign of a literal -0.
    if (node.names.some(([name]) => name === 0)) g.fail(`Object.is(${value}, -0)`)
    const table = () => `${source.capture(tablesOf(node)[1])}.get(${value}) ?? `
    const number = source.bind("n", (node.names.length <= few ? named.join("") : table()) + otherwise)
    g.fail(`${number} === undefined`)
    wholeKindOf(node.of).emitPut(node.of, g, number, rest, site)
    g.lastNumber = number
  },
  read(node, c, rest, place) {
    const raw = c.whole(node.of, rest, place)
    const [table] = tablesOf(node)
    const { open } = node
    return (s) => {
      const start = s.p
      const number = raw(s)
      if (number === invalid) return invalid
      s.number = number
      const name = table.get(Number(number)) ?? (open ? number : undefined)
      if (name !== undefined) return name
      const known = node.names.map(([name, value]) => (name === value ? String(value) : `${value} (${name})`))
      return s.fail("InvalidTag", start, `one of ${known.join(", ")}`, String(number))
    }
  },
  write(node, c, rest, place) {
    const put = wholeKindOf(node.of).put(node.of, c, rest, place)
    const [, table] = tablesOf(node)
    return (s, value) => {
      const number = table.get(value) ?? (node.open ? unnamed(node, value) : undefined)
      // The wire would lose the sign of a literal -0.
      if (number === undefined || Object.is(value, -0)) {
        if (node.open && typeof value === node.of.type && !isNamed(node, value))
          return refuseWhole(s, node.of.type, wholeKindOf(node.of).range(node.of), value)
        const names = node.names.map(([name]) => show(name))
        return s.refuse("InvalidTag", `one of ${names.join(", ")}`, show(value))
      }
      s.number = number
      return put(s, number)
    }
  }
}
