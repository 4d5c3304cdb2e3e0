/**
 * The framing that the `arrow_ipc` module of oxigdal-streaming 0.1 writes. It resembles Arrow's file format and is
 * not Arrow: no other implementation reads it, and it mis-reads Arrow.
 *
 * **Details**
 *
 * ```text
 * "ARROW1" 00 00
 * per message: FF FF FF FF | int32 length of metadata | metadata | 0 to 8 | int64 length of body | body | 0 to 8
 * FF FF FF FF | 00 00 00 00 | "ARROW1"
 * ```
 *
 * All numbers are little-endian and both lengths leave the padding out. A message's type is byte 4 of its metadata.
 *
 * `compatible` mode does what the original does, byte for byte, and accepts what it accepts: a file cut nearly
 * anywhere, metadata and bodies beyond the end, unknown types read as record batches. Where the original's cursor
 * would wrap around 2^64 or stand still it fails instead. `strict` mode refuses everything that would lose or invent
 * data.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as ArrowError from "./ArrowError.ts"

/**
 * `compatible` reads and writes as the original does; `strict` refuses what would lose or invent data.
 *
 * @category models
 * @since 0.1.0
 */
export type Mode = "compatible" | "strict"

/**
 * The kinds of message, by byte 4 of the metadata: 1 to 5 in this order.
 *
 * @category schemas
 * @since 0.1.0
 */
export const MessageType = Schema.Literals(["Schema", "DictionaryBatch", "RecordBatch", "Tensor", "SparseTensor"])

/**
 * The kinds of message.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageType = typeof MessageType.Type

/**
 * What `next` says of one message: its type, the lengths as written (without padding), and where the body starts in
 * the data.
 *
 * @category schemas
 * @since 0.1.0
 */
export const MessageHeader = Schema.Struct({
  messageType: MessageType,
  metadataLength: Schema.Int,
  bodyLength: Schema.BigInt,
  bodyOffset: Schema.BigInt
})

/**
 * What `next` says of one message.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageHeader = typeof MessageHeader.Type

/**
 * One message to write: `metadata` whose byte 4 is its type, and `body`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Message {
  readonly metadata: Uint8Array
  readonly body: Uint8Array
}

const magic = Uint8Array.of(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31)
const end64 = 1n << 64n

/**
 * `size` rounded up to `alignment` with the original's bit trick, on unsigned 64-bit numbers that wrap.
 *
 * **Gotchas**
 *
 * Right for powers of two only: `alignTo(10n, 6n)` is 10. An alignment of 0 returns `size`, and a size within
 * `alignment` of 2^64 becomes 0.
 *
 * @category arithmetic
 * @since 0.1.0
 */
export const alignTo = (size: bigint, alignment: bigint): bigint =>
  alignment === 0n ? size : BigInt.asUintN(64, size + alignment - 1n) & ~(alignment - 1n)

/**
 * Whether `bytes` start with `ARROW1`, which is all the original asks.
 *
 * @category recognizing
 * @since 0.1.0
 */
export const isArrowFile = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte)

const typeOf = (metadata: Uint8Array): MessageType | undefined =>
  metadata.length < 8 ? undefined : MessageType.literals[metadata[4]! - 1]

const framing = (code: ArrowError.FramingError["code"], detail: string, offset: number): ArrowError.ArrowError =>
  ArrowError.make({ _tag: "FramingError", code }, detail, offset)

