/**
 * Record batches from a `Stream` of bytes: of a file, a socket, a response.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Pull from "effect/Pull"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ArrowError } from "./ArrowError.ts"
import { CompressionCodecs } from "./CompressionCodecs.ts"
import { Limits } from "./Limits.ts"
import type { ReadOptions } from "./ReadOptions.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import type { Schema } from "./Schema.ts"
import { StreamReader } from "./StreamReader.ts"

type Batches = Arr.NonEmptyReadonlyArray<RecordBatch>
type Bytes<E, R> = Pull.Pull<Arr.NonEmptyReadonlyArray<Uint8Array>, E, void, R>

/**
 * Options with what the services `Limits` and `CompressionCodecs` say where the caller does not: for synchronous
 * readers used in an Effect program.
 *
 * @category services
 * @since 0.1.0
 */
export const withServices = Effect.fnUntraced(function* (options: ReadOptions | undefined) {
  const limits = yield* Limits
  const codecs = yield* CompressionCodecs
  return { ...options, limits: { ...limits, ...options?.limits }, codecs: options?.codecs ?? codecs }
})

/** What `find` finds, feeding chunks to the reader until it does. */
const pullUntil = <A, E, R>(
  bytes: Bytes<E, R>,
  reader: StreamReader,
  pending: Array<RecordBatch>,
  find: () => A | undefined
): Pull.Pull<A, E | ArrowError, void, R> => {
  const more: Pull.Pull<A, E | ArrowError, void, R> = Pull.matchEffect(bytes, {
    onSuccess: (chunks) => feed(chunks),
    onFailure: Effect.failCause,
    onDone: (): Pull.Pull<never, ArrowError> => Effect.flatMap(Effect.fromResult(reader.end()), () => Cause.done())
  })
  const step: Pull.Pull<A, E | ArrowError, void, R> = Effect.suspend(() => {
    const found = find()
    if (found !== undefined) return Effect.succeed(found)
    if (reader.failure !== undefined) return Effect.fail(reader.failure)
    return reader.ended ? Effect.flatMap(Effect.fromResult(reader.end()), () => Cause.done()) : more
  })
  const feed = (chunks: ReadonlyArray<Uint8Array>): typeof step => {
    for (const chunk of chunks) {
      const batches = reader.push(chunk)
      if (batches._tag === "Failure") break
      for (const batch of batches.success) pending.push(batch)
    }
    return step
  }
  return step
}

const batchesOf = (pending: Array<RecordBatch>) => (): Batches | undefined =>
  pending.length === 0 ? undefined : (pending.splice(0) as unknown as Batches)

/**
 * The record batches of a stream of bytes, as they become complete; a chunk is asked for only when the batches before
 * it
 * were taken.
 *
 * **Details**
 *
 * Limits and codecs come from `options`, else from the services `Limits` and `CompressionCodecs`. The stream ends at
 * the end-of-stream marker, whether the bytes end there or
 * not. Batches before a fault are emitted before the stream fails. Their bytes are views of the chunks.
 *
 * @category decoding
 * @since 0.1.0
 */
export const recordBatches = <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  options?: ReadOptions
): Stream.Stream<RecordBatch, E | ArrowError, R> =>
  Stream.transformPull(bytes, (pull) =>
    Effect.map(withServices(options), (resolved) => {
      const pending: Array<RecordBatch> = []
      return pullUntil(pull, new StreamReader(resolved), pending, batchesOf(pending))
    })
  )

/**
 * Reads up to the schema, and returns it with the stream of batches that follow, which can be run once, in the same
 * scope.
 *
 * Fails with a `FramingError` (`no-schema`) where the bytes end before a schema; otherwise as `recordBatches`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = Effect.fnUntraced(function* <E, R>(
  bytes: Stream.Stream<Uint8Array, E, R>,
  options?: ReadOptions
): Effect.fn.Return<
  { readonly schema: Schema; readonly batches: Stream.Stream<RecordBatch, E | ArrowError, R> },
  E | ArrowError,
  R | Scope.Scope
> {
  const reader = new StreamReader(yield* withServices(options))
  const pull = yield* Stream.toPull(bytes)
  const pending: Array<RecordBatch> = []
  // Where no schema comes the reader fails, so this pull is never merely done.
  const first = pullUntil(pull, reader, pending, () => reader.schema) as Effect.Effect<Schema, E | ArrowError, R>
  const schema = yield* first
  return { schema, batches: Stream.fromPull(Effect.succeed(pullUntil(pull, reader, pending, batchesOf(pending)))) }
})
