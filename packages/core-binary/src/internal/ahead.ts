/** Installs modules that were generated ahead of time, and tells whether they still are what would be generated. */
import type { Node } from "../Layout.ts"
import type { Factory } from "./generate.ts"
import * as installed from "./installed.ts"

/** A module's exports. */
export interface Generated {
  readonly fingerprint: string
  readonly make: Factory
}

const modules = new WeakMap<Node, Map<string, Factory>>()

export const install = (node: Node, module: Generated): void => {
  const known = modules.get(node) ?? new Map<string, Factory>()
  modules.set(node, known)
  known.set(module.fingerprint, module.make)
  installed.install(node, {
    find: (text) => known.get(fingerprintOf(text)),
    names: () => [...known.keys()].join()
  })
}

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
