/** Spans of calls, after OpenTelemetry's conventions for RPC. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { EchoClientError } from "../EchoClientError.ts"
import type { Endpoint } from "../Endpoint.ts"

const server = (endpoint: Endpoint | undefined): Record<string, string | number> => {
  if (endpoint === undefined) return {}
  return "path" in endpoint
    ? { "server.address": endpoint.path }
    : { "server.address": endpoint.host, "server.port": endpoint.port }
}

/** The call in a span of kind client; where it went is known only when it ended. */
export const span = <A>(
  method: string,
  call: Effect.Effect<A, EchoClientError>,
  job: { readonly endpoint: Endpoint | undefined }
): Effect.Effect<A, EchoClientError> =>
  call.pipe(
    Effect.onExit((exit) => {
      const error = Exit.isFailure(exit) ? Exit.findErrorOption(exit) : undefined
      return Effect.annotateCurrentSpan({
        ...server(job.endpoint),
        ...(error?._tag === "Some" ? { "error.type": error.value.reason._tag } : {})
      })
    }),
    Effect.withSpan(`Echo/${method}`, {
      kind: "client",
      attributes: { "rpc.system": "echo", "rpc.service": "Echo", "rpc.method": method }
    })
  )
