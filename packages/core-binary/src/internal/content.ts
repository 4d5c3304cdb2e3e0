/** What contents with a length have in common, whatever kind of node holds them. */
import type { Length, Node } from "../Layout.ts"
import { lengthKindOf } from "./Kind.ts"
import { machineOf, putCount } from "./machine.ts"
import type { Read, ReadPlace, Reader } from "./Reader.ts"
import type { ReadGenerator, ReadSite } from "./ReadGenerator.ts"
import type { WriteGenerator, WriteSite } from "./WriteGenerator.ts"
import type { Write, WritePlace, Writer } from "./Writer.ts"

/** The bytes behind a content that belong to its length. */
export const behind = (length: Length): number => lengthKindOf(length).behind?.(length) ?? 0

/** Whether elements are read until something ends them, not counted. */
export const isOpen = (length: Length): boolean =>
  length._tag === "Rest" || length._tag === "Terminated" || ("unit" in length && length.unit === "bytes")

/** The code of the bytes from the position to `end`. */
export const emitBytes = (g: ReadGenerator, end: string): string =>
  g.settings.copy ? `bytes.slice(p, ${end})` : `new Uint8Array(buffer, p, ${end} - p)`

export const emitNullable = (
  g: ReadGenerator,
  length: Length,
  rest: number,
  site: ReadSite,
  body: (length: Length) => string
): string => lengthKindOf(length).emitNullable?.(length, g, rest, site, body) ?? body(length)

/** The code that finds where a content of bytes ends; the position is flushed. */
export const emitExtent = (g: ReadGenerator, length: Length, rest: number, site: ReadSite, unit = 1): string => {
  const kind = lengthKindOf(length)
  if (kind.emitExtent !== undefined) return kind.emitExtent(length, g, rest, site, unit)
  const n = kind.emitCount!(length, g, 1, false, rest, site)
  g.source.flush()
  return g.source.bind("q", `p + ${n}`)
}

/** The code that goes on behind a content. */
export const emitBehind = (g: ReadGenerator, length: Length, end: string, rest: number, site: ReadSite): void => {
  const size = behind(length)
  g.source.line(`p = ${end}${size === 0 ? "" : ` + ${size}`}`)
  // Nothing is left behind what reads to the end.
  if (length._tag === "Rest") g.ensure(rest, site)
}

/** The code that passes over a content; false for one that may be `null`. */
export const emitSkip = (g: ReadGenerator, length: Length, rest: number, site: ReadSite, unit = 1): boolean => {
  if (length._tag === "Prefixed" && length.absent !== undefined) return false
  emitBehind(g, length, emitExtent(g, length, rest, site, unit), rest, site)
  return true
}

/** A closure that finds where a content of bytes ends, which starts at the position. */
export const extent = (
  c: Reader,
  owner: Node,
  length: Length,
  rest: number,
  place: ReadPlace,
  unit = 1
): Read<number | null> => {
  const kind = lengthKindOf(length)
  const owned = { ...place, owner }
  if (kind.extent !== undefined) return kind.extent(length, c, rest, owned, unit)
  const count = kind.count!(length, c, 1, false, rest, owned)
  return (s) => {
    const n = count(s)
    return typeof n === "number" ? s.p + n : n
  }
}

export const emitNull = (
  g: WriteGenerator,
  length: Length,
  value: string,
  rest: number,
  site: WriteSite,
  body: () => void
): void => {
  const kind = lengthKindOf(length)
  if (kind.emitNull === undefined) body()
  else kind.emitNull(length, g, value, rest, site, body)
}

/** The code that checks that a value is bytes, and writes their length and them. */
export const emitCopy = (g: WriteGenerator, length: Length, value: string, rest: number, site: WriteSite): void => {
  const { source } = g
  const kind = lengthKindOf(length)
  // Once the engine has read the length it knows the class without asking.
  g.fail(`${value} == null`)
  const n = source.bind("n", `${value}.length`)
  g.fail(`!(${value} instanceof Uint8Array)`)
  kind.emitPut(length, g, n, rest, site)
  source.flush()
  if (length._tag !== "Fixed") g.room(n, rest)
  const start = behind(length) > 0 ? source.bind("s", "p") : ""
  // A call into the platform costs more than a few bytes of copying.
  source.line(`if (${n} < 16) for (let i = 0; i < ${n}; i++) bytes[p + i] = ${value}[i]; else bytes.set(${value}, p)`)
  source.line(`p += ${n}`)
  kind.emitEnd?.(length, g, start, rest, 1)
}

/** A value that may be `null`, where the prefix has a number for that. */
export const nullable = (c: Writer, length: Length, rest: number, place: WritePlace, inner: Write): Write =>
  lengthKindOf(length).null?.(length, c, rest, place, inner) ?? inner

/** A closure that writes a length and the bytes behind it. */
export const copier = (c: Writer, length: Length, rest: number, place: WritePlace): Write => {
  const kind = lengthKindOf(length)
  const put = kind.put(length, c, rest, place)
  const end = kind.end?.(length, c, rest, 1)
  const machine = machineOf(length, place)
  return (s, value) => {
    // Once the engine has read the length it knows the class without asking.
    const n = (value as Uint8Array | null | undefined)?.length as number
    if (!(value instanceof Uint8Array)) return s.type("a Uint8Array", value)
    if (!putCount(s, machine, put, n)) return false
    if (n > s.e - s.p - rest) return s.full()
    const start = s.p
    const { bytes } = s
    // A call into the platform costs more than a few bytes of copying.
    if (n < 16) for (let i = 0; i < n; i++) bytes[start + i] = value[i]!
    else bytes.set(value, start)
    s.p = start + n
    return end === undefined || end(s, start)
  }
}
