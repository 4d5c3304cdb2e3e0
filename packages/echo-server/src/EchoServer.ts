/**
 * A server of the Echo protocol over `effect/socket`.
 *
 * It answers requests in the order in which they arrive, in batches: what one read brought is answered by one write.
 * It does not listen: the `SocketServer` does, and decides about addresses, TLS and half-open connections (give it
 * `allowHalfOpen: true`, or a peer that closes its side loses its last responses).
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as NetAddress from "effect/net/NetAddress"
import * as Scope from "effect/Scope"
import type * as Socket from "effect/socket/Socket"
import * as SocketServer from "effect/socket/SocketServer"
import { EchoServerError, LimitReached, type Reason } from "./EchoServerError.ts"
import type { Handler } from "./Handler.ts"
import { publish } from "./internal/metrics.ts"
import { refuse, serve } from "./internal/serve.ts"
import type { Session } from "./internal/session.ts"
import { Shared } from "./internal/shared.ts"
import { sweep, timeoutsOf } from "./internal/sweep.ts"
import { defaults, type Limits } from "./Limits.ts"
import type { Stats } from "./Stats.ts"

/**
 * A running server.
 *
 * **Details**
 *
 * - `address`: where it listens; with port 0, the port it got.
 * - `stats`: what it has counted so far.
 *
 * @category services
 * @since 0.1.0
 */
export class EchoServer extends Context.Service<
  EchoServer,
  {
    readonly address: NetAddress.SocketAddress
    readonly stats: Effect.Effect<Stats>
  }
>()("@bytewright/echo-server/EchoServer") {}

/**
 * What a server is made of: what answers requests, and the limits that differ from `Limits.defaults`.
 *
 * **Details**
 *
 * With `lazy` the handler is given views of requests: all lengths are checked, and a field is read each time it is asked for.
 * A view is no plain object: it cannot be spread or compared by its own properties. Faster for handlers that look at few fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<E = never, R = never> {
  readonly handler: Handler<E, R>
  readonly lazy?: boolean | undefined
  readonly limits?: Partial<Limits> | undefined
}

/**
 * A server that stops goes on serving a connection until no bytes have come for so many milliseconds, so that requests on
 * their way to it are answered; but not for more than so many such spans, since some connections are never quiet.
 */
const quietMillis = 50
const mostSpans = 20

const quiet = new Set<Reason["_tag"]>(["LimitReached"])

