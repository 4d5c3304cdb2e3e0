/** One connection from its first byte to its last: when it is read, written, ended and closed. */
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type { Reason } from "../EchoServerError.ts"
import { Connection } from "./connection.ts"
import type { Shared } from "./shared.ts"
import type { Connect, Wire, WireEvents } from "./wire.ts"

/** How a connection is told to stop: when it has answered what it read, or now. */
export type Signal = "drain" | "abort"

/** For how long and how much a peer is read that is no longer listened to, so that it sees its last responses. */
const lingerMillis = 500
const lingerBytes = 1_048_576

/** How much is read before other connections have a turn: about what one read brings. */
const turnBytes = 65_536

/**
 * What is read and answered, in turns. A session is
 *
 * - `open` until its peer or the server wants it to end, or a fault does;
 * - `finishing` until all is answered that was read, or after a fault what was answered before is written;
 * - `ending` until its last bytes were taken and its peer has seen them;
 * - `closed` for good.
 */
export class Session implements WireEvents {
  readonly connection: Connection
  /** How many bytes the wire had got rid of when a sweep last saw that change, and the tick of it. */
  taken = 0
  takenAt: number

  private readonly shared: Shared
  private readonly wire: Wire
  private readonly onClosed: (fault: Reason | undefined) => void
  private phase: "open" | "finishing" | "ending" | "closed" = "open"
  private congested = false
  private draining = false
  private peerEnded = false
  private finishedWriting = false
  private advancing = false
  private advanceAgain = false
  private scheduled = false
  private turnLeft = turnBytes
  private lingering: Fiber.Fiber<unknown> | undefined
  private lingerLeft = lingerBytes

  /** `onClosed` is told once, with the fault if there was one. */
  constructor(shared: Shared, connect: Connect, onClosed: (fault: Reason | undefined) => void) {
    this.shared = shared
    this.takenAt = shared.tick
    this.connection = new Connection(shared, () => this.soon())
    this.wire = connect(this)
    this.onClosed = onClosed
  }

  /** Begins to read. */
  begin(): void {
    this.wire.start()
    this.advance()
  }

  /** Bytes that were written and that the wire still holds. */
  get unsent(): number {
    return this.wire.unsent
  }

  /** Gives back memory that the wire holds no longer. */
  release(): void {
    if (this.wire.holdsNothing) this.connection.output.release()
  }

  /** Whether more is read and answered. */
  get isOpen(): boolean {
    return this.phase === "open"
  }

  /** Tells the session to stop. An abort prevails. */
  signal(signal: Signal): void {
    if (signal === "abort") return this.close(this.connection.fault, true)
    this.draining = true
    this.advance()
  }

  readable(): void {
    this.advance()
  }

  writable(): void {
    this.congested = false
    this.release()
    this.advance()
  }

  ended(): void {
    this.peerEnded = true
    this.advance()
  }

  finished(): void {
    this.finishedWriting = true
    this.advance()
  }

  lost(fault: Reason | undefined): void {
    this.close(this.connection.fault ?? fault, false)
  }

  /** Does all that can be done without waiting. Whatever calls it from within makes it go round again. */
  private advance(): void {
    if (this.phase === "closed") return
    this.advanceAgain = true
    if (this.advancing) return
    this.advancing = true
    while (this.advanceAgain) {
      this.advanceAgain = false
      this.work()
      this.read()
      this.send()
      this.turn()
    }
    this.advancing = false
  }

  /** Answers what arrives until something has to be waited for: the peer to take responses, a limit, a fault, its turn. */
  private read(): void {
    let chunk
    while (this.mayRead && (chunk = this.wire.read()) !== null) {
      this.turnLeft -= chunk.length
      this.connection.receive(chunk)
      this.work()
    }
    if (this.turnLeft <= 0) this.soon()
  }

  private get mayRead(): boolean {
    return this.isOpen && !this.connection.isStuck && !this.congested && this.turnLeft > 0
  }

  /** Answers what was read, in writes that are not too large. */
  private work(): void {
    const { connection, shared } = this
    connection.drive()
    while (connection.hasWork && this.send() && connection.hasRoom) connection.drive()
    if (connection.hasWork && shared.inFlight >= shared.maxInFlightTotal) shared.waiting.add(this)
  }

  /** Hands over the responses that wait; returns whether more may follow. */
  private send(): boolean {
    const { connection, shared, wire } = this
    const { output } = connection
    if (this.congested || this.phase === "closed") return false
    if (output.length > 0) {
      if (wire.unsent === 0) this.takenAt = shared.tick
      const bytes = output.take()
      shared.bytesWritten += bytes.length
      connection.bytesWritten += bytes.length
      this.congested = !wire.write(bytes)
      this.release()
    }
    return !this.congested
  }

  /** Goes from one phase to the next where it is time. */
  private turn(): void {
    const { connection } = this
    const faulty = connection.fault !== undefined
    if (this.phase === "open" && (faulty || this.peerEnded || this.draining)) this.phase = "finishing"
    if (this.phase === "finishing") {
      if (faulty) connection.end()
      else if (connection.hasWork || connection.inFlight > 0) return
      if (this.congested || connection.output.length > 0) return
      this.phase = "ending"
      this.wire.end()
      if (!this.peerEnded) this.linger()
    }
    if (this.phase === "ending") {
      this.discard()
      const seen = this.peerEnded || this.lingerLeft <= 0
      if (seen && this.finishedWriting) this.close(connection.fault, false)
    }
  }

  private discard(): void {
    let chunk
    while (this.lingerLeft > 0 && (chunk = this.wire.read()) !== null) this.lingerLeft -= chunk.length
  }

  private linger(): void {
    const stop = Effect.sync(() => {
      this.lingerLeft = 0
      this.advance()
    })
    this.lingering = this.shared.fork(Effect.delay(stop, lingerMillis))
  }

  private close(fault: Reason | undefined, abort: boolean): void {
    if (this.phase === "closed") return
    this.phase = "closed"
    this.connection.end()
    this.shared.waiting.delete(this)
    this.lingering?.interruptUnsafe()
    this.wire.close(abort)
    this.onClosed(fault)
  }

  /** There is room for another request that was waiting for it. */
  wake(): void {
    this.advance()
  }

  // All answers that become ready in one turn of the event loop leave in one write, and no peer has it for itself.
  private soon(): void {
    if (this.scheduled) return
    this.scheduled = true
    const goOn = Effect.sync(() => {
      this.scheduled = false
      this.turnLeft = turnBytes
      this.advance()
    })
    this.shared.fork(Effect.andThen(Effect.yieldNow, goOn))
  }
}
