/** Integers of 8, 16 and 32 bits: what a `DataView` reads and writes itself. Others are in `WideInt`. */
import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { flag, knownOrder, littleOf } from "../emitted.ts"
import { endianSuffix } from "../endianSuffix.ts"
import { range, type Whole } from "../integer.ts"
import type { Read, ReadPlace } from "../Reader.ts"
import { type IntKind, refuseWhole } from "../whole.ts"
import type { Write, WritePlace, WriteState } from "../Writer.ts"

const method = ({ bits, signed }: Layout.Int): string => `${signed ? "Int" : "Uint"}${bits}`

const reader = (node: Layout.Int, place: ReadPlace): Read<Whole> => {
  const { bits, signed } = node
  const little = knownOrder(node.endian, place)
  if (little === undefined && bits > 8) {
    // The order is a field's: both readers are there, and the state chooses.
    const [big, small] = [reader(node, { ...place, little: false }), reader(node, { ...place, little: true })]
    return (s) => (s.little ? small(s) : big(s))
  }
  const order = little ?? false
  // Each width in a place of its own: one place for all would be slower in each.
  if (bits === 8) return signed ? (s) => s.view.getInt8(s.p++) : (s) => s.view.getUint8(s.p++)
  if (bits === 16)
    return signed ? (s) => s.view.getInt16((s.p += 2) - 2, order) : (s) => s.view.getUint16((s.p += 2) - 2, order)
  return signed ? (s) => s.view.getInt32((s.p += 4) - 4, order) : (s) => s.view.getUint32((s.p += 4) - 4, order)
}

/** Writes a number: one in range, or one that is `checked`. */
const writer = (node: Layout.Int, place: WritePlace, checked: boolean): Write => {
  const { bits, endian, signed } = node
  const shift = 32 - bits
  // The shifts give the number back only if it is whole and in range; -0 is the one that slips through.
  const fits = signed
    ? (value: unknown): value is number =>
        !checked || (typeof value === "number" && (value << shift) >> shift === value && !Object.is(value, -0))
    : (value: unknown): value is number =>
        !checked || (typeof value === "number" && (value << shift) >>> shift === value && !Object.is(value, -0))
  const refuse = (s: WriteState, value: unknown) => refuseWhole(s, node.type, range(node), value)
  const known = knownOrder(endian, place)
  // Each width in a place of its own: one place for all would be slower in each.
  if (bits === 8) {
    return (s, value) => {
      if (!fits(value)) return refuse(s, value)
      s.view.setInt8(s.p++, value)
      return true
    }
  }
  if (bits === 16) {
    return (s, value) => {
      if (!fits(value)) return refuse(s, value)
      s.view.setInt16((s.p += 2) - 2, value, known ?? s.little)
      return true
    }
  }
  return (s, value) => {
    if (!fits(value)) return refuse(s, value)
    s.view.setInt32((s.p += 4) - 4, value, known ?? s.little)
    return true
  }
}

export const Int: IntKind = {
  bounds: (node) => exactly(node.bits / 8),
  typeName: ({ bits, endian, signed }) => `${signed ? "" : "u"}int${bits}${endianSuffix(endian)}`,
  range,
  emitAccess: (node, _source, at, little) => `view.get${method(node)}(${at}${node.bits === 8 ? "" : flag(little)})`,
  emitCheck(node, g, value) {
    const shift = 32 - node.bits
    const right = node.signed ? ">>" : ">>>"
    const same = shift === 0 && node.signed ? `(${value} | 0)` : `(${value} << ${shift} ${right} ${shift})`
    g.fail(`typeof ${value} !== "number" || ${same} !== ${value} || Object.is(${value}, -0)`)
  },
  emitRead(node, g, _rest, site) {
    const { source } = g
    const name = source.bind("v", Int.emitAccess(node, source, source.at(), littleOf(node.endian, site)))
    source.displacement += node.bits / 8
    return name
  },
  emitWrite(node, g, value, rest, site) {
    Int.emitCheck(node, g, value)
    Int.emitPut(node, g, value, rest, site)
  },
  emitPut(node, g, value, _rest, site, at) {
    const { source } = g
    const little = node.bits === 8 ? "" : flag(littleOf(node.endian, site))
    source.line(`view.set${method(node)}(${at ?? source.at()}, ${value}${little})`)
    if (at === undefined) source.displacement += node.bits / 8
  },
  read: (node, c, _rest, place) => c.guard(node.bits / 8, node, reader(node, place)),
  write: (node, _c, _rest, place) => writer(node, place, true),
  put: (node, _c, _rest, place) => writer(node, place, false)
}
