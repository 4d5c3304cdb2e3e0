/** Each fault does what it says. */
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { connect, createServer, type Server, type Socket } from "node:net"
import * as ChaosProxy from "../chaos/ChaosProxy.ts"

const frame = (text: string): Buffer => {
  const bytes = Buffer.alloc(4 + text.length)
  bytes.writeUInt32BE(text.length)
  bytes.write(text, 4)
  return bytes
}

let server: Server
let port: number
beforeEach(async () => {
  server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {})
    socket.on("data", (chunk) => socket.write(chunk))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  port = (server.address() as { readonly port: number }).port
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

/** Sends three frames through a proxy, and gives what came back until `bytes` were there or the connection ended. */
const through = async (toClient: ChaosProxy.Faults, bytes: number) => {
  const proxy = await ChaosProxy.make({ seed: 5, target: () => port, toClient })
  const socket: Socket = connect(proxy.port, "127.0.0.1")
  const chunks: Array<Buffer> = []
  let ended: string | undefined
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      if (Buffer.concat(chunks).length >= bytes) resolve()
    })
    socket.on("error", (error) => {
      ended = error.message
      resolve()
    })
    socket.on("close", () => resolve())
    for (const text of ["one", "two", "three"]) socket.write(frame(text))
    if (bytes === 0) setTimeout(resolve, 50)
  })
  socket.destroy()
  await proxy.close()
  return { received: Buffer.concat(chunks), chunks: chunks.length, ended, counts: proxy.counts }
}

const all = Buffer.concat(["one", "two", "three"].map(frame))

describe("ChaosProxy", () => {
  it("passes everything on when it is told nothing", async () => {
    assert.deepStrictEqual((await through({}, all.length)).received, all)
  })

  it("keeps the order however late", async () => {
    const faults = { latency: 2, jitter: 10, bandwidth: 100_000 }
    assert.deepStrictEqual((await through(faults, all.length)).received, all)
  })

  it("slices to single bytes", async () => {
    const { chunks, received } = await through({ slice: 1, sliceSize: 1 }, all.length)
    assert.deepStrictEqual(received, all)
    assert.isAbove(chunks, 1)
  })

  it("reorders whole frames", async () => {
    const { received } = await through({ reorder: 1, reorderBy: 30 }, all.length)
    assert.strictEqual(received.length, all.length)
    for (const text of ["one", "two", "three"]) assert.isAtLeast(received.indexOf(frame(text)), 0)
  })

  it("drops, and doubles", async () => {
    assert.strictEqual((await through({ drop: 1 }, 0)).received.length, 0)
    const { received } = await through({ duplicate: 1 }, 2 * all.length)
    assert.strictEqual(received.length, 2 * all.length)
  })

  it("flips one bit of the byte it is told", async () => {
    const { received } = await through({ corruptAt: 5 }, all.length)
    const different = [...received].flatMap((byte, i) => (byte === all[i] ? [] : [i]))
    assert.deepStrictEqual(different, [5])
    const random = await through({ corrupt: 1 }, all.length)
    assert.strictEqual(random.counts["corrupt"], 3)
  })

  it("resets, and falls silent", async () => {
    assert.include((await through({ reset: 1 }, 1)).ended, "ECONNRESET")
    const silent = await through({ silence: 1 }, 0)
    assert.strictEqual(silent.received.length, 0)
    assert.isUndefined(silent.ended)
  })
})
