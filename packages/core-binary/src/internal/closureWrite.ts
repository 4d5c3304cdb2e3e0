/**
 * The writer of a layout as closures, for places that forbid code generation. It mirrors `emitWrite`, invariant and all:
 * `e - p >= bounds(node).min + rest` before every node.
 */
import type * as Layout from "../Layout.ts"
import { type Expr, dependsOnRemaining, visitFields } from "../Expr.ts"
import { isHidden } from "../Layout.ts"
import type { Settings } from "./Settings.ts"
import { type Place, type Write, WriteState, closed, full, misread, mustEnd, refuse } from "./WriteState.ts"
import { bounds } from "./bounds.ts"
import { Frame, closureExpr, ownSlot, referenced, slotOf } from "./closureExpr.ts"
import { ClosureNumbers } from "./closureNumbers.ts"
import { invalid } from "./invalid.ts"
import { range, readBigInt, varintSize } from "./number.ts"
import { runtime } from "./runtime.ts"
import { pending } from "./scope.ts"
import { checksum, find } from "./spans.ts"
import { codeUnit, textSize, writeText } from "./text.ts"
import { converter } from "./transform.ts"
import { writeFields } from "./unrolled.ts"
import { paddingSize } from "./values.ts"
import { computedOf, typed } from "./walkWrite.ts"

export class ClosureWrite extends ClosureNumbers {
  readonly settings: Settings
  private readonly functions = new Map<Layout.Node, { write: Write; readonly min: number }>()
  /** The slots that all structs of the layout need. */
  slots = 0

  constructor(settings: Settings) {
    super()
    this.settings = settings
  }

  write(node: Layout.Node, rest: number, place: Place): Write {
    switch (node._tag) {
      case "Int":
        return this.int(node, place)
      case "Float":
        return this.float(node, place)
      case "Varint":
        return this.varint(node, rest)
      case "Bits":
        return this.bits(node)
      case "Bytes":
        return this.bytes(node, rest, place)
      case "Text":
        return this.text(node, rest, place)
      case "Array":
        return this.array(node, rest, place)
      case "Struct":
        return this.struct(node, rest, place)
      case "Tagged":
        return this.tagged(node, rest, place)
      case "Enum":
        return this.enum(node, rest, place)
      case "Flags":
        return this.flags(node, place)
      case "Optional":
        return this.optional(node, rest, place)
      case "Const": {
        const { bytes } = node
        return (s) => {
          s.bytes.set(bytes, s.p)
          s.p += bytes.length
          return true
        }
      }
      case "ConstInt": {
        const write = this.int(node.of, place)
        return (s) => write(s, node.value)
      }
      case "Padding":
        return this.padding(node, rest)
      case "Computed":
      case "Checksum": {
        const size = node.of.bits / 8
        return (s) => {
          s.p += size
          return true
        }
      }
      case "Pointer":
        return refuse
      case "Window":
        return this.window(node, rest, place)
      case "Suspend":
        return this.suspend(node, rest)
      case "Transform": {
        const inner = this.write(node.of, rest, place)
        const { encode } = converter(node)
        return (s, value) => {
          const encoded = encode(value)
          return encoded === invalid ? refuse(s) : inner(s, encoded)
        }
      }
      case "Endianness":
        return this.endianness(node, rest, place)
    }
  }

  /** Writes a prefix for a count of units, or checks the count against its place; the position is the prefix's. */
  private count(length: Layout.Length, rest: number, place: Place): (s: WriteState, n: number) => boolean {
    switch (length._tag) {
      case "Fixed":
        return (s, n) => n === length.value || refuse(s)
      case "Prefixed": {
        const { absent, max, min, plus, prefix } = length
        if (prefix._tag === "Int" && prefix.type === "number") {
          const put = this.put(prefix, place)
          const bound = range(prefix)
          const least = Math.max(min, Number(bound.min) - plus)
          const most = Math.min(max, Number(bound.max) - plus)
          return (s, n) => {
            if (n < least || n > most || n + plus === absent) return refuse(s)
            put(s, n + plus)
            return true
          }
        }
        const write = this.whole(prefix, rest, place)
        return (s, n) => {
          if (n < min || n > max || n + plus === absent) return refuse(s)
          return write(s, typed(prefix, n + plus))
        }
      }
      case "Computed":
        return this.agrees(length.expr, place, (computed, n) => computed === n)
      default:
        return () => true
    }
  }

