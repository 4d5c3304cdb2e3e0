/**
 * Incremental parsing: messages out of bytes that arrive in any pieces.
 *
 * **Details**
 *
 * A message that lies whole in a chunk is read in place, without a copy. Only the bytes of a message that spans chunks are
 * gathered, each once, in a buffer of their own that grows with what has arrived, never with what a length announces.
 * What is gathered is not looked at again before it is enough.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type DecodeError, makeDecodeError } from "./BinaryError.ts"
import * as Codec from "./Codec.ts"
import { memoryOf } from "./internal/memory.ts"
import { readNumber } from "./internal/number.ts"
import type * as Layout from "./Layout.ts"

/**
 * How a parser is made: the options of a codec, and the greatest message in bytes, its length prefix included.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Codec.Options {
  /** 16 MiB unless said otherwise. A message that announces more is a `LimitExceeded` before its body is awaited. */
  readonly maxFrameSize?: number | undefined
}

/**
 * A parser of one stream of bytes. The first failure is final: later calls give it again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Parser<out A> {
  /**
   * Takes a chunk and calls `onMessage` for every message that is whole, in order; gives the failure, if there is one,
   * after the messages before it. The chunk's bytes must not change while messages that view them are in use.
   */
  push(chunk: Uint8Array, onMessage: (message: A) => void): DecodeError | undefined
  /** Takes a chunk and gives the messages that are whole. A failure behind them is kept for the next call. */
  feed(chunk: Uint8Array): Effect.Effect<ReadonlyArray<A>, DecodeError>
  /** As `feed`, but throws the {@link DecodeError}. */
  feedSync(chunk: Uint8Array): ReadonlyArray<A>
  /** Ends the stream; fails where a message is incomplete. */
  readonly end: Effect.Effect<void, DecodeError>
  /** As `end`, but throws the {@link DecodeError}. */
  endSync(): void
  /** The bytes of the incomplete message that are held. */
  readonly pending: number
}

const empty = new Uint8Array(0)

type Prefix = Extract<Layout.Length, { readonly _tag: "Prefixed" }> & { readonly prefix: Layout.Int }

class Framer<A> implements Parser<A> {
  private readonly codec: Codec.Codec<A>
  private readonly length: Prefix
  private readonly prefixSize: number
  private readonly little: boolean
  private readonly maxFrameSize: number
  private held: Uint8Array = empty
  private failure: DecodeError | undefined
  /** The size of the message that is being gathered; 0 before it is known. */
  private need = 0
  pending = 0

  constructor(codec: Codec.Codec<A>, length: Prefix, little: boolean, maxFrameSize: number) {
    this.codec = codec
    this.length = length
    this.prefixSize = length.prefix.bits / 8
    this.little = little
    this.maxFrameSize = maxFrameSize
  }

  /** The size of the message at `p`, or 0 after a failure. */
  private sizeAt(bytes: Uint8Array, p: number): number {
    const { bits, endian, signed } = this.length.prefix
    const { view } = memoryOf(bytes.buffer)
    const at = bytes.byteOffset + p
    const little = endian === "inherit" ? this.little : endian === "little"
    const n =
      (bits === 32 && signed ? view.getInt32(at, little) : readNumber(view, at, this.prefixSize, signed, little)) -
      this.length.plus
    if (!(n >= this.length.min && n <= this.length.max)) {
      this.failure = this.codec.diagnose(bytes, p, p + this.prefixSize)
      return 0
    }
    const size = this.prefixSize + n
    if (size <= this.maxFrameSize) return size
    const prefix = bytes.subarray(p, p + this.prefixSize)
    this.failure = makeDecodeError(
      prefix,
      "LimitExceeded",
      0,
      [],
      `a message of at most ${this.maxFrameSize} bytes`,
      `${size} bytes`
    )
    return 0
  }

  private message(bytes: Uint8Array, start: number, end: number, onMessage: (message: A) => void): boolean {
    const message = this.codec.read(bytes, start, end)
    if (message === Codec.invalid) {
      this.failure = this.codec.diagnose(bytes.subarray(start, end), 0, end - start)
      return false
    }
    onMessage(message as A)
    return true
  }

