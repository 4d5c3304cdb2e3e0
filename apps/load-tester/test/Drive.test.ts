import * as Parser from "@bytewright/echo-protocol/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Lane, makeRun, type Run } from "../src/Drive.ts"
import { isClean, merge, summary, totals } from "../src/Merge.ts"
import { payload, type Plan } from "../src/Plan.ts"

const plan = (changes: Partial<Plan> = {}): Plan => ({
  host: "127.0.0.1",
  port: 1,
  connections: 1,
  window: 4,
  warmup: 0,
  duration: 1000,
  rate: undefined,
  payload: payload(),
  patience: 0,
  ...changes
})

/** A peer that answers only when told to, and as told. */
const peerOf = (lane: Lane) => {
  const parser = Parser.make(Request.frame)
  const waiting: Array<Request.Request> = []
  return {
    /** The requests sent since the last call. */
    read: (): ReadonlyArray<Request.Request> => {
      if (lane.connection.hasOutgoing) parser.feed(lane.connection.take())
      const requests = Result.getOrThrow(parser.parse())
      waiting.push(...requests)
      return requests
    },
    answer: (
      now: number,
      count: number,
      change: (response: Response.Response) => Response.Response = (same) => same
    ) => {
      const frames = waiting
        .splice(0, count)
        .map(({ apiKey, body, sequence, subject, timestamp }, id) =>
          Response.codec.encodeSync(change({ apiKey, sequence, id, timestamp, subject, body }))
        )
      return lane.receive(Buffer.concat(frames), now)
    }
  }
}

const resultOf = (run: Run, seconds: number) => {
  const all = totals()
  merge(all, run.recorder, seconds, seconds * 1000)
  return summary(run.plan, all, run.late, run.counts)
}

const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds / 1e6)

describe("a closed loop", () => {
  it("keeps the window full, and measures from when each request was sent", () => {
    const run = makeRun(plan(), 0)
    const lane = new Lane(run, 0)
    const peer = peerOf(lane)
    lane.pump(0)
    assert.lengthOf(peer.read(), 4)
    assert.isUndefined(peer.answer(10, 3))
    lane.pump(11)
    assert.lengthOf(peer.read(), 3)
    peer.answer(31, 4)
    const { answered, checked, latency, sent, service } = resultOf(run, 1)
    assert.isUndefined(service)
    assert.deepStrictEqual([answered, checked, sent], [7, 7, 7])
    assert.strictEqual(milliseconds(latency!.min), 10)
    assert.strictEqual(milliseconds(latency!.max), 31)
    assert.strictEqual(milliseconds(latency!.percentiles.p50), 20)
  })

  it("does not count the warm-up, and counts the latency of answers that come after the end", () => {
    const run = makeRun(plan({ warmup: 100, duration: 100, window: 1 }), 0)
    const lane = new Lane(run, 0)
    const peer = peerOf(lane)
    for (const [sent, answered] of [
      [0, 90],
      [95, 105],
      [110, 140],
      [150, 260]
    ] as const) {
      lane.pump(sent)
      peer.read()
      assert.isFalse(lane.isDone(sent))
      peer.answer(answered, 1)
    }
    assert.isTrue(lane.isDone(260))
    lane.pump(260)
    assert.lengthOf(peer.read(), 0)
    const { answered, checked, latency } = resultOf(run, 0.1)
    assert.strictEqual(checked, 4)
    assert.strictEqual(answered, 2)
    assert.strictEqual(milliseconds(latency!.min), 30)
    assert.strictEqual(milliseconds(latency!.max), 110)
  })
})

