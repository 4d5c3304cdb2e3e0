/** Chooses what runs a layout: an installed module, generated code, or closures. */
import type { Node } from "../Layout.ts"
import { closures } from "./closures.ts"
import { generateView, type ViewPass } from "./emitView.ts"
import { NotGenerated } from "./emitWrite.ts"
import { type Factory, generate, type Passes } from "./generate.ts"
import { hasInstalled, installed } from "./installed.ts"
import { asksRemaining } from "./place.ts"
import { runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"
import { WalkWrite } from "./walkWrite.ts"

export type Backend = "auto" | "generated" | "closures"

let allowed: boolean | undefined

/** Whether code may be generated here. Asked once and only when first needed: where it may not, asking leaves a report. */
const mayGenerate = (): boolean => {
  if (allowed === undefined) {
    try {
      allowed = new Function("return true")() as boolean
    } catch {
      allowed = false
    }
  }
  return allowed
}

/** The lazy view of a layout; `undefined` where it is read at once: without generated code, or where fields depend on each other. */
export const viewOf = (
  node: Node,
  settings: Settings,
  backend: Backend,
  refuse: (bytes: Uint8Array, start: number) => never
): ViewPass | undefined => {
  if (backend === "closures" || (backend === "auto" && !mayGenerate())) return undefined
  const generated = generateView(node, settings, refuse)
  return generated === undefined
    ? undefined
    : (new Function("R", "K", generated.text)(runtime, generated.captured) as ViewPass)
}

export const passesOf = (node: Node, settings: Settings, backend: Backend): Passes => {
  const passes = fastest(node, settings, backend)
  if (!asksRemaining(node)) return passes
  // A fast pass writes front to back and has let go of the fields when the window ends: the slow one compares.
  const write: Passes["write"] = (value, bytes, start) =>
    new WalkWrite(settings, start).message(node, value) < 0 ? -2 : passes.write(value, bytes, start)
  return { read: passes.read, write }
}

const fastest = (node: Node, settings: Settings, backend: Backend): Passes => {
  const generates = backend === "generated" || (backend === "auto" && (hasInstalled(node) || mayGenerate()))
  if (!generates) return closures(node, settings)
  try {
    const { captured, text } = generate(node, settings)
    const factory =
      installed(node, text) ??
      (backend === "generated" || mayGenerate() ? (new Function("R", "K", text) as Factory) : undefined)
    return factory === undefined ? closures(node, settings) : factory(runtime, captured)
  } catch (error) {
    if (error instanceof NotGenerated) return closures(node, settings)
    throw error
  }
}
