/** Integers of widths that are no machine word, of 64 bits, and of `bigint` values. */
import type * as Layout from "../../Layout.ts"
import { flag, knownOrder, littleOf } from "../emitted.ts"
import { isWhole, range, readBigInt, readNumber, type Whole, writeBigInt, writeNumber } from "../integer.ts"
import type { Read, ReadPlace } from "../Reader.ts"
import { counted, type IntKind, refuseWhole } from "../whole.ts"
import type { Write, WritePlace, WriteState } from "../Writer.ts"
import { Int } from "./Int.ts"

/** Whether a `DataView` reads and writes it itself. */
const isNative = ({ bits, type }: Layout.Int): boolean => bits === 64 && type === "bigint"

const method = (node: Layout.Int): string => `Big${node.signed ? "Int" : "Uint"}64`

const reader = (node: Layout.Int, place: ReadPlace): Read<Whole> => {
  const size = node.bits / 8
  const { signed, type } = node
  const known = knownOrder(node.endian, place)
  if (isNative(node)) {
    return signed
      ? (s) => s.view.getBigInt64((s.p += 8) - 8, known ?? s.little)
      : (s) => s.view.getBigUint64((s.p += 8) - 8, known ?? s.little)
  }
  if (type === "bigint") return (s) => readBigInt(s.view, (s.p += size) - size, size, signed, known ?? s.little)
  return (s) => {
    const start = s.p
    const little = known ?? s.little
    const value = readNumber(s.view, start, size, signed, little)
    s.p += size
    if (Number.isSafeInteger(value)) return value
    return s.fail("OutOfRange", start, "a safe integer", String(readBigInt(s.view, start, size, signed, little)))
  }
}

const writer = (node: Layout.Int, place: WritePlace): Write => {
  const size = node.bits / 8
  const { signed } = node
  const known = knownOrder(node.endian, place)
  const { max, min } = range(node)
  const refuse = (s: WriteState, value: unknown) => refuseWhole(s, node.type, { max, min }, value)
  if (isNative(node)) {
    return (s, value) => {
      if (typeof value !== "bigint" || (signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value)) !== value)
        return refuse(s, value)
      s.view.setBigInt64((s.p += 8) - 8, value, known ?? s.little)
      return true
    }
  }
  if (node.type === "bigint") {
    return (s, value) => {
      if (typeof value !== "bigint" || value < min || value > max) return refuse(s, value)
      writeBigInt(s.view, (s.p += size) - size, size, value, known ?? s.little)
      return true
    }
  }
  const least = Number(min)
  const most = Number(max)
  return (s, value) => {
    if (!isWhole(value, least, most)) return refuse(s, value)
    writeNumber(s.view, (s.p += size) - size, size, value, known ?? s.little)
    return true
  }
}

export const WideInt: IntKind = {
  ...Int,
  emitAccess(node, source, at, little) {
    if (isNative(node)) return `view.get${method(node)}(${at}${flag(little)})`
    const read = source.run(node.type === "bigint" ? { readBigInt } : { readNumber })
    return `${read}(view, ${at}, ${node.bits / 8}, ${node.signed}, ${little})`
  },
  emitCheck(node, g, value) {
    const { max, min } = range(node)
    if (node.type === "number") g.fail(`!${g.source.run({ isWhole })}(${value}, ${min}, ${max})`)
    else if (isNative(node))
      g.fail(`typeof ${value} !== "bigint" || BigInt.as${node.signed ? "Int" : "Uint"}N(64, ${value}) !== ${value}`)
    else g.fail(`typeof ${value} !== "bigint" || ${value} < ${min}n || ${value} > ${max}n`)
  },
  emitRead(node, g, _rest, site) {
    const { source } = g
    const name = source.bind("v", WideInt.emitAccess(node, source, source.at(), littleOf(node.endian, site)))
    const { max, min } = range(node)
    // Wider than a safe integer: what was read may have been rounded.
    if (node.type === "number" && node.bits >= 56) g.fail(`${name} > ${max} || ${name} < ${min}`)
    source.displacement += node.bits / 8
    return name
  },
  emitWrite(node, g, value, rest, site) {
    WideInt.emitCheck(node, g, value)
    WideInt.emitPut(node, g, value, rest, site)
  },
  emitPut(node, g, value, _rest, site, at) {
    const { source } = g
    const position = at ?? source.at()
    const little = littleOf(node.endian, site)
    if (isNative(node)) source.line(`view.set${method(node)}(${position}, ${value}${flag(little)})`)
    else {
      const write = source.run(node.type === "bigint" ? { writeBigInt } : { writeNumber })
      source.line(`${write}(view, ${position}, ${node.bits / 8}, ${value}, ${little})`)
    }
    if (at === undefined) source.displacement += node.bits / 8
  },
  read: (node, c, _rest, place) => c.guard(node.bits / 8, node, reader(node, place)),
  write: (node, _c, _rest, place) => writer(node, place),
  count: (node, c, rest, place, count) => counted(WideInt.put(node, c, rest, place), count),
  put(node, _c, _rest, place) {
    const write = writer(node, place)
    return node.type === "bigint" ? (s, value) => write(s, BigInt(value as Whole)) : write
  }
}
