/** Emits one Lua function a node: it reads at the cursor, adds to the tree and gives what expressions see of the value. */
import type { Note } from "../Export.ts"
import { type Layout, type Length, type Node } from "../Layout.ts"
import { formatPath, type Path } from "../BinaryError.ts"
import { pieces } from "./bits.ts"
import { bounds } from "./bounds.ts"
import { luaExpr, luaString } from "./lua.ts"
import { typeName } from "./Kind.ts"
import type * as Nodes from "../Layout.ts"

const encodings: { readonly [E in Nodes.Text["encoding"]]: string } = {
  ascii: "ENC_ASCII",
  latin1: "ENC_ISO_8859_1",
  utf8: "ENC_UTF_8",
  utf16: "ENC_UTF_16 + (c.little and ENC_LITTLE_ENDIAN or ENC_BIG_ENDIAN)"
}

const maxDepth = 64

export class LuaNodes {
  readonly name: string
  readonly fields: Array<string> = []
  readonly functions: Array<string> = []
  readonly notes: Array<Note> = []
  private readonly suspended = new Map<Node, number>()
  private readonly filters = new Set<string>()
  private path: Path = []

  constructor(name: string) {
    this.name = name
    // Those that every dissector has.
    this.filters.add(`${name}.malformed`).add(`${name}.unread`)
  }

  private note(note: string): void {
    this.notes.push({ path: formatPath(this.path), note })
  }

  /** Declares a field of the tree; gives its Lua name. */
  private field(type: string, suffix = "", extra = ""): string {
    const path = this.path.filter((key) => typeof key === "string").map((key) => key.replaceAll(/[^A-Za-z0-9_]/g, "_"))
    const parts = [...path, ...(suffix === "" ? [] : [suffix])]
    const filter = [this.name, ...(parts.length === 0 ? ["message"] : parts)].join(".").toLowerCase()
    let unique = filter
    for (let n = 2; this.filters.has(unique); n++) unique = `${filter}_${n}`
    this.filters.add(unique)
    const last = this.path.findLast((key) => typeof key === "string") ?? this.name
    const label = suffix === "" ? last : `${last} ${suffix}`
    this.fields.push(`ProtoField.${type}(${luaString(unique)}, ${luaString(label)}${extra})`)
    return `F[${this.fields.length}]`
  }

  /** The function of what a layout suspends: one, which may call itself. */
  private again(node: Node): string {
    const found = this.suspended.get(node)
    return found === undefined ? this.of(node, (index) => this.suspended.set(node, index)) : `N[${found}]`
  }

  /** The function of a node at this place, as `N[i]`. */
  of(node: Node, numbered?: (index: number) => void): string {
    const index = this.functions.push("")
    numbered?.(index)
    const body = this.body(node).map((line) => `  ${line}`)
    this.functions[index - 1] = [`N[${index}] = function(c, tree)`, ...body, "end"].join("\n")
    return `N[${index}]`
  }

  private below(key: string, node: Node): string {
    const outer = this.path
    this.path = [...outer, key]
    const name = this.of(node)
    this.path = outer
    return name
  }

  private little(endian: Nodes.Endian): string {
    return endian === "inherit" ? "c.little" : String(endian === "little")
  }

  /** Reads a whole number into `raw` (as shown) and `value` (as expressions see it), and adds `item`. */
  private whole(
    node: Nodes.Int | Nodes.Varint,
    suffix = "",
    names: ReadonlyArray<readonly [string | number, number]> = []
  ) {
    const wide = node._tag === "Varint" ? node.bits === 64 : node.bits > 32
    const table = names.map(([name, number]) => `[${number}] = ${luaString(String(name))}`).join(", ")
    if (wide && names.length > 0) this.note("names of 64-bit numbers are not shown")
    const extra = wide || names.length === 0 ? "" : `, base.DEC, { ${table} }`
    if (node._tag === "Varint") {
      if (node.canonical) this.note("encodings longer than needed are not refused")
      if (wide) this.note("numbers beyond 2^53 are shown rounded")
      const signed = node.encoding === "zigzag" || node.encoding === "sleb128"
      const field = this.field(wide ? "string" : signed ? "int32" : "uint32", suffix, extra)
      return [
        `local value, range = varint(c, ${luaString(node.encoding)}, ${node.bits === 32 ? 5 : 10})`,
        `local item = tree:add(${field}, range, ${wide ? 'string.format("%.0f", value)' : "value"})`
      ]
    }
    const width = node.bits > 32 ? 64 : node.bits
    const field = this.field(`${node.signed ? "int" : "uint"}${width}`, suffix, extra)
    const size = node.bits / 8
    return [
      `local range = take(c, ${size})`,
      `local raw = integer(c, range, ${size}, ${node.signed}, ${this.little(node.endian)})`,
      `local item = tree:add(${field}, range, raw)`,
      "local value = plain(raw)"
    ]
  }

