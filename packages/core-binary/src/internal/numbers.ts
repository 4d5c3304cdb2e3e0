/** Arrays of the integers that a `DataView` reads and writes itself: closures with a loop, without a call for each of them. */
import type { Int, Length } from "../Layout.ts"
import { knownOrder } from "./emitted.ts"
import { machineOf, putCount } from "./machine.ts"
import type { Read, ReadPlace } from "./Reader.ts"
import type { Write, WritePlace, WriteState } from "./Writer.ts"

/** Reads as many as `count` gives, which has made sure that they are there. */
export const readNumbers = ({ bits, endian, signed }: Int, count: Read<number | null>, place: ReadPlace): Read => {
  const known = knownOrder(endian, place)
  return (s) => {
    const n = count(s)
    if (typeof n !== "number") return n
    const { view } = s
    const little = known ?? s.little
    const items = new Array<number>(n)
    let { p } = s
    for (let i = 0; i < n; i++) {
      if (bits === 8) items[i] = signed ? view.getInt8(p++) : view.getUint8(p++)
      else if (bits === 16)
        items[i] = signed ? view.getInt16((p += 2) - 2, little) : view.getUint16((p += 2) - 2, little)
      else items[i] = signed ? view.getInt32((p += 4) - 4, little) : view.getUint32((p += 4) - 4, little)
    }
    s.p = p
    return items
  }
}

/** Writes at most `limit` of them behind what `put` makes of their number; `refuse` says what else is no array. */
export const writeNumbers = (
  node: Int,
  length: Length,
  limit: number,
  put: (s: WriteState, n: number, at: number) => boolean,
  refuse: Write,
  rest: number,
  place: WritePlace
): Write => {
  const { bits, endian, signed } = node
  const known = knownOrder(endian, place)
  const machine = machineOf(length, place)
  const shift = 32 - bits
  return (s, items) => {
    if (!Array.isArray(items) || items.length > limit) return refuse(s, items)
    const n = items.length
    if (!putCount(s, machine, put, n)) return false
    const { view } = s
    const little = known ?? s.little
    let { p } = s
    if (n * (bits / 8) > s.e - p - rest) return s.full()
    for (let i = 0; i < n; i++) {
      const item: unknown = items[i]
      if (
        typeof item !== "number" ||
        (signed ? (item << shift) >> shift : (item << shift) >>> shift) !== item ||
        Object.is(item, -0)
      ) {
        s.fault = -2
        return false
      }
      if (bits === 8) view.setInt8(p++, item)
      else if (bits === 16) view.setInt16((p += 2) - 2, item, little)
      else view.setInt32((p += 4) - 4, item, little)
    }
    s.p = p
    return true
  }
}
