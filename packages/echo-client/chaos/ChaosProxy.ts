/**
 * A proxy for protocols whose frames start with their size (int32, big endian), that misbehaves as it is told, seeded.
 *
 * It knows where frames begin, so that a reply can be late, lost, doubled or out of order while each frame stays whole; and
 * it can break frames, too. Each direction of each connection has its own faults.
 */
import { connect, createServer, type Server, type Socket } from "node:net"
import { setImmediate as turn } from "node:timers/promises"

/** Probabilities are per frame, 0 to 1; times in milliseconds. What is not said does not happen. */
export interface Faults {
  /** Every frame takes this long, and up to `jitter` more; order is kept. */
  readonly latency?: number
  readonly jitter?: number
  /** Bytes a second. */
  readonly bandwidth?: number
  /** A frame overtakes others, or is overtaken: it alone takes up to `reorderBy` more. */
  readonly reorder?: number
  readonly reorderBy?: number
  readonly drop?: number
  readonly duplicate?: number
  /** One bit of the frame is flipped; with `corruptAt`, a bit of this byte of the stream, once. */
  readonly corrupt?: number
  readonly corruptAt?: number
  /** What is due is sent in pieces of at most `sliceSize` bytes, each in a write of its own. */
  readonly slice?: number
  readonly sliceSize?: number
  /** Both sides are reset. */
  readonly reset?: number
  /** The connection stays open and nothing passes in this direction any more. */
  readonly silence?: number
}

export interface Options {
  readonly seed: number
  readonly target: () => number
  readonly toServer?: Faults
  readonly toClient?: Faults
}

export interface ChaosProxy {
  readonly port: number
  /** How often each fault happened. */
  readonly counts: Record<string, number>
  readonly close: () => Promise<void>
}

/** Reproducible randomness in [0, 1). */
export const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Due {
  readonly at: number
  readonly frame: Buffer
}

class Direction {
  private held: Buffer = Buffer.alloc(0)
  private due: Array<Due> = []
  private lastAt = 0
  private position = 0
  private silent = false
  private ended = false
  private sending = false
  private timer: NodeJS.Timeout | undefined
  private readonly to: Socket
  private readonly faults: Faults
  private readonly random: () => number
  private readonly count: (what: string) => void
  private readonly reset: () => void

  constructor(to: Socket, faults: Faults, random: () => number, count: (what: string) => void, reset: () => void) {
    this.to = to
    this.faults = faults
    this.random = random
    this.count = count
    this.reset = reset
  }

  private happens(fault: "reorder" | "drop" | "duplicate" | "corrupt" | "slice" | "reset" | "silence"): boolean {
    const probability = this.faults[fault]
    if (probability === undefined || this.random() >= probability) return false
    this.count(fault)
    return true
  }

  receive(chunk: Buffer): void {
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk])
    let p = 0
    while (bytes.length - p >= 4) {
      const size = 4 + bytes.readUInt32BE(p)
      if (bytes.length - p < size) break
      this.frame(bytes.subarray(p, p + size))
      p += size
    }
    this.held = bytes.subarray(p)
    this.schedule()
  }

  end(): void {
    this.ended = true
    this.schedule()
  }

  private frame(original: Buffer): void {
    const { corruptAt, jitter = 0, latency = 0, reorderBy = 0 } = this.faults
    const at = this.position
    this.position += original.length
    if (this.silent || this.happens("drop")) return
    if (this.happens("silence")) {
      this.silent = true
      return
    }
    if (this.happens("reset")) return this.reset()
    let frame = original
    const here = corruptAt !== undefined && corruptAt >= at && corruptAt < this.position
    if (here || this.happens("corrupt")) {
      frame = Buffer.from(original)
      const byte = here ? corruptAt - at : Math.floor(this.random() * frame.length)
      frame[byte]! ^= 1 << Math.floor(this.random() * 8)
    }
    const now = performance.now()
    const inOrder = (this.lastAt = Math.max(this.lastAt, now + latency + this.random() * jitter))
    this.due.push({ at: this.happens("reorder") ? inOrder + this.random() * reorderBy : inOrder, frame })
    if (this.happens("duplicate")) this.due.push({ at: inOrder + this.random() * reorderBy, frame })
  }

  private schedule(): void {
    if (this.timer !== undefined || this.sending) return
    if (this.due.length === 0) {
      if (this.ended) this.to.end()
      return
    }
    let earliest = Infinity
    for (const { at } of this.due) earliest = Math.min(earliest, at)
    const wait = earliest - performance.now()
    // What is due is sent at the end of this turn, so that frames that came together leave together.
    this.timer = setTimeout(() => void this.send(), Math.max(0, wait))
  }

  private async send(): Promise<void> {
    this.timer = undefined
    this.sending = true
    const now = performance.now()
    const ready = this.due.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at)
    this.due = this.due.filter(({ at }) => at > now)
    const bytes = Buffer.concat(ready.map(({ frame }) => frame))
    const { bandwidth, sliceSize = 1 } = this.faults
    const size = ready.length > 0 && this.happens("slice") ? sliceSize : bytes.length
    for (let p = 0; p < bytes.length && this.to.writable; p += size) {
      this.to.write(bytes.subarray(p, p + size))
      if (size < bytes.length) await turn()
    }
    if (bandwidth !== undefined) await new Promise((resolve) => setTimeout(resolve, (bytes.length / bandwidth) * 1_000))
    this.sending = false
    this.schedule()
  }
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { readonly port: number }).port))
  })

/** Starts a proxy on a free port of the loopback. */
export const make = async (options: Options): Promise<ChaosProxy> => {
  const random = randomOf(options.seed)
  const counts: Record<string, number> = {}
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const sockets = new Set<Socket>()
  const track = (socket: Socket): void => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => sockets.delete(socket))
  }
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    count("connection")
    const upstream = connect({ port: options.target(), host: "127.0.0.1", noDelay: true, allowHalfOpen: true })
    track(client)
    track(upstream)
    const reset = (): void => {
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    const toServer = new Direction(upstream, options.toServer ?? {}, random, count, reset)
    const toClient = new Direction(client, options.toClient ?? {}, random, count, reset)
    client.on("data", (chunk: Buffer) => toServer.receive(chunk))
    upstream.on("data", (chunk: Buffer) => toClient.receive(chunk))
    client.on("end", () => toServer.end())
    upstream.on("end", () => toClient.end())
    client.on("close", () => upstream.destroy())
    upstream.on("close", (failed) => (failed ? client.resetAndDestroy() : client.destroySoon()))
  })
  const port = await listen(server)
  return {
    port,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}
