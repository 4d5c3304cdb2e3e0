import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "vitest"
import { ArrayBuilder, DataType, Schema, StreamReader, StreamWriter, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"

const schema = Schema.make([Schema.field("id", DataType.int(32))])
const batch = (...ids: ReadonlyArray<number>) =>
  Result.getOrThrow(new ArrayBuilder.BatchBuilder(schema).fromColumns([ids]))
const collect = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Effect.runPromise(Effect.map(Stream.runCollect(stream), (chunks) => Writer.concat([...chunks])))

describe("StreamWriter.encode", () => {
  it("writes what the synchronous writer writes", async () => {
    for (const options of [{}, { format: "file" }] as ReadonlyArray<Writer.Options>) {
      const bytes = await collect(Stream.make(batch(1, 2), batch(3)).pipe(StreamWriter.encode(schema, options)))
      assert.deepStrictEqual(
        bytes,
        Writer.concat(Result.getOrThrow(Writer.encode(schema, [batch(1, 2), batch(3)], options)))
      )
    }
  })

  it("writes the schema even if there is no batch, and can be run again", async () => {
    const stream = StreamWriter.encode(schema)(Stream.empty)
    for (const bytes of [await collect(stream), await collect(stream)]) {
      assert.deepStrictEqual(Result.getOrThrow(Table.fromBytes(bytes)).schema, schema)
    }
  })

  it("takes the codecs of the reference", async () => {
    const stream = Stream.make(batch(...new Array<number>(1000).fill(7))).pipe(
      StreamWriter.encode(schema, { compression: "ZSTD" })
    )
    const failed = await Effect.runPromiseExit(Stream.runDrain(stream))
    assert.isTrue(Exit.isFailure(failed))
    const bytes = await collect(Stream.provide(stream, NodeCodecs.layer))
    const table = Result.getOrThrow(Table.fromBytes(bytes, { codecs: NodeCodecs.codecs }))
    assert.strictEqual(table.length, 1000)
    const given = StreamWriter.encode(schema, { compression: "ZSTD", codecs: NodeCodecs.codecs })(Stream.empty)
    assert.isAbove((await collect(given)).length, 0)
  })

  it("fails with the writer's error, after the bytes before it", async () => {
    const other = Schema.make([Schema.field("id", { _tag: "Utf8" })])
    const wrong = Result.getOrThrow(new ArrayBuilder.BatchBuilder(other).fromColumns([["x"]]))
    const reader = new StreamReader.StreamReader()
    let rows = 0
    const drained = Stream.make(batch(1), wrong).pipe(
      Stream.rechunk(1),
      StreamWriter.encode(schema),
      Stream.runForEach((chunk) =>
        Effect.sync(() => {
          for (const { length } of Result.getOrThrow(reader.push(chunk))) rows += length
        })
      )
    )
    const error = await Effect.runPromise(Effect.flip(drained))
    assert.strictEqual(error.reason._tag, "SchemaMismatch")
    assert.strictEqual(rows, 1)
  })

  it("asks for a batch only when its bytes are wanted", async () => {
    let made = 0
    const batches = Stream.fromIterable([1, 2, 3, 4]).pipe(
      Stream.rechunk(1),
      Stream.map((id) => {
        made++
        return batch(id)
      })
    )
    await Effect.runPromise(Stream.runDrain(Stream.take(StreamWriter.encode(schema)(batches), 2)))
    assert.isAtMost(made, 2)
  })
})