  /** Checks an expression against a number, now or when the computed field it depends on is known. */
  private agrees(
    expr: Expr,
    place: Place,
    holds: (computed: number, actual: number) => boolean
  ): (s: WriteState, actual: number) => boolean {
    if (dependsOnRemaining(expr)) return () => true
    const compute = closureExpr<WriteState>(expr, place.slots)
    const used: Array<number> = []
    visitFields(expr, (name) => used.push(slotOf(place.slots, name)))
    const check = (s: WriteState, actual: number): boolean => {
      const { values } = s.frame
      const slot = used.find((slot) => values[slot] === pending)
      if (slot === undefined) {
        const computed = compute(s)
        return (!s.bad && holds(computed, actual)) || refuse(s)
      }
      // What is known now may be another's by then: an array's elements share their slots.
      const kept = used.map((slot) => values[slot])
      s.waiting.push({
        slot,
        check: (s) => {
          const { values } = s.frame
          used.forEach((slot, i) => {
            if (kept[i] !== pending) values[slot] = kept[i]
          })
          return check(s, actual)
        }
      })
      return true
    }
    return check
  }

  /** A value that may be `null`, where the prefix has a number for that. */
  private nullable(length: Layout.Length, rest: number, place: Place, inner: Write): Write {
    if (length._tag !== "Prefixed" || length.absent === undefined) return inner
    const write = this.whole(length.prefix, rest, place)
    const absent = typed(length.prefix, length.absent)
    return (s, value) => (value === null ? write(s, absent) : inner(s, value))
  }

  /** Ends a content that started at `start` with its terminator, which must be the first that a reader finds. */
  private terminate(length: Layout.Length, rest: number, unit = 1): (s: WriteState, start: number) => boolean {
    if (length._tag === "Rest") return mustEnd
    if (length._tag !== "Terminated") return () => true
    const { terminator } = length
    return (s, start) => {
      if (s.e - s.p < terminator.length + rest) return full(s)
      s.bytes.set(terminator, s.p)
      s.p += terminator.length
      return find(s.bytes, terminator, start, s.p, unit) === s.p - terminator.length || misread(s, start)
    }
  }

  private bytes(node: Layout.Bytes, rest: number, place: Place): Write {
    const copy = this.copy(node.length, rest, place)
    return this.nullable(node.length, rest, place, (s, value) =>
      value instanceof Uint8Array ? copy(s, value) : refuse(s)
    )
  }

  private copy(length: Layout.Length, rest: number, place: Place): (s: WriteState, content: Uint8Array) => boolean {
    const count = this.count(length, rest, place)
    const ends = length._tag === "Terminated" || length._tag === "Rest"
    const terminate = ends ? this.terminate(length, rest) : undefined
    return (s, content) => {
      const n = content.length
      if (!count(s, n)) return false
      if (n > s.e - s.p - rest) return full(s)
      const start = s.p
      const { bytes } = s
      // A call into the platform costs more than a few bytes of copying.
      if (n < 16) for (let i = 0; i < n; i++) bytes[start + i] = content[i]!
      else bytes.set(content, start)
      s.p = start + n
      return terminate === undefined || terminate(s, start)
    }
  }

  private text(node: Layout.Text, rest: number, place: Place): Write {
    const { encoding, length } = node
    const count = this.count(length, rest, place)
    const terminate = this.terminate(length, rest, codeUnit(node))
    return this.nullable(length, rest, place, (s, value) => {
      if (typeof value !== "string") return refuse(s)
      const size = textSize(encoding, value)
      if (size < 0) return refuse(s)
      if (!count(s, size)) return false
      if (size > s.e - s.p - rest) return full(s)
      const start = s.p
      s.p = writeText(encoding, value, s.bytes, start, s.e, place.little ?? s.little)
      return terminate(s, start)
    })
  }

