/**
 * Incremental parsing: messages out of bytes that arrive in any pieces.
 *
 * **Details**
 *
 * A message that lies whole in a chunk is read in place, without a copy. Only the bytes of a message that spans chunks are
 * gathered, each once, in a buffer of their own that grows with what has arrived, never with what a length announces.
 * What was looked at to find a message's end is not looked at again when more bytes come.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Channel from "effect/Channel"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import * as Stream from "effect/Stream"
import { type DecodeError, makeDecodeError } from "./BinaryError.ts"
import * as Codec from "./Codec.ts"
import { readable } from "./internal/memory.ts"
import { readNumber } from "./internal/integer.ts"
import { countsFromInput } from "./internal/place.ts"
import { type Held, scan, type Scanning, unbounded } from "./internal/scan.ts"
import type * as Layout from "./Layout.ts"

/**
 * How a parser is made: the options of a codec, and:
 *
 * - `maxFrameSize`: the greatest message in bytes, its length prefix included; 16 MiB unless said otherwise. A message that
 *   announces more is a `LimitExceeded` before its body is awaited.
 * - `lazy`: messages are views as {@link Codec.Codec.view} gives them: lengths are checked, a field is read each time it is
 *   asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options extends Codec.Options {
  readonly maxFrameSize?: number | undefined
  readonly lazy?: boolean | undefined
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
   *
   * After a `pause` from inside `onMessage`, what is left of the chunk and chunks that are pushed meanwhile are kept as
   * they are until `resume`.
   */
  push(chunk: Uint8Array, onMessage: (message: A) => void): DecodeError | undefined
  /** Gives no more messages until `resume`. */
  pause(): void
  /** Goes on after a pause with what was kept, as `push` does. */
  resume(onMessage: (message: A) => void): DecodeError | undefined
  /** Whether the parser waits for `resume`. */
  readonly paused: boolean
  /** Takes a chunk and gives the messages that are whole. A failure behind them is kept for the next call. */
  feed(chunk: Uint8Array): Effect.Effect<ReadonlyArray<A>, DecodeError>
  /** As `feed`, but throws the {@link DecodeError}. */
  feedSync(chunk: Uint8Array): ReadonlyArray<A>
  /** Ends the stream; fails where a message is incomplete, or where a pause has left bytes unread (`TrailingBytes`). */
  readonly end: Effect.Effect<void, DecodeError>
  /** As `end`, but throws the {@link DecodeError}. */
  endSync(): void
  /** The bytes of the incomplete message that are held. */
  readonly pending: number
}

/**
 * Finds the end of the message that starts at `bytes[start]`, of which `size` bytes are there: the size that must be there
 * to go on, or the size of the message once `whole` is set, or 0 where the bytes are wrong.
 */
interface Sizer {
  whole: boolean
  step(bytes: Uint8Array, start: number, size: number): number
}

const empty = new Uint8Array(0)

class Framer<A> implements Parser<A> {
  private readonly codec: Codec.Codec<A>
  private readonly sizer: Sizer
  private readonly maxFrameSize: number
  private held: Uint8Array = empty
  private failure: DecodeError | undefined
  /** How many bytes of the message that is held must be there to go on. */
  private need = 0
  pending = 0
  private readonly read: Codec.Codec<A>["read"]
  /** The chunk in which the parser paused, and where it goes on there. */
  private kept: Uint8Array | undefined
  private keptFrom = 0
  /** What was pushed during the pause. */
  private queued: Array<Uint8Array> = []
  paused = false

  constructor(codec: Codec.Codec<A>, sizer: Sizer, maxFrameSize: number, lazy: boolean) {
    this.codec = codec
    this.read = lazy ? codec.readView : codec.read
    this.sizer = sizer
    this.maxFrameSize = maxFrameSize
  }

  /** A step of the sizer; false after a failure. */
  private step(bytes: Uint8Array, start: number, size: number): boolean {
    this.need = this.sizer.step(bytes, start, size)
    if (this.need === 0) {
      this.failure = this.codec.diagnose(bytes.subarray(start, start + size), 0, size)
      return false
    }
    if (this.need <= this.maxFrameSize) return true
    const head = bytes.subarray(start, start + size)
    this.failure = makeDecodeError(
      head,
      "LimitExceeded",
      0,
      [],
      `a message of at most ${this.maxFrameSize} bytes`,
      `${this.need} bytes`
    )
    return false
  }

  private message(bytes: Uint8Array, start: number, end: number, onMessage: (message: A) => void): boolean {
    const message = this.read(bytes, start, end)
    if (message === Codec.invalid) {
      this.failure = this.codec.diagnose(bytes.subarray(start, end), 0, end - start)
      return false
    }
    onMessage(message as A)
    return true
  }

