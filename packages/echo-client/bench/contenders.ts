/** One contender in a process of its own: `node contenders.ts NAME PORT CONNECTIONS WINDOW SECONDS` prints one JSON line. */
import { NodeSocket } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import { EchoClient, Endpoint } from "../src/index.ts"
import { isAnswer, message, open } from "./bare.ts"
import { connections, count as measured, measure, name, port, running, window } from "./measured.ts"

const count = (response: { readonly subject: Uint8Array; readonly body: Uint8Array }): void =>
  measured(isAnswer(response))

const callbacks = (): void => {
  for (let i = 0; i < connections; i++) {
    open(port, (bare) => {
      const next = (response: Parameters<typeof count>[0]): void => {
        count(response)
        bare.send(message, next)
      }
      for (let j = 0; j < window; j++) bare.send(message, next)
    })
  }
}

const promises = (): void => {
  for (let i = 0; i < connections; i++) {
    open(port, (bare) => {
      const loop = async (): Promise<void> => {
        while (running()) {
          count(await new Promise<Parameters<typeof count>[0]>((resolve) => bare.send(message, resolve)))
        }
      }
      for (let j = 0; j < window; j++) void loop()
    })
  }
}

const client = EchoClient.make({ endpoints: [Endpoint.tcp("127.0.0.1", port)], connections, window }).pipe(
  Effect.provide(Endpoint.layer((endpoint) => NodeSocket.makeNet(endpoint)))
)

const fibers = Effect.gen(function* () {
  const echo = yield* client
  const loop = Effect.gen(function* () {
    while (running()) count(yield* echo.echo(message))
  })
  yield* Effect.forEach(Array.from({ length: connections * window }), () => loop, {
    concurrency: "unbounded",
    discard: true
  })
})

/** Batches of at most 64 requests, and enough of them at once to keep the windows full while some are handled. */
const batches = Effect.gen(function* () {
  const echo = yield* client
  const size = Math.min(64, connections * window)
  const requests = Array.from({ length: size }, () => message)
  const loop = Effect.gen(function* () {
    while (running()) for (const response of yield* echo.echoMany(requests)) count(response)
  })
  const loops = Math.ceil((connections * window) / size)
  yield* Effect.forEach(Array.from({ length: loops }), () => loop, { concurrency: "unbounded", discard: true })
})

const contenders: Record<string, () => void> = {
  callbacks,
  promises,
  fibers: () => void Effect.runPromise(Effect.scoped(fibers)),
  batches: () => void Effect.runPromise(Effect.scoped(batches))
}

contenders[name]!()
measure()
