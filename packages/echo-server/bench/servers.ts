/**
 * The servers that are compared, each to be run as a process of its own: `node servers.ts KIND` prints `READY port`, and at
 * SIGTERM the processor time it used, as JSON.
 */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SocketServer from "effect/socket/SocketServer"
import * as Net from "node:net"
import { EchoServer, Handler, Transport } from "../src/index.ts"
import { read } from "../../echo-protocol/bench/byHand.ts"
import { writeResponse } from "./byHand.ts"

const ready = (port: number): void => {
  const start = process.cpuUsage()
  process.once("SIGTERM", () => {
    const { system, user } = process.cpuUsage(start)
    process.stdout.write(`${JSON.stringify({ user, system })}\n`, () => process.exit(0))
  })
  console.log(`READY ${port}`)
}

/** Positions are absolute in the view's buffer. */
type Work = (
  view: DataView<ArrayBuffer>,
  start: number,
  end: number,
  out: DataView,
  bytes: Uint8Array,
  position: number
) => number

const outputSize = 1 << 18

/** The loop that a careful hand writes on `node:net`: one write a chunk, its buffer used again when the kernel has taken it. */
const bare = (work: Work): void => {
  const server = Net.createServer({ noDelay: true }, (socket) => {
    let bytes = new Uint8Array(outputSize)
    let out = new DataView(bytes.buffer)
    let rest: Uint8Array | undefined
    socket.on("error", () => undefined)
    socket.on("data", (data: Buffer<ArrayBuffer>) => {
      const chunk: Buffer<ArrayBuffer> = rest === undefined ? data : Buffer.concat([rest, data])
      const view = new DataView(chunk.buffer)
      const last = chunk.byteOffset + chunk.length
      let p = chunk.byteOffset
      let end = 0
      while (last - p >= 4) {
        const size = view.getInt32(p)
        if (size < 2 || size > 1_048_572) return void socket.destroy()
        if (last - p - 4 < size) break
        if (size + 8 > bytes.length - end) {
          socket.write(bytes.subarray(0, end))
          bytes = new Uint8Array(Math.max(outputSize, 2 * size))
          out = new DataView(bytes.buffer)
          end = 0
        }
        end = work(view, p + 4, p + 4 + size, out, bytes, end)
        if (end < 0) return void socket.destroy()
        p += 4 + size
      }
      rest = p < last ? chunk.subarray(p - chunk.byteOffset) : undefined
      if (end === 0) return
      socket.write(bytes.subarray(0, end))
      if (socket.writableLength > 0) {
        bytes = new Uint8Array(outputSize)
        out = new DataView(bytes.buffer)
      }
    })
  })
  server.listen(0, "127.0.0.1", () => ready((server.address() as Net.AddressInfo).port))
}

/** What a connection costs by itself: nothing is allocated for it, and what comes goes back. */
const nothing = (): void => {
  const server = Net.createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => undefined)
    socket.on("data", (data) => socket.write(data))
  })
  server.listen(0, "127.0.0.1", () => ready((server.address() as Net.AddressInfo).port))
}

let id = 0

/** Everything is decoded into an object, and a response object is encoded. */
const full: Work = (view, start, end, out, bytes, position) => {
  const request = read(view, view.buffer, start, end)
  if (request === undefined) return -1
  const { apiKey, body, sequence, subject, timestamp } = request
  return writeResponse({ apiKey, sequence, id: ++id | 0, timestamp, subject, body }, out, bytes, position)
}

/** Lengths are checked and bytes copied; no field becomes a value. */
const views: Work = (view, start, end, out, bytes, position) => {
  const size = end - start
  if (size < 20) return -1
  const subject = view.getInt32(start + 10)
  if (subject < 0 || subject > size - 20) return -1
  const count = view.getInt16(start + 14 + subject)
  if (count < 0 || 2 * count > size - 20 - subject) return -1
  const body = view.getInt32(start + 16 + subject + 2 * count)
  if (body !== size - 20 - subject - 2 * count) return -1
  out.setInt32(position, 22 + subject + body)
  out.setInt16(position + 4, view.getInt16(start))
  out.setInt32(position + 6, ++id | 0)
  const from = new Uint8Array(view.buffer)
  let p = position + 10
  for (let i = start + 2; i < start + 14 + subject; i++) bytes[p++] = from[i]!
  for (let i = end - body - 4; i < end; i++) bytes[p++] = from[i]!
  return p
}

const ours = (handler: Handler.Handler, lazy = false): void => {
  const program = Effect.gen(function* () {
    const server = yield* SocketServer.SocketServer
    yield* EchoServer.make({ handler, lazy })
    if (server.address._tag === "InetAddressV4") ready(server.address.port)
    return yield* Effect.never
  })
  const transport = Transport.layer(NodeSocket.NetSocket).pipe(
    Layer.provide(NodeSocketServer.layer({ port: 0, host: "127.0.0.1", allowHalfOpen: true, noDelay: true }))
  )
  Effect.runFork(Effect.scoped(Effect.provide(program, transport)))
}

const kinds: Record<string, () => void> = {
  "bare, full": () => bare(full),
  "bare, views": () => bare(views),
  "bare, nothing": nothing,
  "ours, synchronous": () => ours(Handler.echo),
  "ours, lazy": () => ours(Handler.echo, true),
  "ours, Effect": () => ours((request) => Effect.map(Effect.succeed(request), (reply) => reply)),
  "ours, Exit": () => ours((request) => Effect.succeed(request)),
  "ours, Effect.fn": () =>
    ours(
      Effect.fnUntraced(function* (request) {
        return yield* Effect.map(Effect.succeed(request), (reply) => reply)
      })
    )
}

kinds[process.argv[2] ?? ""]?.()
