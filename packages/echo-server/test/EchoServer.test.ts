import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Handler } from "../src/index.ts"
import { connect, eventually, listen, request, text, direct, tcp } from "./support.ts"

const echo = { handler: Handler.echo }

/** A handler whose responses the test releases one by one, by sequence number. */
const gates = () => {
  const held = new Map<number, Deferred.Deferred<void>>()
  const handler: Handler.Handler = (request) => {
    const gate = Deferred.makeUnsafe<void>()
    held.set(request.sequence, gate)
    return Effect.as(Deferred.await(gate), request)
  }
  const open = (sequence: number) => Deferred.succeed(held.get(sequence)!, undefined)
  return { handler, held, open }
}

describe("responses", () => {
  it.live("carry their request's sequence number, timestamp, subject and body, and count up over connections", () =>
    Effect.gen(function* () {
      const { port, server } = yield* listen(echo)
      const a = yield* connect(port)
      a.send(request(-128, { timestamp: -(2n ** 63n), subject: "s", body: "b" }))
      const [first] = yield* a.responses(1)
      assert.strictEqual(first!.apiKey, 0)
      assert.strictEqual(first!.sequence, -128)
      assert.strictEqual(first!.id, 1)
      assert.strictEqual(first!.timestamp, -(2n ** 63n))
      assert.strictEqual(text(first!.subject), "s")
      assert.strictEqual(text(first!.body), "b")
      const b = yield* connect(port)
      b.send(request(127), request(127))
      assert.deepStrictEqual(
        (yield* b.responses(2)).map(({ id, sequence }) => [sequence, id]),
        [
          [127, 2],
          [127, 3]
        ]
      )
      const stats = yield* server.stats
      assert.strictEqual(stats.open, 2)
      assert.strictEqual(stats.accepted, 2)
      assert.strictEqual(stats.requests, 3)
      assert.strictEqual(stats.responses, 3)
      assert.strictEqual(stats.inFlight, 0)
      assert.strictEqual(stats.bytesRead, request(0, { subject: "s", body: "b" }).length + 2 * request(0).length)
      assert.deepStrictEqual(stats.faults, {})
    })
  )

  it.live("of requests that arrive together leave together", () =>
    Effect.gen(function* () {
      const { port } = yield* listen(echo)
      const client = yield* connect(port)
      client.send(...Array.from({ length: 100 }, (_, sequence) => request(sequence)))
      const responses = yield* client.responses(100)
      assert.deepStrictEqual(
        responses.map(({ sequence }) => sequence),
        Array.from({ length: 100 }, (_, sequence) => sequence)
      )
      assert.strictEqual(client.reads, 1)
    })
  )

  it.live("come whatever pieces the requests arrive in", () =>
    Effect.gen(function* () {
      const { port } = yield* listen(echo)
      const client = yield* connect(port)
      const bytes = Buffer.concat([request(1), request(2, { body: "x".repeat(300) }), request(3)])
      for (const byte of bytes) {
        client.socket.write(Uint8Array.of(byte))
        yield* Effect.yieldNow
      }
      assert.deepStrictEqual(
        (yield* client.responses(3)).map(({ sequence }) => sequence),
        [1, 2, 3]
      )
    })
  )

  for (const transport of [direct, tcp]) {
    it.live(
      `are right when they are large and many (${transport === tcp ? "through the socket alone" : "directly"})`,
      () =>
        Effect.gen(function* () {
          const { port } = yield* listen(echo, transport)
          const client = yield* connect(port)
          for (let round = 0; round < 4; round++) {
            const bodies = Array.from({ length: 64 }, (_, i) => String.fromCodePoint(97 + (i % 26)).repeat(i * 4001))
            client.send(...bodies.map((body, sequence) => request(sequence, { body })))
            const responses = (yield* client.responses(64 * (round + 1))).slice(64 * round)
            for (const [index, { body, sequence }] of responses.entries()) {
              assert.strictEqual(sequence, index)
              assert.isTrue(text(body) === bodies[index], `body ${index}`)
            }
          }
        })
    )
  }

  const large = new Uint8Array(60_000).fill(7)
  const handlers: ReadonlyArray<readonly [string, Handler.Handler]> = [
    ["plain replies", (request) => ({ ...request, body: large })],
    ["effects", (request) => Effect.map(Effect.void, () => ({ ...request, body: large }))]
  ]
  for (const [what, handler] of handlers) {
    it.live(`leave before the requests behind them are answered, when they are many bytes (${what})`, () =>
      Effect.gen(function* () {
        const { port } = yield* listen({ handler })
        const client = yield* connect(port)
        client.send(...Array.from({ length: 20 }, (_, sequence) => request(sequence)))
        const responses = yield* client.responses(20)
        assert.deepStrictEqual(
          responses.map(({ body, sequence }) => [sequence, body.length, body.at(-1)]),
          Array.from({ length: 20 }, (_, sequence) => [sequence, 60_000, 7])
        )
      })
    )
  }

  it.live("reach a peer that has closed its side", () =>
    Effect.gen(function* () {
      const { port, server } = yield* listen(echo)
      const client = yield* connect(port)
      client.socket.end(Buffer.concat(Array.from({ length: 10 }, (_, sequence) => request(sequence))))
      assert.lengthOf(yield* client.responses(10), 10)
      assert.strictEqual(yield* client.ended, "end")
      client.socket.destroy()
      yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
    })
  )

  it.live("are the same where the handler is given views", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const { port, server } = yield* listen({
        lazy: true,
        handler: (request) => {
          seen.push([request.apiKey, request.sequence, request.metadata, Object.hasOwn(request, "subject")])
          return request.sequence % 2 === 0 ? request : Effect.as(Effect.yieldNow, request)
        }
      })
      const client = yield* connect(port)
      const bytes = Buffer.concat(
        Array.from({ length: 20 }, (_, i) =>
          request(i, { timestamp: BigInt(-i), subject: `s${i}`, body: "b".repeat(i) })
        )
      )
      for (let p = 0; p < bytes.length; p += 700) client.send(bytes.subarray(p, p + 700))
      const responses = yield* client.responses(20)
      for (const response of responses) {
        const i = response.sequence
        assert.strictEqual(response.timestamp, BigInt(-i))
        assert.strictEqual(text(response.subject), `s${i}`)
        assert.strictEqual(text(response.body), "b".repeat(i))
      }
      assert.deepStrictEqual(
        responses.map(({ sequence }) => sequence).sort((a, b) => a - b),
        [...Array(20).keys()]
      )
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 20 }, (_, i) => [0, i, [1, 2, 3], false])
      )
      assert.strictEqual((yield* server.stats).responses, 20)
    })
  )

  it.live("take the id that the handler chooses", () =>
    Effect.gen(function* () {
      const { port } = yield* listen({ handler: (request) => ({ ...request, id: -7 }) })
      const client = yield* connect(port)
      client.send(request(0))
      assert.strictEqual((yield* client.responses(1))[0]!.id, -7)
    })
  )
})

