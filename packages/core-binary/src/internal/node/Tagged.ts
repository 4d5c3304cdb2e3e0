import type { Expr } from "../../Expr.ts"
import type * as Layout from "../../Layout.ts"
import { type Bounds, bounds, exactly } from "../bounds.ts"
import { computedOf, knownOrder, literal, littleOf } from "../emitted.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import { readBigInt, typed } from "../integer.ts"
import { invalid } from "../invalid.ts"
import type { Kind } from "../Kind.ts"
import { plural, type Read, type ReadPlace, type Reader } from "../Reader.ts"
import type { ReadGenerator, ReadSite } from "../ReadGenerator.ts"
import { property, quote } from "../Source.ts"
import { intKindOf, wholeKindOf } from "../whole.ts"
import type { WriteGenerator, WriteSite } from "../WriteGenerator.ts"
import { isRecord, misread, show, type WritePlace, type WriteState } from "../Writer.ts"
import { emitEntries, readStruct } from "./Struct.ts"

type Inside = Extract<Layout.Tagged["tag"], { readonly _tag: "Inside" }>

/** Whether the case that a reader would take for a tag is the one that starts at `from`. */
const sameCase = (cases: ReadonlyArray<Layout.Case>, tag: number, from: number): boolean =>
  cases.find((each) => tag >= each.from && tag <= each.to)?.from === from

/** How much of a case its tag takes, with what stands before it. */
const reach = ({ tag }: Layout.Tagged): number => (tag._tag === "Inside" ? tag.offset + tag.of.bits / 8 : 0)

const boundsOf = (node: Layout.Tagged): Bounds => {
  const tag = node.tag._tag === "Before" ? bounds(node.tag.of) : exactly(0)
  const inner = node.cases.map((each) => bounds(each.node))
  return {
    min: tag.min + Math.max(reach(node), Math.min(...inner.map((each) => each.min))),
    max: tag.max + Math.max(...inner.map((each) => each.max))
  }
}

/** The code of the tag, and how many bytes of the case are known to be there behind it. */
const emitTag = (node: Layout.Tagged, g: ReadGenerator, rest: number, site: ReadSite): readonly [string, number] => {
  const { source } = g
  const { tag } = node
  const all = bounds(node).min
  switch (tag._tag) {
    case "Outside":
      return [source.bind("t", `+${emitExpr(g, tag.expr, site)}`), all]
    case "Before": {
      const { max, min } = bounds(tag.of)
      return [g.read(tag.of, rest, site), min === max ? all - min : 0]
    }
    case "Inside": {
      const at = source.at(tag.offset)
      return [source.bind("t", intKindOf(tag.of).emitAccess(tag.of, source, at, littleOf(tag.of.endian, site))), all]
    }
  }
}

/** A closure that reads the tag. */
const tagReader = (node: Layout.Tagged, c: Reader, rest: number, place: ReadPlace): Read<number | bigint> => {
  const { tag } = node
  switch (tag._tag) {
    case "Outside": {
      const expr = evaluatorOf(tag.expr).closure(tag.expr, place.slots)
      return (s) => {
        const number = expr(s)
        return s.bad ? s.fail("InvalidTag", s.p, "a safe integer", "a larger number") : number
      }
    }
    case "Before":
      return c.whole(tag.of, rest, place)
    case "Inside": {
      const { offset } = tag
      const peek = c.whole(tag.of, rest, place)
      return (s) => {
        const start = s.p
        if (c.careful && start + offset > s.e && s.lacks(offset + 1, node)) return invalid
        s.p = start + offset
        const number = peek(s)
        s.p = start
        return number
      }
    }
  }
}

/** Whether an outside tag is itself computed from the union, so that it cannot disagree. */
const isTagOf = (expr: Expr, site: WriteSite): boolean => {
  if (expr._tag !== "Field" || expr.path.length > 1) return false
  const known = site.scope?.fields.get(expr.path[0])
  return known !== undefined && computedOf(known.node)?.expr._tag === "TagOf"
}

/** Whether a constant of a case is its tag. */
const isProved = (tag: Inside, each: Layout.Case): boolean => {
  let at = 0
  for (const { node } of each.node._tag === "Struct" ? each.node.fields : []) {
    if (at === tag.offset && node._tag === "ConstInt")
      return node.of.bits === tag.of.bits && node.of.endian === tag.of.endian && Number(node.value) === each.from
    const { max, min } = bounds(node)
    if (max !== min) return false
    at += min
  }
  return false
}

/** The code that checks that a case was written with one of its own tags. */
const emitProof = (
  tag: Inside,
  cases: ReadonlyArray<Layout.Case>,
  each: Layout.Case,
  start: string,
  g: WriteGenerator,
  site: WriteSite
): void => {
  if (isProved(tag, each)) return
  const { source } = g
  source.flush()
  const there = `p - ${start} >= ${tag.offset + tag.of.bits / 8}`
  const read = intKindOf(tag.of).emitAccess(tag.of, source, `${start} + ${tag.offset}`, littleOf(tag.of.endian, site))
  const written = `${there} ? Number(${read}) : NaN`
  g.fail(`!${source.run({ sameCase })}(${source.capture(cases)}, ${written}, ${each.from})`)
}

/** Reads back the tag that a case was written with: `NaN` where the case ends before it. */
const written = (tag: Inside, place: WritePlace) => {
  const { bits, endian, signed } = tag.of
  const known = knownOrder(endian, place)
  const size = bits / 8
  return (s: WriteState, start: number): number =>
    s.p - start < tag.offset + size
      ? NaN
      : Number(readBigInt(s.view, start + tag.offset, size, signed, known ?? s.little))
}

