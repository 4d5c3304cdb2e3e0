/** One random value of a layout. What cannot be made to fit is `Unsatisfied`, and tried again from the start. */
import type { Expr } from "../Expr.ts"
import * as Layout from "../Layout.ts"
import * as Codec from "../Codec.ts"
import type { Random } from "../testing/Random.ts"
import { bounds } from "./bounds.ts"
import { endianness } from "./endianness.ts"
import { generateText } from "./generateText.ts"
import type { Hints } from "./hints.ts"
import { invalid } from "./invalid.ts"
import { computedOf } from "./emitted.ts"
import { readHalf } from "./half.ts"
import { range, readNumber, typed } from "./integer.ts"
import { change } from "./Kind.ts"
import { rest } from "./length/Rest.ts"
import { pending } from "./pending.ts"
import { find } from "./spans.ts"
import { varintRange, varintSize } from "./varint.ts"
import { assign } from "./record.ts"
import { evaluateIn, type Known, type Scope } from "./scope.ts"
import { converter } from "./transform.ts"
import { numberOf, tagOf, taggedValue } from "./values.ts"

export class Unsatisfied extends Error {}

const none: Hints = { numbers: [], below: new Map() }

const mostComputed = 4096
const mostLevels = 4
const mostValues = 400
const mostTries = 64

const codecs = new WeakMap<Layout.Any, Codec.Codec<unknown> | undefined>()

/** The codec of a part of a layout; none where its expressions name fields outside. */
const codecOf = (layout: Layout.Any): Codec.Codec<unknown> | undefined => {
  if (!codecs.has(layout)) {
    let codec: Codec.Codec<unknown> | undefined
    try {
      codec = Codec.make(layout)
    } catch {
      codec = undefined
    }
    codecs.set(layout, codec)
  }
  return codecs.get(layout)
}

const lazyReaders = new WeakMap<Layout.Node, Layout.Any>()

/** A layout of all bytes as the lazy value of a window. */
const lazyReader = (window: Layout.Window): Layout.Any => {
  let layout = lazyReaders.get(window)
  if (layout === undefined) lazyReaders.set(window, (layout = Layout.make(change(window, { length: rest }))))
  return layout
}

/** Whether content ends where it does when it is read back up to its terminator: it neither contains nor overlaps it. */
const endsItself = (content: Uint8Array, terminator: ReadonlyArray<number>): boolean => {
  const whole = new Uint8Array([...content, ...terminator])
  return find(whole, terminator, 0, whole.length, 1) === content.length
}

const half = new DataView(new ArrayBuffer(2))

/** The size that is left for a content when its prefix is part of `exact` bytes. */
const behindPrefix = (length: Layout.Length, exact: number | undefined): number | undefined => {
  if (exact === undefined) return undefined
  if (length._tag === "Terminated") return exact - length.terminator.length
  return length._tag === "Prefixed" ? exact - bounds(length.prefix).min : exact
}

/** Whether a length starts with an integer of the tag's size, so that it is the tag itself. */
const isPrefix = (
  length: Layout.Length,
  { bits }: Layout.Int
): length is Extract<Layout.Length, { _tag: "Prefixed" }> =>
  length._tag === "Prefixed" && length.prefix._tag === "Int" && length.prefix.bits === bits

export class Generation {
  private readonly random: Random
  private readonly heights: ReadonlyMap<Layout.Node, number>
  private levels: number
  private budget = mostValues
  private little = false

  constructor(random: Random, heights: ReadonlyMap<Layout.Node, number>, root: Layout.Node) {
    this.random = random
    this.heights = heights
    this.levels = mostLevels + heights.get(root)!
  }

  private fits(node: Layout.Node): boolean {
    return this.heights.get(node)! <= this.levels
  }

