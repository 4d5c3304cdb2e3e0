/** Values that nobody should write: one part of a valid value replaced by something else. */
import type { Random } from "../testing/Random.ts"

const strange: ReadonlyArray<unknown> = [
  undefined,
  null,
  -0,
  -1,
  NaN,
  Infinity,
  0.5,
  2 ** 53,
  -(2 ** 31) - 1,
  2n ** 64n,
  -1n,
  0,
  300,
  true,
  "",
  "\ud800",
  "\0text",
  "é€😀",
  new Uint8Array(0),
  Uint8Array.of(13, 10, 0),
  [],
  [0],
  {},
  { _tag: "None" }
]

export const spoil = (value: unknown, random: Random): unknown => {
  if (random.chance(0.2)) return random.pick(strange)
  if (Array.isArray(value) && value.length > 0) {
    const copy = [...(value as ReadonlyArray<unknown>)]
    const at = random.int(0, copy.length - 1)
    copy[at] = spoil(copy[at], random)
    return copy
  }
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    const names = Object.keys(value)
    if (names.length === 0) return random.pick(strange)
    const name = random.pick(names)
    return { ...value, [name]: spoil((value as Record<string, unknown>)[name], random) }
  }
  return random.pick(strange)
}