/**
 * Serves the connections of the `SocketServer` at hand until the scope is closed.
 *
 * **Details**
 *
 * When the scope is closed, connections are accepted for another 50 ms; each is served until no bytes have come for 50 ms, or
 * for a second, answers what it has read, sends its end of stream and is closed when its peer has done the same, or after
 * half a second. All of that takes no longer than the `gracePeriod`; what is left then is closed at once.
 *
 * A connection at fault is logged as a warning with its `EchoServerError`, and closed; no other notices.
 *
 * The server's counts are published as metrics, `echo.server.*`, once a second.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* <E = never, R = never>(options: Options<E, R>) {
  const limits: Limits = { ...defaults, ...options.limits }
  const server = yield* SocketServer.SocketServer
  const context = yield* Effect.context<R>()
  const shared = new Shared({
    ...limits,
    handler: options.handler as Handler<unknown>,
    lazy: options.lazy === true,
    fork: Effect.runForkWith(Context.omit(Scope.Scope)(context) as Context.Context<never>)
  })
  const open = new Set<Session>()
  const faults: Record<string, number> = {}
  let accepted = 0
  let stopping = false

  const report = (connection: number, reason: Reason): Effect.Effect<void> => {
    faults[reason._tag] = (faults[reason._tag] ?? 0) + 1
    const { message } = new EchoServerError({ connection, reason })
    return Effect.annotateLogs(quiet.has(reason._tag) ? Effect.logDebug(message) : Effect.logWarning(message), {
      connection,
      reason: reason._tag
    })
  }

  const full = new LimitReached({ limit: "maxConnections", value: String(limits.maxConnections) })
  const faultOf = (socket: Socket.Socket): Effect.Effect<Reason | undefined, Socket.SocketError> => {
    if (stopping) return Effect.as(refuse(socket), undefined)
    return open.size < limits.maxConnections ? serve(socket, shared, open) : Effect.as(refuse(socket), full)
  }
  const run = server.run((socket) => {
    const number = ++accepted
    return faultOf(socket).pipe(
      Effect.flatMap((fault) => (fault === undefined ? Effect.void : report(number, fault))),
      // A peer that was gone before it could be served is an ordinary one.
      Effect.ignore
    )
  })

  const stats = Effect.sync((): Stats => ({
    open: open.size,
    accepted,
    inFlight: shared.inFlight,
    requests: shared.requests,
    responses: shared.responses,
    bytesRead: shared.bytesRead,
    bytesWritten: shared.bytesWritten,
    faults: { ...faults }
  }))

  const timeouts = timeoutsOf(limits)
  yield* Effect.sync(() => sweep(open, limits, timeouts, ++shared.tick)).pipe(
    Effect.delay(timeouts.everyMillis),
    Effect.forever,
    Effect.forkScoped
  )

  let published = yield* stats
  const publishNow = Effect.gen(function* () {
    const now = yield* stats
    yield* publish(published, now)
    published = now
  })
  yield* Effect.addFinalizer(() => publishNow)
  yield* publishNow.pipe(Effect.andThen(Effect.sleep("1 second")), Effect.forever, Effect.forkScoped)

  yield* Effect.forkScoped(run)

  const signalAll = (signal: "drain" | "abort") => {
    for (const session of open) session.signal(signal)
  }
  // A process that was not scheduled for so long finds its timer due before it finds what came meanwhile.
  const span = Effect.andThen(Effect.sleep(quietMillis), Effect.yieldNow)
  const quieten = Effect.gen(function* () {
    const reads = new Map([...open].map((session) => [session, session.connection.reads]))
    for (let spans = 0; spans < mostSpans && reads.size > 0; spans++) {
      yield* span
      for (const [session, before] of reads) {
        if (session.connection.reads === before) {
          reads.delete(session)
          session.signal("drain")
        } else reads.set(session, session.connection.reads)
      }
    }
    signalAll("drain")
  })
  const allClosed = Effect.sleep(5).pipe(Effect.repeat({ while: () => open.size > 0 }))
  yield* Effect.addFinalizer(() =>
    Effect.gen(function* () {
      // Peers that have connected may not have been accepted yet.
      yield* span
      stopping = true
      yield* Effect.timeoutOption(Effect.andThen(quieten, allClosed), limits.gracePeriod)
      for (const { connection } of open) {
        connection.fault ??= new LimitReached({
          limit: "gracePeriod",
          value: Duration.format(Duration.fromInputUnsafe(limits.gracePeriod))
        })
      }
      signalAll("abort")
      yield* Effect.timeoutOption(allClosed, "1 second")
    })
  )

  return EchoServer.of({ address: server.address, stats })
})

/**
 * Provides an `EchoServer` over the `SocketServer` at hand; see `make`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E = never, R = never>(
  options: Options<E, R>
): Layer.Layer<EchoServer, never, Exclude<R, Scope.Scope> | SocketServer.SocketServer> =>
  Layer.effect(EchoServer, make(options)) as never

/**
 * Provides an `EchoServer` whose limits come from the configuration; see `make`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = <E = never, R = never>(
  options: Omit<Options<E, R>, "limits"> & { readonly limits: Config.Wrap<Partial<Limits>> }
): Layer.Layer<EchoServer, Config.ConfigError, Exclude<R, Scope.Scope> | SocketServer.SocketServer> =>
  Layer.unwrap(Effect.map(Config.unwrap(options.limits), (limits) => layer({ ...options, limits }))) as never
