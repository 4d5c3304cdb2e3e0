/**
 * Record batches to bytes, as an Effect `Stream`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { ArrowError } from "./ArrowError.ts"
import { attempt } from "./ArrowError.ts"
import { CompressionCodecs } from "./CompressionCodecs.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import type { Schema } from "./Schema.ts"
import * as Writer from "./Writer.ts"

/**
 * Writes a stream of record batches as the stream or file format.
 *
 * **Details**
 *
 * A batch is written when the consumer asks for its bytes, so backpressure reaches the batches' source; memory holds
 * one upstream chunk of them. The schema goes first even if no batch follows. Without `options.codecs` those of the
 * `CompressionCodecs` reference are used. Fails with what
 * `Writer.make` and `Writer.write` fail with. The chunks are views of the batches' buffers.
 *
 * **Example** (Batches in, bytes out)
 *
 * ```ts
 * import { ArrayBuilder, DataType, Schema, StreamWriter } from "@bytewright/arrow-ipc"
 * import { Effect, Result, Stream } from "effect"
 *
 * const schema = Schema.make([Schema.field("id", DataType.int(32))])
 * const batch = Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns([[1, 2, null]]))
 * const bytes = Stream.make(batch).pipe(
 *   StreamWriter.encode(schema),
 *   Stream.runFold(() => 0, (length, chunk) => length + chunk.length)
 * )
 * console.log(await Effect.runPromise(bytes))
 * // => 304
 * ```
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode =
  (schema: Schema, options?: Writer.Options) =>
  <E, R>(batches: Stream.Stream<RecordBatch, E, R>): Stream.Stream<Uint8Array, E | ArrowError, R> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const codecs = options?.codecs ?? (yield* CompressionCodecs)
        const writer = yield* Effect.fromResult(Writer.make(schema, { ...options, codecs }))
        const written = Stream.mapArrayEffect(batches, (chunk) =>
          Effect.fromResult(
            attempt(() => {
              for (const batch of chunk) writer.unsafeWrite(batch)
              return writer.take() as [Uint8Array, ...Array<Uint8Array>]
            })
          )
        )
        const finish = Stream.fromArrayEffect(
          Effect.sync(() => {
            writer.unsafeFinish()
            return writer.take()
          })
        )
        return Stream.fromArray(writer.take()).pipe(Stream.concat(written), Stream.concat(finish))
      })
    )
