/**
 * What requests and responses share: frame, header, string.
 *
 * Source: the Echo grammar, `frame = size:int32 payload`, `payload = api_key:int8 sequence:int8 message`,
 * `string = length:int32 bytes`; big endian, signed. The size counts the payload only.
 *
 * @since 0.1.0
 */
import * as Binary from "@bytewright/core-binary/Binary"
import type { Layout } from "@bytewright/core-binary/Layout"

/**
 * The greatest frame, its size field included, that is taken unless an option says otherwise: 1 MiB.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultMaxFrameSize = 0x100000

/**
 * The header of every message: the API that is called (0 is Echo, the only one) and the number that correlates a
 * response with its request, -128 to 127.
 *
 * @category layouts
 * @since 0.1.0
 */
export const header = { apiKey: Binary.Literals(Binary.Int8, [0]), sequence: Binary.Int8 }

/**
 * A string: opaque bytes behind their number. {@link text} gives them as text.
 *
 * @category layouts
 * @since 0.1.0
 */
export const string = Binary.Bytes(Binary.Int32)

/**
 * A message with its size in front; the size is at least that of the header.
 *
 * @category layouts
 * @since 0.1.0
 */
export const make = <A>(message: Layout<A>): Layout<A> =>
  Binary.Window(Binary.prefixed(Binary.Int32, { min: 2 }), message)

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * A string's bytes as text; `undefined` where they are not well-formed UTF-8.
 *
 * @category text
 * @since 0.1.0
 */
export const text = (bytes: Uint8Array): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * Text as a string's bytes, which belong to the caller; `undefined` where a lone surrogate has no UTF-8.
 *
 * @category text
 * @since 0.1.0
 */
export const bytes = (text: string): Uint8Array | undefined => (text.isWellFormed() ? encoder.encode(text) : undefined)
