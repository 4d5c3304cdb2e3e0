/** A pool's view of one connection: its core, and how to reach the fibers that serve it. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Connection } from "../Connection.ts"
import type { Endpoint } from "../Endpoint.ts"
import type { Job } from "./job.ts"

type Resume<A> = (effect: Effect.Effect<A>) => void

export class Link {
  readonly endpoint: Endpoint
  readonly core: Connection<Job>
  /** It takes no more requests; when the last one is settled, the connection ends. */
  draining = false
  /** It has bytes that no write has been asked for. */
  dirty = false
  joinedAt = Infinity
  private whenOutgoing: Resume<Uint8Array> | undefined
  private whenFinished: Resume<void> | undefined
  private whenDeparted: Resume<void> | undefined

  constructor(endpoint: Endpoint, core: Connection<Job>) {
    this.endpoint = endpoint
    this.core = core
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
  readonly finished: Effect.Effect<void> = Effect.callback((resume) => {
    this.whenFinished = resume
    this.finishIfDone()
  })

  finishIfDone(): void {
    if (this.draining && this.core.inFlight === 0) this.whenFinished?.(Exit.void)
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
