/** A wire over an Effect socket: one fiber reads, and each write, of all answers that are ready, is a fiber of its own. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Cause from "effect/Cause"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import type { Reason } from "../EchoServerError.ts"
import type { Fork } from "./shared.ts"
import { faultOf, type Wire, type WireEvents } from "./wire.ts"

const faultIn = ({ reason }: Socket.SocketError): Reason | undefined =>
  reason._tag === "SocketCloseError" ? undefined : faultOf(reason.cause)

const isCleanEnd = ({ reason }: Socket.SocketError): boolean =>
  reason._tag === "SocketCloseError" && reason.code === 1000

interface Opened {
  readonly pull: Effect.Effect<ReadonlyArray<Uint8Array>, Socket.SocketError>
  readonly writer: Socket.Writer
  /** Its end is the end of this side. */
  readonly writerScope: Scope.Closeable
}

class SocketWire implements Wire {
  unsent = 0
  // The socket may hold what it has taken.
  readonly holdsNothing = false
  private readonly opened: Opened
  private readonly events: WireEvents
  private readonly fork: Fork
  private arrived: ReadonlyArray<Uint8Array> = []
  private next = 0
  private goOn: (() => void) | undefined
  private reading: Fiber.Fiber<void> | undefined
  private writing: Fiber.Fiber<void, Socket.SocketError> | undefined

  constructor(opened: Opened, events: WireEvents, fork: Fork) {
    this.opened = opened
    this.events = events
    this.fork = fork
  }

  start(): void {
    const { events } = this
    const taken = Effect.callback<void>((resume) => {
      this.goOn = () => resume(Effect.void)
      events.readable()
    })
    const receive = Effect.flatMap(this.opened.pull, (chunks) => {
      this.arrived = chunks
      this.next = 0
      return taken
    })
    const told = Effect.catch(Effect.forever(receive, { disableYield: true }), (error) =>
      Effect.sync(() => (isCleanEnd(error) ? events.ended() : events.lost(faultIn(error))))
    )
    this.reading = this.fork(told)
  }

  read(): Uint8Array | null {
    const chunk = this.arrived[this.next++]
    if (chunk !== undefined) return chunk
    const { goOn } = this
    this.goOn = undefined
    goOn?.()
    return null
  }

  write(bytes: Uint8Array): boolean {
    this.unsent = bytes.length
    const fiber = this.fork(this.opened.writer.write(bytes))
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return this.wrote(exit)
    this.writing = fiber
    fiber.addObserver((exit) => {
      this.writing = undefined
      if (this.wrote(exit)) this.events.writable()
    })
    return false
  }

  end(): void {
    this.fork(
      Effect.andThen(
        Scope.close(this.opened.writerScope, Exit.void),
        Effect.sync(() => this.events.finished())
      )
    )
  }

  close(abort: boolean): void {
    this.reading?.interruptUnsafe()
    this.writing?.interruptUnsafe()
    if (abort) this.fork(Effect.ignore(this.opened.writer.write(new Socket.CloseEvent())))
  }

  private wrote(exit: Exit.Exit<void, Socket.SocketError>): boolean {
    this.unsent = 0
    if (Exit.isSuccess(exit)) return true
    const error = Cause.findErrorOption(exit.cause)
    if (Option.isSome(error)) this.events.lost(faultIn(error.value))
    return false
  }
}

/** Opens `socket` for as long as the scope. */
export const open = Effect.fnUntraced(function* (socket: Socket.Socket, fork: Fork) {
  const writerScope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => Scope.close(writerScope, exit))
  const pull = yield* Socket.readerBytes(socket)
  const writer = yield* Scope.provide(socket.writer, writerScope)
  return (events: WireEvents): Wire => new SocketWire({ pull, writer, writerScope }, events, fork)
})
