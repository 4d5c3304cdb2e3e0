import type { Stats } from "@bytewright/echo-server"
import { once } from "node:events"
import * as Net from "node:net"
import { afterEach, assert, describe, it } from "vitest"
import { attacks } from "../attack/attacks.ts"
import { memoryOf } from "../attack/memory.ts"
import { connect, freePort, killAll, request, start, stop } from "./server.ts"

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

  for (const attack of attacks.filter(({ name }) => !name.startsWith("10,000"))) {
    it(`and the server's memory stays within its bound, during an attack: ${attack.name}`, async () => {
      const observe = await freePort()
      const limits = ["--limit", "partialFrameTimeout=300 millis", "--limit", "writeStallTimeout=300 millis"]
      const { port, server } = await start("--observe-port", String(observe), "--log-level", "none", ...limits)
      const health = async (): Promise<Stats.Stats> => {
        const response = await fetch(`http://127.0.0.1:${observe}/health`)
        return (await response.json()) as Stats.Stats
      }
      // What is not forbidden has to bring so much that whoever kept it would be over the bound.
      const isUnderWay = ({ bytesRead, faults }: Stats.Stats): boolean =>
        attack.fault === undefined ? bytesRead > 2 * attack.bound : (faults[attack.fault] ?? 0) >= 8
      assert.isAtLeast(await converse(port, () => true), 20)
      const before = memoryOf(server.pid!)
      const stopAttack = await attack.start(port)
      let over = false
      const talk = converse(port, () => over)
      while (!isUnderWay(await health())) await new Promise((resolve) => setTimeout(resolve, 50))
      let grown = memoryOf(server.pid!) - before
      // What is garbage goes when the collector comes; what is kept grows with every byte of the attack.
      for (let i = 0; i < 20 && grown >= attack.bound; i++) {
        await new Promise((resolve) => setTimeout(resolve, 250))
        grown = memoryOf(server.pid!) - before
      }
      over = true
      assert.isAtLeast(await talk, 20)
      assert.isBelow(grown, attack.bound)
      assert.deepStrictEqual(Object.keys((await health()).faults), attack.fault === undefined ? [] : [attack.fault])
      stopAttack()
      for (const socket of sockets.splice(0)) socket.destroy()
      assert.strictEqual(await stop(server, "SIGTERM"), 0)
    })
  }
})

it("a server that is killed and started again is the same to a client that connects again", async () => {
  const { port, server } = await start()
  const first = await connect(port)
  first.socket.write(request(1))
  while (first.responses.length === 0) await once(first.socket, "data")
  const gone = new Promise((resolve) => void first.socket.once("close", resolve))
  first.ended.catch(() => undefined)
  server.kill("SIGKILL")
  first.socket.write(request(2))
  await Promise.race([gone, first.ended.catch(() => undefined)])
  first.socket.destroy()
  assert.lengthOf(first.responses, 1)
  const again = await start("--port", String(port))
  assert.strictEqual(again.port, port)
  assert.isAtLeast(await converse(port, () => true), 20)
})
