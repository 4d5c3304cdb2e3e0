import type * as Layout from "../../Layout.ts"
import { invalid } from "../invalid.ts"
import { cursor } from "../memory.ts"
import type { Whole } from "../integer.ts"
import { readVarint, varintRange, varintSize, writeVarint } from "../varint.ts"
import { counted, refuseWhole, type WholeKind } from "../whole.ts"
import type { Write, Writer } from "../Writer.ts"

const write = (node: Layout.Varint, _c: Writer, rest: number): Write => {
  return (s, value) => {
    const end = writeVarint(s.bytes, s.p, s.e, value, node)
    if (end === -2) return refuseWhole(s, node.type, varintRange(node), value)
    if (end < 0) return s.full()
    s.p = end
    return s.e - end >= rest || s.full()
  }
}

export const Varint: WholeKind<Layout.Varint> = {
  bounds: (node) => ({ min: 1, max: node.bits === 32 ? 5 : 10 }),
  typeName: (node) => node.encoding,
  range: varintRange,
  size: (node, value) => varintSize(value, node),
  emitSize: (node, g, value) => `${g.source.run({ varintSize })}(${value}, ${g.source.capture(node)})`,
  emitRead(node, g, rest, site) {
    const { source } = g
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name} = bytes[p]`)
    const simple = node.type === "number" && node.encoding === "leb128"
    // One byte is the common case; p < end by the invariant.
    if (simple) source.line(`if (${name} < 128) p++; else {`)
    source.line(`${name} = ${source.run({ readVarint })}(bytes, p, ${site.end}, ${source.capture(node)})`)
    g.fail(`typeof ${name} === "string"`)
    source.line("p = R.cursor.next")
    g.ensure(rest, site)
    if (simple) source.line("}")
    return name
  },
  emitWrite(node, g, value, rest, site) {
    Varint.emitPut(node, g, value, rest, site)
  },
  emitPut(node, g, value, rest, _site, at) {
    const { source } = g
    const write = `${source.run({ writeVarint })}(bytes, ${at ?? "p"}, e, ${value}, ${source.capture(node)})`
    if (at !== undefined) return source.line(write)
    source.flush()
    source.line(`p = ${write}`)
    source.line("if (p < 0) return p")
    g.ensure(rest)
  },
  read(node, _c, rest) {
    return (s) => {
      const value = readVarint(s.bytes, s.p, s.e, node)
      if (typeof value === "string")
        return s.fail(value, s.p, `a ${node.encoding} of at most ${node.bits} bits`, "other bytes")
      s.p = cursor.next
      return s.e - s.p < rest ? invalid : value
    }
  },
  write,
  put(node, c, rest) {
    const each = write(node, c, rest)
    return node.type === "bigint" ? (s, value) => each(s, BigInt(value as Whole)) : each
  },
  count: (node, c, rest, place, count) => counted(Varint.put(node, c, rest, place), count)
}
