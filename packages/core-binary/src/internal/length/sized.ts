/** Contents whose size is known only when they stand: a number before them is written behind them. */
import type { Length, Node } from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { typed } from "../integer.ts"
import { lengthKindOf } from "../Kind.ts"
import { isPositional } from "../place.ts"
import { wholeKindOf } from "../whole.ts"
import type { WriteGenerator, WriteSite } from "../WriteGenerator.ts"
import type { WritePlace, Writer, WriteState } from "../Writer.ts"
import { emitNumber } from "./Prefixed.ts"

/** The code around such a content, which is made of `of`. */
export const emitSized = (
  g: WriteGenerator,
  length: Length,
  of: Node,
  rest: number,
  site: WriteSite,
  body: () => void
): void => {
  const { source } = g
  if (length._tag !== "Prefixed") {
    const kind = lengthKindOf(length)
    source.flush()
    const start = source.bind("s", "p")
    body()
    kind.emitPut(length, g, source.bind("n", `p - ${start}`), rest, site)
    return kind.emitEnd?.(length, g, start, rest, 1)
  }
  const { prefix } = length
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
  // What cannot be moved is written again, which straight-line code cannot do: closures write such layouts.
  if (isPositional(of)) g.module.unproved = true
  const content = source.bind("n", raw)
  const more = source.bind("n", `${kind.emitSize!(prefix, g, content)} - ${min}`)
  source.block(`if (${more} > 0)`, () => {
    g.room(more, rest)
    source.line(`bytes.copyWithin(${start} + ${more}, ${start}, p)`)
    source.line(`p += ${more}`)
  })
  kind.emitPut(prefix, g, content, rest, site, at)
}

/** A closure that writes such a content, which is made of `of`. */
export const sized = <A>(
  c: Writer,
  length: Length,
  of: Node,
  rest: number,
  place: WritePlace,
  body: (s: WriteState, value: A) => boolean
): ((s: WriteState, value: A) => boolean) => {
  const lengthKind = lengthKindOf(length)
  const put = lengthKind.put(length, c, rest, place)
  const end = lengthKind.end?.(length, c, rest, 1)
  if (length._tag !== "Prefixed") {
    return (s, value) => {
      const start = s.p
      return body(s, value) && put(s, s.p - start, start) && (end === undefined || end(s, start))
    }
  }
  const { plus, prefix } = length
  const { max, min } = bounds(prefix)
  const kind = wholeKindOf(prefix)
  const variable = min < max
  const movable = !variable || !isPositional(of)
  // A varint is taken to need its least; content is moved where it needs more, or written again.
  return (s, value) => {
    const at = s.p
    for (let room = min; ;) {
      const start = at + room
      s.p = start
      if (!body(s, value)) return false
      const n = s.p - start
      const more = variable ? kind.size!(prefix, typed(prefix, n + plus)) - room : 0
      if (more > 0 && !movable) {
        room += more
        continue
      }
      if (more < 0) return s.refuse("InvalidLength", "a content whose length fits in front of it", String(n), at)
      if (s.e - s.p < more + rest) return s.full()
      if (more > 0) s.bytes.copyWithin(start + more, start, s.p)
      const stop = s.p + more
      s.p = at
      if (!put(s, n, at)) return false
      s.p = stop
      return true
    }
  }
}
