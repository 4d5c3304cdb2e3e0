/**
 * Generates the writer of a layout: straight-line code into the caller's bytes.
 *
 * Every node is written under the invariant of the reader, for room instead of bytes: `end - position >= bounds(node).min +
 * rest`. A function gives the end position, -1 where there is no room, or -2 where the value cannot be written.
 */
import type * as Layout from "../Layout.ts"
import { type Expr, dependsOnRemaining } from "../Expr.ts"
import { isHidden } from "../Layout.ts"
import type { Settings } from "./Settings.ts"
import { type Module, type Prologue, Source, quote } from "./Source.ts"
import { bounds } from "./bounds.ts"
import { type Local, emitExpr, isEnum, pendingIn, positioned, span, tagIn } from "./emitExpr.ts"
import { EmitNumbers, type Owner, type Place } from "./emitNumbers.ts"
import { Names, access, literal, littleOf, parameterOrder } from "./emitted.ts"
import { range, varintRange } from "./number.ts"
import { codeUnit } from "./text.ts"
import { converter } from "./transform.ts"
import { computedOf, typed } from "./walkWrite.ts"

/** `base` is where the message starts, `origin` where the target does. */
const parameters = "m, o, p, e, base, origin, little, depth"

const prologue: Prologue = [
  ["view", "m.view"],
  ["bytes", "m.bytes"]
]

/** A layout whose checks depend on computed fields from within an array: the closures carry those, generated code does not. */
export class NotGenerated extends Error {}

export class EmitWrite extends EmitNumbers {
  readonly settings: Settings
  readonly module: Module
  private readonly names = new Names("write")
  protected source: Source
  private lastTag: string | undefined

  constructor(settings: Settings, module: Module) {
    super()
    this.settings = settings
    this.module = module
    this.source = new Source(module)
  }

  /** The name of the function that writes a node in a byte order; generated on first use, so that it may call itself. */
  function(node: Layout.Node, order: string): string {
    const little = parameterOrder(order)
    const [name, known] = this.names.of(node, little)
    if (known) return name
    const outer = this.source
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    if (min > 0) source.line(`if (e - p < ${min}) return -1`)
    this.write(node, "o", 0, { little, scope: undefined, repeated: false })
    source.line(`return ${source.at()}`)
    this.module.functions.push(source.function(name, parameters, prologue))
    this.source = outer
    return name
  }

  /** The writer of whole messages: the same code with the call's own positions, so that nothing is passed on. */
  root(node: Layout.Node): void {
    const source = (this.source = new Source(this.module))
    source.line(`if (e - p < ${bounds(node).min}) return -1`)
    if (this.module.outruns) source.line("last = -1")
    this.write(node, "o", 0, { little: "false", scope: undefined, repeated: false })
    source.flush()
    if (this.module.outruns) this.fail("last >= 0 && last !== p")
    if (bounds(node).max > this.settings.limits.maxBytes) this.fail(`p - base > ${this.settings.limits.maxBytes}`)
    source.line(`return p - origin`)
    this.module.functions.push(
      source.function(
        "write",
        "o, target, start",
        [
          ...prologue,
          ["origin", "m.offset"],
          ["base", "origin + start"],
          ["e", "origin + target.length"],
          ["depth", "0"],
          ["let p", "base"]
        ],
        "let m = M.write",
        "if (m.source !== target) m = R.writable(target)"
      )
    )
  }

