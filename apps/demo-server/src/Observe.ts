/** Health and metrics over HTTP, for whoever watches the server. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { EchoServer } from "@bytewright/echo-server"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { createServer } from "node:http"

const health = HttpRouter.add(
  "GET",
  "/health",
  Effect.gen(function* () {
    const server = yield* EchoServer.EchoServer
    const stats = yield* server.stats
    return yield* HttpServerResponse.json({ status: "serving", ...stats })
  })
)

/** Serves `/health`, the server's counts as JSON, and `/metrics` in Prometheus' format. */
export const layer = (host: string, port: number) =>
  HttpRouter.serve(Layer.mergeAll(health, PrometheusMetrics.layerHttp()), { disableLogger: true }).pipe(
    Layer.provide(NodeHttpServer.layer(createServer, { host, port }))
  )
