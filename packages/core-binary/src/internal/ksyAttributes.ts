/** The attributes of what Kaitai reads without a type of its own: numbers, contents, bits; and the types they share. */
import { formatPath } from "../BinaryError.ts"
import type { Note } from "../Export.ts"
import type { Expr } from "../Expr.ts"
import type * as Nodes from "../Layout.ts"
import type { Length } from "../Layout.ts"
import { change } from "./Kind.ts"
import { type Entry, Ids, KsyType } from "./ksy.ts"
import {
  Expressions,
  idsOfFields,
  idsOfFlags,
  Inexpressible,
  isNamed,
  isPlain,
  type KsyScope,
  rangeOf
} from "./ksyExpr.ts"
import { bitField, oddInt, varint, varintName } from "./ksyNumbers.ts"

/** Where a node stands: its type, what expressions see, the byte order, whose stream, and where types are put. */
export interface Place {
  readonly type: KsyType
  readonly scope: KsyScope | undefined
  readonly order: "be" | "le" | "switched"
  readonly stream: "message" | "window" | "lazy"
  readonly home: KsyType
}

export const safe = Number.MAX_SAFE_INTEGER
const encodings = { utf8: "UTF-8", ascii: "ASCII", latin1: "ISO-8859-1" }

export class KsyAttributes {
  readonly notes: Array<Note> = []
  readonly enums: Record<string, Entry> = {}
  readonly root = new KsyType()
  protected readonly typeIds = new Ids()
  private readonly sharedIds = new Map<string, string>()
  protected readonly expressions = new Expressions((note) => this.note(note))
  protected path: Array<string> = []

  constructor(id: string) {
    // What readers in JavaScript call by these names.
    for (const taken of [id, "object", "kaitai_stream"]) this.typeIds.of(taken)
  }

  protected note(note: string): void {
    const path = formatPath(this.path)
    if (!this.notes.some((each) => each.path === path && each.note === note)) this.notes.push({ path, note })
  }

  /** A type of ours, made once. */
  protected shared(name: string, make: () => KsyType): string {
    const found = this.sharedIds.get(name)
    if (found !== undefined) return found
    const id = this.typeIds.of(name)
    this.sharedIds.set(name, id)
    this.root.types.set(id, make())
    return id
  }

  protected suffix(place: Place, endian: Nodes.Endian): "be" | "le" | "" {
    if (endian !== "inherit") return endian === "big" ? "be" : "le"
    return place.order === "switched" ? "" : place.order
  }

  protected intType(place: Place, node: Nodes.Int): string {
    const name = `${node.signed ? "s" : "u"}${node.bits / 8}`
    if (node.bits === 8) return `${name}`
    const order = this.suffix(place, node.endian)
    if (isPlain(node)) return `${name}${order}`
    if (order === "") throw new Inexpressible(`${node.bits} bits in an order that another field says`)
    return this.shared(`${name}${order}`, () => oddInt(node, order))
  }

  /** A whole number and what must hold of it; `claims` are about `_`, or `_.value`. */
  protected whole(place: Place, node: Nodes.Int | Nodes.Varint, claim?: (value: string) => string): Entry {
    const type = node._tag === "Varint" ? this.shared(varintName(node), () => varint(node)) : this.intType(place, node)
    const value = isPlain(node) ? "_" : "_.value"
    if (node._tag === "Varint" && node.encoding === "zigzag" && node.bits === 64)
      this.note("numbers beyond 2^62 differ in languages whose numbers have 64 bits with a sign")
    const claims: Array<string> = []
    if (node.type === "number" && node.bits > 53) {
      if (rangeOf(node).min < 0) claims.push(`${value} >= -${safe}`)
      claims.push(`${value} <= ${safe}`)
    }
    if (claim !== undefined) claims.push(claim(value))
    return { type, valid: claims.length === 0 ? undefined : { expr: claims.map((each) => `(${each})`).join(" and ") } }
  }

  protected number(place: Place, expr: Expr): string {
    return this.expressions.number(expr, place.type, place.scope).text
  }

  /** The keys that say how long contents are; a prefix is added in front. */
  protected sized(place: Place, id: string, length: Length): Entry {
    switch (length._tag) {
      case "Fixed":
        return { size: length.value }
      case "Computed": {
        const term = this.expressions.number(length.expr, place.type, place.scope)
        if (term.min < 0) this.note("a negative size is refused as the target language has it")
        return { size: term.text }
      }
      case "Rest":
        return { "size-eos": true }
      case "Terminated":
        if (length.terminator.length > 1) throw new Inexpressible("a terminator of several bytes")
        return { terminator: length.terminator[0]! }
      case "Prefixed": {
        const { count, there } = this.prefix(place, id, length)
        return { size: count, if: there }
      }
    }
  }

