/** What an untrusted peer may do to a server, and what each of them is allowed to cost. */
import * as Request from "@bytewright/echo-protocol/Request"
import { Limits } from "@bytewright/echo-server"
import { randomFillSync } from "node:crypto"
import * as Net from "node:net"

const MiB = 1_048_576
const { maxFrameSize } = Limits.defaults

/** What the engine has not collected yet, in a server that is not attacked as well. */
const uncollected = 64 * MiB
/** What a connection may make the server hold besides what the limits say: what was read and not yet looked at. */
const unread = 131_072
/** A frame that is not whole. */
const partial = maxFrameSize
/** Responses that wait: in the server, and in the transport, which takes another write until it holds 64 KiB. */
const untaken = 65_536 + maxFrameSize + (2 * 65_536 + maxFrameSize)

export interface Attack {
  readonly name: string
  /** Why the server closes the attacker; `undefined` where it does nothing that is forbidden. */
  readonly fault: "LimitReached" | "MalformedRequest" | undefined
  /** By how many bytes it may make the server grow. */
  readonly bound: number
  /** Attacks the server on a port; resolves with the way to stop once it is under way. */
  readonly start: (port: number) => Promise<() => void>
}

/** Keeps `count` connections that each `act` upon connecting, and again when the server closed them. */
const keep =
  (count: number, act: (socket: Net.Socket, every: (millis: number, step: () => void) => void) => void) =>
  async (port: number): Promise<() => void> => {
    const sockets = new Set<Net.Socket>()
    let stopped = false
    const open = (): Promise<void> =>
      new Promise((resolve) => {
        const socket = Net.connect({ port, host: "127.0.0.1", noDelay: true })
        sockets.add(socket)
        let timer: NodeJS.Timeout | undefined
        socket.on("error", resolve)
        socket.on("connect", () => {
          resolve()
          act(socket, (millis, step) => {
            timer = setInterval(step, millis)
          })
        })
        socket.on("close", () => {
          clearInterval(timer)
          sockets.delete(socket)
          if (!stopped) setTimeout(() => void (stopped || open()), 10)
        })
      })
    for (let left = count; left > 0; left -= 100) await Promise.all(Array.from({ length: Math.min(left, 100) }, open))
    return () => {
      stopped = true
      for (const socket of sockets) socket.destroy()
    }
  }

const junk = randomFillSync(Buffer.alloc(65_536))
/** The size field of a frame as large as frames may be. */
const largest = Buffer.alloc(4)
largest.writeInt32BE(maxFrameSize - 4)

const frame = (sequence: number, body: Uint8Array): Uint8Array =>
  Request.codec
    .encodeSync({ apiKey: 0, sequence, timestamp: 0n, subject: new Uint8Array(0), metadata: [], body })
    .slice()
const large = frame(1, new Uint8Array(maxFrameSize - 100))
const floods = Array.from({ length: 16 }, (_, sequence) => frame(sequence, junk))

const slowLoris = keep(200, (socket, every) => {
  socket.resume()
  socket.write(largest)
  every(50, () => socket.write(Uint8Array.of(0)))
})

const slowReader = keep(32, (socket, every) => {
  socket.pause()
  every(20, () => {
    if (socket.writableLength < 2 * large.length) socket.write(large)
  })
})

const garbage = keep(4, (socket) => {
  socket.resume()
  socket.write(junk)
})

const oversized = keep(4, (socket) => {
  socket.resume()
  socket.write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff))
  socket.write(junk)
})

const flood = keep(1, (socket, every) => {
  socket.resume()
  let owed = 0
  let before = performance.now()
  every(5, () => {
    const now = performance.now()
    owed = Math.min(owed + (now - before) * 100_000, 2 * MiB)
    before = now
    while (owed > 0 && socket.writableLength < 4 * MiB) {
      const each = floods[Math.floor(owed) % floods.length]!
      socket.write(each)
      owed -= each.length
    }
  })
})

export const attacks: ReadonlyArray<Attack> = [
  {
    name: "slow loris: 200 frames of 1 MiB, a byte every 50 ms",
    fault: "LimitReached",
    bound: uncollected + 200 * (partial + unread),
    start: slowLoris
  },
  {
    name: "32 slow readers of responses of 1 MiB",
    fault: "LimitReached",
    bound: uncollected + 32 * (partial + untaken + unread),
    start: slowReader
  },
  // An idle connection has neither frame nor responses: what it costs is what the platform takes for a socket.
  {
    name: "10,000 idle connections",
    fault: undefined,
    bound: uncollected + 10_000 * 32_768,
    start: keep(10_000, () => undefined)
  },
  {
    name: "oversized frames, 4 connections again and again",
    fault: "MalformedRequest",
    bound: uncollected + 4 * (partial + unread),
    start: oversized
  },
  {
    name: "garbage, 4 connections again and again",
    fault: "MalformedRequest",
    bound: uncollected + 4 * (partial + unread),
    start: garbage
  },
  {
    name: "100 MB/s of junk in frames on one connection",
    fault: undefined,
    // V8 begins to collect at 64 MiB of buffers, and as much again may arrive until it is done.
    bound: 2 * uncollected + partial + untaken + unread,
    start: flood
  }
]
