import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { flag, knownOrder, littleOf } from "../emitted.ts"
import { endianSuffix } from "../endianSuffix.ts"
import { isWhole, range, readBigInt, readNumber, type Whole, writeBigInt, writeNumber } from "../integer.ts"
import type { Read, ReadPlace } from "../Reader.ts"
import type { Source } from "../Source.ts"
import type { WholeKind } from "../whole.ts"
import type { WriteGenerator } from "../WriteGenerator.ts"
import { show, type Write, type WritePlace, type WriteState } from "../Writer.ts"

/** The code that reads an integer at a position. */
export const emitAccess = (source: Source, node: Layout.Int, at: string, little: string): string => {
  const { bits, signed, type } = node
  const sign = signed ? "Int" : "Uint"
  if (bits === 64 && type === "bigint") return `view.getBig${sign}64(${at}${flag(little)})`
  if (type === "bigint") return `${source.run({ readBigInt })}(view, ${at}, ${bits / 8}, ${signed}, ${little})`
  if (bits === 8) return `view.get${sign}8(${at})`
  if (bits === 16 || bits === 32) return `view.get${sign}${bits}(${at}${flag(little)})`
  return `${source.run({ readNumber })}(view, ${at}, ${bits / 8}, ${signed}, ${little})`
}

/** The code that checks that a value is one of an integer's. */
export const emitCheck = (g: WriteGenerator, node: Layout.Int, value: string): void => {
  const { max, min } = range(node)
  const { bits, signed, type } = node
  if (type === "bigint") {
    return g.fail(
      `typeof ${value} !== "bigint" || ${
        bits === 64
          ? `BigInt.as${signed ? "Int" : "Uint"}N(64, ${value}) !== ${value}`
          : `${value} < ${min}n || ${value} > ${max}n`
      }`
    )
  }
  if (bits > 32) return g.fail(`!${g.source.run({ isWhole })}(${value}, ${min}, ${max})`)
  // The shifts give the number back only if it is whole and in range; -0 is the one that slips through.
  const shift = 32 - bits
  const right = signed ? ">>" : ">>>"
  const same = shift === 0 && signed ? `(${value} | 0)` : `(${value} << ${shift} ${right} ${shift})`
  g.fail(`typeof ${value} !== "number" || ${same} !== ${value} || Object.is(${value}, -0)`)
}

const reader = (node: Layout.Int, place: ReadPlace): Read<Whole> => {
  const size = node.bits / 8
  const { signed, type } = node
  const little = knownOrder(node.endian, place)
  if (little === undefined && size > 1) {
    // The order is a field's: both readers are there, and the state chooses.
    const [big, small] = [reader(node, { ...place, little: false }), reader(node, { ...place, little: true })]
    return (s) => (s.little ? small(s) : big(s))
  }
  const order = little ?? false
  switch (type === "number" ? (signed ? size : -size) : size === 8 ? (signed ? 80 : -80) : 0) {
    case 1:
      return (s) => s.view.getInt8(s.p++)
    case -1:
      return (s) => s.view.getUint8(s.p++)
    case 2:
      return (s) => s.view.getInt16((s.p += 2) - 2, order)
    case -2:
      return (s) => s.view.getUint16((s.p += 2) - 2, order)
    case 4:
      return (s) => s.view.getInt32((s.p += 4) - 4, order)
    case -4:
      return (s) => s.view.getUint32((s.p += 4) - 4, order)
    case 80:
      return (s) => s.view.getBigInt64((s.p += 8) - 8, order)
    case -80:
      return (s) => s.view.getBigUint64((s.p += 8) - 8, order)
  }
  if (type === "bigint") return (s) => readBigInt(s.view, (s.p += size) - size, size, signed, order)
  return (s) => {
    const start = s.p
    const value = readNumber(s.view, start, size, signed, order)
    s.p += size
    return Number.isSafeInteger(value)
      ? value
      : s.fail("OutOfRange", start, "a safe integer", String(readBigInt(s.view, start, size, signed, order)))
  }
}

