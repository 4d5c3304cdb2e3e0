import { assert, describe, it, vi } from "@effect/vitest"
import { Effect, Layer, Metric, Tracer } from "effect"
import { TestClock } from "effect/testing"
import { ClientMetrics, EchoClient, Endpoint } from "../src/index.ts"
import { dialer, message, responseTo, tcpServer } from "./support/peer.ts"
import { makeNetwork, settle } from "./support/network.ts"

const recorder = () => {
  const spans: Array<Tracer.NativeSpan> = []
  const tracer = Tracer.make({
    span(options) {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer: Layer.succeed(Tracer.Tracer, tracer) }
}

const echo = (n: number, options?: EchoClient.CallOptions) =>
  EchoClient.EchoClient.use((client) => client.echo(message(n), options))

const answering = (options?: Omit<EchoClient.Options, "endpoints">) =>
  EchoClient.layerTest((request) => ({ ...request, id: 1 }), options)

describe("spans", () => {
  it.effect("are of kind client, and say what was called and where", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recorder()
      yield* Effect.gen(function* () {
        yield* echo(1)
        yield* EchoClient.EchoClient.use((client) => client.echoMany([message(1), message(2)]))
      }).pipe(Effect.provide([answering(), tracer]))
      assert.deepStrictEqual(
        spans.map((span) => [span.name, span.kind, Object.fromEntries(span.attributes)]),
        [
          [
            "Echo/echo",
            "client",
            { "rpc.system": "echo", "rpc.service": "Echo", "rpc.method": "echo", "server.address": "memory" }
          ],
          [
            "Echo/echoMany",
            "client",
            { "rpc.system": "echo", "rpc.service": "Echo", "rpc.method": "echoMany", "server.address": "memory" }
          ]
        ]
      )
    })
  )

  it.live("name the server's port, and the type of an error", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recorder()
      const server = yield* tcpServer((request, reply) => request.timestamp === 1n && reply(responseTo(request)))
      const client = EchoClient.layer({ endpoints: [Endpoint.tcp("127.0.0.1", server.port)] })
      yield* Effect.gen(function* () {
        yield* echo(1)
        yield* Effect.ignore(echo(2, { timeout: 20 }))
        yield* Effect.timeoutOption(echo(3), 20)
      }).pipe(Effect.provide([Layer.provide(client, dialer), tracer]))
      const attributes = spans.map((span) => Object.fromEntries(span.attributes))
      assert.strictEqual(attributes[0]!["server.port"], server.port)
      assert.deepStrictEqual(
        attributes.map((each) => each["error.type"]),
        [undefined, "Timeout", undefined]
      )
    })
  )

  it.effect("do not say where a request went that went nowhere", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recorder()
      const nowhere = Layer.provide(
        EchoClient.layer({ endpoints: [], timeout: 0 }),
        Endpoint.layer(() => Effect.die("not dialed"))
      )
      yield* Effect.ignore(echo(1)).pipe(Effect.provide([nowhere, tracer]))
      assert.notProperty(Object.fromEntries(spans[0]!.attributes), "server.address")
    })
  )

  it.effect("cost nothing where no tracer is installed: none is made", () =>
    Effect.gen(function* () {
      const made = vi.spyOn(Tracer.nativeTracer, "span")
      yield* Effect.addFinalizer(() => Effect.sync(() => made.mockRestore()))
      const client = yield* EchoClient.EchoClient
      yield* client.echo(message(1))
      yield* client.echoMany([message(1), message(2)])
      assert.strictEqual(made.mock.calls.length, 0)
      // The spy sees the spans of those who do make one.
      yield* Effect.withSpan(client.echo(message(1)), "the caller's own")
      assert.deepStrictEqual(
        made.mock.calls.map(([{ name }]) => name),
        ["the caller's own"]
      )
    }).pipe(Effect.provide(answering()))
  )

  it.effect("are sampled", () =>
    Effect.gen(function* () {
      const { spans, tracer } = recorder()
      yield* Effect.repeat(echo(1), { times: 199 }).pipe(Effect.provide([answering({ traceRatio: 0.25 }), tracer]))
      assert.isAtLeast(spans.length, 20)
      assert.isAtMost(spans.length, 90)
    })
  )
})

