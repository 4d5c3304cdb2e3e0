/** One server as several processes that share its port, to use several processors. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import cluster, { type Worker } from "node:cluster"
import type { ListenOptions } from "node:net"

/** Whether this process is one of several, and then how many were started before it. */
export const index: number | undefined = cluster.isWorker ? Number(process.env["ECHO_PROCESS"]) : undefined

/**
 * How connections get to processes that share a port: `kernel`, where each listens for itself and the kernel spreads
 * connections by their hash; `first`, where the first process accepts them and hands them out in turn.
 */
export type Spread = "kernel" | "first"

/** What the platform can: not everywhere does the kernel spread connections. */
export const defaultSpread: Spread = ["linux", "freebsd", "sunos", "aix"].includes(process.platform)
  ? "kernel"
  : "first"

/** How this process listens, one of several or alone. */
export const listenOptions = (port: number, spread: Spread): ListenOptions =>
  index !== undefined && spread === "kernel"
    ? { port: Number(process.env["ECHO_PORT"]), exclusive: true, reusePort: true }
    : // The first process tells by the port that was asked for, 0 too, that it is the same one.
      { port }

/** One of the processes ended, though none was told to. */
export class ProcessEnded extends Data.TaggedError("ProcessEnded")<{
  readonly number: number
  readonly how: string
}> {
  override get message(): string {
    return `process ${this.number} of the server ended (${this.how}), so the others were stopped`
  }
}

/** Tells the process that started this one that it listens. */
export const isListening = (port: number): Effect.Effect<void> => Effect.sync(() => void process.send?.({ port }))

const running = (worker: Worker) => !worker.isDead()

/** Starts a process with this one's command line, listening on `port` where it listens for itself; returns the port once it listens. */
const start = (port: number, number: number, ended: Deferred.Deferred<never, ProcessEnded>) =>
  Effect.callback<number, ProcessEnded>((resume) => {
    const worker = cluster.fork({ ECHO_PROCESS: String(number), ECHO_PORT: String(port) })
    // The cluster's own event stays away where a process listens for itself.
    worker.once("message", (message: { readonly port: number }) => resume(Effect.succeed(message.port)))
    worker.once("exit", (code: number, signal: string | null) => {
      const error = new ProcessEnded({ number, how: signal || `code ${code}` })
      resume(Effect.fail(error))
      Deferred.doneUnsafe(ended, Effect.fail(error))
    })
  })

const stopAll = Effect.callback<void>((resume) => {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)
  let left = workers.filter(running).length
  if (left === 0) return resume(Effect.void)
  for (const worker of workers.filter(running)) {
    worker.once("exit", () => {
      if (--left === 0) resume(Effect.void)
    })
    worker.process.kill("SIGTERM")
  }
})

/**
 * Starts `count` processes that listen on `port` (0: one that is free), tells `onListening` the port, and waits until one
 * of them ends, which is a failure. Interruption stops them gracefully.
 */
export const run = <E, R>(count: number, port: number, onListening: (port: number) => Effect.Effect<void, E, R>) =>
  Effect.gen(function* () {
    const ended = yield* Deferred.make<never, ProcessEnded>()
    yield* Effect.addFinalizer(() => stopAll)
    const got = yield* start(port, 0, ended)
    for (let number = 1; number < count; number++) yield* start(got, number, ended)
    yield* onListening(got)
    return yield* Deferred.await(ended)
  }).pipe(Effect.scoped)
