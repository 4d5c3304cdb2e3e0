import type * as Layout from "../../Layout.ts"
import { exactly } from "../bounds.ts"
import { hexText } from "../hexText.ts"
import { invalid } from "../invalid.ts"
import type { Kind } from "../Kind.ts"
import { paddingSize } from "../values.ts"

const unfilled = (bytes: Uint8Array, at: number, size: number, fill: number): number | undefined => {
  for (let i = 0; i < size; i++) if (bytes[at + i] !== fill) return bytes[at + i]
  return undefined
}

const filled = (bytes: Uint8Array, at: number, size: number, fill: number): boolean =>
  unfilled(bytes, at, size, fill) === undefined

/** The code of what is missing to a multiple. */
const emitMissing = ({ origin, to }: Extract<Layout.Padding["amount"], { _tag: "Aligned" }>): string =>
  `(${to} - (p - ${origin === "message" ? "base" : "origin"}) % ${to}) % ${to}`

export const Padding: Kind<Layout.Padding> = {
  bounds: ({ amount }) => (amount._tag === "Fixed" ? exactly(amount.value) : { min: 0, max: amount.to - 1 }),
  typeName: ({ amount }) => (amount._tag === "Fixed" ? `padding[${amount.value}]` : `align ${amount.to}`),
  emitRead({ amount, fill, verify }, g, rest, site) {
    const { source } = g
    let size: string
    if (amount._tag === "Aligned") {
      source.flush()
      size = source.bind("n", emitMissing(amount))
      g.fail(`${site.end} - p < ${size}${rest === 0 ? "" : ` + ${rest}`}`)
    } else size = String(amount.value)
    if (verify) g.fail(`!${source.run({ filled })}(bytes, ${source.at()}, ${size}, ${fill})`)
    if (amount._tag === "Aligned") source.line(`p += ${size}`)
    else source.displacement += amount.value
    return "undefined"
  },
  emitWrite({ amount, fill }, g, _value, rest) {
    const { source } = g
    if (amount._tag === "Fixed") {
      source.line(`bytes.fill(${fill}, ${source.at()}, ${source.at(amount.value)})`)
      source.displacement += amount.value
      return
    }
    source.flush()
    const size = source.bind("n", emitMissing(amount))
    g.room(size, rest)
    source.line(`bytes.fill(${fill}, p, p + ${size})`)
    source.line(`p += ${size}`)
  },
  read(node, _c, rest) {
    const { fill, verify } = node
    return (s) => {
      const start = s.p
      const size = paddingSize(node, start - s.base, s.base - s.origin)
      if (s.lacks(size + rest, node)) return invalid
      s.p += size
      const wrong = verify ? unfilled(s.bytes, start, size, fill) : undefined
      if (wrong === undefined) return undefined
      return s.fail("ConstantMismatch", start, `padding of ${hexText([fill])}`, hexText([wrong]))
    }
  },
  write(node, _c, rest) {
    return (s) => {
      const size = paddingSize(node, s.p - s.base, s.base - s.origin)
      if (s.e - s.p < size + rest) return s.full()
      s.bytes.fill(node.fill, s.p, s.p + size)
      s.p += size
      return true
    }
  }
}
