/** Servers and sockets that are not ours: Python's asyncio, TLS, Unix sockets. */
import { assert, describe, it } from "@effect/vitest"
import { NodeSocket } from "@effect/platform-node"
import { Effect, Exit, Fiber, Stream } from "effect"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { type ConnectionOptions, createServer as createTlsServer, type TlsOptions } from "node:tls"
import { fileURLToPath } from "node:url"
import { EchoClient, Endpoint } from "../src/index.ts"
import { answers, dialer, encodeResponse, message, requestsIn, responseTo } from "./support/peer.ts"

const runs = (command: string, argument: string): boolean => spawnSync(command, [argument]).status === 0
const python = runs("python3", "--version")
const openssl = runs("openssl", "version")

const lines = (input: NodeJS.ReadableStream) => {
  const iterator = createInterface({ input })[Symbol.asyncIterator]()
  return Effect.promise(async () => (await iterator.next()).value as string)
}

const temporary = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "echo-client-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

const answer = (socket: Socket): void => {
  const requests = requestsIn()
  socket.on("data", (chunk) => {
    for (const request of requests(chunk as Buffer)) socket.write(encodeResponse(responseTo(request)))
  })
  socket.on("error", () => {})
}

const listening = (server: Server, at: string | number) =>
  Effect.acquireRelease(
    Effect.callback<Server>((resume) => {
      server.listen(at, () => resume(Effect.succeed(server)))
    }),
    () => Effect.sync(() => server.close())
  )

const asyncio = (...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const path = fileURLToPath(new URL("peers/server.py", import.meta.url))
      return spawn("python3", [path, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    }),
    (process) => Effect.sync(() => process.kill("SIGKILL"))
  )

/** A key and the certificate that it signs for itself. */
const certificate = (directory: string, name: string): { readonly key: Buffer; readonly cert: Buffer } => {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.pem`)]
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`]
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", key, "-out", cert, "-days", "2", ...subject], {
    stdio: "ignore"
  })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

const tlsServer = (options: TlsOptions) =>
  Effect.gen(function* () {
    const server = createTlsServer(options, answer)
    server.on("tlsClientError", () => {})
    yield* listening(server, 0)
    return (server.address() as { readonly port: number }).port
  })

/** Dials TLS as the options say. */
const secure = (options: ConnectionOptions) =>
  Endpoint.layer((endpoint) =>
    "path" in endpoint
      ? NodeSocket.makeNet(endpoint)
      : NodeSocket.makeTls({ ...endpoint, servername: endpoint.host, ...options })
  )

describe("peers", () => {
  it.live.skipIf(!python)(
    "100,000 pipelined requests to asyncio: reordered, dribbled, all 256 numbers used, 0 wrong",
    () =>
      Effect.gen(function* () {
        const path = fileURLToPath(new URL("peers/server.py", import.meta.url))
        const server = yield* Effect.acquireRelease(
          Effect.sync(() => spawn("python3", [path, "7"], { stdio: ["ignore", "pipe", "inherit"] })),
          (process) => Effect.sync(() => process.kill("SIGKILL"))
        )
        const line = lines(server.stdout)
        const port = Number(yield* line)
        const echo = yield* EchoClient.make({
          endpoints: [Endpoint.tcp("127.0.0.1", port)],
          connections: 2,
          timeout: "50 seconds"
        }).pipe(Effect.provide(dialer))
        const responses = yield* Stream.range(0, 99_999).pipe(
          Stream.map(message),
          Stream.rechunk(2_000),
          echo.echoStream(),
          Stream.runCollect
        )
        assert.strictEqual(responses.length, 100_000)
        assert.strictEqual(responses.filter((response, n) => !answers(n, response)).length, 0)
        server.kill("SIGTERM")
        assert.strictEqual(yield* line, "256")
      })
  )

  it.live.skipIf(!python)(
    "a server killed with kill -9: every pending request settles, and the client finds the next",
    () =>
      Effect.gen(function* () {
        const first = yield* asyncio("7")
        const port = yield* lines(first.stdout)
        const echo = yield* EchoClient.make({
          endpoints: [Endpoint.tcp("127.0.0.1", Number(port))],
          connections: 2,
          timeout: "50 seconds",
          backoff: { min: 10, max: 50 }
        }).pipe(Effect.provide(dialer))
        let killed = false
        const worker = Effect.gen(function* () {
          for (let n = 0; ; n++) {
            const exit = yield* Effect.exit(echo.echo(message(n)))
            if (Exit.isFailure(exit)) return exit
            assert.isTrue(answers(n, exit.value))
            if (!killed && n === 50) {
              killed = true
              first.kill("SIGKILL")
            }
          }
        })
        const exits = yield* Effect.forkChild(
          Effect.forEach(Array.from({ length: 400 }), () => worker, { concurrency: "unbounded" })
        )
        while ((yield* echo.stats).lost === 0) yield* Effect.sleep(5)
        const second = yield* asyncio("8", port)
        yield* lines(second.stdout)
        assert.isTrue(answers(1, yield* echo.echo(message(1))))
        second.kill("SIGKILL")
        for (const exit of yield* Fiber.join(exits)) {
          const reason = Exit.findErrorOption(exit)
          assert.strictEqual(reason._tag === "Some" ? reason.value.reason._tag : "none", "ConnectionLost")
        }
        assert.strictEqual((yield* echo.stats).inFlight, 0)
      })
  )

  it.live("a Unix socket", () =>
    Effect.gen(function* () {
      const path = join(yield* temporary, "echo.sock")
      yield* listening(createServer(answer), path)
      const echo = yield* EchoClient.make({ endpoints: [Endpoint.unix(path)] }).pipe(Effect.provide(dialer))
      assert.isTrue(answers(5, yield* echo.echo(message(5))))
    })
  )

  it.live.skipIf(!openssl)("TLS, with the server's certificate verified", () =>
    Effect.gen(function* () {
      const { cert, key } = certificate(yield* temporary, "localhost")
      const port = yield* tlsServer({ key, cert })
      const endpoints = [Endpoint.tcp("localhost", port, { tls: true })]
      const echo = yield* Effect.provide(EchoClient.make({ endpoints }), secure({ ca: cert }))
      const responses = yield* echo.echoMany(Array.from({ length: 1_000 }, (_, n) => message(n)))
      assert.isTrue(responses.every((response, n) => answers(n, response)))
      const distrustful = yield* Effect.provide(EchoClient.make({ endpoints, timeout: 200 }), secure({}))
      const error = yield* Effect.flip(distrustful.echo(message(1)))
      assert.include(error.message, "self-signed certificate")
    })
  )

  it.live.skipIf(!openssl)("TLS both ways: a server that asks for the client's certificate", () =>
    Effect.gen(function* () {
      const directory = yield* temporary
      const server = certificate(directory, "localhost")
      const own = certificate(directory, "client")
      const port = yield* tlsServer({ ...server, ca: own.cert, requestCert: true, rejectUnauthorized: true })
      const endpoints = [Endpoint.tcp("localhost", port, { tls: true })]
      const echo = yield* Effect.provide(EchoClient.make({ endpoints }), secure({ ca: server.cert, ...own }))
      assert.isTrue(answers(5, yield* echo.echo(message(5))))
      const unknown = yield* Effect.provide(
        EchoClient.make({ endpoints, timeout: 500, backoff: { min: 5, max: 10 } }),
        secure({ ca: server.cert })
      )
      const error = yield* Effect.flip(unknown.echo(message(1)))
      assert.include(["ConnectionLost", "Timeout"], error.reason._tag)
      assert.isTrue(answers(6, yield* echo.echo(message(6))))
    })
  )
})
