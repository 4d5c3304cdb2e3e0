/** The modules that were generated ahead of time, by the layout they belong to. */
import type { Node } from "../Layout.ts"
import type { Factory } from "./generate.ts"

export interface Installed {
  readonly fingerprint: string
  readonly make: Factory
}

const modules = new WeakMap<Node, Map<string, Factory>>()

export const install = (node: Node, module: Installed): void => {
  let known = modules.get(node)
  if (known === undefined) modules.set(node, (known = new Map()))
  known.set(module.fingerprint, module.make)
}

export const hasInstalled = (node: Node): boolean => modules.has(node)

/** Which modules are installed for a layout: what was compiled before another came stays as it is. */
export const installedFor = (node: Node): string => [...(modules.get(node)?.keys() ?? [])].join()

export const installed = (node: Node, text: string): Factory | undefined => modules.get(node)?.get(fingerprintOf(text))

/** What tells one generated text from another: FNV-1a over its UTF-16 units, 64 bits in hex. */
export const fingerprintOf = (text: string): string => {
  let high = 0xcbf29ce4
  let low = 0x84222325
  for (let i = 0; i < text.length; i++) {
    low = (low ^ text.charCodeAt(i)) >>> 0
    // The prime is 2^40 + 0x1b3, multiplied by halves.
    const product = low * 0x1b3
    high = (Math.imul(high, 0x1b3) + (low << 8) + Math.floor(product / 0x100000000)) >>> 0
    low = product >>> 0
  }
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0")
}
