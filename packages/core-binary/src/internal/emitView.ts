/**
 * Generates the lazy view of a struct: one pass that finds where the fields are and checks every length, and a class whose
 * getters read a field when it is asked for.
 */
import { isHidden } from "../Layout.ts"
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { referenced } from "./closureExpr.ts"
import { EmitRead } from "./emitRead.ts"
import { parameters, type Place, prologue } from "./emitted.ts"
import type { Settings } from "./Settings.ts"
import type { Generated } from "./generate.ts"
import { bound, type Module, type Prologue, quote, Source } from "./Source.ts"
import { codeUnit } from "./text.ts"

/** Where a field starts: `offset` bytes behind an anchor, a position that a length before it decides. */
interface Start {
  readonly anchor: string
  readonly offset: number
}

class EmitView extends EmitRead {
  /** Passes over a node, checking what lengths announce. */
  private skip(node: Layout.Node, rest: number, place: Place): void {
    const { source } = this
    const { max, min } = bounds(node)
    if (node._tag === "Const" || node._tag === "ConstInt") return void this.read(node, rest, place)
    if (min === max && node._tag !== "Pointer") {
      source.displacement += min
      return
    }
    switch (node._tag) {
      case "Bytes":
      case "Text":
      case "Window":
        if (node.length._tag === "Prefixed" && node.length.absent !== undefined) break
        return this.behind(node.length, this.extent(node.length, rest, place, codeUnit(node)), rest, place)
      case "Array": {
        const item = bounds(node.of)
        if (
          item.min !== item.max ||
          node.length._tag !== "Prefixed" ||
          node.length.unit === "bytes" ||
          node.length.absent !== undefined
        )
          break
        const n = this.count(node.length, item.min, true, rest, place)
        source.flush()
        source.line(`p += ${n} * ${item.min}`)
        return
      }
      case "Transform":
        return this.skip(node.of, rest, place)
    }
    void this.read(node, rest, place)
  }

  /** A class with a getter a field, and the function `view` that makes one, or gives `X`. */
  view(node: Layout.Node): string {
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    if (min > 0) source.line(`if (e - p < ${min}) return X`)
    const { place, struct } = this.unwrap(node, { end: "e", little: "false", scope: undefined })
    const starts: Array<Start> = []
    const anchors = [source.bind("a", source.at())]
    let base = source.displacement
    let behind = bounds(struct).min
    for (const field of struct.fields) {
      const { max, min } = bounds(field.node)
      behind -= min
      starts.push({ anchor: anchors.at(-1)!, offset: source.displacement - base })
      this.skip(field.node, behind, place)
      if (min === max) continue
      // What stands behind a length is found from here.
      anchors.push(source.bind("a", source.at()))
      base = source.displacement
    }
    source.line(`if (${source.at()} !== ${place.end}${place.end === "e" ? "" : ` || ${place.end} !== e`}) return X`)
    const needed = anchors.filter((name) =>
      struct.fields.some((field, at) => !isHidden(field.node) && starts[at]!.anchor === name)
    )
    source.line(`return new View(m, origin, base, e, ${needed.join(", ")})`)
    const view = source.function("view", parameters, prologue)
    const getters = struct.fields.flatMap((field, index) =>
      isHidden(field.node) ? [] : [this.getter(field, starts[index]!, place.little)]
    )
    return `class View {
constructor(m, origin, base, e, ${needed.join(", ")}) {
this.$m = m; this.$origin = origin; this.$base = base; this.$e = e; ${needed.map((name) => `this.$${name} = ${name}`).join("; ")}
}
${getters.join("\n")}
}
${view}`
  }

  /** The struct within windows and byte orders, and its place. */
  private unwrap(node: Layout.Node, place: Place): { readonly struct: Layout.Struct; readonly place: Place } {
    if (node._tag === "Struct") return { struct: node, place }
    if (node._tag === "Endianness") return this.unwrap(node.of, { ...place, little: String(node.little) })
    const window = node as Layout.Window
    const end = this.extent(window.length, 0, place)
    const inner = { ...place, end }
    this.ensure(bounds(window.of).min, inner)
    return this.unwrap(window.of, inner)
  }

  private getter(field: Layout.Field, start: Start, little: string): string {
    const source = (this.source = new Source(this.module))
    const value = this.read(field.node, 0, { end: "e", little, scope: undefined })
    // The pass has proved the lengths; what it did not look at (text, tags, checks) may still be wrong.
    const lines = source.body().map((line) => line.replaceAll("return X", "return refuse(this)"))
    const bindings: Prologue = [
      ["m", "this.$m"],
      ...prologue,
      ["e", "this.$e"],
      ["base", "this.$base"],
      ["last", "e"],
      ["origin", "this.$origin"],
      ["depth", "0"],
      ["let p", `this.$${start.anchor}${start.offset === 0 ? "" : ` + ${start.offset}`}`]
    ]
    return `get [${quote(field.name)}]() {
${bound(bindings, [...lines, `return ${value}`]).join("\n")}
}`
  }
}

/** Whether a node can be viewed: a struct, in windows with a size in front, none of whose fields depends on another. */
const isViewable = (node: Layout.Node): boolean => {
  switch (node._tag) {
    case "Struct":
      return referenced(node).size === 0
    case "Endianness":
      return typeof node.little === "boolean" && isViewable(node.of)
    case "Window":
      return (
        !node.lazy &&
        node.rest === "error" &&
        node.length._tag === "Prefixed" &&
        node.length.absent === undefined &&
        isViewable(node.of)
      )
    default:
      return false
  }
}

/** Reads `bytes[start, end)` as a view, or gives `invalid`. */
export type ViewPass = (bytes: Uint8Array, start: number, end: number) => unknown

/** The view of a layout as generated code; `undefined` where it would gain nothing over reading all of it. */
export const generateView = (
  node: Layout.Node,
  settings: Settings,
  refuse: (bytes: Uint8Array, start: number) => never
): Generated | undefined => {
  if (!isViewable(node)) return undefined
  const module: Module = { captured: [], functions: [], names: 0, pointers: false, outruns: false }
  const name = new Source(module).capture(refuse)
  const text = new EmitView(settings, module).view(node)
  // A getter would follow pointers without an account of them.
  if (module.pointers) return undefined
  return {
    text: `"use strict"
const X = R.invalid, M = R.memory
let P = 0
const refuse = (view) => ${name}(view.$m.bytes.subarray(view.$origin, view.$e), view.$base - view.$origin)
${module.functions.join("\n")}
${text}
return (source, start, end) => {
let m = M.read
if (m.source !== source) m = R.readable(source)
const o = m.offset, e = o + end
return view(m, o + start, e, o + start, e, o, false, 0)
}`,
    captured: module.captured
  }
}
