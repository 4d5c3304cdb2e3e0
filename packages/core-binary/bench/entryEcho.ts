/** A program that speaks the Echo protocol's requests: integers of every width, bytes and an array with their prefixes. */
import * as Binary from "../src/Binary.ts"
import * as Codec from "../src/Codec.ts"

const codec = Codec.make(
  Binary.Struct({
    apiKey: Binary.Int8,
    sequence: Binary.Int8,
    timestamp: Binary.Int64,
    subject: Binary.Bytes(Binary.Int32),
    metadata: Binary.Array(Binary.Int16, Binary.Int16),
    body: Binary.Bytes(Binary.Int32)
  })
)
export const decode = (bytes: Uint8Array) => codec.decode(bytes)
export const encode = (value: (typeof codec)["layout"]["Type"]) => codec.encode(value)
