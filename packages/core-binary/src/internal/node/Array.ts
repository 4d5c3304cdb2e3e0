import type * as Layout from "../../Layout.ts"
import { bounds, lengthBounds } from "../bounds.ts"
import { behind, emitExtent, emitNull, emitNullable, extent, isOpen, nullable } from "../content.ts"
import { emitSized, sized } from "../length/sized.ts"
import { invalid, isInvalid } from "../invalid.ts"
import { type Kind, lengthKindOf, typeName } from "../Kind.ts"
import { isNumber } from "../machine.ts"
import { readNumbers, writeNumbers } from "../numbers.ts"
import { closed, emitClosed } from "../outrun.ts"
import { plural, type Read, type ReadPlace, type Reader, type ReadState } from "../Reader.ts"
import type { ReadGenerator, ReadSite } from "../ReadGenerator.ts"
import { matches } from "../spans.ts"
import { wholeKindOf } from "../whole.ts"
import { misread, type WritePlace, type Writer, type WriteState } from "../Writer.ts"

/** The place among `starts` of an element that starts with the terminator, so that a reader would stop there; or -1. */
const misreadAt = (
  bytes: Uint8Array,
  terminator: ReadonlyArray<number>,
  starts: ReadonlyArray<number>,
  end: number
): number => starts.findIndex((start) => matches(bytes, terminator, start, end))

/** Elements up to the end of some bytes, or to a terminator. */
const emitOpen = (node: Layout.Array, length: Layout.Length, g: ReadGenerator, rest: number, site: ReadSite) => {
  const { source } = g
  const kind = lengthKindOf(length)
  const item = bounds(node.of)
  const name = source.fresh("v")
  source.flush()
  const end = kind.emitMore === undefined ? emitExtent(g, length, rest, site) : site.end
  const terminator = behind(length)
  const after = terminator === 0 ? 0 : rest + terminator
  const inner: ReadSite = { ...site, end }
  source.line(`const ${name} = []`)
  source.block(`while (${kind.emitMore?.(length, g, end) ?? `p < ${end}`})`, () => {
    g.fail(`${name}.length === ${g.settings.limits.maxElements}`)
    const before = item.min === 0 ? source.bind("p", "p") : undefined
    g.ensure(item.min + after, inner)
    source.line(`${name}.push(${g.read(node.of, after, inner)})`)
    source.flush()
    if (before !== undefined) g.fail(`p === ${before}`)
  })
  if (terminator > 0) source.line(`p += ${terminator}`)
  if (!("unit" in length)) g.ensure(rest, site)
  return name
}

const readOpen = (node: Layout.Array, c: Reader, rest: number, place: ReadPlace): Read => {
  const { length } = node
  const kind = lengthKindOf(length)
  const { maxElements } = c.settings.limits
  const { careful } = c
  const terminator = behind(length)
  const after = terminator === 0 || careful ? 0 : rest + terminator
  const least = c.least(node.of) + after
  const each = c.read(node.of, after, place)
  const more = kind.more?.(length)
  const content = more === undefined ? extent(c, node, length, rest, place) : (s: ReadState) => s.e
  return (s) => {
    const end = content(s)
    if (typeof end !== "number") return end
    const outer = s.e
    s.e = end
    const items: Array<unknown> = []
    while (more === undefined ? s.p < end : more(s, end)) {
      const before = s.p
      if (more !== undefined && before === end) return s.fail("MissingTerminator", before, typeName(node), "the end")
      if (items.length === maxElements)
        return s.fail("LimitExceeded", before, `at most ${plural(maxElements, "element")}`, "more")
      if (end - before < least) return invalid
      if (careful) s.path.push(items.length)
      const value = each(s)
      if (value === invalid) return invalid
      if (s.p === before) return s.fail("InvalidLength", before, "an element of at least one byte", "0 bytes")
      if (careful) s.path.pop()
      items.push(value)
    }
    s.e = outer
    s.p += terminator
    return items
  }
}

/** Writes elements that nobody counts, so that each must take something; `starts` takes where they start. */
const itemWriter = (node: Layout.Array, c: Writer, rest: number, place: WritePlace) => {
  const { careful } = c
  const least = bounds(node.of).min + rest
  const each = c.write(node.of, rest, place)
  return (s: WriteState, values: ReadonlyArray<unknown>, starts?: Array<number>): boolean => {
    for (let i = 0; i < values.length; i++) {
      const before = s.p
      if (s.e - before < least) return s.full()
      starts?.push(before)
      if (careful) s.path.push(i)
      if (!each(s, values[i])) return false
      if (s.p === before) return s.refuse("Unrepresentable", "an element of at least one byte", "0 bytes")
      if (careful) s.path.pop()
    }
    return true
  }
}

