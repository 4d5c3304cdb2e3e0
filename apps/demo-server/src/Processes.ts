/** One server as several processes that share its port, to use several processors. */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import cluster, { type Worker } from "node:cluster"

/** Whether this process is one of several, and then how many were started before it. */
export const index: number | undefined = cluster.isWorker ? Number(process.env["ECHO_PROCESS"]) : undefined

/** The port that the first of several processes got, where this is another one; `port` otherwise. */
export const portOr = (port: number): number => (cluster.isWorker ? Number(process.env["ECHO_PORT"]) : port)

/** Where the kernel spreads connections over processes that listen on one port. Elsewhere the first process hands them out. */
const kernelSpreads = ["linux", "freebsd", "sunos", "aix"].includes(process.platform)

/** How a process that is one of several listens. */
export const listenOptions = index !== undefined && kernelSpreads ? { exclusive: true, reusePort: true } : {}

/** One of the processes ended, though none was told to. */
export class ProcessEnded extends Data.TaggedError("ProcessEnded")<{ readonly number: number; readonly code: number }> {
  override get message(): string {
    return `process ${this.number} ended with code ${this.code}`
  }
}

/** Tells the process that started this one that it listens. */
export const isListening = (port: number): Effect.Effect<void> => Effect.sync(() => void process.send?.({ port }))

const running = (worker: Worker) => !worker.isDead()

/** Starts a process with this one's command line, listening on `port`; returns the port once it listens. */
const start = (port: number, number: number, ended: Deferred.Deferred<never, ProcessEnded>) =>
  Effect.callback<number, ProcessEnded>((resume) => {
    const worker = cluster.fork({ ECHO_PROCESS: String(number), ECHO_PORT: String(port) })
    // The cluster's own event stays away where a process listens for itself.
    worker.once("message", (message: { readonly port: number }) => resume(Effect.succeed(message.port)))
    worker.once("exit", (code: number) => {
      const error = new ProcessEnded({ number, code })
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
