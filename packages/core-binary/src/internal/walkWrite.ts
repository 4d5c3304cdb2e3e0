/**
 * The slow pass of writing: the size of a value, or what keeps it from being written, with the path. It writes nothing.
 */
import { type EncodeError, type EncodeReason, makeEncodeError } from "../BinaryError.ts"
import { dependsOnRemaining, type Expr } from "../Expr.ts"
import type * as Layout from "../Layout.ts"
import { isHidden } from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { invalid } from "./invalid.ts"
import { isWhole, range, varintRange, varintSize } from "./number.ts"
import { evaluateIn, type Known, pending, type Scope } from "./scope.ts"
import type { Settings } from "./Settings.ts"
import { codeUnit, textSize, writeText } from "./text.ts"
import { converter } from "./transform.ts"
import { typeName } from "./typeName.ts"
import { find } from "./spans.ts"
import { numberOf, paddingSize, tagOf } from "./values.ts"

/** A value as an error message shows it. */
const show = (value: unknown): string => {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)
  if (Object.is(value, -0)) return "-0"
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "an object"
  return typeof value === "bigint" ? `${value}n` : String(value)
}

interface Measure extends Scope {
  /** Checks that wait for this struct's computed fields. */
  readonly waiting: Array<() => boolean>
  readonly parent: Measure | undefined
}

export class WalkWrite {
  readonly settings: Settings
  readonly path: Array<string | number> = []
  /** Where bytes were found that would not read back, by a pass that writes them; -1 where none were looked for. */
  private readonly misread: number
  /** Where in its target the message starts. */
  private readonly start: number
  /** Where content stands that a reader takes to the end of the window. */
  private last: { readonly p: number; readonly path: ReadonlyArray<string | number> } | undefined
  /** Checks that wait for the end of the window. */
  private open: Array<() => boolean> = []
  p = 0
  depth = 0
  fault: EncodeError | undefined
  /** Whether only the bytes can show that the value would read back. */
  unproved = false

  constructor(settings: Settings, start = 0, misread = -1) {
    this.settings = settings
    this.start = start
    this.misread = misread
  }

  /** The size of a value in bytes, or -1 and a fault. */
  message(node: Layout.Node, value: unknown): number {
    if (!this.closed(() => this.write(node, value, undefined))) return -1
    if (this.p <= this.settings.limits.maxBytes) return this.p
    this.fail("LimitExceeded", `at most ${this.settings.limits.maxBytes} bytes`, String(this.p))
    return -1
  }

  private fail(reason: EncodeReason, expected: string, actual: string): false {
    this.fault ??= makeEncodeError(reason, this.p, [...this.path], expected, actual)
    return false
  }

  private mustEnd(): true {
    this.last ??= { p: this.p, path: [...this.path] }
    return true
  }

  /** Writes a window of its own: nothing may stand behind what a reader takes to its end. */
  private closed(body: () => boolean): boolean {
    const outer = this.last
    const waiting = this.open
    this.last = undefined
    this.open = []
    if (!body() || !this.open.every((check) => check())) return false
    this.open = waiting
    const last = this.last as WalkWrite["last"]
    if (last !== undefined && last.p !== this.p) {
      this.path.splice(0, Infinity, ...last.path)
      this.p = last.p
      return this.fail("Unrepresentable", "the end of the window", "more behind it")
    }
    this.last = outer
    return true
  }

  private at(key: string | number, write: () => boolean): boolean {
    this.path.push(key)
    const done = write()
    if (done) this.path.pop()
    return done
  }

  private whole(node: Layout.Int | Layout.Varint, value: unknown): boolean {
    const { max, min } = node._tag === "Int" ? range(node) : varintRange(node)
    const expected = `a ${node.type} from ${min} to ${max}`
    if (typeof value !== node.type) return this.fail("InvalidType", expected, show(value))
    const fits = typeof value === "bigint" ? value >= min && value <= max : isWhole(value, Number(min), Number(max))
    if (!fits) return this.fail("OutOfRange", expected, show(value))
    this.p += node._tag === "Int" ? node.bits / 8 : varintSize(value, node)
    return true
  }

  /** The size of a length's own bytes before its content is known; a varint's is added when it is. */
  private reserve(length: Layout.Length): void {
    if (length._tag === "Prefixed" && length.prefix._tag === "Int") this.p += length.prefix.bits / 8
  }

