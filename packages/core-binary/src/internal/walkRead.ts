/**
 * The reading of a layout field by field that explains bytes: with `rows` it leaves a trace and goes on after a fault where it
 * can. Codecs do not need it. It is written apart from their passes, and tests hold these against it.
 */
import type * as Layout from "../Layout.ts"
import { isHidden } from "../Layout.ts"
import type { Row } from "./Trace.ts"
import { pieces, readBits } from "./bits.ts"
import { bounds } from "./bounds.ts"
import { invalid } from "./invalid.ts"
import { readHalf } from "./half.ts"
import { assign } from "./record.ts"
import type { Known, Scope } from "./scope.ts"
import { checksum, matches } from "./spans.ts"
import { hexText } from "./hexText.ts"
import { typeName } from "./Kind.ts"
import { encodingOf } from "./node/Text.ts"
import { plural } from "./Reader.ts"
import { converter } from "./transform.ts"
import { numberOf, paddingSize, tagOf, taggedValue } from "./values.ts"
import { type Invalid, WalkTrace } from "./walkTrace.ts"

export class WalkRead extends WalkTrace {
  read(node: Layout.Node, scope: Scope | undefined): unknown {
    switch (node._tag) {
      case "Int":
      case "Varint":
        return this.whole(node, "value", node)
      case "Float":
        return this.float(node)
      case "Bits":
        return this.bits(node)
      case "Bytes":
      case "Text":
        return this.content(node, scope)
      case "Array":
        return this.array(node, scope)
      case "Struct":
        return this.struct(node, scope)
      case "Tagged":
        return this.tagged(node, scope)
      case "Enum":
        return this.enum(node)
      case "Flags":
        return this.flags(node)
      case "Optional":
        return this.optional(node, scope)
      case "Const":
        return this.const(node)
      case "ConstInt":
        return this.constInt(node)
      case "Padding":
        return this.padding(node)
      case "Computed":
      case "Checksum":
        return this.whole(node.of, "value", node)
      case "Pointer":
        return this.pointer(node, scope)
      case "Window":
        return this.window(node, scope)
      case "Suspend":
        return this.deeper(node)
      case "Transform":
        return this.transform(node, scope)
      case "Endianness":
        return this.endianness(node, scope)
    }
  }

  private float(node: Layout.Float): unknown {
    const size = node.bits / 8
    if (!this.need(size, node)) return invalid
    const start = this.p
    const little = this.isLittle(node.endian)
    this.p += size
    const value =
      node.bits === 64
        ? this.view.getFloat64(start, little)
        : node.bits === 32
          ? this.view.getFloat32(start, little)
          : readHalf(this.view, start, little)
    this.row(node, "value", start, size, value)
    return value
  }

  private bits(node: Layout.Bits): unknown {
    const size = bounds(node).min
    if (!this.need(size, node)) return invalid
    const start = this.p
    const value: Record<string, unknown> = {}
    const row = this.row(node, "value", start, size, value)
    const where = pieces(node)
    for (let i = 0; i < node.fields.length; i++) {
      const field = node.fields[i]!
      const part = readBits(this.view, start, where[i]!, field.bits, field.signed)
      if (field.value === undefined) assign(value, field.name, part)
      else if (Number(part) !== field.value) {
        this.path.push(field.name)
        const stop = this.flag("ConstantMismatch", start, String(field.value), String(part), row)
        this.path.pop()
        if (stop) return invalid
      }
    }
    this.p += size
    return value
  }

  private content(node: Layout.Bytes | Layout.Text, scope: Scope | undefined): unknown {
    const end = this.extent(node.length, node, scope)
    if (end === invalid) return invalid
    if (end === null) return null
    const start = this.p
    let value: unknown
    if (node._tag === "Bytes")
      value = this.settings.copy ? this.bytes.slice(start, end) : this.bytes.subarray(start, end)
    else value = encodingOf(node).read(this.bytes, start, end, this.little)
    const row = this.row(node, "value", start, end - start, value)
    if (
      value === undefined &&
      this.flag("InvalidUtf8", start, `${(node as Layout.Text).encoding} text`, "malformed bytes", row)
    ) {
      return invalid
    }
    this.p = end
    this.terminator(node.length, node)
    return value
  }

