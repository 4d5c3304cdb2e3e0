/** What every count that was read is checked against before it is believed: the elements that are allowed, the bytes that are left. */
import { type Read, plural, type Reader, type ReadState } from "../Reader.ts"
import type { ReadGenerator, ReadSite } from "../ReadGenerator.ts"

/** Adds these checks to those that a length makes of its own; `greatest` is the most that it can announce. */
export const emitLimits = (
  g: ReadGenerator,
  n: string,
  checks: Array<string>,
  greatest: number,
  unit: number,
  elements: boolean,
  rest: number,
  site: ReadSite
): void => {
  const { maxElements } = g.settings.limits
  if (elements && greatest > maxElements) checks.push(`${n} > ${maxElements}`)
  const least = rest + g.source.displacement
  if (unit > 0) {
    const size = unit === 1 ? n : `${n} * ${unit}`
    checks.push(`${size} > ${site.end} - p${least === 0 ? "" : ` - ${least}`}`)
  }
  if (checks.length > 0) g.fail(checks.join(" || "))
}

/** A closure that gives a count back if it may be believed; `start` is where it was read. */
export const limited = (
  c: Reader,
  unit: number,
  elements: boolean,
  rest: number
): ((s: ReadState, n: number, start: number) => ReturnType<Read<number>>) => {
  const limit = elements ? c.settings.limits.maxElements : Infinity
  return (s, n, start) => {
    const left = s.e - s.p
    if (n <= limit && n * unit <= left - rest) return n
    return n > limit
      ? s.fail("LimitExceeded", start, `at most ${plural(limit, "element")}`, String(n))
      : s.fail("InvalidLength", start, `a length within the ${plural(left, "byte")} left`, String(n))
  }
}
