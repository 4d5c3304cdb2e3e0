import type * as Layout from "../../Layout.ts"
import { bounds } from "../bounds.ts"
import { invalid } from "../invalid.ts"
import { type Kind, typeName } from "../Kind.ts"
import { converter } from "../transform.ts"

export const Transform: Kind<Layout.Transform> = {
  bounds: (node) => bounds(node.of),
  typeName: (node) => typeName(node.of),
  children: (node) => [node.of],
  emitRead(node, g, rest, site) {
    const inner = g.read(node.of, rest, site)
    const value = g.source.bind("v", `${g.source.capture(converter(node))}.decode(${inner})`)
    g.fail(`${value} === X`)
    return value
  },
  emitSkip(node, g, rest, site) {
    g.skip(node.of, rest, site)
    return true
  },
  emitWrite(node, g, value, rest, site) {
    const inner = g.source.bind("v", `${g.source.capture(converter(node))}.encode(${value})`)
    g.fail(`${inner} === X`)
    g.write(node.of, inner, rest, site)
  },
  read(node, c, rest, place) {
    const inner = c.read(node.of, rest, place)
    const { decode } = converter(node)
    return (s) => {
      const start = s.p
      const encoded = inner(s)
      if (encoded === invalid) return invalid
      let why = ""
      const value = decode(encoded, c.careful ? (reason) => (why = reason) : undefined)
      return value === invalid ? s.fail("CheckFailed", start, "a value that the schema takes", why) : value
    }
  },
  write(node, c, rest, place) {
    const inner = c.write(node.of, rest, place)
    const { encode } = converter(node)
    return (s, value) => {
      let why = ""
      const encoded = encode(value, c.careful ? (reason) => (why = reason) : undefined)
      return encoded === invalid ? s.refuse("CheckFailed", "a value that the schema takes", why) : inner(s, encoded)
    }
  }
}