  /** Statements that leave the number of bytes or elements in `n`; `nil` is returned for an absent value. */
  private length(length: Length, unit: number): Array<string> {
    switch (length._tag) {
      case "Fixed":
        return [`local n = count(c, ${length.value}, ${unit})`]
      case "Computed":
        return [`local n = count(c, ${luaExpr(length.expr)}, ${unit})`]
      case "Prefixed": {
        const lines = ["local n", "do", ...this.whole(length.prefix, "length").map((line) => `  ${line}`)]
        if (length.absent !== undefined) lines.push(`  if value == ${length.absent} then return nil end`)
        lines.push(`  n = value - ${length.plus}`)
        if (length.min > 0) lines.push(`  if n < ${length.min} then fail("a length of " .. n) end`)
        if (length.max !== Infinity) lines.push(`  if n > ${length.max} then fail("a length of " .. n) end`)
        return [...lines, "end", `count(c, n, ${unit})`]
      }
      case "Terminated":
        return [`local terminator = { ${length.terminator.join(", ")} }`, "local n = find(c, terminator) - c.p"]
      case "Rest":
        return ["local n = c.e - c.p"]
    }
  }

  private behind(length: Length): Array<string> {
    return length._tag === "Terminated" ? [`take(c, ${length.terminator.length})`] : []
  }

