/** A server and bare TCP clients for tests. */
import { Parser, Request, Response } from "@bytewright/echo-protocol"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import * as Result from "effect/Result"
import * as Net from "node:net"
import { EchoServer, Transport } from "../src/index.ts"

/** What a server logged, level and message. */
export type Logs = Array<string>

export interface Running {
  readonly port: number
  readonly server: EchoServer.EchoServer["Service"]
  readonly logs: Logs
}

/** TCP through the socket alone. */
export const tcp = NodeSocketServer.layer({
  port: 0,
  host: "127.0.0.1",
  allowHalfOpen: true,
  noDelay: true,
  backlog: 4096
})
/** The same, whose stream the server uses directly. */
export const direct = Layer.provide(Transport.layer(NodeSocket.NetSocket), tcp)

/** Starts a server that stops with the scope. */
export const listen = <E = never, R = never>(options: EchoServer.Options<E, R>, transport: typeof tcp = direct) =>
  Effect.gen(function* () {
    const logs: Logs = []
    const logger = Logger.make(({ logLevel, message }) => void logs.push(`${logLevel}: ${String(message)}`))
    const context = yield* Layer.build(
      EchoServer.layer(options).pipe(
        Layer.provide(transport),
        Layer.provide(Logger.layer([logger])),
        Layer.provide(Layer.succeed(References.MinimumLogLevel, "Debug"))
      )
    )
    const server = Context.get(context, EchoServer.EchoServer)
    const { address } = server
    if (address._tag !== "InetAddressV4") throw new Error("a TCP server has a port")
    return { port: address.port, server, logs } satisfies Running
  })

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** A request frame. */
export const request = (sequence: number, { body = "body", subject = "subject", timestamp = 1n } = {}): Uint8Array => {
  const value: Request.Request = {
    apiKey: 0,
    sequence,
    timestamp,
    subject: encoder.encode(subject),
    metadata: [1, 2, 3],
    body: encoder.encode(body)
  }
  return Request.codec.encodeSync(value)
}

export const text = (bytes: Uint8Array): string => decoder.decode(bytes)

export const concat = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => Buffer.concat(parts)

/** The responses in what a server wrote. */
export const responsesIn = (written: ReadonlyArray<Uint8Array>): ReadonlyArray<Response.Response> => {
  const parser = Parser.make(Response.frame)
  parser.feed(concat(...written))
  return Result.getOrThrow(parser.parse())
}

/** A TCP client that takes what comes. */
export class Client {
  readonly socket: Net.Socket
  readonly received: Array<Response.Response> = []
  /** How often bytes arrived. */
  reads = 0
  /** How the connection ended, once it has. */
  ending: "end" | "reset" | undefined
  private readonly parser = Parser.make(Response.frame, { maxFrameSize: 1 << 24 })
  private readonly waiters = new Set<() => void>()

  constructor(socket: Net.Socket) {
    this.socket = socket
    socket.on("data", (chunk: Uint8Array) => {
      this.reads++
      this.parser.feed(chunk)
      this.received.push(...Result.getOrThrow(this.parser.parse()))
      this.changed()
    })
    socket.on("end", () => {
      this.ending ??= "end"
      this.changed()
    })
    socket.on("error", () => {
      this.ending = "reset"
      this.changed()
    })
    socket.on("close", () => {
      this.ending ??= "end"
      this.changed()
    })
  }

  send(...frames: ReadonlyArray<Uint8Array>): void {
    this.socket.write(concat(...frames))
  }

  /** Waits for `count` responses in all, and returns all. */
  responses(count: number) {
    return this.until(
      () => this.received.length >= count,
      () => `${count} responses, got ${this.received.length}`
    ).pipe(Effect.map(() => this.received))
  }

  /** Waits for the end of the connection. */
  get ended() {
    return this.until(
      () => this.ending !== undefined,
      () => "the connection's end"
    ).pipe(Effect.map(() => this.ending))
  }

  private changed(): void {
    for (const waiter of this.waiters) waiter()
  }

  private until(condition: () => boolean, what: () => string) {
    return Effect.callback<void>((resume) => {
      const check = (): void => {
        if (!condition()) return
        this.waiters.delete(check)
        resume(Effect.void)
      }
      this.waiters.add(check)
      check()
    }).pipe(
      Effect.timeoutOrElse({
        duration: "20 seconds",
        orElse: () => Effect.die(new Error(`waited in vain for ${what()}`))
      })
    )
  }
}

/** Connects; the scope's end closes the connection. */
export const connectTo = (options: Net.NetConnectOpts) =>
  Effect.acquireRelease(
    Effect.callback<Client>((resume) => {
      const socket = Net.connect({ noDelay: true, allowHalfOpen: true, ...options })
      socket.once("connect", () => resume(Effect.succeed(new Client(socket))))
    }),
    (client) => Effect.sync(() => client.socket.destroy())
  )

export const connect = (port: number) => connectTo({ port, host: "127.0.0.1" })

/** Waits until `condition` holds. */
export const eventually = (condition: Effect.Effect<boolean>) =>
  Effect.sleep(2).pipe(
    Effect.flatMap(() => condition),
    Effect.repeat({ until: (holds) => holds }),
    Effect.timeoutOrElse({ duration: "20 seconds", orElse: () => Effect.die(new Error("waited in vain")) })
  )
