/** The types of a Kaitai Struct description, one per place that needs one, and what Kaitai cannot say. */
import type { Expr } from "../Expr.ts"
import type * as Nodes from "../Layout.ts"
import type { Node } from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { type Entry, KsyType } from "./ksy.ts"
import { KsyAttributes, type Place, safe } from "./ksyAttributes.ts"
import { idsOfFields, Inexpressible, isMany, isPlain, type KsyScope } from "./ksyExpr.ts"
import { change, typeName } from "./Kind.ts"
import { rest } from "./length/Rest.ts"

/** A type that several places share, and what those places have in common. */
interface Suspended {
  readonly node: Node
  readonly target: KsyType
  readonly order: Place["order"]
  readonly stream: Place["stream"]
  readonly id: string
  lost: boolean
}

/** Whether a node takes all that is left, so that nothing can stand behind it. */
const takesAll = (node: Node): boolean => {
  switch (node._tag) {
    case "Bytes":
    case "Text":
    case "Array":
      return node.length._tag === "Rest"
    case "Struct":
      return node.fields.length > 0 && takesAll(node.fields.at(-1)!.node)
    case "Tagged":
      return node.cases.every((each) => takesAll(each.node))
    case "Endianness":
    case "Transform":
      return takesAll(node.of)
    default:
      return false
  }
}

export class KsyNodes extends KsyAttributes {
  private readonly suspended: Array<Suspended> = []
  /** Whether the rest of the window went into bytes, since something in it cannot be expressed. */
  private lost = false

  constructor(id: string, node: Node) {
    super(id)
    this.fillType({ type: this.root, scope: undefined, order: "be", stream: "message", home: this.root }, node)
  }

  /** Makes a type below a place. */
  private made(place: Place, name: string, fill: (place: Place) => void): string {
    const id = this.typeIds.of(name)
    const type = new KsyType(place.type)
    place.home.types.set(id, type)
    fill({ ...place, type })
    return id
  }

  /** Fills a type with what a node holds. */
  private fillType(place: Place, node: Node): void {
    switch (node._tag) {
      case "Struct":
        return this.struct(place, node)
      case "Bits":
        return this.bits(place, node)
      case "Flags":
        return this.flags(place, node)
      case "Transform":
        this.note("as it is on the wire, without its schema")
        return this.fillType(place, node.of)
      case "Endianness":
        if (typeof node.little === "boolean")
          return this.fillType({ ...place, order: node.little ? "le" : "be" }, node.of)
        break
    }
    this.put(place, place.type.ids.of("value"), node)
  }

  private struct(place: Place, node: Nodes.Struct): void {
    const ids = idsOfFields(node)
    for (const id of ids.values()) place.type.ids.of(id)
    const scope: KsyScope = { type: place.type, fields: new Map(), parent: place.scope }
    const outer = this.path
    for (const field of node.fields) {
      this.path = [...outer, field.name]
      const id = ids.get(field.name)!
      const seen = this.put({ ...place, scope }, id, field.node, field.name)
      scope.fields.set(field.name, { id, node: seen })
      if (this.lost) break
    }
    this.path = outer
  }

  /** Adds a field; gives the node as expressions may see it: bytes, where it could not be expressed. */
  private put(place: Place, id: string, node: Node, original = id): Node {
    const name: Entry = { id, "-orig-id": original === id ? undefined : original }
    try {
      if (isMany(node)) this.many(place, name, node)
      else place.type.seq.push({ ...name, ...this.single(place, id, node) })
      return node
    } catch (error) {
      if (!(error instanceof Inexpressible)) throw error
      const { max, min } = bounds(node)
      this.lost ||= max !== min
      const what =
        max === min
          ? `its ${max} bytes are left as they are`
          : "all from here to the end of its window is left as bytes"
      this.note(`Kaitai cannot express ${error.message}: ${what}`)
      place.type.seq.push({ ...name, ...(max === min ? { size: max } : { "size-eos": true }) })
      return { _tag: "Bytes", length: { _tag: "Rest" } }
    }
  }

  /** The type of a node, by name. */
  private typed(place: Place, name: string, node: Node): string {
    switch (node._tag) {
      case "Transform":
        this.note("as it is on the wire, without its schema")
        return this.typed(place, name, node.of)
      case "Suspend":
        return this.again(place, node)
      case "Endianness":
        if (typeof node.little === "boolean")
          return this.typed({ ...place, order: node.little ? "le" : "be" }, name, node.of)
        return this.made(place, name, (inner) => {
          const little = this.expressions.condition(node.little as Expr, inner.type, place.scope)
          inner.type.meta = { endian: { "switch-on": `${little} ? 1 : 0`, cases: { "1": "le", _: "be" } } }
          this.fillType({ ...inner, order: "switched", home: inner.type }, node.of)
        })
      default:
        return this.made(place, name, (inner) => this.fillType(inner, node))
    }
  }

