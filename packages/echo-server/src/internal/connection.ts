/** One connection's state without its socket: requests in, responses out, all of it synchronous. */
import type { DecodeError } from "@bytewright/core-binary/BinaryError"
import * as Parser from "@bytewright/core-binary/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { DuplicateSequence, HandlerFailed, InvalidReply, MalformedRequest, type Reason } from "../EchoServerError.ts"
import type { Reply } from "../Handler.ts"
import { Output } from "./output.ts"
import type { Shared } from "./shared.ts"

/** Responses that wait are written when they are so many bytes, so that a slab holds them and a slow peer is noticed. */
const highWater = 65_536

const isReply = (answer: Reply | Effect.Effect<Reply, unknown>): answer is Reply =>
  typeof (answer as Reply).timestamp === "bigint"

// The tag alone tells it from most effects, and is cheaper to ask for.
const hasEnded = (answer: Effect.Effect<Reply, unknown>): answer is Exit.Exit<Reply, unknown> => {
  const { _tag } = answer as Partial<Exit.Exit<Reply, unknown>>
  return (_tag === "Success" || _tag === "Failure") && Exit.isExit(answer)
}

/** A request and the effect that its handler gave. */
interface Begun {
  readonly request: Request.Request
  readonly effect: Effect.Effect<Reply, unknown>
}

/** The state of one connection; `onAnswer` is told of a response that came after its handler had suspended. */
export class Connection {
  readonly output: Output
  /** Why the connection has to be closed. */
  fault: Reason | undefined
  /** Requests whose handler is suspended. */
  inFlight = 0
  /** How often bytes arrived. */
  reads = 0
  /** Bytes handed to the transport. */
  bytesWritten = 0
  /** The tick of the last bytes that arrived. */
  activeAt: number
  /** The tick at which the incomplete frame that waits for bytes began; -1 when there is none. */
  partialSince = -1

  private readonly shared: Shared
  private readonly onAnswer: () => void
  private readonly parser
  private readonly suspended = new Set<Fiber.Fiber<unknown, unknown>>()
  // A bit for each sequence number that is in flight.
  private readonly held = new Int32Array(8)
  /** The request whose handler gave an effect that was not run yet. */
  private begun: Begun | undefined
  /** Frames that were whole. */
  private frames = 0
  // Each request is answered while it is hot; the parser pauses where something has to be waited for.
  private readonly take = (request: Request.Request): void => {
    this.frames++
    const effect = this.handle(request)
    if (effect !== undefined) this.begun = { request, effect }
    if (effect !== undefined || this.fault !== undefined || !this.hasRoom) this.parser.pause()
  }
  private ended = false

  constructor(shared: Shared, onAnswer: () => void) {
    this.shared = shared
    this.onAnswer = onAnswer
    this.output = new Output(shared.slabs)
    this.activeAt = shared.tick
    this.parser = Parser.make(Request.frame, { maxFrameSize: shared.maxFrameSize, lazy: shared.lazy })
  }

  /** Whether requests that were read wait for `drive`. */
  get hasWork(): boolean {
    return this.fault === undefined && (this.parser.paused || this.begun !== undefined)
  }

  /** Whether somebody has to wait for something before more is read. */
  get isStuck(): boolean {
    return this.fault !== undefined || this.hasWork
  }

  /** Whether the limits allow another request to start. */
  get hasRoom(): boolean {
    const { shared } = this
    return (
      this.inFlight < shared.maxInFlight && shared.inFlight < shared.maxInFlightTotal && this.output.length < highWater
    )
  }

  /** Takes bytes in any pieces. */
  receive(chunk: Uint8Array): void {
    const { shared } = this
    shared.bytesRead += chunk.length
    this.activeAt = shared.tick
    this.reads++
    if (!this.hasRoom) this.parser.pause()
    const { frames } = this
    this.meet(this.parser.push(chunk, this.take), frames)
  }

  /** Answers requests until none is left, a limit is reached, or one is at fault. */
  drive(): void {
    while (this.hasWork && this.hasRoom) {
      if (this.begun === undefined) this.goOn()
      else this.runInline(this.begun)
    }
  }