  private write(node: Layout.Node, value: string, rest: number, place: Place): void {
    switch (node._tag) {
      case "Int":
        this.isInt(node, value)
        return this.int(node, value, place)
      case "Float":
        return this.float(node, value, place)
      case "Varint":
        return this.varint(node, value, rest)
      case "Bits":
        return this.bits(node, value)
      case "Bytes":
        return this.bytes(node, value, rest, place)
      case "Text":
        return this.text(node, value, rest, place)
      case "Array":
        return this.array(node, value, rest, place)
      case "Struct":
        return this.struct(node, value, rest, place)
      case "Tagged":
        return this.tagged(node, value, rest, place)
      case "Enum":
        return this.enum(node, value, rest, place)
      case "Flags":
        return this.flags(node, value, place)
      case "Optional":
        return this.optional(node, value, rest, place)
      case "Const":
        if (node.bytes.length > 16) {
          this.source.line(`bytes.set(${this.source.capture(node.bytes)}, ${this.source.at()})`)
        } else node.bytes.forEach((byte, i) => this.source.line(`bytes[${this.source.at(i)}] = ${byte}`))
        this.source.displacement += node.bytes.length
        return
      case "ConstInt":
        return this.int(node.of, literal(node.value), place)
      case "Padding":
        return this.padding(node, rest)
      case "Computed":
      case "Checksum":
        // Filled in when the rest of the struct stands.
        this.source.displacement += node.of.bits / 8
        return
      case "Pointer":
        return this.fail("true")
      case "Window":
        return this.window(node, value, rest, place)
      case "Suspend":
        return this.suspend(node, value, rest, place)
      case "Transform": {
        const inner = this.source.bind("v", `${this.source.capture(converter(node))}.encode(${value})`)
        this.fail(`${inner} === R.invalid`)
        return this.write(node.of, inner, rest, place)
      }
      case "Endianness":
        return this.write(node.of, value, rest, { ...place, little: this.ordered(node, place) })
    }
  }

  /** Checks a count of units against its place and writes its prefix, whose content is still to come. */
  private count(length: Layout.Length, n: string, rest: number, place: Place): void {
    if (length._tag === "Fixed") this.fail(`${n} !== ${length.value}`)
    else if (length._tag === "Computed")
      this.agrees(length.expr, n, (computed, actual) => `${computed} !== ${actual}`, place)
    else if (length._tag === "Prefixed") {
      const raw = this.prefixValue(length, n)
      if (length.prefix._tag === "Int") this.int(length.prefix, raw, place)
      else this.varint(length.prefix, raw, rest)
    }
  }

  /** The number in a prefix, checked; typed as the prefix wants it. */
  private prefixValue(length: Extract<Layout.Length, { _tag: "Prefixed" }>, n: string): string {
    const { source } = this
    const { prefix } = length
    const { max, min } = prefixRange(prefix)
    const checks = [`${n} > ${Math.min(length.max, max - length.plus)}`]
    const least = Math.max(length.min, min - length.plus)
    if (least > 0) checks.push(`${n} < ${least}`)
    if (length.absent !== undefined) checks.push(`${n} === ${length.absent - length.plus}`)
    this.fail(checks.join(" || "))
    const raw = length.plus === 0 ? n : source.bind("n", `${n} + ${length.plus}`)
    return prefix.type === "bigint" ? `BigInt(${raw})` : raw
  }

  /** Checks an expression against a number, now or when the computed fields it depends on are known. */
  private agrees(expr: Expr, actual: string, differ: (computed: string, actual: string) => string, place: Place): void {
    const { source } = this
    if (dependsOnRemaining(expr)) return
    const owner = pendingIn(expr, place.scope)
    if (owner === undefined) {
      const computed = source.bind("x", `+${emitExpr(source, expr, place.scope, "0", "-2")}`)
      return this.fail(differ(computed, actual))
    }
    if (place.repeated) throw new NotGenerated()
    const seen = source.hoist("h", "-1")
    source.line(`${seen} = ${actual}`)
    const kept: Owner = { fields: new Map(), parent: owner, waiting: [] }
    const later = this.keep(expr, place, kept)
    owner.waiting.push(() =>
      source.block(`if (${seen} !== -1)`, () => this.agrees(later, seen, differ, { ...place, scope: kept }))
    )
  }

  /** An expression for later: what it reads now is kept in variables of the whole function, for this place may be within a block. */
  private keep(expr: Expr, place: Place, kept: Owner): Expr {
    if (expr._tag === "Operation")
      return { ...expr, left: this.keep(expr.left, place, kept), right: this.keep(expr.right, place, kept) }
    if (expr._tag !== "Field" || pendingIn(expr, place.scope) !== undefined) return expr
    const value = this.source.hoist("h", "0")
    this.source.line(`${value} = ${emitExpr(this.source, expr, place.scope, "0", "-2")}`)
    const node: Layout.Int = { _tag: "Int", bits: 64, signed: true, endian: "big", type: "number" }
    kept.fields.set(value, { value, node, start: undefined, end: undefined, tag: undefined })
    return { _tag: "Field", path: [value] }
  }

