import type * as Layout from "../../Layout.ts"
import { literal } from "../emitted.ts"
import { typed } from "../integer.ts"
import { change, type LengthKind } from "../Kind.ts"
import { wholeKindOf } from "../whole.ts"
import { type Prefixed as Length, Prefixed, refuseWritten } from "./Prefixed.ts"

/** A length given by the number before it, one number of which says that there is no value. */
export const Nullable: LengthKind<Length> = {
  ...Prefixed,
  emitNullable(length, g, rest, site, body) {
    const { absent, prefix } = length
    const { source } = g
    const name = source.fresh("v")
    source.flush()
    source.line(`let ${name} = null`)
    // Looked at twice where it is not null, so that one code reads every prefix.
    const before = source.bind("p", "p")
    const raw = g.read(prefix, rest, site)
    source.flush()
    source.block(`if (Number(${raw}) !== ${absent})`, () => {
      source.line(`p = ${before}`)
      source.line(`${name} = ${body(change<Layout.Length>(length, { absent: undefined }))}`)
    })
    return name
  },
  emitNull({ absent, prefix }, g, value, rest, site, body) {
    const { source } = g
    source.block(
      `if (${value} === null)`,
      () => wholeKindOf(prefix).emitPut(prefix, g, literal(typed(prefix, absent!)), rest, site),
      "} else {"
    )
    body()
    source.flush()
    source.line("}")
  },
  put(length, c, rest, place) {
    const { absent, plus } = length
    const put = Prefixed.put(length, c, rest, place)
    return (s, n, at) => (n + plus === absent ? refuseWritten(s, length, n) : put(s, n, at))
  },
  null({ absent, prefix }, c, rest, place, inner) {
    const put = wholeKindOf(prefix).put(prefix, c, rest, place)
    const none = typed(prefix, absent!)
    return (s, value) => (value === null ? put(s, none) : inner(s, value))
  }
}
