/**
 * Responses: what a server answers.
 *
 * Source: the Echo grammar, `response = id:int32 timestamp:int64 subject:string body:string`, behind the header
 * `api_key:int8 sequence:int8`; big endian, signed.
 *
 * @since 0.1.0
 */
import * as Binary from "@bytewright/core-binary/Binary"
import * as Codec from "@bytewright/core-binary/Codec"
import * as Frame from "./Frame.ts"

/**
 * The layout of a response without its frame: 22 bytes and what is in the strings.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layout = Binary.Struct({
  ...Frame.header,
  id: Binary.Int32,
  timestamp: Binary.Int64,
  subject: Frame.string,
  body: Frame.string
})

/**
 * A response. `sequence` is that of its request, whatever the order of responses; `id` is the server's; the rest is the
 * request's. Decoded `subject` and `body` are views of the chunk they came in.
 *
 * @category models
 * @since 0.1.0
 */
export interface Response {
  readonly apiKey: 0
  readonly sequence: number
  readonly id: number
  readonly timestamp: bigint
  readonly subject: Uint8Array
  readonly body: Uint8Array
}

/**
 * A response with its size in front.
 *
 * @category layouts
 * @since 0.1.0
 */
export const frame = Frame.make<Response>(layout)

/**
 * Reads and writes a framed response.
 *
 * @category codecs
 * @since 0.1.0
 */
export const codec: Codec.Codec<Response> = Codec.make(frame)
