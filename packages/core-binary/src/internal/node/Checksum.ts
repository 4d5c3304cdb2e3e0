import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { dependent } from "../dependent.ts"
import { filledLater } from "../filledLater.ts"
import type { Local, Locals } from "../emitted.ts"
import type { Slots } from "../Frame.ts"
import { type Kind, typeName } from "../Kind.ts"
import { ownSlot } from "../slots.ts"
import { checksum } from "../spans.ts"
import type { Source } from "../Source.ts"
import { wholeKindOf } from "../whole.ts"

const fieldIn = (scope: Locals | undefined, name: string): Local => {
  const found = scope?.fields.get(name)
  if (found === undefined) throw new Error(`no field ${name} in this struct`)
  return found
}

/** The code of the sum over a checksum's span; `own` is the checksum itself. */
const emitSum = (source: Source, node: Layout.Checksum, own: Local, scope: Locals | undefined): string => {
  const from = fieldIn(scope, node.from).start
  const to = node.to === undefined ? own.start : fieldIn(scope, node.to).start
  return `${source.run({ checksum })}(${source.capture(node)}, bytes, ${from}, ${to}, ${own.start}, ${own.end})`
}

const sum = (node: Layout.Checksum, name: string, slots: Slots | undefined) => {
  const own = ownSlot(slots, name)
  const from = ownSlot(slots, node.from)
  const to = node.to === undefined ? own : ownSlot(slots, node.to)
  return (bytes: Uint8Array, starts: ReadonlyArray<number>, ends: ReadonlyArray<number>): number =>
    checksum(node, bytes, starts[from]!, starts[to]!, starts[own]!, ends[own]!)
}

export const Checksum: Kind<Layout.Checksum> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => `${node.algorithm.name} ${typeName(node.of)}`,
  names(node, visit) {
    visit(node.from, dependent)
    if (node.to !== undefined) visit(node.to, dependent)
  },
  ...filledLater,
  derived: {
    by: dependent,
    overBytes: () => true,
    positions(node, name, add) {
      add(name)
      add(node.from)
      if (node.to !== undefined) add(node.to)
    },
    emitVerify(node, g, known, site) {
      g.fail(`${known.value} !== ${emitSum(g.source, node, known, site.scope)}`)
    },
    verify(node, _c, name, place) {
      const own = ownSlot(place.slots, name)
      const compute = sum(node, name, place.slots)
      return (s) => {
        const { ends, starts, values } = s.frame
        const computed = compute(s.bytes, starts, ends)
        if (computed === values[own]) return true
        s.path.push(name)
        s.fail("ChecksumMismatch", starts[own]!, `${computed} (${typeName(node)})`, String(values[own]))
        s.path.pop()
        return false
      }
    },
    emitFill(node, g, name, site) {
      const own = site.scope.fields.get(name)!
      const value = g.source.bind("c", emitSum(g.source, node, own, site.scope))
      wholeKindOf(node.of).emitPut(node.of, g, value, 0, site, own.start)
    },
    fill(node, c, name, place) {
      const own = ownSlot(place.slots, name)
      const compute = sum(node, name, place.slots)
      const put = wholeKindOf(node.of).put(node.of, c, 0, place)
      return (s) => {
        const { ends, starts } = s.frame
        const value = compute(s.bytes, starts, ends)
        const after = s.p
        s.p = starts[own]!
        put(s, value)
        s.p = after
        return true
      }
    }
  }
}
