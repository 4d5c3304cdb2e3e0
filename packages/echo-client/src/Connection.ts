/**
 * One connection's state without its socket: sequence numbers, windows, deadlines, and the bytes to write.
 *
 * Everything here is synchronous, knows no Effect and makes no promise: whoever owns the socket calls `send`, writes
 * what `take` returns, passes what it reads to `receive`, calls `sweep` at `wakeAt`, and says `close` once when the
 * socket is gone. In return each request that `send` accepted is settled exactly once, by `onResponse` or `onFailure`,
 * or was withdrawn by `cancel`.
 *
 * **Details**
 *
 * A response names its request only by an int8, so a number must never be used twice while an answer to its first use
 * can still arrive. Numbers are used first in, first out; one whose request gave up is quarantined until the late
 * response arrives. A response to a number that is neither in flight nor quarantined is a protocol violation.
 *
 * @since 0.1.0
 */
import * as Parser from "@bytewright/core-binary/Parser"
import * as Frame from "@bytewright/echo-protocol/Frame"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import { ConnectionLost, InvalidRequest, ProtocolViolation, type Reason, Timeout } from "./EchoClientError.ts"
import { Outgoing } from "./internal/outgoing.ts"
import * as Sequences from "./internal/sequences.ts"

/**
 * What a caller sends: a request without its sequence number, which the connection chooses.
 *
 * @category models
 * @since 0.1.0
 */
export interface Message extends Omit<Request.Request, "apiKey" | "sequence"> {}

/**
 * How a connection is made; `D` is whatever the owner wants back with each settled request.
 *
 * **Details**
 *
 * - `window`: requests in flight at once, 1 to 256 (256).
 * - `windowBytes`: bytes of frames in flight at once (1 MiB); a single request always fits an idle connection.
 * - `maxFrameSize`: the greatest frame to send or to accept, in bytes, its size field included (1 MiB).
 * - `recycleAt`: quarantined numbers from which on the connection asks to be replaced (64).
 * - `recycleAfter`: milliseconds in quarantine after which it does (30,000).
 * - `onDeadline`: asked when a request's deadline has passed; a later one keeps it in flight until then.
 * - `onResponse`, `onFailure`: called from inside `receive`, `sweep` and `close`; they may call `send` and `cancel`.
 *   `data` and `tag` are those of `send`. The response's bytes are views of what `receive` was given.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<D> {
  readonly window?: number | undefined
  readonly windowBytes?: number | undefined
  readonly maxFrameSize?: number | undefined
  readonly recycleAt?: number | undefined
  readonly recycleAfter?: number | undefined
  readonly onResponse: (response: Response.Response, data: D, tag: number) => void
  readonly onFailure: (reason: Reason, data: D, tag: number) => void
  readonly onDeadline?: ((data: D, tag: number, now: number) => number) | undefined
}

/**
 * Counts since the connection was made. Every request `sent` is in flight, or `answered`, `timedOut`, `cancelled` or `lost`
 * with its connection; `late` responses found their number quarantined.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counters {
  readonly sent: number
  readonly answered: number
  readonly late: number
  readonly timedOut: number
  readonly cancelled: number
  readonly lost: number
}

/**
 * Bytes of the frame that carries `message`, its size field included.
 *
 * @category sizes
 * @since 0.1.0
 */
export const frameSize = (message: Message): number =>
  24 + message.subject.length + 2 * message.metadata.length + message.body.length

/** The answer of `send` when the windows are full: try again after a settlement. */
export const full = -1

/** The answer of `send` when the request can never be sent; `refusal` says why. */
export const refused = -2

/**
 * The synchronous core of one connection.
 *
 * @category models
 * @since 0.1.0
 */
export class Connection<D> {
  /** Requests in flight. */
  get inFlight(): number {
    return this.sequences.inFlight
  }
  /** Numbers whose request gave up and whose late response is still awaited. */
  get quarantined(): number {
    return this.sequences.quarantined
  }
  /** Bytes of the frames in flight. */
  bytesInFlight = 0
  /** True after `close`. */
  closed = false
  /** Not later than this, in the owner's milliseconds, `sweep` has something to do. */
  wakeAt = Infinity

