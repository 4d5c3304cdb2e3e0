import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { afterEach, assert, describe, it } from "vitest"
import { peer, python } from "../../../harness/python.ts"
import { connect, fails, freePort, killAll, request, start, stop } from "./server.ts"

afterEach(killAll)

describe("the demo server", () => {
  it.skipIf(python === undefined)(
    "answers 100,000 pipelined requests of a Python client, the first 10,000 sent byte by byte",
    async () => {
      const { port, server } = await start()
      const { stdout } = await promisify(execFile)(python!, [
        peer("echo_client.py"),
        String(port),
        "--dribble",
        "10000"
      ])
      assert.deepStrictEqual(JSON.parse(stdout), { answered: 100_000, wrong: 0, sequences: 256, reordered: 0 })
      assert.strictEqual(await stop(server, "SIGTERM"), 0)
    }
  )

  it("logs what is wrong with a malformed frame, byte and field, on stderr", async () => {
    const { port, server } = await start()
    const { ended, responses, socket } = await connect(port)
    const bad = Uint8Array.from(request(2))
    bad[14] = 0xff
    socket.write(Buffer.concat([request(1), bad]))
    await ended
    socket.destroy()
    assert.lengthOf(responses, 1)
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
    assert.match(server.said.join(""), /connection 1: malformed request: subject: InvalidLength at byte 14/)
  })

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`answers what it was sent before ${signal}, and ends well`, async () => {
      const { port, server } = await start()
      const { ended, responses, socket } = await connect(port)
      socket.write(Buffer.concat(Array.from({ length: 2000 }, (_, index) => request((index % 256) - 128))))
      const exit = stop(server, signal)
      await ended
      socket.end()
      assert.strictEqual(await exit, 0)
      assert.lengthOf(responses, 2000)
      assert.deepStrictEqual(
        responses.map(({ id }) => id),
        responses.map((_, index) => index + 1)
      )
    })
  }

  it("tells over HTTP how it is and what it counted", async () => {
    const observePort = await freePort()
    const { port, server } = await start("--observe-port", String(observePort))
    const { ended, responses, socket } = await connect(port)
    socket.end(Buffer.concat([request(1), request(2)]))
    await ended
    assert.lengthOf(responses, 2)
    const health = await (await fetch(`http://127.0.0.1:${observePort}/health`)).json()
    assert.include(health, { status: "serving", accepted: 1, requests: 2, responses: 2 })
    let metrics = ""
    while (!metrics.includes("echo_server_requests 2")) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      metrics = await (await fetch(`http://127.0.0.1:${observePort}/metrics`)).text()
    }
    assert.match(metrics, /# TYPE echo_server_requests counter/)
    assert.match(metrics, /echo_server_connections_accepted 1/)
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
  })

  it("keeps to the limits it is given, and closes who does not with the reason", async () => {
    const { port, server } = await start("--limit", "maxFrameSize=100", "--limit", "idleTimeout=100 millis")
    const { ended, responses, socket } = await connect(port)
    socket.write(request(1))
    await ended
    assert.lengthOf(responses, 0)
    socket.destroy()
    const idle = await connect(port)
    await idle.ended
    idle.socket.destroy()
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
    assert.match(server.said.join(""), /connection 1: malformed request: .*LimitExceeded at byte 0.*at most 100 bytes/s)
  })

  it("says what is wrong with its command line", async () => {
    assert.match(await fails("--port", "70000"), /expected a port from 0 to 65535, got 70000/)
    assert.match(await fails("--limit", "maxFrames=1"), /there is no limit maxFrames, but maxFrameSize, maxConnections/)
    assert.match(await fails("--limit", "maxInFlight=0"), /maxInFlight is a number above 0, not 0/)
    assert.match(await fails("--limit", "idleTimeout=soon"), /idleTimeout is a time as "10 seconds", not soon/)
  })

  it("says that its port is taken, and what to do", async () => {
    const { port } = await start()
    assert.match(await fails("--port", String(port)), new RegExp(`port ${port} .*EADDRINUSE.*--port 0`, "s"))
  })
})
