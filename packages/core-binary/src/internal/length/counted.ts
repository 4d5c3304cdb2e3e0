/** What every count that was read is checked against before it is believed: the elements that are allowed, the bytes that are left. */
import type { invalid } from "../invalid.ts"
import { plural, type Reader, type ReadState } from "../Reader.ts"
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

/** The most elements that a count may announce. */
export const limitOf = (c: Reader, elements: boolean): number => (elements ? c.settings.limits.maxElements : Infinity)

/** Refuses a count that is above the limit, or announces more than is left. */
export const refuseCount = (s: ReadState, n: number, start: number, limit: number): typeof invalid =>
  n > limit
    ? s.fail("LimitExceeded", start, `at most ${plural(limit, "element")}`, String(n))
    : s.fail("InvalidLength", start, `a length within the ${plural(s.e - s.p, "byte")} left`, String(n))