  /** Lets the parser go on after a pause. */
  private goOn(): void {
    const { frames } = this
    this.meet(this.parser.resume(this.take), frames)
  }

  /** What there is to do after the parser went on: `malformed` comes behind all requests before it. */
  private meet(malformed: DecodeError | undefined, frames: number): void {
    if (malformed !== undefined) this.fault ??= new MalformedRequest({ error: malformed })
    if (this.parser.pending === 0) this.partialSince = -1
    else if (this.frames > frames || this.partialSince < 0) this.partialSince = this.shared.tick
  }

  /** Gives up what is in flight. */
  end(): void {
    this.ended = true
    for (const fiber of this.suspended) fiber.interruptUnsafe()
  }

  private handle(request: Request.Request): Effect.Effect<Reply, unknown> | undefined {
    const { sequence } = request
    this.shared.requests++
    if (this.inFlight > 0 && this.isHeld(sequence)) {
      this.fault = new DuplicateSequence({ sequence })
      return undefined
    }
    let reply: Reply | Effect.Effect<Reply, unknown>
    try {
      reply = this.shared.handler(request)
    } catch (defect) {
      this.fault = new HandlerFailed({ sequence, cause: Cause.die(defect) })
      return undefined
    }
    // Cheaper than to ask whether it is an effect.
    if (isReply(reply)) this.answer(request, reply)
    // What has ended needs no fiber to run it.
    else if (!hasEnded(reply)) return reply
    else if (Exit.isSuccess(reply)) this.answer(request, reply.value)
    else this.fault = new HandlerFailed({ sequence, cause: reply.cause })
    return undefined
  }

  /**
   * Runs the handlers' effects one after the other in one fiber, and returns when all that was read is answered or one
   * suspends: that one keeps the fiber, and those behind it get another.
   */
  private runInline(begun: Begun): void {
    let { request } = begun
    let next: Begun | undefined = begun
    let inline = true
    this.begun = undefined
    const fiber = this.shared.fork(
      Effect.withFiber((fiber) =>
        Effect.whileLoop({
          while: () => next !== undefined,
          body: () => {
            // Each handler may run as long as an effect may before it makes way for others, and not all of them together.
            ;(fiber as { currentOpCount: number }).currentOpCount = 0
            return next!.effect
          },
          step: (reply) => {
            next = undefined
            if (inline) {
              this.answer(request, reply)
              if (this.hasWork && this.hasRoom) this.goOn()
              if (this.begun === undefined) return
              next = this.begun
              request = next.request
              this.begun = undefined
            } else {
              this.release(request.sequence)
              this.answer(request, reply)
              this.onAnswer()
            }
          }
        })
      )
    )
    inline = false
    const failed = (exit: Exit.Exit<unknown, unknown>): void => {
      if (Exit.isFailure(exit) && !this.ended) {
        this.fault ??= new HandlerFailed({ sequence: request.sequence, cause: exit.cause })
      }
    }
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return failed(exit)
    this.hold(request.sequence)
    this.suspended.add(fiber)
    fiber.addObserver((exit) => {
      this.suspended.delete(fiber)
      if (Exit.isSuccess(exit)) return
      this.release(request.sequence)
      failed(exit)
      this.onAnswer()
    })
  }

  private answer(request: Request.Request, reply: Reply): void {
    const { shared } = this
    const error = this.output.add({
      apiKey: request.apiKey,
      sequence: request.sequence,
      id: reply.id ?? (shared.responses + 1) | 0,
      timestamp: reply.timestamp,
      subject: reply.subject,
      body: reply.body
    })
    if (error === undefined) shared.responses++
    else this.fault ??= new InvalidReply({ sequence: request.sequence, error })
  }

  private isHeld(sequence: number): boolean {
    return (this.held[(sequence & 255) >> 5]! & (1 << (sequence & 31))) !== 0
  }

  private hold(sequence: number): void {
    this.held[(sequence & 255) >> 5]! |= 1 << (sequence & 31)
    this.inFlight++
    this.shared.inFlight++
  }

  private release(sequence: number): void {
    this.held[(sequence & 255) >> 5]! &= ~(1 << (sequence & 31))
    this.inFlight--
    this.shared.settled()
  }
}
