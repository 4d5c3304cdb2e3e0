/** The synchronous half of a client: which request goes over which connection, and who waits. */
import type { Response } from "@bytewright/echo-protocol/Response"
import * as Exit from "effect/Exit"
import * as Connection from "../Connection.ts"
import { Closed, ConnectionLost, Overloaded, ProtocolViolation, type Reason, Timeout } from "../EchoClientError.ts"
import { type Job, Single, Waiting } from "./job.ts"
import type { Message } from "../Connection.ts"
import type { Link } from "./link.ts"

export interface Options {
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly random: () => number
  readonly maxWaiting: number
  readonly whenFull: "suspend" | "fail"
  readonly retryRatio: number
  readonly retryBurst: number
  readonly hedgeAfter: number
  readonly ejectAfter: number
  readonly ejectFor: number
  readonly probeAfter: number
  readonly probeTimeout: number
  readonly verify: boolean
}

/** A batch changes connections after so many requests: a small one is answered in one piece, a great one is shared out. */
const longestRun = 64

/** An empty request that asks whether an idle peer still answers. */
const probe: Message = { timestamp: 0n, subject: new Uint8Array(0), metadata: [], body: new Uint8Array(0) }

const unresponsive = new ConnectionLost({ written: true, detail: "the peer did not answer a probe" })

const unlike = new ProtocolViolation({ written: true, detail: "a response does not repeat its request" })

const same = (a: Uint8Array, b: Uint8Array): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

const repeats = (response: Response, message: Message): boolean =>
  response.timestamp === message.timestamp &&
  same(response.subject, message.subject) &&
  same(response.body, message.body)

const drained = new ConnectionLost({ written: false, detail: "it had drained" })

const sum = (a: Connection.Counters, b: Connection.Counters): Connection.Counters => ({
  sent: a.sent + b.sent,
  answered: a.answered + b.answered,
  late: a.late + b.late,
  timedOut: a.timedOut + b.timedOut,
  cancelled: a.cancelled + b.cancelled,
  lost: a.lost + b.lost
})

export class Pool {
  /** Connections that take requests. */
  readonly links: Array<Link> = []
  /** Connections that take none any more and still have some in flight. */
  readonly draining = new Set<Link>()
  closing = false
  private abandoned = false
  private totals: Connection.Counters = { sent: 0, answered: 0, late: 0, timedOut: 0, cancelled: 0, lost: 0 }
  /** What the latest connection died of. */
  lastFailure: string | undefined
  /** Called when `wakeAt` became earlier, and when nothing is pending any more in a pool that closes. */
  onEarlier!: () => void
  onIdle!: () => void
  connected = 0
  recycled = 0
  hedged = 0
  ejected = 0
  probed = 0
  retried = 0
  requests = 0
  overloaded = 0
  timedOutWaiting = 0

  private readonly options: Options
  private waitingWakeAt = Infinity
  private readonly dirty: Array<Link> = []
  private turn = false
  private receiving = false
  private turnNow = 0
  private retryTokens: number
  private state: number

  constructor(options: Options) {
    this.options = options
    this.retryTokens = options.retryBurst
    this.state = Math.floor(options.random() * 0xffff_ffff) + 1
  }

  /** Callers that wait for room. */
  readonly waiting = new Waiting()

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
    const { probeAfter } = this.options
    for (const link of this.links) earliest = Math.min(earliest, link.core.wakeAt, link.activeAt + probeAfter)
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
    if (job.idempotent && job.only !== undefined) job.hedgeAt = now + this.options.hedgeAfter
    this.requests++
    this.retryTokens = Math.min(this.options.retryBurst, this.retryTokens + this.options.retryRatio)
    const { maxWaiting, whenFull } = this.options
    // While responses are read, requests are put off to the end of the turn: memory is read first, and then written.
    const later = this.receiving && whenFull === "suspend" && this.waiting.size < maxWaiting
    if (!later && this.waiting.size === 0 && this.place(job)) return
    if (whenFull === "fail" || this.waiting.size >= maxWaiting) {
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
    this.receiving = true
    this.turnNow = this.options.now()
    link.activeAt = this.turnNow
    let violation: ProtocolViolation | undefined
    for (const chunk of chunks) {
      violation = link.core.receive(chunk)
      if (violation !== undefined) break
    }
    this.receiving = false
    this.end()
    link.finishIfDone()
    this.checkIdle()
    return violation
  }

