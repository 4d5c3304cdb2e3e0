/**
 * `node bench/socket.ts [MEGABYTES]`: another process sends Arrow over a socket, this one reads it, batch by batch.
 * Prints the rows, and
 * how much memory each process took at most.
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as Effect from "effect/Effect"
import * as Socket from "effect/socket/Socket"
import * as Stream from "effect/Stream"
import { ArrowStream } from "../src/index.ts"

const megabytes = Number(process.argv[2] ?? 1024)
const script = fileURLToPath(new URL("socket-sender.ts", import.meta.url))
const sender = spawn(process.execPath, [script, String(megabytes)], { stdio: ["ignore", "pipe", "inherit"] })
const lines = createInterface({ input: sender.stdout })[Symbol.asyncIterator]()
const port = Number((await lines.next()).value)

let rows = 0
let bytes = 0
let sum = 0
const receive = Effect.gen(function* () {
  const socket = yield* NodeSocket.makeNet({ host: "127.0.0.1", port })
  const counted = Stream.map(Socket.toStream(socket), (chunk) => {
    bytes += chunk.length
    return chunk
  })
  yield* Stream.runForEach(ArrowStream.recordBatches(counted), (batch) =>
    Effect.sync(() => {
      rows += batch.length
      sum += Number(batch.column("float64").get(0))
    })
  )
})

const before = process.memoryUsage.rss()
const start = performance.now()
await Effect.runPromise(receive)
const seconds = (performance.now() - start) / 1000
const senderPeak = Number((await lines.next()).value)
const peak = Math.round(process.resourceUsage().maxRSS / 1024)
const started = Math.round(before / 2 ** 20)
console.log(`${rows} rows, ${Math.round(bytes / 2 ** 20)} MiB in ${seconds.toFixed(1)} s (first values sum to ${sum})`)
console.log(`peak memory: receiver ${peak} MB (${started} MB at the start), sender ${senderPeak} MB`)