  /** Checks a length, `count` units, against what its place says, and counts a varint's bytes and a terminator's. */
  private length(length: Layout.Length, count: number, scope: Measure | undefined): boolean {
    switch (length._tag) {
      case "Fixed":
        return count === length.value || this.fail("InvalidLength", String(length.value), String(count))
      case "Prefixed": {
        if (count < length.min || count > length.max) {
          return this.fail("InvalidLength", `a length from ${length.min} to ${length.max}`, String(count))
        }
        const raw = count + length.plus
        const { max, min } = length.prefix._tag === "Int" ? range(length.prefix) : varintRange(length.prefix)
        if (raw < min || raw > max || raw === length.absent) {
          return this.fail("InvalidLength", `a length that ${typeName(length.prefix)} holds`, String(count))
        }
        if (length.prefix._tag === "Varint") this.p += varintSize(typed(length.prefix, raw), length.prefix)
        return true
      }
      case "Computed":
        return this.agrees(length.expr, scope, (computed) => Number(computed) === count, "InvalidLength", String(count))
      case "Terminated":
        this.p += length.terminator.length
        return true
      case "Rest":
        return true
    }
  }

  /** Checks an expression now, or when the computed fields it depends on are known. */
  private agrees(
    expr: Expr,
    scope: Measure | undefined,
    holds: (computed: number | boolean) => boolean,
    reason: EncodeReason,
    actual: string
  ): boolean {
    const path = [...this.path]
    const offset = this.p
    let remaining = Infinity
    const check = (): boolean => {
      const computed = evaluateIn(expr, scope, 0, remaining)
      if (computed === pending) {
        let owner = scope!
        while (owner.parent !== undefined && ![...owner.fields.values()].some((known) => known.value === pending))
          owner = owner.parent
        owner.waiting.push(check)
        return true
      }
      if (computed !== invalid && holds(computed)) return true
      this.fault ??= makeEncodeError(
        reason,
        offset,
        path,
        String(computed === invalid ? "a safe integer" : computed),
        actual
      )
      return false
    }
    if (!dependsOnRemaining(expr)) return check()
    // What remains of a window is known when all of it stands.
    this.open.push(() => {
      remaining = this.p - offset
      return check()
    })
    return true
  }

  write(node: Layout.Node, value: unknown, scope: Measure | undefined): boolean {
    switch (node._tag) {
      case "Int":
      case "Varint":
        return this.whole(node, value)
      case "Float":
        if (typeof value !== "number") return this.fail("InvalidType", "a number", show(value))
        this.p += node.bits / 8
        return true
      case "Bits":
        return this.bits(node, value)
      case "Bytes":
        return this.bytes(node, value, scope)
      case "Text":
        return this.text(node, value, scope)
      case "Array":
        return this.array(node, value, scope)
      case "Struct":
        return this.struct(node, value, scope)
      case "Tagged":
        return this.tagged(node, value, scope)
      case "Enum":
        return this.enum(node, value)
      case "Flags":
        return this.flags(node, value)
      case "Optional":
        return this.optional(node, value, scope)
      case "Const":
      case "ConstInt":
      case "Computed":
      case "Checksum":
        this.p += bounds(node).min
        return true
      case "Padding":
        this.p += paddingSize(node, this.p, this.start)
        return true
      case "Pointer":
        return this.fail(
          "Unrepresentable",
          "a layout with one encoding",
          "a pointer, whose target has no place of its own"
        )
      case "Window":
        return this.window(node, value, scope)
      case "Suspend": {
        if (this.depth === this.settings.limits.maxDepth) {
          return this.fail("DepthExceeded", `at most ${this.settings.limits.maxDepth} levels of ${node.name}`, "more")
        }
        this.depth++
        const done = this.write(node.of(), value, undefined)
        this.depth--
        return done
      }
      case "Transform": {
        let why = ""
        const inner = converter(node).encode(value, (reason) => (why = reason))
        if (inner === invalid) return this.fail("CheckFailed", "a value that the schema takes", why)
        return this.write(node.of, inner, scope)
      }
      case "Endianness":
        if (typeof node.little !== "boolean" && evaluateIn(node.little, scope, 0, Infinity) === invalid)
          return this.fail("OutOfRange", "a safe integer", "a larger number")
        return this.write(node.of, value, scope)
    }
  }

  private readsAsOther(): false {
    return this.fail("Unrepresentable", "bytes that read back", "bytes that read as something else")
  }

  private record(value: unknown): value is Record<string, unknown> {
    if (typeof value === "object" && value !== null) return true
    return this.fail("InvalidType", "an object", show(value))
  }

  private bits(node: Layout.Bits, value: unknown): boolean {
    if (!this.record(value)) return false
    for (const field of node.fields) {
      if (field.value !== undefined) continue
      const part = value[field.name]
      const type = field.bits > 53 ? "bigint" : "number"
      const { max, min } = range({ bits: field.bits as Layout.Int["bits"], signed: field.signed, type })
      const fits =
        typeof part === "bigint"
          ? type === "bigint" && part >= min && part <= max
          : type === "number" && isWhole(part, Number(min), Number(max))
      if (!fits)
        return this.at(field.name, () => this.fail("OutOfRange", `a ${type} from ${min} to ${max}`, show(part)))
    }
    this.p += bounds(node).min
    return true
  }