  private array(node: Layout.Array, rest: number, place: Place): Write {
    const { length } = node
    const { maxElements } = this.settings.limits
    const least = bounds(node.of).min + rest
    const each = this.write(node.of, rest, place)
    const open = length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")
    const items = (s: WriteState, values: ReadonlyArray<unknown>, starts?: Array<number>): boolean => {
      for (let i = 0; i < values.length; i++) {
        const before = s.p
        if (s.e - before < least) return full(s)
        starts?.push(before)
        if (!each(s, values[i])) return false
        if (open && s.p === before) return refuse(s)
      }
      return true
    }
    const write =
      "unit" in length && length.unit === "bytes"
        ? this.sized(
            length,
            rest,
            place,
            closed<ReadonlyArray<unknown>>((s, values) => items(s, values))
          )
        : this.counted(length, rest, place, items)
    return this.nullable(length, rest, place, (s, value) =>
      Array.isArray(value) && value.length <= maxElements ? write(s, value) : refuse(s)
    )
  }

  private counted(
    length: Layout.Length,
    rest: number,
    place: Place,
    items: (s: WriteState, values: ReadonlyArray<unknown>, starts?: Array<number>) => boolean
  ): (s: WriteState, values: ReadonlyArray<unknown>) => boolean {
    const count = this.count(length, rest, place)
    if (length._tag === "Rest") return (s, values) => items(s, values) && mustEnd(s)
    if (length._tag !== "Terminated") return (s, values) => count(s, values.length) && items(s, values)
    const { terminator } = length
    return (s, values) => {
      const starts: Array<number> = []
      if (!items(s, values, starts)) return false
      if (s.e - s.p < terminator.length + rest) return full(s)
      s.bytes.set(terminator, s.p)
      s.p += terminator.length
      return !runtime.misread(s.bytes, terminator, starts, s.p, s.base) || refuse(s)
    }
  }

  private struct(node: Layout.Struct, rest: number, parent: Place): Write {
    const asked = referenced(node)
    const slots = new Map<string, number>()
    const place: Place = { ...parent, slots: { fields: slots, parent: parent.slots } }
    // Computed fields stand before what refers to them as well as behind.
    for (const field of node.fields) if (isFilled(field.node)) slots.set(field.name, this.slots++)
    let behind = rest + node.fields.reduce((sum, field) => sum + bounds(field.node).min, 0)
    const fields = node.fields.map((field) => {
      behind -= bounds(field.node).min
      const write = this.write(field.node, behind, place)
      if (asked.has(field.name) && !slots.has(field.name)) slots.set(field.name, this.slots++)
      return {
        name: field.name,
        write,
        slot: slots.get(field.name) ?? -1,
        hidden: isHidden(field.node),
        number: isEnum(field.node),
        filled: isFilled(field.node)
      }
    })
    if (fields.every((field) => field.slot < 0 && !field.hidden)) {
      const write = writeFields(
        fields.map((field) => field.name),
        fields.map((field) => field.write)
      )
      return (s, value) =>
        typeof value === "object" && value !== null ? write(s, value as Record<string, unknown>) : refuse(s)
    }
    const fills = node.fields.flatMap((field) => this.fill(field.name, field.node, place))
    const sums = node.fields.flatMap((field) => this.sum(field.name, field.node, place))
    const own = new Set(fields.filter((field) => field.filled).map((field) => field.slot))
    return (s, value) => {
      if (typeof value !== "object" || value === null) return refuse(s)
      const { frame } = s
      for (const slot of own) frame.values[slot] = pending
      for (const field of fields) {
        const each = field.hidden ? undefined : (value as Record<string, unknown>)[field.name]
        const { slot } = field
        const start = s.p
        s.tag = 0
        if (!field.write(s, each)) return false
        if (slot < 0) continue
        frame.starts[slot] = start
        frame.ends[slot] = s.p
        frame.tags[slot] = s.tag
        if (!field.filled) frame.values[slot] = field.number ? s.number : each
      }
      for (const fill of fills) if (!fill(s)) return false
      if (own.size > 0 && s.waiting.length > 0) {
        const due = s.waiting.filter((each) => own.has(each.slot))
        s.waiting = s.waiting.filter((each) => !own.has(each.slot))
        for (const each of due) if (!each.check(s)) return false
      }
      for (const sum of sums) sum(s)
      return true
    }
  }

