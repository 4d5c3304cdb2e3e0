/** One unary method whose messages are the bytes themselves: no time goes into protobuf. */
import type { ServiceDefinition } from "@grpc/grpc-js"

const same = (bytes: Buffer): Buffer => bytes

export const service = {
  echo: {
    path: "/Echo/echo",
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same
  }
} satisfies ServiceDefinition
