/** A pool's view of one connection: its core, and how to reach the fibers that serve it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Connection from "../Connection.ts"
import type { ConnectionLost, ProtocolViolation } from "../EchoClientError.ts"
import type { Endpoint } from "../Endpoint.ts"
import type { Job } from "./job.ts"
import type { Pool } from "./pool.ts"

type Resume<A, E = never> = (effect: Effect.Effect<A, E>) => void

type Failure = ConnectionLost | ProtocolViolation

export type Limits = Pick<Connection.Options<Job>, "window" | "windowBytes" | "maxFrameSize">

/** How an endpoint has been doing, over all its connections. */
export class Health {
  readonly endpoint: Endpoint
  /** Requests in a row that were not answered. */
  failures = 0
  ejectedUntil = -Infinity

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint
  }
}

export class Link {
  readonly health: Health
  readonly core: Connection.Connection<Job>
  /** It takes no more requests; when the last one is settled, the connection ends. */
  draining = false
  /** It has bytes that no write has been asked for. */
  dirty = false
  joinedAt = Infinity
  /** When bytes last arrived, or a probe was sent. */
  activeAt = Infinity
  private whenOutgoing: Resume<Uint8Array> | undefined
  private whenFinished: Resume<void, Failure> | undefined
  private whenDeparted: Resume<void> | undefined

  constructor(health: Health, pool: Pool, limits: Limits) {
    this.health = health
    this.core = Connection.make<Job>({
      ...limits,
      onResponse: (response, job, tag) => pool.onResponse(this, response, job, tag),
      onFailure: (reason, job, tag) => pool.onFailure(this, reason, job, tag),
      onDeadline: (job, _, now) => pool.onDeadline(this, job, now)
    })
  }

  /** How full it is, for choosing between two. */
  get load(): number {
    return this.core.inFlight + this.core.quarantined
  }

  livedFor(now: number): number {
    return now - this.joinedAt
  }

  /** Suspends the writer fiber until there is something to write. */
  readonly outgoing: Effect.Effect<Uint8Array> = Effect.callback((resume) => {
    if (this.core.hasOutgoing) resume(Exit.succeed(this.core.take()))
    else this.whenOutgoing = resume
  })

  /** Wakes the writer fiber; where it waits for the socket instead, it will come by itself. */
  flush(): void {
    this.dirty = false
    const resume = this.whenOutgoing
    if (resume === undefined) return
    this.whenOutgoing = undefined
    resume(Exit.succeed(this.core.take()))
  }

  /** Completes when the connection drained and has nothing in flight. */
  readonly finished: Effect.Effect<void, Failure> = Effect.callback((resume) => {
    this.whenFinished = resume
    this.finishIfDone()
  })

  finishIfDone(): void {
    if (this.draining && this.core.inFlight === 0) this.whenFinished?.(Exit.void)
  }

  /** Ends the connection. */
  fail(reason: Failure): void {
    this.whenFinished?.(Exit.fail(reason))
  }

  /** Completes when the connection takes no more requests: it drains, or is gone. */
  readonly departed: Effect.Effect<void> = Effect.callback((resume) => {
    if (this.draining || this.core.closed) resume(Exit.void)
    else this.whenDeparted = resume
  })

  depart(): void {
    this.whenDeparted?.(Exit.void)
    this.finishIfDone()
  }
}