  private fill(name: string, node: Layout.Node, place: Place): ReadonlyArray<(s: WriteState) => boolean> {
    const computed = computedOf(node)
    if (computed === undefined) return []
    const slot = place.slots!.fields.get(name)!
    const expr = closureExpr<WriteState>(computed.expr, place.slots)
    const write = this.inOrder(node, place)
    return [
      (s) => {
        const value = expr(s)
        if (s.bad) return refuse(s)
        const after = s.p
        s.p = s.frame.starts[slot]!
        if (!write(s, value)) return false
        s.p = after
        s.frame.values[slot] = value
        return true
      }
    ]
  }

  private sum(name: string, node: Layout.Node, place: Place): ReadonlyArray<(s: WriteState) => void> {
    const found = checksumOf(node)
    if (found === undefined) return []
    const { fields } = place.slots!
    const own = fields.get(name)!
    const from = ownSlot(place.slots, found.from)
    const to = found.to === undefined ? own : ownSlot(place.slots, found.to)
    const write = this.inOrder(node, place)
    return [
      (s) => {
        const { ends, starts } = s.frame
        const value = checksum(found, s.bytes, starts[from]!, starts[to]!, starts[own]!, ends[own]!)
        const after = s.p
        s.p = starts[own]!
        write(s, value)
        s.p = after
      }
    ]
  }

  /** Writes the number of a computed field or checksum in the byte order of its place. */
  private inOrder(node: Layout.Node, place: Place): Write {
    if (node._tag !== "Endianness") return this.int((node as Layout.Computed | Layout.Checksum).of, place)
    const known = typeof node.little === "boolean" ? node.little : undefined
    return this.ordered(node, place, this.inOrder(node.of, { ...place, little: known }))
  }

  /** Reads back the tag that a case was written with: `NaN` where the case ends before it. */
  private written(tag: Extract<Layout.Tagged["tag"], { _tag: "Inside" }>, place: Place) {
    const { bits, endian, signed } = tag.of
    const known = endian === "inherit" ? place.little : endian === "little"
    const size = bits / 8
    return (s: WriteState, start: number): number =>
      s.p - start < tag.offset + size
        ? NaN
        : Number(readBigInt(s.view, start + tag.offset, size, signed, known ?? s.little))
  }

  private tagged(node: Layout.Tagged, rest: number, place: Place): Write {
    const { tag } = node
    const written = tag._tag === "Inside" ? this.written(tag, place) : undefined
    const cases = new Map(
      node.cases.map((each) => [
        each.name,
        {
          ...each,
          struct: each.node._tag === "Struct",
          write: this.write(each.node, rest, place),
          tag: tag._tag === "Before" ? typed(tag.of, each.from) : 0,
          least: bounds(each.node).min + rest
        }
      ])
    )
    const before = tag._tag === "Before" ? this.whole(tag.of, rest, place) : undefined
    const outside =
      tag._tag === "Outside"
        ? this.agrees(tag.expr, place, (computed, from) => runtime.sameCase(node.cases, computed, from))
        : undefined
    return (s, value) => {
      if (typeof value !== "object" || value === null) return refuse(s)
      const each = cases.get((value as { readonly _tag?: unknown })._tag as string)
      if (each === undefined) return refuse(s)
      if (outside !== undefined && !outside(s, each.from)) return false
      if (before !== undefined && !before(s, each.tag)) return false
      if (s.e - s.p < each.least) return full(s)
      const start = s.p
      if (!each.write(s, each.struct ? value : (value as { readonly value?: unknown }).value)) return false
      if (written !== undefined) {
        if (!runtime.sameCase(node.cases, written(s, start), each.from)) return misread(s, start)
      }
      s.tag = each.from
      return true
    }
  }

  private optional(node: Layout.Optional, rest: number, place: Place): Write {
    const { presence } = node
    const write = this.write(node.of, rest, place)
    const least = bounds(node.of).min + rest
    const trailing = presence._tag === "Trailing"
    const flag =
      presence._tag === "When"
        ? this.agrees(presence.expr, place, (computed, there) => (computed ? 1 : 0) === there)
        : presence._tag === "Flagged"
          ? this.int(presence.of, place)
          : () => true
    return (s, value) => {
      if (!flag(s, value === undefined ? 0 : 1)) return false
      if (value === undefined) return !trailing || mustEnd(s)
      if (s.e - s.p < least) return full(s)
      const before = s.p
      if (!write(s, value)) return false
      return !trailing || s.p > before || refuse(s)
    }
  }

