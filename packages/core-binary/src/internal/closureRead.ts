/**
 * The reader of a layout as closures, for places that forbid code generation. It mirrors `emitRead`, invariant and all:
 * `end - p >= bounds(node).min + rest` before every node.
 */
import { isHidden } from "../Layout.ts"
import type * as Layout from "../Layout.ts"
import { pieces, readBits } from "./bits.ts"
import { bounds } from "./bounds.ts"
import { closureExpr, Frame, ownSlot, referenced, type Slots } from "./closureExpr.ts"
import { tableOf } from "./emitted.ts"
import { invalid } from "./invalid.ts"
import type { Memory } from "./memory.ts"
import { cursor, readBigInt, readHalf, readNumber, readVarint, type Whole } from "./number.ts"
import { assign } from "./record.ts"
import { runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"
import { codeUnit, readText } from "./text.ts"
import { converter } from "./transform.ts"
import { readFields } from "./unrolled.ts"
import { checksum, find, matches } from "./spans.ts"
import { paddingSize } from "./values.ts"

/** Where a reading stands; all positions are absolute in the memory. */
export class ReadState {
  view: DataView
  bytes: Uint8Array
  buffer: ArrayBufferLike
  p = 0
  e = 0
  base = 0
  last = 0
  origin = 0
  little = false
  depth = 0
  pointers = 0
  pointed = 0
  frame: Frame
  bad = false
  /** The tag of the union read last. */
  tag = 0
  /** The number of the enum read last. */
  number: Whole = 0

  constructor(memory: Memory, slots: number) {
    this.view = memory.view
    this.bytes = memory.bytes
    this.buffer = memory.buffer
    this.frame = new Frame(slots)
  }

  /** Starts over, so that one state serves many messages. */
  start(memory: Memory, start: number, end: number, origin: number): void {
    this.view = memory.view
    this.bytes = memory.bytes
    this.buffer = memory.buffer
    this.p = this.base = start
    this.e = this.last = end
    this.origin = origin
    this.little = this.bad = false
    this.depth = this.pointers = this.pointed = 0
  }
}

type Read<A = unknown> = (s: ReadState) => A | typeof invalid

interface Place {
  /** The byte order, where it is known. */
  readonly little: boolean | undefined
  readonly slots: Slots | undefined
}

export class ClosureRead {
  readonly settings: Settings
  private readonly functions = new Map<Layout.Node, { read: Read; readonly min: number }>()
  /** The slots that all structs of the layout need. */
  slots = 0

  constructor(settings: Settings) {
    this.settings = settings
  }

  read(node: Layout.Node, rest: number, place: Place): Read {
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
      case "Text":
        return this.content(node, rest, place)
      case "Array":
        return this.array(node, rest, place)
      case "Struct":
        return this.struct(node, rest, place, undefined)
      case "Tagged":
        return this.tagged(node, rest, place)
      case "Enum":
        return this.enum(node, rest, place)
      case "Flags": {
        const raw = this.int(node.of, place)
        return (s) => {
          const value = raw(s)
          return value === invalid ? invalid : runtime.readFlags(node, value)
        }
      }
      case "Optional":
        return this.optional(node, rest, place)
      case "Const": {
        const { bytes } = node
        return (s) => {
          if (!matches(s.bytes, bytes, s.p, s.e)) return invalid
          s.p += bytes.length
          return undefined
        }
      }
      case "ConstInt": {
        const raw = this.int(node.of, place)
        return (s) => (raw(s) === node.value ? undefined : invalid)
      }
      case "Padding":
        return this.padding(node, rest)
      case "Computed":
      case "Checksum":
        return this.int(node.of, place)
      case "Pointer":
        return this.pointer(node, place)
      case "Window":
        return this.window(node, rest, place)
      case "Suspend":
        return this.suspend(node, rest)
      case "Transform": {
        const inner = this.read(node.of, rest, place)
        const { decode } = converter(node)
        return (s) => {
          const value = inner(s)
          return value === invalid ? invalid : decode(value)
        }
      }
      case "Endianness":
        return this.endianness(node, rest, place)
    }
  }

  private int(node: Layout.Int, place: Place): Read<Whole> {
    const size = node.bits / 8
    const { signed, type } = node
    const little = node.endian === "inherit" ? place.little : node.endian === "little"
    if (little === undefined && size > 1) {
      // The order is a field's: both readers are there, and the state chooses.
      const [big, small] = [this.int(node, { ...place, little: false }), this.int(node, { ...place, little: true })]
      return (s) => (s.little ? small(s) : big(s))
    }
    const order = little ?? false
    switch (type === "number" ? (signed ? size : -size) : size === 8 ? (signed ? 80 : -80) : 0) {
      case 1:
        return (s) => s.view.getInt8(s.p++)
      case -1:
        return (s) => s.view.getUint8(s.p++)
      case 2:
        return (s) => s.view.getInt16((s.p += 2) - 2, order)
      case -2:
        return (s) => s.view.getUint16((s.p += 2) - 2, order)
      case 4:
        return (s) => s.view.getInt32((s.p += 4) - 4, order)
      case -4:
        return (s) => s.view.getUint32((s.p += 4) - 4, order)
      case 80:
        return (s) => s.view.getBigInt64((s.p += 8) - 8, order)
      case -80:
        return (s) => s.view.getBigUint64((s.p += 8) - 8, order)
    }
    if (type === "bigint") return (s) => readBigInt(s.view, (s.p += size) - size, size, signed, order)
    if (size < 7) return (s) => readNumber(s.view, (s.p += size) - size, size, signed, order)
    return (s) => {
      const value = readNumber(s.view, (s.p += size) - size, size, signed, order)
      return Number.isSafeInteger(value) ? value : invalid
    }
  }

  private float(node: Layout.Float, place: Place): Read {
    const size = node.bits / 8
    const known = node.endian === "inherit" ? place.little : node.endian === "little"
    return (s) => {
      const little = known ?? s.little
      const p = s.p
      s.p += size
      return size === 8
        ? s.view.getFloat64(p, little)
        : size === 4
          ? s.view.getFloat32(p, little)
          : readHalf(s.view, p, little)
    }
  }

  private varint(node: Layout.Varint, rest: number): Read<Whole> {
    return (s) => {
      const value = readVarint(s.bytes, s.p, s.e, node)
      if (typeof value === "string") return invalid
      s.p = cursor.next
      return s.e - s.p < rest ? invalid : value
    }
  }

  private whole(node: Layout.Int | Layout.Varint, rest: number, place: Place): Read<Whole> {
    return node._tag === "Int" ? this.int(node, place) : this.varint(node, rest)
  }

  private bits(node: Layout.Bits): Read {
    const where = pieces(node)
    const size = bounds(node).min
    return (s) => {
      const value: Record<string, unknown> = {}
      for (let i = 0; i < node.fields.length; i++) {
        const field = node.fields[i]!
        const part = readBits(s.view, s.p, where[i]!, field.bits, field.signed)
        if (field.value === undefined) assign(value, field.name, part)
        else if (Number(part) !== field.value) return invalid
      }
      s.p += size
      return value
    }
  }

  /** The count of units, each of at least `unit` bytes; `null` for an absent value. */
  private count(
    length: Extract<Layout.Length, { _tag: "Fixed" | "Prefixed" | "Computed" }>,
    unit: number,
    elements: boolean,
    rest: number,
    place: Place
  ): Read<number | null> {
    const limit = elements ? this.settings.limits.maxElements : Infinity
    if (length._tag === "Fixed") {
      const { value } = length
      return () => (value > limit ? invalid : value)
    }
    if (length._tag === "Computed") {
      const expr = closureExpr(length.expr, place.slots)
      return (s) => {
        const n = expr(s)
        return s.bad || !Number.isInteger(n) || n < 0 || n > limit || n * unit > s.e - s.p - rest ? invalid : n
      }
    }
    const prefix = this.whole(length.prefix, rest, place)
    const { absent, min, plus } = length
    const max = Math.min(length.max, limit)
    return (s) => {
      const raw = prefix(s)
      if (raw === invalid) return invalid
      const n = Number(raw) - plus
      if (absent !== undefined && n === absent - plus) return null
      return n < min || n > max || n * unit > s.e - s.p - rest ? invalid : n
    }
  }

  /** The end of a content of bytes, which starts at the position. */
  private extent(length: Layout.Length, rest: number, place: Place, unit = 1): Read<number | null> {
    if (length._tag === "Rest") return (s) => (rest > 0 ? invalid : s.e)
    if (length._tag === "Terminated") {
      const { terminator } = length
      return (s) => {
        const found = find(s.bytes, terminator, s.p, s.e, unit)
        return found < 0 || s.e - found < terminator.length + rest ? invalid : found
      }
    }
    const count = this.count(length, 1, false, rest, place)
    return (s) => {
      const n = count(s)
      return typeof n === "number" ? s.p + n : n
    }
  }

  private content(node: Layout.Bytes | Layout.Text, rest: number, place: Place): Read {
    const extent = this.extent(node.length, rest, place, codeUnit(node))
    const behind = node.length._tag === "Terminated" ? node.length.terminator.length : 0
    const { copy } = this.settings
    if (node._tag === "Bytes") {
      return (s) => {
        const end = extent(s)
        if (typeof end !== "number") return end
        const start = s.p
        s.p = end + behind
        return copy ? s.bytes.slice(start, end) : new Uint8Array(s.buffer, start, end - start)
      }
    }
    const { encoding } = node
    return (s) => {
      const end = extent(s)
      if (typeof end !== "number") return end
      const text = readText(encoding, s.bytes, s.p, end, place.little ?? s.little)
      s.p = end + behind
      return text ?? invalid
    }
  }

  private array(node: Layout.Array, rest: number, place: Place): Read {
    const { length } = node
    const item = bounds(node.of)
    const open = length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")
    const after = length._tag === "Terminated" ? rest + length.terminator.length : open ? 0 : rest
    const each = this.read(node.of, after, place)
    if (!open) {
      const count = this.count(length as Extract<Layout.Length, { _tag: "Fixed" }>, item.min, true, rest, place)
      const least = item.min === item.max ? 0 : item.min + rest
      return (s) => {
        const n = count(s)
        if (typeof n !== "number") return n
        const items = new Array<unknown>(n)
        for (let i = 0; i < n; i++) {
          if (s.e - s.p < least) return invalid
          const value = each(s)
          if (value === invalid) return invalid
          items[i] = value
        }
        return items
      }
    }
    const { maxElements } = this.settings.limits
    const terminator = length._tag === "Terminated" ? length.terminator : undefined
    const extent = terminator === undefined ? this.extent(length, rest, place) : (s: ReadState) => s.e
    return (s) => {
      const end = extent(s)
      if (typeof end !== "number") return end
      const outer = s.e
      s.e = end
      const items: Array<unknown> = []
      while (terminator === undefined ? s.p < end : !matches(s.bytes, terminator, s.p, end)) {
        const before = s.p
        if (items.length === maxElements || end - before < item.min + after) return invalid
        const value = each(s)
        if (value === invalid || s.p === before) return invalid
        items.push(value)
      }
      s.e = outer
      if (terminator !== undefined) s.p += terminator.length
      return items
    }
  }

  /** Reads the fields into an object that starts with `_tag` where there is a tag. */
  private struct(node: Layout.Struct, rest: number, parent: Place, tag: string | undefined): Read {
    const asked = referenced(node)
    const slots = new Map<string, number>()
    const place: Place = { ...parent, slots: { fields: slots, parent: parent.slots } }
    let behind = rest + node.fields.reduce((sum, field) => sum + bounds(field.node).min, 0)
    const fields = node.fields.map((field) => {
      behind -= bounds(field.node).min
      const read = this.read(field.node, behind, place)
      const own = asked.has(field.name) || verified(field.node) !== undefined
      const slot = own ? this.slots++ : -1
      if (own) slots.set(field.name, slot)
      return {
        name: field.name,
        read,
        slot,
        hidden: isHidden(field.node),
        plain: field.name !== "__proto__",
        number: isEnum(field.node)
      }
    })
    const checks = node.fields.flatMap((field) => this.verify(field.name, field.node, place))
    const size = fields.length
    if (checks.length === 0 && fields.every((field) => field.slot < 0 && !field.hidden && field.plain)) {
      return readFields(
        fields.map((field) => field.name),
        fields.map((field) => field.read),
        tag
      )
    }
    return (s) => {
      const value: Record<string, unknown> = tag === undefined ? {} : { _tag: tag }
      for (let i = 0; i < size; i++) {
        const field = fields[i]!
        const { slot } = field
        if (slot < 0) {
          const read = field.read(s)
          if (read === invalid) return invalid
          if (field.plain) {
            if (!field.hidden) value[field.name] = read
          } else assign(value, field.name, read)
          continue
        }
        const start = s.p
        s.tag = 0
        const read = field.read(s)
        if (read === invalid) return invalid
        const { frame } = s
        frame.starts[slot] = start
        frame.ends[slot] = s.p
        frame.tags[slot] = s.tag
        frame.values[slot] = field.number ? s.number : read
        if (!field.hidden) assign(value, field.name, read)
      }
      for (let i = 0; i < checks.length; i++) if (!checks[i]!(s)) return invalid
      return value
    }
  }

  private verify(name: string, node: Layout.Node, place: Place): ReadonlyArray<(s: ReadState) => boolean> {
    const found = verified(node)
    if (found === undefined) return []
    const { fields } = place.slots!
    const own = fields.get(name)!
    if (found._tag === "Computed") {
      const expr = closureExpr(found.expr, place.slots)
      return [(s) => expr(s) === s.frame.values[own] && !s.bad]
    }
    const from = ownSlot(place.slots, found.from)
    const to = found.to === undefined ? own : ownSlot(place.slots, found.to)
    return [
      ({ bytes, frame: { ends, starts, values } }) =>
        checksum(found, bytes, starts[from]!, starts[to]!, starts[own]!, ends[own]!) === values[own]
    ]
  }

  private tagged(node: Layout.Tagged, rest: number, place: Place): Read {
    const { tag } = node
    const cases = node.cases.map((each) => {
      const struct = each.node._tag === "Struct"
      const read =
        each.node._tag === "Struct" ? this.struct(each.node, rest, place, each.name) : this.read(each.node, rest, place)
      return { ...each, read, struct, min: bounds(each.node).min + rest }
    })
    const outside = tag._tag === "Outside" ? closureExpr(tag.expr, place.slots) : undefined
    const before = tag._tag === "Outside" ? undefined : this.whole(tag.of, rest, place)
    const offset = tag._tag === "Inside" ? tag.offset : -1
    const least = tag._tag === "Inside" ? tag.offset + tag.of.bits / 8 : 0
    return (s) => {
      const start = s.p
      if (offset >= 0) s.p += offset
      const raw = before === undefined ? outside!(s) : before(s)
      if (raw === invalid || s.bad) return invalid
      if (offset >= 0) s.p = start
      const number = Number(raw)
      for (let i = 0; i < cases.length; i++) {
        const each = cases[i]!
        if (number < each.from || number > each.to) continue
        if (s.e - s.p < each.min) return invalid
        const value = each.read(s)
        if (s.p - start < least) return invalid
        s.tag = each.from
        return value === invalid || each.struct ? value : { _tag: each.name, value }
      }
      return invalid
    }
  }

  private enum(node: Layout.Enum, rest: number, place: Place): Read {
    const raw = this.whole(node.of, rest, place)
    const table = tableOf(node)
    const { open } = node
    return (s) => {
      const number = raw(s)
      if (number === invalid) return invalid
      s.number = number
      return table.get(Number(number)) ?? (open ? number : invalid)
    }
  }

  private optional(node: Layout.Optional, rest: number, place: Place): Read {
    const { presence } = node
    const inner = this.read(node.of, rest, place)
    const least = bounds(node.of).min + rest
    const flag: Read<Whole> =
      presence._tag === "Flagged"
        ? this.int(presence.of, place)
        : presence._tag === "When"
          ? closureExpr(presence.expr, place.slots)
          : (s) => (s.p < s.e ? 1 : 0)
    const strict = presence._tag === "Flagged"
    return (s) => {
      const there = flag(s)
      if (there === invalid || s.bad || (strict && there !== 0 && there !== 1)) return invalid
      if (!there) return undefined
      return s.e - s.p < least ? invalid : inner(s)
    }
  }

  private padding(node: Layout.Padding, rest: number): Read {
    const { fill, verify } = node
    return (s) => {
      const size = paddingSize(node, s.p - s.base, s.base - s.origin)
      if (s.e - s.p < size + rest || (verify && !runtime.filled(s.bytes, s.p, size, fill))) return invalid
      s.p += size
      return undefined
    }
  }

  private pointer(node: Layout.Pointer, place: Place): Read {
    const at = closureExpr(node.at, place.slots)
    const inner = this.read(node.of, 0, place)
    const least = bounds(node.of).min
    const message = node.origin === "message"
    const { maxBytes, maxPointers } = this.settings.limits
    return (s) => {
      const offset = at(s)
      const { e, p } = s
      const from = message ? s.base : s.origin
      const target = from + offset
      s.p = target
      s.e = s.last
      if (++s.pointers > maxPointers || s.bad || !(target >= from && target <= s.last && Number.isInteger(target)))
        return invalid
      if (s.e - target < least) return invalid
      const value = inner(s)
      if ((s.pointed += s.p - target) > maxBytes) return invalid
      s.p = p
      s.e = e
      return value
    }
  }

  private window(node: Layout.Window, rest: number, place: Place): Read {
    const extent = this.extent(node.length, rest, place)
    const behind = node.length._tag === "Terminated" ? node.length.terminator.length : 0
    const { copy, lazy } = this.settings
    if (node.lazy) {
      return (s) => {
        const end = extent(s)
        if (typeof end !== "number") return end
        const content = copy ? s.bytes.slice(s.p, end) : new Uint8Array(s.buffer, s.p, end - s.p)
        s.p = end + behind
        return lazy(content, node.of, place.little ?? s.little)
      }
    }
    const inner = this.read(node.of, 0, place)
    const least = bounds(node.of).min
    const strict = node.rest === "error"
    return (s) => {
      const end = extent(s)
      if (typeof end !== "number") return end
      if (end - s.p < least) return invalid
      const outer = s.e
      s.e = end
      const value = inner(s)
      if (strict && s.p !== end) return invalid
      s.e = outer
      s.p = end + behind
      return value
    }
  }

  private suspend(node: Layout.Suspend, rest: number): Read {
    const { maxDepth } = this.settings.limits
    const of = node.of()
    let found = this.functions.get(of)
    if (found === undefined) {
      found = { read: undefined as unknown as Read, min: bounds(of).min }
      this.functions.set(of, found)
      // Its byte order is that of whoever asks, known or not.
      found.read = this.read(of, 0, { little: undefined, slots: undefined })
    }
    const target = found
    return (s) => {
      if (s.depth === maxDepth || s.e - s.p < target.min) return invalid
      s.depth++
      const { frame } = s
      if (this.slots > 0) s.frame = new Frame(this.slots)
      const value = target.read(s)
      s.frame = frame
      s.depth--
      return s.e - s.p < rest ? invalid : value
    }
  }

  private endianness(node: Layout.Endianness, rest: number, place: Place): Read {
    const known = typeof node.little === "boolean" ? node.little : undefined
    const inner = this.read(node.of, rest, { ...place, little: known })
    const little = typeof node.little === "boolean" ? () => (known ? 1 : 0) : closureExpr(node.little, place.slots)
    return (s) => {
      const outer = s.little
      s.little = Boolean(little(s))
      if (s.bad) return invalid
      const value = inner(s)
      s.little = outer
      return value
    }
  }
}

/** The computed field or checksum behind a node, which the struct verifies. */
const verified = (node: Layout.Node): Layout.Computed | Layout.Checksum | undefined =>
  node._tag === "Computed" || node._tag === "Checksum"
    ? node
    : node._tag === "Endianness"
      ? verified(node.of)
      : undefined

const isEnum = (node: Layout.Node): boolean => node._tag === "Enum" || (node._tag === "Endianness" && isEnum(node.of))
