/**
 * The wire of a layout in one form, whatever its fields are called and however they are grouped: names give way to the numbers
 * of what stands on the wire, structs to their fields, inherited byte orders to the ones that hold.
 */
import type { Expr } from "../Expr.ts"
import type { Field, Int, Length, Node, Varint } from "../Layout.ts"
import { children } from "./Kind.ts"
import { range, writeBigInt } from "./integer.ts"

/** What a name in an expression stands for: the lines `first` to `last` (excluded), and the names within. */
interface Entry {
  readonly node: Node
  first: number
  last: number
  inner: Entries | undefined
}

interface Entries {
  readonly fields: Map<string, Entry>
  readonly parent: Entries | undefined
}

const hex = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/** The nodes that hold themselves. */
const recursive = (root: Node): ReadonlySet<Node> => {
  const targets = new Set<Node>()
  const reach = (from: Node, seen: Set<Node>): Set<Node> => {
    for (const child of children(from)) {
      if (seen.has(child)) continue
      seen.add(child)
      reach(child, seen)
    }
    return seen
  }
  for (const node of [root, ...reach(root, new Set())]) {
    if (node._tag !== "Suspend") continue
    const target = node.of()
    if (reach(target, new Set()).has(target)) targets.add(target)
  }
  return targets
}

/** The layout without what the wire does not show. */
const peel = (node: Node): Node => (node._tag === "Transform" ? peel(node.of) : node)

const lookup = (scope: Entries | undefined, name: string): Entry | undefined =>
  scope === undefined ? undefined : (scope.fields.get(name) ?? lookup(scope.parent, name))

export class WireForm {
  /** Lines wait for the end: a computed field speaks of lines behind it. */
  private readonly lines: Array<() => string> = []
  private readonly recursive: ReadonlySet<Node>
  private readonly named = new Map<Node, Map<string, number>>()
  private next = 0
  private names = 0
  private indent = ""

  constructor(root: Node) {
    this.recursive = recursive(root)
    this.node(root, "be", undefined)
  }

  text(): ReadonlyArray<string> {
    return this.lines.map((line) => line())
  }

  private line(text: () => string): void {
    const { indent } = this
    const number = this.next++
    this.lines.push(() => `${indent}#${number} ${text()}`)
  }

  private block(head: () => string, body: () => void): void {
    this.line(head)
    const outer = this.indent
    this.indent = `${outer}  `
    body()
    this.indent = outer
  }

  private int({ bits, endian, signed }: Int, order: string): string {
    const suffix = bits === 8 ? "" : endian === "inherit" ? order : endian === "big" ? "be" : "le"
    return `${signed ? "i" : "u"}${bits}${suffix}`
  }

  private whole(node: Int | Varint, order: string): string {
    return node._tag === "Int" ? this.int(node, order) : `${node.encoding}/${node.bits}${node.canonical ? "!" : ""}`
  }

  private expr(expr: Expr, scope: Entries | undefined): string {
    switch (expr._tag) {
      case "Literal":
        return String(Number(expr.value))
      case "Remaining":
        return "remaining"
      case "Operation":
        return `(${this.expr(expr.left, scope)} ${expr.operator} ${this.expr(expr.right, scope)})`
      case "Field": {
        let entry = lookup(scope, expr.path[0])
        let at = 1
        while (entry?.inner !== undefined && at < expr.path.length) entry = entry.inner.fields.get(expr.path[at++]!)
        if (entry === undefined) return expr.path.join(".")
        const rest = expr.path.slice(at).map((name) => `.${this.part(entry.node, name)}`)
        return `#${entry.first}${rest.join("")}`
      }
      default: {
        const entry = lookup(scope, expr.field)
        const span = entry === undefined ? expr.field : `#${entry.first}-#${entry.last}`
        return `${expr._tag}(${span})`
      }
    }
  }

  /** A name within a value that is no struct: the number of a bit field, the mask of a flag. */
  private part(node: Node, name: string): string {
    if (node._tag === "Bits") return String(node.fields.findIndex((field) => field.name === name))
    if (node._tag === "Flags") return `0x${node.names.find(([each]) => each === name)![1].toString(16)}`
    return name
  }

