import * as Parser from "@bytewright/echo-protocol/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Result from "effect/Result"
import { type ChildProcessByStdio, execFile, spawn } from "node:child_process"
import { once } from "node:events"
import * as Net from "node:net"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterEach, assert, describe, it } from "vitest"
import { peer, python } from "../../../harness/python.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

type Server = ChildProcessByStdio<null, Readable, Readable> & { readonly said: Array<string> }

const running: Array<Server> = []
afterEach(() => {
  for (const server of running.splice(0)) server.kill("SIGKILL")
})

const start = async (
  ...arguments_: ReadonlyArray<string>
): Promise<{ readonly server: Server; readonly port: number }> => {
  const child = spawn(process.execPath, [main, "--port", "0", ...arguments_], { stdio: ["ignore", "pipe", "pipe"] })
  const server = Object.assign(child, { said: [] as Array<string> })
  running.push(server)
  server.stderr.on("data", (text) => server.said.push(String(text)))
  const died = once(server, "exit").then(() => Promise.reject(new Error(`no server: ${server.said.join("")}`)))
  const [line] = await Promise.race([once(server.stdout, "data"), died])
  died.catch(() => undefined)
  const port = Number(/listening on port (\d+)/.exec(String(line))![1])
  return { server, port }
}

/** Stops the server, and returns its exit code. */
const stop = async (server: Server, signal: "SIGINT" | "SIGTERM"): Promise<number> => {
  const exited = once(server, "exit")
  server.kill(signal)
  const [code] = await exited
  return code as number
}

const request = (sequence: number): Uint8Array =>
  Request.codec.encodeSync({
    apiKey: 0,
    sequence,
    timestamp: 0n,
    subject: new Uint8Array(0),
    metadata: [],
    body: new Uint8Array(1000)
  })

/** A connection, and the responses it got. */
const connect = async (port: number) => {
  const socket = Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  const parser = Parser.make(Response.frame)
  const responses: Array<Response.Response> = []
  socket.on("data", (chunk: Uint8Array) => {
    parser.feed(chunk)
    responses.push(...Result.getOrThrow(parser.parse()))
  })
  socket.on("error", () => undefined)
  const ended = once(socket, "end")
  await once(socket, "connect")
  return { socket, responses, ended }
}

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

  it("says what is wrong with its command line", async () => {
    const failed = promisify(execFile)(process.execPath, [main, "--port", "70000"])
    const error = await failed.then(
      () => assert.fail("it started"),
      (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => error
    )
    assert.strictEqual(error.code, 1)
    assert.match(error.stderr, /expected a port from 0 to 65535, got 70000/)
  })

  it("says that its port is taken, and what to do", async () => {
    const { port } = await start()
    const failed = promisify(execFile)(process.execPath, [main, "--port", String(port)])
    const error = await failed.then(
      () => assert.fail("it started"),
      (error: { readonly code: number; readonly stderr: string }) => error
    )
    assert.strictEqual(error.code, 1)
    assert.match(error.stderr, new RegExp(`port ${port} .*EADDRINUSE.*--port 0`, "s"))
  })
})