class Greeting extends Context.Service<Greeting, { readonly word: string }>()("test/Greeting") {}

describe("a handler", () => {
  it.live("may be an effect with services, and keeps the order as long as it does not suspend", () =>
    Effect.gen(function* () {
      const encoder = new TextEncoder()
      const { port } = yield* listen({
        handler: (request) =>
          request.sequence % 3 === 0
            ? request
            : Effect.map(Greeting, ({ word }) => ({ ...request, body: encoder.encode(word) }))
      }).pipe(Effect.provideService(Greeting, { word: "hello" }))
      const client = yield* connect(port)
      client.send(...Array.from({ length: 128 }, (_, sequence) => request(sequence)))
      const responses = yield* client.responses(128)
      assert.deepStrictEqual(
        responses.map(({ sequence }) => sequence),
        Array.from({ length: 128 }, (_, sequence) => sequence)
      )
      assert.strictEqual(text(responses[0]!.body), "body")
      assert.strictEqual(text(responses[1]!.body), "hello")
      assert.strictEqual(client.reads, 1)
    })
  )

  it.live("may be an effect that has already ended, among others that have not", () =>
    Effect.gen(function* () {
      const handler: Handler.Handler = (request) =>
        [request, Effect.succeed(request), Effect.map(Effect.succeed(request), (reply) => reply)][request.sequence % 3]!
      const { port } = yield* listen({ handler })
      const client = yield* connect(port)
      client.send(...Array.from({ length: 30 }, (_, sequence) => request(sequence)))
      assert.deepStrictEqual(
        (yield* client.responses(30)).map(({ sequence }) => sequence),
        Array.from({ length: 30 }, (_, sequence) => sequence)
      )
    })
  )

  it.live("may take many steps without being overtaken", () =>
    Effect.gen(function* () {
      const { port } = yield* listen({
        handler: (request) => {
          let reply = Effect.succeed(request)
          for (let i = 0; i < 100; i++) reply = Effect.map(reply, (same) => same)
          return reply
        }
      })
      const client = yield* connect(port)
      client.send(...Array.from({ length: 128 }, (_, sequence) => request(sequence)))
      const responses = yield* client.responses(128)
      assert.deepStrictEqual(
        responses.map(({ sequence }) => sequence),
        Array.from({ length: 128 }, (_, sequence) => sequence)
      )
      assert.strictEqual(client.reads, 1)
    })
  )

  it.live("that suspends is overtaken by those behind it", () =>
    Effect.gen(function* () {
      const gate = Deferred.makeUnsafe<void>()
      const { port, server } = yield* listen({
        handler: (request) =>
          request.sequence === 1 || request.sequence === 3
            ? Effect.as(Deferred.await(gate), request)
            : Effect.succeed(request)
      })
      const client = yield* connect(port)
      client.send(request(0), request(1), request(2), request(3), request(4))
      yield* client.responses(3)
      assert.strictEqual((yield* server.stats).inFlight, 2)
      const reads = client.reads
      yield* Deferred.succeed(gate, undefined)
      const responses = yield* client.responses(5)
      assert.deepStrictEqual(
        responses.map(({ sequence }) => sequence),
        [0, 2, 4, 1, 3]
      )
      assert.strictEqual(client.reads, reads + 1)
      assert.strictEqual((yield* server.stats).inFlight, 0)
    })
  )

  it.live("that suspends is awaited after the peer has closed its side", () =>
    Effect.gen(function* () {
      const { handler, held, open } = gates()
      const { port } = yield* listen({ handler })
      const client = yield* connect(port)
      client.socket.end(Buffer.concat([request(1), request(2)]))
      yield* eventually(Effect.sync(() => held.size === 2))
      yield* open(2)
      yield* client.responses(1)
      yield* open(1)
      assert.deepStrictEqual(
        (yield* client.responses(2)).map(({ sequence }) => sequence),
        [2, 1]
      )
      assert.strictEqual(yield* client.ended, "end")
    })
  )

  it.live("is interrupted when its peer is gone", () =>
    Effect.gen(function* () {
      const interrupted = Deferred.makeUnsafe<void>()
      const { logs, port, server } = yield* listen({
        handler: () => Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined))
      })
      const client = yield* connect(port)
      client.send(request(1))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
      client.socket.resetAndDestroy()
      yield* Deferred.await(interrupted)
      yield* eventually(Effect.map(server.stats, ({ inFlight, open }) => inFlight === 0 && open === 0))
      assert.deepStrictEqual(logs, [])
    })
  )

  it.live("that cannot be interrupted keeps nobody, and its reply goes nowhere", () =>
    Effect.gen(function* () {
      const gate = Deferred.makeUnsafe<void>()
      const { port, server } = yield* listen({
        handler: (request) => Effect.uninterruptible(Effect.as(Deferred.await(gate), request))
      })
      const client = yield* connect(port)
      client.send(request(1))
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 1))
      client.socket.resetAndDestroy()
      yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
      yield* Deferred.succeed(gate, undefined)
      yield* eventually(Effect.map(server.stats, ({ inFlight }) => inFlight === 0))
      assert.strictEqual((yield* server.stats).responses, 0)
    })
  )
})

