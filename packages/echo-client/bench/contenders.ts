/** One contender in a process of its own: `node contenders.ts NAME PORT CONNECTIONS WINDOW SECONDS` prints one JSON line. */
import { NodeSocket } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import { EchoClient, Endpoint } from "../src/index.ts"
import { isAnswer, message, open } from "./bare.ts"

const [name, port, connections, window, seconds] = [process.argv[2]!, ...process.argv.slice(3).map(Number)] as [
  string,
  number,
  number,
  number,
  number
]

// One request at a time: each one's latency counts. More, and reading the clock would be most of what is measured.
const single = connections * window === 1
const latencies: Array<number> = []
let lastAt = performance.now()

let done = 0
let wrong = 0
let stopped = false
const running = (): boolean => !stopped
const count = (response: { readonly subject: Uint8Array; readonly body: Uint8Array }): void => {
  done++
  if (single) {
    const now = performance.now()
    latencies.push(now - lastAt)
    lastAt = now
  }
  if (!isAnswer(response)) wrong++
}

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
// What is compiled meanwhile, by threads that count as CPU, is not what a request costs.
const warmUp = 2_000
setTimeout(() => {
  const from = { done, cpu: process.cpuUsage(), at: performance.now() }
  setTimeout(() => {
    stopped = true
    const elapsed = (performance.now() - from.at) / 1_000
    const cpu = process.cpuUsage(from.cpu)
    const requests = done - from.done
    console.log(
      JSON.stringify({
        name,
        wrong,
        perSecond: Math.round(requests / elapsed),
        cpuMicroseconds: (cpu.user + cpu.system) / requests,
        medianMicroseconds: single ? 1_000 * latencies.sort((a, b) => a - b)[latencies.length >> 1]! : 0
      })
    )
    process.exit(wrong === 0 ? 0 : 1)
  }, seconds * 1_000)
}, warmUp)
