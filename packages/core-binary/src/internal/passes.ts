/** Chooses what runs a layout: an installed module, generated code, or closures. */
import type { Node } from "../Layout.ts"
import { closures } from "./closures.ts"
import { type Factory, generate, NotGenerated, type Passes } from "./generate.ts"
import { installed } from "./installed.ts"
import type { Settings } from "./Settings.ts"
import { generateView, type ViewPass } from "./view.ts"

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
export const viewOf = (node: Node, settings: Settings, refuse: (bytes: Uint8Array) => never): ViewPass | undefined => {
  const { backend } = settings
  if (backend === "closures" || (backend === "auto" && !mayGenerate())) return undefined
  const generated = generateView(node, settings, refuse)
  return generated === undefined
    ? undefined
    : (new Function("R", "K", generated.text)(generated.runtime, generated.captured) as ViewPass)
}

export const passesOf = (node: Node, settings: Settings): Passes => {
  const { backend } = settings
  const generates = backend === "generated" || (backend === "auto" && (installed(node) !== undefined || mayGenerate()))
  if (!generates) return closures(node, settings)
  try {
    const { captured, runtime, text, unproved } = generate(node, settings)
    const factory =
      installed(node)?.find(text) ??
      (backend === "generated" || mayGenerate() ? (new Function("R", "K", text) as Factory) : undefined)
    if (factory === undefined) return closures(node, settings)
    const passes = factory(runtime, captured)
    return unproved ? { read: passes.read, write: closures(node, settings).write } : passes
  } catch (error) {
    if (error instanceof NotGenerated) return closures(node, settings)
    throw error
  }
}