  private length(length: Length, unit: "bytes" | "elements", order: string, scope: Entries | undefined): string {
    switch (length._tag) {
      case "Fixed":
        return `[${length.value}${unit === "bytes" ? "" : " items"}]`
      case "Prefixed": {
        const parts = [this.whole(length.prefix, order), unit]
        if (length.plus !== 0) parts.push(`plus ${length.plus}`)
        if (length.min !== 0) parts.push(`min ${length.min}`)
        const greatest = length.prefix._tag === "Int" ? Number(range(length.prefix).max) - length.plus : Infinity
        if (length.max < greatest) parts.push(`max ${length.max}`)
        if (length.absent !== undefined) parts.push(`null ${length.absent}`)
        return `[${parts.join(" ")}]`
      }
      case "Computed":
        return `[${this.expr(length.expr, scope)} ${unit}]`
      case "Terminated":
        return `[until ${hex(length.terminator)}]`
      case "Rest":
        return "[rest]"
    }
  }

  private bytes(content: ReadonlyArray<number>): void {
    this.line(() => `const ${hex(content)}`)
  }

  /** A number that can only have one value. */
  private constant(of: Int | Varint, value: number | bigint, order: string): void {
    const name = this.whole(of, order)
    if (of._tag === "Varint" || !/^[iu](8|\d+(be|le))$/.test(name)) return this.line(() => `${name} in {${value}}`)
    const content = new Uint8Array(of.bits / 8)
    writeBigInt(new DataView(content.buffer), 0, content.length, BigInt(value), name.endsWith("le"))
    this.bytes(Array.from(content))
  }

  private node(node: Node, order: string, scope: Entries | undefined): void {
    if (!this.recursive.has(node)) return this.body(node, order, scope)
    let orders = this.named.get(node)
    if (orders === undefined) this.named.set(node, (orders = new Map()))
    const known = orders.get(order)
    if (known !== undefined) return this.line(() => `again ${known}`)
    const name = this.names++
    orders.set(order, name)
    this.block(
      () => `recursive ${name}`,
      () => this.body(node, order, undefined)
    )
  }

  private body(node: Node, order: string, scope: Entries | undefined): void {
    switch (node._tag) {
      case "Int":
      case "Varint": {
        const name = this.whole(node, order)
        return this.line(() => name)
      }
      case "Float": {
        const suffix = node.endian === "inherit" ? order : node.endian === "big" ? "be" : "le"
        return this.line(() => `f${node.bits}${suffix}`)
      }
      case "Bits": {
        const fields = node.fields.map(
          ({ bits, signed, value }) => `${signed ? "i" : ""}${bits}${value === undefined ? "" : `=${value}`}`
        )
        return this.line(() => `bits ${node.order} ${fields.join(" ")}`)
      }
      case "Bytes":
      case "Text":
      case "Array":
        return this.content(node, node.length, order, scope)
      case "Struct":
        return void this.struct(node.fields, order, scope)
      case "Tagged":
        return this.tagged(node, order, scope)
      case "Enum": {
        const numbers = node.names.map(([, number]) => number).sort((a, b) => a - b)
        if (node.open) return this.body(node.of, order, scope)
        if (numbers.length === 1) return this.constant(node.of, numbers[0]!, order)
        const name = this.whole(node.of, order)
        return this.line(() => `${name} in {${numbers.join(" ")}}`)
      }
      case "Flags": {
        const mask = node.names.reduce((all, [, each]) => all | BigInt(each), 0n)
        const name = this.int(node.of, order)
        const all = mask === (1n << BigInt(node.of.bits)) - 1n
        return this.line(() => (all ? name : `${name} mask 0x${mask.toString(16)}`))
      }
      case "Optional": {
        const { presence } = node
        const head =
          presence._tag === "When"
            ? () => `when ${this.expr(presence.expr, scope)}`
            : () => (presence._tag === "Flagged" ? `flagged ${this.int(presence.of, order)}` : "trailing")
        return this.block(head, () => this.node(node.of, order, scope))
      }
      case "Const":
        return this.bytes(node.bytes)
      case "ConstInt":
        return this.constant(node.of, node.value, order)
      case "Padding": {
        const { amount, fill, verify } = node
        if (amount._tag === "Fixed" && verify) return this.bytes(Array.from({ length: amount.value }, () => fill))
        const what = amount._tag === "Fixed" ? `padding ${amount.value}` : `align ${amount.to} ${amount.origin}`
        return this.line(() => `${what} ${hex([fill])}${verify ? "!" : ""}`)
      }
      case "Computed": {
        const name = this.int(node.of, order)
        return this.line(() => `${name} = ${this.expr(node.expr, scope)}`)
      }
      case "Checksum": {
        const name = this.int(node.of, order)
        const own = this.next
        const at = (field: string | undefined) => (field === undefined ? own : lookup(scope, field)!.first)
        return this.line(() => `${name} ${node.algorithm.name}(#${at(node.from)}-#${at(node.to)})`)
      }
      case "Pointer":
        return this.block(
          () => `at ${node.origin} ${this.expr(node.at, scope)}`,
          () => this.node(node.of, order, scope)
        )
      case "Window": {
        const inner = peel(node.of)
        const content = inner._tag === "Bytes" || inner._tag === "Text" || inner._tag === "Array"
        if (node.rest === "error" && content && inner.length._tag === "Rest")
          return this.content(inner, node.length, order, scope)
        return this.block(
          () => `window${this.length(node.length, "bytes", order, scope)}${node.rest === "skip" ? " skip" : ""}`,
          () => this.node(node.of, order, scope)
        )
      }
      case "Suspend":
        return this.node(node.of(), order, undefined)
      case "Transform":
        return this.node(node.of, order, scope)
      case "Endianness": {
        if (typeof node.little === "boolean") return this.node(node.of, node.little ? "le" : "be", scope)
        // It speaks of what came before, which has its numbers already.
        return this.node(node.of, `?${this.expr(node.little, scope)}`, scope)
      }
    }
  }

