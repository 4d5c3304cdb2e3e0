import type * as Layout from "../../Layout.ts"
import { bounds, exactly, lengthBounds } from "../bounds.ts"
import { behind, emitBehind, emitExtent, emitNull, emitNullable, emitSkip, extent, nullable } from "../content.ts"
import { type Kind, kindOf, lengthKindOf } from "../Kind.ts"
import type { Encoding } from "../text/Encoding.ts"
import { show } from "../Writer.ts"

interface TextKind extends Kind<Layout.Text> {
  readonly encoding: Encoding
}

/** The encoding of a text. */
export const encodingOf = (node: Layout.Text): Encoding => (kindOf(node) as TextKind).encoding

/** Text in one encoding: the kind of no other knows of it. */
export const Text = (encoding: Encoding): TextKind => {
  const { name, unit } = encoding
  return {
    encoding,
    bounds: (node) => lengthBounds(node.length, exactly(1)),
    typeName: ({ length }) => `${name}[${lengthKindOf(length).typeName(length)}]`,
    emitRead(node, g, rest, site) {
      const { source } = g
      return emitNullable(g, node.length, rest, site, (length) => {
        const end = emitExtent(g, length, rest, site, unit)
        const read = source.run({ [`${name}Read`]: encoding.read })
        const text = source.bind("v", `${read}(bytes, p, ${end}, ${site.little})`)
        g.fail(`${text} === undefined`)
        emitBehind(g, length, end, rest, site)
        return text
      })
    },
    emitSkip: (node, g, rest, site) => emitSkip(g, node.length, rest, site, unit),
    emitWrite({ length }, g, value, rest, site) {
      const { source } = g
      const kind = lengthKindOf(length)
      emitNull(g, length, value, rest, site, () => {
        g.fail(`typeof ${value} !== "string"`)
        // A prefix of known size is written when the text stands, and its size with it.
        const late = length._tag === "Prefixed" && length.prefix._tag === "Int"
        if (!late) {
          const size = source.bind("n", `${source.run({ [`${name}Size`]: encoding.size })}(${value})`)
          g.fail(`${size} < 0`)
          kind.emitPut(length, g, size, rest, site)
          source.flush()
        }
        const prefix = late ? source.bind("s", source.at()) : ""
        if (late) source.displacement += bounds(length.prefix).min
        source.flush()
        const start = source.bind("s", "p")
        const room = rest === 0 ? "e" : `e - ${rest}`
        const write = source.run({ [`${name}Write`]: encoding.write })
        source.line(`p = ${write}(${value}, bytes, p, ${room}, ${site.little})`)
        source.line("if (p < 0) return p")
        if (late) kind.emitPut(length, g, source.bind("n", `p - ${start}`), rest, site, prefix)
        kind.emitEnd?.(length, g, start, rest, unit)
      })
    },
    read(node, c, rest, place) {
      const content = extent(c, node, node.length, rest, place, unit)
      const size = behind(node.length)
      return (s) => {
        const end = content(s)
        if (typeof end !== "number") return end
        const start = s.p
        const text = encoding.read(s.bytes, start, end, place.little ?? s.little)
        if (text === undefined) return s.fail("InvalidUtf8", start, `${name} text`, "malformed bytes")
        s.p = end + size
        return text
      }
    },
    write({ length }, c, rest, place) {
      const kind = lengthKindOf(length)
      const put = kind.put(length, c, rest, place)
      const end = kind.end?.(length, c, rest, unit)
      return nullable(c, length, rest, place, (s, value) => {
        if (typeof value !== "string") return s.type("a string", value)
        const size = encoding.size(value)
        if (size < 0) return s.refuse("InvalidText", `text that ${name} can represent`, show(value))
        if (!put(s, size, s.p)) return false
        if (size > s.e - s.p - rest) return s.full()
        const start = s.p
        s.p = encoding.write(value, s.bytes, start, s.e, place.little ?? s.little)
        return end === undefined || end(s, start)
      })
    }
  }
}