  join(link: Link): void {
    link.joinedAt = this.begin()
    link.activeAt = link.joinedAt
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
      if (now - link.activeAt >= this.options.probeAfter && !link.draining) this.probe(link, now)
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

  onResponse(link: Link, response: Response, job: Job, tag: number): void {
    link.health.failures = 0
    job.inFlight--
    if (this.options.verify && !repeats(response, job.message(tag))) {
      link.fail(unlike)
      return this.settleFailed(job, unlike)
    }
    job.succeed(response, tag)
    if (job.hedged) this.withdraw(job)
  }

  onFailure(link: Link, reason: Reason, job: Job, tag: number): void {
    // A lost connection is out of the choice by itself.
    if (reason._tag === "Timeout") this.blame(link)
    job.inFlight--
    // The other copy of a hedged request may still be answered.
    if (job.settled || (job.hedged && job.inFlight > 0)) return
    const lost = reason._tag === "ConnectionLost" || reason._tag === "ProtocolViolation"
    const repeatable = lost && (job.idempotent || !reason.written) && job.deadline > this.turnNow
    if (repeatable && !this.abandoned && this.spend()) {
      this.retried++
      job.again(tag)
      this.enqueue(job)
    } else this.settleFailed(job, reason)
  }

  /** A deadline in a core passed: the job's own, or the time to send its request a second time. */
  onDeadline(link: Link, job: Job, now: number): number {
    const message = job.only
    if (message === undefined || job.hedgeAt > now || job.deadline <= now) return job.deadline
    job.hedgeAt = Infinity
    const other = this.choose(Connection.frameSize(message), link)
    if (other !== undefined && this.spend()) {
      this.hedged++
      job.hedged = true
      this.send(other, message, job, job.deadline)
    }
    return job.deadline
  }

  /** Takes one from the budget of what is sent twice. */
  private spend(): boolean {
    if (this.retryTokens < 1) return false
    this.retryTokens--
    return true
  }

  private blame({ health }: Link): void {
    if (++health.failures < this.options.ejectAfter || health.ejectedUntil > this.turnNow) return
    health.failures = 0
    health.ejectedUntil = this.turnNow + this.options.ejectFor
    this.ejected++
  }

  private probe(link: Link, now: number): void {
    link.activeAt = now
    if (link.core.inFlight > 0) return
    this.probed++
    // Its own deadline is long past: it is for this connection, and not to be sent over another.
    const job = new Single(probe, false)
    job.resume = (exit) => {
      if (Exit.isFailure(exit)) link.fail(unresponsive)
    }
    this.send(link, probe, job, now + this.options.probeTimeout)
  }

  /** Sends a request that does not come out of the queue. */
  private send(link: Link, message: Message, job: Job, deadline: number): void {
    const before = link.core.wakeAt
    link.core.send(message, job, 0, deadline)
    job.inFlight++
    this.soil(link, before)
  }

  private soil(link: Link, before: number): void {
    if (link.core.wakeAt < before) this.onEarlier()
    if (link.dirty) return
    link.dirty = true
    this.dirty.push(link)
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
      if (!this.fill(link, job, message)) return true
    }
    return true
  }

  /** Sends a run of a job's requests over one connection; false when one was refused, and the job with it. */
  private fill(link: Link, job: Job, first: Message): boolean {
    const { core } = link
    const before = core.wakeAt
    let message: Message | undefined = first
    for (let run = 0; run < longestRun && message !== undefined; run++) {
      const sequence = core.send(message, job, job.unsentTag, Math.min(job.deadline, job.hedgeAt))
      if (sequence === Connection.full) break
      if (sequence === Connection.refused) {
        this.settleFailed(job, core.refusal(message))
        return false
      }
      job.inFlight++
      job.advance()
      message = job.unsent
    }
    job.endpoint = link.health.endpoint
    this.soil(link, before)
    return true
  }

  /** Of two connections taken at random the less loaded one; any with room if neither has. */
  private choose(size: number, except?: Link): Link | undefined {
    const { links } = this
    const count = links.length
    if (count > 1) {
      const first = links[this.pick(count)]!
      const second = links[this.pick(count)]!
      const link = second.load < first.load ? second : first
      if (link !== except && link.core.hasRoom(size) && !this.isEjected(link)) return link
    }
    // Ejected endpoints are asked only when there is no other.
    const all = links.every((link) => this.isEjected(link))
    for (const link of links) {
      if (link !== except && link.core.hasRoom(size) && (all || !this.isEjected(link))) return link
    }
    return undefined
  }

  /** A number below `count`, by a xorshift: a choice between connections need not be better, and must be cheap. */
  private pick(count: number): number {
    let x = this.state
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.state = x
    // Not the sign: what is below 2^30 is divided as a small integer.
    return (x & 0x3fff_ffff) % count
  }

  private isEjected(link: Link): boolean {
    return link.health.ejectedUntil > this.turnNow
  }
}
