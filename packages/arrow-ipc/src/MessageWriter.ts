/**
 * Writes encapsulated messages one after the other: the framing of streams and files, below schemas and record batches.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import type { Block, Footer } from "./Footer.ts"
import { encodeFooter, encodeMessage } from "./internal/encodeMetadata.ts"
import { padding } from "./internal/encodeBody.ts"
import * as Limits from "./Limits.ts"
import type { Message } from "./Message.ts"

/**
 * How messages are framed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** A `stream`, or a `file`: magic, the same stream, a footer. Default `stream`. */
  readonly format?: "stream" | "file" | undefined
  /** Buffers and bodies start at multiples of this. Default 8; 64 suits SIMD readers. */
  readonly alignment?: 8 | 64 | undefined
  /** Leaves the `FFFFFFFF` of each message away, as versions before 0.15 did. Default false. */
  readonly legacyFraming?: boolean | undefined
  /** The most bytes of metadata a message may have. Default 64 MiB, which is what readers accept by default. */
  readonly metadataLength?: number | undefined
}

const magic = Uint8Array.of(0x41, 0x52, 0x52, 0x4f, 0x57, 0x31, 0, 0)

/**
 * `size` rounded up to a multiple of `alignment`, which must be positive.
 *
 * @category arithmetic
 * @since 0.1.0
 */
export const alignTo = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment

/**
 * Frames messages and collects the chunks; `take` hands them over.
 *
 * **Details**
 *
 * Nothing is concatenated: a chunk is a prefix with its flatbuffer, padding, or one of the body's parts as it was
 * given, which must not change before its chunk has been used.
 *
 * **Example** (Frame one message)
 *
 * ```ts
 * import { MessageWriter, Schema } from "@bytewright/arrow-ipc"
 *
 * const writer = new MessageWriter.MessageWriter()
 * const schema = Schema.make([])
 * writer.write({ version: "V5", header: { _tag: "Schema", schema }, bodyLength: 0, customMetadata: [] }, [])
 * writer.finish()
 * console.log(writer.position, writer.take().map((chunk) => chunk.length))
 * // => 64 [ 56, 8 ]
 * ```
 *
 * @category encoding
 * @since 0.1.0
 */
export class MessageWriter {
  /** Bytes written so far. */
  position = 0
  declare private readonly isFile: boolean
  declare private readonly alignment: 8 | 64
  declare private readonly prefix: 4 | 8
  declare private readonly metadataLimit: number
  private chunks: Array<Uint8Array> = []
  private isFinished = false

  constructor(options: Options = {}) {
    this.isFile = options.format === "file"
    this.alignment = options.alignment ?? 8
    this.prefix = options.legacyFraming === true ? 4 : 8
    this.metadataLimit = options.metadataLength ?? Limits.defaults.metadataLength
    if (this.isFile) this.push(magic)
  }

  /** The chunks written since the last call, in order. */
  take(): ReadonlyArray<Uint8Array> {
    const { chunks } = this
    this.chunks = []
    return chunks
  }

  /**
   * Writes a message and its body, whose padded length replaces the message's `bodyLength`; returns where it lies.
   *
   * Fails with `FramingError/after-end` after `finish`, and with `LimitExceeded/metadata`.
   */
  write(message: Message, body: ReadonlyArray<Uint8Array>): Result.Result<Block, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeWrite(message, body))
  }

  /** As `write`, but throws. */
  unsafeWrite(message: Message, body: ReadonlyArray<Uint8Array>): Block {
    this.open()
    const offset = this.position
    const length = body.reduce((sum, part) => sum + part.length, 0)
    const bodyLength = alignTo(length, this.alignment)
    const metadata = encodeMessage({ ...message, bodyLength })
    const metaDataLength = alignTo(offset + this.prefix + metadata.length, this.alignment) - offset
    if (metaDataLength > this.metadataLimit) {
      const reason = { code: "metadata", limit: this.metadataLimit, wanted: metaDataLength } as const
      throw ArrowError.make(
        { _tag: "LimitExceeded", ...reason },
        `a message has metadata of ${metaDataLength} bytes`,
        offset
      )
    }
    const head = new Uint8Array(metaDataLength)
    const view = new DataView(head.buffer)
    if (this.prefix === 8) view.setUint32(0, 0xffff_ffff, true)
    view.setInt32(this.prefix - 4, metaDataLength - this.prefix, true)
    head.set(metadata, this.prefix)
    this.push(head)
    for (const part of body) this.push(part)
    this.push(padding(length, this.alignment))
    return { offset, metaDataLength, bodyLength }
  }

  /**
   * Writes the end-of-stream marker and, in a file, the footer.
   *
   * Fails with `FramingError/after-end` where it was called before, with `FileError/footer` where a file is given no
   * footer.
   */
  finish(footer?: Footer): Result.Result<void, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeFinish(footer))
  }

  /** As `finish`, but throws. */
  unsafeFinish(footer?: Footer): void {
    this.open()
    const mark = new Uint8Array(this.prefix)
    if (this.prefix === 8) mark.fill(0xff, 0, 4)
    this.push(mark)
    if (this.isFile) {
      if (footer === undefined) throw ArrowError.make({ _tag: "FileError", code: "footer" }, "a file needs a footer")
      const encoded = encodeFooter(footer)
      const length = new Uint8Array(4)
      new DataView(length.buffer).setInt32(0, encoded.length, true)
      this.push(padding(this.position, 8))
      this.push(encoded)
      this.push(length)
      this.push(magic.subarray(0, 6))
    }
    this.isFinished = true
  }

  private open(): void {
    if (this.isFinished) {
      throw ArrowError.make({ _tag: "FramingError", code: "after-end" }, "the writer has finished", this.position)
    }
  }

  private push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    this.chunks.push(chunk)
    this.position += chunk.length
  }
}