  private array(node: Layout.Array, scope: Scope | undefined): unknown {
    const { length } = node
    const start = this.p
    const items: Array<unknown> = []
    const row = this.row(node, "value", start, 0, items)
    let count = Infinity
    const outer = this.end
    if (length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")) {
      if (length._tag !== "Terminated") {
        const end = this.extent(length, node, scope)
        if (end === invalid || end === null) return end
        this.end = end
      }
    } else {
      const n = this.count(length, bounds(node.of).min, "element", node, scope)
      if (n === invalid || n === null) return n
      count = n
    }
    while (items.length < count) {
      if (length._tag === "Terminated") {
        if (matches(this.bytes, length.terminator, this.p, this.end)) break
        if (this.p === this.end) return this.fail("MissingTerminator", this.p, typeName(node), "the end", node)
      } else if (count === Infinity && this.p === this.end) break
      if (items.length === this.settings.limits.maxElements) {
        return this.fail(
          "LimitExceeded",
          this.p,
          `at most ${plural(this.settings.limits.maxElements, "element")}`,
          "more",
          node
        )
      }
      const before = this.p
      this.path.push(items.length)
      let item = this.read(node.of, scope)
      if (item !== invalid && this.p === before && count === Infinity)
        item = this.fail("InvalidLength", before, "an element of at least one byte", "0 bytes", node)
      this.path.pop()
      if (row !== undefined) row.size = this.p - start
      if (item === invalid) return invalid
      items.push(item)
    }
    this.terminator(length, node)
    if ("unit" in length && length.unit === "bytes") this.end = outer
    if (row !== undefined) row.size = this.p - start
    return items
  }

  private struct(node: Layout.Struct, parent: Scope | undefined): unknown {
    const start = this.p
    const value: Record<string, unknown> = {}
    const row = this.row(node, "value", start, 0, value)
    const scope: Scope = { fields: new Map(), parent }
    const rows: Array<Row | undefined> = []
    for (const field of node.fields) {
      this.path.push(field.name)
      const first = this.rows?.length ?? 0
      const known: Known = { value: undefined, start: this.p, end: this.p, tag: undefined }
      const read = this.read(field.node, scope)
      if (read === invalid) {
        if (row !== undefined) row.size = this.p - start
        this.path.pop()
        return invalid
      }
      this.path.pop()
      known.value = numberOf(field.node, read)
      known.end = this.p
      known.tag = tagOf(field.node, read)
      scope.fields.set(field.name, known)
      rows.push(this.rows?.[first])
      if (!isHidden(field.node)) assign(value, field.name, read)
    }
    if (row !== undefined) row.size = this.p - start
    for (let i = 0; i < node.fields.length; i++)
      if (this.verify(node.fields[i]!.name, node.fields[i]!.node, scope, rows[i])) return invalid
    return value
  }

  /** Whether a computed field or a checksum does not hold. */
  private verify(name: string, node: Layout.Node, scope: Scope, row: Row | undefined): boolean {
    if (node._tag === "Endianness") return this.verify(name, node.of, scope, row)
    if (node._tag !== "Computed" && node._tag !== "Checksum") return false
    const known = scope.fields.get(name)!
    const actual = Number(known.value)
    const computed = node._tag === "Computed" ? this.evaluate(node.expr, scope) : this.sum(node, known, scope)
    const expected = computed === invalid ? "a safe integer" : Number(computed)
    if (actual === expected) return false
    this.path.push(name)
    const reason = node._tag === "Computed" ? "ComputedMismatch" : "ChecksumMismatch"
    const stop = this.flag(reason, known.start, `${expected} (${typeName(node)})`, String(actual), row)
    this.path.pop()
    return stop
  }

  private sum(node: Layout.Checksum, own: Known, scope: Scope): number {
    const from = scope.fields.get(node.from)!.start
    const to = node.to === undefined ? own.start : scope.fields.get(node.to)!.start
    return checksum(node, this.bytes, from, to, own.start, own.end)
  }