describe("an open loop", () => {
  it("measures from when a request should have been sent, so that a stall shows in all that it delayed", () => {
    const run = makeRun(plan({ rate: 100, window: 2 }), 0)
    const lane = new Lane(run, 0)
    const peer = peerOf(lane)
    // One request every 10 ms; the peer answers at once but for a stall from 100 to 600 ms.
    for (let now = 0; now <= 1000; now += 5) {
      lane.pump(now)
      peer.read()
      if (now < 100 || now >= 600) {
        peer.answer(now, 256)
        lane.pump(now)
      }
    }
    const { answered, latency, sent, service } = resultOf(run, 1)
    assert.strictEqual(sent, 100)
    assert.isAtLeast(answered, 99)
    // Half of the requests should have been sent during the stall: their median waited some 250 ms.
    assert.strictEqual(milliseconds(latency!.max), 500)
    assert.isAbove(latency!.percentiles.p75, 200e6)
    assert.isBelow(latency!.percentiles.p75, 400e6)
    assert.isBelow(latency!.min, 1e6)
    // The time from sending sees the stall only in the two requests of the window that it caught.
    assert.strictEqual(milliseconds(service!.max), 500)
    assert.isBelow(service!.percentiles.p90, 10e6)
  })

  it("says what it owed when it ends", () => {
    const run = makeRun(plan({ rate: 100, window: 2 }), 0)
    const lane = new Lane(run, 0)
    lane.pump(500)
    assert.isFalse(lane.isDone(1000))
    lane.close(1000, "the run ended")
    const { unanswered, unsent } = resultOf(run, 1)
    assert.deepStrictEqual([unanswered, unsent], [2, 98])
  })

  it("spreads its requests over the connections", () => {
    const run = makeRun(plan({ rate: 1000, connections: 4 }), 0)
    const lanes = [0, 1, 2, 3].map((index) => new Lane(run, index))
    assert.deepStrictEqual(
      lanes.map((lane) => lane.next),
      [0, 1, 2, 3]
    )
    for (const lane of lanes) lane.pump(1.5)
    assert.deepStrictEqual(
      lanes.map((lane) => lane.next),
      [4, 5, 2, 3]
    )
  })
})

describe("an answer", () => {
  const changes: ReadonlyArray<readonly [string, (response: Response.Response) => Response.Response]> = [
    ["timestamp", (response) => ({ ...response, timestamp: response.timestamp + 1n })],
    ["subject", (response) => ({ ...response, subject: Uint8Array.of(1, 2, 3, 4) })],
    ["body", (response) => ({ ...response, body: response.body.subarray(1) })]
  ]
  for (const length of [23, 100]) {
    for (const [field, change] of changes) {
      it(`with another ${field} is wrong (body of ${length} bytes)`, () => {
        const run = makeRun(plan({ payload: payload(length) }), 0)
        const lane = new Lane(run, 3)
        const peer = peerOf(lane)
        lane.pump(0)
        peer.read()
        peer.answer(1, 3)
        peer.answer(1, 1, change)
        const result = resultOf(run, 1)
        assert.strictEqual(result.wrong, 1)
        assert.strictEqual(result.checked, 4)
        assert.strictEqual(result.mismatches[0]!.field, field)
        assert.strictEqual(result.mismatches[0]!.connection, 3)
        assert.isFalse(isClean(result))
      })
    }
  }

  it("to another connection's request is wrong", () => {
    const run = makeRun(plan({ connections: 2, window: 1 }), 0)
    const [a, b] = [new Lane(run, 0), new Lane(run, 1)]
    a.pump(0)
    b.pump(0)
    // What was never written cannot be answered: that would be a violation, and not a wrong answer.
    a.connection.take()
    const request = Result.getOrThrow(Request.codec.decode(b.connection.take()))
    const response = { ...request, id: 1 }
    a.receive(Response.codec.encodeSync(response), 1)
    assert.strictEqual(run.counts.wrong, 1)
  })

  it("that nobody asked for ends the connection", () => {
    const run = makeRun(plan(), 0)
    const lane = new Lane(run, 0)
    const { body, subject } = run.plan.payload
    const unasked = Response.codec.encodeSync({ apiKey: 0, sequence: 9, id: 1, timestamp: 0n, subject, body })
    assert.match(lane.receive(unasked, 1)!, /sequence 9/)
  })
})