  private padding(node: Layout.Padding, rest: number): Write {
    return (s) => {
      const size = paddingSize(node, s.p - s.base, s.base - s.origin)
      if (s.e - s.p < size + rest) return full(s)
      s.bytes.fill(node.fill, s.p, s.p + size)
      s.p += size
      return true
    }
  }

  private window(node: Layout.Window, rest: number, place: Place): Write {
    if (node.lazy) {
      const copy = this.copy(node.length, rest, place)
      return this.nullable(node.length, rest, place, (s, value) => {
        const content = (value as { readonly bytes?: unknown } | null | undefined)?.bytes
        return content instanceof Uint8Array ? copy(s, content) : refuse(s)
      })
    }
    const inner = this.write(node.of, rest, place)
    const least = bounds(node.of).min + rest
    const body = closed<unknown>((s, value) => (s.e - s.p < least ? full(s) : inner(s, value)))
    const write = this.sized(node.length, rest, place, body)
    return this.nullable(node.length, rest, place, write)
  }

  /** Content whose length in bytes is known only when it stands. */
  private sized<A>(
    length: Layout.Length,
    rest: number,
    place: Place,
    body: (s: WriteState, value: A) => boolean
  ): (s: WriteState, value: A) => boolean {
    const count = this.count(length, rest, place)
    if (length._tag !== "Prefixed") {
      const terminate = this.terminate(length, rest)
      return (s, value) => {
        const start = s.p
        return body(s, value) && count(s, s.p - start) && terminate(s, start)
      }
    }
    const { plus, prefix } = length
    const reserved = prefix._tag === "Int" ? prefix.bits / 8 : 1
    return (s, value) => {
      const at = s.p
      const start = at + reserved
      s.p = start
      if (!body(s, value)) return false
      const n = s.p - start
      // A varint is taken to need one byte; content is moved where it needs more.
      const more = prefix._tag === "Int" ? 0 : varintSize(typed(prefix, n + plus), prefix) - 1
      if (s.e - s.p < more + rest) return full(s)
      if (more > 0) s.bytes.copyWithin(start + more, start, s.p)
      const end = s.p + more
      s.p = at
      if (!count(s, n)) return false
      s.p = end
      return true
    }
  }

  private suspend(node: Layout.Suspend, rest: number): Write {
    const { maxDepth } = this.settings.limits
    const of = node.of()
    let found = this.functions.get(of)
    if (found === undefined) {
      found = { write: refuse, min: bounds(of).min }
      this.functions.set(of, found)
      found.write = this.write(of, 0, { little: undefined, slots: undefined })
    }
    const target = found
    return (s, value) => {
      if (s.depth === maxDepth) return refuse(s)
      if (s.e - s.p < target.min) return full(s)
      s.depth++
      const { frame, waiting } = s
      if (this.slots > 0) s.frame = new Frame(this.slots)
      s.waiting = []
      const done = target.write(s, value)
      s.frame = frame
      s.waiting = waiting
      s.depth--
      return done && (s.e - s.p >= rest || full(s))
    }
  }

  private endianness(node: Layout.Endianness, rest: number, place: Place): Write {
    const known = typeof node.little === "boolean" ? node.little : undefined
    return this.ordered(node, place, this.write(node.of, rest, { ...place, little: known }))
  }

  private ordered(node: Layout.Endianness, place: Place, inner: Write): Write {
    const known = typeof node.little === "boolean" ? node.little : undefined
    const little =
      typeof node.little === "boolean" ? () => (known ? 1 : 0) : closureExpr<WriteState>(node.little, place.slots)
    return (s, value) => {
      const outer = s.little
      s.little = Boolean(little(s))
      if (s.bad) return refuse(s)
      const done = inner(s, value)
      s.little = outer
      return done
    }
  }
}

const isEnum = (node: Layout.Node): boolean => node._tag === "Enum" || (node._tag === "Endianness" && isEnum(node.of))

const isFilled = (node: Layout.Node): boolean =>
  node._tag === "Computed" || node._tag === "Checksum" || (node._tag === "Endianness" && isFilled(node.of))

const checksumOf = (node: Layout.Node): Layout.Checksum | undefined =>
  node._tag === "Checksum" ? node : node._tag === "Endianness" ? checksumOf(node.of) : undefined