  protected prefix(place: Place, id: string, length: Extract<Length, { _tag: "Prefixed" }>) {
    const { absent, max, min, plus, prefix } = length
    const own = place.type.ids.of(`${id}_length`)
    const range = rangeOf(prefix)
    const bounded = range.min < min + plus || max + plus < range.max
    const claim = (value: string) => {
      const claims: Array<string> = []
      if (range.min < min + plus) claims.push(`${value} >= ${min + plus}`)
      if (max + plus < range.max) claims.push(`${value} <= ${max + plus}`)
      return absent === undefined ? claims.join(" and ") : `${value} == ${absent} or (${claims.join(" and ")})`
    }
    place.type.seq.push({ id: own, ...this.whole(place, prefix, bounded ? claim : undefined) })
    const value = isPlain(prefix) ? own : `${own}.value`
    return {
      count: plus === 0 ? value : `${value} - ${plus}`,
      there: absent === undefined ? undefined : `${value} != ${absent}`
    }
  }

  protected text(place: Place, id: string, node: Nodes.Text): Entry {
    this.note("malformed text is refused or not as the target language has it")
    if (node.encoding !== "utf16")
      return { type: "str", encoding: encodings[node.encoding], ...this.sized(place, id, node.length) }
    if (place.order === "switched") throw new Inexpressible("text in an order that another field says")
    const encoding = `UTF-16${place.order.toUpperCase()}`
    const { length } = node
    if (length._tag === "Terminated" && length.terminator.every((byte) => byte === 0)) return { type: "strz", encoding }
    return { type: "str", encoding, ...this.sized(place, id, length) }
  }

  protected padding(place: Place, { amount, fill, verify }: Nodes.Padding): Entry {
    if (amount._tag === "Fixed") {
      if (verify && amount.value <= 64 && amount.value > 0)
        return { contents: Array.from({ length: amount.value }, () => fill) }
      if (verify) this.note("padding is not verified")
      return { size: amount.value }
    }
    if (place.stream !== "message")
      throw new Inexpressible("where something stands in the message, from within a window")
    if (verify) this.note("padding is not verified")
    if (amount.origin === "input") this.note("the message is taken to start where the input does")
    return { size: `(${amount.to} - _io.pos % ${amount.to}) % ${amount.to}` }
  }

  protected enum(place: Place, name: string, node: Nodes.Enum): Entry {
    const values = [...new Map(node.names.map(([, value]) => [value, value])).keys()]
    const known = (value: string) => values.map((each) => `${value} == ${each}`).join(" or ")
    const claim = node.open ? undefined : known
    if (!isNamed(node.names)) return this.whole(place, node.of, claim)
    if (!isPlain(node.of)) {
      this.note("names of numbers of this kind are left out")
      return this.whole(place, node.of, claim)
    }
    // Types and enums share the names of the target language.
    const id = this.typeIds.of(name)
    const ids = new Ids()
    const names: Entry = {}
    for (const [each, value] of node.names) if (names[value] === undefined) names[value] = ids.of(String(each))
    this.enums[id] = names
    return { ...this.whole(place, node.of), enum: id, valid: node.open ? undefined : { "in-enum": true } }
  }

  protected bits(place: Place, node: Nodes.Bits): void {
    const ids = idsOfFields(node)
    for (const id of ids.values()) place.type.ids.of(id)
    for (const field of node.fields) {
      const id = ids.get(field.name)!
      const { instance, seq } = bitField(field, node.order, id, (suffix) => place.type.ids.of(`${id}_${suffix}`))
      place.type.seq.push(...seq)
      if (instance !== undefined) place.type.instances[id] = instance
    }
  }

  protected flags(place: Place, node: Nodes.Flags): void {
    const all = node.names.reduce((sum, [, mask]) => sum | BigInt(mask), 0n)
    const rest = BigInt.asUintN(node.of.bits, ~all)
    const wide = node.of.bits > 32
    if (wide) this.note("bits without a name are not refused, and flags beyond 2^53 not read in every language")
    const check = wide || rest === 0n ? undefined : (value: string) => `(${value} & ${rest}) == 0`
    place.type.seq.push({ id: "value", ...this.whole(place, change(node.of, { type: "bigint" }), check) })
    const value = isPlain(node.of) ? "value" : "value.value"
    const ids = idsOfFlags(node)
    for (const [name, mask] of node.names) {
      // Quotients, since masks have 32 bits in some target languages.
      const single = Number.isInteger(Math.log2(mask))
      place.type.instances[ids.get(name)!] = {
        value: single && node.of.bits > 31 ? `(${value} / ${mask}) % 2 != 0` : `(${value} & ${mask}) != 0`
      }
    }
  }
}