  protected readonly sequences = new Sequences.Sequences()
  private readonly outgoing = new Outgoing()
  private readonly data = new Array<D | undefined>(256).fill(undefined)
  private readonly tags = new Float64Array(256)
  private readonly deadlines = new Float64Array(256)
  private readonly sizes = new Int32Array(256)
  private readonly positions = new Float64Array(256)
  private readonly window: number
  private readonly windowBytes: number
  private readonly maxFrameSize: number
  private readonly recycleAt: number
  private readonly recycleAfter: number
  private readonly onResponse: Options<D>["onResponse"]
  private readonly onFailure: Options<D>["onFailure"]
  private readonly onDeadline: Options<D>["onDeadline"]
  private readonly parser: Parser.Parser<Response.Response>
  private violation: ProtocolViolation | undefined
  // One object for all frames: only its fields differ.
  private readonly frame: { -readonly [K in keyof Request.Request]: Request.Request[K] }
  private sent = 0
  private answered = 0
  private late = 0
  private timedOut = 0
  private cancelled = 0
  private lost = 0

  constructor(options: Options<D>) {
    this.window = options.window ?? 256
    this.windowBytes = options.windowBytes ?? 1_048_576
    this.maxFrameSize = options.maxFrameSize ?? Frame.defaultMaxFrameSize
    this.recycleAt = options.recycleAt ?? 64
    this.recycleAfter = options.recycleAfter ?? 30_000
    this.onResponse = options.onResponse
    this.onFailure = options.onFailure
    this.onDeadline = options.onDeadline
    this.parser = Parser.make(Response.frame, { maxFrameSize: this.maxFrameSize })
    const none = new Uint8Array(0)
    this.frame = { apiKey: 0, sequence: 0, timestamp: 0n, subject: none, metadata: [], body: none }
  }

  /** True when `send` would not answer `full` for a request of at most `size` bytes, its size field included. */
  hasRoom(size: number): boolean {
    const { free, inFlight } = this.sequences
    return (
      !this.closed &&
      free > 0 &&
      inFlight < this.window &&
      (inFlight === 0 || this.bytesInFlight + size <= this.windowBytes)
    )
  }

  /**
   * Gives `message` a number and appends its frame to the outgoing bytes; returns the number (0..255), `full` or
   * `refused`. `deadline` is in the owner's milliseconds, `Infinity` for none. The message's bytes are copied.
   */
  send(message: Message, data: D, tag: number, deadline: number): number {
    const { frame, outgoing, sequences } = this
    frame.timestamp = message.timestamp
    frame.subject = message.subject
    frame.metadata = message.metadata
    frame.body = message.body
    const size = frameSize(message)
    if (!this.hasRoom(size)) return full
    if (size > this.maxFrameSize) return refused
    // All that was ever sent is answered, and so was taken and read.
    if (sequences.free === 256) outgoing.rewind()
    const slab = outgoing.reserve(size)
    const start = outgoing.offset
    frame.sequence = 0
    const end = Request.codec.write(frame, slab, start)
    if (end < 0) return refused
    const sequence = sequences.take()
    // The number is chosen only for a frame that could be written; as a uint8 it has the bits of the int8.
    slab[start + 5] = sequence
    outgoing.commit(end)
    this.data[sequence] = data
    this.tags[sequence] = tag
    this.deadlines[sequence] = deadline
    this.sizes[sequence] = size
    this.positions[sequence] = outgoing.added
    this.bytesInFlight += size
    this.sent++
    if (deadline < this.wakeAt) this.wakeAt = deadline
    return sequence
  }

  /** Why `send` refused `message`. */
  refusal(message: Message): InvalidRequest {
    const size = frameSize(message)
    return new InvalidRequest({
      detail:
        size > this.maxFrameSize
          ? `its frame would have ${size} bytes, and the limit is ${this.maxFrameSize}`
          : Request.codec.diagnoseValue({ ...message, apiKey: 0, sequence: 0 }).message
    })
  }

  /** True when `take` has something to return. */
  get hasOutgoing(): boolean {
    return this.outgoing.added > this.outgoing.taken
  }

  /**
   * What is to be written now, as one view, which is left alone until all requests sent so far are answered. From here on
   * its requests count as written.
   */
  take(): Uint8Array {
    return this.outgoing.take()
  }

  /**
   * Takes bytes from the peer, in any pieces, and settles the requests whose responses are whole. Returns why the
   * connection has to be closed when the peer broke the protocol; what came before the fault has been settled.
   */
  receive(bytes: Uint8Array): ProtocolViolation | undefined {
    const failure = this.parser.push(bytes, this.onMessage)
    if (failure !== undefined) this.violation ??= new ProtocolViolation({ written: true, detail: failure.message })
    return this.violation
  }

