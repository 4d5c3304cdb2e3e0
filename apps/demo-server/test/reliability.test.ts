import { once } from "node:events"
import * as Net from "node:net"
import { randomFillSync } from "node:crypto"
import { afterEach, assert, describe, it } from "vitest"
import { connect, killAll, request, start, stop } from "./server.ts"

const sockets: Array<Net.Socket> = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  killAll()
})

/** Sends requests one after the other until `done`, each when the one before is answered; gives how many. */
const converse = async (port: number, done: () => boolean): Promise<number> => {
  const { responses, socket } = await connect(port)
  sockets.push(socket)
  let sent = 0
  while (!done() || sent < 20) {
    socket.write(request(sent++ & 127))
    while (responses.length < sent) await once(socket, "data")
  }
  return responses.length
}

describe("other connections are served", () => {
  it("while 10,000 are idle, and while these come and go", { timeout: 120_000 }, async () => {
    const { port, server } = await start()
    let open = 0
    const talk = converse(port, () => open === 10_000)
    for (let batch = 0; batch < 100; batch++) {
      const connecting = Array.from({ length: 100 }, () => {
        const socket = Net.connect({ port, host: "127.0.0.1" })
        socket.on("error", () => undefined)
        sockets.push(socket)
        return once(socket, "connect")
      })
      await Promise.all(connecting)
      open += 100
    }
    assert.isAtLeast(await talk, 20)
    const one = sockets.at(-1)!
    one.write(request(5))
    await once(one, "data")
    for (const socket of sockets.splice(0)) socket.destroy()
    assert.isAtLeast(await converse(port, () => true), 20)
    for (const socket of sockets.splice(0)) socket.destroy()
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
    assert.strictEqual(server.said.join(""), "")
  })

  const floods: ReadonlyArray<readonly [string, () => Buffer]> = [
    ["random bytes", () => randomFillSync(Buffer.alloc(65_536))],
    [
      "frames of the greatest size whose content is junk",
      () => {
        const junk = randomFillSync(Buffer.alloc(1_048_576))
        junk.writeInt32BE(1_048_572, 0)
        junk.writeInt16BE(0, 4)
        junk.writeInt32BE(-1, 14)
        return junk
      }
    ],
    ["frames that announce the greatest size and bring nothing", () => Buffer.from([0, 15, 255, 252])]
  ]
  for (const [what, junk] of floods) {
    it(`while one connection after the other sends ${what}`, async () => {
      const { port, server } = await start()
      let flooded = 0
      const talk = converse(port, () => flooded === 40)
      for (; flooded < 40; flooded++) {
        const socket = Net.connect({ port, host: "127.0.0.1" })
        sockets.push(socket)
        socket.on("error", () => undefined)
        await once(socket, "connect")
        for (let i = 0; i < 16 && !socket.destroyed; i++) {
          socket.write(junk())
          await new Promise((resolve) => setImmediate(resolve))
        }
        socket.destroy()
      }
      assert.isAtLeast(await talk, 20)
      assert.isNull(server.exitCode)
      for (const socket of sockets.splice(0)) socket.destroy()
      assert.strictEqual(await stop(server, "SIGTERM"), 0)
    })
  }
})
