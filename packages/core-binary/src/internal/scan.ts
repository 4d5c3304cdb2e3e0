/**
 * Finds where a message ends without reading what need not be read, resumable at any byte: what it has looked at it does
 * not look at again. It yields how many bytes of the message must be there before it can go on.
 */
import { identity } from "effect/Function"
import type { Expr } from "../Expr.ts"
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { referenced } from "./referenced.ts"
import { invalid } from "./invalid.ts"
import { readBigInt, readNumber } from "./integer.ts"
import { cursor } from "./memory.ts"
import { encodingOf } from "./node/Text.ts"
import { evaluateIn, type Known, type Scope } from "./scope.ts"
import type { Settings } from "./Settings.ts"
import { matches } from "./spans.ts"
import { numberOf, paddingSize, tagOf } from "./values.ts"
import { readVarint } from "./varint.ts"
import { WalkRead } from "./walkRead.ts"

/** Yields a size that must be there; returns the size of the message, or `undefined` where its bytes are wrong. */
export type Scanning = Generator<number, number | undefined, void>

/** The bytes of the message that are there; replaced while they grow. */
export interface Held {
  bytes: Uint8Array
  start: number
  size: number
}

/** Thrown and caught in here alone: the message is wrong. */
class Wrong extends Error {}

/** A length that does not go on to the end: such a layout was refused. */
type Bounded = Exclude<Layout.Length, { readonly _tag: "Rest" }>
type When = Extract<Layout.Optional["presence"], { readonly _tag: "When" }>

class Scan {
  private readonly held: Held
  private readonly settings: Settings
  private p = 0
  private little: boolean
  private depth = 0

  constructor(held: Held, settings: Settings, little: boolean) {
    this.held = held
    this.settings = settings
    this.little = little
  }

  *message(node: Layout.Node): Scanning {
    try {
      yield* this.scan(node, undefined)
      return this.p
    } catch {
      // Whatever stopped it, the slow pass will say what it was.
      return undefined
    }
  }

  private *need(size: number): Generator<number, void, void> {
    while (this.held.size < this.p + size) yield this.p + size
  }

  private *skip(size: number): Generator<number, void, void> {
    yield* this.need(size)
    this.p += size
  }

  private *whole(node: Layout.Int | Layout.Varint): Generator<number, number, void> {
    if (node._tag === "Varint") {
      while (true) {
        yield* this.need(1)
        const { bytes, size, start } = this.held
        const value = readVarint(bytes, start + this.p, start + size, node)
        if (value === "UnexpectedEnd") {
          yield size + 1
          continue
        }
        if (typeof value === "string") throw new Wrong()
        this.p = cursor.next - start
        return Number(value)
      }
    }
    const size = node.bits / 8
    yield* this.need(size)
    const { bytes, start } = this.held
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const little = node.endian === "inherit" ? this.little : node.endian === "little"
    const at = start + this.p
    this.p += size
    return node.type === "bigint"
      ? Number(readBigInt(view, at, size, node.signed, little))
      : readNumber(view, at, size, node.signed, little)
  }

  private evaluate(expr: Expr, scope: Scope | undefined): number {
    const value = evaluateIn(expr, scope, 0, NaN)
    if (value === invalid) throw new Wrong()
    return Number(value)
  }

  /** A count of units; -1 for an absent value. */
  private *count(
    length: Extract<Layout.Length, { _tag: "Fixed" | "Prefixed" | "Computed" }>,
    scope: Scope | undefined
  ): Generator<number, number, void> {
    if (length._tag === "Fixed") return length.value
    if (length._tag === "Prefixed") {
      const raw = yield* this.whole(length.prefix)
      if (raw === length.absent) return -1
      const n = raw - length.plus
      if (!(n >= length.min && n <= length.max)) throw new Wrong()
      return n
    }
    const n = this.evaluate(length.expr, scope)
    if (!(Number.isInteger(n) && n >= 0)) throw new Wrong()
    return n
  }

  private *content(length: Bounded, scope: Scope | undefined, unit = 1): Generator<number, void, void> {
    if (length._tag === "Terminated") {
      // Only what could be the start of a terminator is looked at again.
      for (let from = this.p; ;) {
        const { bytes, size, start } = this.held
        for (; from + length.terminator.length <= size; from += unit) {
          if (!matches(bytes, length.terminator, start + from, start + size)) continue
          this.p = from + length.terminator.length
          return
        }
        yield size + 1
      }
    }
    const n = yield* this.count(length, scope)
    if (n > 0) yield* this.skip(n)
  }