  private tagged(node: Layout.Tagged, scope: Scope | undefined): unknown {
    const start = this.p
    let tag: number
    let row: Row | undefined
    if (node.tag._tag === "Outside") {
      const outside = this.evaluate(node.tag.expr, scope)
      if (outside === invalid) return this.fail("InvalidTag", start, "a safe integer", "a larger number", node)
      tag = Number(outside)
    } else {
      if (node.tag._tag === "Inside") {
        this.p += node.tag.offset
        if (this.p > this.end) {
          this.p = start
          this.need(node.tag.offset + 1, node)
          return invalid
        }
      }
      const read = node.tag._tag === "Inside" ? this.peek(node.tag.of) : this.whole(node.tag.of, "tag", node)
      if (read === invalid) return invalid
      tag = Number(read)
      if (node.tag._tag === "Inside") this.p = start
      else row = this.rows?.at(-1)
    }
    const found = node.cases.find((each) => tag >= each.from && tag <= each.to)
    if (found === undefined) {
      const known = node.cases.map((each) => (each.from === each.to ? String(each.from) : `${each.from}-${each.to}`))
      return this.fail("InvalidTag", start, `a tag of ${known.join(", ")}`, String(tag), node, row)
    }
    const inner = this.read(found.node, scope)
    if (inner === invalid) return invalid
    if (node.tag._tag === "Inside" && this.p - start < node.tag.offset + node.tag.of.bits / 8)
      return this.fail("InvalidTag", start, "a case that holds its tag", plural(this.p - start, "byte"), node)
    return taggedValue(found, inner)
  }

  private peek(of: Layout.Int): number | bigint | Invalid {
    const rows = this.rows?.length ?? 0
    const value = this.whole(of, "tag", of)
    if (value !== invalid) this.rows?.splice(rows)
    return value
  }

  private enum(node: Layout.Enum): unknown {
    const start = this.p
    const raw = this.whole(node.of, "value", node)
    if (raw === invalid) return invalid
    const named = node.names.find(([, value]) => value === Number(raw))
    if (named !== undefined) {
      const row = this.rows?.at(-1)
      if (row !== undefined) row.value = named[0]
      return named[0]
    }
    if (node.open) return raw
    const expected = node.names
      .map(([name, value]) => (name === value ? String(value) : `${value} (${name})`))
      .join(", ")
    return this.flag("InvalidTag", start, `one of ${expected}`, String(raw), this.rows?.at(-1)) ? invalid : raw
  }

  private flags(node: Layout.Flags): unknown {
    const start = this.p
    const raw = this.whole(node.of, "value", node)
    if (raw === invalid) return invalid
    const value: Record<string, unknown> = {}
    let rest = BigInt.asUintN(node.of.bits, BigInt(raw))
    for (const [name, mask] of node.names) {
      const bits = BigInt(mask)
      assign(value, name, (rest & bits) !== 0n)
      rest &= ~bits
    }
    const row = this.rows?.at(-1)
    if (row !== undefined) row.value = value
    if (
      rest !== 0n &&
      this.flag("ConstantMismatch", start, "zero in the bits without a name", `0x${rest.toString(16)}`, row)
    )
      return invalid
    return value
  }

  private optional(node: Layout.Optional, scope: Scope | undefined): unknown {
    const { presence } = node
    if (presence._tag === "Trailing") return this.p < this.end ? this.read(node.of, scope) : undefined
    if (presence._tag === "When") {
      const there = this.evaluate(presence.expr, scope)
      if (there === invalid) return this.fail("OutOfRange", this.p, "a safe integer", "a larger number", node)
      return there ? this.read(node.of, scope) : undefined
    }
    const start = this.p
    const flag = this.whole(presence.of, "presence", node)
    if (flag === invalid) return invalid
    if (flag !== 0 && flag !== 1) return this.fail("InvalidTag", start, "0 or 1", String(flag), node, this.rows?.at(-1))
    return flag === 1 ? this.read(node.of, scope) : undefined
  }

  private const(node: Layout.Const): unknown {
    const start = this.p
    if (!this.need(node.bytes.length, node)) return invalid
    const actual = this.bytes.subarray(start, start + node.bytes.length)
    const row = this.row(node, "value", start, node.bytes.length, actual)
    this.p += node.bytes.length
    if (
      !matches(this.bytes, node.bytes, start, this.end) &&
      this.flag("ConstantMismatch", start, hexText(node.bytes), hexText(actual), row)
    ) {
      return invalid
    }
    return undefined
  }

  private constInt(node: Layout.ConstInt): unknown {
    const start = this.p
    const value = this.whole(node.of, "value", node)
    if (value === invalid) return invalid
    return value !== node.value &&
      this.flag("ConstantMismatch", start, String(node.value), String(value), this.rows?.at(-1))
      ? invalid
      : undefined
  }