describe("ClientMetrics", () => {
  it.effect("publishes what the client counts, each count once", () =>
    Effect.gen(function* () {
      const value = (metric: Metric.Counter<number>) => Effect.map(Metric.value(metric), ({ count }) => count)
      const before = yield* value(ClientMetrics.counters.requests)
      yield* Effect.gen(function* () {
        yield* echo(1)
        yield* echo(2)
        yield* TestClock.adjust("1 second")
        yield* settle
        assert.strictEqual(yield* value(ClientMetrics.counters.requests), before + 2)
        assert.strictEqual((yield* Metric.value(ClientMetrics.gauges.connections)).value, 1)
        yield* echo(3)
        yield* TestClock.adjust("1 second")
        yield* settle
        assert.strictEqual(yield* value(ClientMetrics.counters.requests), before + 3)
        yield* echo(4)
      }).pipe(Effect.provide(Layer.provideMerge(ClientMetrics.layer("1 second"), answering())))
      assert.strictEqual(yield* value(ClientMetrics.counters.requests), before + 4)
      assert.isAtLeast(yield* value(ClientMetrics.counters.answered), 4)
    })
  )

  it.effect("names every count, late, timed out, retried, hedged and reconnected among them", () =>
    Effect.gen(function* () {
      const names = [...Object.values(ClientMetrics.counters), ...Object.values(ClientMetrics.gauges)].map(
        ({ id }) => id
      )
      assert.strictEqual(new Set(names).size, names.length)
      for (const name of names) assert.match(name, /^echo\.client(\.[a-z]+)+$/)
      const keys = Object.keys(ClientMetrics.counters) as Array<keyof typeof ClientMetrics.counters>
      const read = Effect.forEach(keys, (key) =>
        Effect.map(Metric.value(ClientMetrics.counters[key]), ({ count }) => [key, count] as const)
      )
      const before = Object.fromEntries(yield* read)
      const network = yield* makeNetwork
      const options = {
        endpoints: [Endpoint.unix("a"), Endpoint.unix("b")],
        hedgeAfter: 10,
        timeout: 100,
        ejectAfter: 2
      }
      const stats = yield* Effect.gen(function* () {
        const fork = (n: number, options?: EchoClient.CallOptions) =>
          Effect.forkChild(Effect.ignore(echo(n, options)), { startImmediately: true })
        yield* settle
        yield* fork(1, { idempotent: true })
        yield* fork(2)
        yield* fork(3)
        yield* Effect.timeoutOption(echo(4), 20).pipe(Effect.forkChild({ startImmediately: true }))
        yield* TestClock.adjust(50)
        yield* settle
        yield* TestClock.adjust(50)
        yield* settle
        // All gave up: what comes now is late.
        for (const accepted of network.accepted) {
          for (const request of accepted.requests.splice(0)) yield* accepted.reply(request)
        }
        yield* settle
        yield* fork(5, { idempotent: true })
        yield* settle
        for (const { pair } of network.accepted) pair.cut("cut by the test")
        yield* TestClock.adjust(50)
        yield* settle
        yield* TestClock.adjust(1_000)
        yield* settle
        return yield* EchoClient.EchoClient.use((client) => client.stats)
      }).pipe(
        Effect.provide(
          Layer.provideMerge(ClientMetrics.layer("1 second"), Layer.provide(EchoClient.layer(options), network.layer))
        )
      )
      for (const key of ["late", "timedOut", "retried", "hedged", "cancelled"] as const)
        assert.isAbove(stats[key], 0, key)
      assert.isAbove(stats.connected, 2)
      for (const [key, count] of yield* read) assert.strictEqual(count - before[key]!, stats[key], key)
    })
  )
})
