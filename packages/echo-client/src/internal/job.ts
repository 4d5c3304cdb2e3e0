/** What a caller waits for: one request, or a batch of them. */
import type { Response } from "@bytewright/echo-protocol/Response"
import * as Exit from "effect/Exit"
import type { Message } from "../Connection.ts"
import { EchoClientError, type Reason } from "../EchoClientError.ts"
import type { Endpoint } from "../Endpoint.ts"

export type Resume<A> = (exit: Exit.Exit<A, EchoClientError>) => void

/** Requests of one caller that settle together. A request of the job is named by its tag, its index. */
export abstract class Job {
  /** In the pool's milliseconds; over waiting and flight together. */
  deadline = 0
  /** When a second copy of the request is sent, if the first is not answered. */
  hedgeAt = Infinity
  hedged = false
  settled = false
  /** Its requests that hold a sequence number. */
  inFlight = 0
  /** Where its latest request went. */
  endpoint: Endpoint | undefined = undefined
  /** Its neighbours while it waits. */
  queued = false
  before: Job | undefined = undefined
  after: Job | undefined = undefined
  readonly idempotent: boolean

  constructor(idempotent: boolean) {
    this.idempotent = idempotent
  }

  /** The next request to send, or `undefined` when all are sent. */
  abstract readonly unsent: Message | undefined
  abstract readonly unsentTag: number
  /** The request that a second copy is sent of; only jobs of one request have it. */
  abstract readonly only: Message | undefined
  abstract message(tag: number): Message
  /** The next request was sent. */
  abstract advance(): void
  /** A request that was sent has to be sent again. */
  abstract again(tag: number): void
  abstract succeed(response: Response, tag: number): void
  abstract fail(reason: Reason): void
}

/** A job with the caller to resume, which is set before the job is submitted. */
export type Waiter<A> = Job & { resume: Resume<A> }

export class Single extends Job {
  readonly only: Message
  readonly unsentTag = 0
  unsent: Message | undefined
  /** Set before it is submitted. */
  resume!: Resume<Response>

  constructor(message: Message, idempotent: boolean) {
    super(idempotent)
    this.only = message
    this.unsent = message
  }

  message(): Message {
    return this.only
  }

  advance(): void {
    this.unsent = undefined
  }

  again(): void {
    this.unsent = this.only
  }

  succeed(response: Response): void {
    this.settled = true
    this.resume(Exit.succeed(response))
  }

  fail(reason: Reason): void {
    this.settled = true
    this.resume(Exit.fail(new EchoClientError({ reason })))
  }
}

export class Batch extends Job {
  readonly only = undefined
  unsentTag = 0
  private readonly messages: ReadonlyArray<Message>
  private readonly responses: Array<Response>
  /** Set before it is submitted. */
  resume!: Resume<ReadonlyArray<Response>>
  private remaining: number
  private cursor = 0
  private readonly repeated: Array<number> = []

  constructor(messages: ReadonlyArray<Message>, idempotent: boolean) {
    super(idempotent)
    this.messages = messages
    this.remaining = messages.length
    this.responses = new Array<Response>(messages.length)
  }

  get unsent(): Message | undefined {
    return this.messages[this.unsentTag]
  }

  message(tag: number): Message {
    return this.messages[tag]!
  }

  advance(): void {
    if (this.unsentTag === this.cursor) this.cursor++
    this.unsentTag = this.repeated.length === 0 ? this.cursor : this.repeated.pop()!
  }

  again(tag: number): void {
    if (this.unsentTag !== this.cursor) this.repeated.push(this.unsentTag)
    this.unsentTag = tag
  }

  succeed(response: Response, tag: number): void {
    this.responses[tag] = response
    if (--this.remaining > 0) return
    this.settled = true
    this.resume(Exit.succeed(this.responses))
  }

  fail(reason: Reason): void {
    this.settled = true
    this.resume(Exit.fail(new EchoClientError({ reason })))
  }
}

/** The jobs that wait for room, first come, first served: a list, so that one can leave from anywhere. */
export class Waiting {
  first: Job | undefined
  size = 0
  private last: Job | undefined

  add(job: Job): void {
    if (job.queued) return
    job.queued = true
    job.before = this.last
    job.after = undefined
    if (this.last === undefined) this.first = job
    else this.last.after = job
    this.last = job
    this.size++
  }

  remove(job: Job): void {
    if (!job.queued) return
    job.queued = false
    if (job.before === undefined) this.first = job.after
    else job.before.after = job.after
    if (job.after === undefined) this.last = job.before
    else job.after.before = job.before
    this.size--
  }

  jobs(): ReadonlyArray<Job> {
    const jobs: Array<Job> = []
    for (let job = this.first; job !== undefined; job = job.after) jobs.push(job)
    return jobs
  }
}
