/** Chooses what runs a layout: an installed module, generated code, or closures. */
import type { Node } from "../Layout.ts"
import { closures } from "./closures.ts"
import { NotGenerated } from "./emitWrite.ts"
import { type Factory, generate, type Passes } from "./generate.ts"
import { runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"

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

export const passesOf = (node: Node, settings: Settings, backend: Backend): Passes => {
  if (backend === "closures" || (backend === "auto" && !mayGenerate())) return closures(node, settings)
  try {
    const { captured, text } = generate(node, settings)
    return (new Function("R", "K", text) as Factory)(runtime, captured)
  } catch (error) {
    if (error instanceof NotGenerated) return closures(node, settings)
    throw error
  }
}
