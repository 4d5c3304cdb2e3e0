/** A peer that behaves, as a process of its own: told `{ port }` or `{ millis }`, it answers with its latencies. */
import * as Request from "@bytewright/echo-protocol/Request"
import * as Net from "node:net"

/** Latencies of one span in microseconds, and how many answers they are of. */
export interface Latencies {
  readonly answered: number
  readonly p50: number
  readonly p99: number
}

const [connections, window] = [4, 16]
let latencies: Array<number> = []

const body = Buffer.from("We have a lot in common")
const requests = Array.from({ length: window }, (_, sequence) =>
  Request.codec
    .encodeSync({ apiKey: 0, sequence, timestamp: 9999n, subject: Buffer.from("test"), metadata: [1, 2, 3], body })
    .slice()
)

/** Sends a request for every response, each with the number that the response brings back. */
const converse = (port: number): void => {
  const socket = Net.connect({ port, host: "127.0.0.1", noDelay: true })
  const sentAt = new Float64Array(window)
  let rest = Buffer.alloc(0)
  socket.on("connect", () => {
    sentAt.fill(performance.now())
    socket.write(Buffer.concat(requests))
  })
  socket.on("error", () => undefined)
  socket.on("data", (chunk: Uint8Array) => {
    rest = Buffer.concat([rest, chunk])
    const now = performance.now()
    const next: Array<Uint8Array> = []
    let p = 0
    for (; rest.length - p >= 4 && rest.length - p >= 4 + rest.readInt32BE(p); p += 4 + rest.readInt32BE(p)) {
      const sequence = rest[p + 5]!
      latencies.push((now - sentAt[sequence]!) * 1000)
      sentAt[sequence] = now
      next.push(requests[sequence]!)
    }
    rest = rest.subarray(p)
    if (next.length > 0) socket.write(Buffer.concat(next))
  })
}

process.on("message", ({ millis, port }: { readonly millis?: number; readonly port?: number }) => {
  if (port !== undefined) for (let i = 0; i < connections; i++) converse(port)
  if (millis === undefined) return
  latencies = []
  setTimeout(() => {
    const sorted = Float64Array.from(latencies).sort()
    const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Infinity
    process.send!({ answered: sorted.length, p50: at(0.5), p99: at(0.99) } satisfies Latencies)
  }, millis)
})
process.on("disconnect", () => process.exit(0))