  /** Whether a null may stand for an absent value; then its prefix is counted. */
  private absent(length: Layout.Length, value: unknown): boolean {
    if (value !== null || length._tag !== "Prefixed" || length.absent === undefined) return false
    this.reserve(length)
    if (length.prefix._tag === "Varint") this.p += varintSize(typed(length.prefix, length.absent), length.prefix)
    return true
  }

  private bytes(node: Layout.Bytes, value: unknown, scope: Measure | undefined): boolean {
    if (this.absent(node.length, value)) return true
    if (!(value instanceof Uint8Array)) return this.fail("InvalidType", "a Uint8Array", show(value))
    if (!this.length(node.length, value.length, scope) || !this.unterminated(node.length, value)) return false
    this.reserve(node.length)
    this.p += value.length
    return node.length._tag !== "Rest" || this.mustEnd()
  }

  private unterminated(length: Layout.Length, content: Uint8Array, unit = 1): boolean {
    if (length._tag !== "Terminated" || terminatedAt(content, length.terminator, unit) === content.length) return true
    return this.fail("Unrepresentable", "content without its terminator", "content that would end early")
  }

  private text(node: Layout.Text, value: unknown, scope: Measure | undefined): boolean {
    if (this.absent(node.length, value)) return true
    if (typeof value !== "string") return this.fail("InvalidType", "a string", show(value))
    const size = textSize(node.encoding, value)
    if (size < 0) return this.fail("InvalidText", `text that ${node.encoding} can represent`, show(value))
    if (!this.length(node.length, size, scope)) return false
    if (node.length._tag === "Terminated") {
      const content = new Uint8Array(size)
      writeText(node.encoding, value, content, 0, size, false)
      if (!this.unterminated(node.length, content, codeUnit(node))) return false
    }
    this.reserve(node.length)
    this.p += size
    return node.length._tag !== "Rest" || this.mustEnd()
  }

  private array(node: Layout.Array, value: unknown, scope: Measure | undefined): boolean {
    const { length } = node
    if (this.absent(length, value)) return true
    if (!Array.isArray(value)) return this.fail("InvalidType", "an array", show(value))
    if (value.length > this.settings.limits.maxElements) {
      return this.fail("LimitExceeded", `at most ${this.settings.limits.maxElements} elements`, String(value.length))
    }
    const items = (): boolean => {
      for (let i = 0; i < value.length; i++) {
        this.path.push(i)
        const before = this.p
        if (length._tag === "Terminated" && before === this.misread) return this.readsAsOther()
        if (!this.write(node.of, value[i], scope)) return false
        const open =
          length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")
        if (open && this.p === before) return this.fail("Unrepresentable", "an element of at least one byte", "0 bytes")
        this.path.pop()
      }
      return true
    }
    if ("unit" in length && length.unit === "bytes") return this.sized(length, () => this.closed(items), scope)
    if (length._tag === "Terminated") {
      this.unproved = true
      return items() && this.length(length, value.length, scope)
    }
    if (!this.length(length, value.length, scope)) return false
    this.reserve(length)
    return items() && (length._tag !== "Rest" || this.mustEnd())
  }

  private struct(node: Layout.Struct, value: unknown, parent: Measure | undefined): boolean {
    if (!this.record(value)) return false
    const scope: Measure = { fields: new Map(), parent, waiting: [] }
    for (const field of node.fields)
      if (computedOf(field.node) !== undefined)
        scope.fields.set(field.name, { value: pending, start: 0, end: 0, tag: undefined })
    for (const field of node.fields) {
      const each = isHidden(field.node) ? undefined : value[field.name]
      const known: Known = scope.fields.get(field.name) ?? {
        value: numberOf(field.node, each),
        start: 0,
        end: 0,
        tag: tagOf(field.node, each)
      }
      known.start = this.p
      if (!this.at(field.name, () => this.write(field.node, each, scope))) return false
      known.end = this.p
      scope.fields.set(field.name, known)
    }
    for (const field of node.fields) {
      const computed = computedOf(field.node)
      if (computed === undefined) continue
      const known = scope.fields.get(field.name)!
      const result = evaluateIn(computed.expr, scope, 0, Infinity)
      known.value = typeof result === "boolean" ? Number(result) : result
      const after = this.p
      this.p = known.start
      const { max, min } = range(computed.of)
      if (!isWhole(known.value, Number(min), Number(max))) {
        return this.at(field.name, () =>
          this.fail(
            "OutOfRange",
            `a number from ${min} to ${max}`,
            String(known.value === invalid ? "no safe integer" : known.value)
          )
        )
      }
      this.p = after
    }
    return scope.waiting.every((check) => check())
  }

