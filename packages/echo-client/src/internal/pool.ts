/** The synchronous half of a client: which request goes over which connection, and who waits. */
import type { Response } from "@bytewright/echo-protocol/Response"
import * as Connection from "../Connection.ts"
import { Closed, ConnectionLost, Overloaded, type ProtocolViolation, type Reason, Timeout } from "../EchoClientError.ts"
import { type Job, Waiting } from "./job.ts"
import type { Link } from "./link.ts"

export interface Options {
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly maxWaiting: number
  readonly whenFull: "suspend" | "fail"
  readonly retryRatio: number
  readonly retryBurst: number
}

const drained = new ConnectionLost({ written: false, detail: "it had drained" })

const sum = (a: Connection.Counters, b: Connection.Counters): Connection.Counters => ({
  sent: a.sent + b.sent,
  answered: a.answered + b.answered,
  late: a.late + b.late,
  timedOut: a.timedOut + b.timedOut,
  cancelled: a.cancelled + b.cancelled
})

export class Pool {
  /** Connections that take requests. */
  readonly links: Array<Link> = []
  /** Connections that take none any more and still have some in flight. */
  readonly draining = new Set<Link>()
  closing = false
  private abandoned = false
  private totals: Connection.Counters = { sent: 0, answered: 0, late: 0, timedOut: 0, cancelled: 0 }
  /** What the latest connection died of. */
  lastFailure: string | undefined
  /** Called when `wakeAt` became earlier, and when nothing is pending any more in a pool that closes. */
  onEarlier!: () => void
  onIdle!: () => void
  connected = 0
  recycled = 0
  retried = 0
  requests = 0
  overloaded = 0
  timedOutWaiting = 0

  private readonly options: Options
  private waitingWakeAt = Infinity
  private readonly dirty: Array<Link> = []
  private turn = false
  private turnNow = 0
  private retryTokens: number

  constructor(options: Options) {
    this.options = options
    this.retryTokens = options.retryBurst
  }

  /** Callers that wait for room. */
  readonly waiting = new Waiting()

  get callbacks(): Pick<Connection.Options<Job>, "onResponse" | "onFailure"> {
    return this
  }

  now(): number {
    return this.options.now()
  }

  random(): number {
    return this.options.random()
  }

  get inFlight(): number {
    let count = 0
    for (const link of this.links) count += link.core.inFlight
    for (const link of this.draining) count += link.core.inFlight
    return count
  }

  get quarantined(): number {
    let count = 0
    for (const link of this.links) count += link.core.quarantined
    for (const link of this.draining) count += link.core.quarantined
    return count
  }

  get counters(): Connection.Counters {
    let counters = this.totals
    for (const link of this.links) counters = sum(counters, link.core.counters)
    for (const link of this.draining) counters = sum(counters, link.core.counters)
    return counters
  }

  get wakeAt(): number {
    let earliest = this.waitingWakeAt
    for (const link of this.links) earliest = Math.min(earliest, link.core.wakeAt)
    for (const link of this.draining) earliest = Math.min(earliest, link.core.wakeAt)
    return earliest
  }

  /**
   * Opens a turn: the clock is read once, room that is made goes to those who wait, and what is sent until its end goes
   * out in one write a connection. A turn ends with the reader's batch, or in the microtask after its first event.
   */
  begin(): number {
    if (!this.turn) {
      this.turn = true
      this.turnNow = this.options.now()
      queueMicrotask(this.end)
    }
    return this.turnNow
  }

  private readonly end = (): void => {
    this.pump()
    this.turn = false
    const { dirty } = this
    for (let i = 0; i < dirty.length; i++) dirty[i]!.flush()
    dirty.length = 0
  }

  submit(job: Job, timeout: number): void {
    if (this.closing) return job.fail(new Closed())
    const now = this.begin()
    job.deadline = now + timeout
    this.requests++
    this.retryTokens = Math.min(this.options.retryBurst, this.retryTokens + this.options.retryRatio)
    if (this.waiting.size === 0 && this.place(job)) return
    if (this.options.whenFull === "fail" || this.waiting.size >= this.options.maxWaiting) {
      this.overloaded++
      this.withdraw(job)
      return job.fail(new Overloaded({ waiting: this.waiting.size }))
    }
    this.enqueue(job)
  }

  /** Forgets a job wherever it is; numbers it holds are quarantined. */
  withdraw(job: Job): void {
    const now = this.begin()
    job.settled = true
    this.waiting.remove(job)
    if (job.inFlight > 0) {
      for (const link of [...this.links, ...this.draining]) {
        if (link.core.cancel(job, now) > 0) this.inspect(link, now)
      }
    }
    this.checkIdle()
  }

  /** Passes what a connection read to its core, and lets those who wait have the room that this made. */
  receive(link: Link, chunks: ReadonlyArray<Uint8Array>): ProtocolViolation | undefined {
    this.turn = true
    this.turnNow = this.options.now()
    let violation: ProtocolViolation | undefined
    for (const chunk of chunks) {
      violation = link.core.receive(chunk)
      if (violation !== undefined) break
    }
    this.end()
    link.finishIfDone()
    this.checkIdle()
    return violation
  }

