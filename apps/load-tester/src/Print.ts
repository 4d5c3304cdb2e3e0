/** Turns results into text: a table for people, one JSON document for programs, a line an interval for those who wait. */
import type { Interval, Latency, Summary } from "./Merge.ts"

const count = (value: number): string => Math.round(value).toLocaleString("en-US")

const plural = (value: number, one: string): string => `${count(value)} ${one}${value === 1 ? "" : "s"}`

/** A time given in nanoseconds, in the unit that keeps it readable. */
export const time = (nanoseconds: number): string => {
  const [value, unit] =
    nanoseconds < 1e6
      ? [nanoseconds / 1e3, "µs"]
      : nanoseconds < 1e9
        ? [nanoseconds / 1e6, "ms"]
        : [nanoseconds / 1e9, "s"]
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}`
}

/** One interval as a line: what is answered a second, the middle and the tail. */
export const interval = (interval: Interval): string => {
  const { latency } = interval
  const times =
    latency === undefined
      ? "no answers"
      : `p50 ${time(latency.percentiles.p50)}  p99 ${time(latency.percentiles.p99)}  max ${time(latency.max)}`
  return `${interval.seconds.toFixed(1).padStart(6)} s  ${count(interval.perSecond).padStart(11)} req/s  ${times}`
}

/** Lines of a name and figures, in columns. */
const table = (lines: ReadonlyArray<readonly [string, ...Array<string>]>): Array<string> => {
  const width = (column: number): number => Math.max(...lines.map((line) => line[column]!.length))
  return lines.map(([name, ...values]) => {
    const figures = values.map((value, i) => value.padStart(width(i + 1)))
    return ["", name.padEnd(width(0)), ...figures].join("  ").trimEnd()
  })
}

const times = (latency: Latency): Array<readonly [string, string]> => [
  ["min", time(latency.min)],
  ...Object.entries(latency.percentiles).map(([percentile, value]) => [percentile, time(value)] as const),
  ["max", time(latency.max)]
]

/** The whole result as text, lines without a last line break. */
export const text = (summary: Summary): string => {
  const { latency, perSecond, service, target } = summary
  const loop =
    summary.intendedPerSecond === undefined
      ? "closed loop"
      : `open loop at ${count(summary.intendedPerSecond)} req/s, latency from the intended time`
  const lines = [
    `${target.host}:${target.port}  ${plural(summary.connections, "connection")} x ${summary.window} in flight, ${loop}, ` +
      `${summary.seconds.toFixed(1)} s after ${summary.warmupSeconds.toFixed(1)} s of warm-up`,
    "",
    `throughput  ${count(perSecond.mean)} req/s  (sd ${count(perSecond.standardDeviation)}, ` +
      `${count(perSecond.min)} to ${count(perSecond.max)} a second)`,
    ""
  ]
  if (latency !== undefined) {
    // From the intended time and from the time of sending: what lies between is what a closed loop does not show.
    const served = service === undefined ? undefined : times(service)
    const head = served === undefined ? [] : [["", "from intended", "from sent"] as const]
    lines.push(
      "latency",
      ...table([...head, ...times(latency).map((pair, i) => [...pair, ...(served?.[i]!.slice(1) ?? [])] as const)]),
      ""
    )
  }
  lines.push(
    `${plural(summary.checked, "answer")} checked: ${count(summary.wrong)} wrong, ` +
      `${count(summary.unanswered)} missing, ${plural(summary.errors, "error")}`
  )
  if (summary.unsent > 0) {
    lines.push(
      `${plural(summary.unsent, "request")} could not be sent in time: the target does not keep up with ` +
        `${count(summary.intendedPerSecond ?? 0)} req/s; lower --rate or raise --window`
    )
  }
  for (const { actual, connection, expected, field, sequence } of summary.mismatches) {
    lines.push(`  wrong: connection ${connection}, sequence ${sequence}: ${field} is ${actual}, expected ${expected}`)
  }
  for (const failure of summary.failures) lines.push(`  error: ${failure}`)
  return lines.join("\n")
}

/** The whole result as JSON. Latencies are nanoseconds. */
export const json = (summary: Summary): string => JSON.stringify(summary, undefined, 2)
