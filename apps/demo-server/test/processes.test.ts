import { once } from "node:events"
import * as Net from "node:net"
import { afterEach, assert, describe, it } from "vitest"
import { connect, killAll, request, start, stop } from "./server.ts"

afterEach(killAll)

const ended = (server: Awaited<ReturnType<typeof start>>["server"]) => once(server, "exit") as Promise<[number | null]>

/** The processes that `pid` started. */
const childrenOf = async (pid: number): Promise<ReadonlyArray<number>> => {
  const { readFile } = await import("node:fs/promises")
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")
  return text.trim().split(" ").map(Number)
}

/** Waits until a connection is closed, reset ones too. */
const closed = (socket: Net.Socket): Promise<void> => new Promise((resolve) => void socket.once("close", resolve))

const refuses = async (port: number): Promise<void> => {
  const [error] = await once(Net.connect({ port, host: "127.0.0.1" }), "error")
  assert.match(String(error), /ECONNREFUSED/)
}

// Each process counts its own ids: who answers a connection's first request with 1 has answered no other.
for (const spread of ["kernel", "first"] as const) {
  describe.skipIf(process.platform !== "linux")(`processes whose connections ${spread} spreads`, () => {
    const processes = ["--processes", "3", "--spread", spread]

    it("share a port, and stop together when they are told to, answering what they have read", async () => {
      const { port, server } = await start(...processes)
      assert.lengthOf(await childrenOf(server.pid!), 3)
      const connections = []
      for (let i = 0; i < 48; i++) connections.push(await connect(port))
      for (const { socket } of connections) socket.write(request(7))
      for (const each of connections) while (each.responses.length === 0) await once(each.socket, "data")
      const firsts = connections.filter(({ responses }) => responses[0]!.id === 1).length
      // The kernel hashes, and could give one of three processes nothing of 48 once in a hundred million times.
      assert.strictEqual(firsts, 3)
      const highest = Math.max(...connections.map(({ responses }) => responses[0]!.id))
      assert.isBelow(highest, 48)

      for (const { socket } of connections) socket.write(request(8))
      const exit = stop(server, "SIGTERM")
      for (const { ended, socket } of connections) {
        await ended
        socket.end()
      }
      assert.strictEqual(await exit, 0)
      for (const { responses } of connections) assert.lengthOf(responses, 2)
      await refuses(port)
    })

    it("are stopped, and the first says so, when one of them is killed", async () => {
      const { port, server } = await start(...processes)
      const { ended: end, responses, socket } = await connect(port)
      const [, victim] = await childrenOf(server.pid!)
      const exit = ended(server)
      process.kill(victim!, "SIGKILL")
      socket.write(request(1))
      await Promise.race([end.catch(() => undefined), closed(socket)])
      socket.destroy()
      assert.isAtMost(responses.length, 1)
      assert.strictEqual((await exit)[0], 1)
      assert.match(server.said.join(""), /process 1 of the server ended \(SIGKILL\), so the others were stopped/)
      await refuses(port)
    })

    it("end when the first is killed", async () => {
      const { port, server } = await start(...processes)
      const { ended: end, socket } = await connect(port)
      const gone = Promise.race([end.catch(() => undefined), closed(socket)])
      server.kill("SIGKILL")
      await gone
      socket.destroy()
      // They notice one after the other.
      while (true) {
        const probe = Net.connect({ port, host: "127.0.0.1" })
        const outcome = await Promise.race([
          once(probe, "error").then(() => "refused"),
          once(probe, "connect").then(() => "accepted")
        ])
        probe.destroy()
        if (outcome === "refused") return
      }
    })
  })
}