  /** Wraps the code for a value that may be `null`. */
  private nullable(length: Layout.Length, value: string, rest: number, place: Place, body: () => void): void {
    if (length._tag !== "Prefixed" || length.absent === undefined) return body()
    const { absent, prefix } = length
    const raw = literal(typed(prefix, absent))
    this.source.block(
      `if (${value} === null)`,
      () => {
        if (prefix._tag === "Int") this.int(prefix, raw, place)
        else this.varint(prefix, raw, rest)
      },
      "} else {"
    )
    body()
    this.source.flush()
    this.source.line("}")
  }

  private terminator(length: Layout.Length, rest: number): void {
    if (length._tag !== "Terminated") return
    const { source } = this
    this.ensure(length.terminator.length + rest)
    length.terminator.forEach((byte, i) => source.line(`bytes[${source.at(i)}] = ${byte}`))
    source.displacement += length.terminator.length
  }

  private unterminated(length: Layout.Length, start: string, unit: number): void {
    if (length._tag !== "Terminated") return
    const { source } = this
    source.flush()
    // Its own terminator must be the first that a reader finds.
    this.fail(
      `R.find(bytes, ${source.capture(length.terminator)}, ${start}, p, ${unit}) !== p - ${length.terminator.length}`
    )
  }

  /** A reader takes what stands before to be the last of the window. */
  private mustEnd(): void {
    if (!this.module.outruns) return
    this.source.flush()
    this.source.line("if (last < 0) last = p")
  }

  /** A window of its own. */
  private closed(body: () => void): void {
    if (!this.module.outruns) return body()
    const { source } = this
    const outer = source.bind("l", "last")
    source.line("last = -1")
    body()
    source.flush()
    this.fail("last >= 0 && last !== p")
    source.line(`last = ${outer}`)
  }

  private bytes(node: Layout.Bytes, value: string, rest: number, place: Place): void {
    this.nullable(node.length, value, rest, place, () => {
      this.copy(node.length, value, this.bytesLength(value), rest, place)
    })
  }

  /** Checks that a value is bytes; gives its length. Once the engine has read the length it knows the class without asking. */
  private bytesLength(value: string): string {
    this.fail(`${value} == null`)
    const n = this.source.bind("n", `${value}.length`)
    this.fail(`!(${value} instanceof Uint8Array)`)
    return n
  }

  /** Writes a length and the bytes behind it. */
  private copy(length: Layout.Length, value: string, n: string, rest: number, place: Place): void {
    const { source } = this
    this.count(length, n, rest, place)
    source.flush()
    if (length._tag !== "Fixed") this.room(n, rest)
    const start = length._tag === "Terminated" ? source.bind("s", "p") : ""
    // A call into the platform costs more than a few bytes of copying.
    source.line(`if (${n} < 16) for (let i = 0; i < ${n}; i++) bytes[p + i] = ${value}[i]; else bytes.set(${value}, p)`)
    source.line(`p += ${n}`)
    this.terminator(length, rest)
    this.unterminated(length, start, 1)
    if (length._tag === "Rest") this.mustEnd()
  }

  private text(node: Layout.Text, value: string, rest: number, place: Place): void {
    const { source } = this
    const { length } = node
    this.nullable(length, value, rest, place, () => {
      this.fail(`typeof ${value} !== "string"`)
      const encoding = quote(node.encoding)
      const late = length._tag === "Prefixed" && length.prefix._tag === "Int"
      if (!late) {
        const size = source.bind("n", `R.textSize(${encoding}, ${value})`)
        this.fail(`${size} < 0`)
        this.count(length, size, rest, place)
        source.flush()
      }
      const prefix = late ? source.bind("s", source.at()) : ""
      if (late) source.displacement += (length.prefix as Layout.Int).bits / 8
      source.flush()
      const start = source.bind("s", "p")
      source.line(
        `p = R.writeText(${encoding}, ${value}, bytes, p, e${rest === 0 ? "" : ` - ${rest}`}, ${place.little})`
      )
      source.line("if (p < 0) return p")
      if (late) {
        const size = source.bind("n", `p - ${start}`)
        this.int(length.prefix as Layout.Int, this.prefixValue(length, size), place, prefix)
      }
      this.terminator(length, rest)
      this.unterminated(length, start, codeUnit(node))
      if (length._tag === "Rest") this.mustEnd()
    })
  }

