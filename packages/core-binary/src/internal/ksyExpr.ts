/** Expressions in Kaitai's language, with the range of what they may be: its numbers are not those of JavaScript. */
import { type Expr, operate } from "../Expr.ts"
import type { Bits, Flags, Int, Node, Struct, Varint } from "../Layout.ts"
import { Ids, idsOf, type KsyType } from "./ksy.ts"
import { varintRange } from "./varint.ts"

/** A term: its text, whether it is a condition, and the least and greatest number it may be. */
export interface Term {
  readonly text: string
  readonly condition: boolean
  readonly min: number
  readonly max: number
}

/** The fields of a struct that were read so far, and the type they stand in. */
export interface KsyScope {
  readonly type: KsyType
  readonly fields: Map<string, { readonly id: string; readonly node: Node }>
  readonly parent: KsyScope | undefined
}

/** Whether Kaitai has a number of this width: the others are put together of parts, as a type with a `value`. */
export const isPlain = (node: Int | Varint): boolean =>
  node._tag === "Int" && (node.bits === 8 || node.bits === 16 || node.bits === 32 || node.bits === 64)

export const rangeOf = (node: Int | Varint): { readonly min: number; readonly max: number } => {
  if (node._tag === "Varint") {
    const { max, min } = varintRange(node)
    return { min: Number(min), max: Number(max) }
  }
  const half = 2 ** (node.bits - 1)
  return node.signed ? { min: -half, max: half - 1 } : { min: 0, max: 2 * half - 1 }
}

/** Whether the type of a node has the fields of the node itself, and not one field `value`. */
export const fills = (node: Node): boolean => {
  switch (node._tag) {
    case "Struct":
    case "Bits":
    case "Flags":
      return true
    case "Transform":
      return fills(node.of)
    case "Endianness":
      return typeof node.little === "boolean" && fills(node.of)
    default:
      return false
  }
}

/** Whether a type made for a node holds it in a field `value`. What has a type anyway is seen through by itself. */
export const wraps = (node: Node): boolean => {
  switch (node._tag) {
    case "Suspend":
      return false
    case "Transform":
      return wraps(node.of)
    case "Endianness":
      return typeof node.little === "boolean" && wraps(node.of)
    default:
      return !fills(node)
  }
}

/** Whether a node takes more than one attribute, so that a repeated or optional one needs a type of its own. */
export const isMany = (node: Node): boolean => {
  switch (node._tag) {
    case "Bytes":
    case "Text":
    case "Window":
      return node.length._tag === "Prefixed"
    case "Array":
    case "Optional":
    case "Pointer":
      return true
    case "Tagged":
      return node.tag._tag !== "Outside"
    case "Transform":
      return isMany(node.of)
    case "Endianness":
      return typeof node.little === "boolean" && isMany(node.of)
    default:
      return false
  }
}

export const idsOfFields = (node: Struct | Bits): ReadonlyMap<string, string> =>
  idsOf(node.fields.map(({ name }) => name))

/** The ids of flags: their number stands beside them as `value`. */
export const idsOfFlags = (node: Flags): ReadonlyMap<string, string> => {
  const ids = new Ids()
  ids.of("value")
  return idsOf(
    node.names.map(([name]) => name),
    ids
  )
}

/** What Kaitai cannot say. */
export class Inexpressible extends Error {}

const number = (text: string, range: { readonly min: number; readonly max: number }): Term => ({
  text,
  condition: false,
  ...range
})
const condition = (text: string): Term => ({ text, condition: true, min: 0, max: 1 })

const numeric = (term: Term): string => (term.condition ? `(${term.text}).to_i` : term.text)

/** The text of a term as a condition. */
export const truth = (term: Term): string => (term.condition ? term.text : `(${term.text} != 0)`)

const words: Readonly<Record<string, string>> = { ">>>": ">>" }
const arithmetic = new Set(["+", "-", "*", "/", "%", "&", "|", "<<", ">>>"])

export class Expressions {
  private readonly note: (note: string) => void

  constructor(note: (note: string) => void) {
    this.note = note
  }

  /** A whole number, as the size or the number of something. */
  number(expr: Expr, type: KsyType, scope: KsyScope | undefined): Term {
    const term = this.term(expr, type, scope)
    return { ...term, text: numeric(term), condition: false }
  }

  condition(expr: Expr, type: KsyType, scope: KsyScope | undefined): string {
    return truth(this.term(expr, type, scope))
  }

