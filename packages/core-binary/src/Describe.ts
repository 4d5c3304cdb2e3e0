/**
 * A layout as JSON, for other programs.
 *
 * @since 0.1.0
 */
import { bounds } from "./internal/bounds.ts"
import { typeName } from "./internal/Kind.ts"
import type { Layout, Node } from "./Layout.ts"

/**
 * What JSON can hold.
 *
 * @category models
 * @since 0.1.0
 */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

/**
 * A described layout: `root`, and under `definitions` the layouts that `{ "_tag": "Reference", "name" }` refers to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Description {
  readonly root: Json
  readonly definitions: { readonly [name: string]: Json }
}

/**
 * Describes a layout with everything that is on the wire: each node with its `_tag` and properties as in {@link Layout}, and
 * with `wireType`, `minSize` and `maxSize` (`null` where there is no bound) in bytes.
 *
 * **Details**
 *
 * 64-bit constants are decimal strings. A checksum has the `name` of its algorithm. A schema is left out and `transformed`
 * says that there is one: the description is of the encoded side.
 *
 * @category descriptions
 * @since 0.1.0
 */
export const describe = (layout: Layout<unknown>): Description => {
  const definitions: Record<string, Json> = Object.create(null)
  const names = new Map<Node, string>()
  const reference = (node: Extract<Node, { _tag: "Suspend" }>): string => {
    const target = node.of()
    const known = names.get(target)
    if (known !== undefined) return known
    let name = node.name
    for (let n = 2; name in definitions; n++) name = `${node.name} ${n}`
    names.set(target, name)
    definitions[name] = null
    definitions[name] = describeNode(target)
    return name
  }
  const plain = (value: unknown): Json => {
    if (typeof value === "bigint") return String(value)
    if (value === undefined || value === Infinity) return null
    if (Array.isArray(value)) return value.map(plain)
    return typeof value === "object" ? entries(value as object) : (value as Json)
  }
  const entries = (value: object): { [key: string]: Json } =>
    Object.fromEntries(
      Object.entries(value).flatMap(([key, part]) => {
        if (typeof part === "function") return []
        return [[key, nodeKeys.has(key) ? describeNode(part as Node) : plain(part)]]
      })
    )
  const describeNode = (node: Node): Json => {
    if (node._tag === "Suspend") return { _tag: "Reference", name: reference(node) }
    if (node._tag === "Transform") return { ...(describeNode(node.of) as object), transformed: true }
    const { max, min } = bounds(node)
    return { ...entries(node), wireType: typeName(node), minSize: min, maxSize: max === Infinity ? null : max }
  }
  const root = describeNode(layout.node)
  return { root, definitions: { ...definitions } }
}

/** Where a node, or what stands between nodes, holds a node. */
const nodeKeys: ReadonlySet<string> = new Set(["of", "node", "prefix"])