  /** The type of what a layout suspends: one for all places that read it alike. */
  private again(place: Place, node: Nodes.Suspend): string {
    const inner = node.of()
    const target = place.order === "switched" ? place.home : this.root
    const alike = (each: Suspended) =>
      each.node === inner && each.target === target && each.order === place.order && each.stream === place.stream
    const found = this.suspended.find(alike)
    if (found !== undefined) {
      this.lost ||= found.lost
      return found.id
    }
    const id = this.typeIds.of(node.name)
    const entry: Suspended = { node: inner, target, order: place.order, stream: place.stream, id, lost: false }
    this.suspended.push(entry)
    const type = new KsyType()
    target.types.set(id, type)
    this.fillType({ ...place, type, scope: undefined, home: target }, inner)
    entry.lost = this.lost
    return id
  }

  /** A node as the keys of one attribute. */
  private single(place: Place, name: string, node: Node): Entry {
    switch (node._tag) {
      case "Int":
      case "Varint":
        return this.whole(place, node)
      case "Computed":
      case "Checksum":
        this.note(`not verified: ${typeName(node)}`)
        return this.whole(place, node.of)
      case "ConstInt":
        return this.whole(place, node.of, (value) => `${value} == ${node.value}`)
      case "Enum":
        return this.enum(place, name, node)
      case "Float":
        if (node.bits === 16) throw new Inexpressible("floats of 16 bits")
        return { type: `f${node.bits / 8}${this.suffix(place, node.endian)}` }
      case "Bytes":
        return this.sized(place, name, node.length)
      case "Text":
        return this.text(place, name, node)
      case "Const":
        return { contents: node.bytes }
      case "Padding":
        return this.padding(place, node)
      case "Window":
        return this.window(place, name, node)
      case "Tagged":
        return { type: this.cases(place, node, this.number(place, (node.tag as { readonly expr: Expr }).expr)) }
      case "Transform":
        this.note("as it is on the wire, without its schema")
        return this.single(place, name, node.of)
      case "Endianness":
        if (typeof node.little === "boolean")
          return this.single({ ...place, order: node.little ? "le" : "be" }, name, node.of)
        break
    }
    return { type: this.typed(place, name, node) }
  }

  private window(place: Place, id: string, node: Nodes.Window): Entry {
    if (node.rest === "error" && !takesAll(node.of)) this.note("bytes left in its window are not refused")
    const sized = this.sized(place, id, node.length)
    const { lost } = this
    const stream = node.lazy ? "lazy" : place.stream === "lazy" ? "lazy" : "window"
    // What a lazy window holds is read by itself.
    const type = this.typed({ ...place, stream, scope: node.lazy ? undefined : place.scope }, id, node.of)
    this.lost = lost
    return { ...sized, type }
  }

  /** Adds a node that takes more than one attribute, or an instance. */
  private many(place: Place, name: Entry, node: Node): void {
    const id = String(name["id"])
    const { instances, seq } = place.type
    switch (node._tag) {
      case "Array": {
        const repeat = this.repeat(place, id, node)
        seq.push({ ...name, ...repeat })
        return
      }
      case "Optional":
        return this.optional(place, name, node)
      case "Tagged": {
        const tag = place.type.ids.of(`${id}_tag`)
        const where = node.tag as Exclude<Nodes.Tagged["tag"], { readonly _tag: "Outside" }>
        const read = this.whole(place, where.of)
        if (where._tag === "Before") seq.push({ id: tag, ...read })
        else instances[tag] = { pos: where.offset === 0 ? "_io.pos" : `_io.pos + ${where.offset}`, ...read }
        seq.push({ ...name, type: this.cases(place, node, isPlain(where.of) ? tag : `${tag}.value`) })
        return
      }
      case "Pointer": {
        if (place.stream === "lazy") throw new Inexpressible("a pointer within a lazy window")
        if (node.origin === "input") this.note("the message is taken to start where the input does")
        this.note("what it points to is read when it is asked for")
        const pos = this.number(place, node.at)
        const { lost } = this
        instances[id] = {
          "-orig-id": name["-orig-id"],
          pos,
          io: "_root._io",
          ...this.element({ ...place, stream: "message" }, id, node.of)
        }
        this.lost = lost
        return
      }
      case "Transform":
        this.note("as it is on the wire, without its schema")
        return this.many(place, name, node.of)
      case "Endianness":
        return this.many({ ...place, order: node.little === true ? "le" : "be" }, name, node.of)
      default:
        seq.push({ ...name, ...this.single(place, id, node) })
    }
  }

