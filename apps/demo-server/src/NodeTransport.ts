/** TCP and TLS for the server: `node:net` and `node:tls` behind `effect/socket`. */
import * as NodeSocket from "@effect/platform-node/NodeSocket"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import { Transport } from "@bytewright/echo-server"
import * as Layer from "effect/Layer"
import type { ListenOptions } from "node:net"
import type { TlsOptions } from "node:tls"

// Sides close separately, so that a peer that has sent its last request still gets its responses, and small writes leave at once.
const always = { allowHalfOpen: true, noDelay: true }

/** Listens on TCP or a Unix socket; with a certificate and its key, for TLS. */
export const layer = (options: ListenOptions, tls?: Pick<TlsOptions, "cert" | "key">) =>
  Transport.layer(NodeSocket.NetSocket).pipe(
    Layer.provide(
      tls === undefined
        ? NodeSocketServer.layer({ ...options, ...always })
        : NodeSocketServer.layerTls({ ...options, ...tls, ...always })
    )
  )