class Failure extends Data.TaggedError("Failure")<{}> {}

describe("a fault", () => {
  const faults: ReadonlyArray<readonly [string, Handler.Handler<Failure>, string, RegExp]> = [
    [
      "a handler that throws",
      () => {
        throw new Error("thrown")
      },
      "HandlerFailed",
      /sequence 2 failed.*thrown/s
    ],
    ["a handler that fails", () => Effect.fail(new Failure()), "HandlerFailed", /sequence 2 failed.*Failure/s],
    [
      "a handler that fails after a step",
      () => Effect.andThen(Effect.void, () => Effect.fail(new Failure())),
      "HandlerFailed",
      /sequence 2 failed.*Failure/s
    ],
    ["a handler that dies", () => Effect.die("died"), "HandlerFailed", /sequence 2 failed.*died/s],
    [
      "a handler that fails after it suspended",
      () => Effect.andThen(Effect.sleep(1), Effect.fail(new Failure())),
      "HandlerFailed",
      /sequence 2 failed.*Failure/s
    ],
    [
      "a reply that no frame can carry",
      (request) => ({ ...request, id: 2 ** 31 }),
      "InvalidReply",
      /sequence 2.*id.*2147483648/s
    ],
    [
      "a large reply that no frame can carry",
      (request) => ({ ...request, id: -1.5, body: new Uint8Array(200_000) }),
      "InvalidReply",
      /sequence 2.*id.*-1\.5/s
    ],
    [
      "a reply that no frame can carry, after its handler suspended",
      (request) => Effect.as(Effect.sleep(1), { ...request, timestamp: 2n ** 63n }),
      "InvalidReply",
      /sequence 2.*timestamp.*9223372036854775808/s
    ]
  ]
  for (const [what, handler, reason, message] of faults) {
    it.live(`${what} closes its connection behind the responses before it`, () =>
      Effect.gen(function* () {
        const { logs, port, server } = yield* listen({
          handler: (request) => (request.sequence === 2 ? handler(request) : request)
        })
        const other = yield* connect(port)
        const client = yield* connect(port)
        client.send(request(1), request(2))
        assert.lengthOf(yield* client.responses(1), 1)
        assert.strictEqual(yield* client.ended, "end")
        assert.lengthOf(client.received, 1)
        client.socket.destroy()
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 1))
        assert.deepStrictEqual((yield* server.stats).faults, { [reason]: 1 })
        assert.lengthOf(logs, 1)
        assert.match(logs[0]!, /^Warn: connection 2: /)
        assert.match(logs[0]!, message)
        other.send(request(5))
        assert.lengthOf(yield* other.responses(1), 1)
      })
    )
  }

  it.live("a sequence number that is in flight closes the connection, and gives up what was in flight", () =>
    Effect.gen(function* () {
      const { handler, held, open } = gates()
      const { logs, port, server } = yield* listen({ handler })
      const client = yield* connect(port)
      client.send(request(-5), request(6))
      yield* eventually(Effect.sync(() => held.size === 2))
      yield* open(-5)
      yield* client.responses(1)
      client.send(request(-5), request(6), request(7))
      assert.strictEqual(yield* client.ended, "end")
      client.socket.destroy()
      yield* eventually(Effect.map(server.stats, ({ open }) => open === 0))
      assert.strictEqual((yield* server.stats).inFlight, 0)
      assert.isFalse(held.has(7))
      assert.deepStrictEqual((yield* server.stats).faults, { DuplicateSequence: 1 })
      assert.match(logs[0]!, /sequence 6 is still in flight/)
    })
  )

  const malformed: ReadonlyArray<readonly [string, string, RegExp]> = [
    ["a negative size", "ffffffff", /InvalidLength at byte 0/],
    ["a size below the header", "0000000100", /InvalidLength at byte 0/],
    ["a frame above the limit", "7fffffff00", /1048576/],
    ["an unknown api key", "0000001407000000000000000000000000000000000000", /apiKey/],
    ["a subject that runs past the frame", "000000110000000000000000000100000064616263", /subject/],
    ["text of another protocol", Buffer.from("GET / HTTP/1.1\r\n\r\n").toString("hex"), /1048576/]
  ]
  for (const [what, hex, message] of malformed) {
    it.live(`${what} closes its connection behind the responses before it, and no other notices`, () =>
      Effect.gen(function* () {
        const { logs, port, server } = yield* listen(echo)
        const other = yield* connect(port)
        const client = yield* connect(port)
        let sent = 0
        const traffic = yield* Effect.sync(() => other.send(request(sent++ & 127))).pipe(
          Effect.andThen(Effect.suspend(() => other.responses(sent))),
          Effect.forever,
          Effect.forkChild
        )
        yield* other.responses(3)
        client.send(request(1), request(2), Buffer.from(hex, "hex"), request(3))
        assert.strictEqual(yield* client.ended, "end")
        assert.deepStrictEqual(
          client.received.map(({ sequence }) => sequence),
          [1, 2]
        )
        client.socket.destroy()
        yield* eventually(Effect.map(server.stats, ({ open }) => open === 1))
        const before = other.received.length
        yield* other.responses(before + 3)
        assert.isUndefined(traffic.pollUnsafe())
        assert.isUndefined(other.ending)
        assert.deepStrictEqual((yield* server.stats).faults, { MalformedRequest: 1 })
        assert.lengthOf(logs, 1)
        assert.match(logs[0]!, /^Warn: connection 2: malformed request/)
        assert.match(logs[0]!, message)
      })
    )
  }
})
