/** The request of all contenders as a procedure of `effect/rpc`. */
import * as Schema from "effect/Schema"
import * as Rpc from "effect/rpc/Rpc"
import * as RpcGroup from "effect/rpc/RpcGroup"

const shared = { timestamp: Schema.BigInt, subject: Schema.Uint8Array, body: Schema.Uint8Array }

export const EchoRpcs = RpcGroup.make(
  Rpc.make("Echo", {
    payload: { ...shared, metadata: Schema.Array(Schema.Int) },
    success: Schema.Struct({ ...shared, id: Schema.Int })
  })
)
