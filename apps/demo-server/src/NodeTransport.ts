/** TCP and TLS for the server: `node:net` and `node:tls` behind `effect/socket`. */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import { Transport } from "@bytewright/echo-server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SocketServer from "effect/socket/SocketServer"
import type { ListenOptions } from "node:net"
import { createSecureContext, type SecureContextOptions } from "node:tls"

// Sides close separately, so that a peer that has sent its last request still gets its responses, and small writes leave at once.
const always = { allowHalfOpen: true, noDelay: true }

/** For how long a peer may take to agree on a key: the server's own timeouts begin when it has. */
const handshakeTimeout = 10_000

const tls = (options: ListenOptions, certificate: Pick<SecureContextOptions, "cert" | "key">) =>
  // A server that cannot be made would keep its layer from ever ending: a certificate that is none is found before.
  Effect.try({
    try: () => createSecureContext(certificate),
    catch: (cause) => new SocketServer.SocketServerError({ reason: new SocketServer.SocketServerOpenError({ cause }) })
  }).pipe(
    Effect.map(() => NodeSocketServer.layerTls({ ...options, ...certificate, ...always, handshakeTimeout })),
    Layer.unwrap
  )

/** Listens on TCP or a Unix socket; with a certificate and its key, for TLS. */
export const layer = (options: ListenOptions, certificate?: Pick<SecureContextOptions, "cert" | "key">) =>
  Transport.layer(NodeSocket.NetSocket).pipe(
    Layer.provide(
      certificate === undefined ? NodeSocketServer.layer({ ...options, ...always }) : tls(options, certificate)
    )
  )
