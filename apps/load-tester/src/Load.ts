/** Runs a plan over real sockets. */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import { Lane, makeRun } from "./Drive.ts"
import * as Measure from "./Measure.ts"
import { type Interval, merge, summary, totals } from "./Merge.ts"
import type { Plan } from "./Plan.ts"

/** A run that could not start. */
export class LoadError extends Data.TaggedError("LoadError")<{
  readonly host: string
  readonly port: number
  readonly cause: unknown
}> {
  override get message(): string {
    const why = this.cause instanceof Error ? this.cause.message : String(this.cause)
    return `cannot connect to ${this.host}:${this.port} (${why}); is a server running? Start one with: pnpm --filter demo-server start --port ${this.port}`
  }
}

interface Transport {
  readonly pull: Effect.Effect<ReadonlyArray<Uint8Array>, Socket.SocketError>
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, Socket.SocketError>
}

const connect = (plan: Plan): Effect.Effect<Transport, LoadError, Scope.Scope> =>
  Effect.gen(function* () {
    const socket = yield* NodeSocket.makeNet({
      host: plan.host,
      port: plan.port,
      noDelay: true,
      openTimeout: "10 seconds"
    })
    const writer = yield* socket.writer
    const pull = yield* Socket.readerBytes(socket)
    return { pull, write: writer.write }
  }).pipe(
    Effect.mapError((error) => {
      const cause = "cause" in error.reason ? error.reason.cause : error
      return new LoadError({ host: plan.host, port: plan.port, cause })
    })
  )

/** How long an open loop may sleep rather than spin: timers are no finer than a millisecond. */
const coarse = 2

const oneInterval = 1000

/**
 * Connects, loads, and returns what was measured. `onInterval` is told each second of the measured time as it ends.
 */
export const load = Effect.fnUntraced(function* (plan: Plan, onInterval: (interval: Interval) => void) {
  const transports = yield* Effect.forEach(
    Array.from({ length: plan.connections }, () => connect(plan)),
    (transport) => transport,
    { concurrency: 64 }
  )
  const run = makeRun(plan, performance.now())
  const lanes = transports.map((transport, index) => ({ lane: new Lane(run, index), transport, writing: false }))
  const fork = yield* FiberSet.makeRuntime()

  const fail = (lane: Lane, why: string): void => {
    if (lane.connection.closed) return
    Measure.failed(run.counts, `connection ${lane.index}: ${why}`)
    lane.close(performance.now(), why)
  }

  const flush = (at: (typeof lanes)[number]): void => {
    const { lane, transport } = at
    if (at.writing || !lane.connection.hasOutgoing) return
    at.writing = true
    // Reading goes on while a write waits: if both sides waited for the other to read, neither would.
    fork(
      Effect.whileLoop({
        while: () => lane.connection.hasOutgoing,
        body: () => transport.write(lane.connection.take()),
        step: () => undefined
      }).pipe(
        Effect.catch((error) => Effect.sync(() => fail(lane, error.message))),
        Effect.ensuring(
          Effect.sync(() => {
            at.writing = false
          })
        )
      )
    )
  }

  const pump = (at: (typeof lanes)[number]): void => {
    at.lane.pump(performance.now())
    flush(at)
  }

  for (const at of lanes) {
    fork(
      at.transport.pull.pipe(
        Effect.flatMap((chunks) => {
          const now = performance.now()
          for (const chunk of chunks) {
            const violation = at.lane.receive(chunk, now)
            if (violation !== undefined) {
              fail(at.lane, violation)
              return Effect.interrupt
            }
          }
          pump(at)
          return Effect.void
        }),
        Effect.forever({ disableYield: true }),
        Effect.catch((error) => Effect.sync(() => fail(at.lane, `the server closed it (${error.message})`)))
      )
    )
  }
  for (const at of lanes) pump(at)
  if (plan.rate !== undefined) yield* Effect.forkScoped(sendOnTime(lanes, pump))

  const all = totals()
  yield* Effect.sleep(run.measureFrom - performance.now())
  for (let from = run.measureFrom; from < run.end;) {
    const until = Math.min(from + oneInterval, run.end)
    yield* Effect.sleep(until - performance.now())
    const now = Math.min(Math.max(performance.now(), until), run.end)
    onInterval(merge(all, run.recorder, (now - run.measureFrom) / 1000, now - from))
    from = now
    if (lanes.every((at) => at.lane.connection.closed)) break
  }
  const patience = performance.now() + plan.patience
  while (performance.now() < patience && !lanes.every((at) => at.lane.isDone(performance.now()))) yield* Effect.sleep(5)
  for (const { lane } of lanes) lane.close(performance.now(), "the run ended")
  return summary(plan, all, run.late, run.counts)
}, Effect.scoped)

const sendOnTime = <A extends { readonly lane: Lane }>(
  lanes: ReadonlyArray<A>,
  pump: (at: A) => void
): Effect.Effect<void> =>
  Effect.suspend(() => {
    const now = performance.now()
    let next = Infinity
    for (const at of lanes) {
      if (at.lane.next <= now) pump(at)
      next = Math.min(next, at.lane.next)
    }
    return next - now > coarse ? Effect.sleep(1) : Effect.yieldNow
  }).pipe(
    Effect.repeat({ while: () => lanes.some((at) => at.lane.next < Infinity && !at.lane.connection.closed) }),
    Effect.asVoid
  )
