/**
 * Goes from message to message of a stream or file without reading what they hold.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import * as FileReader from "./FileReader.ts"
import { checkMetadataLength, int32 } from "./internal/lengths.ts"
import * as Limits from "./Limits.ts"
import type { Message, RecordBatch } from "./Message.ts"
import { unsafeDecodeMessage } from "./Metadata.ts"

/**
 * A message's header: what it is, and where it lies. Offsets count from the first byte.
 *
 * @category models
 * @since 0.1.0
 */
export interface MessageHeader {
  readonly type: Message["header"]["_tag"]
  /** Where the prefix starts. */
  readonly offset: number
  /** Bytes of the flatbuffer with its padding, prefix excluded. */
  readonly metadataLength: number
  readonly bodyOffset: number
  readonly bodyLength: number
  readonly message: Message
}

/**
 * A cursor over the messages in `bytes`.
 *
 * **Example** (List the messages of a stream)
 *
 * ```ts
 * import { MessageCursor, Schema, Writer } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const stream = Writer.concat(Result.getOrThrow(Writer.encode(Schema.make([]), [])))
 * const cursor = Result.getOrThrow(MessageCursor.make(stream))
 * const header = Result.getOrThrow(cursor.next())
 * console.log(header?.type, header?.metadataLength, header?.bodyLength)
 * // => Schema 48 0
 * console.log(Result.getOrThrow(cursor.next()))
 * // => undefined
 * ```
 *
 * @category models
 * @since 0.1.0
 */
export class MessageCursor {
  /** Where the next message starts. */
  position: number
  declare private readonly bytes: Uint8Array
  declare private readonly end: number
  declare private readonly limits: Limits.Limits

  constructor(bytes: Uint8Array, start: number, end: number, limits: Limits.Limits) {
    this.bytes = bytes
    this.position = start
    this.end = end
    this.limits = limits
  }

  /**
   * The next message, or `undefined` at the end; after a failure the cursor stays where it was. Fails as
   * `Framing.Framer` does.
   */
  next(): Result.Result<MessageHeader | undefined, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.read())
  }

  /** The body of a message, as a view. */
  body(header: MessageHeader): Uint8Array {
    return this.bytes.subarray(header.bodyOffset, header.bodyOffset + header.bodyLength)
  }

  private read(): MessageHeader | undefined {
    const offset = this.position
    if (offset === this.end) return undefined
    this.need(offset, 4, "prefix")
    const prefix = int32(this.bytes, offset) === -1 ? 8 : 4
    this.need(offset, prefix, "prefix")
    const metadataLength = int32(this.bytes, offset + prefix - 4)
    checkMetadataLength(metadataLength, offset + prefix - 4, this.limits)
    if (metadataLength === 0) return undefined
    const start = offset + prefix
    this.need(start, metadataLength, "flatbuffer")
    const message = unsafeDecodeMessage(this.bytes.subarray(start, start + metadataLength), start, this.limits)
    const { bodyLength } = message
    ArrowError.checkLimit("body", bodyLength, this.limits.bodyLength, offset)
    const bodyOffset = start + metadataLength
    this.need(bodyOffset, bodyLength, "body")
    this.position = bodyOffset + bodyLength
    return { type: message.header._tag, offset, metadataLength, bodyOffset, bodyLength, message }
  }

  private need(at: number, length: number, what: string): void {
    if (length <= this.end - at) return
    const detail = `${this.end - at} bytes are left of a ${what} of ${length}`
    throw ArrowError.make({ _tag: "FramingError", code: "truncated" }, detail, at)
  }
}

/**
 * A cursor at the first message of a stream or file; that of a file ends before the footer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  bytes: Uint8Array,
  limits: Limits.Limits = Limits.defaults
): Result.Result<MessageCursor, ArrowError.ArrowError> =>
  FileReader.isFile(bytes)
    ? Result.map(
        FileReader.parseHeader(bytes, limits),
        ({ footerOffset }) => new MessageCursor(bytes, 8, footerOffset, limits)
      )
    : Result.succeed(new MessageCursor(bytes, 0, bytes.byteLength, limits))

/**
 * The buffers of a record batch as views of its body, in the order of its metadata: compressed and in the byte order
 * they came in.
 *
 * Fails with `LayoutError` (`buffer-out-of-body`). The batch's field nodes are `batch.nodes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const buffers = (
  batch: RecordBatch,
  body: Uint8Array
): Result.Result<ReadonlyArray<Uint8Array>, ArrowError.ArrowError> =>
  ArrowError.attempt(() =>
    batch.buffers.map(({ length, offset }, i) => {
      if (offset >= 0 && length >= 0 && offset + length <= body.byteLength)
        return body.subarray(offset, offset + length)
      const detail = `${length} bytes at ${offset} of a body of ${body.byteLength}`
      throw ArrowError.make({ _tag: "LayoutError", code: "buffer-out-of-body" }, detail, offset, [i])
    })
  )
