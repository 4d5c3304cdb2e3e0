/** Counting and timing while a run goes on: what one answer costs to record is what a run can no longer measure. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"

/** Latencies in nanoseconds, three significant figures, up to an hour. */
export const histogram = (): RecordableHistogram =>
  createHistogram({ lowest: 1, highest: 3_600_000_000_000, figures: 3 })

/** An answer that was not the one its request asked for. */
export interface Mismatch {
  readonly connection: number
  readonly sequence: number
  readonly field: string
  readonly expected: string
  readonly actual: string
}

/** How many examples of wrong answers and errors a run keeps; all are counted. */
const examples = 5

/** What happened since the last interval was taken. */
export interface Recorder {
  /** From when a request should have been sent to its answer: what a user waits. */
  readonly latency: RecordableHistogram
  /** From when it was sent: what the server takes. In a closed loop both are one, and this is empty. */
  readonly service: RecordableHistogram
  answered: number
}

/** Everything that is counted over the whole run, warm-up included. */
export interface Counts {
  sent: number
  checked: number
  wrong: number
  unanswered: number
  unsent: number
  errors: number
  readonly mismatches: Array<Mismatch>
  readonly failures: Array<string>
}

export const recorder = (): Recorder => ({ latency: histogram(), service: histogram(), answered: 0 })

export const counts = (): Counts => ({
  sent: 0,
  checked: 0,
  wrong: 0,
  unanswered: 0,
  unsent: 0,
  errors: 0,
  mismatches: [],
  failures: []
})

/** Records a time given in milliseconds. */
export const record = (histogram: RecordableHistogram, milliseconds: number): void => {
  // The histogram takes whole numbers from one on.
  histogram.record(Math.max(1, Math.round(milliseconds * 1e6)))
}

export const wrong = (counts: Counts, mismatch: Mismatch): void => {
  counts.wrong++
  if (counts.mismatches.length < examples) counts.mismatches.push(mismatch)
}

export const failed = (counts: Counts, message: string): void => {
  counts.errors++
  if (counts.failures.length < examples) counts.failures.push(message)
}
