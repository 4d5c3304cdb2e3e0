/**
 * Generates the reader of a layout: straight-line code that carries no path and throws nothing.
 *
 * Every node is read under one invariant: `end - position >= bounds(node).min + rest`, where `rest` is the least that
 * everything behind it in the same window needs. One check at the entry and one for each length establish it.
 */
import type * as Layout from "../Layout.ts"
import { type Expr } from "../Expr.ts"
import { isHidden } from "../Layout.ts"
import type { Settings } from "./Settings.ts"
import { type Module, Source, property, quote } from "./Source.ts"
import { bounds } from "./bounds.ts"
import { emitBits } from "./emitBits.ts"
import { type Local, type Locals, emitExpr, isEnum, positioned, span, tagIn } from "./emitExpr.ts"
import {
  Names,
  type Place,
  access,
  flag,
  literal,
  literalName,
  littleOf,
  parameterOrder,
  parameters,
  prologue,
  tableOf
} from "./emitted.ts"
import { range } from "./number.ts"
import { codeUnit } from "./text.ts"
import { converter } from "./transform.ts"

export class EmitRead {
  readonly settings: Settings
  readonly module: Module
  private readonly names = new Names("read")
  protected source: Source
  private lastTag: string | undefined

  constructor(settings: Settings, module: Module) {
    this.settings = settings
    this.module = module
    this.source = new Source(module)
  }

  /** The name of the function that reads a node in a byte order; generated on first use, so that it may call itself. */
  function(node: Layout.Node, order: string): string {
    const little = parameterOrder(order)
    const [name, known] = this.names.of(node, little)
    if (known) return name
    const outer = this.source
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    if (min > 0) source.line(`if (e - p < ${min}) return X`)
    const value = this.read(node, 0, { end: "e", little, scope: undefined })
    source.line(`P = ${source.at()}`)
    source.line(`return ${value}`)
    this.module.functions.push(source.function(name, parameters, prologue))
    this.source = outer
    return name
  }

  /** The reader of whole messages: the same code with the call's own positions, so that nothing is passed on. */
  root(node: Layout.Node): void {
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    source.line(
      `if (end - start > ${this.settings.limits.maxBytes}${min > 0 ? ` || end - start < ${min}` : ""}) return X`
    )
    const value = this.read(node, 0, { end: "e", little: "false", scope: undefined })
    if (this.module.pointers) source.lines.unshift("pointers = pointed = 0")
    source.line(`if (part) R.cursor.next = ${source.at()} - origin`)
    source.line(`else if (${source.at()} !== e) return X`)
    source.line(`return ${value}`)
    this.module.functions.push(
      source.function(
        "read",
        "source, start, end, part",
        [
          ...prologue,
          ["origin", "m.offset"],
          ["base", "origin + start"],
          ["e", "origin + end"],
          ["last", "e"],
          ["depth", "0"],
          ["let p", "base"]
        ],
        "let m = M.read",
        "if (m.source !== source) m = R.readable(source)"
      )
    )
  }

  private expr(expr: Expr, place: Place): string {
    return emitExpr(this.source, expr, place.scope, `(${place.end} - (${this.source.at()}))`, "X")
  }

  protected fail(condition: string): void {
    this.source.line(`if (${condition}) return X`)
  }

  /** Re-establishes the invariant where nothing before has. */
  protected ensure(size: number, place: Place): void {
    if (size > 0) this.fail(`${place.end} - p < ${size + this.source.displacement}`)
  }

  protected read(node: Layout.Node, rest: number, place: Place): string {
    switch (node._tag) {
      case "Int":
        return this.int(node, place)
      case "Float":
        return this.float(node, place)
      case "Varint":
        return this.varint(node, rest, place)
      case "Bits":
        return emitBits(this.source, node)
      case "Bytes":
      case "Text":
        return this.content(node, rest, place)
      case "Array":
        return this.array(node, rest, place)
      case "Struct":
        return this.source.bind("v", `{ ${this.struct(node, rest, place).join(", ")} }`)
      case "Tagged":
        return this.tagged(node, rest, place)
      case "Enum":
        return this.enum(node, this.whole(node.of, rest, place))
      case "Flags":
        return this.flags(node, place)
      case "Optional":
        return this.optional(node, rest, place)
      case "Const":
        return this.const(node)
      case "ConstInt":
        this.fail(`${this.int(node.of, place)} !== ${literal(node.value)}`)
        return "undefined"
      case "Padding":
        return this.padding(node, rest, place)
      case "Computed":
      case "Checksum":
        return this.int(node.of, place)
      case "Pointer":
        return this.pointer(node, place)
      case "Window":
        return this.window(node, rest, place)
      case "Suspend":
        return this.suspend(node, rest, place)
      case "Transform": {
        const inner = this.read(node.of, rest, place)
        const value = this.source.bind("v", `${this.source.capture(converter(node))}.decode(${inner})`)
        this.fail(`${value} === X`)
        return value
      }
      case "Endianness": {
        const little =
          typeof node.little === "boolean"
            ? String(node.little)
            : this.source.bind("l", `Boolean(${this.expr(node.little, place)})`)
        return this.read(node.of, rest, { ...place, little })
      }
    }
  }

