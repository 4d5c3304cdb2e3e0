/** Drives one connection: decides what to send and when, and checks what comes back. It has no socket and no clock. */
import * as Connection from "@bytewright/echo-client/Connection"
import { ConnectionLost } from "@bytewright/echo-client/EchoClientError"
import type { Response } from "@bytewright/echo-protocol/Response"
import * as Arrivals from "./Arrivals.ts"
import * as Measure from "./Measure.ts"
import type { Plan } from "./Plan.ts"

/** What all connections of a run share. Times are milliseconds of one clock. */
export interface Run {
  readonly plan: Plan
  /** When the first request should be sent. */
  readonly start: number
  /** Latency counts for requests that should be sent from here on. */
  readonly measureFrom: number
  /** No request should be sent from here on. */
  readonly end: number
  readonly recorder: Measure.Recorder
  /** Takes the answers that arrive after `end`. */
  readonly late: Measure.Recorder
  readonly counts: Measure.Counts
}

/** A run of `plan` that starts at `start`. */
export const makeRun = (plan: Plan, start: number): Run => ({
  plan,
  start,
  measureFrom: start + plan.warmup,
  end: start + plan.warmup + plan.duration,
  recorder: Measure.recorder(),
  late: Measure.recorder(),
  counts: Measure.counts()
})

const differs = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return true
  // Calls into native code pay off for long bytes alone.
  if (a.length >= 64) return Buffer.compare(a, b) !== 0
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return true
  return false
}

const hex = (bytes: Uint8Array): string =>
  `${Buffer.from(bytes.subarray(0, 16)).toString("hex")}${bytes.length > 16 ? "..." : ""} (${bytes.length} bytes)`

/** One connection of a run. */
export class Lane {
  readonly index: number
  readonly connection: Connection.Connection<bigint>
  private readonly run: Run
  private readonly arrivals: Arrivals.Arrivals | undefined
  private readonly message: { timestamp: bigint } & Plan["payload"]
  /** When the request of each sequence number was sent. */
  private readonly sentAt = new Float64Array(256)
  private now = 0

  constructor(run: Run, index: number) {
    const { connections, payload, rate, window } = run.plan
    this.run = run
    this.index = index
    this.arrivals = rate === undefined ? undefined : Arrivals.make(run.start, rate, index, connections)
    // No two requests of a run have the same timestamp, so that no answer can pass for another.
    this.message = { ...payload, timestamp: BigInt(index) << 44n }
    this.connection = Connection.make<bigint>({
      window,
      windowBytes: Infinity,
      onResponse: (response, timestamp, intended) => this.answered(response, timestamp, intended),
      onFailure: () => {
        run.counts.unanswered++
      }
    })
  }

  /** When the next request of an open loop should be sent; `Infinity` when there is none. */
  get next(): number {
    return this.arrivals === undefined || this.arrivals.next >= this.run.end ? Infinity : this.arrivals.next
  }

  /** Whether every request was sent and answered. */
  isDone(now: number): boolean {
    return this.connection.closed || (now >= this.run.end && this.connection.inFlight === 0 && this.next === Infinity)
  }

  /** Sends all that may be sent at `now`. */
  pump(now: number): void {
    if (this.connection.closed) return
    if (this.arrivals === undefined) {
      if (now < this.run.end) while (this.send(now, now));
      return
    }
    while (this.connection.inFlight < this.run.plan.window) {
      const intended = Arrivals.take(this.arrivals, now, this.run.end)
      if (intended === undefined || !this.send(intended, now)) return
    }
  }

  /** Takes bytes that arrived at `now`; returns why the connection must be closed, if it must. */
  receive(bytes: Uint8Array, now: number): string | undefined {
    this.now = now
    return this.connection.receive(bytes)?.message
  }

  /** Ends the connection, and counts what it leaves without an answer or unsent. */
  close(now: number, why: string): void {
    if (this.arrivals !== undefined) this.run.counts.unsent += Arrivals.owed(this.arrivals, now, this.run.end)
    this.connection.close(new ConnectionLost({ written: true, detail: why }))
  }

  private send(intended: number, now: number): boolean {
    const sequence = this.connection.send(this.message, this.message.timestamp, intended, Infinity)
    if (sequence < 0) return false
    this.sentAt[sequence] = now
    this.message.timestamp++
    this.run.counts.sent++
    return true
  }

  private answered(response: Response, timestamp: bigint, intended: number): void {
    const { counts, end, late, measureFrom, recorder } = this.run
    const now = this.now
    counts.checked++
    if (now >= measureFrom && now < end) recorder.answered++
    if (intended >= measureFrom) {
      const { latency, service } = now < end ? recorder : late
      Measure.record(latency, now - intended)
      if (this.arrivals !== undefined) Measure.record(service, now - this.sentAt[response.sequence & 255]!)
    }
    const { body, subject } = this.message
    if (response.timestamp !== timestamp) {
      this.wrong(response, "timestamp", String(timestamp), String(response.timestamp))
    } else if (differs(response.subject, subject)) {
      this.wrong(response, "subject", hex(subject), hex(response.subject))
    } else if (differs(response.body, body)) {
      this.wrong(response, "body", hex(body), hex(response.body))
    }
  }

  private wrong({ sequence }: Response, field: string, expected: string, actual: string): void {
    Measure.wrong(this.run.counts, { connection: this.index, sequence, field, expected, actual })
  }
}
