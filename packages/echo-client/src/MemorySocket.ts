/**
 * Two sockets that are each other's peer, in memory, and a hand on the wire between them.
 *
 * @since 0.1.0
 */
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Socket from "effect/socket/Socket"

type Bytes = NonEmptyReadonlyArray<Uint8Array>

/**
 * One direction of the wire, as a test holds it.
 *
 * **Details**
 *
 * - `slice` cuts what is written into the pieces that arrive; by default it arrives as it was written.
 * - While `held`, nothing arrives; setting it to `false` lets everything go.
 * - While `stalled`, writes are suspended, as when a peer does not read.
 *
 * @category models
 * @since 0.1.0
 */
export interface Direction {
  slice: (bytes: Uint8Array) => ReadonlyArray<Uint8Array>
  held: boolean
  stalled: boolean
}

/**
 * The two ends and the wire. `cut` breaks it: both ends fail with a `SocketReadError` that says `reason`, and what is
 * on its way is lost.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pair {
  readonly client: Socket.Socket
  readonly server: Socket.Socket
  readonly toServer: Direction
  readonly toClient: Direction
  readonly cut: (reason: string) => void
}

const closed = (): Socket.SocketError => new Socket.SocketError({ reason: new Socket.SocketCloseError({ code: 1000 }) })

const encoder = new TextEncoder()

class Wire implements Direction {
  slice = (bytes: Uint8Array): ReadonlyArray<Uint8Array> => [bytes]
  private onHold = false
  private onStall = false
  private chunks: Array<Uint8Array> = []
  private failure: Socket.SocketError | undefined
  private reader: ((effect: Effect.Effect<Bytes, Socket.SocketError>) => void) | undefined
  private writers: Array<() => void> = []

  get held(): boolean {
    return this.onHold
  }
  set held(held: boolean) {
    this.onHold = held
    this.deliver()
  }
  get stalled(): boolean {
    return this.onStall
  }
  set stalled(stalled: boolean) {
    this.onStall = stalled
    if (stalled) return
    const { writers } = this
    this.writers = []
    for (const writer of writers) writer()
  }

  write(chunks: ReadonlyArray<Uint8Array | string>): Effect.Effect<void, Socket.SocketError> {
    return Effect.callback((resume) => {
      const accept = (): void => {
        if (this.failure !== undefined) return resume(Exit.fail(this.failure))
        for (const chunk of chunks) {
          // A copy, as a kernel makes one: the writer may use its bytes again.
          const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk.slice()
          for (const piece of this.slice(bytes)) this.chunks.push(piece)
        }
        this.deliver()
        resume(Exit.void)
      }
      if (this.onStall) this.writers.push(accept)
      else accept()
    })
  }

  readonly pull: Effect.Effect<Bytes, Socket.SocketError> = Effect.callback((resume) => {
    this.reader = resume
    this.deliver()
    return Effect.sync(() => {
      this.reader = undefined
    })
  })

  end(failure: Socket.SocketError): void {
    this.failure ??= failure
    this.deliver()
  }

  reset(failure: Socket.SocketError): void {
    this.chunks = []
    this.onHold = false
    this.end(failure)
    this.stalled = false
  }

  // In a microtask, so that two ends that answer each other at once do not nest.
  private deliver(): void {
    queueMicrotask(() => {
      if (this.reader === undefined || this.onHold) return
      const { chunks, failure, reader } = this
      if (chunks.length === 0 && failure === undefined) return
      this.reader = undefined
      this.chunks = []
      reader(chunks.length > 0 ? Exit.succeed(chunks as unknown as Bytes) : Exit.fail(failure!))
    })
  }
}

const end = (input: Wire, output: Wire): Socket.Socket =>
  Socket.make({
    reader: Effect.acquireRelease(
      Effect.succeed({ pull: input.pull, upgrade: Socket.SocketUpgradeError.unsupported }),
      () =>
        Effect.sync(() => {
          input.reset(closed())
          output.end(closed())
        })
    ),
    writer: Effect.acquireRelease(
      Effect.succeed<Socket.Writer>({
        write: (chunk) =>
          Socket.isCloseEvent(chunk) ? Effect.sync(() => output.end(closed())) : output.write([chunk]),
        writeAll: (chunks) => output.write(chunks)
      }),
      () => Effect.sync(() => output.end(closed()))
    )
  })

/**
 * A pair of connected ends.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makePair = (): Pair => {
  const toServer = new Wire()
  const toClient = new Wire()
  return {
    client: end(toClient, toServer),
    server: end(toServer, toClient),
    toServer,
    toClient,
    cut: (reason) => {
      const failure = new Socket.SocketError({ reason: new Socket.SocketReadError({ cause: new Error(reason) }) })
      toServer.reset(failure)
      toClient.reset(failure)
    }
  }
}