  private readonly onMessage = (response: Response.Response): void => {
    // A callback may have closed the connection: what is left of the chunk answers nobody. Nor does it after a stray one.
    if (this.closed || this.violation !== undefined) return
    const sequence = response.sequence & 255
    const state = this.sequences.state[sequence]
    if (state === Sequences.free || !this.isWritten(sequence)) {
      this.violation = new ProtocolViolation({
        written: true,
        detail: `a response has sequence ${response.sequence}, which no request holds`
      })
      return
    }
    if (state === Sequences.inFlight) {
      const data = this.data[sequence] as D
      this.forget(sequence)
      this.sequences.release(sequence)
      this.answered++
      this.onResponse(response, data, this.tags[sequence]!)
    } else {
      this.sequences.release(sequence)
      this.late++
    }
  }

  /** Withdraws every request that was sent with `data`, without a callback; returns how many there were. */
  cancel(data: D, now: number): number {
    let count = 0
    for (let sequence = 0; sequence < 256; sequence++) {
      if (this.data[sequence] !== data || this.sequences.state[sequence] !== Sequences.inFlight) continue
      this.forget(sequence)
      this.giveUp(sequence, now)
      count++
    }
    this.cancelled += count
    return count
  }

  /** Fails every request whose deadline is not later than `now`, and sets `wakeAt` anew. */
  sweep(now: number): void {
    this.wakeAt = Infinity
    for (let sequence = 0; sequence < 256; sequence++) {
      const state = this.sequences.state[sequence]
      if (state === Sequences.inFlight) {
        const data = this.data[sequence] as D
        let deadline = this.deadlines[sequence]!
        if (deadline <= now && this.onDeadline !== undefined) {
          deadline = this.onDeadline(data, this.tags[sequence]!, now)
          this.deadlines[sequence] = deadline
        }
        if (deadline <= now) {
          const written = this.isWritten(sequence)
          this.forget(sequence)
          this.giveUp(sequence, now)
          this.timedOut++
          this.onFailure(new Timeout({ phase: "in flight", written }), data, this.tags[sequence]!)
        } else if (deadline < this.wakeAt) this.wakeAt = deadline
      } else if (state === Sequences.quarantined) {
        const due = this.sequences.quarantinedAt[sequence]! + this.recycleAfter
        if (due > now && due < this.wakeAt) this.wakeAt = due
      }
    }
  }

  /** True when so many numbers are quarantined, or one for so long, that the connection should be replaced. */
  isWornOut(now: number): boolean {
    const { quarantined, quarantinedAt, state } = this.sequences
    if (quarantined >= this.recycleAt) return true
    if (quarantined === 0) return false
    for (let sequence = 0; sequence < 256; sequence++) {
      if (state[sequence] === Sequences.quarantined && now - quarantinedAt[sequence]! >= this.recycleAfter) return true
    }
    return false
  }

  /** Fails every request in flight, once, because the connection is gone. Safe to call again. */
  close(reason: ConnectionLost | ProtocolViolation): void {
    if (this.closed) return
    this.closed = true
    this.wakeAt = Infinity
    for (let sequence = 0; sequence < 256; sequence++) {
      if (this.sequences.state[sequence] !== Sequences.inFlight) continue
      const data = this.data[sequence] as D
      const written = this.isWritten(sequence)
      this.forget(sequence)
      this.sequences.release(sequence)
      this.lost++
      const Why = reason._tag === "ConnectionLost" ? ConnectionLost : ProtocolViolation
      this.onFailure(new Why({ written, detail: reason.detail }), data, this.tags[sequence]!)
    }
  }

  get counters(): Counters {
    const { answered, cancelled, late, lost, sent, timedOut } = this
    return { sent, answered, late, timedOut, cancelled, lost }
  }

  /** What becomes of a number whose request gave up while its response can still arrive. */
  protected giveUp(sequence: number, now: number): void {
    this.sequences.quarantine(sequence, now)
    const due = now + this.recycleAfter
    if (due < this.wakeAt) this.wakeAt = due
  }

  private isWritten(sequence: number): boolean {
    return this.positions[sequence]! <= this.outgoing.taken
  }

  private forget(sequence: number): void {
    this.data[sequence] = undefined
    this.bytesInFlight -= this.sizes[sequence]!
  }
}

/**
 * A connection that has sent nothing yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <D>(options: Options<D>): Connection<D> => new Connection(options)