const put = (node: Layout.Int, place: WritePlace): ((s: WriteState, value: Whole) => true) => {
  const size = node.bits / 8
  const known = knownOrder(node.endian, place)
  if (node.type === "bigint") {
    return (s, value) => {
      if (size === 8) s.view.setBigInt64(s.p, value as bigint, known ?? s.little)
      else writeBigInt(s.view, s.p, size, value as bigint, known ?? s.little)
      s.p += size
      return true
    }
  }
  switch (size) {
    case 1:
      return (s, value) => {
        s.view.setInt8(s.p++, value as number)
        return true
      }
    case 2:
      return (s, value) => {
        s.view.setInt16((s.p += 2) - 2, value as number, known ?? s.little)
        return true
      }
    case 4:
      return (s, value) => {
        s.view.setInt32((s.p += 4) - 4, value as number, known ?? s.little)
        return true
      }
    default:
      return (s, value) => {
        writeNumber(s.view, (s.p += size) - size, size, value as number, known ?? s.little)
        return true
      }
  }
}

/** Refuses a value that is no whole number of a type and range. */
export const refuseWhole = (s: WriteState, type: string, min: Whole, max: Whole, value: unknown): false =>
  s.refuse(typeof value === type ? "OutOfRange" : "InvalidType", `a ${type} from ${min} to ${max}`, show(value))

const writer = (node: Layout.Int, place: WritePlace): Write => {
  const { max, min } = range(node)
  const refuse = (s: WriteState, value: unknown) => refuseWhole(s, node.type, min, max, value)
  const each = put(node, place)
  if (node.type === "bigint")
    return (s, value) => (typeof value !== "bigint" || value < min || value > max ? refuse(s, value) : each(s, value))
  const least = Number(min)
  const most = Number(max)
  const known = knownOrder(node.endian, place)
  // The common widths in places of their own: one place for all would be slower in each.
  switch (node.bits) {
    case 8:
      return (s, value) => {
        if (!isWhole(value, least, most)) return refuse(s, value)
        s.view.setInt8(s.p++, value)
        return true
      }
    case 16:
      return (s, value) => {
        if (!isWhole(value, least, most)) return refuse(s, value)
        s.view.setInt16((s.p += 2) - 2, value, known ?? s.little)
        return true
      }
    default:
      return (s, value) => (isWhole(value, least, most) ? each(s, value) : refuse(s, value))
  }
}

export const Int: WholeKind<Layout.Int> = {
  bounds: (node) => exactly(node.bits / 8),
  typeName: ({ bits, endian, signed }) => `${signed ? "" : "u"}int${bits}${endianSuffix(endian)}`,
  range,
  size: (node) => node.bits / 8,
  emitSize: (node) => String(node.bits / 8),
  emitRead(node, g, _rest, site) {
    const { source } = g
    const name = source.bind("v", emitAccess(source, node, source.at(), littleOf(node.endian, site)))
    const { max, min } = range(node)
    // Wider than a safe integer: what was read may have been rounded.
    if (node.type === "number" && node.bits >= 56) g.fail(`${name} > ${max} || ${name} < ${min}`)
    source.displacement += node.bits / 8
    return name
  },
  emitWrite(node, g, value, rest, site) {
    emitCheck(g, node, value)
    Int.emitPut(node, g, value, rest, site)
  },
  emitPut(node, g, value, _rest, site, at) {
    const { source } = g
    const { bits, signed, type } = node
    const position = at ?? source.at()
    if (at === undefined) source.displacement += bits / 8
    const little = littleOf(node.endian, site)
    const sign = signed ? "Int" : "Uint"
    if (bits === 64 && type === "bigint") source.line(`view.setBig${sign}64(${position}, ${value}${flag(little)})`)
    else if (bits === 8 && type === "number") source.line(`view.set${sign}8(${position}, ${value})`)
    else if ((bits === 16 || bits === 32) && type === "number")
      source.line(`view.set${sign}${bits}(${position}, ${value}${flag(little)})`)
    else {
      const write = source.run(type === "bigint" ? { writeBigInt } : { writeNumber })
      source.line(`${write}(view, ${position}, ${bits / 8}, ${value}, ${little})`)
    }
  },
  read: (node, c, _rest, place) => c.guard(node.bits / 8, node, reader(node, place)),
  write: (node, _c, _rest, place) => writer(node, place),
  put: (node, _c, _rest, place) => put(node, place) as Write
}
