import type * as Layout from "../../Layout.ts"
import { bounds, exactly, times } from "../bounds.ts"
import { invalid } from "../invalid.ts"
import { type LengthKind, makeLength, typeName } from "../Kind.ts"
import { wholeKindOf } from "../whole.ts"
import type { ReadState } from "../Reader.ts"
import type { WriteGenerator } from "../WriteGenerator.ts"
import type { WriteState } from "../Writer.ts"
import { emitLimits, limitOf, refuseCount } from "./counted.ts"

export type Prefixed = Extract<Layout.Length, { readonly _tag: "Prefixed" }>

/** The lengths that a prefix can hold. */
const held = ({ plus, prefix }: Prefixed): { readonly least: number; readonly most: number } => {
  const { max, min } = wholeKindOf(prefix).range(prefix)
  return { least: Number(min) - plus, most: Number(max) - plus }
}

/** The lengths that may be written, and what is added to them. */
export const countOf = (length: Prefixed) => {
  const { least, most } = held(length)
  return { least: Math.max(length.min, least), most: Math.min(length.max, most), plus: length.plus }
}

/** The code of the number in a prefix, checked, and typed as the prefix wants it. */
export const emitNumber = (length: Prefixed, g: WriteGenerator, n: string): string => {
  const { absent, plus, prefix } = length
  const { least, most } = countOf(length)
  const checks = [`${n} > ${most}`]
  if (least > 0) checks.push(`${n} < ${least}`)
  if (absent !== undefined) checks.push(`${n} === ${absent - plus}`)
  g.fail(checks.join(" || "))
  const raw = plus === 0 ? n : g.source.bind("n", `${n} + ${plus}`)
  return prefix.type === "bigint" ? `BigInt(${raw})` : raw
}

const refuseRead = (s: ReadState, { max, min }: Prefixed, n: number, start: number, limit: number): typeof invalid =>
  n < min || n > max
    ? s.fail("InvalidLength", start, `a length of ${min}${max === Infinity ? " or more" : ` to ${max}`}`, String(n))
    : refuseCount(s, n, start, limit)

/** Refuses a length that the prefix cannot hold, or must not. */
export const refuseWritten = (s: WriteState, { max, min, prefix }: Prefixed, n: number): false => {
  const expected = n < min || n > max ? `a length from ${min} to ${max}` : `a length that ${typeName(prefix)} holds`
  return s.refuse("InvalidLength", expected, String(n))
}

export const Prefixed: LengthKind<Prefixed> = {
  bounds({ absent, max, min, prefix, unit }, each) {
    const size = bounds(prefix)
    const one = unit === "bytes" ? exactly(1) : each
    return {
      min: size.min + (absent === undefined ? times(min, one.min) : 0),
      max: size.max + times(max, one.max)
    }
  },
  typeName: ({ prefix }) => typeName(prefix),
  emitCount(length, g, unit, elements, rest, site) {
    const { max, min, plus, prefix } = length
    // What a varint can hold is wider than any length.
    const { least, most } = prefix._tag === "Int" ? held(length) : { least: -Infinity, most: Infinity }
    const raw = g.read(prefix, rest, site)
    const number = prefix.type === "bigint" ? `Number(${raw})` : raw
    const name = plus === 0 && number === raw ? raw : g.source.bind("n", `${number} - ${plus}`)
    const checks: Array<string> = []
    if (least < min) checks.push(`${name} < ${min}`)
    if (max < most) checks.push(`${name} > ${max}`)
    emitLimits(g, name, checks, Math.min(most, max), unit, elements, rest, site)
    return name
  },
  count(length, c, unit, elements, rest, place) {
    const { absent, max, min, plus, prefix } = length
    const read = c.whole(prefix, rest, place)
    const limit = limitOf(c, elements)
    const most = Math.min(max, limit)
    const none = absent === undefined ? NaN : absent - plus
    return (s) => {
      const start = s.p
      const raw = read(s)
      if (typeof raw === "symbol") return raw
      const n = Number(raw) - plus
      if (n === none) return null
      return n >= min && n <= most && n * unit <= s.e - s.p - rest ? n : refuseRead(s, length, n, start, limit)
    }
  },
  emitPut(length, g, n, rest, site, at) {
    wholeKindOf(length.prefix).emitPut(length.prefix, g, emitNumber(length, g, n), rest, site, at)
  },
  put(length, c, rest, place) {
    const { prefix } = length
    return wholeKindOf(prefix).count(prefix, c, rest, place, {
      ...countOf(length),
      refuse: (s, n) => refuseWritten(s, length, n as number)
    })
  }
}

/** A length that the number before it gives. */
export const prefixedBy = (
  prefix: Prefixed["prefix"],
  options?: Partial<Prefixed>,
  kind: LengthKind<Prefixed> = Prefixed
): Prefixed =>
  makeLength(kind, {
    _tag: "Prefixed",
    prefix,
    unit: options?.unit ?? "elements",
    plus: options?.plus ?? 0,
    min: options?.min ?? 0,
    max: options?.max ?? Infinity,
    absent: options?.absent
  })
