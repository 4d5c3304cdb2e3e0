/**
 * Where a server listens, and the `echo://` URLs that say so.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Socket from "effect/socket/Socket"

/**
 * A TCP address. `tls` asks the dialer for TLS; `noDelay` is there because an endpoint is also what
 * `NodeSocket.makeNet` takes, and requests must not wait for acknowledgements.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tcp {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly noDelay: true
}

/**
 * The path of a Unix socket.
 *
 * @category models
 * @since 0.1.0
 */
export interface Unix {
  readonly path: string
}

/**
 * Where a server listens.
 *
 * @category models
 * @since 0.1.0
 */
export type Endpoint = Tcp | Unix

/**
 * A TCP endpoint.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tcp = (host: string, port: number, options?: { readonly tls?: boolean | undefined }): Tcp => ({
  host,
  port,
  tls: options?.tls ?? false,
  noDelay: true
})

/**
 * The endpoint of a Unix socket.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unix = (path: string): Unix => ({ path })

/**
 * How people write the endpoint: `host:port`, or the path.
 *
 * @category rendering
 * @since 0.1.0
 */
export const format = (endpoint: Endpoint): string =>
  "path" in endpoint
    ? endpoint.path
    : `${endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`

/**
 * Makes the sockets of a client. It is called once for each connection attempt, because a socket of Effect keeps
 * writes made while it is disconnected and sends them on its next connection, where sequence numbers mean others.
 *
 * **Details**
 *
 * On Node: `Endpoint.layer((endpoint) => NodeSocket.makeNet(endpoint))`.
 *
 * Bytes that are written are left alone until the peer has answered all requests of the connection, and then written over: a
 * socket that keeps them longer than the peer needs to read them has to copy them.
 *
 * @category services
 * @since 0.1.0
 */
export class Dialer extends Context.Service<Dialer, (endpoint: Endpoint) => Effect.Effect<Socket.Socket>>()(
  "@bytewright/echo-client/Endpoint/Dialer"
) {}

/**
 * A layer of the `Dialer` that calls `dial`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (dial: Dialer["Service"]): Layer.Layer<Dialer> => Layer.succeed(Dialer, dial)
