import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { literal } from "../emitted.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { wholeKindOf } from "../whole.ts"

export const ConstInt: Kind<Layout.ConstInt> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => `const ${typeName(node.of)}`,
  eager: true,
  emitRead(node, g, rest, site) {
    g.fail(`${g.read(node.of, rest, site)} !== ${literal(node.value)}`)
    return "undefined"
  },
  emitWrite(node, g, _value, rest, site) {
    wholeKindOf(node.of).emitPut(node.of, g, literal(node.value), rest, site)
  },
  read(node, c, rest, place) {
    const raw = c.whole(node.of, rest, place)
    return (s) => {
      const start = s.p
      const value = raw(s)
      if (value === node.value) return undefined
      return value === invalid ? invalid : s.fail("ConstantMismatch", start, String(node.value), String(value))
    }
  },
  write(node, c, rest, place) {
    const put = wholeKindOf(node.of).put(node.of, c, rest, place)
    return (s) => put(s, node.value)
  }
}