  /** A value; where `exact` is given, one of that many bytes where the layout leaves a choice. */
  value(node: Layout.Node, scope: Scope | undefined, hints: Hints, exact: number | undefined): unknown {
    this.budget--
    switch (node._tag) {
      case "Int":
        return this.whole(node, range(node), hints)
      case "Varint":
        return this.whole(node, varintRange(node), hints)
      case "Float":
        return this.float(node)
      case "Bits":
        return this.bits(node, hints)
      case "Bytes":
      case "Text":
        return this.content(node, scope, exact)
      case "Array":
        return this.array(node, scope, exact)
      case "Struct":
        return this.struct(node, scope, hints, exact)
      case "Tagged":
        return this.tagged(node, scope, hints, exact)
      case "Enum":
        return this.enum(node, hints)
      case "Flags":
        return Object.fromEntries(node.names.map(([name]) => [name, this.random.chance(0.5)]))
      case "Optional":
        return this.optional(node, scope, hints, exact)
      case "Window":
        return this.window(node, scope, exact)
      case "Suspend": {
        if (this.levels === 0) throw new Unsatisfied()
        this.levels--
        const inner = this.value(node.of(), undefined, none, exact)
        this.levels++
        return inner
      }
      case "Transform": {
        const value = converter(node).decode(this.value(node.of, scope, hints, exact))
        if (value === invalid) throw new Unsatisfied()
        return value
      }
      case "Endianness": {
        const outer = this.little
        this.little = typeof node.little === "boolean" ? node.little : Boolean(this.evaluate(node.little, scope))
        const value = this.value(node.of, scope, hints, exact)
        this.little = outer
        return value
      }
      case "Pointer":
        throw new Unsatisfied()
      default:
        return undefined
    }
  }

  /** An expression's value; `pending` where it depends on a field that the writer computes. */
  private evaluate(expr: Expr, scope: Scope | undefined): number | boolean | typeof pending {
    const value = evaluateIn(expr, scope, 0, Infinity)
    if (value === invalid) throw new Unsatisfied()
    return value
  }

  /** Whether an expression takes what it is given: the writer computes it, or it asks what is left. */
  private isFree(expr: Expr, scope: Scope | undefined): boolean {
    const value = this.evaluate(expr, scope)
    return value === pending || value === Infinity
  }

  private whole(
    node: Layout.Int | Layout.Varint,
    { max, min }: { readonly min: bigint; readonly max: bigint },
    hints: Hints
  ): number | bigint {
    const { random } = this
    if (hints.numbers.length > 0 && random.chance(0.95)) {
      const hint = BigInt(random.pick(hints.numbers))
      if (hint >= min && hint <= max) return typed(node, Number(hint))
    }
    const small = max < 100n ? max : 100n
    const value = random.chance(0.3)
      ? random.pick([min, max, 0n, min + 1n, max - 1n, 1n])
      : random.chance(0.5)
        ? random.bigint(min < -small ? -small : min, small)
        : random.bigint(min, max)
    return node.type === "bigint" ? value : Number(value)
  }

  private float(node: Layout.Float): number {
    const { random } = this
    half.setUint16(0, random.uint32() >>> 16)
    // Every half float is exact in the wider formats too.
    if (node.bits === 16 || random.chance(0.3)) return readHalf(half, 0, false)
    const wide = (random.int(0, 2 ** 32) - 2 ** 31) * 2 ** random.int(-60, 30)
    return node.bits === 32 ? Math.fround(wide) : wide
  }

  private bits(node: Layout.Bits, hints: Hints): unknown {
    const value: Record<string, unknown> = {}
    for (const field of node.fields) {
      if (field.value !== undefined) continue
      const { bits, signed } = field
      const int = { _tag: "Int", bits: bits as Layout.Int["bits"], signed, endian: "big", type: "number" } as const
      assign(value, field.name, this.whole(int, range(int), hints.below.get(field.name) ?? none))
    }
    return value
  }

  private enum(node: Layout.Enum, hints: Hints): unknown {
    const { random } = this
    if (node.open && random.chance(0.2)) {
      const raw = this.whole(node.of, node.of._tag === "Int" ? range(node.of) : varintRange(node.of), none)
      return node.names.find(([, number]) => number === Number(raw))?.[0] ?? raw
    }
    const hinted = node.names.filter(([, number]) => hints.numbers.includes(number))
    return random.pick(hinted.length > 0 ? hinted : node.names)[0]
  }

  private size(): number {
    if (this.budget <= 0) return 0
    return this.random.chance(0.05) ? this.random.int(100, 300) : this.random.int(0, 9)
  }

