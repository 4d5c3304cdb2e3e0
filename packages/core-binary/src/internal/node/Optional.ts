import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { emitExpr, evaluatorOf } from "../Evaluator.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { mustEnd } from "../outrun.ts"
import type { Read, ReadPlace, Reader } from "../Reader.ts"
import type { ReadGenerator, ReadSite } from "../ReadGenerator.ts"
import { wholeKindOf } from "../whole.ts"
import type { WritePlace, Writer, WriteState } from "../Writer.ts"

/** The condition under which the value is there. */
const emitPresence = ({ presence }: Layout.Optional, g: ReadGenerator, rest: number, site: ReadSite): string => {
  switch (presence._tag) {
    case "When":
      return emitExpr(g, presence.expr, site)
    case "Flagged": {
      const flag = g.read(presence.of, rest, site)
      g.fail(`${flag} !== 0 && ${flag} !== 1`)
      return `${flag} === 1`
    }
    case "Trailing":
      g.source.flush()
      return `p < ${site.end}`
  }
}

/** A closure that tells whether the value is there: 0 where it is not. */
const presenceReader = (node: Layout.Optional, c: Reader, rest: number, place: ReadPlace): Read<number | bigint> => {
  const { presence } = node
  switch (presence._tag) {
    case "When": {
      const expr = evaluatorOf(presence.expr).closure(presence.expr, place.slots)
      return (s) => {
        const there = expr(s)
        return s.bad ? s.fail("OutOfRange", s.p, "a safe integer", "a larger number") : there
      }
    }
    case "Flagged": {
      const read = c.whole(presence.of, rest, place)
      return (s) => {
        const start = s.p
        const flag = read(s)
        return flag === invalid || flag === 0 || flag === 1 ? flag : s.fail("InvalidTag", start, "0 or 1", String(flag))
      }
    }
    case "Trailing":
      return (s) => (s.p < s.e ? 1 : 0)
  }
}

const presenceWriter = (
  { presence }: Layout.Optional,
  c: Writer,
  rest: number,
  place: WritePlace
): ((s: WriteState, there: 0 | 1) => boolean) => {
  switch (presence._tag) {
    case "When": {
      const { expr } = presence
      const holds = (computed: number, there: number) => (computed ? 1 : 0) === there
      const shown = (there: number) => (there === 1 ? "a value" : "none")
      return evaluatorOf(expr).agrees(c, expr, place, holds, "InvalidPresence", shown)
    }
    case "Flagged":
      return wholeKindOf(presence.of).put(presence.of, c, rest, place)
    case "Trailing":
      return (s, there) => there === 1 || mustEnd(s)
  }
}

export const Optional: Kind<Layout.Optional> = {
  bounds({ of, presence }) {
    const flag = presence._tag === "Flagged" ? presence.of.bits / 8 : 0
    return { min: flag, max: flag + bounds(of).max }
  },
  typeName: (node) => `optional ${typeName(node.of)}`,
  children: (node) => [node.of],
  names({ presence }, visit) {
    if (presence._tag === "When") evaluatorOf(presence.expr).names(presence.expr, visit)
  },
  emitRead(node, g, rest, site) {
    const { source } = g
    const there = emitPresence(node, g, rest, site)
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name}`)
    source.block(`if (${there})`, () => {
      g.ensure(bounds(node.of).min + rest, site)
      source.line(`${name} = ${g.read(node.of, rest, site)}`)
    })
    return name
  },
  emitWrite({ of, presence }, g, value, rest, site) {
    const { source } = g
    const there = `${value} !== undefined`
    if (presence._tag === "When") {
      const differ = (computed: string, actual: string) => `(${computed} ? 1 : 0) !== ${actual}`
      const actual = source.bind("n", `${there} ? 1 : 0`)
      evaluatorOf(presence.expr).emitAgrees(g, presence.expr, actual, differ, site)
    } else if (presence._tag === "Flagged")
      wholeKindOf(presence.of).emitPut(presence.of, g, `(${there} ? 1 : 0)`, rest, site)
    const trailing = presence._tag === "Trailing"
    source.block(`if (${there})`, () => {
      g.ensure(bounds(of).min + rest)
      const before = trailing && bounds(of).min === 0 ? source.bind("p", "p") : undefined
      g.write(of, value, rest, site)
      if (before !== undefined) g.fail(`${source.at()} === ${before}`)
    })
    if (trailing && g.module.outruns) source.line(`if (!(${there}) && tail < 0) tail = p`)
  },
  read(node, c, rest, place) {
    const presence = presenceReader(node, c, rest, place)
    const inner = c.read(node.of, rest, place)
    const least = c.careful ? 0 : bounds(node.of).min + rest
    return (s) => {
      const there = presence(s)
      if (there === invalid) return invalid
      if (!there) return undefined
      return s.e - s.p < least ? invalid : inner(s)
    }
  },
  write(node, c, rest, place) {
    const presence = presenceWriter(node, c, rest, place)
    const write = c.write(node.of, rest, place)
    const least = bounds(node.of).min + rest
    const trailing = node.presence._tag === "Trailing"
    return (s, value) => {
      if (!presence(s, value === undefined ? 0 : 1)) return false
      if (value === undefined) return true
      if (s.e - s.p < least) return s.full()
      const before = s.p
      if (!write(s, value)) return false
      return !trailing || s.p > before || s.refuse("Unrepresentable", "a value of at least one byte", "0 bytes")
    }
  }
}
