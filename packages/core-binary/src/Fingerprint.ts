/**
 * A layout's identity on the wire: the same after refactorings that leave the wire as it is, another when it changes.
 *
 * **Details**
 *
 * Names of fields, cases, enums and suspended layouts, grouping of fields into structs, value types (`number` or `bigint`),
 * schemas and laziness are not on the wire. Widths, signs, byte orders, lengths and their bounds, tags, constants, alignment,
 * conditions and checksum algorithms are.
 *
 * **When to use**
 *
 * Commit the {@link baseline} of a project's layouts as JSON and let a test assert that {@link check} finds no change.
 *
 * @since 0.1.0
 */
import { WireForm } from "./internal/wireForm.ts"
import type { Layout } from "./Layout.ts"

/**
 * The wire of a layout, a line for each part: what {@link make} sums up and what {@link check} compares.
 *
 * **Example** (What stands on the wire)
 *
 * ```ts
 * import { Binary, Fingerprint } from "@bytewright/core-binary"
 *
 * const layout = Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) })
 * console.log(Fingerprint.wire(layout).join("\n"))
 * // => #0 u16be
 * // => #1 utf8[u8 bytes]
 * ```
 *
 * @category fingerprints
 * @since 0.1.0
 */
export const wire = (layout: Layout<unknown>): ReadonlyArray<string> => new WireForm(layout.node).text()

/** FNV-1a of 64 bits, over UTF-16 code units: a name for a text, no defence against somebody who wants a collision. */
const hash = (text: string): string => {
  let state = 0xcbf29ce484222325n
  for (let i = 0; i < text.length; i++)
    state = BigInt.asUintN(64, (state ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n)
  return state.toString(16).padStart(16, "0")
}

/**
 * The fingerprint of a layout: 16 hexadecimal digits, which never change between releases of one major version.
 *
 * @category fingerprints
 * @since 0.1.0
 */
export const make = (layout: Layout<unknown>): string => hash(wire(layout).join("\n"))

/**
 * What a project commits: for each layout its fingerprint and, so that a change can be told, its wire.
 *
 * @category models
 * @since 0.1.0
 */
export type Baseline = Readonly<Record<string, { readonly fingerprint: string; readonly wire: ReadonlyArray<string> }>>

/**
 * The baseline of layouts, as an object to write as JSON.
 *
 * @category baselines
 * @since 0.1.0
 */
export const baseline = (layouts: Readonly<Record<string, Layout<unknown>>>): Baseline =>
  Object.fromEntries(
    Object.entries(layouts).map(([name, layout]) => [name, { fingerprint: make(layout), wire: wire(layout) }])
  )

/**
 * A difference from the baseline: `was` and `is` are the first lines that differ.
 *
 * @category models
 * @since 0.1.0
 */
export interface Change {
  readonly name: string
  readonly change: "added" | "removed" | "changed"
  readonly was: string | undefined
  readonly is: string | undefined
}

/**
 * The differences between layouts and a committed baseline; none where the wire is as it was.
 *
 * **Example** (A wider number)
 *
 * ```ts
 * import { Binary, Fingerprint } from "@bytewright/core-binary"
 *
 * const before = Fingerprint.baseline({ Point: Binary.Struct({ x: Binary.Int16, y: Binary.Int16 }) })
 * console.log(Fingerprint.check({ Point: Binary.Struct({ left: Binary.Int16, top: Binary.Int16 }) }, before))
 * // => []
 * const [change] = Fingerprint.check({ Point: Binary.Struct({ x: Binary.Int16, y: Binary.Int32 }) }, before)
 * console.log(change)
 * // => { name: 'Point', change: 'changed', was: '#1 i16be', is: '#1 i32be' }
 * ```
 *
 * @category baselines
 * @since 0.1.0
 */
export const check = (
  layouts: Readonly<Record<string, Layout<unknown>>>,
  baseline: Baseline
): ReadonlyArray<Change> => {
  const changes: Array<Change> = []
  for (const [name, layout] of Object.entries(layouts)) {
    const now = wire(layout)
    const before = Object.hasOwn(baseline, name) ? baseline[name]!.wire : undefined
    if (before === undefined) changes.push({ name, change: "added", was: undefined, is: now[0] })
    else {
      const longest = Math.max(now.length, before.length)
      let at = 0
      while (at < longest && now[at] === before[at]) at++
      if (at < longest) changes.push({ name, change: "changed", was: before[at], is: now[at] })
    }
  }
  for (const [name, { wire }] of Object.entries(baseline))
    if (!Object.hasOwn(layouts, name)) changes.push({ name, change: "removed", was: wire[0], is: undefined })
  return changes
}
