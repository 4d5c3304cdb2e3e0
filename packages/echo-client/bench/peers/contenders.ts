/** One peer in a process of its own: `node contenders.ts NAME PORT CONNECTIONS WINDOW SECONDS` prints one JSON line. */
import * as Grpc from "@grpc/grpc-js"
import { NodeSocket } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RpcClient from "effect/rpc/RpcClient"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import { Redis } from "ioredis"
import { createClient } from "redis"
import { isAnswer, message } from "../bare.ts"
import { connections, count, measure, name, port, running, window } from "../measured.ts"
import { EchoRpcs } from "./echoRpc.ts"
import { service } from "./grpcService.ts"

const loops = (call: () => Promise<boolean>): void => {
  const loop = async (): Promise<void> => {
    while (running()) count(await call())
  }
  for (let i = 0; i < window; i++) void loop()
}

/** As `ECHO`, a frame of 57 bytes too. */
const text = "a payload of thirty-six bytes, exact"

const ioredis = (): void => {
  for (let i = 0; i < connections; i++) {
    const redis = new Redis(port, "127.0.0.1", { enableAutoPipelining: true })
    loops(async () => (await redis.echo(text)) === text)
  }
}

const nodeRedis = async (): Promise<void> => {
  for (let i = 0; i < connections; i++) {
    const redis = createClient({ socket: { port, host: "127.0.0.1" } })
    redis.on("error", (error) => {
      throw error
    })
    await redis.connect()
    loops(async () => (await redis.echo(text)) === text)
  }
}

const grpc = (): void => {
  const Client = Grpc.makeGenericClientConstructor(service, "Echo")
  const payload = Buffer.alloc(57, 1)
  for (let i = 0; i < connections; i++) {
    // Channels of the same address share a connection unless they are told not to.
    const client = new Client(`127.0.0.1:${port}`, Grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1
    })
    const echo = client["echo"]!.bind(client)
    loops(
      () =>
        new Promise((resolve, reject) => {
          echo(payload, (error: Grpc.ServiceError | null, answer: Buffer) =>
            error === null ? resolve(answer.equals(payload)) : reject(error)
          )
        })
    )
  }
}

const rpc = (): void => {
  const protocol = RpcClient.layerProtocolSocket().pipe(
    Layer.provide([
      NodeSocket.layerNet({ port, host: "127.0.0.1", noDelay: true }),
      RpcSerialization.layerSchemaBinary()
    ])
  )
  const connection = Effect.gen(function* () {
    const client = yield* RpcClient.make(EchoRpcs, { disableTracing: true })
    const loop = Effect.gen(function* () {
      while (running()) count(isAnswer(yield* client.Echo(message)))
    })
    yield* Effect.forEach(Array.from({ length: window }), () => loop, { concurrency: "unbounded", discard: true })
  }).pipe(Effect.scoped, Effect.provide(protocol))
  for (let i = 0; i < connections; i++) void Effect.runPromise(connection)
}

const contenders: Record<string, () => void> = { ioredis, "node-redis": () => void nodeRedis(), grpc, rpc }
contenders[name]!()
measure()