  private *scan(node: Layout.Node, scope: Scope | undefined): Generator<number, void, void> {
    const { max, min } = bounds(node)
    if (min === max && node._tag !== "Pointer") return yield* this.skip(min)
    switch (node._tag) {
      case "Varint":
        yield* this.whole(node)
        return
      case "Enum":
        yield* this.whole(node.of)
        return
      case "Text":
        return yield* this.content(node.length as Bounded, scope, encodingOf(node).unit)
      case "Bytes":
      case "Window":
        return yield* this.content(node.length as Bounded, scope)
      case "Array":
        return yield* this.array(node, scope)
      case "Struct":
        return yield* this.struct(node, scope)
      case "Tagged":
        return yield* this.tagged(node, scope)
      case "Optional": {
        const { presence } = node
        // One that is there when bytes are left has no end in a stream, and was refused.
        const there =
          presence._tag === "Flagged" ? yield* this.whole(presence.of) : this.evaluate((presence as When).expr, scope)
        return there ? yield* this.scan(node.of, scope) : undefined
      }
      case "Padding":
        return yield* this.skip(paddingSize(node, this.p, 0))
      case "Suspend":
        if (this.depth === this.settings.limits.maxDepth) throw new Wrong()
        this.depth++
        yield* this.scan(node.of(), undefined)
        this.depth--
        return
      case "Transform":
        return yield* this.scan(node.of, scope)
      case "Endianness": {
        const outer = this.little
        this.little = typeof node.little === "boolean" ? node.little : Boolean(this.evaluate(node.little, scope))
        yield* this.scan(node.of, scope)
        this.little = outer
      }
    }
  }

  private *array(node: Layout.Array, scope: Scope | undefined): Generator<number, void, void> {
    const { length } = node
    if (length._tag === "Rest" || ("unit" in length && length.unit === "bytes"))
      return yield* this.content(length as Bounded, scope)
    const { maxElements } = this.settings.limits
    if (length._tag === "Terminated") {
      for (let i = 0; ; i++) {
        yield* this.need(length.terminator.length)
        const at = this.held.start + this.p
        if (matches(this.held.bytes, length.terminator, at, at + length.terminator.length)) break
        if (i === maxElements) throw new Wrong()
        yield* this.scan(node.of, scope)
      }
      this.p += length.terminator.length
      return
    }
    const n = yield* this.count(length, scope)
    if (n > maxElements) throw new Wrong()
    const { max, min } = bounds(node.of)
    if (n > 0 && min === max) return yield* this.skip(n * min)
    for (let i = 0; i < n; i++) yield* this.scan(node.of, scope)
  }

  private *struct(node: Layout.Struct, parent: Scope | undefined): Generator<number, void, void> {
    const asked = referenced(node).names
    const scope: Scope = { fields: new Map(), parent }
    for (const field of node.fields) {
      const start = this.p
      yield* this.scan(field.node, scope)
      if (!asked.has(field.name)) continue
      // Expressions want the field's value: it is all there now.
      const { bytes, start: origin } = this.held
      const walk = new WalkRead(bytes.subarray(0, origin + this.p), origin + start, {
        ...this.settings,
        lazy: identity
      })
      walk.little = this.little
      walk.base = origin
      const value = walk.read(field.node, scope)
      if (value === invalid) throw new Wrong()
      const known: Known = { value: numberOf(field.node, value), start, end: this.p, tag: tagOf(field.node, value) }
      scope.fields.set(field.name, known)
    }
  }

  private *tagged(node: Layout.Tagged, scope: Scope | undefined): Generator<number, void, void> {
    const start = this.p
    let tag: number
    if (node.tag._tag === "Outside") tag = this.evaluate(node.tag.expr, scope)
    else {
      if (node.tag._tag === "Inside") yield* this.skip(node.tag.offset)
      tag = yield* this.whole(node.tag.of)
      if (node.tag._tag === "Inside") this.p = start
    }
    const found = node.cases.find((each) => tag >= each.from && tag <= each.to)
    if (found === undefined) throw new Wrong()
    yield* this.scan(found.node, scope)
  }
}

/** Why a layout's messages have no end of their own in a stream, or `undefined`. */
export const unbounded = (node: Layout.Node, seen: Set<Layout.Node> = new Set()): string | undefined => {
  if (seen.has(node)) return undefined
  seen.add(node)
  const all = (nodes: ReadonlyArray<Layout.Node>) =>
    nodes.map((each) => unbounded(each, seen)).find((why) => why !== undefined)
  if ("length" in node && node.length._tag === "Rest") return "a field that goes on to the end"
  switch (node._tag) {
    case "Array":
      return "unit" in node.length && node.length.unit === "bytes" ? undefined : unbounded(node.of, seen)
    case "Struct":
      return all(node.fields.map((field) => field.node))
    case "Tagged":
      return all(node.cases.map((each) => each.node))
    case "Optional":
      return node.presence._tag === "Trailing" ? "a field that is there when bytes are left" : unbounded(node.of, seen)
    case "Suspend":
      return unbounded(node.of(), seen)
    case "Transform":
    case "Endianness":
      return unbounded(node.of, seen)
    default:
      return undefined
  }
}

/** Starts to scan a message; `held` is what is there of it, and may grow between steps. */
export const scan = (node: Layout.Node, held: Held, settings: Settings): Scanning =>
  new Scan(held, settings, false).message(node)