export const Array_: Kind<Layout.Array> = {
  bounds: (node) => lengthBounds(node.length, bounds(node.of)),
  typeName: ({ length, of }) => `array[${lengthKindOf(length).typeName(length)}] of ${typeName(of)}`,
  children: (node) => [node.of],
  emitRead(node, g, rest, site) {
    const { source } = g
    const item = bounds(node.of)
    return emitNullable(g, node.length, rest, site, (length) => {
      if (isOpen(length)) return emitOpen(node, length, g, rest, site)
      const name = source.fresh("v")
      const n = lengthKindOf(length).emitCount!(length, g, item.min, true, rest, site)
      source.flush()
      source.line(`const ${name} = new Array(${n})`)
      const i = source.fresh("i")
      source.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++)`, () => {
        // The count has proved room for all elements only where none is longer than the least.
        if (item.max !== item.min) g.ensure(item.min + rest, site)
        source.line(`${name}[${i}] = ${g.read(node.of, rest, site)}`)
      })
      return name
    })
  },
  emitSkip({ length, of }, g, rest, site) {
    const item = bounds(of)
    if (item.min !== item.max || length._tag !== "Prefixed" || isOpen(length) || length.absent !== undefined)
      return false
    const n = lengthKindOf(length).emitCount!(length, g, item.min, true, rest, site)
    g.source.flush()
    g.source.line(`p += ${n} * ${item.min}`)
    return true
  },
  emitWrite(node, g, value, rest, site) {
    const { source } = g
    const { length, of } = node
    const kind = lengthKindOf(length)
    const item = bounds(of)
    emitNull(g, length, value, rest, site, () => {
      const { maxElements } = g.settings.limits
      const within =
        length._tag === "Prefixed" &&
        !isOpen(length) &&
        Number(wholeKindOf(length.prefix).range(length.prefix).max) - length.plus <= maxElements
      g.fail(`!Array.isArray(${value})${within ? "" : ` || ${value}.length > ${maxElements}`}`)
      const n = source.bind("n", `${value}.length`)
      const open = isOpen(length)
      const starts = length._tag === "Terminated" ? source.bind("s", "[]") : undefined
      const items = () => {
        const fixed = item.min === item.max
        source.flush()
        if (fixed && item.min > 0) g.room(`${n} * ${item.min}`, rest)
        const i = source.fresh("i")
        source.block(`for (let ${i} = 0; ${i} < ${n}; ${i}++)`, () => {
          if (!fixed) g.ensure(item.min + rest)
          if (starts !== undefined) source.line(`${starts}.push(p)`)
          const each = source.bind("f", `${value}[${i}]`)
          const before = open && item.min === 0 ? source.bind("p", "p") : undefined
          g.write(of, each, rest, { ...site, repeated: true })
          source.flush()
          if (before !== undefined) g.fail(`p === ${before}`)
        })
      }
      if ("unit" in length && length.unit === "bytes")
        return emitSized(g, length, of, rest, site, () => emitClosed(g, items))
      kind.emitPut(length, g, n, rest, site)
      items()
      kind.emitEnd?.(length, g, "", rest, 1)
      if (length._tag === "Terminated")
        g.fail(`${source.run({ misreadAt })}(bytes, ${source.capture(length.terminator)}, ${starts}, p) >= 0`)
    })
  },
  read(node, c, rest, place) {
    const { length, of } = node
    if (isOpen(length)) return readOpen(node, c, rest, place)
    const { careful } = c
    const item = bounds(of)
    const each = c.read(of, rest, place)
    const count = lengthKindOf(length).count!(length, c, item.min, true, rest, { ...place, owner: node })
    const least = item.min === item.max || careful ? 0 : item.min + rest
    if (!careful && isNumber(of)) return readNumbers(of, count, place)
    return (s) => {
      const n = count(s)
      if (typeof n !== "number") return n
      const items = new Array<unknown>(n)
      for (let i = 0; i < n; i++) {
        if (s.e - s.p < least) return invalid
        if (careful) s.path.push(i)
        const value = each(s)
        if (isInvalid(value)) return invalid
        if (careful) s.path.pop()
        items[i] = value
      }
      return items
    }
  },
  write(node, c, rest, place) {
    const { length, of } = node
    const { maxElements } = c.settings.limits
    const { careful } = c
    const kind = lengthKindOf(length)
    const put = kind.put(length, c, rest, place)
    const fits = (s: WriteState, value: unknown): value is ReadonlyArray<unknown> => {
      if (!Array.isArray(value)) return s.type("an array", value)
      return (
        value.length <= maxElements ||
        s.refuse("LimitExceeded", `at most ${maxElements} elements`, String(value.length))
      )
    }
    if (!isOpen(length)) {
      if (!careful && isNumber(of))
        return nullable(c, length, rest, place, writeNumbers(of, length, maxElements, put, fits, rest, place))
      const least = bounds(of).min + rest
      const each = c.write(of, rest, place)
      return nullable(c, length, rest, place, (s, values) => {
        if (!fits(s, values) || !put(s, values.length, s.p)) return false
        for (let i = 0; i < values.length; i++) {
          if (s.e - s.p < least) return s.full()
          if (careful) s.path.push(i)
          if (!each(s, values[i])) return false
          if (careful) s.path.pop()
        }
        return true
      })
    }
    const items = itemWriter(node, c, rest, place)
    let write: (s: WriteState, values: ReadonlyArray<unknown>) => boolean
    if ("unit" in length) {
      const inner = closed<ReadonlyArray<unknown>>((s, values) => items(s, values))
      write = sized(c, length, node.of, rest, place, inner)
    } else {
      const end = kind.end!(length, c, rest, 0)
      write = (s, values) => {
        const starts = length._tag === "Terminated" ? [] : undefined
        if (!items(s, values, starts) || !end(s, s.p)) return false
        const wrong = starts === undefined ? -1 : misreadAt(s.bytes, (length as Terminated).terminator, starts, s.p)
        if (wrong < 0) return true
        s.path.push(wrong)
        misread(s, starts![wrong]!)
        s.path.pop()
        return false
      }
    }
    return nullable(c, length, rest, place, (s, values) => fits(s, values) && write(s, values))
  }
}

type Terminated = Extract<Layout.Length, { readonly _tag: "Terminated" }>
