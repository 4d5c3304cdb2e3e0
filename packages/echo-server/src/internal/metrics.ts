/** A server's counters as Effect metrics. */
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type { Stats } from "../Stats.ts"

const counter = (name: string, description: string): Metric.Counter<number> =>
  Metric.counter(`echo.server.${name}`, { description, incremental: true })

const counters = {
  accepted: counter("connections.accepted", "Connections accepted"),
  requests: counter("requests", "Requests read"),
  responses: counter("responses", "Responses encoded"),
  bytesRead: counter("io.read", "Bytes read"),
  bytesWritten: counter("io.written", "Bytes written")
} as const

const open = Metric.gauge("echo.server.connections.open", { description: "Connections open now" })
const inFlight = Metric.gauge("echo.server.requests.in_flight", {
  description: "Requests whose handler is suspended now"
})
const fault = (reason: string): Metric.Counter<number> =>
  Metric.counter("echo.server.connections.faults", {
    description: "Connections closed for a fault",
    incremental: true,
    attributes: { reason }
  })

/** Brings the metrics from what was published before to what is counted now. */
export const publish = (before: Stats, now: Stats): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (const [name, metric] of Object.entries(counters)) {
      const key = name as keyof typeof counters
      yield* Metric.update(metric, now[key] - before[key])
    }
    yield* Metric.update(open, now.open)
    yield* Metric.update(inFlight, now.inFlight)
    for (const [reason, count] of Object.entries(now.faults)) {
      yield* Metric.update(fault(reason), count - (before.faults[reason] ?? 0))
    }
  })
