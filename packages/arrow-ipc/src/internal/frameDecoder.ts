/** Goes through the messages of a stream as their bytes come. */
import * as Result from "effect/Result"
import * as ArrowError from "../ArrowError.ts"
import type * as Limits from "../Limits.ts"
import type { Message } from "../Message.ts"
import { Gatherer } from "./gatherer.ts"
import { checkMetadataLength, int32 } from "./lengths.ts"
import { decodeMessage, type OtherHeaders } from "./messageMetadata.ts"

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

/** The incremental machine: chunks go in, and of each message they complete comes what `read` makes of it. */
export abstract class FrameDecoder<A> {
  declare protected readonly limits: Limits.Limits
  declare private readonly others: OtherHeaders | undefined
  private readonly input = new Gatherer()
  private readonly steps = this.messages()
  private need = this.steps.next().value as number
  /** What the next bytes belong to; "" after the end. */
  declare private inside: string
  private items: Array<A> = []
  /** The failure that ended the stream, which the next call returns. */
  failure: ArrowError.ArrowError | undefined

  constructor(limits: Limits.Limits, others?: OtherHeaders) {
    this.limits = limits
    this.others = others
  }

  protected abstract read(frame: Frame): A | undefined

  /** Whether the end-of-stream marker was read. */
  get ended(): boolean {
    return this.inside === ""
  }

  /** Takes the next chunk, of any size, and returns what it completes. */
  push(chunk: Uint8Array): Result.Result<ReadonlyArray<A>, ArrowError.ArrowError> {
    if (this.failure !== undefined) return Result.fail(this.failure)
    const items: Array<A> = (this.items = [])
    const { input, steps } = this
    const outcome = ArrowError.attempt(() => {
      input.feed(chunk)
      while (!this.ended) {
        const bytes = input.take(this.need)
        if (bytes === undefined) return
        this.need = steps.next(bytes).value as number
      }
    })
    if (Result.isFailure(outcome)) {
      this.failure = outcome.failure
      if (items.length === 0) return Result.fail(outcome.failure)
    }
    return Result.succeed(items)
  }

  /** Says that no more bytes come: a failure of `push` not yet returned, or `truncated` inside a message. */
  end(): Result.Result<void, ArrowError.ArrowError> {
    const { failure, input, inside } = this
    if (failure !== undefined) return Result.fail(failure)
    return this.ended || (inside === "prefix" && input.isEmpty)
      ? Result.void
      : ArrowError.attempt(() =>
          ArrowError.raise("FramingError", "truncated", `the stream ends inside a ${inside}`, input.offset)
        )
  }

  /** Asks for so many bytes, and gets them. */
  private *messages(): Generator<number, void, Uint8Array> {
    const { input } = this
    for (;;) {
      this.inside = "prefix"
      let length = int32(yield 4)
      const offset = input.offset - 4
      if (length === -1) {
        this.inside = "length"
        length = int32(yield 4)
      }
      checkMetadataLength(length, input.offset - 4, this.limits)
      if (length === 0) break
      this.inside = "metadata"
      const metadata = yield length
      const bodyOffset = input.offset
      const metadataOffset = bodyOffset - length
      const message = decodeMessage(metadata, metadataOffset, this.limits, this.others)
      const { bodyLength } = message
      ArrowError.checkLimit("body", bodyLength, this.limits.bodyLength, offset)
      this.inside = `body of ${bodyLength} bytes`
      const body = yield bodyLength
      const item = this.read({ message, metadata, body, offset, metadataOffset, bodyOffset })
      if (item !== undefined) this.items.push(item)
    }
    this.inside = ""
  }
}
