import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { hexText } from "../hexText.ts"
import type { Kind } from "../Kind.ts"
import { matches } from "../spans.ts"

/** Up to this many bytes are compared and written one by one. */
const few = 16

export const Const: Kind<Layout.Const> = {
  bounds: (node) => exactly(node.bytes.length),
  typeName: (node) => `const[${node.bytes.length}]`,
  eager: true,
  emitRead({ bytes }, g) {
    const { source } = g
    if (bytes.length <= few) {
      const tests = bytes.map((byte, i) => `bytes[${source.at(i)}] !== ${byte}`)
      if (tests.length > 0) g.fail(tests.join(" || "))
    } else g.fail(`!${source.run({ matches })}(bytes, ${source.capture(bytes)}, ${source.at()}, e)`)
    source.displacement += bytes.length
    return "undefined"
  },
  emitWrite({ bytes }, g) {
    const { source } = g
    if (bytes.length > few) source.line(`bytes.set(${source.capture(bytes)}, ${source.at()})`)
    else bytes.forEach((byte, i) => source.line(`bytes[${source.at(i)}] = ${byte}`))
    source.displacement += bytes.length
  },
  read(node, c) {
    const { bytes } = node
    return c.guard(bytes.length, node, (s) => {
      const end = s.p + bytes.length
      if (!matches(s.bytes, bytes, s.p, s.e))
        return s.fail("ConstantMismatch", s.p, hexText(bytes), hexText(s.bytes.subarray(s.p, end)))
      s.p = end
      return undefined
    })
  },
  write({ bytes }) {
    return (s) => {
      s.bytes.set(bytes, s.p)
      s.p += bytes.length
      return true
    }
  }
}