  private padding(node: Layout.Padding): unknown {
    const start = this.p
    const size = paddingSize(node, start - this.base, this.base)
    if (!this.need(size, node)) return invalid
    const row = this.row(node, "value", start, size, undefined)
    this.p += size
    if (!node.verify) return undefined
    for (let i = start; i < this.p; i++) {
      if (this.bytes[i] === node.fill) continue
      const expected = `padding of ${hexText([node.fill])}`
      return this.flag("ConstantMismatch", start, expected, hexText([this.bytes[i]!]), row) ? invalid : undefined
    }
    return undefined
  }

  private deeper(node: Layout.Suspend): unknown {
    if (this.depth === this.settings.limits.maxDepth) {
      return this.fail(
        "DepthExceeded",
        this.p,
        `at most ${this.settings.limits.maxDepth} levels of ${node.name}`,
        "more",
        node
      )
    }
    this.depth++
    const value = this.read(node.of(), undefined)
    this.depth--
    return value
  }

  private pointer(node: Layout.Pointer, scope: Scope | undefined): unknown {
    const { maxBytes, maxPointers } = this.settings.limits
    const offset = this.evaluate(node.at, scope)
    const from = node.origin === "message" ? this.base : 0
    const target = Number(offset === invalid ? NaN : offset) + from
    if (++this.pointers > maxPointers)
      return this.fail("LimitExceeded", this.p, `at most ${plural(maxPointers, "pointer")}`, "more", node)
    if (!(target >= from && target <= this.messageEnd && Number.isInteger(target))) {
      return this.fail(
        "InvalidPointer",
        this.p,
        `an offset within the ${plural(this.messageEnd, "byte")} there are`,
        String(target),
        node
      )
    }
    const { end, p } = this
    this.p = target
    this.end = this.messageEnd
    const value = this.read(node.of, scope)
    this.pointed += this.p - target
    this.p = p
    this.end = end
    if (value !== invalid && this.pointed > maxBytes)
      return this.fail("LimitExceeded", p, `at most ${plural(maxBytes, "byte")} behind pointers`, "more", node)
    return value
  }

  private window(node: Layout.Window, scope: Scope | undefined): unknown {
    const at = this.p
    const end = this.extent(node.length, node, scope)
    if (end === invalid || end === null) return end
    const outer = this.end
    this.end = end
    const start = this.p
    let value: unknown
    if (node.lazy && this.rows !== undefined) this.peer(node.of, end)
    else if (node.lazy) {
      const content = this.settings.copy ? this.bytes.slice(start, end) : this.bytes.subarray(start, end)
      value = this.settings.lazy(content, node.of, this.little)
      this.p = end
    } else {
      value = this.read(node.of, scope)
      if (this.p < end && value !== invalid) {
        if (node.rest === "skip") this.unread(end)
        else value = this.trailing(value)
      } else if (value === invalid && this.rows !== undefined && end > at) {
        // The window says where the next field starts, whatever went wrong inside.
        this.unread(end)
        value = undefined
      }
    }
    if (value === invalid) return invalid
    this.p = end
    this.end = outer
    this.terminator(node.length, node)
    return value
  }

  /** Traces what a lazy window holds as it will be read: by itself. Its faults are not those of the message. */
  private peer(node: Layout.Node, end: number): void {
    const { base, depth, fault, later, messageEnd, p, pointed, pointers } = this
    Object.assign(this, { base: p, depth: 0, later: true, messageEnd: end, pointed: 0, pointers: 0 })
    if (this.read(node, undefined) === invalid) this.unread(end)
    else if (this.p < end) this.trailing(undefined)
    Object.assign(this, { base, depth, fault, later, messageEnd, pointed, pointers })
  }

  private transform(node: Layout.Transform, scope: Scope | undefined): unknown {
    const start = this.p
    const first = this.rows?.length ?? 0
    const inner = this.read(node.of, scope)
    if (inner === invalid) return invalid
    let why = ""
    const value = converter(node).decode(inner, (reason) => (why = reason))
    if (value !== invalid) return value
    return this.flag("CheckFailed", start, "a value that the schema takes", why, this.rows?.[first])
      ? invalid
      : undefined
  }

  private endianness(node: Layout.Endianness, scope: Scope | undefined): unknown {
    const outer = this.little
    const little = typeof node.little === "boolean" ? node.little : this.evaluate(node.little, scope)
    if (little === invalid) return this.fail("OutOfRange", this.p, "a safe integer", "a larger number", node)
    this.little = Boolean(little)
    const value = this.read(node.of, scope)
    this.little = outer
    return value
  }
}
