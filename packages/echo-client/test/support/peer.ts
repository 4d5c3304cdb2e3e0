/** Servers for tests: what they do with each request is the test's choice. */
import * as Parser from "@bytewright/core-binary/Parser"
import * as Request from "@bytewright/echo-protocol/Request"
import * as Response from "@bytewright/echo-protocol/Response"
import * as Effect from "effect/Effect"
import { createServer, type Server, type Socket } from "node:net"
import { NodeSocket } from "@effect/platform-node"
import { Endpoint, type Connection } from "../../src/index.ts"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
export const text = (value: Uint8Array): string => new TextDecoder().decode(value)

/** A message whose parts all depend on `n`, so that a wrong answer cannot look right. */
export const message = (n: number): Connection.Message => ({
  timestamp: BigInt(n),
  subject: bytes(`subject ${n}`),
  metadata: [n & 0x7fff],
  body: bytes(`body ${n}`)
})

export const answers = (n: number, response: Response.Response): boolean =>
  response.timestamp === BigInt(n) && text(response.subject) === `subject ${n}` && text(response.body) === `body ${n}`

export const responseTo = (request: Request.Request, id = 1): Response.Response => ({
  apiKey: request.apiKey,
  sequence: request.sequence,
  id,
  timestamp: request.timestamp,
  subject: request.subject,
  body: request.body
})

export const encodeResponse = (response: Response.Response): Uint8Array => Response.codec.encodeSync(response)

export const requestsIn = (): ((chunk: Uint8Array) => ReadonlyArray<Request.Request>) => {
  const parser = Parser.make(Request.frame)
  return (chunk) => parser.feedSync(chunk)
}

export interface TcpServer {
  readonly port: number
  readonly sockets: Set<Socket>
  readonly server: Server
}

/** A TCP server on a free port of the loopback; `onRequest` answers by calling `reply`, when and how often it likes. */
export const tcpServer = (
  onRequest: (request: Request.Request, reply: (response: Response.Response) => void, socket: Socket) => void,
  port = 0
) =>
  Effect.acquireRelease(
    Effect.callback<TcpServer>((resume) => {
      const sockets = new Set<Socket>()
      const server = createServer({ noDelay: true }, (socket) => {
        sockets.add(socket)
        const requests = requestsIn()
        socket.on("data", (chunk) => {
          for (const request of requests(chunk as Buffer)) {
            onRequest(request, (response) => socket.writable && socket.write(encodeResponse(response)), socket)
          }
        })
        socket.on("error", () => {})
        socket.on("close", () => sockets.delete(socket))
      })
      server.listen(port, "127.0.0.1", () => {
        const address = server.address()
        resume(Effect.succeed({ port: typeof address === "object" ? address!.port : 0, sockets, server }))
      })
    }),
    ({ server, sockets }) =>
      Effect.callback<void>((resume) => {
        server.close(() => resume(Effect.void))
        for (const socket of sockets) socket.destroy()
      })
  )

export const dialer = Endpoint.layer((endpoint) => NodeSocket.makeNet(endpoint))