  private array(node: Layout.Array, value: string, rest: number, place: Place): void {
    const { source } = this
    const { length } = node
    const item = bounds(node.of)
    this.nullable(length, value, rest, place, () => {
      const { maxElements } = this.settings.limits
      const within =
        length._tag === "Prefixed" &&
        length.unit === "elements" &&
        prefixRange(length.prefix).max - length.plus <= maxElements
      this.fail(`!Array.isArray(${value})${within ? "" : ` || ${value}.length > ${maxElements}`}`)
      const n = source.bind("n", `${value}.length`)
      const open =
        length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")
      const starts = length._tag === "Terminated" ? source.bind("s", "[]") : undefined
      const items = () => {
        const fixed = item.min === item.max
        source.flush()
        if (fixed && item.min > 0) this.room(`${n} * ${item.min}`, rest)
        const i = source.fresh("i")
        source.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++)`, () => {
          if (!fixed) this.ensure(item.min + rest)
          if (starts !== undefined) source.line(`${starts}.push(p)`)
          const each = source.bind("f", `${value}[${i}]`)
          const before = open && item.min === 0 ? source.bind("p", "p") : undefined
          this.write(node.of, each, rest, { ...place, repeated: true })
          source.flush()
          if (before !== undefined) this.fail(`p === ${before}`)
        })
      }
      if ("unit" in length && length.unit === "bytes") return this.sized(length, rest, place, () => this.closed(items))
      this.count(length, n, rest, place)
      items()
      if (length._tag === "Rest") this.mustEnd()
      if (length._tag !== "Terminated") return
      this.terminator(length, rest)
      source.flush()
      this.fail(`R.misread(bytes, ${source.capture(length.terminator)}, ${starts}, p, base)`)
    })
  }

  private struct(node: Layout.Struct, value: string, rest: number, parent: Place): void {
    const { source } = this
    this.isRecord(value)
    const scope: Owner = { fields: new Map(), parent: parent.scope, waiting: [] }
    const place = { ...parent, scope }
    const marks = positioned(node.fields)
    const blank = (node: Layout.Node): Local => ({
      value: undefined,
      node,
      start: undefined,
      end: undefined,
      tag: undefined
    })
    for (const field of node.fields)
      if (computedOf(field.node) !== undefined) scope.fields.set(field.name, blank(field.node))
    let behind = rest + node.fields.reduce((sum, field) => sum + bounds(field.node).min, 0)
    for (const field of node.fields) {
      behind -= bounds(field.node).min
      const hidden = isHidden(field.node)
      const each = hidden ? "undefined" : source.bind("f", `${value}[${quote(field.name)}]`)
      const start = marks.has(field.name) ? source.bind("s", source.at()) : undefined
      this.write(field.node, each, behind, place)
      const end = marks.has(field.name) ? source.bind("s", source.at()) : undefined
      const known = computedOf(field.node) !== undefined ? undefined : isEnum(field.node) ? this.lastNumber : each
      scope.fields.set(field.name, { value: known, node: field.node, start, end, tag: tagIn(field.node, this.lastTag) })
    }
    for (const field of node.fields) this.computed(field.name, field.node, place)
    for (const check of scope.waiting) check()
    for (const field of node.fields) this.checksum(field.name, field.node, place)
  }

  private ordered(node: Layout.Endianness, place: Place): string {
    if (typeof node.little === "boolean") return String(node.little)
    if (pendingIn(node.little, place.scope) !== undefined)
      throw new Error("a byte order cannot depend on a computed field")
    return this.source.bind("l", `Boolean(${emitExpr(this.source, node.little, place.scope, "0", "-2")})`)
  }

  private computed(name: string, node: Layout.Node, place: Place & { readonly scope: Owner }): void {
    if (node._tag === "Endianness" && isHidden(node.of))
      return this.computed(name, node.of, { ...place, little: this.ordered(node, place) })
    if (node._tag !== "Computed") return
    const { source } = this
    const known = place.scope.fields.get(name)!
    const value = source.bind("c", `+${emitExpr(source, node.expr, place.scope, "0", "-2")}`)
    this.isInt(node.of, value)
    this.int(node.of, value, place, known.start)
    place.scope.fields.set(name, { ...known, value })
  }

  private checksum(name: string, node: Layout.Node, place: Place & { readonly scope: Owner }): void {
    if (node._tag === "Endianness" && isHidden(node.of))
      return this.checksum(name, node.of, { ...place, little: this.ordered(node, place) })
    if (node._tag !== "Checksum") return
    const { source } = this
    const { from, own, to } = span(node, place.scope.fields.get(name)!, place.scope)
    const value = source.bind(
      "c",
      `R.checksum(${source.capture(node)}, bytes, ${from}, ${to}, ${own.start}, ${own.end})`
    )
    this.int(node.of, value, place, own.start)
  }

  private tagged(node: Layout.Tagged, value: string, rest: number, place: Place): void {
    const { source } = this
    this.isRecord(value)
    const chosen = source.hoist("t", "0")
    const tag = source.bind("t", `${value}._tag`)
    source.flush()
    const start = node.tag._tag === "Inside" ? source.bind("s", "p") : ""
    node.cases.forEach((each, index) => {
      source.block(`${index === 0 ? "" : "else "}if (${tag} === ${quote(each.name)})`, () => {
        source.line(`${chosen} = ${each.from}`)
        if (node.tag._tag === "Before") {
          const raw = literal(typed(node.tag.of, each.from))
          if (node.tag.of._tag === "Int") this.int(node.tag.of, raw, place)
          else this.varint(node.tag.of, raw, rest)
        }
        const { min } = bounds(each.node)
        this.ensure(min + rest)
        if (each.node._tag === "Struct") this.struct(each.node, value, rest, place)
        else this.write(each.node, source.bind("f", `${value}.value`), rest, place)
        if (node.tag._tag === "Inside") this.inside(node.tag, node.cases, each, start, place)
      })
    })
    source.line("else return -2")
    this.lastTag = chosen
    if (node.tag._tag !== "Outside" || isTagOf(node.tag.expr, place)) return
    const of = source.capture(node.cases)
    this.agrees(node.tag.expr, chosen, (computed, actual) => `!R.sameCase(${of}, ${computed}, ${actual})`, place)
    this.lastTag = chosen
  }

  /** Checks that a case was written with one of its own tags. */
  private inside(
    tag: Extract<Layout.Tagged["tag"], { _tag: "Inside" }>,
    cases: ReadonlyArray<Layout.Case>,
    each: Layout.Case,
    start: string,
    place: Place
  ): void {
    if (isProved(tag, each)) return
    const { source } = this
    source.flush()
    const there = `p - ${start} >= ${tag.offset + tag.of.bits / 8}`
    const read = access(tag.of, `${start} + ${tag.offset}`, littleOf(tag.of.endian, place))
    const written = `${there} ? Number(${read}) : NaN`
    this.misread(`!R.sameCase(${source.capture(cases)}, ${written}, ${each.from})`, start)
  }

  /** Refuses bytes that would not read back; leaves their place for the slow pass, which has no bytes to see it in. */
  private misread(condition: string, start: string): void {
    this.source.line(`if (${condition}) { R.cursor.next = ${start} - base; return -2 }`)
  }

  private optional(node: Layout.Optional, value: string, rest: number, place: Place): void {
    const { source } = this
    const { presence } = node
    const there = `${value} !== undefined`
    if (presence._tag === "When") {
      this.agrees(
        presence.expr,
        source.bind("n", `${there} ? 1 : 0`),
        (computed, actual) => `(${computed} ? 1 : 0) !== ${actual}`,
        place
      )
    } else if (presence._tag === "Flagged") this.int(presence.of, `(${there} ? 1 : 0)`, place)
    source.block(`if (${there})`, () => {
      this.ensure(bounds(node.of).min + rest)
      const before = presence._tag === "Trailing" && bounds(node.of).min === 0 ? source.bind("p", "p") : undefined
      this.write(node.of, value, rest, place)
      if (before !== undefined) this.fail(`${source.at()} === ${before}`)
    })
    if (presence._tag === "Trailing" && this.module.outruns) source.line(`if (!(${there}) && last < 0) last = p`)
  }

  private padding(node: Layout.Padding, rest: number): void {
    const { source } = this
    const { amount } = node
    if (amount._tag === "Fixed") {
      source.line(`bytes.fill(${node.fill}, ${source.at()}, ${source.at(amount.value)})`)
      source.displacement += amount.value
      return
    }
    source.flush()
    const from = amount.origin === "message" ? "base" : "origin"
    const size = source.bind("n", `(${amount.to} - (p - ${from}) % ${amount.to}) % ${amount.to}`)
    this.room(size, rest)
    source.line(`bytes.fill(${node.fill}, p, p + ${size})`)
    source.line(`p += ${size}`)
  }

  private window(node: Layout.Window, value: string, rest: number, place: Place): void {
    const { source } = this
    const { length } = node
    this.nullable(length, value, rest, place, () => {
      if (node.lazy) {
        const content = source.bind("v", `${value}?.bytes`)
        return this.copy(length, content, this.bytesLength(content), rest, place)
      }
      this.sized(length, rest, place, () => {
        source.flush()
        this.ensure(bounds(node.of).min + rest)
        this.closed(() => this.write(node.of, value, rest, place))
        source.flush()
      })
      if (length._tag === "Rest") this.mustEnd()
    })
  }

  /** Content whose length in bytes is known only when it stands. */
  private sized(length: Layout.Length, rest: number, place: Place, body: () => void): void {
    const { source } = this
    if (length._tag !== "Prefixed") {
      source.flush()
      const start = source.bind("s", "p")
      body()
      this.count(length, source.bind("n", `p - ${start}`), rest, place)
      if (length._tag !== "Terminated") return
      this.terminator(length, rest)
      source.flush()
      const found = `R.find(bytes, ${source.capture(length.terminator)}, ${start}, p, 1)`
      return this.misread(`${found} !== p - ${length.terminator.length}`, start)
    }
    const { prefix } = length
    const at = source.bind("s", source.at())
    // A varint is taken to need one byte; content is moved where it needs more.
    source.displacement += prefix._tag === "Int" ? prefix.bits / 8 : 1
    source.flush()
    const start = source.bind("s", "p")
    body()
    const raw = this.prefixValue(length, source.bind("n", `p - ${start}`))
    if (prefix._tag === "Int") return this.int(prefix, raw, place, at)
    const content = source.bind("n", raw)
    const more = source.bind("n", `R.varintSize(${content}, ${source.capture(prefix)}) - 1`)
    source.block(`if (${more} > 0)`, () => {
      this.room(more, rest)
      source.line(`bytes.copyWithin(${start} + ${more}, ${start}, p)`)
      source.line(`p += ${more}`)
    })
    source.line(`R.writeVarint(bytes, ${at}, e, ${content}, ${source.capture(prefix)})`)
  }

  private suspend(node: Layout.Suspend, value: string, rest: number, place: Place): void {
    const { source } = this
    source.flush()
    this.fail(`depth === ${this.settings.limits.maxDepth}`)
    const name = this.function(node.of(), place.little)
    source.line(`p = ${name}(m, ${value}, p, e, base, origin, ${place.little}, depth + 1)`)
    source.line("if (p < 0) return p")
    this.ensure(rest)
  }
}

/** Whether a constant of a case is its tag. */
const isProved = (tag: Extract<Layout.Tagged["tag"], { _tag: "Inside" }>, each: Layout.Case): boolean => {
  let at = 0
  for (const { node } of each.node._tag === "Struct" ? each.node.fields : []) {
    if (at === tag.offset && node._tag === "ConstInt")
      return node.of.bits === tag.of.bits && node.of.endian === tag.of.endian && Number(node.value) === each.from
    const { max, min } = bounds(node)
    if (max !== min) return false
    at += min
  }
  return false
}

/** Whether an outside tag is itself computed from the union, so that it cannot disagree. */
const isTagOf = (expr: Expr, place: Place): boolean => {
  if (expr._tag !== "Field" || expr.path.length > 1) return false
  const known = place.scope?.fields.get(expr.path[0])
  const computed = known === undefined ? undefined : computedOf(known.node)
  return computed?.expr._tag === "TagOf"
}

const prefixRange = (prefix: Layout.Int | Layout.Varint): { readonly min: number; readonly max: number } => {
  const { max, min } = prefix._tag === "Int" ? range(prefix) : varintRange(prefix)
  return { min: Number(min), max: Number(max) }
}
