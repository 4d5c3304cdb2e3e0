/**
 * Requests: what a client asks.
 *
 * Source: the Echo grammar, `request = timestamp:int64 subject:string metadata:array<int16> body:string`, behind the
 * header `api_key:int8 sequence:int8`; big endian, signed.
 *
 * @since 0.1.0
 */
import * as Binary from "@bytewright/core-binary/Binary"
import * as Codec from "@bytewright/core-binary/Codec"
import * as Frame from "./Frame.ts"

/**
 * The layout of a request without its frame: 20 bytes and what is in the strings and the array.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layout = Binary.Struct({
  ...Frame.header,
  timestamp: Binary.Int64,
  subject: Frame.string,
  metadata: Binary.Array(Binary.Int16, Binary.Int16),
  body: Frame.string
})

/**
 * A request. `sequence` correlates it with its response; `timestamp` is opaque to the protocol; `subject` and `body` are
 * opaque bytes (decoded ones are views of the chunk they came in); `metadata` has at most 32,767 items.
 *
 * @category models
 * @since 0.1.0
 */
export interface Request {
  readonly apiKey: 0
  readonly sequence: number
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly metadata: ReadonlyArray<number>
  readonly body: Uint8Array
}

/**
 * A request with its size in front.
 *
 * @category layouts
 * @since 0.1.0
 */
export const frame = Frame.make<Request>(layout)

/**
 * Reads and writes a framed request.
 *
 * @category codecs
 * @since 0.1.0
 */
export const codec: Codec.Codec<Request> = Codec.make(frame)
