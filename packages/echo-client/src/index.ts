/**
 * @since 0.1.0
 */
export * as ClientMetrics from "./ClientMetrics.ts"
export * as Connection from "./Connection.ts"
export * as EchoClient from "./EchoClient.ts"
export * as EchoClientError from "./EchoClientError.ts"
export * as EchoUrl from "./EchoUrl.ts"
export * as Endpoint from "./Endpoint.ts"
export * as MemorySocket from "./MemorySocket.ts"