  join(link: Link): void {
    link.joinedAt = this.begin()
    this.connected++
    this.links.push(link)
  }

  /** Lets a connection take no more requests, and end with the last of those it has. */
  drain(link: Link): void {
    link.draining = true
    this.remove(link)
    this.draining.add(link)
    link.depart()
  }

  drainAll(): void {
    while (this.links.length > 0) this.drain(this.links[0]!)
  }

  /** A connection is gone; `reason` says why, unless it had drained. */
  leave(link: Link, reason: ConnectionLost | ProtocolViolation | undefined): void {
    this.begin()
    this.remove(link)
    this.draining.delete(link)
    if (reason !== undefined) this.lastFailure = reason.detail
    link.core.close(reason ?? drained)
    this.totals = sum(this.totals, link.core.counters)
    link.depart()
    this.checkIdle()
  }

  sweep(): void {
    const now = this.options.now()
    this.begin()
    for (const link of [...this.links, ...this.draining]) {
      link.core.sweep(now)
      this.inspect(link, now)
    }
    if (this.waitingWakeAt <= now) {
      this.waitingWakeAt = Infinity
      for (const job of this.waiting.jobs()) {
        if (job.deadline <= now) {
          this.timedOutWaiting++
          const lastFailure = this.links.length === 0 ? this.lastFailure : undefined
          this.settleFailed(job, new Timeout({ phase: "queued", written: false, lastFailure }))
        } else this.waitingWakeAt = Math.min(this.waitingWakeAt, job.deadline)
      }
    }
    this.checkIdle()
  }

  /** Takes no more requests; `onIdle` follows when the last is settled. */
  shut(): void {
    this.closing = true
    this.checkIdle()
  }

  /** Fails whoever still waits. */
  abandon(): void {
    this.closing = true
    this.abandoned = true
    for (const job of this.waiting.jobs()) this.settleFailed(job, new Closed())
  }

  readonly onResponse = (response: Response, job: Job, tag: number): void => {
    job.inFlight--
    job.succeed(response, tag)
  }

  readonly onFailure = (reason: Reason, job: Job, tag: number): void => {
    job.inFlight--
    if (job.settled) return
    const lost = reason._tag === "ConnectionLost" || reason._tag === "ProtocolViolation"
    if (
      lost &&
      !this.abandoned &&
      (job.idempotent || !reason.written) &&
      this.retryTokens >= 1 &&
      job.deadline > this.turnNow
    ) {
      this.retryTokens--
      this.retried++
      job.again(tag)
      this.enqueue(job)
    } else this.settleFailed(job, reason)
  }

  private settleFailed(job: Job, reason: Reason): void {
    this.withdraw(job)
    job.fail(reason)
  }

  private remove(link: Link): void {
    const index = this.links.indexOf(link)
    if (index >= 0) this.links.splice(index, 1)
  }

  private checkIdle(): void {
    if (this.closing && this.waiting.size === 0 && this.inFlight === 0) this.onIdle()
  }

  private inspect(link: Link, now: number): void {
    if (link.draining) link.finishIfDone()
    else if (link.core.isWornOut(now)) {
      this.recycled++
      this.drain(link)
    }
  }

  private enqueue(job: Job): void {
    this.waiting.add(job)
    if (job.deadline < this.waitingWakeAt) {
      this.waitingWakeAt = job.deadline
      this.onEarlier()
    }
  }

  private pump(): void {
    for (let job = this.waiting.first; job !== undefined; job = this.waiting.first) {
      if (!this.place(job)) return
      this.waiting.remove(job)
    }
  }

  /** Sends what is unsent of a job; false when some of it found no room. */
  private place(job: Job): boolean {
    for (let message = job.unsent; message !== undefined; message = job.unsent) {
      const link = this.choose(Connection.frameSize(message))
      if (link === undefined) return false
      const before = link.core.wakeAt
      if (link.core.send(message, job, job.unsentTag, job.deadline) < 0) {
        this.settleFailed(job, link.core.refusal(message))
        return true
      }
      job.inFlight++
      job.advance()
      if (link.core.wakeAt < before) this.onEarlier()
      if (!link.dirty) {
        link.dirty = true
        this.dirty.push(link)
      }
    }
    return true
  }

  /** Of two connections taken at random the less loaded one; any with room if neither has. */
  private choose(size: number): Link | undefined {
    const { links } = this
    const count = links.length
    if (count > 1) {
      const first = links[(this.options.random() * count) | 0]!
      const second = links[(this.options.random() * count) | 0]!
      const link = second.load < first.load ? second : first
      if (link.core.hasRoom(size)) return link
    }
    for (const link of links) if (link.core.hasRoom(size)) return link
    return undefined
  }
}