  private body(node: Node): Array<string> {
    switch (node._tag) {
      case "Int":
      case "Varint":
        return [...this.whole(node), "return value"]
      case "Computed":
        this.note(`not verified: ${typeName(node)}`)
        return [...this.whole(node.of), "return value"]
      case "Checksum":
        this.note(`not verified: ${typeName(node)}`)
        return [...this.whole(node.of), "return value"]
      case "Float": {
        const field = this.field(node.bits === 64 ? "double" : "float")
        const little = this.little(node.endian)
        const read = node.bits === 16 ? `half(range, ${little})` : `${little} and range:le_float() or range:float()`
        return [`local range = take(c, ${node.bits / 8})`, `tree:add(${field}, range, ${read})`]
      }
      case "Bits":
        return this.bits(node)
      case "Bytes":
        return [
          ...this.length(node.length, 1),
          `tree:add(${this.field("bytes")}, take(c, n))`,
          ...this.behind(node.length)
        ]
      case "Text":
        this.note("malformed text is not refused")
        return [
          ...this.length(node.length, 1),
          "local range = take(c, n)",
          `tree:add(${this.field("string")}, range, range:string(${encodings[node.encoding]}))`,
          ...this.behind(node.length)
        ]
      case "Array":
        return this.array(node)
      case "Struct":
        return this.struct(node)
      case "Tagged":
        return this.tagged(node)
      case "Enum": {
        const known = node.names.map(([, number]) => `value == ${number}`).join(" or ")
        const check = node.open ? [] : [`if not (${known}) then warn(item, "not a known value") end`]
        return [...this.whole(node.of, "", node.names), ...check, "return value"]
      }
      case "Flags":
        return this.flags(node)
      case "Optional": {
        const read = `return ${this.of(node.of)}(c, tree)`
        const { presence } = node
        if (presence._tag === "Trailing") return [`if c.p < c.e then ${read} end`]
        if (presence._tag === "When") return [`if ${luaExpr(presence.expr)} ~= 0 then ${read} end`]
        return [
          ...this.whole(presence.of, "presence"),
          'if value ~= 0 and value ~= 1 then fail("a presence of " .. value) end',
          `if value == 1 then ${read} end`
        ]
      }
      case "Const":
        return [
          `local item = tree:add(${this.field("bytes")}, take(c, ${node.bytes.length}))`,
          `if not matches(c, c.p - ${node.bytes.length}, { ${node.bytes.join(", ")} }) then warn(item, "not the constant") end`
        ]
      case "ConstInt":
        if (node.of.bits > 32) this.note("a constant of 64 bits is compared as a double")
        return [...this.whole(node.of), `if value ~= ${node.value} then warn(item, "not the constant") end`]
      case "Padding": {
        if (node.verify) this.note("padding is not verified")
        const { amount } = node
        const from = amount._tag === "Aligned" && amount.origin === "message" ? "c.base" : "0"
        const size = amount._tag === "Fixed" ? String(amount.value) : `(c.p - ${from}) % ${amount.to}`
        const n = amount._tag === "Fixed" ? size : `(${amount.to} - ${size}) % ${amount.to}`
        return [`tree:add(${this.field("bytes")}, take(c, ${n}))`]
      }
      case "Pointer":
        return [
          `local at = ${luaExpr(node.at)}${node.origin === "message" ? " + c.base" : ""}`,
          'if at < 0 or at > c.last then fail("a pointer to " .. at) end',
          "local p, e = c.p, c.e",
          "c.p, c.e = at, c.last",
          `local value = ${this.of(node.of)}(c, tree)`,
          "c.p, c.e = p, e",
          "return value"
        ]
      case "Window":
        return [
          ...this.length(node.length, 1),
          `local value = within(c, c.p + n, ${node.rest === "skip"}, tree, ${this.of(node.of)})`,
          ...this.behind(node.length),
          "return value"
        ]
      case "Suspend":
        return [
          `if c.depth == ${maxDepth} then fail("more than ${maxDepth} levels") end`,
          "local outer = c.s",
          "c.depth, c.s = c.depth + 1, nil",
          `local value = ${this.again(node.of())}(c, tree)`,
          "c.depth, c.s = c.depth - 1, outer",
          "return value"
        ]
      case "Transform":
        this.note("shown as it is on the wire, without its schema")
        return [`return ${this.of(node.of)}(c, tree)`]
      case "Endianness": {
        const little = typeof node.little === "boolean" ? String(node.little) : `${luaExpr(node.little)} ~= 0`
        return [
          "local outer = c.little",
          `c.little = ${little}`,
          `local value = ${this.of(node.of)}(c, tree)`,
          "c.little = outer",
          "return value"
        ]
      }
    }
  }

  private bits(node: Nodes.Bits): Array<string> {
    const size = bounds(node).min
    const group = this.field("bytes")
    const lines = [`local range = take(c, ${size})`, `local item = tree:add(${group}, range)`, "local v, at = {}, c.p"]
    lines.push(`at = at - ${size}`)
    const where = pieces(node)
    node.fields.forEach((field, index) => {
      const outer = this.path
      this.path = [...outer, field.name]
      let left = field.bits
      const terms = where[index]!.map(({ byte, shift, width }) => {
        left -= width
        return `part(c, at + ${byte}, ${shift}, ${width}) * ${2 ** left}`
      })
      const name = luaString(field.name)
      lines.push(`v[${name}] = ${terms.join(" + ")}`)
      if (field.signed)
        lines.push(`if v[${name}] >= ${2 ** (field.bits - 1)} then v[${name}] = v[${name}] - ${2 ** field.bits} end`)
      const wide = field.bits > 32
      const shown = this.field(wide ? "string" : field.signed ? "int32" : "uint32")
      const value = wide ? `string.format("%.0f", v[${name}])` : `v[${name}]`
      const check =
        field.value === undefined ? "" : `if v[${name}] ~= ${field.value} then warn(item, "not the constant") end`
      lines.push(`item:add(${shown}, range, ${value})`)
      if (check !== "") lines.push(check)
      this.path = outer
    })
    return [...lines, "return v"]
  }