  private tagged(node: Layout.Tagged, value: unknown, scope: Measure | undefined): boolean {
    if (!this.record(value)) return false
    const found = node.cases.find((each) => each.name === value["_tag"])
    if (found === undefined)
      return this.fail("InvalidTag", `a _tag of ${node.cases.map((each) => each.name).join(", ")}`, show(value["_tag"]))
    if (node.tag._tag === "Outside") {
      const holds = (computed: number | boolean) =>
        node.cases.find((each) => Number(computed) >= each.from && Number(computed) <= each.to) === found
      if (!this.agrees(node.tag.expr, scope, holds, "InvalidTag", found.name)) return false
    } else if (node.tag._tag === "Inside") {
      this.unproved = true
      if (this.p === this.misread) return this.readsAsOther()
    } else this.whole(node.tag.of, typed(node.tag.of, found.from))
    const start = this.p
    if (!this.write(found.node, found.node._tag === "Struct" ? value : value["value"], scope)) return false
    if (node.tag._tag !== "Inside" || this.p - start >= node.tag.offset + node.tag.of.bits / 8) return true
    this.p = start
    return this.readsAsOther()
  }

  private enum(node: Layout.Enum, value: unknown): boolean {
    const named = node.names.find(([name]) => Object.is(name, value))
    if (named !== undefined) return this.whole(node.of, typed(node.of, named[1]))
    const unnamed =
      node.open && typeof value === node.of.type && !node.names.some(([, number]) => number === Number(value))
    if (unnamed) return this.whole(node.of, value)
    return this.fail("InvalidTag", `one of ${node.names.map(([name]) => show(name)).join(", ")}`, show(value))
  }

  private flags(node: Layout.Flags, value: unknown): boolean {
    if (!this.record(value)) return false
    for (const [name] of node.names) {
      if (typeof value[name] !== "boolean")
        return this.at(name, () => this.fail("InvalidType", "a boolean", show(value[name])))
    }
    this.p += node.of.bits / 8
    return true
  }

  private optional(node: Layout.Optional, value: unknown, scope: Measure | undefined): boolean {
    const { presence } = node
    const there = value !== undefined
    if (presence._tag === "When") {
      const holds = (computed: number | boolean) => Boolean(computed) === there
      if (!this.agrees(presence.expr, scope, holds, "InvalidPresence", there ? "a value" : "none")) return false
    } else if (presence._tag === "Flagged") this.p += presence.of.bits / 8
    if (!there) return presence._tag !== "Trailing" || this.mustEnd()
    const start = this.p
    if (!this.write(node.of, value, scope)) return false
    return (
      presence._tag !== "Trailing" ||
      this.p > start ||
      this.fail("Unrepresentable", "a value of at least one byte", "0 bytes")
    )
  }

  private window(node: Layout.Window, value: unknown, scope: Measure | undefined): boolean {
    if (this.absent(node.length, value)) return true
    if (node.length._tag === "Terminated") {
      this.unproved = true
      if (this.p === this.misread) return this.readsAsOther()
    }
    const body = (): boolean => {
      if (!node.lazy) return this.closed(() => this.write(node.of, value, scope))
      const content = (value as { readonly bytes?: unknown } | null | undefined)?.bytes
      if (!(content instanceof Uint8Array)) return this.fail("InvalidType", "a lazy value with its bytes", show(value))
      this.p += content.length
      return this.unterminated(node.length, content)
    }
    return this.sized(node.length, body, scope) && (node.length._tag !== "Rest" || this.mustEnd())
  }

  /** Content whose length in bytes is known only when it has been measured. */
  private sized(length: Layout.Length, body: () => boolean, scope: Measure | undefined): boolean {
    const at = this.p
    this.reserve(length)
    const start = this.p
    if (!body()) return false
    const end = this.p
    this.p = at
    if (!this.length(length, end - start, scope)) return false
    this.p += end - at
    return true
  }
}

/** A number as the type of its field. */
export const typed = (node: Layout.Int | Layout.Varint, value: number): number | bigint =>
  node.type === "bigint" ? BigInt(value) : value

/** The computed field behind a node, if it is one. */
export const computedOf = (node: Layout.Node): Layout.Computed | undefined =>
  node._tag === "Computed" ? node : node._tag === "Endianness" ? computedOf(node.of) : undefined

/** Where content ends when read back up to its terminator: its own length, unless it contains or overlaps it. */
export const terminatedAt = (content: Uint8Array, terminator: ReadonlyArray<number>, unit: number): number => {
  const whole = new Uint8Array(content.length + terminator.length)
  whole.set(content)
  whole.set(terminator, content.length)
  return find(whole, terminator, 0, whole.length, unit)
}