  /** A count of bytes or elements; `null` for an absent value. */
  private count(length: Layout.Length, scope: Scope | undefined, wanted: number | undefined): number | null {
    const { random } = this
    switch (length._tag) {
      case "Fixed":
        return length.value
      case "Computed": {
        const n = this.evaluate(length.expr, scope)
        // Infinite where it asks what is left, which is the writer's choice.
        if (n === pending || n === Infinity) return wanted ?? this.size()
        if (!(Number.isInteger(n) && (n as number) >= 0 && (n as number) <= mostComputed)) throw new Unsatisfied()
        return n as number
      }
      case "Prefixed": {
        if (length.absent !== undefined && wanted === undefined && random.chance(0.2)) return null
        const { max } = length.prefix._tag === "Int" ? range(length.prefix) : varintRange(length.prefix)
        return wanted ?? Math.min(length.min + this.size(), length.max, Number(max) - length.plus)
      }
      default:
        return wanted ?? this.size()
    }
  }

  private content(node: Layout.Bytes | Layout.Text, scope: Scope | undefined, exact: number | undefined): unknown {
    const { length } = node
    const wanted = behindPrefix(length, exact)
    const size = this.count(length, scope, wanted)
    if (size === null) return null
    if (size < 0) throw new Unsatisfied()
    if (node._tag === "Bytes") {
      const bytes = this.random.bytes(size)
      if (length._tag === "Terminated" && !endsItself(bytes, length.terminator)) throw new Unsatisfied()
      return bytes
    }
    const text = generateText(node.encoding, size, this.random)
    if (text === undefined) throw new Unsatisfied()
    return text
  }

  private array(node: Layout.Array, scope: Scope | undefined, exact: number | undefined): unknown {
    const { length, of } = node
    const item = bounds(of)
    const open = length._tag === "Rest" || ("unit" in length && length.unit === "bytes")
    let wanted = behindPrefix(length, exact)
    if (open) {
      const known = length._tag === "Computed" ? this.count(length, scope, wanted) : undefined
      wanted = known ?? wanted
    }
    if (!this.fits(of)) wanted = 0
    if (open && wanted !== undefined && wanted > 0) {
      if (item.min !== item.max) return [this.value(of, scope, none, wanted)]
      if (wanted % item.min !== 0) throw new Unsatisfied()
      return Array.from({ length: wanted / item.min }, () => this.value(of, scope, none, undefined))
    }
    const count = open ? (wanted ?? this.random.int(0, 4)) : this.count(length, scope, this.fits(of) ? undefined : 0)
    if (count === null) return null
    return Array.from({ length: Math.min(count, mostComputed) }, () => this.value(of, scope, none, undefined))
  }

  private struct(
    node: Layout.Struct,
    parent: Scope | undefined,
    hints: Hints,
    exact: number | undefined
  ): Record<string, unknown> {
    const value: Record<string, unknown> = {}
    const scope: Scope = { fields: new Map(), parent }
    for (const { name, node: field } of node.fields)
      if (computedOf(field) !== undefined) scope.fields.set(name, { value: pending, start: 0, end: 0, tag: undefined })
    const least = bounds(node).min
    let spare = exact === undefined ? undefined : exact - least
    let ended = false
    for (const field of node.fields) {
      const { max, min } = bounds(field.node)
      let size: number | undefined
      if (spare !== undefined && max !== min) {
        size = min + spare
        spare = 0
      }
      // What follows a trailing field that is not there would be read in its place.
      const gone = ended && field.node._tag === "Optional" && field.node.presence._tag === "Trailing"
      const each = gone ? undefined : this.value(field.node, scope, hints.below.get(field.name) ?? none, size)
      if (field.node._tag === "Optional" && field.node.presence._tag === "Trailing" && each === undefined) ended = true
      if (Layout.isHidden(field.node)) continue
      assign(value, field.name, each)
      const known: Known = { value: numberOf(field.node, each), start: 0, end: 0, tag: tagOf(field.node, each) }
      scope.fields.set(field.name, known)
      this.settle(node, scope)
    }
    return value
  }

