/** Integers of 8, 16 and 32 bits: what a `DataView` reads and writes itself. Others are in `WideInt`. */
import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { flag, knownOrder, littleOf } from "../emitted.ts"
import { endianSuffix } from "../endianSuffix.ts"
import { range, type Whole } from "../integer.ts"
import type { Read, ReadPlace } from "../Reader.ts"
import { type IntKind, refuseWhole } from "../whole.ts"

const method = ({ bits, signed }: Layout.Int): string => `${signed ? "Int" : "Uint"}${bits}`

const reader = ({ bits, endian, signed }: Layout.Int, place: ReadPlace): Read<Whole> => {
  const known = knownOrder(endian, place)
  // Each width in a place of its own: one place for all would be slower in each.
  if (bits === 8) return signed ? (s) => s.view.getInt8(s.p++) : (s) => s.view.getUint8(s.p++)
  if (bits === 16) {
    return signed
      ? (s) => s.view.getInt16((s.p += 2) - 2, known ?? s.little)
      : (s) => s.view.getUint16((s.p += 2) - 2, known ?? s.little)
  }
  return signed
    ? (s) => s.view.getInt32((s.p += 4) - 4, known ?? s.little)
    : (s) => s.view.getUint32((s.p += 4) - 4, known ?? s.little)
}

/** One closure checks and writes: a call costs more than either. */
const count: IntKind["count"] = ({ bits, endian, signed }, _c, _rest, place, { least, most, plus, refuse }) => {
  const known = knownOrder(endian, place)
  // Each width in a place of its own: one place for all would be slower in each, and so would be one for their checks.
  if (bits === 8) {
    return (s, value) => {
      if (typeof value !== "number" || value !== (value | 0) || value < least || value > most || Object.is(value, -0))
        return refuse(s, value)
      s.view.setInt8(s.p++, value + plus)
      return true
    }
  }
  if (bits === 16) {
    return (s, value) => {
      if (typeof value !== "number" || value !== (value | 0) || value < least || value > most || Object.is(value, -0))
        return refuse(s, value)
      s.view.setInt16((s.p += 2) - 2, value + plus, known ?? s.little)
      return true
    }
  }
  return (s, value) => {
    if (
      typeof value !== "number" ||
      (signed ? value !== (value | 0) : value !== value >>> 0) ||
      value < least ||
      value > most ||
      Object.is(value, -0)
    )
      return refuse(s, value)
    s.view.setInt32((s.p += 4) - 4, value + plus, known ?? s.little)
    return true
  }
}

const write: IntKind["write"] = (node, c, rest, place) => {
  const whole = range(node)
  return count(node, c, rest, place, {
    least: Number(whole.min),
    most: Number(whole.max),
    plus: 0,
    refuse: (s, value) => refuseWhole(s, node.type, whole, value)
  })
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
  write,
  put: write,
  count
}