  /** Gathers bytes until `size` are held; gives how many were taken. */
  private gather(chunk: Uint8Array, p: number, size: number): number {
    const taken = Math.min(size - this.pending, chunk.length - p)
    const wanted = this.pending + taken
    if (this.held.length < wanted) {
      const larger = new Uint8Array(Math.min(Math.max(wanted, this.held.length * 2, 64), Math.max(wanted, size)))
      larger.set(this.held.subarray(0, this.pending))
      this.held = larger
    }
    this.held.set(chunk.subarray(p, p + taken), this.pending)
    this.pending += taken
    return taken
  }

  /** Goes on with the message that is held; gives where the chunk goes on, or -1 when it is used up or failed. */
  private resume(chunk: Uint8Array, onMessage: (message: A) => void): number {
    let p = 0
    if (this.need === 0) {
      p += this.gather(chunk, p, this.prefixSize)
      if (this.pending < this.prefixSize) return -1
      this.need = this.sizeAt(this.held, 0)
      if (this.need === 0) return -1
    }
    p += this.gather(chunk, p, this.need)
    if (this.pending < this.need) return -1
    const { held, need } = this
    this.held = empty
    this.pending = 0
    this.need = 0
    return this.message(held, 0, need, onMessage) ? p : -1
  }

  push(chunk: Uint8Array, onMessage: (message: A) => void): DecodeError | undefined {
    if (this.failure !== undefined) return this.failure
    let p = 0
    if (this.pending > 0) {
      p = this.resume(chunk, onMessage)
      if (p < 0) return this.failure
    }
    while (chunk.length - p >= this.prefixSize) {
      const size = this.sizeAt(chunk, p)
      if (size === 0) return this.failure
      if (chunk.length - p < size) {
        this.need = size
        this.gather(chunk, p, size)
        return undefined
      }
      if (!this.message(chunk, p, p + size, onMessage)) return this.failure
      p += size
    }
    if (p < chunk.length) this.gather(chunk, p, this.prefixSize)
    return undefined
  }

  feedSync(chunk: Uint8Array): ReadonlyArray<A> {
    const messages: Array<A> = []
    const failure = this.push(chunk, (message) => messages.push(message))
    if (failure !== undefined && messages.length === 0) throw failure
    return messages
  }

  feed(chunk: Uint8Array): Effect.Effect<ReadonlyArray<A>, DecodeError> {
    return Effect.suspend(() => {
      const messages: Array<A> = []
      const failure = this.push(chunk, (message) => messages.push(message))
      return failure !== undefined && messages.length === 0 ? Effect.fail(failure) : Effect.succeed(messages)
    })
  }

  private incomplete(): DecodeError | undefined {
    if (this.failure === undefined && this.pending > 0) this.failure = this.codec.diagnose(this.held, 0, this.pending)
    return this.failure
  }

  get end(): Effect.Effect<void, DecodeError> {
    return Effect.suspend(() => {
      const failure = this.incomplete()
      return failure === undefined ? Effect.void : Effect.fail(failure)
    })
  }

  endSync(): void {
    const failure = this.incomplete()
    if (failure !== undefined) throw failure
  }
}

/** The length prefix of a size-delimited layout, and its byte order. */
const prefixOf = (
  node: Layout.Node,
  little: boolean
): { readonly length: Prefix; readonly little: boolean } | undefined => {
  if (node._tag === "Endianness" && typeof node.little === "boolean") return prefixOf(node.of, node.little)
  if (node._tag !== "Window" || node.length._tag !== "Prefixed" || node.length.prefix._tag !== "Int") return undefined
  return node.length.absent === undefined ? { length: node.length as Prefix, little } : undefined
}

/**
 * Makes a parser of a layout that starts with its own size: a window with an integer prefix.
 *
 * **Example** (Frames in pieces)
 *
 * ```ts
 * import { Binary, Parser } from "@bytewright/core-binary"
 *
 * const parser = Parser.make(Binary.Window(Binary.Uint16, Binary.Struct({ id: Binary.Uint8 })))
 * console.log(parser.feedSync(Uint8Array.of(0, 1, 7, 0)))
 * // => [ { id: 7 } ]
 * console.log(parser.feedSync(Uint8Array.of(1, 8)))
 * // => [ { id: 8 } ]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(layout: Layout.Layout<A>, options?: Options): Parser<A> => {
  const found = prefixOf(layout.node, false)
  if (found === undefined) throw new Error("a parser needs a layout that starts with its own size")
  return new Framer(Codec.make(layout, options), found.length, found.little, options?.maxFrameSize ?? 0x1000000)
}
