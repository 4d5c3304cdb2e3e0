import type * as Layout from "../../Layout.ts"
import { bounds, exactly, times } from "../bounds.ts"
import { literal } from "../emitted.ts"
import { typed } from "../integer.ts"
import { invalid } from "../invalid.ts"
import { change, type LengthKind, makeLength, typeName } from "../Kind.ts"
import { wholeKindOf } from "../whole.ts"
import type { WriteGenerator } from "../WriteGenerator.ts"
import { emitLimits, limited } from "./counted.ts"

type Prefixed = Extract<Layout.Length, { readonly _tag: "Prefixed" }>

/** The lengths that a prefix can hold. */
const held = ({ plus, prefix }: Prefixed): { readonly least: number; readonly most: number } => {
  const { max, min } = wholeKindOf(prefix).range(prefix)
  return { least: Number(min) - plus, most: Number(max) - plus }
}

/** The code of the number in a prefix, checked, and typed as the prefix wants it. */
const emitNumber = (length: Prefixed, g: WriteGenerator, n: string): string => {
  const { absent, max, min, plus, prefix } = length
  const { least, most } = held(length)
  const checks = [`${n} > ${Math.min(max, most)}`]
  if (Math.max(min, least) > 0) checks.push(`${n} < ${Math.max(min, least)}`)
  if (absent !== undefined) checks.push(`${n} === ${absent - plus}`)
  g.fail(checks.join(" || "))
  const raw = plus === 0 ? n : g.source.bind("n", `${n} + ${plus}`)
  return prefix.type === "bigint" ? `BigInt(${raw})` : raw
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
  emitNullable(length, g, rest, site, body) {
    const { absent, prefix } = length
    if (absent === undefined) return body(length)
    const { source } = g
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name} = null`)
    // Looked at twice where it is not null, so that one code reads every prefix.
    const before = source.bind("p", "p")
    const raw = g.read(prefix, rest, site)
    source.flush()
    source.block(`if (Number(${raw}) !== ${absent})`, () => {
      source.line(`p = ${before}`)
      source.line(`${name} = ${body(change<Layout.Length>(length, { absent: undefined }))}`)
    })
    return name
  },
  count({ absent, max, min, plus, prefix }, c, unit, elements, rest, place) {
    const read = c.whole(prefix, rest, place)
    const check = limited(c, unit, elements, rest)
    const none = absent === undefined ? NaN : absent - plus
    return (s) => {
      const start = s.p
      const raw = read(s)
      if (raw === invalid) return invalid
      const n = Number(raw) - plus
      if (n === none) return null
      if (n >= min && n <= max) return check(s, n, start)
      return s.fail(
        "InvalidLength",
        start,
        `a length of ${min}${max === Infinity ? " or more" : ` to ${max}`}`,
        String(n)
      )
    }
  },
  emitPut(length, g, n, rest, site) {
    wholeKindOf(length.prefix).emitPut(length.prefix, g, emitNumber(length, g, n), rest, site)
  },
  emitPutAt(length, g, n, site, at) {
    wholeKindOf(length.prefix).emitPut(length.prefix, g, emitNumber(length, g, n), 0, site, at)
  },
  emitNull({ absent, prefix }, g, value, rest, site, body) {
    if (absent === undefined) return body()
    const { source } = g
    source.block(
      `if (${value} === null)`,
      () => wholeKindOf(prefix).emitPut(prefix, g, literal(typed(prefix, absent)), rest, site),
      "} else {"
    )
    body()
    source.flush()
    source.line("}")
  },
  emitSized(length, g, rest, site, body) {
    const { prefix } = length
    const { source } = g
    const { max, min } = bounds(prefix)
    const kind = wholeKindOf(prefix)
    const at = source.bind("s", source.at())
    // A varint is taken to need its least; content is moved where it needs more.
    source.displacement += min
    source.flush()
    const start = source.bind("s", "p")
    body()
    const raw = emitNumber(length, g, source.bind("n", `p - ${start}`))
    if (min === max) return kind.emitPut(prefix, g, raw, rest, site, at)
    const content = source.bind("n", raw)
    const more = source.bind("n", `${kind.emitSize(prefix, g, content)} - ${min}`)
    source.block(`if (${more} > 0)`, () => {
      g.room(more, rest)
      source.line(`bytes.copyWithin(${start} + ${more}, ${start}, p)`)
      source.line(`p += ${more}`)
    })
    kind.emitPut(prefix, g, content, rest, site, at)
  },
  put(length, c, rest, place) {
    const { absent, max, min, plus, prefix } = length
    const { least, most } = held(length)
    const from = Math.max(min, least)
    const to = Math.min(max, most)
    const put = wholeKindOf(prefix).put(prefix, c, rest, place)
    const big = prefix.type === "bigint"
    return (s, n, at) => {
      const raw = n + plus
      if (n >= from && n <= to && raw !== absent) return put(s, big ? BigInt(raw) : raw)
      const expected = n < min || n > max ? `a length from ${min} to ${max}` : `a length that ${typeName(prefix)} holds`
      return s.refuse("InvalidLength", expected, String(n), at)
    }
  },
  null({ absent, prefix }, c, rest, place, inner) {
    if (absent === undefined) return inner
    const put = wholeKindOf(prefix).put(prefix, c, rest, place)
    const none = typed(prefix, absent)
    return (s, value) => (value === null ? put(s, none) : inner(s, value))
  },
  sized(length, c, rest, place, body) {
    const { plus, prefix } = length
    const put = Prefixed.put(length, c, rest, place)
    const { max, min } = bounds(prefix)
    const kind = wholeKindOf(prefix)
    return (s, value) => {
      const at = s.p
      const start = at + min
      s.p = start
      if (!body(s, value)) return false
      const n = s.p - start
      // A varint is taken to need its least; content is moved where it needs more.
      const more = min === max ? 0 : Math.max(0, kind.size(prefix, typed(prefix, n + plus)) - min)
      if (s.e - s.p < more + rest) return s.full()
      if (more > 0) s.bytes.copyWithin(start + more, start, s.p)
      const end = s.p + more
      s.p = at
      if (!put(s, n, at)) return false
      s.p = end
      return true
    }
  }
}

export const prefixedBy = <L extends Omit<Prefixed, "_tag">>(length: L): { readonly _tag: "Prefixed" } & L =>
  makeLength<never>(Prefixed as never, { _tag: "Prefixed", ...length } as never)
