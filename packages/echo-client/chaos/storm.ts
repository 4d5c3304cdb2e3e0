/** Many requests through proxies that misbehave, to servers that restart; what became of each is counted. */
import { NodeSocket } from "@effect/platform-node"
import * as Parser from "@bytewright/core-binary/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { createServer, type Server, type Socket } from "node:net"
import { type Connection, EchoClient, Endpoint } from "../src/index.ts"
import * as ChaosProxy from "./ChaosProxy.ts"

export interface Options {
  readonly requests: number
  readonly seed: number
  readonly toServer: ChaosProxy.Faults
  readonly toClient: ChaosProxy.Faults
  /** The two servers restart about so often, in milliseconds; 0 for never. */
  readonly restartEvery: number
  readonly concurrency?: number
  readonly verify?: boolean
  /** Called after each fifth of the requests, when all are settled and nothing is on its way. */
  readonly onQuiet?: (done: number) => Promise<void>
}

export interface Report {
  readonly wrong: number
  readonly unsettled: number
  readonly leaked: number
  readonly answered: number
  readonly interrupted: number
  readonly failures: Record<string, number>
  readonly faults: Record<string, number>
  readonly stats: EchoClient.Stats
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A request all of whose parts depend on `n`. */
const message = (n: number): Connection.Message => ({
  timestamp: BigInt(n),
  subject: encoder.encode(`s${n}`),
  metadata: [n & 0x7fff, 1],
  body: encoder.encode(`body of ${n}`)
})

const isAnswer = (n: number, response: Response.Response): boolean =>
  response.timestamp === BigInt(n) &&
  decoder.decode(response.subject) === `s${n}` &&
  decoder.decode(response.body) === `body of ${n}`

/** An echo server that can be stopped as if its process were killed, and started again on its port. */
class Restartable {
  private server: Server | undefined
  private readonly sockets = new Set<Socket>()
  private ids = 0
  port = 0

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.server = createServer({ noDelay: true }, (socket) => this.serve(socket))
      this.server.listen(this.port, "127.0.0.1", () => {
        this.port = (this.server!.address() as { readonly port: number }).port
        resolve()
      })
    })
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.server!.close(() => resolve())
      for (const socket of this.sockets) socket.resetAndDestroy()
    })
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket)
    const parser = Parser.make(Request.frame)
    socket.on("data", (chunk: Buffer) => {
      const out: Array<Uint8Array> = []
      const failure = parser.push(chunk, ({ body, sequence, subject, timestamp }) => {
        this.ids = (this.ids + 1) & 0x7fffffff
        out.push(Response.codec.encodeSync({ apiKey: 0, sequence, id: this.ids, timestamp, subject, body }))
      })
      if (out.length > 0) socket.write(Buffer.concat(out))
      if (failure !== undefined) socket.destroy()
    })
    socket.on("error", () => {})
    socket.on("close", () => this.sockets.delete(socket))
  }
}

/** Starts two servers behind two proxies, and keeps restarting the servers. */
const backends = (options: Options, random: () => number) =>
  Effect.gen(function* () {
    const ports: Array<number> = []
    const proxies: Array<ChaosProxy.ChaosProxy> = []
    for (let i = 0; i < 2; i++) {
      const server = new Restartable()
      yield* Effect.acquireRelease(
        Effect.promise(() => server.start()),
        () => Effect.promise(() => server.stop())
      )
      const { toClient, toServer } = options
      const seed = options.seed + i
      const proxy = yield* Effect.acquireRelease(
        Effect.promise(() => ChaosProxy.make({ seed, target: () => server.port, toClient, toServer })),
        (proxy) => Effect.promise(() => proxy.close())
      )
      ports.push(proxy.port)
      proxies.push(proxy)
      if (options.restartEvery === 0) continue
      yield* Effect.forkScoped(
        Effect.forever(
          Effect.gen(function* () {
            yield* Effect.sleep(options.restartEvery * (0.5 + random()))
            // Not to be left between: the server has to be running when it is stopped for good.
            yield* Effect.uninterruptible(
              Effect.gen(function* () {
                yield* Effect.promise(() => server.stop())
                yield* Effect.sleep(20 + random() * 80)
                yield* Effect.promise(() => server.start())
              })
            )
          })
        )
      )
    }
    return { ports, proxies }
  })

/** Sends the requests and reports. */
export const run = Effect.fnUntraced(function* (options: Options) {
  const random = ChaosProxy.randomOf(options.seed)
  const { ports, proxies } = yield* backends(options, random)
  const echo = yield* EchoClient.make({
    endpoints: ports.map((port) => Endpoint.tcp("127.0.0.1", port)),
    connections: 3,
    timeout: "2 seconds",
    verify: options.verify === true,
    backoff: { min: 5, max: 200 }
  }).pipe(Effect.provide(Endpoint.layer((endpoint) => NodeSocket.makeNet(endpoint))))
  const failures: Record<string, number> = {}
  const tally = { answered: 0, wrong: 0, interrupted: 0, settled: 0 }
  let next = 0
  const one = (n: number) => {
    const kind = random()
    const callOptions = {
      timeout: kind < 0.1 ? 1 + random() * 40 : "2 seconds",
      idempotent: random() < 0.5
    } as const
    const call = echo.echo(message(n), callOptions)
    const limited = kind > 0.95 ? Effect.timeoutOption(call, 1 + random() * 30) : Effect.asSome(call)
    return Effect.map(Effect.exit(limited), (exit) => {
      tally.settled++
      if (Exit.isFailure(exit)) {
        const error = Exit.findErrorOption(exit)
        const tag = error._tag === "Some" ? error.value.reason._tag : "Defect"
        failures[tag] = (failures[tag] ?? 0) + 1
      } else if (exit.value._tag === "None") tally.interrupted++
      else if (isAnswer(n, exit.value.value)) tally.answered++
      else tally.wrong++
    })
  }
  for (let fifth = 1; fifth <= 5; fifth++) {
    const until = Math.round((options.requests * fifth) / 5)
    const worker = Effect.gen(function* () {
      while (next < until) yield* one(next++)
    })
    yield* Effect.forEach(Array.from({ length: options.concurrency ?? 1_500 }), () => worker, {
      concurrency: "unbounded",
      discard: true
    })
    if (options.onQuiet === undefined) continue
    yield* Effect.sleep(500)
    yield* Effect.promise(() => options.onQuiet!(until))
  }
  yield* echo.drain
  const stats = yield* echo.stats
  const faults: Record<string, number> = {}
  for (const { counts } of proxies) {
    for (const [what, n] of Object.entries(counts)) faults[what] = (faults[what] ?? 0) + n
  }
  const { answered, interrupted, settled, wrong } = tally
  const report: Report = {
    wrong,
    unsettled: options.requests - settled,
    // Every number that was ever given out came back in one way, or is still held though nobody waits.
    leaked: Math.abs(stats.sent - stats.answered - stats.timedOut - stats.cancelled - stats.lost) + stats.inFlight,
    answered,
    interrupted,
    failures,
    faults,
    stats
  }
  return report
}, Effect.scoped)

/** Replies late, lost, sliced and out of order; connections reset and silent. */
export const weather: Pick<Options, "toServer" | "toClient"> = {
  toServer: { latency: 0, jitter: 1, slice: 0.01, sliceSize: 7, drop: 0.0005, reset: 0.000_02, silence: 0.000_005 },
  toClient: {
    latency: 0,
    jitter: 2,
    reorder: 0.2,
    reorderBy: 8,
    slice: 0.02,
    sliceSize: 5,
    drop: 0.001,
    reset: 0.000_02,
    silence: 0.000_005
  }
}
