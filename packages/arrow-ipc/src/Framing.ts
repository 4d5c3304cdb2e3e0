/**
 * Cuts a byte stream into encapsulated messages, however it is chunked.
 *
 * A message is `FFFFFFFF, int32 length, flatbuffer, padding, body`; before 0.15 the first word was missing. A length
 * of 0, or the end of the bytes
 * between two messages, ends the stream.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import { checkBodyLength, checkMetadataLength, int32 } from "./internal/lengths.ts"
import * as Limits from "./Limits.ts"
import type { Message } from "./Message.ts"
import { unsafeDecodeMessage } from "./Metadata.ts"

/**
 * One encapsulated message.
 *
 * `metadata` and `body` are views of the chunk they came in; only what spans chunks was copied, once. Offsets count
 * from the first byte pushed.
 *
 * @category models
 * @since 0.1.0
 */
export interface Frame {
  readonly message: Message
  /** The flatbuffer, with its padding. */
  readonly metadata: Uint8Array
  readonly body: Uint8Array
  /** Where the prefix starts. */
  readonly offset: number
  /** Where the flatbuffer starts. */
  readonly metadataOffset: number
  /** Where the body starts. */
  readonly bodyOffset: number
}

type Stage = "prefix" | "length" | "metadata" | "body" | "ended"

const firstAllocation = 2 ** 20

/**
 * Collects what is needed next from chunks: a view if one chunk holds it, else a copy that grows with what has
 * arrived, so that an
 * announced length alone allocates nothing to speak of.
 */
class Gatherer {
  /** Bytes consumed since the first chunk. */
  offset = 0
  private chunk: Uint8Array = new Uint8Array(0)
  private position = 0
  private pending: Uint8Array | undefined
  private held = 0
  /** Whether `pending` is a view of chunks, not a copy. */
  private isView = false

  feed(chunk: Uint8Array): void {
    this.chunk = chunk
    this.position = 0
  }

  get isEmpty(): boolean {
    return this.held === 0 && this.position === this.chunk.byteLength
  }

  take(need: number): Uint8Array | undefined {
    const available = this.chunk.byteLength - this.position
    if (this.held === 0 && available >= need) {
      const view = this.chunk.subarray(this.position, this.position + need)
      this.position += need
      this.offset += need
      return view
    }
    const wanted = Math.min(need - this.held, available)
    this.hold(this.chunk.subarray(this.position, this.position + wanted), need)
    this.position += wanted
    if (this.held < need) return undefined
    const gathered = this.pending!.subarray(0, need)
    this.pending = undefined
    this.held = 0
    this.offset += need
    return gathered
  }

  /** Chunks that lie one after another in one buffer need no copy. */
  private hold(part: Uint8Array, need: number): void {
    const { held, pending } = this
    this.held += part.byteLength
    if (pending === undefined) {
      this.pending = part
      this.isView = true
    } else if (this.isView && pending.buffer === part.buffer && pending.byteOffset + held === part.byteOffset) {
      this.pending = new Uint8Array(part.buffer, pending.byteOffset, this.held)
    } else {
      const own = this.isView ? undefined : pending
      this.isView = false
      const reserved = this.reserve(own, need)
      if (reserved !== pending) reserved.set(pending.subarray(0, held))
      reserved.set(part, held)
      this.pending = reserved
    }
  }

  private reserve(own: Uint8Array | undefined, need: number): Uint8Array {
    return own !== undefined && own.byteLength >= this.held
      ? own
      : new Uint8Array(Math.min(need, Math.max(firstAllocation, this.held * 8)))
  }
}

/**
 * The incremental machine: push chunks, get the messages they complete.
 *
 * **Details**
 *
 * A failure is terminal. Messages that were complete before the fault are returned first, and the failure by the next
 * call. Bytes after
 * the end-of-stream marker are not looked at. Failures: `FramingError`, `LimitExceeded` and what
 * `Metadata.decodeMessage` fails with.
 *
 * @category models
 * @since 0.1.0
 */
