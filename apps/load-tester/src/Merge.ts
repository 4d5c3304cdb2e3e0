/** Adds the intervals of a run up to its result. */
import type { RecordableHistogram } from "node:perf_hooks"
import { type Counts, histogram, type Mismatch, type Recorder } from "./Measure.ts"
import type { Plan } from "./Plan.ts"

/** Percentiles that are reported, in order. */
export const percentiles = { p50: 50, p75: 75, p90: 90, p99: 99, "p99.9": 99.9, "p99.99": 99.99 } as const

/** The name of a percentile. */
export type Percentile = keyof typeof percentiles

/** Latencies in nanoseconds. */
export interface Latency {
  readonly min: number
  readonly mean: number
  readonly standardDeviation: number
  readonly percentiles: Readonly<Record<Percentile, number>>
  readonly max: number
}

/** One interval of a run: `seconds` is when it ended, counted from the end of the warm-up. */
export interface Interval {
  readonly seconds: number
  readonly length: number
  readonly answered: number
  readonly perSecond: number
  readonly latency: Latency | undefined
}

/** Throughput over the measured time, and how it spread over the intervals. */
export interface Rate {
  readonly mean: number
  readonly standardDeviation: number
  readonly min: number
  readonly max: number
}

/**
 * The result of a run. `answered` are the answers that arrived in the measured time, `checked` all that arrived;
 * `latency` is that of the requests whose time to be sent lay in the measured time, whenever they were answered; `service`, in
 * an open loop, counts from when they were sent, and so leaves out what they waited for their turn.
 */
export interface Summary {
  readonly target: { readonly host: string; readonly port: number }
  readonly loop: "closed" | "open"
  readonly connections: number
  readonly window: number
  readonly intendedPerSecond: number | undefined
  readonly warmupSeconds: number
  readonly seconds: number
  readonly answered: number
  readonly perSecond: Rate
  readonly latency: Latency | undefined
  readonly service: Latency | undefined
  readonly sent: number
  readonly checked: number
  readonly wrong: number
  readonly unanswered: number
  readonly unsent: number
  readonly errors: number
  readonly mismatches: ReadonlyArray<Mismatch>
  readonly failures: ReadonlyArray<string>
  readonly intervals: ReadonlyArray<Interval>
}

/** What has been merged so far. */
export interface Totals {
  readonly latency: RecordableHistogram
  readonly service: RecordableHistogram
  readonly intervals: Array<Interval>
}

export const totals = (): Totals => ({ latency: histogram(), service: histogram(), intervals: [] })

const percentilesOf = (of: RecordableHistogram): Latency["percentiles"] => {
  const values = Object.entries(percentiles).map(([name, percentile]) => [name, of.percentile(percentile)])
  return Object.fromEntries(values) as Latency["percentiles"]
}

const latencyOf = (of: RecordableHistogram): Latency | undefined =>
  of.count === 0
    ? undefined
    : {
        min: of.min,
        mean: of.mean,
        standardDeviation: of.stddev,
        percentiles: percentilesOf(of),
        max: of.max
      }

/** Bucket by bucket, so that percentiles of the sum are exact to the histogram's three figures. */
const add = (to: Totals, from: Recorder): void => {
  if (from.latency.count > 0) to.latency.add(from.latency)
  if (from.service.count > 0) to.service.add(from.service)
}

/** Moves what `recorder` holds into `totals` as the interval of `length` milliseconds that ended at `seconds`. */
export const merge = (totals: Totals, recorder: Recorder, seconds: number, length: number): Interval => {
  const interval: Interval = {
    seconds,
    length: length / 1000,
    answered: recorder.answered,
    perSecond: (recorder.answered * 1000) / length,
    latency: latencyOf(recorder.latency)
  }
  totals.intervals.push(interval)
  add(totals, recorder)
  recorder.latency.reset()
  recorder.service.reset()
  recorder.answered = 0
  return interval
}

const answersIn = (intervals: ReadonlyArray<Interval>): number =>
  intervals.reduce((sum, interval) => sum + interval.answered, 0)

const rateOf = (intervals: ReadonlyArray<Interval>): Rate => {
  const seconds = intervals.reduce((sum, interval) => sum + interval.length, 0)
  if (seconds === 0) return { mean: 0, standardDeviation: 0, min: 0, max: 0 }
  const mean = answersIn(intervals) / seconds
  // A last interval of a few milliseconds says nothing about the spread, so each counts by its length.
  const variance =
    intervals.reduce((sum, interval) => sum + interval.length * (interval.perSecond - mean) ** 2, 0) / seconds
  const whole = intervals.filter((interval) => interval.length * 2 >= intervals[0]!.length)
  return {
    mean,
    standardDeviation: Math.sqrt(variance),
    min: Math.min(...whole.map((interval) => interval.perSecond)),
    max: Math.max(...whole.map((interval) => interval.perSecond))
  }
}

/** The result of a run of `plan`; `late` holds the answers that came after the measured time and count for latency alone. */
export const summary = (plan: Plan, totals: Totals, late: Recorder, counts: Counts): Summary => {
  add(totals, late)
  return {
    target: { host: plan.host, port: plan.port },
    loop: plan.rate === undefined ? "closed" : "open",
    connections: plan.connections,
    window: plan.window,
    intendedPerSecond: plan.rate,
    warmupSeconds: plan.warmup / 1000,
    seconds: totals.intervals.reduce((sum, interval) => sum + interval.length, 0),
    answered: answersIn(totals.intervals),
    perSecond: rateOf(totals.intervals),
    latency: latencyOf(totals.latency),
    service: latencyOf(totals.service),
    sent: counts.sent,
    checked: counts.checked,
    wrong: counts.wrong,
    unanswered: counts.unanswered,
    unsent: counts.unsent,
    errors: counts.errors,
    mismatches: counts.mismatches,
    failures: counts.failures,
    intervals: totals.intervals
  }
}

/** Whether every request that was sent got its own answer and no connection failed. */
export const isClean = (summary: Summary): boolean =>
  summary.checked > 0 && summary.wrong === 0 && summary.unanswered === 0 && summary.errors === 0
