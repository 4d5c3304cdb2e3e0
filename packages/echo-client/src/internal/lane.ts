/** The fibers of a client: connections that are made, replaced and made again, and the one timer of all deadlines. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberSet from "effect/FiberSet"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import * as Socket from "effect/socket/Socket"
import { ConnectionLost, ProtocolViolation } from "../EchoClientError.ts"
import type * as Endpoint from "../Endpoint.ts"
import { Health, type Limits, Link } from "./link.ts"
import type { Pool } from "./pool.ts"

export interface Options {
  readonly dial: Endpoint.Dialer["Service"]
  readonly endpoints: ReadonlyArray<Endpoint.Endpoint>
  readonly connections: number
  readonly limits: Limits
  readonly connectTimeout: number
  readonly backoffMin: number
  readonly backoffMax: number
  readonly healthyAfter: number
}

/** What a connection died of, in the words of whoever knows best. */
const reasonOf = (cause: Cause.Cause<unknown>): ConnectionLost | ProtocolViolation => {
  const error = Cause.hasInterruptsOnly(cause) ? "the client was closed" : Cause.squash(cause)
  if (error instanceof ConnectionLost || error instanceof ProtocolViolation) return error
  let detail = String(error)
  if (Socket.isSocketError(error)) {
    const { reason } = error
    const inner = "cause" in reason && reason.cause instanceof Error ? reason.cause.message : reason.message
    detail = reason._tag === "SocketCloseError" ? `the peer closed the connection (${reason.message})` : inner
  }
  return new ConnectionLost({ written: true, detail })
}

/** One connection from its first byte to its last. */
const serve = (pool: Pool, link: Link, options: Options, over: Latch.Latch): Effect.Effect<void> =>
  Effect.gen(function* () {
    // A client that has drained is not to wait for a connection that it will not use.
    const ended = Effect.andThen(over.await, Effect.fail(new ConnectionLost({ written: false, detail: "not needed" })))
    const socket = yield* options.dial(link.health.endpoint)
    const opened = Effect.tap(Socket.readerBytes(socket), () => Effect.sync(() => pool.join(link)))
    const pull = yield* Effect.timeoutOrElse(Effect.raceFirst(opened, ended), {
      duration: options.connectTimeout,
      orElse: () => Effect.fail(new ConnectionLost({ written: false, detail: "the connection was not open in time" }))
    })
    const writer = yield* socket.writer
    const read = Effect.gen(function* () {
      while (true) {
        const violation = pool.receive(link, yield* pull)
        if (violation !== undefined) return yield* Effect.fail(violation)
      }
    })
    const write = Effect.forever(Effect.flatMap(link.outgoing, writer.write))
    yield* Effect.raceAllFirst([link.finished, write, read])
  }).pipe(
    Effect.scoped,
    Effect.onExit((exit) =>
      Effect.sync(() => pool.leave(link, Exit.isFailure(exit) ? reasonOf(exit.cause) : undefined))
    ),
    Effect.ignoreCause
  )

/** Keeps one connection to an endpoint alive: a worn one is replaced at once, a lost one after a delay. */
const keep = Effect.fnUntraced(function* (
  pool: Pool,
  health: Health,
  options: Options,
  start: (link: Link) => Effect.Effect<unknown>
) {
  let attempt = 0
  while (true) {
    const link = new Link(health, pool, options.limits)
    yield* start(link)
    yield* link.departed
    if (link.draining) continue
    attempt = link.livedFor(pool.now()) >= options.healthyAfter ? 0 : attempt + 1
    const longest = Math.min(options.backoffMax, options.backoffMin * 2 ** attempt)
    yield* Effect.sleep(longest * (0.5 + pool.random() / 2))
  }
})

/** Sleeps until the earliest deadline there is, or is woken for an earlier one. */
const sweeper = (pool: Pool): Effect.Effect<never> => {
  let armed = Infinity
  let rearm: ((effect: Effect.Effect<void>) => void) | undefined
  pool.onEarlier = () => {
    if (rearm === undefined || pool.wakeAt >= armed) return
    const resume = rearm
    rearm = undefined
    resume(Exit.void)
  }
  const earlier = Effect.callback<void>((resume) => {
    rearm = resume
  })
  return Effect.forever(
    Effect.suspend(() => {
      const now = pool.now()
      armed = pool.wakeAt
      if (armed <= now) {
        pool.sweep()
        return Effect.yieldNow
      }
      return armed === Infinity ? earlier : Effect.raceFirst(Effect.sleep(Math.ceil(armed - now)), earlier)
    })
  )
}

/** Starts the fibers of a pool; `drain` lets them end when nothing is pending any more. */
export const run = Effect.fnUntraced(function* (
  pool: Pool,
  options: Options
): Effect.fn.Return<{ readonly drain: Effect.Effect<void> }, never, Scope.Scope> {
  const connections = yield* FiberSet.make<void>()
  const keepers = yield* FiberSet.make<void>()
  const idle = Latch.makeUnsafe()
  const over = Latch.makeUnsafe()
  pool.onIdle = () => idle.openUnsafe()
  yield* Effect.addFinalizer(() => Effect.sync(() => pool.abandon()))
  yield* Effect.forkScoped(sweeper(pool))
  const start = (link: Link) => FiberSet.run(connections, serve(pool, link, options, over))
  for (const endpoint of options.endpoints) {
    const health = new Health(endpoint)
    for (let i = 0; i < options.connections; i++) {
      yield* FiberSet.run(keepers, keep(pool, health, options, start))
    }
  }
  const drain = Effect.gen(function* () {
    pool.shut()
    yield* idle.await
    yield* FiberSet.clear(keepers)
    over.openUnsafe()
    pool.drainAll()
    yield* FiberSet.awaitEmpty(connections)
  })
  return { drain }
})