/**
 * A cursor over data in memory. It borrows `bytes` and copies nothing.
 *
 * **Example** (Walk the messages)
 *
 * ```ts
 * import { OxigdalDialect } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const metadata = Uint8Array.of(0, 0, 0, 0, 3, 0, 0, 0)
 * const bytes = Result.getOrThrow(OxigdalDialect.encode([{ metadata, body: Uint8Array.of(1, 2, 3) }]))
 * const reader = new OxigdalDialect.Reader(bytes, "strict")
 * Result.getOrThrow(reader.parseFileHeader())
 * console.log(Result.getOrThrow(reader.next()))
 * // => {
 * // =>   messageType: 'RecordBatch',
 * // =>   metadataLength: 8,
 * // =>   bodyLength: 3n,
 * // =>   bodyOffset: 32n
 * // => }
 * console.log(reader.buffer(32n, 1n, 2n), Result.getOrThrow(reader.next()))
 * // => Uint8Array(2) [ 2, 3 ] undefined
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export class Reader {
  declare readonly bytes: Uint8Array
  declare readonly mode: Mode
  readonly #view: DataView
  #offset = 0n

  constructor(bytes: Uint8Array, mode: Mode = "compatible") {
    this.bytes = bytes
    this.mode = mode
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Where the cursor stands; in compatible mode it may lie beyond the data. */
  get currentOffset(): bigint {
    return this.#offset
  }

  /**
   * Puts the cursor behind the 8-byte file header. Fails with `FileError/magic` where the data does not start with
   * `ARROW1`; strict mode wants all 8 bytes.
   */
  parseFileHeader(): Result.Result<void, ArrowError.ArrowError> {
    return ArrowError.attempt(() => {
      if (!isArrowFile(this.bytes)) {
        throw ArrowError.make({ _tag: "FileError", code: "magic" }, "Not an Arrow IPC file", 0)
      }
      if (this.mode === "strict" && this.bytes.length < 8) throw framing("truncated", "the file header is cut", 6)
      this.#offset = 8n
    })
  }

  /**
   * The header of the next message, and the cursor behind its body; `undefined` at the end.
   *
   * **Details**
   *
   * Fails in both modes with `FramingError/truncated` inside a metadata length. Compatible mode fails where the
   * original's position leaves 64 bits: `FramingError/non-advancing-frame` where it would come back to this frame,
   * `range-exceeded` elsewhere. Strict mode fails with `truncated` at any cut, `unexpected-message`,
   * `negative-metadata-length`, `negative-body-length`, `trailing-bytes` after the end mark, `FileError/magic` and
   * `UnsupportedFeature/message-type`. The cursor stays where the original leaves it.
   */
  next(): Result.Result<MessageHeader | undefined, ArrowError.ArrowError> {
    return ArrowError.attempt(() => (this.mode === "strict" ? this.#strict() : this.#compatible()))
  }

  /** The bytes at `bodyOffset + offset`, as a view; `undefined` where any of it is negative or outside the data. */
  buffer(bodyOffset: bigint, offset: bigint, length: bigint): Uint8Array | undefined {
    const from = bodyOffset + offset
    if (bodyOffset < 0n || offset < 0n || length < 0n || from + length > BigInt(this.bytes.length)) return undefined
    return this.bytes.subarray(Number(from), Number(from + length))
  }

  #compatible(): MessageHeader | undefined {
    const size = BigInt(this.bytes.length)
    if (this.#offset + 4n > size) return undefined
    const frameAt = Number(this.#offset)
    if (this.#view.getUint32(Number(this.#offset), true) === 0xffff_ffff) this.#offset += 4n
    if (this.#offset + 4n > size) throw framing("truncated", "Truncated metadata length", Number(this.#offset))
    const metadataLength = this.#view.getInt32(Number(this.#offset), true)
    if (metadataLength <= 0) return undefined
    const start = Number(this.#offset) + 4
    const held = start + metadataLength <= this.bytes.length
    const messageType = held ? typeOf(this.bytes.subarray(start, start + metadataLength)) : undefined
    const lengthAt = start + Math.ceil(metadataLength / 8) * 8
    const bodyLength = lengthAt + 8 <= this.bytes.length ? this.#view.getBigInt64(lengthAt, true) : 0n
    const bodyOffset = BigInt(lengthAt) + 8n
    const unsigned = BigInt.asUintN(64, bodyLength)
    const next = bodyOffset + unsigned + ((8n - (unsigned % 8n)) % 8n)
    if (next >= end64) {
      // Where the original's position wraps to this frame or before it, it reads the same message for ever.
      const code = next - end64 <= BigInt(frameAt) ? "non-advancing-frame" : "range-exceeded"
      throw framing(code, `a body of ${bodyLength} bytes would take the position beyond 2^64`, lengthAt)
    }
    this.#offset = next
    return { messageType: messageType ?? "RecordBatch", metadataLength, bodyLength, bodyOffset }
  }

  #strict(): MessageHeader | undefined {
    const { bytes } = this
    const at = Number(this.#offset)
    const need = (count: number, from: number, what: string) => {
      if (count > bytes.length - from) throw framing("truncated", `the data ends inside ${what}`, from)
    }
    need(8, at, "a message's prefix")
    if (this.#view.getUint32(at, true) !== 0xffff_ffff) {
      throw framing("unexpected-message", "a message starts with FF FF FF FF", at)
    }
    const metadataLength = this.#view.getInt32(at + 4, true)
    if (metadataLength < 0) throw framing("negative-metadata-length", `metadata of ${metadataLength} bytes`, at + 4)
    if (metadataLength === 0) {
      need(14, at, "the end mark")
      if (!isArrowFile(bytes.subarray(at + 8))) {
        throw ArrowError.make({ _tag: "FileError", code: "magic" }, "no ARROW1 behind the end mark", at + 8)
      }
      if (bytes.length > at + 14) throw framing("trailing-bytes", "data follows the trailing ARROW1", at + 14)
      return undefined
    }
    const start = at + 8
    const lengthAt = start + Math.ceil(metadataLength / 8) * 8
    need(lengthAt + 8 - start, start, "a message's metadata")
    const messageType = typeOf(bytes.subarray(start, start + metadataLength))
    if (messageType === undefined) throw unknownType(start + 4)
    const bodyLength = this.#view.getBigInt64(lengthAt, true)
    if (bodyLength < 0n) throw framing("negative-body-length", `a body of ${bodyLength} bytes`, lengthAt)
    const bodyOffset = BigInt(lengthAt) + 8n
    const next = bodyOffset + alignTo(bodyLength, 8n)
    if (next > BigInt(bytes.length)) throw framing("truncated", "the data ends inside a message's body", lengthAt + 8)
    this.#offset = next
    return { messageType, metadataLength, bodyLength, bodyOffset }
  }
}

const unknownType = (offset: number): ArrowError.ArrowError =>
  ArrowError.make(
    { _tag: "UnsupportedFeature", code: "message-type" },
    "byte 4 of the metadata is no message type (1 to 5)",
    offset
  )

/**
 * Writes messages as the original's writer does, file header, end mark and trailing magic included: 22 bytes, and 16
 * a message, and its padded parts.
 *
 * **Details**
 *
 * Never fails in compatible mode. Strict mode (the default) fails with `FramingError/empty-metadata`, which would
 * read back as the end and hide the rest, and with `UnsupportedFeature/message-type` where byte 4 of the metadata is
 * no type. The caller owns the result.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (
  messages: ReadonlyArray<Message>,
  mode: Mode = "strict"
): Result.Result<Uint8Array, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const align8 = (length: number) => Math.ceil(length / 8) * 8
    const size = messages.reduce(
      (sum, { body, metadata }) => sum + 16 + align8(metadata.length) + align8(body.length),
      22
    )
    const output = new Uint8Array(size)
    const view = new DataView(output.buffer)
    output.set(magic)
    let p = 8
    for (const { body, metadata } of messages) {
      if (mode === "strict") {
        if (metadata.length === 0) throw framing("empty-metadata", "empty metadata would read back as the end", p + 4)
        if (typeOf(metadata) === undefined) throw unknownType(p + 12)
      }
      view.setUint32(p, 0xffff_ffff, true)
      view.setInt32(p + 4, metadata.length, true)
      output.set(metadata, p + 8)
      p += 8 + align8(metadata.length)
      view.setBigInt64(p, BigInt(body.length), true)
      output.set(body, p + 8)
      p += 8 + align8(body.length)
    }
    view.setUint32(p, 0xffff_ffff, true)
    output.set(magic, p + 8)
    return output
  })
