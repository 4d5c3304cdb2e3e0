/** Random text of an encoding that takes exactly so many bytes. */
import type { Random } from "../testing/Random.ts"
import type { Text } from "../Layout.ts"

type Encoding = Text["encoding"]

const widest: { readonly [E in Encoding]: number } = { ascii: 0x7f, latin1: 0xff, utf8: 0x10ffff, utf16: 0x10ffff }

/** The first and last code point of each encoded size, and that size. */
const utf8: ReadonlyArray<readonly [from: number, to: number, size: number]> = [
  [0, 0x7f, 1],
  [0x80, 0x7ff, 2],
  [0x800, 0xd7ff, 3],
  [0xe000, 0xffff, 3],
  [0x10000, 0x10ffff, 4]
]
const utf16: typeof utf8 = [
  [0, 0xd7ff, 2],
  [0xe000, 0xffff, 2],
  [0x10000, 0x10ffff, 4]
]

/** `undefined` where no text takes so many bytes. */
export const generateText = (encoding: Encoding, size: number, random: Random): string | undefined => {
  if (encoding === "utf16" && size % 2 !== 0) return undefined
  const single = [[0, widest[encoding], 1]] as const
  const ranges = encoding === "utf8" ? utf8 : encoding === "utf16" ? utf16 : single
  let text = ""
  for (let left = size; left > 0;) {
    if (encoding !== "utf16" && random.chance(0.6)) {
      text += String.fromCharCode(random.int(0x20, 0x7e))
      left--
      continue
    }
    const [from, to, taken] = random.pick(ranges.filter(([, , taken]) => taken <= left))
    text += String.fromCodePoint(random.int(from, to))
    left -= taken
  }
  return text
}