  private content(
    node: Extract<Node, { _tag: "Bytes" | "Text" | "Array" }>,
    length: Length,
    order: string,
    scope: Entries | undefined
  ): void {
    const text = (unit: "bytes" | "elements") => this.length(length, unit, order, scope)
    if (node._tag === "Bytes") return this.line(() => `bytes${text("bytes")}`)
    if (node._tag === "Text") {
      const suffix = node.encoding === "utf16" ? order : ""
      return this.line(() => `${node.encoding}${suffix}${text("bytes")}`)
    }
    const own = node.length === length && "unit" in length ? length.unit : "elements"
    const unit = node.length === length ? own : "bytes"
    this.block(
      () => `array${text(unit)}`,
      () => this.node(node.of, order, scope)
    )
  }

  private struct(fields: ReadonlyArray<Field>, order: string, parent: Entries | undefined): Entries {
    const scope: Entries = { fields: new Map(), parent }
    for (const { name, node } of fields) {
      const [inside, insideOrder] = transparent(node, order)
      const entry: Entry = { node: inside, first: this.next, last: this.next, inner: undefined }
      scope.fields.set(name, entry)
      if (inside._tag === "Struct" && !this.recursive.has(inside))
        entry.inner = this.struct(inside.fields, insideOrder, scope)
      else this.node(node, order, scope)
      entry.last = this.next
    }
    return scope
  }

  private tagged(node: Extract<Node, { _tag: "Tagged" }>, order: string, scope: Entries | undefined): void {
    const { tag } = node
    const head = (): string => {
      if (tag._tag === "Before") return `union ${this.whole(tag.of, order)}`
      if (tag._tag === "Inside") return `union inside ${this.int(tag.of, order)} +${tag.offset}`
      return `union of ${this.expr(tag.expr, scope)}`
    }
    this.block(head, () => {
      for (const each of [...node.cases].sort((a, b) => a.from - b.from)) {
        this.block(
          () => `case ${each.from}${each.to === each.from ? "" : `-${each.to}`}`,
          () => this.node(each.node, order, scope)
        )
      }
    })
  }
}

/** What a path of names reaches into, and the byte order there. */
const transparent = (node: Node, order: string): readonly [Node, string] => {
  if (node._tag === "Transform") return transparent(node.of, order)
  if (node._tag === "Endianness" && typeof node.little === "boolean")
    return transparent(node.of, node.little ? "le" : "be")
  return [node, order]
}
