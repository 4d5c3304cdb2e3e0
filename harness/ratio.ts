/**
 * Benchmarks as ratios: contenders run interleaved in one process, and only the median of their ratios is quoted,
 * because a shared machine's absolute times drift.
 */
import { isDeepStrictEqual } from "node:util"

/** One contender: how it is called, and what one call does. `run` must return something that depends on its work. */
export interface Contender {
  readonly name: string
  readonly run: () => unknown
}

/** A claim: `subject` against `against`, in `what`; `target` is a bound on the ratio of *speeds* (`at least`) or of *times* (`at most`). */
export interface Claim {
  readonly what: string
  readonly subject: Contender
  readonly against: Contender
  readonly bound: { readonly atLeast: number } | { readonly atMost: number } | undefined
  /** Compares the two outputs before timing; `false` where they cannot be equal, which the bench's README must explain. */
  readonly equal?: boolean | ((a: unknown, b: unknown) => boolean)
  readonly rounds?: number
  readonly millisecondsPerRound?: number
}

/** What `--json` prints, a row a claim. `ratio` is speed for `atLeast` bounds (more is better), time for `atMost` (less is better). */
export interface Row {
  readonly what: string
  readonly against: string
  readonly ratio: number
  readonly target: string
  readonly holds: boolean
}

const now = (): number => performance.now()

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

let sink: unknown
const calibrate = (run: () => unknown, milliseconds: number): number => {
  let calls = 1
  while (true) {
    const start = now()
    for (let i = 0; i < calls; i++) sink = run()
    const elapsed = now() - start
    if (elapsed >= milliseconds) return calls
    calls = elapsed < milliseconds / 8 ? calls * 4 : Math.ceil((calls * milliseconds * 1.1) / elapsed)
  }
}

const time = (run: () => unknown, calls: number): number => {
  const start = now()
  for (let i = 0; i < calls; i++) sink = run()
  return (now() - start) / calls
}

/** The row of a claim from figures measured elsewhere: `ratio` in the sense of `bound`. */
export const row = (what: string, against: string, ratio: number, bound: Claim["bound"]): Row => ({
  what,
  against,
  ratio: Number(ratio.toPrecision(3)),
  target: bound === undefined ? "for the record" : "atLeast" in bound ? `>= ${bound.atLeast}` : `<= ${bound.atMost}`,
  holds: bound === undefined || ("atLeast" in bound ? ratio >= bound.atLeast : ratio <= bound.atMost)
})

export const measure = (claim: Claim): Row & { readonly nanoseconds: readonly [number, number] } => {
  const { against, subject } = claim
  if (claim.equal !== false) {
    const a = subject.run()
    const b = against.run()
    const same = typeof claim.equal === "function" ? claim.equal(a, b) : isDeepStrictEqual(a, b)
    if (!same) throw new Error(`${claim.what}: ${subject.name} and ${against.name} differ in their output`)
  }
  const milliseconds = claim.millisecondsPerRound ?? 40
  const calls = [calibrate(subject.run, milliseconds), calibrate(against.run, milliseconds)] as const
  const ratios: Array<number> = []
  const times: [Array<number>, Array<number>] = [[], []]
  for (let round = 0; round < (claim.rounds ?? 9); round++) {
    // Who goes first alternates, so that a drift of the machine favours neither.
    const first = round % 2
    const pair = [0, 0]
    for (const which of [first, 1 - first]) {
      pair[which] = time(which === 0 ? subject.run : against.run, calls[which]!)
      times[which]!.push(pair[which]!)
    }
    ratios.push(pair[0]! / pair[1]!)
  }
  const timeRatio = median(ratios)
  const ratio = claim.bound !== undefined && "atMost" in claim.bound ? timeRatio : 1 / timeRatio
  return {
    ...row(claim.what, against.name, ratio, claim.bound),
    nanoseconds: [median(times[0]) * 1e6, median(times[1]) * 1e6]
  }
}

/** Prints rows as a table, or as JSON lines when the process was started with `--json`. */
export const report = (rows: ReadonlyArray<Row>): void => {
  void sink
  if (process.argv.includes("--json")) {
    for (const { against, holds, ratio, target, what } of rows) {
      console.log(JSON.stringify({ what, against, ratio, target, holds }))
    }
    return
  }
  const width = Math.max(...rows.map((row) => row.what.length))
  const other = Math.max(...rows.map((row) => row.against.length))
  for (const row of rows) {
    const mark = row.holds ? "   " : "-- "
    console.log(
      `${mark}${row.what.padEnd(width)}  ${row.against.padEnd(other)}  ${String(row.ratio).padStart(8)}  ${row.target}`
    )
  }
}
