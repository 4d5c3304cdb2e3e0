/**
 * Generates the lazy view of a struct: one pass that finds where the fields are and checks every length, and a class whose
 * getters read a field when it is asked for.
 */
import { isHidden } from "../Layout.ts"
import type * as Layout from "../Layout.ts"
import { bounds } from "./bounds.ts"
import { referenced } from "./referenced.ts"
import type { Generated } from "./generate.ts"
import { kindOf } from "./Kind.ts"
import { parameters, prologue, ReadGenerator, type ReadSite } from "./ReadGenerator.ts"
import type { Settings } from "./Settings.ts"
import { emptyModule, quote, Source } from "./Source.ts"

/** Where a field starts: `offset` bytes behind an anchor, a position that a length before it decides. */
interface Start {
  readonly field: Layout.Field
  readonly anchor: string
  readonly offset: number
}

class ViewGenerator extends ReadGenerator {
  /** A class with a getter a field, and the function `view` that makes one, or gives `X`. */
  view(node: Layout.Node): string {
    const source = (this.source = new Source(this.module))
    const { min } = bounds(node)
    if (min > 0) source.line(`if (e - p < ${min}) return X`)
    const { site, struct } = this.unwrap(node, { end: "e", little: "false", scope: undefined })
    const starts: Array<Start> = []
    const anchors: Array<string> = []
    let anchor: string | undefined
    let base = 0
    let behind = bounds(struct).min
    for (const field of struct.fields) {
      const { max, min } = bounds(field.node)
      behind -= min
      if (!isHidden(field.node)) {
        if (anchor === undefined) {
          anchors.push((anchor = source.bind("a", source.at())))
          base = source.displacement
        }
        starts.push({ field, anchor, offset: source.displacement - base })
      }
      this.skip(field.node, behind, site)
      // What stands behind a length is found from there.
      if (min !== max) anchor = undefined
    }
    source.line(`if (${source.at()} !== ${site.end}${site.end === "e" ? "" : ` || ${site.end} !== e`}) return X`)
    source.line(`return new View(m, origin, base, e, ${anchors.join(", ")})`)
    const view = source.function("view", parameters, prologue)
    const getters = starts.map((start) => this.getter(start, site.little))
    return `class View {
constructor(m, origin, base, e, ${anchors.join(", ")}) {
this.$m = m; this.$origin = origin; this.$base = base; this.$e = e; ${anchors.map((name) => `this.$${name} = ${name}`).join("; ")}
}
${getters.join("\n")}
}
${view}`
  }

  /** The struct within windows and byte orders, and its place. */
  private unwrap(node: Layout.Node, site: ReadSite): { readonly struct: Layout.Struct; readonly site: ReadSite } {
    const kind = kindOf(node)
    return node._tag === "Struct"
      ? { struct: node, site }
      : this.unwrap(kind.within!(node)!, kind.emitEnter!(node, this, site))
  }

  private getter({ anchor, field, offset }: Start, little: string): string {
    const source = (this.source = new Source(this.module))
    const value = this.read(field.node, 0, { end: "e", little, scope: undefined })
    // The pass has proved the lengths; what it did not look at (text, tags, checks) may still be wrong.
    const lines = source.body().map((line) => line.replaceAll("return X", "return refuse(this)"))
    return `get [${quote(field.name)}]() {
const m = this.$m, view = m.view, bytes = m.bytes, buffer = m.buffer, e = this.$e, base = this.$base, last = e, origin = this.$origin, depth = 0
let p = this.$${anchor} + ${offset}
${lines.join("\n")}
return ${value}
}`
  }
}

/** Whether a node can be viewed: a struct, in windows with a size in front, none of whose fields depends on another. */
const isViewable = (node: Layout.Node): boolean => {
  if (node._tag === "Struct") return referenced(node).by === undefined
  const inner = kindOf(node).within?.(node)
  return inner !== undefined && isViewable(inner)
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
  const module = emptyModule(false)
  const name = new Source(module).capture(refuse)
  const text = new ViewGenerator(settings, module).view(node)
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
const m = source === M.read.source ? M.read : R.readable(source), o = m.offset, e = o + end
return view(m, o + start, e, o + start, e, o, false, 0)
}`,
    runtime: module.runtime,
    captured: module.captured,
    unproved: false
  }
}