export const Tagged: Kind<Layout.Tagged> = {
  bounds: boundsOf,
  typeName: () => "tagged",
  children: (node) => node.cases.map((each) => each.node),
  names({ tag }, visit) {
    if (tag._tag === "Outside") evaluatorOf(tag.expr).names(tag.expr, visit)
  },
  emitRead(node, g, rest, site) {
    const { source } = g
    const name = source.fresh("v")
    const [raw, there] = emitTag(node, g, rest, site)
    const big = node.tag._tag !== "Outside" && node.tag.of.type === "bigint"
    const tag = big ? source.bind("t", `Number(${raw})`) : raw
    const chosen = source.hoist("t", "0")
    source.flush()
    source.line(`let ${name}`)
    const least = reach(node)
    const start = least > 0 ? source.bind("s", "p") : ""
    node.cases.forEach((each, index) => {
      const test = each.from === each.to ? `${tag} === ${each.from}` : `${tag} >= ${each.from} && ${tag} <= ${each.to}`
      source.block(`${index === 0 ? "" : "else "}if (${test})`, () => {
        const { min } = bounds(each.node)
        if (min > there) g.ensure(min + rest, site)
        const entries =
          each.node._tag === "Struct"
            ? emitEntries(each.node, g, rest, site)
            : [property("value", g.read(each.node, rest, site))]
        if (min < least) g.fail(`${source.at()} - ${start} < ${least}`)
        source.line(`${name} = { ${[property("_tag", quote(each.name)), ...entries].join(", ")} }`)
        source.line(`${chosen} = ${each.from}`)
      })
    })
    source.line("else return X")
    g.lastTag = chosen
    return name
  },
  emitWrite(node, g, value, rest, site) {
    const { source } = g
    const { tag } = node
    g.isRecord(value)
    const chosen = source.hoist("t", "0")
    const name = source.bind("t", `${value}._tag`)
    source.flush()
    const start = tag._tag === "Inside" ? source.bind("s", "p") : ""
    node.cases.forEach((each, index) => {
      source.block(`${index === 0 ? "" : "else "}if (${name} === ${quote(each.name)})`, () => {
        source.line(`${chosen} = ${each.from}`)
        if (tag._tag === "Before") wholeKindOf(tag.of).emitPut(tag.of, g, literal(typed(tag.of, each.from)), rest, site)
        g.ensure(bounds(each.node).min + rest)
        const content = each.node._tag === "Struct" ? value : source.bind("f", `${value}.value`)
        g.write(each.node, content, rest, site)
        if (tag._tag === "Inside") emitProof(tag, node.cases, each, start, g, site)
      })
    })
    source.line("else return -2")
    if (tag._tag === "Outside" && !isTagOf(tag.expr, site)) {
      const differ = (computed: string, actual: string) =>
        `!${source.run({ sameCase })}(${source.capture(node.cases)}, ${computed}, ${actual})`
      evaluatorOf(tag.expr).emitAgrees(g, tag.expr, chosen, differ, site)
    }
    g.lastTag = chosen
  },
  read(node, c, rest, place) {
    const cases = node.cases.map((each) => {
      const struct = each.node._tag === "Struct"
      const read =
        each.node._tag === "Struct" ? readStruct(each.node, c, rest, place, each.name) : c.read(each.node, rest, place)
      return { ...each, read, struct, least: c.careful ? 0 : bounds(each.node).min + rest }
    })
    const tag = tagReader(node, c, rest, place)
    const least = reach(node)
    return (s) => {
      const start = s.p
      const raw = tag(s)
      if (raw === invalid) return invalid
      const number = Number(raw)
      const content = s.p
      for (let i = 0; i < cases.length; i++) {
        const each = cases[i]!
        if (number < each.from || number > each.to) continue
        if (s.e - content < each.least) return invalid
        const value = each.read(s)
        if (value === invalid) return invalid
        if (s.p - start < least)
          return s.fail("InvalidTag", start, "a case that holds its tag", plural(s.p - start, "byte"))
        s.tag = each.from
        return each.struct ? value : { _tag: each.name, value }
      }
      const known = cases.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`))
      return s.fail("InvalidTag", start, `a tag of ${known.join(", ")}`, String(number))
    }
  },
  write(node, c, rest, place) {
    const { tag } = node
    const back = tag._tag === "Inside" ? written(tag, place) : undefined
    const cases = new Map(
      node.cases.map((each) => [
        each.name,
        {
          ...each,
          struct: each.node._tag === "Struct",
          write: c.write(each.node, rest, place),
          tag: tag._tag === "Before" ? typed(tag.of, each.from) : 0,
          least: bounds(each.node).min + rest
        }
      ])
    )
    const before = tag._tag === "Before" ? wholeKindOf(tag.of).put(tag.of, c, rest, place) : undefined
    const nameOf = (from: number): string => node.cases.find((each) => each.from === from)!.name
    const outside =
      tag._tag === "Outside"
        ? evaluatorOf(tag.expr).agrees(
            c,
            tag.expr,
            place,
            (computed, from) => sameCase(node.cases, computed, from),
            "InvalidTag",
            nameOf
          )
        : undefined
    return (s, value) => {
      if (!isRecord(value)) return s.type("an object", value)
      const each = cases.get(value["_tag"] as string)
      if (each === undefined)
        return s.refuse("InvalidTag", `a _tag of ${[...cases.keys()].join(", ")}`, show(value["_tag"]))
      if (outside !== undefined && !outside(s, each.from)) return false
      if (before !== undefined && !before(s, each.tag)) return false
      if (s.e - s.p < each.least) return s.full()
      const start = s.p
      if (!each.write(s, each.struct ? value : value["value"])) return false
      if (back !== undefined && !sameCase(node.cases, back(s, start), each.from)) return misread(s, start)
      s.tag = each.from
      return true
    }
  }
}
