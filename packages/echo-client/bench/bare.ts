/** Clients written by hand on bare `node:net`, as fast as we know how to: what the client is compared with. */
import { connect, type Socket } from "node:net"

const subject = new TextEncoder().encode("test")
const body = new TextEncoder().encode("We have a lot in common")
const metadata = [1, 2, 3]

/** The request of all contenders: a frame of 57 bytes. */
export const message = { timestamp: 9999n, subject, metadata, body }

interface Response {
  readonly apiKey: number
  readonly sequence: number
  readonly id: number
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly body: Uint8Array
}

/** Is this the answer to `message`? As thorough as the C client: the lengths and the last byte. */
export const isAnswer = (response: { readonly subject: Uint8Array; readonly body: Uint8Array }): boolean =>
  response.subject.length === 4 && response.body.length === 23 && response.body[22] === 110

/** One connection: a free-list of numbers, one callback a request, one write a turn; no deadlines, no errors. */
class Bare {
  private readonly socket: Socket
  private readonly free = Array.from({ length: 256 }, (_, i) => i)
  private readonly callbacks = new Array<(response: Response) => void>(256)
  private out = Buffer.alloc(65_536)
  private view = new DataView(this.out.buffer, this.out.byteOffset)
  private used = 0
  private held: Buffer | undefined
  private receiving = false

  constructor(port: number, onConnect: (bare: Bare) => void) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => onConnect(this))
    this.socket.on("data", (chunk: Buffer) => this.receive(chunk))
  }

  send(request: typeof message, callback: (response: Response) => void): void {
    const sequence = this.free.pop()!
    this.callbacks[sequence] = callback
    if (this.used === 0 && !this.receiving) queueMicrotask(() => this.flush())
    const { out, view } = this
    let p = this.used
    view.setInt32(p, 20 + request.subject.length + 2 * request.metadata.length + request.body.length)
    out[p + 4] = 0
    out[p + 5] = sequence
    view.setBigInt64(p + 6, request.timestamp)
    view.setInt32(p + 14, request.subject.length)
    p += 18
    for (let i = 0; i < request.subject.length; i++) out[p++] = request.subject[i]!
    view.setInt16(p, request.metadata.length)
    p += 2
    for (let i = 0; i < request.metadata.length; i++, p += 2) view.setInt16(p, request.metadata[i]!)
    view.setInt32(p, request.body.length)
    p += 4
    for (let i = 0; i < request.body.length; i++) out[p++] = request.body[i]!
    this.used = p
  }

  private flush(): void {
    if (this.used === 0) return
    this.socket.write(this.out.subarray(0, this.used))
    this.used = 0
    if (this.socket.writableLength === 0) return
    // The socket still holds these bytes.
    this.out = Buffer.alloc(65_536)
    this.view = new DataView(this.out.buffer, this.out.byteOffset)
  }

  private receive(chunk: Buffer): void {
    const bytes = this.held === undefined ? chunk : Buffer.concat([this.held, chunk])
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let p = 0
    this.receiving = true
    while (bytes.length - p >= 4) {
      const size = view.getInt32(p)
      if (size < 22 || size > 1_048_576) throw new Error("size")
      if (bytes.length - p - 4 < size) break
      const end = p + 4 + size
      const subjectLength = view.getInt32(p + 18)
      if (subjectLength < 0 || subjectLength > size - 22) throw new Error("subject")
      const bodyAt = p + 26 + subjectLength
      const bodyLength = view.getInt32(bodyAt - 4)
      if (bodyLength !== end - bodyAt) throw new Error("body")
      const sequence = bytes[p + 5]!
      this.free.push(sequence)
      this.callbacks[sequence]!({
        apiKey: bytes[p + 4]!,
        sequence,
        id: view.getInt32(p + 6),
        timestamp: view.getBigInt64(p + 10),
        subject: new Uint8Array(bytes.buffer, bytes.byteOffset + p + 22, subjectLength),
        body: new Uint8Array(bytes.buffer, bytes.byteOffset + bodyAt, bodyLength)
      })
      p = end
    }
    this.receiving = false
    this.held = p < bytes.length ? bytes.subarray(p) : undefined
    this.flush()
  }
}

/** Opens a connection and hands it out once it can send. */
export const open = (port: number, onConnect: (bare: Bare) => void): Bare => new Bare(port, onConnect)
