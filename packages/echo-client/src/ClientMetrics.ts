/**
 * A client's counts as metrics, under names and units in OpenTelemetry's manner.
 *
 * **Details**
 *
 * The client counts in plain numbers; a fiber publishes them from time to time, so that a request costs no metric.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Schedule from "effect/Schedule"
import { EchoClient, type Stats } from "./EchoClient.ts"

const request = { unit: "{request}" }
const connection = { unit: "{connection}" }

const counter = (name: string, attributes: typeof request, description: string) =>
  Metric.counter(name, { description, attributes, incremental: true })
const gauge = (name: string, attributes: typeof request, description: string) =>
  Metric.gauge(name, { description, attributes })

/**
 * What only grows: each metric with the count it publishes.
 *
 * @category metrics
 * @since 0.1.0
 */
export const counters = {
  requests: counter("echo.client.requests", request, "Requests made, a batch as one"),
  answered: counter("echo.client.responses", request, "Responses that had a request waiting"),
  late: counter("echo.client.responses.late", request, "Responses whose request had given up"),
  timedOut: counter("echo.client.timeouts", request, "Requests whose deadline passed in flight"),
  timedOutWaiting: counter("echo.client.timeouts.queued", request, "Requests whose deadline passed while they waited"),
  cancelled: counter("echo.client.cancellations", request, "Requests that were withdrawn in flight"),
  lost: counter("echo.client.losses", request, "Requests in flight when their connection ended"),
  retried: counter("echo.client.retries", request, "Requests sent again after their connection ended"),
  hedged: counter("echo.client.hedges", request, "Requests sent a second time while the first was unanswered"),
  overloaded: counter("echo.client.rejections", request, "Requests refused because too many waited"),
  connected: counter("echo.client.connections.opened", connection, "Connections opened"),
  recycled: counter(
    "echo.client.connections.recycled",
    connection,
    "Connections replaced because too much was quarantined"
  ),
  probed: counter("echo.client.probes", request, "Probes of idle connections"),
  ejected: counter("echo.client.ejections", { unit: "{endpoint}" }, "Endpoints taken out of the choice for a while")
} as const satisfies { readonly [K in keyof Stats]?: Metric.Counter<number> }

/**
 * What goes up and down: each metric with the state it publishes.
 *
 * @category metrics
 * @since 0.1.0
 */
export const gauges = {
  connections: gauge("echo.client.connection.count", connection, "Connections that take requests"),
  inFlight: gauge("echo.client.requests.active", request, "Requests in flight"),
  waiting: gauge("echo.client.requests.waiting", request, "Callers that wait for room"),
  quarantined: gauge(
    "echo.client.sequences.quarantined",
    { unit: "{sequence}" },
    "Numbers whose late response is awaited"
  )
} as const satisfies { readonly [K in keyof Stats]?: Metric.Gauge<number> }

/**
 * Publishes the client's metrics every `interval` (10 seconds), and once more when the layer is released.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (interval: Duration.Input = "10 seconds"): Layer.Layer<never, never, EchoClient> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const client = yield* EchoClient
      let before: Stats | undefined
      const publish = Effect.gen(function* () {
        const stats = yield* client.stats
        for (const [name, metric] of Object.entries(counters)) {
          const key = name as keyof typeof counters
          yield* Metric.update(metric, stats[key] - (before?.[key] ?? 0))
        }
        for (const [name, metric] of Object.entries(gauges)) {
          yield* Metric.update(metric, stats[name as keyof typeof gauges])
        }
        before = stats
      })
      yield* Effect.addFinalizer(() => publish)
      yield* Effect.forkScoped(Effect.repeat(publish, Schedule.spaced(interval)))
    })
  )