export class Framer {
  private declare readonly limits: Limits.Limits
  private readonly input = new Gatherer()
  private stage: Stage = "prefix"
  private failure: ArrowError.ArrowError | undefined
  private start = 0
  private metadataLength = 0
  private metadata: Uint8Array = new Uint8Array(0)
  private metadataOffset = 0
  private message: Message | undefined

  constructor(limits: Limits.Limits = Limits.defaults) {
    this.limits = limits
  }

  /** Whether the end-of-stream marker was read. */
  get ended(): boolean {
    return this.stage === "ended"
  }

  /** Takes the next chunk, of any size, and returns the messages it completes. */
  push(chunk: Uint8Array): Result.Result<ReadonlyArray<Frame>, ArrowError.ArrowError> {
    if (this.failure !== undefined) return Result.fail(this.failure)
    const frames: Array<Frame> = []
    const outcome = ArrowError.attempt(() => {
      this.input.feed(chunk)
      while (this.step(frames)) {
        // each step consumes what it needs
      }
    })
    if (Result.isFailure(outcome)) {
      this.failure = outcome.failure
      if (frames.length === 0) return Result.fail(outcome.failure)
    }
    return Result.succeed(frames)
  }

  /** Says that no more bytes come: a failure of `push` not yet returned, or `truncated` inside a message. */
  end(): Result.Result<void, ArrowError.ArrowError> {
    if (this.failure !== undefined) return Result.fail(this.failure)
    if (this.stage === "ended" || (this.stage === "prefix" && this.input.isEmpty)) return Result.void
    const what = this.stage === "body" ? `body of ${this.message!.bodyLength} bytes` : this.stage
    return Result.fail(
      ArrowError.make(
        { _tag: "FramingError", code: "truncated" },
        `the stream ends inside a ${what}`,
        this.input.offset
      )
    )
  }

  private step(frames: Array<Frame>): boolean {
    switch (this.stage) {
      case "prefix":
        return this.readPrefix()
      case "length":
        return this.readLength()
      case "metadata":
        return this.readMetadata()
      case "body":
        return this.readBody(frames)
      case "ended":
        return false
    }
  }

  private readPrefix(): boolean {
    if (this.input.isEmpty) return false
    const bytes = this.input.take(4)
    if (bytes === undefined) return false
    this.start = this.input.offset - 4
    const word = int32(bytes)
    if (word === -1) this.stage = "length"
    else this.expectMetadata(word)
    return true
  }

  private readLength(): boolean {
    const bytes = this.input.take(4)
    if (bytes === undefined) return false
    this.expectMetadata(int32(bytes))
    return true
  }

  private expectMetadata(length: number): void {
    checkMetadataLength(length, this.input.offset - 4, this.limits)
    this.metadataLength = length
    this.stage = length === 0 ? "ended" : "metadata"
  }

  private readMetadata(): boolean {
    const metadata = this.input.take(this.metadataLength)
    if (metadata === undefined) return false
    this.metadata = metadata
    this.metadataOffset = this.input.offset - this.metadataLength
    this.message = unsafeDecodeMessage(metadata, this.metadataOffset, this.limits)
    checkBodyLength(this.message.bodyLength, this.start, this.limits)
    this.stage = "body"
    return true
  }

  private readBody(frames: Array<Frame>): boolean {
    const message = this.message!
    const body = this.input.take(message.bodyLength)
    if (body === undefined) return false
    frames.push({
      message,
      metadata: this.metadata,
      body,
      offset: this.start,
      metadataOffset: this.metadataOffset,
      bodyOffset: this.input.offset - message.bodyLength
    })
    this.stage = "prefix"
    return true
  }
}

/**
 * All messages of `bytes`, which holds a whole stream; no byte is copied.
 *
 * @category decoding
 * @since 0.1.0
 */
export const frames = (
  bytes: Uint8Array,
  limits: Limits.Limits = Limits.defaults
): Result.Result<ReadonlyArray<Frame>, ArrowError.ArrowError> => {
  const framer = new Framer(limits)
  return Result.flatMap(framer.push(bytes), (frames) => Result.map(framer.end(), () => frames))
}
