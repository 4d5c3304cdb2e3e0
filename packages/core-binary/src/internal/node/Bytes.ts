import type * as Layout from "../../Layout.ts"
import { exactly, lengthBounds } from "../bounds.ts"
import {
  behind,
  copier,
  emitBehind,
  emitBytes,
  emitCopy,
  emitExtent,
  emitNull,
  emitNullable,
  emitSkip,
  extent,
  nullable
} from "../content.ts"
import { type Kind, lengthKindOf } from "../Kind.ts"

export const Bytes: Kind<Layout.Bytes> = {
  bounds: (node) => lengthBounds(node.length, exactly(1)),
  typeName: ({ length }) => `bytes[${lengthKindOf(length).typeName(length)}]`,
  emitRead(node, g, rest, site) {
    const { source } = g
    return emitNullable(g, node.length, rest, site, (length) => {
      const { emitCount } = lengthKindOf(length)
      if (!g.settings.copy && emitCount !== undefined) {
        const n = emitCount(length, g, 1, false, rest, site)
        const name = source.bind("v", `new Uint8Array(buffer, ${source.at()}, ${n})`)
        if (length._tag === "Fixed") source.displacement += length.value
        else {
          source.line(`p += ${source.displacement === 0 ? "" : `${source.displacement} + `}${n}`)
          source.displacement = 0
        }
        return name
      }
      const end = emitExtent(g, length, rest, site)
      const name = source.bind("v", emitBytes(g, end))
      emitBehind(g, length, end, rest, site)
      return name
    })
  },
  emitSkip: (node, g, rest, site) => emitSkip(g, node.length, rest, site),
  emitWrite({ length }, g, value, rest, site) {
    emitNull(g, length, value, rest, site, () => emitCopy(g, length, value, rest, site))
  },
  read(node, c, rest, place) {
    const content = extent(c, node, node.length, rest, place)
    const size = behind(node.length)
    const { copy } = c.settings
    return (s) => {
      const end = content(s)
      if (typeof end !== "number") return end
      const start = s.p
      s.p = end + size
      return copy ? s.bytes.slice(start, end) : new Uint8Array(s.buffer, start, end - start)
    }
  },
  write({ length }, c, rest, place) {
    return nullable(c, length, rest, place, copier(c, length, rest, place))
  }
}
