/** Connections in memory whose far ends a test holds. */
import { Effect, Layer, Scope } from "effect"
import * as Socket from "effect/socket/Socket"
import { TestClock } from "effect/testing"
import { EchoClient, Endpoint, MemorySocket } from "../../src/index.ts"
import type { Request } from "@bytewright/echo-protocol/Request"
import { encodeResponse, requestsIn, responseTo } from "./peer.ts"

export interface Accepted {
  readonly pair: MemorySocket.Pair
  readonly endpoint: Endpoint.Endpoint
  /** What has arrived at the far end so far. */
  readonly requests: Array<Request>
  readonly send: (bytes: Uint8Array) => Effect.Effect<void>
  readonly reply: (request: Request) => Effect.Effect<void>
  /** True once the client's end closed. */
  closed: boolean
}

export interface Network {
  /** When each connection attempt was made, on the test clock. */
  readonly attempts: Array<number>
  readonly accepted: Array<Accepted>
  /** So many of the next attempts fail. */
  refuse: number
  /** Attempts never complete. */
  silent: boolean
  readonly layer: Layer.Layer<Endpoint.Dialer>
}

export const makeNetwork = Effect.gen(function* () {
  const clock = yield* TestClock.testClockWith(Effect.succeed)
  const scope = yield* Effect.scope
  const network: Network = {
    attempts: [],
    accepted: [],
    refuse: 0,
    silent: false,
    layer: Endpoint.layer((endpoint) =>
      Effect.gen(function* () {
        network.attempts.push(clock.currentTimeMillisUnsafe())
        if (network.silent) return Socket.make({ reader: Effect.never, writer: Effect.never })
        if (network.refuse > 0) {
          network.refuse--
          const reason = new Socket.SocketOpenError({ kind: "Unknown", cause: new Error("refused by the test") })
          return Socket.make({ reader: Effect.fail(new Socket.SocketError({ reason })), writer: Effect.never })
        }
        const pair = MemorySocket.makePair()
        const writer = yield* Scope.provide(pair.server.writer, scope)
        const send = (bytes: Uint8Array) => Effect.orDie(writer.write(bytes))
        const accepted: Accepted = {
          pair,
          endpoint,
          requests: [],
          send,
          reply: (request) => send(encodeResponse(responseTo(request))),
          closed: false
        }
        network.accepted.push(accepted)
        const parse = requestsIn()
        yield* Effect.gen(function* () {
          const pull = yield* Socket.readerBytes(pair.server)
          while (true) for (const chunk of yield* pull) accepted.requests.push(...parse(chunk))
        }).pipe(
          Effect.scoped,
          Effect.ignore,
          Effect.andThen(Effect.sync(() => (accepted.closed = true))),
          Effect.forkIn(scope)
        )
        return pair.client
      })
    )
  }
  return network
})

/** Lets everything happen that needs no time to pass. */
export const settle = Effect.promise(async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
})

export const clientOf = (network: Network, options?: Partial<EchoClient.Options>) =>
  EchoClient.make({ endpoints: [Endpoint.unix("memory")], ...options }).pipe(
    Effect.provide(network.layer),
    Effect.tap(settle)
  )
