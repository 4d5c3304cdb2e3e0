/** Chooses what runs a layout: an installed module, generated code, or closures. */
import type { Node } from "../Layout.ts"
import { type Factory, generate, type Passes } from "./generate.ts"
import { runtime } from "./runtime.ts"
import type { Settings } from "./Settings.ts"

export type Backend = "auto" | "generated" | "closures"

export const passesOf = (node: Node, settings: Settings, _backend: Backend): Passes => {
  const { captured, text } = generate(node, settings)
  return (new Function("R", "K", text) as Factory)(runtime, captured)
}
