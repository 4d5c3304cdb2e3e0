import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { flag, knownOrder, littleOf } from "../emitted.ts"
import { endianSuffix } from "../endianSuffix.ts"
import { readHalf, writeHalf } from "../half.ts"
import type { Kind } from "../Kind.ts"

export const Float: Kind<Layout.Float> = {
  bounds: (node) => exactly(node.bits / 8),
  typeName: ({ bits, endian }) => `float${bits}${endianSuffix(endian)}`,
  emitRead(node, g, _rest, site) {
    const { source } = g
    const little = littleOf(node.endian, site)
    const at = source.at()
    source.displacement += node.bits / 8
    return source.bind(
      "v",
      node.bits === 16
        ? `${source.run({ readHalf })}(view, ${at}, ${little})`
        : `view.getFloat${node.bits}(${at}${flag(little)})`
    )
  },
  emitWrite(node, g, value, _rest, site) {
    const { source } = g
    const little = littleOf(node.endian, site)
    g.fail(`typeof ${value} !== "number"`)
    source.line(
      node.bits === 16
        ? `${source.run({ writeHalf })}(view, ${source.at()}, ${value}, ${little})`
        : `view.setFloat${node.bits}(${source.at()}, ${value}${flag(little)})`
    )
    source.displacement += node.bits / 8
  },
  read(node, c, _rest, place) {
    const size = node.bits / 8
    const known = knownOrder(node.endian, place)
    return c.guard(size, node, (s) => {
      const little = known ?? s.little
      const p = s.p
      s.p += size
      return size === 8
        ? s.view.getFloat64(p, little)
        : size === 4
          ? s.view.getFloat32(p, little)
          : readHalf(s.view, p, little)
    })
  },
  write(node, _c, _rest, place) {
    const size = node.bits / 8
    const known = knownOrder(node.endian, place)
    return (s, value) => {
      if (typeof value !== "number") return s.type("a number", value)
      const little = known ?? s.little
      if (size === 8) s.view.setFloat64(s.p, value, little)
      else if (size === 4) s.view.setFloat32(s.p, value, little)
      else writeHalf(s.view, s.p, value, little)
      s.p += size
      return true
    }
  }
}