  /** A node that is repeated, optional or elsewhere: what takes more than one attribute has a type of its own. */
  private element(place: Place, id: string, node: Node): Entry {
    if (!isMany(node)) return this.single(place, id, node)
    return { type: this.made(place, id, (inner) => void this.put(inner, inner.type.ids.of("value"), node)) }
  }

  private optional(place: Place, name: Entry, node: Nodes.Optional): void {
    const id = String(name["id"])
    const { presence } = node
    let there = "not _io.eof"
    if (presence._tag === "When") there = this.expressions.condition(presence.expr, place.type, place.scope)
    if (presence._tag === "Flagged") {
      const flag = place.type.ids.of(`${id}_present`)
      place.type.seq.push({ id: flag, ...this.whole(place, presence.of, (value) => `${value} == 0 or ${value} == 1`) })
      there = `${isPlain(presence.of) ? flag : `${flag}.value`} == 1`
    }
    place.type.seq.push({ ...name, if: there, ...this.element(place, id, node.of) })
  }

  private repeat(place: Place, id: string, node: Nodes.Array): Entry {
    const { length } = node
    if (length._tag === "Terminated") throw new Inexpressible("elements up to a terminator")
    if ("unit" in length && length.unit === "bytes") {
      const sized = this.sized(place, id, length)
      const all = change(node, { length: rest })
      const { lost } = this
      const type = this.made(
        { ...place, stream: place.stream === "lazy" ? "lazy" : "window" },
        id,
        (inner) => void this.put(inner, inner.type.ids.of("value"), all)
      )
      this.lost = lost
      return { ...sized, type }
    }
    if (length._tag === "Rest") return { repeat: "eos", ...this.element(place, id, node.of) }
    if (length._tag === "Prefixed") {
      const { count, there } = this.prefix(place, id, length)
      return { if: there, repeat: "expr", "repeat-expr": count, ...this.element(place, id, node.of) }
    }
    let count = length._tag === "Fixed" ? String(length.value) : ""
    if (length._tag === "Computed") {
      const term = this.expressions.number(length.expr, place.type, place.scope)
      if (term.min < 0) this.note("a negative number of elements is read as none")
      // An instance is computed once, before the first element, and no compiler can take its operators for its own.
      count = place.type.ids.of(`${id}_count`)
      place.type.instances[count] = { value: term.text }
    }
    return { repeat: "expr", "repeat-expr": count, ...this.element(place, id, node.of) }
  }

  /** The choice of a case by its tag, as a type; a tag without a case is refused by a type that cannot be read. */
  private cases(place: Place, node: Nodes.Tagged, tag: string): Entry {
    const refused = () => this.shared("no_such_tag", refusal)
    const cases: Entry = {}
    const outer = this.path
    const isOtherwise = (each: Nodes.Case) => each.from === -safe && each.to === safe
    // The first case that has a tag takes it: none behind the one for all others can.
    const end = node.cases.findIndex(isOtherwise)
    const reachable = end < 0 ? node.cases : node.cases.slice(0, end + 1)
    const single = reachable.every((each) => each.from === each.to || isOtherwise(each))
    const tests: Array<string> = []
    let lost = false
    reachable.forEach((each, index) => {
      this.path = [...outer, each.name]
      this.lost = false
      const type = this.typed(place, each.name, each.node)
      lost ||= this.lost
      const key = isOtherwise(each) ? "_" : String(single ? each.from : index)
      cases[key] ??= type
      if (key !== "_")
        tests.push(
          each.from === each.to ? `${tag} == ${each.from}` : `(${tag} >= ${each.from} and ${tag} <= ${each.to})`
        )
    })
    this.path = outer
    this.lost = lost
    cases["_"] ??= refused()
    const chosen = tests.map((test, index) => `${test} ? ${index} : `).join("")
    return { "switch-on": single ? tag : `${chosen}-1`, cases }
  }
}

const refusal = (): KsyType => {
  const type = new KsyType()
  type.seq.push({ id: "refused", size: 0, valid: { expr: "false" } })
  return type
}