  /** Computed counts and tags are known as soon as what they count is. */
  private settle(node: Layout.Struct, scope: Scope): void {
    for (const field of node.fields) {
      const expr = computedOf(field.node)?.expr
      if (expr === undefined || (expr._tag !== "CountOf" && expr._tag !== "TagOf")) continue
      if (scope.fields.has(expr.field)) scope.fields.get(field.name)!.value = evaluateIn(expr, scope, 0, 0)
    }
  }

  private tagged(node: Layout.Tagged, scope: Scope | undefined, hints: Hints, exact: number | undefined): unknown {
    let cases = node.cases.filter((each) => this.fits(each.node))
    let size = exact
    if (node.tag._tag === "Outside") {
      const tag = this.evaluate(node.tag.expr, scope)
      if (tag !== pending) {
        // A reader takes the first case that has the tag: others that have it too stand for the rest.
        const taken = node.cases.find((each) => Number(tag) >= each.from && Number(tag) <= each.to)
        cases = cases.filter((each) => each === taken)
      }
    }
    if (cases.length === 0) throw new Unsatisfied()
    const found = this.random.pick(cases)
    if (node.tag._tag === "Before" && size !== undefined) {
      const { of } = node.tag
      size -= of._tag === "Int" ? of.bits / 8 : varintSize(typed(of, found.from), of)
    }
    if (node.tag._tag === "Inside") return taggedValue(found, this.inside(found, node.tag, scope, hints, size))
    return taggedValue(found, this.value(found.node, scope, hints, size))
  }

  /** A case that holds its own tag: its values are tried until the bytes say so. */
  private inside(
    found: Layout.Case,
    tag: Extract<Layout.Tagged["tag"], { _tag: "Inside" }>,
    scope: Scope | undefined,
    hints: Hints,
    exact: number | undefined
  ): unknown {
    const { of, offset } = tag
    const codec = codecOf(endianness<unknown>(found.node, this.little))
    const little = of.endian === "inherit" ? this.little : of.endian === "little"
    for (let tries = 0; tries < mostTries; tries++) {
      const inner = this.value(found.node, scope, hints, exact)
      const first = found.node._tag === "Struct" ? found.node.fields[0] : undefined
      if (offset === 0 && first !== undefined && exact === undefined) {
        const content = inner as Record<string, unknown>
        const number = this.random.int(found.from, found.to)
        if (first.node._tag === "Int" && first.node.bits === of.bits) content[first.name] = typed(first.node, number)
        else if ("length" in first.node && isPrefix(first.node.length, of))
          content[first.name] = this.value(first.node, undefined, none, of.bits / 8 + number - first.node.length.plus)
      }
      if (codec === undefined) return inner
      const bytes = codec.encode(inner)
      if (bytes._tag === "Failure") continue
      const { buffer, byteLength, byteOffset } = bytes.success
      const view = new DataView(buffer, byteOffset, byteLength)
      const number = readNumber(view, offset, of.bits / 8, of.signed, little)
      if (number >= found.from && number <= found.to) return inner
    }
    throw new Unsatisfied()
  }

  private optional(node: Layout.Optional, scope: Scope | undefined, hints: Hints, exact: number | undefined): unknown {
    const { presence } = node
    let there = this.fits(node.of) && this.random.chance(0.7)
    if (presence._tag === "When") {
      const known = this.evaluate(presence.expr, scope)
      if (known !== pending) there = Boolean(known)
    } else if (exact !== undefined) there = exact > bounds(node).min
    return there ? this.value(node.of, scope, hints, undefined) : undefined
  }

  private window(node: Layout.Window, scope: Scope | undefined, exact: number | undefined): unknown {
    const { length } = node
    const wanted = behindPrefix(length, exact)
    let size = wanted
    if (length._tag === "Fixed" || (length._tag === "Computed" && !this.isFree(length.expr, scope)))
      size = this.count(length, scope, wanted) as number
    else if (length._tag === "Prefixed" && this.count(length, scope, wanted) === null) return null
    const inner = this.value(node.of, scope, none, size)
    if (!node.lazy) return inner
    const bytes = codecOf(endianness<unknown>(node.of, this.little))!.encode(inner)
    if (bytes._tag === "Failure") throw new Unsatisfied()
    return codecOf(endianness<unknown>(lazyReader(node).node, this.little))!.decodeSync(bytes.success)
  }
}