  /** Gathers bytes until what is needed is held; gives how many were taken. */
  private gather(chunk: Uint8Array, p: number): number {
    const taken = Math.min(this.need - this.pending, chunk.length - p)
    const wanted = this.pending + taken
    if (this.held.length < wanted) {
      const larger = new Uint8Array(Math.max(wanted, Math.min(Math.max(this.held.length * 2, 64), this.maxFrameSize)))
      larger.set(this.held.subarray(0, this.pending))
      this.held = larger
    }
    this.held.set(chunk.subarray(p, p + taken), this.pending)
    this.pending += taken
    return taken
  }

  /** Goes on with the message that is held; gives where the chunk goes on, or -1 when it is used up or failed. */
  private complete(chunk: Uint8Array, onMessage: (message: A) => void): number {
    let p = 0
    while (true) {
      p += this.gather(chunk, p)
      if (this.pending < this.need) return -1
      if (this.sizer.whole) break
      if (!this.step(this.held, 0, this.pending)) return -1
    }
    const { held, need } = this
    this.held = empty
    this.pending = 0
    this.sizer.whole = false
    return this.message(held, 0, need, onMessage) ? p : -1
  }

  /** The common case in a loop of its own: size-delimited messages that lie whole in the chunk. Gives where it stopped, or -1 after a failure. */
  private whole(chunk: Uint8Array, from: number, sizer: PrefixSizer, onMessage: (message: A) => void): number {
    const { offset, view } = readable(chunk)
    const { read } = this
    const { length } = chunk
    let p = from
    while (length - p >= sizer.size) {
      const size = sizer.at(view, offset + p)
      // What is wrong, too large or not all there is the sizer's to say.
      if (!(size > 0 && size <= length - p && size <= this.maxFrameSize)) return p
      const message = read(chunk, p, p + size)
      if (message === Codec.invalid) {
        this.failure = this.codec.diagnose(chunk.subarray(p, p + size), 0, size)
        return -1
      }
      p += size
      onMessage(message as A)
      if (this.paused) return p
    }
    return p
  }

  pause(): void {
    this.paused = true
  }

  push(chunk: Uint8Array, onMessage: (message: A) => void): DecodeError | undefined {
    if (this.paused) this.queued.push(chunk)
    else if (this.failure === undefined) this.take(chunk, 0, onMessage)
    return this.paused ? undefined : this.failure
  }

  resume(onMessage: (message: A) => void): DecodeError | undefined {
    const { kept, queued } = this
    this.paused = false
    if (kept !== undefined) this.take(kept, this.keptFrom, onMessage)
    if (!this.paused && queued.length > 0) {
      this.queued = []
      for (const chunk of queued) this.push(chunk, onMessage)
    }
    return this.paused ? undefined : this.failure
  }

  /** Takes the messages of a chunk from `from` on; a pause keeps it. */
  private take(chunk: Uint8Array, from: number, onMessage: (message: A) => void): void {
    this.keptFrom = this.advance(chunk, from, onMessage)
    this.kept = this.paused ? chunk : undefined
  }

