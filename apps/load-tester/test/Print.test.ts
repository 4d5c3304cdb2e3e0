import { assert, describe, it } from "vitest"
import * as Measure from "../src/Measure.ts"
import { merge, summary, totals } from "../src/Merge.ts"
import { payload } from "../src/Plan.ts"
import * as Print from "../src/Print.ts"
import * as Progress from "../src/Progress.ts"

const measured = (rate: number | undefined, unsent: number) => {
  const plan = {
    host: "h",
    port: 7,
    connections: 2,
    window: 8,
    warmup: 500,
    duration: 2000,
    rate,
    payload: payload(),
    patience: 0
  }
  const all = totals()
  const recorder = Measure.recorder()
  const counts = Measure.counts()
  for (const [second, count] of [
    [1, 1000],
    [2, 3000]
  ] as const) {
    for (let i = 1; i <= count; i++) {
      recorder.answered++
      Measure.record(recorder.latency, i / 1000)
      if (rate !== undefined) Measure.record(recorder.service, i / 2000)
    }
    counts.checked += count
    merge(all, recorder, second, 1000)
  }
  counts.unsent = unsent
  return summary(plan, all, Measure.recorder(), counts)
}

describe("a result as text", () => {
  it("names the target, the load, the throughput with its spread, the percentiles and what was checked", () => {
    assert.strictEqual(
      Print.text(measured(undefined, 0)),
      `h:7  2 connections x 8 in flight, closed loop, 2.0 s after 0.5 s of warm-up

throughput  2,000 req/s  (sd 1,000, 1,000 to 3,000 a second)

latency
  min     1.00 µs
  p50     1.00 ms
  p75     2.00 ms
  p90     2.60 ms
  p99     2.96 ms
  p99.9   3.00 ms
  p99.99  3.00 ms
  max     3.00 ms

4,000 answers checked: 0 wrong, 0 missing, 0 errors`
    )
  })

  it("says when an open loop could not be kept", () => {
    assert.match(Print.text(measured(5000, 1)), /open loop at 5,000 req\/s, latency from the intended time/)
    assert.match(Print.text(measured(5000, 1)), /1 request could not be sent in time.*lower --rate or raise --window/)
  })

  it("shows an open loop's latency from the intended time and from the time of sending", () => {
    assert.include(
      Print.text(measured(5000, 0)),
      `latency
          from intended  from sent
  min           1.00 µs    0.50 µs
  p50           1.00 ms     500 µs
`
    )
  })

  it("shows times in the unit that keeps them readable", () => {
    assert.deepStrictEqual([1500, 99_900, 1_500_000, 250_000_000, 12_000_000_000].map(Print.time), [
      "1.50 µs",
      "99.9 µs",
      "1.50 ms",
      "250 ms",
      "12.0 s"
    ])
  })
})

describe("progress", () => {
  const [interval] = measured(undefined, 0).intervals
  it("is a line an interval where there is no terminal", () => {
    const written: Array<string> = []
    const progress = Progress.make({ isTTY: false, write: (text) => written.push(text) }, 2000)
    progress.say("loading")
    progress.interval(interval!)
    progress.end()
    assert.deepStrictEqual(written, ["loading\n", "   1.0 s        1,000 req/s  p50 500 µs  p99 990 µs  max 1.00 ms\n"])
  })

  it("is one line with a bar on a terminal, and gone at the end", () => {
    const written: Array<string> = []
    const progress = Progress.make({ isTTY: true, write: (text) => written.push(text) }, 2000)
    progress.interval(interval!)
    progress.end()
    assert.match(written[0]!, /^\r.*█{10}░{10}.*1,000 req\/s/)
    assert.strictEqual(written[1], "\r\u001B[2K")
  })
})
