/**
 * A client of Echo servers: pipelined requests over a pool of connections that heal themselves.
 *
 * @since 0.1.0
 */
import type { Response } from "@bytewright/echo-protocol/Response"
import type { NonEmptyReadonlyArray } from "effect/Array"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Counters, Message } from "./Connection.ts"
import type { EchoClientError } from "./EchoClientError.ts"
import * as EchoUrl from "./EchoUrl.ts"
import * as Endpoint from "./Endpoint.ts"
import { type Answer, dialer } from "./internal/handler.ts"
import { Batch, type Resume, Single, type Waiter } from "./internal/job.ts"
import * as Lane from "./internal/lane.ts"
import { Pool } from "./internal/pool.ts"
import * as Tracing from "./internal/tracing.ts"

/**
 * How a client is made.
 *
 * **Details**
 *
 * - `endpoints`: the servers; each gets `connections` connections (1).
 * - `window`, `windowBytes`: requests (256) and bytes of requests (1 MiB) in flight on one connection.
 * - `timeout`: the deadline of a request, over waiting and flight together (5 seconds).
 * - `whenFull`: when no connection has room, `suspend` the caller (the default) or `fail` it at once.
 * - `maxWaiting`: callers that may be suspended so (65,536); one more fails as `Overloaded`.
 * - `maxFrameSize`: the greatest frame to send or to accept, in bytes (1 MiB).
 * - `connectTimeout`: for one connection attempt (5 seconds).
 * - `backoff`: the delay before the n-th attempt in a row is random in `[d/2, d)` with `d = min * 2^n`, at most `max`
 *   (50 milliseconds, 5 seconds); a connection that lived for `healthyAfter` (5 seconds) starts it over.
 * - `retryRatio`, `retryBurst`: what was in flight when a connection was lost is sent again only if it was never written
 *   or its caller calls it idempotent, and only within a budget: each request adds `retryRatio` (0.1), up to
 *   `retryBurst` (256); each retry takes 1.
 * - `hedgeAfter`: an idempotent `echo` not answered by then is sent once more, over another connection, if the same budget
 *   allows; the first answer counts (never).
 * - `ejectAfter`, `ejectFor`: an endpoint that left so many requests in a row unanswered (5) gets none for a while (10
 *   seconds), unless all are such.
 * - `probeAfter`: a connection idle for so long is asked to echo an empty request; without an answer in `timeout` it is
 *   replaced (never).
 * - `verify`: compare each response's timestamp, subject and body with its request's; one that differs is a
 *   `ProtocolViolation` and ends the connection (false: the grammar does not promise that a server repeats them).
 * - `traceRatio`: the share of calls that have a span where a tracer is installed (1); without one a call costs nothing more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly endpoints: ReadonlyArray<Endpoint.Endpoint>
  readonly connections?: number | undefined
  readonly window?: number | undefined
  readonly windowBytes?: number | undefined
  readonly timeout?: Duration.Input | undefined
  readonly whenFull?: "suspend" | "fail" | undefined
  readonly maxWaiting?: number | undefined
  readonly maxFrameSize?: number | undefined
  readonly connectTimeout?: Duration.Input | undefined
  readonly backoff?:
    | {
        readonly min?: Duration.Input | undefined
        readonly max?: Duration.Input | undefined
        readonly healthyAfter?: Duration.Input | undefined
      }
    | undefined
  readonly retryRatio?: number | undefined
  readonly retryBurst?: number | undefined
  readonly hedgeAfter?: Duration.Input | undefined
  readonly ejectAfter?: number | undefined
  readonly ejectFor?: Duration.Input | undefined
  readonly probeAfter?: Duration.Input | undefined
  readonly verify?: boolean | undefined
  readonly traceRatio?: number | undefined
}

/**
 * What a single call may say: a deadline of its own, and whether its requests may be sent twice.
 *
 * @category models
 * @since 0.1.0
 */
export interface CallOptions {
  readonly timeout?: Duration.Input | undefined
  readonly idempotent?: boolean | undefined
}

/**
 * A client's state now, and its counts since it was made.
 *
 * @category models
 * @since 0.1.0
 */
export interface Stats extends Counters {
  readonly connections: number
  readonly inFlight: number
  readonly quarantined: number
  readonly waiting: number
  readonly requests: number
  readonly timedOutWaiting: number
  readonly overloaded: number
  readonly retried: number
  readonly recycled: number
  readonly hedged: number
  readonly ejected: number
  readonly probed: number
  readonly connected: number
}

/**
 * The client as a service.
 *
 * **Details**
 *
 * - `echo` sends one request; its fiber is suspended until the response is there. Interruption withdraws the request.
 * - `echoMany` sends a batch and suspends once; responses are in the order of the requests. The first failure fails
 *   the batch and withdraws the rest.
 * - `echoStream` sends a stream's chunks as batches, one after the other.
 * - `drain` takes no more requests, waits for those pending, then closes the connections.
 *
 * The bytes of a response are views of what the socket delivered: four of them keep its whole chunk alive.
 *
 * @category services
 * @since 0.1.0
 */
export class EchoClient extends Context.Service<
  EchoClient,
  {
    readonly echo: (request: Message, options?: CallOptions) => Effect.Effect<Response, EchoClientError>
    readonly echoMany: (
      requests: ReadonlyArray<Message>,
      options?: CallOptions
    ) => Effect.Effect<ReadonlyArray<Response>, EchoClientError>
    readonly echoStream: (
      options?: CallOptions
    ) => <E, R>(requests: Stream.Stream<Message, E, R>) => Stream.Stream<Response, E | EchoClientError, R>
    readonly stats: Effect.Effect<Stats>
    readonly drain: Effect.Effect<void>
  }
