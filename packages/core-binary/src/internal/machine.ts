/** Machine integers in front of contents as data, which one function writes: a call through a closure costs more than that. */
import type { Int, Length, Node } from "../Layout.ts"
import { knownOrder } from "./emitted.ts"
import { countOf } from "./length/Prefixed.ts"
import type { Count } from "./whole.ts"
import type { WritePlace, WriteState } from "./Writer.ts"

/** Whether it is a number that a `DataView` reads and writes itself. */
export const isNumber = (node: Node): node is Int =>
  node._tag === "Int" && node.type === "number" && (node.bits === 8 || node.bits === 16 || node.bits === 32)

export interface Machine extends Omit<Count, "refuse"> {
  readonly bits: number
  readonly little: boolean | undefined
}

/** The integer in front of a content; `undefined` for a length that is none, or has a number for `null`. */
export const machineOf = (length: Length, place: WritePlace): Machine | undefined => {
  if (length._tag !== "Prefixed" || length.absent !== undefined || !isNumber(length.prefix)) return undefined
  const { bits, endian } = length.prefix
  return { ...countOf(length), bits, little: knownOrder(endian, place) }
}

/** Writes a count; `put` writes what is no machine integer, and refuses what it cannot hold. */
export const putCount = (
  s: WriteState,
  machine: Machine | undefined,
  put: (s: WriteState, n: number, at: number) => boolean,
  n: number
): boolean => {
  if (machine === undefined || n < machine.least || n > machine.most) return put(s, n, s.p)
  const { bits, plus } = machine
  const { p } = s
  if (bits === 8) {
    s.view.setInt8(p, n + plus)
    s.p = p + 1
  } else if (bits === 16) {
    s.view.setInt16(p, n + plus, machine.little ?? s.little)
    s.p = p + 2
  } else {
    s.view.setInt32(p, n + plus, machine.little ?? s.little)
    s.p = p + 4
  }
  return true
}