  private term(expr: Expr, type: KsyType, scope: KsyScope | undefined): Term {
    switch (expr._tag) {
      case "Literal":
        if (typeof expr.value === "boolean") return condition(String(expr.value))
        if (!Number.isSafeInteger(expr.value)) throw new Inexpressible(`the number ${expr.value}`)
        return number(expr.value < 0 ? `(${expr.value})` : String(expr.value), { min: expr.value, max: expr.value })
      case "Remaining":
        return number("(_io.size - _io.pos)", { min: 0, max: Number.MAX_SAFE_INTEGER })
      case "Field":
        return this.field(expr.path, type, scope!)
      case "Operation":
        return this.operation(expr, this.term(expr.left, type, scope), this.term(expr.right, type, scope))
      default:
        throw new Inexpressible(`${expr._tag} of a field`)
    }
  }

  private operation({ operator }: Extract<Expr, { _tag: "Operation" }>, left: Term, right: Term): Term {
    if (operator === "and" || operator === "or") return condition(`(${truth(left)} ${operator} ${truth(right)})`)
    const text = `(${numeric(left)} ${words[operator] ?? operator} ${numeric(right)})`
    if (!arithmetic.has(operator)) return condition(text)
    if (operator === "/" || operator === "%") {
      if (left.min < 0 || right.min < 0) this.note(`negative numbers are rounded down by ${operator}, not towards zero`)
      return number(text, { min: Math.min(left.min, 0), max: Math.max(left.max, -left.min) })
    }
    const edges = [left.min, left.max].flatMap((l) => [right.min, right.max].map((r) => [l, r] as const))
    if (operator === "+" || operator === "-" || operator === "*") {
      const results = edges.map(([l, r]) => Number(operate(operator, l, r)))
      return number(text, { min: Math.min(...results), max: Math.max(...results) })
    }
    const most = operator === "<<" ? left.max * 2 ** Math.min(right.max, 64) : Math.max(left.max, right.max)
    if (left.min < 0 || right.min < 0 || most >= 2 ** 31)
      this.note(`${operator} is not on 32 bits in every language: numbers from 2^31 on differ`)
    if (operator === ">>>") return number(text, { min: 0, max: left.max })
    if (operator === "&") return number(text, { min: 0, max: Math.min(left.max, right.max) })
    return number(text, { min: 0, max: operator === "|" ? left.max + right.max : most })
  }

  private field(path: ReadonlyArray<string>, type: KsyType, scope: KsyScope): Term {
    let inner: KsyScope = scope
    while (!inner.fields.has(path[0]!)) inner = inner.parent!
    let text = ""
    for (let at = type; at !== inner.type; at = at.parent!) text += "_parent."
    const { id, node } = inner.fields.get(path[0]!)!
    return this.inside(node, `${text}${id}`, path, 1)
  }

  private inside(node: Node, text: string, path: ReadonlyArray<string>, at: number): Term {
    const name = path[at]
    switch (node._tag) {
      case "Int":
        return number(isPlain(node) ? text : `${text}.value`, rangeOf(node))
      case "Varint":
        return number(`${text}.value`, rangeOf(node))
      case "Enum":
        return number(
          !isPlain(node.of) ? `${text}.value` : isNamed(node.names) ? `${text}.to_i` : text,
          rangeOf(node.of)
        )
      case "Computed":
      case "Checksum":
        return this.inside(node.of, text, path, at)
      case "Transform":
        this.note(`expressions see ${path.join(".")} as it is on the wire, without its schema`)
        return this.inside(node.of, text, path, at)
      case "Endianness":
        if (typeof node.little === "boolean") return this.inside(node.of, text, path, at)
        return this.inside(node.of, fills(node.of) ? text : `${text}.value`, path, at)
      case "Window":
        return this.inside(node.of, wraps(node.of) ? `${text}.value` : text, path, at)
      case "Suspend":
        return this.inside(node.of(), fills(node.of()) ? text : `${text}.value`, path, at)
      case "Optional":
        return this.inside(node.of, isMany(node.of) ? `${text}.value` : text, path, at)
      case "Struct": {
        const found = node.fields.find((field) => field.name === name)
        if (found === undefined) break
        return this.inside(found.node, `${text}.${idsOfFields(node).get(found.name)!}`, path, at + 1)
      }
      case "Bits": {
        const found = node.fields.find((field) => field.name === name)
        if (found === undefined) break
        const access = `${text}.${idsOfFields(node).get(found.name)!}`
        if (found.bits === 1 && !found.signed) return condition(access)
        const half = 2 ** (found.bits - 1)
        return number(access, found.signed ? { min: -half, max: half - 1 } : { min: 0, max: 2 * half - 1 })
      }
      case "Flags":
        if (node.names.some(([flag]) => flag === name)) return condition(`${text}.${idsOfFlags(node).get(name!)!}`)
    }
    throw new Inexpressible(`the value of ${path.join(".")}`)
  }
}

/** Whether the values of an enumeration have names, and are not a list of numbers. */
export const isNamed = (names: ReadonlyArray<readonly [string | number, number]>): boolean =>
  names.every(([name]) => typeof name === "string")
