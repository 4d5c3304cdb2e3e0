/**
 * Generates the lazy view of a struct: one pass that finds where the fields are and checks every length, and a class whose
 * getters read a field when it is asked for.
 */
import { isHidden, type Node } from "../Layout.ts"
import { bounds } from "./bounds.ts"
import type { Generated } from "./generate.ts"
import { kindOf } from "./Kind.ts"
import { positions, prologue } from "./emitted.ts"
import { opening, ReadGenerator, type ReadSite } from "./ReadGenerator.ts"
import { referenced } from "./referenced.ts"
import type { Settings } from "./Settings.ts"
import { type Bindings, bound, emptyModule, quote, Source } from "./Source.ts"

/** What a getter has of the view it belongs to. */
const kept: Bindings = [
  "const m = this.$m",
  ...prologue,
  "const e = this.$e",
  "const base = this.$base",
  "const last = e",
  "const origin = this.$origin",
  "const depth = 0"
]

/** Reads `bytes[start, end)` as a view, or gives `invalid`. */
export type ViewPass = (bytes: Uint8Array, start: number, end: number) => unknown

/** The view of a layout as generated code; `undefined` where it would gain nothing over reading all of it. */
export const generateView = (
  root: Node,
  settings: Settings,
  refuse: (bytes: Uint8Array) => never
): Generated | undefined => {
  const module = emptyModule(false)
  const g = new ReadGenerator(settings, module)
  const pass = g.source
  const refusing = pass.capture(refuse)
  let struct = root
  let site: ReadSite = { end: "e", little: "false", scope: undefined }
  g.ensure(bounds(root).min, site)
  // The struct may stand in windows and byte orders.
  while (struct._tag !== "Struct") {
    const { emitEnter, within } = kindOf(struct)
    const inner = within?.(struct)
    if (inner === undefined) return undefined
    site = emitEnter!(struct, g, site)
    struct = inner
  }
  // A getter reads its field alone: none may depend on another.
  if (referenced(struct).by !== undefined) return undefined
  /** Positions that a length before them decides: what stands behind one is found from it. */
  const anchors: Array<string> = []
  const getters: Array<string> = []
  let behind = bounds(struct).min
  let base: number | undefined
  for (const { name, node } of struct.fields) {
    const { max, min } = bounds(node)
    behind -= min
    if (!isHidden(node)) {
      if (base === undefined) {
        anchors.push(pass.bind("a", pass.at()))
        base = pass.displacement
      }
      const source = (g.source = new Source(module))
      const value = g.read(node, 0, { end: "e", little: site.little, scope: undefined })
      // The pass has proved the lengths; what it did not look at (text, tags, checks) may still be wrong.
      const lines = source.body().map((line) => line.replaceAll("return X", "return refuse(this)"))
      const start = `let p = this.$${anchors.at(-1)} + ${pass.displacement - base}`
      getters.push(`get [${quote(name)}]() {
${bound([...kept, start], [...lines, `return ${value}`]).join("\n")}
}`)
      g.source = pass
    }
    g.skip(node, behind, site)
    if (min !== max) base = undefined
  }
  // A getter would follow pointers without an account of them.
  if (module.pointers) return undefined
  g.fail(`${pass.at()} !== ${site.end} || ${site.end} !== e`)
  const fields = ["m", "origin", "base", "e", ...anchors].join(", ")
  pass.line(`return new View(${fields})`)
  return {
    text: `"use strict"
const X = R.invalid, M = R.memory
let P = 0
const refuse = (view) => ${refusing}(view.$m.bytes.subarray(view.$base, view.$e))
${module.functions.join("\n")}
class View {
constructor(${fields}) {
${fields.replaceAll(/\w+/g, "this.$$$& = $&").replaceAll(",", ";")}
}
${getters.join("\n")}
}
return (source, start, end) => {
${[...opening, ...bound(positions, pass.body())].join("\n")}
}`,
    runtime: module.runtime,
    captured: module.captured,
    unproved: false
  }
}
