import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import * as Net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Tls from "node:tls"
import * as Parser from "@bytewright/echo-protocol/Parser"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Result from "effect/Result"
import { afterAll, afterEach, assert, describe, it } from "vitest"
import { fails, killAll, request, start, stop } from "./server.ts"

const directory = mkdtempSync(join(tmpdir(), "demo-server-tls-"))
const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")]
const made = ((): boolean => {
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
  try {
    execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, "-days", "2", ...subject], {
      stdio: "ignore"
    })
    return true
  } catch {
    return false
  }
})()
afterAll(() => rmSync(directory, { recursive: true }))
afterEach(killAll)

describe.skipIf(!made)("the demo server with a certificate", () => {
  const tls = ["--tls-cert", cert, "--tls-key", key]

  const connectTls = async (port: number) => {
    const socket = Tls.connect({ port, host: "127.0.0.1", ca: readFileSync(cert) })
    const parser = Parser.make(Response.frame)
    const responses: Array<Response.Response> = []
    socket.on("data", (chunk: Uint8Array) => {
      parser.feed(chunk)
      responses.push(...Result.getOrThrow(parser.parse()))
    })
    await once(socket, "secureConnect")
    return { socket, responses }
  }

  it("answers over TLS, small pieces and large ones, to the last when a peer closes its side", async () => {
    const { port, server } = await start(...tls)
    const { responses, socket } = await connectTls(port)
    assert.isTrue(socket.authorized)
    const frames = Buffer.concat(Array.from({ length: 5000 }, (_, index) => request((index & 255) - 128)))
    for (let p = 0; p < 300; p++) socket.write(frames.subarray(p, p + 1))
    socket.end(frames.subarray(300))
    await once(socket, "end")
    assert.deepStrictEqual(
      responses.map(({ id, sequence }) => [id, sequence]),
      Array.from({ length: 5000 }, (_, index) => [index + 1, (index & 255) - 128])
    )
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
    assert.strictEqual(server.said.join(""), "")
  })

  it("goes on when one speaks no TLS and another does not trust it", async () => {
    const { port, server } = await start(...tls)
    const plain = Net.connect({ port, host: "127.0.0.1" })
    plain.on("error", () => undefined)
    plain.resume()
    plain.write(request(1))
    await new Promise((resolve) => void plain.once("close", resolve))
    const distrustful = Tls.connect({ port, host: "127.0.0.1" })
    const [error] = (await once(distrustful, "error")) as [Error]
    assert.match(error.message, /self-signed certificate/)
    const { responses, socket } = await connectTls(port)
    socket.end(request(2))
    await once(socket, "end")
    assert.strictEqual(responses[0]!.sequence, 2)
    assert.strictEqual(await stop(server, "SIGTERM"), 0)
  })

  it("wants the certificate and its key", async () => {
    assert.match(await fails("--tls-cert", cert), /TLS needs both --tls-cert and --tls-key/)
    assert.match(await fails("--tls-cert", cert, "--tls-key", cert), /cannot serve/)
  })
})