  private whole(node: Layout.Int | Layout.Varint, rest: number, place: Place): string {
    return node._tag === "Int" ? this.int(node, place) : this.varint(node, rest, place)
  }

  protected int(node: Layout.Int, place: Place): string {
    const { source } = this
    const name = source.bind("v", access(node, source.at(), littleOf(node.endian, place)))
    const { max, min } = range(node)
    // Wider than a safe integer: what was read may have been rounded.
    if (node.type === "number" && node.bits >= 56) this.fail(`${name} > ${max} || ${name} < ${min}`)
    source.displacement += node.bits / 8
    return name
  }

  private float(node: Layout.Float, place: Place): string {
    const { source } = this
    const little = littleOf(node.endian, place)
    const call =
      node.bits === 16
        ? `R.readHalf(view, ${source.at()}, ${little})`
        : `view.getFloat${node.bits}(${source.at()}${flag(little)})`
    source.displacement += node.bits / 8
    return source.bind("v", call)
  }

  protected varint(node: Layout.Varint, rest: number, place: Place): string {
    const { source } = this
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name} = bytes[p]`)
    const simple = node.type === "number" && node.encoding === "leb128"
    // One byte is the common case; p < end by the invariant.
    if (simple) source.line(`if (${name} < 128) p++; else {`)
    source.line(`${name} = R.readVarint(bytes, p, ${place.end}, ${source.capture(node)})`)
    this.fail(`typeof ${name} === "string"`)
    source.line("p = R.cursor.next")
    this.ensure(rest, place)
    if (simple) source.line("}")
    return name
  }

  /**
   * Reads a length of units of at least `unit` bytes and checks that they are there. Gives its value; `null` is written
   * to `absent` where the format says so, and the rest of the code belongs to a block that `close` ends.
   */
  protected count(
    length: Extract<Layout.Length, { _tag: "Fixed" | "Prefixed" | "Computed" }>,
    unit: number,
    elements: boolean,
    rest: number,
    place: Place
  ): string {
    const { source } = this
    const limit = elements ? this.settings.limits.maxElements : Infinity
    if (length._tag === "Fixed") {
      if (length.value > limit) this.fail("true")
      return String(length.value)
    }
    let name: string
    const checks: Array<string> = []
    let greatest = Infinity
    if (length._tag === "Computed") {
      name = source.bind("n", `+${this.expr(length.expr, place)}`)
      checks.push(`!Number.isInteger(${name})`, `${name} < 0`)
    } else {
      const { max, min } = length.prefix._tag === "Int" ? range(length.prefix) : { max: Infinity, min: -Infinity }
      const raw = this.whole(length.prefix, rest, place)
      const number = length.prefix.type === "bigint" ? `Number(${raw})` : raw
      name = length.plus === 0 && number === raw ? raw : source.bind("n", `${number} - ${length.plus}`)
      if (Number(min) - length.plus < length.min) checks.push(`${name} < ${length.min}`)
      greatest = Number(max) - length.plus
      if (length.max < greatest) checks.push(`${name} > ${length.max}`)
      greatest = Math.min(greatest, length.max)
    }
    if (greatest > limit) checks.push(`${name} > ${limit}`)
    const least = rest + source.displacement
    if (unit > 0)
      checks.push(`${name}${unit === 1 ? "" : ` * ${unit}`} > ${place.end} - p${least === 0 ? "" : ` - ${least}`}`)
    if (checks.length > 0) this.fail(checks.join(" || "))
    return name
  }

  /** Wraps the code behind a prefix that may say `null`. */
  private nullable(length: Layout.Length, rest: number, place: Place, body: (length: Layout.Length) => string): string {
    if (length._tag !== "Prefixed" || length.absent === undefined) return body(length)
    const { source } = this
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name} = null`)
    // Looked at twice where it is not null, so that one code reads every prefix.
    const before = source.bind("p", "p")
    const raw = this.whole(length.prefix, rest, place)
    source.flush()
    source.block(`if (Number(${raw}) !== ${length.absent})`, () => {
      source.line(`p = ${before}`)
      source.line(`${name} = ${body({ ...length, absent: undefined })}`)
    })
    return name
  }

  /** Gives the end of a content of bytes that starts at the position, which is flushed. */
  protected extent(length: Layout.Length, rest: number, place: Place, unit = 1): string {
    const { source } = this
    if (length._tag === "Rest") {
      source.flush()
      return place.end
    }
    if (length._tag === "Terminated") {
      source.flush()
      const found = source.bind("q", `R.find(bytes, ${source.capture(length.terminator)}, p, ${place.end}, ${unit})`)
      this.fail(`${found} < 0 || ${place.end} - ${found} < ${length.terminator.length + rest}`)
      return found
    }
    const n = this.count(length, 1, false, rest, place)
    source.flush()
    return source.bind("q", `p + ${n}`)
  }

  protected behind(length: Layout.Length, end: string, rest: number, place: Place): void {
    this.source.line(`p = ${end}${length._tag === "Terminated" ? ` + ${length.terminator.length}` : ""}`)
    // Nothing is left behind what reads to the end.
    if (length._tag === "Rest") this.ensure(rest, place)
  }

  private content(node: Layout.Bytes | Layout.Text, rest: number, place: Place): string {
    const { source } = this
    return this.nullable(node.length, rest, place, (length) => {
      if (node._tag === "Bytes" && !this.settings.copy && (length._tag === "Fixed" || length._tag === "Prefixed")) {
        const n = this.count(length, 1, false, rest, place)
        const name = source.bind("v", `new Uint8Array(buffer, ${source.at()}, ${n})`)
        if (length._tag === "Fixed") source.displacement += length.value
        else {
          source.line(`p += ${source.displacement === 0 ? "" : `${source.displacement} + `}${n}`)
          source.displacement = 0
        }
        return name
      }
      const end = this.extent(length, rest, place, codeUnit(node))
      const name = source.bind("v", this.contentValue(node, end, place))
      if (node._tag === "Text") this.fail(`${name} === undefined`)
      this.behind(length, end, rest, place)
      return name
    })
  }

  private contentValue(node: Layout.Bytes | Layout.Text, end: string, place: Place): string {
    if (node._tag === "Bytes") return this.bytesValue(end)
    return node.encoding === "utf8"
      ? `R.readUtf8(bytes, p, ${end})`
      : `R.readText(${quote(node.encoding)}, bytes, p, ${end}, ${place.little})`
  }

  private bytesValue(end: string): string {
    return this.settings.copy ? `bytes.slice(p, ${end})` : `new Uint8Array(buffer, p, ${end} - p)`
  }

  protected array(node: Layout.Array, rest: number, place: Place): string {
    const { source } = this
    const item = bounds(node.of)
    return this.nullable(node.length, rest, place, (length) => {
      const name = source.fresh("v")
      const open =
        length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")
      if (!open) {
        const n = this.count(length as Extract<Layout.Length, { _tag: "Fixed" }>, item.min, true, rest, place)
        source.flush()
        source.line(`const ${name} = new Array(${n})`)
        const i = source.fresh("i")
        source.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++)`, () => {
          // The count has proved room for all elements only where none is longer than the least.
          if (item.max !== item.min) this.ensure(item.min + rest, place)
          source.line(`${name}[${i}] = ${this.read(node.of, rest, place)}`)
        })
        return name
      }
      source.flush()
      const inner = length._tag === "Terminated" ? place.end : this.extent(length, rest, place)
      const after = length._tag === "Terminated" ? rest + length.terminator.length : 0
      const more =
        length._tag === "Terminated"
          ? `!R.matches(bytes, ${source.capture(length.terminator)}, p, ${inner})`
          : `p < ${inner}`
      source.line(`const ${name} = []`)
      source.block(`while (${more})`, () => {
        this.fail(`${name}.length === ${this.settings.limits.maxElements}`)
        const before = item.min === 0 ? source.bind("p", "p") : undefined
        this.ensure(item.min + after, { ...place, end: inner })
        source.line(`${name}.push(${this.read(node.of, after, { ...place, end: inner })})`)
        source.flush()
        if (before !== undefined) this.fail(`p === ${before}`)
      })
      if (length._tag === "Terminated") source.line(`p += ${length.terminator.length}`)
      if (!("unit" in length)) this.ensure(rest, place)
      return name
    })
  }

  /** Reads the fields and gives the entries of the object. */
  private struct(node: Layout.Struct, rest: number, parent: Place): Array<string> {
    const { source } = this
    const scope: Locals = { fields: new Map(), parent: parent.scope }
    const place = { ...parent, scope }
    const marks = positioned(node.fields)
    const entries: Array<string> = []
    let behind = rest + node.fields.reduce((sum, field) => sum + bounds(field.node).min, 0)
    for (const field of node.fields) {
      behind -= bounds(field.node).min
      const start = marks.has(field.name) ? source.bind("s", source.at()) : undefined
      const value = this.read(field.node, behind, place)
      if (!isHidden(field.node)) entries.push(property(field.name, value))
      const end = marks.has(field.name) ? source.bind("s", source.at()) : undefined
      scope.fields.set(field.name, {
        value: this.operand(field.node, value),
        node: field.node,
        start,
        end,
        tag: tagIn(field.node, this.lastTag)
      })
    }
    for (const field of node.fields) this.verify(field.node, scope.fields.get(field.name)!, place)
    return entries
  }

  private enumNumbers = new Map<string, string>()

  /** The variable that expressions see: an enum's number, not its name. */
  private operand(node: Layout.Node, value: string): string {
    return isEnum(node) ? this.enumNumbers.get(value)! : value
  }

  private verify(node: Layout.Node, known: Local, place: Place): void {
    if (node._tag === "Endianness") return this.verify(node.of, known, place)
    if (node._tag === "Computed") this.fail(`${known.value} !== +${this.expr(node.expr, place)}`)
    if (node._tag === "Checksum") {
      const { from, to } = span(node, known, place.scope)
      this.fail(
        `${known.value} !== R.checksum(${this.source.capture(node)}, bytes, ${from}, ${to}, ${known.start}, ${known.end})`
      )
    }
  }

  private tagged(node: Layout.Tagged, rest: number, place: Place): string {
    const { source } = this
    const name = source.fresh("v")
    let tag: string
    let there = 0
    const all = bounds(node).min
    if (node.tag._tag === "Outside") {
      tag = source.bind("t", `+${this.expr(node.tag.expr, place)}`)
      there = all
    } else if (node.tag._tag === "Before") {
      tag = this.whole(node.tag.of, rest, place)
      there = node.tag.of._tag === "Int" ? all - node.tag.of.bits / 8 : 0
    } else {
      tag = source.bind("t", access(node.tag.of, source.at(node.tag.offset), littleOf(node.tag.of.endian, place)))
      there = all
    }
    if (node.tag._tag !== "Outside" && node.tag.of.type === "bigint") tag = source.bind("t", `Number(${tag})`)
    const chosen = source.hoist("t", "0")
    source.flush()
    source.line(`let ${name}`)
    const least = node.tag._tag === "Inside" ? node.tag.offset + node.tag.of.bits / 8 : 0
    const start = least > 0 ? source.bind("s", "p") : ""
    node.cases.forEach((each, index) => {
      const test = each.from === each.to ? `${tag} === ${each.from}` : `${tag} >= ${each.from} && ${tag} <= ${each.to}`
      source.block(`${index === 0 ? "" : "else "}if (${test})`, () => {
        const { min } = bounds(each.node)
        if (min > there) this.ensure(min + rest, place)
        const entries =
          each.node._tag === "Struct"
            ? this.struct(each.node, rest, place)
            : [property("value", this.read(each.node, rest, place))]
        if (min < least) this.fail(`${source.at()} - ${start} < ${least}`)
        source.line(`${name} = { ${[property("_tag", quote(each.name)), ...entries].join(", ")} }`)
        source.line(`${chosen} = ${each.from}`)
      })
    })
    source.line("else return X")
    this.lastTag = chosen
    return name
  }

  private enum(node: Layout.Enum, raw: string): string {
    const { source } = this
    const number = node.of.type === "bigint" ? source.bind("n", `Number(${raw})`) : raw
    const otherwise = node.open ? raw : "X"
    const name =
      node.names.length <= 8
        ? source.bind(
            "v",
            [...node.names.map(([name, value]) => `${number} === ${value} ? ${literalName(name)} : `), otherwise].join(
              ""
            )
          )
        : source.bind("v", `${source.capture(tableOf(node))}.get(${number}) ?? ${otherwise}`)
    if (!node.open) this.fail(`${name} === X`)
    this.enumNumbers.set(name, number)
    return name
  }

  private flags(node: Layout.Flags, place: Place): string {
    const { source } = this
    const raw = this.int(node.of, place)
    if (node.of.bits > 32 || node.of.type === "bigint") {
      const name = source.bind("v", `R.readFlags(${source.capture(node)}, ${raw})`)
      this.fail(`${name} === X`)
      return name
    }
    const known = node.names.reduce((all, [, mask]) => (all | mask) >>> 0, 0)
    const unknown = (~known >>> 0) & (node.of.bits === 32 ? -1 : 2 ** node.of.bits - 1)
    if (unknown !== 0) this.fail(`(${raw} & ${unknown}) !== 0`)
    return source.bind(
      "v",
      `{ ${node.names.map(([name, mask]) => property(name, `(${raw} & ${mask}) !== 0`)).join(", ")} }`
    )
  }

  private optional(node: Layout.Optional, rest: number, place: Place): string {
    const { source } = this
    const { presence } = node
    let there: string
    if (presence._tag === "Flagged") {
      there = this.int(presence.of, place)
      this.fail(`${there} !== 0 && ${there} !== 1`)
      there = `${there} === 1`
    } else if (presence._tag === "When") there = `${this.expr(presence.expr, place)}`
    else {
      source.flush()
      there = `p < ${place.end}`
    }
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name}`)
    source.block(`if (${there})`, () => {
      this.ensure(bounds(node.of).min + rest, place)
      source.line(`${name} = ${this.read(node.of, rest, place)}`)
    })
    return name
  }

  private const(node: Layout.Const): string {
    const { source } = this
    if (node.bytes.length <= 16) {
      const tests = node.bytes.map((byte, i) => `bytes[${source.at(i)}] !== ${byte}`)
      if (tests.length > 0) this.fail(tests.join(" || "))
    } else this.fail(`!R.matches(bytes, ${source.capture(node.bytes)}, ${source.at()}, e)`)
    source.displacement += node.bytes.length
    return "undefined"
  }

  private padding(node: Layout.Padding, rest: number, place: Place): string {
    const { source } = this
    const aligned = node.amount._tag === "Aligned"
    let size = aligned ? "" : String(bounds(node).min)
    if (node.amount._tag === "Aligned") {
      const from = node.amount.origin === "message" ? "base" : "origin"
      source.flush()
      size = source.bind("n", `(${node.amount.to} - (p - ${from}) % ${node.amount.to}) % ${node.amount.to}`)
      this.fail(`${place.end} - p < ${size}${rest === 0 ? "" : ` + ${rest}`}`)
    }
    if (node.verify) this.fail(`!R.filled(bytes, ${source.at()}, ${size}, ${node.fill})`)
    if (aligned) source.line(`p += ${size}`)
    else source.displacement += bounds(node).min
    return "undefined"
  }

  private pointer(node: Layout.Pointer, place: Place): string {
    const { source } = this
    source.flush()
    const { maxBytes, maxPointers } = this.settings.limits
    this.module.pointers = true
    const from = node.origin === "message" ? "base" : "origin"
    const offset = source.bind("o", `+${this.expr(node.at, place)}`)
    const before = source.bind("p", "p")
    this.fail(`++pointers > ${maxPointers}`)
    const start = source.bind("s", `${from} + ${offset}`)
    source.line(`p = ${start}`)
    this.fail(`!(p >= ${from} && p <= last && Number.isInteger(p))`)
    const target: Place = { ...place, end: "last" }
    this.ensure(bounds(node.of).min, target)
    const value = source.bind("v", this.read(node.of, 0, target))
    this.fail(`(pointed += ${source.at()} - ${start}) > ${maxBytes}`)
    source.displacement = 0
    source.line(`p = ${before}`)
    return value
  }

  private window(node: Layout.Window, rest: number, place: Place): string {
    const { source } = this
    return this.nullable(node.length, rest, place, (length) => {
      const end = this.extent(length, rest, place)
      if (node.lazy) {
        const lazy = source.capture(this.settings.lazy)
        const name = source.bind("v", `${lazy}(${this.bytesValue(end)}, ${source.capture(node.of)}, ${place.little})`)
        this.behind(length, end, rest, place)
        return name
      }
      const inner: Place = { ...place, end }
      this.ensure(bounds(node.of).min, inner)
      const value = source.bind("v", this.read(node.of, 0, inner))
      if (node.rest === "error") this.fail(`${source.at()} !== ${end}`)
      source.displacement = 0
      this.behind(length, end, rest, place)
      return value
    })
  }

  private suspend(node: Layout.Suspend, rest: number, place: Place): string {
    const { source } = this
    source.flush()
    this.fail(`depth === ${this.settings.limits.maxDepth}`)
    const name = this.function(node.of(), place.little)
    const value = source.bind("v", `${name}(m, p, ${place.end}, base, last, origin, ${place.little}, depth + 1)`)
    this.fail(`${value} === X`)
    source.line("p = P")
    this.ensure(rest, place)
    return value
  }
}
