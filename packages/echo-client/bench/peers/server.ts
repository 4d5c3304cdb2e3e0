/** A peer's own server in a process of its own: `node server.ts rpc|grpc` prints its port. */
import * as Grpc from "@grpc/grpc-js"
import { NodeRuntime, NodeSocketServer } from "@effect/platform-node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RpcSerialization from "effect/rpc/RpcSerialization"
import * as RpcServer from "effect/rpc/RpcServer"
import * as SocketServer from "effect/socket/SocketServer"
import { EchoRpcs } from "./echoRpc.ts"
import { service } from "./grpcService.ts"

const rpc = (): void => {
  const handlers = EchoRpcs.toLayer({
    Echo: ({ body, subject, timestamp }) => Effect.succeed({ id: 1, timestamp, subject, body })
  })
  const socket = NodeSocketServer.layer({ port: 0, host: "127.0.0.1" })
  const server = Layer.mergeAll(
    Layer.provide(RpcServer.layer(EchoRpcs, { disableTracing: true }), [
      handlers,
      Layer.provide(RpcServer.layerProtocolSocketServer, RpcSerialization.layerSchemaBinary())
    ]),
    Layer.effectDiscard(
      Effect.map(SocketServer.SocketServer, ({ address }) => {
        if ("port" in address) console.log(address.port)
      })
    )
  ).pipe(Layer.provide(socket))
  NodeRuntime.runMain(Layer.launch(server))
}

const grpc = (): void => {
  const server = new Grpc.Server()
  server.addService(service, {
    echo: (call: Grpc.ServerUnaryCall<Buffer, Buffer>, callback: Grpc.sendUnaryData<Buffer>) =>
      callback(null, call.request)
  })
  server.bindAsync("127.0.0.1:0", Grpc.ServerCredentials.createInsecure(), (_, port) => console.log(port))
}

if (process.argv[2] === "rpc") rpc()
else grpc()