>()("@bytewright/echo-client/EchoClient") {}

const millis = (input: Duration.Input | undefined, otherwise: number): number =>
  input === undefined ? otherwise : Duration.toMillis(Duration.fromInputUnsafe(input))

/**
 * A client whose connections live in the scope. It does not wait for them: a request made before one is there waits
 * its turn. When the scope closes, requests in flight fail with `ConnectionLost`, those that wait with `Closed`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<EchoClient["Service"], never, Endpoint.Dialer | Scope.Scope> {
  const clock = yield* Clock.Clock
  const random = yield* Random.Random
  const timeout = millis(options.timeout, 5_000)
  const pool = new Pool({
    now: () => Number(clock.monotonicTimeNanosUnsafe()) / 1e6,
    random: () => random.nextDoubleUnsafe(),
    maxWaiting: options.maxWaiting ?? 65_536,
    whenFull: options.whenFull ?? "suspend",
    retryRatio: options.retryRatio ?? 0.1,
    retryBurst: options.retryBurst ?? 256,
    hedgeAfter: millis(options.hedgeAfter, Infinity),
    ejectAfter: options.ejectAfter ?? 5,
    ejectFor: millis(options.ejectFor, 10_000),
    probeAfter: millis(options.probeAfter, Infinity),
    probeTimeout: timeout,
    verify: options.verify ?? false
  })
  const { drain } = yield* Lane.run(pool, {
    dial: yield* Endpoint.Dialer,
    endpoints: options.endpoints,
    connections: options.connections ?? 1,
    limits: options,
    connectTimeout: millis(options.connectTimeout, 5_000),
    backoffMin: millis(options.backoff?.min, 50),
    backoffMax: millis(options.backoff?.max, 5_000),
    healthyAfter: millis(options.backoff?.healthyAfter, 5_000)
  })

  const traceRatio = options.traceRatio ?? 1
  const isTraced = (): boolean =>
    Fiber.getCurrent()!.cache.tracer !== undefined && random.nextDoubleUnsafe() < traceRatio
  const timeoutOf = (callOptions: CallOptions | undefined): number =>
    callOptions?.timeout === undefined ? timeout : millis(callOptions.timeout, timeout)

  const enter = <A>(job: Waiter<A>, callOptions: CallOptions | undefined, resume: Resume<A>): Effect.Effect<void> => {
    job.resume = resume
    pool.submit(job, timeoutOf(callOptions))
    return Effect.sync(() => pool.withdraw(job))
  }
  const start = <A>(
    method: string,
    job: Waiter<A>,
    callOptions: CallOptions | undefined,
    resume: (call: Effect.Effect<A, EchoClientError>) => void
  ): Effect.Effect<void> | void => {
    if (!isTraced()) return enter(job, callOptions, resume)
    const call = Effect.callback<A, EchoClientError>((inner) => enter(job, callOptions, inner))
    resume(Tracing.span(method, call, job))
  }

  // One primitive and one closure a call: what a fiber allocates before it waits is most of what it costs.
  const echo: EchoClient["Service"]["echo"] = (request, callOptions) =>
    Effect.callback((resume) =>
      start("echo", new Single(request, callOptions?.idempotent === true), callOptions, resume)
    )

  const echoMany: EchoClient["Service"]["echoMany"] = (requests, callOptions) =>
    Effect.callback((resume) => {
      if (requests.length === 0) return resume(Effect.succeed([]))
      return start("echoMany", new Batch(requests, callOptions?.idempotent === true), callOptions, resume)
    })

  return EchoClient.of({
    echo,
    echoMany,
    echoStream: (callOptions) =>
      Stream.mapArrayEffect((requests) =>
        // As many responses as requests, and a stream's chunk has at least one.
        Effect.map(echoMany(requests, callOptions), (responses) => responses as NonEmptyReadonlyArray<Response>)
      ),
    stats: Effect.sync(() => ({
      ...pool.counters,
      connections: pool.links.length,
      inFlight: pool.inFlight,
      quarantined: pool.quarantined,
      waiting: pool.waiting.size,
      requests: pool.requests,
      timedOutWaiting: pool.timedOutWaiting,
      overloaded: pool.overloaded,
      retried: pool.retried,
      recycled: pool.recycled,
      hedged: pool.hedged,
      ejected: pool.ejected,
      probed: pool.probed,
      connected: pool.connected
    })),
    drain
  })
})

/**
 * The client as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<EchoClient, never, Endpoint.Dialer> =>
  Layer.effect(EchoClient, make(options))

/**
 * The client as a layer whose options are read from the configuration.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig = (
  config: Config.Wrap<Options>
): Layer.Layer<EchoClient, Config.ConfigError, Endpoint.Dialer> =>
  Layer.effect(EchoClient, Effect.flatMap(Config.unwrap(config), make))

/**
 * The client as a layer, from a URL such as `echo://host:port?connections=8&window=64&timeout=2s`; `options` goes before
 * what the URL says. Fails with the reason `InvalidUrl`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerUrl = (
  url: string,
  options?: Partial<Options>
): Layer.Layer<EchoClient, EchoClientError, Endpoint.Dialer> =>
  Layer.effect(
    EchoClient,
    Effect.flatMap(Effect.fromResult(EchoUrl.parse(url)), (parsed) => make({ ...parsed, ...options }))
  )

/**
 * The client as a layer for tests: the real client, connected in memory to a server that answers with `handler`, at
 * once or when its effect is done.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerTest = (
  handler: (request: Message) => Answer | Effect.Effect<Answer>,
  options?: Omit<Options, "endpoints">
): Layer.Layer<EchoClient> =>
  Layer.provide(layer({ ...options, endpoints: [Endpoint.unix("memory")] }), dialer(handler))