  private flags(node: Nodes.Flags): Array<string> {
    const lines = [...this.whole(node.of), "local v, set, rest = {}, {}, value"]
    if (node.of.bits > 53) this.note("flags above bit 52 may be shown wrong: Lua numbers have 53 bits")
    for (const [name, mask] of node.names) {
      const key = luaString(name)
      lines.push(`v[${key}] = math.floor(value / ${mask}) % 2`)
      lines.push(`if v[${key}] == 1 then set[#set + 1], rest = ${key}, rest - ${mask} end`)
    }
    return [
      ...lines,
      'item:append_text(" (" .. table.concat(set, ", ") .. ")")',
      'if rest ~= 0 then warn(item, "bits without a name are set") end',
      "return v"
    ]
  }

  private array(node: Nodes.Array): Array<string> {
    const { length } = node
    const item = this.of(node.of)
    const group = this.field("none", "elements")
    const least = bounds(node.of).min
    const start = "local start = c.p"
    const head = [`local item = tree:add(${group}, c.tvb(start, 0))`, "local i = 0"]
    const one = (more: string) => [
      `while ${more} do`,
      "  local before = c.p",
      `  ${item}(c, item)`,
      '  if c.p == before then fail("an element of no bytes") end',
      "  i = i + 1",
      "end"
    ]
    const tail = ["item:set_len(c.p - start)", 'item:append_text(" (" .. i .. ")")']
    if (length._tag === "Terminated") {
      const terminator = `{ ${length.terminator.join(", ")} }`
      return [start, ...head, ...one(`not matches(c, c.p, ${terminator})`), ...this.behind(length), ...tail]
    }
    if (length._tag === "Rest" || ("unit" in length && length.unit === "bytes")) {
      const lines = ["local outer = c.e", "c.e = c.p + n", ...head, ...one("c.p < c.e"), "c.e = outer"]
      return [start, ...this.length(length, 1), ...lines, ...tail]
    }
    return [
      start,
      ...this.length(length, least),
      ...head,
      "while i < n do",
      `  ${item}(c, item)`,
      "  i = i + 1",
      "end",
      ...tail
    ]
  }

  private struct(node: Nodes.Struct): Array<string> {
    const group = this.field("none")
    const lines = [
      `local item = tree:add(${group}, c.tvb(c.p, 0))`,
      "local start, s = c.p, { v = {}, up = c.s }",
      "c.s = s"
    ]
    for (const { name, node: field } of node.fields)
      lines.push(`s.v[${luaString(name)}] = ${this.below(name, field)}(c, item)`)
    return [...lines, "c.s = s.up", "item:set_len(c.p - start)", "return s.v"]
  }

  private tagged(node: Nodes.Tagged): Array<string> {
    const { tag } = node
    const names = node.cases.filter((each) => each.from === each.to).map((each) => [each.name, each.from] as const)
    const lines: Array<string> = []
    if (tag._tag === "Outside") lines.push(`local value = ${luaExpr(tag.expr)}`)
    else if (tag._tag === "Before") lines.push(...this.whole(tag.of, "tag", names))
    else {
      const size = tag.of.bits / 8
      lines.push(
        `local at = c.p`,
        `take(c, ${tag.offset})`,
        `local value = plain(integer(c, take(c, ${size}), ${size}, ${tag.of.signed}, ${this.little(tag.of.endian)}))`,
        `c.p = at`
      )
    }
    for (const each of node.cases)
      lines.push(
        `if value >= ${each.from} and value <= ${each.to} then return ${this.below(each.name, each.node)}(c, tree) end`
      )
    return [...lines, 'fail("a tag of " .. value)']
  }
}

/** The integer in front of a message that says its size, for reassembly. */
export const sizePrefix = (
  layout: Layout<unknown>
): { readonly prefix: Nodes.Int; readonly plus: number; readonly little: boolean } | undefined => {
  let { node } = layout
  let little = false
  while (node._tag === "Endianness" && typeof node.little === "boolean") {
    little = node.little
    node = node.of
  }
  if (node._tag !== "Window" || node.length._tag !== "Prefixed" || node.length.prefix._tag !== "Int") return undefined
  const { absent, plus, prefix } = node.length
  if (absent !== undefined || prefix.bits > 32) return undefined
  return { prefix, plus, little: prefix.endian === "inherit" ? little : prefix.endian === "little" }
}
