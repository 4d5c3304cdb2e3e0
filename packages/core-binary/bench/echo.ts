/** The Echo request, as layout and as values: what every contender reads and writes. */
import * as Binary from "../src/Binary.ts"

export const Request = Binary.Struct({
  apiKey: Binary.Int8,
  sequence: Binary.Int8,
  timestamp: Binary.Int64,
  subject: Binary.Bytes(Binary.Int32),
  metadata: Binary.Array(Binary.Int16, Binary.Int16),
  body: Binary.Bytes(Binary.Int32)
})

export type Request = typeof Request.Type

const encoder = new TextEncoder()

/** The request of the Echo talk: 57 bytes with its size field, 53 without. */
export const small: Request = {
  apiKey: 0,
  sequence: 0,
  timestamp: 9999n,
  subject: encoder.encode("test"),
  metadata: [1, 2, 3],
  body: encoder.encode("We have a lot in common")
}

/** The same with a body of 1 KiB. */
export const large: Request = { ...small, body: Uint8Array.from({ length: 1024 }, (_, i) => i & 0xff) }
