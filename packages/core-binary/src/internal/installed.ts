/** The modules that were generated ahead of time, by the layout they belong to. */
import type { Node } from "../Layout.ts"
import type { Factory } from "./generate.ts"

/** Modules of one layout, by the fingerprints of what they were generated from. */
export interface Installed {
  /** The module of exactly this text. */
  readonly find: (text: string) => Factory | undefined
  /** Which modules there are: what was compiled before another came stays as it is. */
  readonly names: () => string
}

const modules = /* @__PURE__ */ new WeakMap<Node, Installed>()

export const installed = (node: Node): Installed | undefined => modules.get(node)

export const install = (node: Node, found: Installed): void => void modules.set(node, found)
