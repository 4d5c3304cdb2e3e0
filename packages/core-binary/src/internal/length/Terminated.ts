import type * as Layout from "../../Layout.ts"
import { hexText } from "../hexText.ts"
import { type LengthKind, makeLength, typeName } from "../Kind.ts"
import { plural } from "../Reader.ts"
import { find, matches } from "../spans.ts"

type Terminated = Extract<Layout.Length, { readonly _tag: "Terminated" }>

const Terminated: LengthKind<Terminated> = {
  bounds: ({ terminator }) => ({ min: terminator.length, max: Infinity }),
  typeName: ({ terminator }) => `until ${hexText(terminator)}`,
  behind: ({ terminator }) => terminator.length,
  emitExtent({ terminator }, g, rest, site, unit) {
    const { source } = g
    source.flush()
    const pattern = source.capture(terminator)
    const found = source.bind("q", `${source.run({ find })}(bytes, ${pattern}, p, ${site.end}, ${unit})`)
    g.fail(`${found} < 0 || ${site.end} - ${found} < ${terminator.length + rest}`)
    return found
  },
  extent({ terminator }, _c, rest, place, unit) {
    return (s) => {
      const found = find(s.bytes, terminator, s.p, s.e, unit)
      if (found >= 0 && s.e - found >= terminator.length + rest) return found
      const actual = `none in the ${plural(s.e - s.p, "byte")} left`
      return s.fail("MissingTerminator", s.p, typeName(place.owner!), actual)
    }
  },
  emitMore({ terminator }, g, end) {
    return `!${g.source.run({ matches })}(bytes, ${g.source.capture(terminator)}, p, ${end})`
  },
  more:
    ({ terminator }) =>
    (s, end) =>
      !matches(s.bytes, terminator, s.p, end),
  emitPut() {},
  put: () => () => true,
  emitEnd({ terminator }, g, start, rest, unit) {
    const { source } = g
    g.ensure(terminator.length + rest)
    terminator.forEach((byte, i) => source.line(`bytes[${source.at(i)}] = ${byte}`))
    source.displacement += terminator.length
    source.flush()
    if (start === "") return
    // Its own terminator must be the first that a reader finds.
    const found = `${source.run({ find })}(bytes, ${source.capture(terminator)}, ${start}, p, ${unit})`
    g.fail(`${found} !== p - ${terminator.length}`)
  },
  end({ terminator }, _c, rest, unit) {
    return (s, start) => {
      if (s.e - s.p < terminator.length + rest) return s.full()
      s.bytes.set(terminator, s.p)
      s.p += terminator.length
      if (unit === 0 || find(s.bytes, terminator, start, s.p, unit) === s.p - terminator.length) return true
      return s.refuse("Unrepresentable", "content without its terminator", "content that would end early", start)
    }
  }
}

export const terminatedBy = (terminator: ReadonlyArray<number>): Layout.Length =>
  makeLength(Terminated, { _tag: "Terminated", terminator })
