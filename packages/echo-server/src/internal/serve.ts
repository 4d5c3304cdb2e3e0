/** One connection from its first byte to its last, over an Effect socket. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import { type Reason, TransportFailed } from "../EchoServerError.ts"
import { Direct } from "../Transport.ts"
import { Connection } from "./connection.ts"
import { answerHot } from "./hot.ts"
import type { Shared } from "./shared.ts"

/** How a connection is told to stop: when it has answered what it read, or now. */
export type Signal = "drain" | "abort"

/** A connection as the server sees it. */
export interface Served {
  readonly connection: Connection
  /** The tick at which the write began that has not ended yet; -1 when there is none. */
  writingSince: number
  /** Bytes that were written and that the transport still holds; infinite where it does not tell. */
  readonly unsent: () => number
  /** How many bytes the transport had got rid of when a sweep last saw that change, and the tick of it. */
  taken: number
  takenAt: number
  /** Tells the connection to stop. An abort prevails. */
  readonly signal: (signal: Signal) => void
}

/** For how long and how much a peer is read that is no longer listened to, so that it sees its last responses. */
const lingerMillis = 500
const lingerBytes = 1_048_576

/** What operating systems call a peer that went away. */
const ordinary = new Set<unknown>(["ECONNRESET", "EPIPE", "ECONNABORTED", "ETIMEDOUT"])

const faultOf = ({ reason }: Socket.SocketError): Reason | undefined => {
  if (reason._tag === "SocketCloseError") return undefined
  const code = reason.cause instanceof Error && "code" in reason.cause ? reason.cause.code : undefined
  return ordinary.has(code) ? undefined : new TransportFailed({ cause: reason.cause })
}

const isCleanEnd = ({ reason }: Socket.SocketError): boolean =>
  reason._tag === "SocketCloseError" && reason.code === 1000

/** Something that happens again and again, and that one fiber can wait for. */
class Bell {
  private resume: ((effect: Effect.Effect<void>) => void) | undefined
  readonly wait: Effect.Effect<void> = Effect.callback((resume) => {
    this.resume = resume
  })
  ring(): void {
    const resume = this.resume
    this.resume = undefined
    resume?.(Effect.void)
  }
}

/**
 * Serves `socket` until its peer, the server or a fault ends it; all the while `open` has the means to end it. Returns
 * the fault, if there was one. Interruption closes the socket at once.
 */
