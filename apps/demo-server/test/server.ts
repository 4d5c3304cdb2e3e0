/** The demo server as a process, and connections to it. */
import * as Parser from "@bytewright/echo-protocol/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Result from "effect/Result"
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import * as Net from "node:net"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"

export const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

export type Server = ChildProcessByStdio<null, Readable, Readable> & { readonly said: Array<string> }

const running: Array<Server> = []
/** Ends every server that is still running. */
export const killAll = (): void => {
  for (const server of running.splice(0)) server.kill("SIGKILL")
}

/** A free port, unless one is asked for. */
const withPort = (arguments_: ReadonlyArray<string>): ReadonlyArray<string> =>
  arguments_.includes("--port") ? arguments_ : ["--port", "0", ...arguments_]

/** A port that is free now. */
export const freePort = async (): Promise<number> => {
  const probe = Net.createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as Net.AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

export const start = async (
  ...arguments_: ReadonlyArray<string>
): Promise<{ readonly server: Server; readonly port: number }> => {
  const child = spawn(process.execPath, [main, ...withPort(arguments_)], { stdio: ["ignore", "pipe", "pipe"] })
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
export const stop = async (server: Server, signal: "SIGINT" | "SIGTERM"): Promise<number> => {
  const exited = once(server, "exit")
  server.kill(signal)
  const [code] = await exited
  return code as number
}

export const request = (sequence: number): Uint8Array =>
  Request.codec.encodeSync({
    apiKey: 0,
    sequence,
    timestamp: 0n,
    subject: new Uint8Array(0),
    metadata: [],
    body: new Uint8Array(100)
  })

/** A connection, and the responses it got. */
export const connect = async (port: number) => {
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

/** What a server says on standard error that does not start. */
export const fails = async (...arguments_: ReadonlyArray<string>): Promise<string> => {
  const child = spawn(process.execPath, [main, ...withPort(arguments_)], { stdio: ["ignore", "ignore", "pipe"] })
  let said = ""
  child.stderr.on("data", (text) => {
    said += String(text)
  })
  const [code] = await once(child, "close")
  if (code !== 1) throw new Error(`it ended with ${code}`)
  return said
}
