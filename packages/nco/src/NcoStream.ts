/**
 * Streams of NCO objects: decoded from bytes that arrive in any pieces, and encoded without seeking, so that both ends can be a socket.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { relocate, relocated } from "./internal/relocate.ts"
import * as Nco from "./Nco.ts"
import * as NcoError from "./NcoError.ts"
import * as NcoHeader from "./NcoHeader.ts"
import type * as Npy from "./Npy.ts"
import type * as Pickle from "./Pickle.ts"

/**
 * How a stream of bytes is read.
 *
 * **Details**
 *
 * `start`: the file position of the stream's first byte, 0 by default. `maxObjectBytes`: how long one object may be, 1 GiB by
 * default; so much is held in memory.
 *
 * @category options
 * @since 0.1.0
 */
export interface DecodeOptions {
  readonly start?: number | undefined
  readonly abi?: NcoHeader.Abi | undefined
  readonly pickle?: Pickle.DecodeOptions | undefined
  readonly npy?: Npy.Options | undefined
  readonly maxObjectBytes?: number | undefined
}

/** Bytes that hold a header of either size; every object is longer. */
const headerSize = 40

/** Collects chunks until an object is complete. An object that lies in one chunk is a view of it. */
class Assembler {
  private readonly options: DecodeOptions
  private readonly chunks: Array<Uint8Array> = []
  private length = 0
  private needed = headerSize
  private start: number
  private readonly origin: number

  constructor(options: DecodeOptions) {
    this.options = options
    this.origin = options.start ?? 0
    this.start = this.origin
  }

  /** The objects that `chunk` completes, and the error that ends the stream if there is one. */
  feed(chunk: Uint8Array): readonly [objects: ReadonlyArray<Nco.NcoObject>, error: NcoError.NcoError | undefined] {
    const objects: Array<Nco.NcoObject> = []
    this.chunks.push(chunk)
    this.length += chunk.length
    while (this.length >= this.needed) {
      const bytes = this.joined()
      const object = this.next(bytes)
      if (object === undefined) continue
      if (Result.isFailure(object)) return [objects, this.located(object.failure)]
      objects.push(object.success)
      this.start += this.needed
      this.length -= this.needed
      this.chunks[0] = bytes.subarray(this.needed)
      this.needed = headerSize
    }
    return [objects, undefined]
  }

  /** The object at the start of `bytes`; nothing where it only says how long it is. */
  private next(bytes: Uint8Array): Result.Result<Nco.NcoObject, NcoError.NcoError> | undefined {
    const { abi, maxObjectBytes = 2 ** 30, npy, pickle } = this.options
    const { start } = this
    if (this.needed > headerSize) return Nco.decode(bytes.subarray(0, this.needed), { abi, npy, pickle, start })
    const head = bytes.subarray(0, headerSize)
    const within = NcoHeader.decode(head, { abi, start, fileSize: start + maxObjectBytes })
    // Only what makes sense in no layout within the limit may be an object beyond it.
    const header = Result.isSuccess(within)
      ? within
      : NcoHeader.decode(head, { abi, start, fileSize: Number.MAX_SAFE_INTEGER })
    if (Result.isFailure(header)) return Result.fail(header.failure)
    const size = header.success.arrayEnd - start
    if (size > maxObjectBytes) {
      const reason = { _tag: "LimitExceeded", limit: "maxObjectBytes", value: size, maximum: maxObjectBytes } as const
      return Result.fail(NcoError.make(reason, 0, "header/arrayEnd"))
    }
    if (size <= headerSize) return Nco.decode(bytes, { abi, npy, pickle, start })
    this.needed = size
    return undefined
  }

  private joined(): Uint8Array {
    if (this.chunks.length > 1) {
      const bytes = new Uint8Array(this.length)
      let at = 0
      for (const chunk of this.chunks) {
        bytes.set(chunk, at)
        at += chunk.length
      }
      this.chunks.length = 0
      this.chunks.push(bytes)
    }
    return this.chunks[0]!
  }

  /** Offsets of errors count from the stream's first byte. */
  private located(error: NcoError.NcoError): NcoError.NcoError {
    return relocate(error, this.start - this.origin)
  }

  /** The error of a stream that ends inside an object. */
  end(): Result.Result<unknown, NcoError.NcoError> {
    if (this.length === 0) return Result.succeed(undefined)
    const { abi, npy, pickle } = this.options
    const rest = Nco.decode(this.joined(), { abi, npy, pickle, start: this.start })
    return relocated(rest, this.start - this.origin)
  }
}

/**
 * Reads the objects of a stream of bytes, whatever its pieces are.
 *
 * **Details**
 *
 * An object that lies in one piece is a view of it; others are copied once. Fails where {@link Nco.decode} does and with
 * `LimitExceeded` (`maxObjectBytes`), after the objects before; offsets count from the stream's first byte. A stream that ends inside
 * an object fails as the same bytes in a file do.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode =
  (options: DecodeOptions = {}) =>
  <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Nco.NcoObject, E | NcoError.NcoError, R> =>
    Stream.suspend(() => {
      const assembler = new Assembler(options)
      return bytes.pipe(
        Stream.flatMap((chunk) => {
          const [objects, error] = assembler.feed(chunk)
          const complete = Stream.fromIterable(objects)
          return error === undefined ? complete : Stream.concat(complete, Stream.fail(error))
        }),
        Stream.concat(Stream.fromEffectDrain(Effect.suspend(() => Effect.fromResult(assembler.end()))))
      )
    })

/**
 * Writes objects one after another; the first starts at `options.start`.
 *
 * **Details**
 *
 * An object is three chunks: its header and pickle, the header of its array, and a view of the array's data. Fails where {@link Nco.encodeChunks} does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode =
  (options: Nco.EncodeOptions = {}) =>
  <E, R>(contents: Stream.Stream<Nco.Content, E, R>): Stream.Stream<Uint8Array, E | NcoError.NcoError, R> =>
    Stream.suspend(() => {
      let start = options.start ?? 0
      return Stream.flatMap(contents, (content) => {
        const chunks = Nco.encodeChunks(content, { ...options, start })
        if (Result.isFailure(chunks)) return Stream.fail(chunks.failure)
        for (const chunk of chunks.success) start += chunk.length
        return Stream.fromIterable(chunks.success)
      })
    })
