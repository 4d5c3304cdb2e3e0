/** The words of generated code: parameters, names, literals, accesses. */
import type * as Layout from "../Layout.ts"
import { type Prologue, quote } from "./Source.ts"
import type { Locals } from "./emitExpr.ts"
import { typed } from "./walkWrite.ts"

/** `m` is the memory, `p` the position, `e` the end of the window, `base` and `last` the message's bounds, `origin` the input's start: all absolute. */
export const parameters = "m, p, e, base, last, origin, little, depth"

export const prologue: Prologue = [
  ["view", "m.view"],
  ["bytes", "m.bytes"],
  ["buffer", "m.buffer"]
]

export interface Place {
  readonly end: string
  readonly little: string
  readonly scope: Locals | undefined
}

/** A byte order as a function takes it: one that is known is compiled in, another is the parameter `little`. */
export const parameterOrder = (order: string): string => (order === "true" || order === "false" ? order : "little")

/** The names of generated functions, one for each node and byte order. */
export class Names {
  private readonly prefix: string
  private readonly names = new Map<Layout.Node, Map<string, string>>()
  private count = 0

  constructor(prefix: string) {
    this.prefix = prefix
  }

  /** The name, and whether it was there before. */
  of(node: Layout.Node, order: string): readonly [name: string, known: boolean] {
    let orders = this.names.get(node)
    if (orders === undefined) this.names.set(node, (orders = new Map()))
    const known = orders.get(order)
    if (known !== undefined) return [known, true]
    const name = `${this.prefix}${this.count++}`
    orders.set(order, name)
    return [name, false]
  }
}

const tables = new WeakMap<Layout.Enum, ReadonlyMap<number, string | number>>()

/** The names of an enum by their numbers. */
export const tableOf = (node: Layout.Enum): ReadonlyMap<number, string | number> => {
  let table = tables.get(node)
  if (table === undefined) tables.set(node, (table = new Map(node.names.map(([name, value]) => [value, name]))))
  return table
}

export const literalName = (name: string | number): string => (typeof name === "number" ? String(name) : quote(name))

export const literal = (value: number | bigint): string => (typeof value === "bigint" ? `${value}n` : String(value))

export const littleOf = (endian: Layout.Endian, place: { readonly little: string }): string =>
  endian === "inherit" ? place.little : String(endian === "little")

/** The last argument of a `DataView` method; big endian is its default. */
export const flag = (little: string): string => (little === "false" ? "" : `, ${little}`)

export const access = (node: Layout.Int, at: string, little: string): string => {
  const sign = node.signed ? "Int" : "Uint"
  if (node.bits === 64 && node.type === "bigint") return `view.getBig${sign}64(${at}${flag(little)})`
  if (node.type === "bigint") return `R.readBigInt(view, ${at}, ${node.bits / 8}, ${node.signed}, ${little})`
  if (node.bits === 8) return `view.get${sign}8(${at})`
  if (node.bits === 16 || node.bits === 32) return `view.get${sign}${node.bits}(${at}${flag(little)})`
  return `R.readNumber(view, ${at}, ${node.bits / 8}, ${node.signed}, ${little})`
}

const numbers = new WeakMap<Layout.Enum, ReadonlyMap<unknown, number | bigint>>()

/** The numbers of an enum by their names, typed as its integer. */
export const numbersOf = (node: Layout.Enum): ReadonlyMap<unknown, number | bigint> => {
  let table = numbers.get(node)
  if (table === undefined)
    numbers.set(node, (table = new Map(node.names.map(([name, value]) => [name, typed(node.of, value)]))))
  return table
}
