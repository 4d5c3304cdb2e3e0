/**
 * `node bench/socket-sender.ts MEGABYTES`: listens, prints its port, and sends that much Arrow to the first
 * connection.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Console from "effect/Console"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { StreamWriter } from "../src/index.ts"
import { encode, makeBatches, schema } from "./data.ts"

const batches = makeBatches(1, 10_000)
const times = Math.ceil((Number(process.argv[2]) * 2 ** 20) / encode(batches).length)

const program = Effect.gen(function* () {
  const server = yield* NodeSocketServer.make({ host: "127.0.0.1", port: 0 })
  const sent = yield* Deferred.make<void>()
  yield* Effect.forkScoped(
    server.run((socket) =>
      Effect.gen(function* () {
        // The connection is there once it is read from.
        yield* socket.reader
        const writer = yield* socket.writer
        const bytes = Stream.range(1, times).pipe(
          Stream.rechunk(1),
          Stream.map(() => batches[0]!),
          StreamWriter.encode(schema)
        )
        yield* Stream.runForEachArray(bytes, (chunks) => writer.writeAll(chunks))
      }).pipe(Effect.scoped, Effect.ensuring(Deferred.succeed(sent, undefined)))
    )
  )
  if (server.address._tag === "InetAddressV4") yield* Console.log(server.address.port)
  yield* Deferred.await(sent)
  yield* Console.log(Math.round(process.resourceUsage().maxRSS / 1024))
})

NodeRuntime.runMain(Effect.scoped(program))