  /** Gives where it stopped, or -1 after a failure. */
  private advance(chunk: Uint8Array, from: number, onMessage: (message: A) => void): number {
    let p = from
    if (this.pending > 0) {
      p = this.complete(chunk, onMessage)
      if (p < 0) return p
    }
    const { sizer } = this
    if (sizer instanceof PrefixSizer && !this.paused) {
      p = this.whole(chunk, p, sizer, onMessage)
      if (p < 0) return p
    }
    while (p < chunk.length && !this.paused) {
      if (!this.step(chunk, p, chunk.length - p)) return -1
      if (this.need > chunk.length - p) return p + this.gather(chunk, p)
      // A sizer that is not done asks for more than there is.
      sizer.whole = false
      if (!this.message(chunk, p, p + this.need, onMessage)) return -1
      p += this.need
    }
    return p
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
    if (this.failure !== undefined) return this.failure
    if (this.pending > 0) this.failure = this.codec.diagnose(this.held, 0, this.pending)
    const unread = [this.kept?.subarray(this.keptFrom) ?? empty, ...this.queued].filter((bytes) => bytes.length > 0)
    if (unread.length > 0) {
      const size = unread.reduce((sum, bytes) => sum + bytes.length, 0)
      this.failure = makeDecodeError(
        unread[0]!,
        "TrailingBytes",
        0,
        [],
        "no end during a pause",
        `${size} bytes unread`
      )
    }
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

type Prefix = Extract<Layout.Length, { readonly _tag: "Prefixed" }> & { readonly prefix: Layout.Int }

/** The size of a message that starts with it. */
class PrefixSizer implements Sizer {
  whole = false
  /** The size of the prefix. */
  readonly size: number
  /** The size of the message at an absolute position of a view, or 0 where it is not one. */
  readonly at: (view: DataView, at: number) => number

  constructor(length: Prefix, little: boolean) {
    const { max, min, plus, prefix } = length
    const { bits, signed } = prefix
    const size = bits / 8
    const sized = (raw: number): number => {
      const n = raw - plus
      return n >= min && n <= max ? size + n : 0
    }
    this.size = size
    this.at =
      bits === 32 && signed
        ? (view, at) => sized(view.getInt32(at, little))
        : (view, at) => sized(readNumber(view, at, size, signed, little))
  }

  step(bytes: Uint8Array, start: number, size: number): number {
    if (size < this.size) return this.size
    const { offset, view } = readable(bytes)
    const found = this.at(view, offset + start)
    this.whole = found > 0
    return found
  }
}

/** The size of any message that has an end of its own. */
class ScanSizer<A> implements Sizer {
  whole = false
  private readonly codec: Codec.Codec<A>
  private readonly held: Held = { bytes: empty, start: 0, size: 0 }
  private scanning: Scanning | undefined

  constructor(codec: Codec.Codec<A>) {
    this.codec = codec
  }

  step(bytes: Uint8Array, start: number, size: number): number {
    Object.assign(this.held, { bytes, start, size })
    this.scanning ??= scan(this.codec.layout.node, this.held, this.codec.settings)
    const { done, value } = this.scanning.next()
    if (!done) return value
    this.scanning = undefined
    if (value === undefined) return 0
    this.whole = true
    return value
  }
}

/** The length prefix of a size-delimited layout, and its byte order. */
const prefixOf = (node: Layout.Node, little: boolean): PrefixSizer | undefined => {
  if (node._tag === "Endianness" && typeof node.little === "boolean") return prefixOf(node.of, node.little)
  if (node._tag !== "Window" || node.length._tag !== "Prefixed" || node.length.prefix._tag !== "Int") return undefined
  const { endian } = node.length.prefix
  return node.length.absent === undefined
    ? new PrefixSizer(node.length as Prefix, endian === "inherit" ? little : endian === "little")
    : undefined
}

// A server makes a parser of the same layout for each connection.
const streamed = new WeakSet<Layout.Node>()

const mustEnd = (node: Layout.Node): void => {
  if (streamed.has(node)) return
  const why = unbounded(node)
  if (why !== undefined) throw new Error(`a stream of messages needs messages that end: the layout has ${why}`)
  if (countsFromInput(node)) {
    throw new Error("a stream of messages has no start to count from: the layout has the origin `input`")
  }
  streamed.add(node)
}

/**
 * Makes a parser of a layout whose messages have an end of their own: a window with its size in front (the fastest), or
 * anything whose lengths, counts, tags and terminators say where it ends. A layout that goes on to the end of its
 * window is refused when the parser is made, and so is one with an alignment or a pointer counted from the start of the
 * input.
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
  mustEnd(layout.node)
  const codec = Codec.make(layout, options)
  return new Framer(
    codec,
    prefixOf(layout.node, false) ?? new ScanSizer(codec),
    options?.maxFrameSize ?? 0x1000000,
    options?.lazy === true
  )
}

/**
 * A channel from chunks of bytes to messages, batch by batch. Messages before a failure are emitted first; an incomplete
 * message at the end of the input is a failure.
 *
 * @category channels
 * @since 0.1.0
 */
export const channel =
  <A>(layout: Layout.Layout<A>, options?: Options) =>
  <E = never, Done = unknown>(): Channel.Channel<
    Arr.NonEmptyReadonlyArray<A>,
    DecodeError | E,
    Done,
    Arr.NonEmptyReadonlyArray<Uint8Array>,
    E,
    Done
  > =>
    Channel.fromTransform((upstream, _scope) =>
      Effect.sync(() => {
        const parser = make(layout, options)
        let failure: DecodeError | undefined
        const pull: Pull.Pull<Arr.NonEmptyReadonlyArray<A>, DecodeError | E, Done> = Effect.suspend(() =>
          failure !== undefined
            ? Effect.fail(failure)
            : Pull.matchEffect(upstream, {
                onSuccess: (chunks: Arr.NonEmptyReadonlyArray<Uint8Array>) => {
                  const messages: Array<A> = []
                  for (const chunk of chunks) failure = parser.push(chunk, (message) => messages.push(message))
                  return messages.length > 0
                    ? Effect.succeed(messages as unknown as Arr.NonEmptyReadonlyArray<A>)
                    : pull
                },
                onFailure: (cause) => Effect.failCause(cause),
                onDone: (done: Done) => Effect.flatMap(parser.end, () => Cause.done(done))
              })
        )
        return pull
      })
    )

/**
 * A stream of messages out of a stream of chunks.
 *
 * @category streams
 * @since 0.1.0
 */
export const stream =
  <A>(layout: Layout.Layout<A>, options?: Options) =>
  <E, R>(self: Stream.Stream<Uint8Array, E, R>): Stream.Stream<A, DecodeError | E, R> =>
    Stream.pipeThroughChannel(self, channel(layout, options)<E>())
