/** What a caller waits for: one request, or a batch of them. */
import type { Response } from "@bytewright/echo-protocol/Response"
import * as Exit from "effect/Exit"
import type * as Effect from "effect/Effect"
import type { Message } from "../Connection.ts"
import { EchoClientError, type Reason } from "../EchoClientError.ts"

type Resume<A> = (effect: Effect.Effect<A, EchoClientError>) => void

/** Requests of one caller that settle together. A request of the job is named by its tag, its index. */
export interface Job {
  /** In the pool's milliseconds; over waiting and flight together. */
  deadline: number
  readonly idempotent: boolean
  /** Its neighbours while it waits. */
  queued: boolean
  before: Job | undefined
  after: Job | undefined
  /** Its requests that hold a sequence number. */
  inFlight: number
  settled: boolean
  /** The next request to send, or `undefined` when all are sent. */
  readonly unsent: Message | undefined
  readonly unsentTag: number
  /** The next request was sent. */
  advance(): void
  /** A request that was sent has to be sent again. */
  again(tag: number): void
  succeed(response: Response, tag: number): void
  fail(reason: Reason): void
}

export class Single implements Job {
  deadline = 0
  queued = false
  before: Job | undefined = undefined
  after: Job | undefined = undefined
  inFlight = 0
  settled = false
  unsent: Message | undefined
  readonly unsentTag = 0
  readonly idempotent: boolean
  private readonly message: Message
  private readonly resume: Resume<Response>

  constructor(message: Message, idempotent: boolean, resume: Resume<Response>) {
    this.unsent = message
    this.message = message
    this.idempotent = idempotent
    this.resume = resume
  }

  advance(): void {
    this.unsent = undefined
  }

  again(): void {
    this.unsent = this.message
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

export class Batch implements Job {
  deadline = 0
  queued = false
  before: Job | undefined = undefined
  after: Job | undefined = undefined
  inFlight = 0
  settled = false
  unsentTag = 0
  readonly idempotent: boolean
  private readonly messages: ReadonlyArray<Message>
  private readonly responses: Array<Response>
  private readonly resume: Resume<ReadonlyArray<Response>>
  private remaining: number
  private cursor = 0
  private readonly repeated: Array<number> = []

  constructor(messages: ReadonlyArray<Message>, idempotent: boolean, resume: Resume<ReadonlyArray<Response>>) {
    this.messages = messages
    this.idempotent = idempotent
    this.resume = resume
    this.remaining = messages.length
    this.responses = new Array<Response>(messages.length)
  }

  get unsent(): Message | undefined {
    return this.messages[this.unsentTag]
  }

  advance(): void {
    if (this.unsentTag === this.cursor) this.cursor++
    this.unsentTag = this.repeated.pop() ?? this.cursor
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