export const serve = Effect.fnUntraced(function* (socket: Socket.Socket, shared: Shared, open: Set<Served>) {
  const stream = yield* Direct
  const unsent = (): number => (stream === undefined ? Infinity : stream.destroyed ? 0 : stream.writableLength)
  const progress = new Bell()
  const signals = new Bell()
  const flushes = new Set<Fiber.Fiber<unknown, unknown>>()
  let signalled: Signal | undefined
  let flushScheduled = false

  const connection: Connection = new Connection(shared, () => {
    if (connection.fault !== undefined) served.signal("drain")
    progress.ring()
    if (flushScheduled || connection.output.length === 0) return
    flushScheduled = true
    const fiber = shared.fork(flushSoon)
    flushes.add(fiber)
    fiber.addObserver(() => flushes.delete(fiber))
  })
  const { output } = connection
  const served: Served = {
    connection,
    writingSince: -1,
    unsent,
    taken: 0,
    takenAt: shared.tick,
    signal: (signal) => {
      signalled = signalled === "abort" ? signalled : signal
      signals.ring()
    }
  }
  open.add(served)
  const writerScope = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => {
    open.delete(served)
    connection.end()
    for (const fiber of flushes) fiber.interruptUnsafe()
    return Scope.close(writerScope, exit)
  })
  const pull = yield* Socket.readerBytes(socket)
  const writer = yield* Scope.provide(socket.writer, writerScope)
  let unpark: ((effect: Effect.Effect<void>) => void) | undefined
  if (stream !== undefined) {
    const onReadable = (): void => {
      if (unpark === undefined || served.writingSince >= 0 || !answerHot(connection, stream, shared)) return
      unpark?.(Effect.void)
      unpark = undefined
    }
    stream.prependListener("readable", onReadable)
    yield* Effect.addFinalizer(() => Effect.sync(() => stream.removeListener("readable", onReadable)))
  }

  const flush: Effect.Effect<void, Socket.SocketError> = Effect.suspend(() => {
    if (served.writingSince >= 0 || output.length === 0) return Effect.void
    served.writingSince = shared.tick
    return Effect.ensuring(writeAll, written)
  })
  const writeAll = Effect.whileLoop({
    while: () => output.length > 0,
    body: () => {
      const bytes = output.take()
      shared.bytesWritten += bytes.length
      connection.bytesWritten += bytes.length
      return writer.write(bytes)
    },
    step: () => {
      if (unsent() === 0) output.release()
    }
  })
  const written = Effect.sync(() => {
    served.writingSince = -1
    progress.ring()
  })
  // All answers that become ready in one turn of the event loop leave in one write.
  const flushSoon = Effect.yieldNow.pipe(
    Effect.flatMap(() => {
      flushScheduled = false
      return flush
    }),
    // The reader meets the same error.
    Effect.ignore
  )

  /** Answers what was read. */
  const work: Effect.Effect<void, Socket.SocketError> = Effect.suspend(() => {
    connection.drive()
    return output.length > 0 ? Effect.flatMap(flush, goOn) : goOn()
  })
  const goOn = (): Effect.Effect<void, Socket.SocketError> =>
    !connection.hasWork ? Effect.void : connection.hasRoom ? work : Effect.flatMap(waitForRoom, () => work)
  const waitForRoom = Effect.suspend(() => {
    shared.waiting.add(wake)
    return Effect.ensuring(progress.wait, stopWaiting)
  })
  const wake = (): void => progress.ring()
  const stopWaiting = Effect.sync(() => shared.waiting.delete(wake))

  const receive = Effect.map(pull, (chunks) => {
    unpark = undefined
    for (const chunk of chunks) connection.receive(chunk)
  })
  // While the reader waits for bytes, they are answered without it, and it is told when something has to be waited for.
  const parked =
    stream === undefined
      ? receive
      : Effect.raceFirst(
          receive,
          Effect.callback<void>((resume) => {
            unpark = resume
            return Effect.sync(() => {
              unpark = undefined
            })
          })
        )
  const readBatch = Effect.flatMap(parked, () => work)
  const read = Effect.whileLoop({
    while: () => connection.fault === undefined,
    body: () => readBatch,
    step: () => undefined
  })

  /** Answers all that was read, handlers that are suspended included; after a fault, only what was answered before. */
  const finish: Effect.Effect<void, Socket.SocketError> = Effect.suspend(() => {
    if (connection.fault !== undefined) connection.end()
    return Effect.flatMap(connection.hasWork ? work : flush, () =>
      (connection.inFlight === 0 || connection.fault !== undefined) && served.writingSince < 0
        ? Effect.void
        : Effect.flatMap(progress.wait, () => finish)
    )
  })
  const discard = Effect.suspend(() => {
    let left = lingerBytes
    return Effect.whileLoop({
      while: () => left > 0,
      body: () => pull,
      step: (chunks) => {
        for (const chunk of chunks) left -= chunk.length
      }
    })
  }).pipe(Effect.timeoutOption(lingerMillis), Effect.ignore)

  const until = (wanted: Signal): Effect.Effect<void> =>
    Effect.suspend(() =>
      signalled === "abort" || signalled === wanted ? Effect.void : Effect.flatMap(signals.wait, () => until(wanted))
    )

  const reading = yield* Effect.raceFirst(Effect.exit(read), until("drain"))
  const lost = reading !== undefined && Exit.isFailure(reading) ? Cause.findErrorOption(reading.cause) : Option.none()
  if (Option.isSome(lost) && !isCleanEnd(lost.value)) return connection.fault ?? faultOf(lost.value)
  const ending = Effect.gen(function* () {
    yield* finish
    yield* Scope.close(writerScope, Exit.void)
    if (Option.isNone(lost)) yield* discard
    // Closing a transport that still holds bytes may wait for a peer that never takes them.
    served.writingSince = shared.tick
    while (unsent() > 0 && unsent() < Infinity) yield* Effect.sleep(5)
  })
  yield* Effect.raceFirst(Effect.ignore(ending), until("abort"))
  if (signalled === "abort") yield* Effect.ignore(writer.write(new Socket.CloseEvent()))
  return connection.fault
}, Effect.scoped)
