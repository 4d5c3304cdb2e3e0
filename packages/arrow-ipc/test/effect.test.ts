import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import {
  ArrowFile,
  ArrowStream,
  CompressionCodecs,
  DataType,
  FlatbufferBuilder as Fb,
  Limits,
  type ReadOptions,
  Schema
} from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { bytesOf, codeOf, expectedOf, names, options, pathOf, read, valuesOf } from "./fixtures.ts"
import { type BatchSpec, batchMessage, fileOf, int32, layOut, none, schemaMessage, streamOf } from "./messages.ts"

const pieces = (bytes: Uint8Array, size: number): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size))
  )

const schema = Schema.make([Schema.field("f", int32)])
const batchOf = (...values: ReadonlyArray<number>) =>
  batchMessage({ length: values.length, nodes: [[values.length, 0]], parts: [none, Int32Array.from(values)] })
const broken = batchMessage({ length: 1, nodes: [], parts: [] })

describe("ArrowStream", () => {
  it.effect.each(names)("gives the batches of %s", (name) =>
    Effect.gen(function* () {
      const batches = yield* Stream.runCollect(ArrowStream.recordBatches(pieces(bytesOf(name), 100), options))
      const expected = expectedOf(name).map((column) => [...column])
      assert.deepStrictEqual(valuesOf(batches, expected.length), expected)
    })
  )

  it.effect("gives the schema first", () =>
    Effect.gen(function* () {
      const { batches, schema } = yield* ArrowStream.decode(pieces(bytesOf("deltas"), 64), options)
      assert.deepStrictEqual(
        schema.fields.map(({ name }) => name),
        ["d"]
      )
      assert.deepStrictEqual(
        valuesOf(yield* Stream.runCollect(batches), 1),
        expectedOf("deltas").map((column) => [...column])
      )
      const whole = yield* ArrowStream.decode(Stream.make(bytesOf("deltas")), options)
      assert.strictEqual((yield* Stream.runCollect(whole.batches)).length, 2)
    })
  )

  it.effect("gives the batches before a fault, then fails", () =>
    Effect.gen(function* () {
      const bytes = streamOf([schemaMessage(schema), batchOf(1), batchOf(2), broken, batchOf(3)])
      for (const size of [7, bytes.length]) {
        const seen: Array<unknown> = []
        const stream = ArrowStream.recordBatches(pieces(bytes, size))
        const failure = yield* Effect.flip(
          Stream.runForEach(stream, (batch) => Effect.sync(() => seen.push(batch.column(0).get(0))))
        )
        assert.strictEqual(codeOf(failure), "LayoutError/missing-node")
        assert.deepStrictEqual(seen, [1, 2])
      }
    })
  )

  it.effect("fails where the bytes end too early, or fail themselves", () =>
    Effect.gen(function* () {
      const bytes = streamOf([schemaMessage(schema), batchOf(1)])
      const cut = yield* Effect.flip(Stream.runDrain(ArrowStream.recordBatches(pieces(bytes.subarray(0, -12), 10))))
      assert.strictEqual(codeOf(cut), "FramingError/truncated")
      const empty = yield* Effect.flip(Effect.scoped(ArrowStream.decode(Stream.empty)))
      assert.strictEqual(codeOf(empty), "FramingError/no-schema")
      const end = yield* Effect.flip(Stream.runDrain(ArrowStream.recordBatches(Stream.make(streamOf([])))))
      assert.strictEqual(codeOf(end), "FramingError/no-schema")
      const failing = Stream.concat(pieces(bytes, 10), Stream.fail("gone" as const))
      const afterEnd = yield* Stream.runCollect(ArrowStream.recordBatches(failing))
      assert.strictEqual(afterEnd.length, 1)
      const early = Stream.concat(Stream.make(bytes.subarray(0, 20)), Stream.fail("gone" as const))
      assert.strictEqual(yield* Effect.flip(Stream.runDrain(ArrowStream.recordBatches(early))), "gone")
    })
  )

  it.effect("ends at its marker, though the bytes go on", () =>
    Effect.gen(function* () {
      const queue = yield* Queue.unbounded<Uint8Array>()
      const fiber = yield* Effect.forkChild(Stream.runCollect(ArrowStream.recordBatches(Stream.fromQueue(queue))))
      yield* Queue.offer(queue, streamOf([schemaMessage(schema), batchOf(1), batchOf(2)]))
      assert.strictEqual((yield* Fiber.join(fiber)).length, 2)
    })
  )

  it.effect("may end without its marker", () =>
    Effect.gen(function* () {
      const bytes = streamOf([schemaMessage(schema), batchOf(1)]).subarray(0, -8)
      const batches = yield* Stream.runCollect(ArrowStream.recordBatches(pieces(bytes, 9)))
      assert.strictEqual(batches.length, 1)
    })
  )

  it.effect("asks for bytes only when batches were taken", () =>
    Effect.gen(function* () {
      let asked = 0
      const bytes = streamOf([schemaMessage(schema), batchOf(1), batchOf(2), batchOf(3)])
      const counted = Stream.tap(pieces(bytes, 64), () => Effect.sync(() => asked++)).pipe(Stream.rechunk(1))
      yield* Stream.runCollect(Stream.take(ArrowStream.recordBatches(counted), 1))
      assert.isBelow(asked, bytes.length / 64)
    })
  )

  it.effect("takes limits and codecs from the environment", () =>
    Effect.gen(function* () {
      const bytes = streamOf([schemaMessage(schema), batchOf(1, 2, 3)])
      const limited = Effect.provideService(
        Stream.runDrain(ArrowStream.recordBatches(Stream.make(bytes))),
        Limits.Limits,
        { ...Limits.defaults, rows: 2 }
      )
      assert.strictEqual(codeOf(yield* Effect.flip(limited)), "LimitExceeded/rows")
      const zstd = ArrowStream.recordBatches(Stream.make(bytesOf("zstd")))
      assert.strictEqual(codeOf(yield* Effect.flip(Stream.runDrain(zstd))), "CompressionError/no-codec")
      const batches = yield* Stream.runCollect(zstd).pipe(
        Effect.provideService(CompressionCodecs.CompressionCodecs, NodeCodecs.codecs)
      )
      assert.strictEqual(batches.length, 2)
    })
  )
})

/** A file system that counts the bytes read, and can cut files short. */
const counting = Effect.gen(function* () {
  const fileSystem = yield* FileSystem.FileSystem
  const counter = { bytes: 0, reads: 0, most: Infinity }
  const open: FileSystem.FileSystem["open"] = (path, options) =>
    Effect.map(fileSystem.open(path, options), (file) => {
      const read: FileSystem.File["read"] = (buffer, options) => {
        const position = Number(options?.position ?? 0n)
        if (position >= counter.most) return Effect.succeed(0)
        return Effect.tap(file.read(buffer.subarray(0, 5000), options), (count) =>
          Effect.sync(() => {
            counter.bytes += count
            counter.reads++
          })
        )
      }
      return Object.create(file, { read: { value: read } }) as FileSystem.File
    })
  return { counter, fileSystem: { ...fileSystem, open } }
})

/** Writes a file for as long as the scope lives. */
const temporary = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* fileSystem.makeTempFileScoped()
  yield* fileSystem.writeFile(path, bytes)
  return path
})

const rows = 100_000
const wide = Schema.make([
  Schema.field("f", int32),
  Schema.field("g", DataType.float("DOUBLE")),
  Schema.field("b", { _tag: "Bool" }),
  Schema.field("t", { _tag: "Utf8" }),
  Schema.field("d", int32, { dictionary: { id: 5n, indexType: DataType.int(8), isOrdered: false } })
])
const spec: BatchSpec = {
  length: rows,
  nodes: [
    [rows, rows / 2],
    [rows, 0],
    [rows, 0],
    [rows, 0],
    [rows, 0]
  ],
  parts: [
    new Uint8Array(rows / 8).fill(0x55),
    Int32Array.from({ length: rows }, (_, i) => i),
    none,
    Float64Array.from({ length: rows }, (_, i) => i / 2),
    none,
    new Uint8Array(rows / 8).fill(0x0f),
    none,
    Int32Array.from({ length: rows + 1 }, (_, i) => i),
    new Uint8Array(rows).fill(120),
    none,
    new Int8Array(rows).fill(1)
  ]
}
const sevenEight = layOut({ length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(7, 8)] })
const dictionary = {
  header: {
    _tag: "DictionaryBatch" as const,
    id: 5n,
    isDelta: false,
    data: sevenEight.header
  },
  body: sevenEight.body
}
const big = fileOf(wide, [dictionary, batchMessage(spec), batchMessage(spec)])

describe("ArrowFile", () => {
  const withFile = <A, E>(
    bytes: Uint8Array,
    use: (file: ArrowFile.ArrowFile, counter: { bytes: number; reads: number; most: number }) => Effect.Effect<A, E>,
    more?: ReadOptions.ReadOptions
  ) =>
    Effect.gen(function* () {
      const { counter, fileSystem } = yield* counting
      const path = yield* temporary(bytes)
      const file = yield* Effect.provideService(
        ArrowFile.open(path, { ...options, ...more }),
        FileSystem.FileSystem,
        fileSystem
      )
      return yield* use(file, counter)
    }).pipe(Effect.provide(NodeFileSystem.layer))

  it.effect.each(names.filter((name) => pathOf(name, "arrow_file")))("reads %s", (name) =>
    Effect.gen(function* () {
      const file = yield* ArrowFile.open(pathOf(name, "arrow_file")!, options)
      const expected = expectedOf(name).map((column) => [...column])
      assert.deepStrictEqual(valuesOf(yield* Stream.runCollect(file.recordBatches()), expected.length), expected)
      for (const i of expected.keys()) {
        const batches = yield* Stream.runCollect(file.recordBatches({ columns: [i] }))
        assert.deepStrictEqual(valuesOf(batches, 1), [expected[i]!])
      }
      const table = read(bytesOf(name, "arrow_file"))
      for (const [number, batch] of table.batches.entries()) {
        for (let row = 0; row < Math.min(batch.length, 20); row++) {
          for (const column of batch.schema.fields.keys()) {
            assert.deepStrictEqual(
              yield* file.cell(number, column, row),
              batch.column(column).get(row),
              `${row} ${column}`
            )
          }
        }
      }
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  it.effect("reads no more than it is asked for", () =>
    withFile(big, (file, counter) =>
      Effect.gen(function* () {
        assert.strictEqual(file.length, 2)
        const opened = counter.bytes
        assert.isBelow(opened, 70_000)
        assert.strictEqual(yield* file.cell(1, "g", 54_321), 27_160.5)
        assert.strictEqual(yield* file.cell(1, "f", 4), 4)
        assert.strictEqual(yield* file.cell(1, "f", 5), null)
        assert.deepStrictEqual([yield* file.cell(0, "b", 3), yield* file.cell(0, "b", 4)], [true, false])
        assert.isBelow(counter.bytes - opened, 5 * 2000)
        const cells = counter.bytes
        const batch = yield* file.readBatch(0, { columns: ["b", "f"] })
        assert.deepStrictEqual(
          batch.schema.fields.map(({ name }) => name),
          ["b", "f"]
        )
        assert.isBelow(counter.bytes - cells, rows * 4 + 2 * (rows / 8) + 10_000)
        const some = counter.bytes
        assert.strictEqual(yield* file.cell(0, "t", 9), "x")
        assert.isBelow(counter.bytes - some, rows * 5 + 10_000)
      })
    )
  )

  it.effect("reads dictionaries once, however many ask at the same time", () =>
    withFile(big, (file, counter) =>
      Effect.gen(function* () {
        const opened = counter.bytes
        const cells = yield* Effect.all(
          [file.cell(0, "d", 0), file.cell(1, "d", 9), file.readBatch(1, { columns: ["d"] })],
          {
            concurrency: "unbounded"
          }
        )
        assert.deepStrictEqual(cells.slice(0, 2), [8, 8])
        const first = counter.bytes - opened
        yield* file.cell(0, "d", 0)
        assert.isBelow(counter.bytes - opened - first, rows + 2000)
      })
    )
  )

  it.effect("reads the dictionaries of the columns alone, and locates what they hold by their body", () => {
    const encoded = (name: string, id: bigint, type: DataType.DataType): Schema.Field =>
      Schema.field(name, type, { dictionary: { id, indexType: DataType.int(8), isOrdered: false } })
    const two = Schema.make([encoded("a", 1n, int32), encoded("b", 2n, { _tag: "Utf8" })])
    const ints = { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(7)] } as const
    const stored = (...bytes: ReadonlyArray<number>) => Uint8Array.of(bytes.length, 0, 0, 0, 0, 0, 0, 0, ...bytes)
    const text: BatchSpec = {
      length: 1,
      nodes: [[1, 0]],
      parts: [none, stored(0, 0, 0, 0, 1, 0, 0, 0), stored(255)],
      compression: { codec: "ZSTD", method: "BUFFER" }
    }
    const message = (id: bigint, spec: BatchSpec) => {
      const { body, header } = layOut(spec)
      return { header: { _tag: "DictionaryBatch" as const, id, isDelta: false, data: header }, body }
    }
    const indices = batchMessage({
      length: 1,
      nodes: [
        [1, 0],
        [1, 0]
      ],
      parts: [none, Int8Array.of(0), none, Int8Array.of(0)]
    })
    const bytes = fileOf(two, [message(1n, ints), message(2n, text), indices])
    const codecs = {
      ZSTD: { compress: (bytes: Uint8Array) => bytes, decompress: (bytes: Uint8Array) => bytes.slice() }
    }
    return withFile(
      bytes,
      (file) =>
        Effect.gen(function* () {
          assert.strictEqual(yield* file.cell(0, "a", 0), 7)
          const failure = yield* Effect.flip(file.cell(0, "b", 0))
          assert.strictEqual(failure._tag === "ArrowError" && codeOf(failure), "DataError/utf8")
          const [, block] = (yield* file.footer).dictionaries
          assert.strictEqual(failure._tag === "ArrowError" && failure.offset, block!.offset + block!.metaDataLength)
        }),
      { codecs }
    )
  })

  it.effect("locates faults in the file", () => {
    const bytes = fileOf(Schema.make([Schema.field("a", int32), Schema.field("t", { _tag: "Utf8" })]), [
      batchMessage({
        length: 1,
        nodes: [
          [1, 0],
          [1, 0]
        ],
        parts: [none, new Int32Array(2000), none, Int32Array.of(0, 1), Uint8Array.of(0xff)]
      })
    ])
    return withFile(bytes, (file) =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(file.readBatch(0, { columns: ["t"] }))
        assert.strictEqual(failure._tag === "ArrowError" && codeOf(failure), "DataError/utf8")
        const offset = failure._tag === "ArrowError" ? failure.offset! : 0
        assert.strictEqual(bytes[offset], 0xff)
        const lists = yield* Effect.flip(file.readBatch(0))
        assert.strictEqual(lists._tag === "ArrowError" && lists.offset, offset)
      })
    )
  })

  it.effect("fails as a file does", () =>
    Effect.gen(function* () {
      const failures = [
        withFile(bytesOf("integers"), (file) => file.readBatch(0)),
        withFile(new Uint8Array(0), (file) => file.readBatch(0)),
        withFile(big.subarray(0, -1), (file) => file.readBatch(0)),
        withFile(big, (file) => file.readBatch(2)),
        withFile(big, (file) => file.cell(2, 0, 0)),
        withFile(big, (file) => file.cell(0, 0, rows)),
        withFile(big, (file) => file.cell(0, 0, -1)),
        withFile(big, (file) => file.cell(0, "nothing", 0)),
        withFile(big, (file) => file.readBatch(0, { columns: ["nothing"] })),
        withFile(big, (file, counter) => {
          counter.most = 1000
          return file.readBatch(1)
        })
      ]
      const codes = yield* Effect.forEach(failures, (failure) =>
        Effect.map(Effect.flip(failure), (error) => (error._tag === "ArrowError" ? codeOf(error) : error._tag))
      )
      assert.deepStrictEqual(codes, [
        "FileError/magic",
        "FileError/magic",
        "FileError/magic",
        "FileError/index",
        "FileError/index",
        "FileError/index",
        "FileError/index",
        "SchemaMismatch/missing-field",
        "SchemaMismatch/missing-field",
        "FileError/block"
      ])
      const missing = yield* Effect.flip(Effect.scoped(ArrowFile.open("/no/such/file"))).pipe(
        Effect.provide(NodeFileSystem.layer)
      )
      assert.strictEqual(missing._tag, "PlatformError")
    })
  )

  it.effect("gives a cell of a batch that is wrong elsewhere, and refuses one that is wrong there", () => {
    const two = Schema.make([Schema.field("f", int32), Schema.field("g", int32)])
    const file = (change: BatchSpec["change"], nulls = 0): Uint8Array =>
      fileOf(two, [
        batchMessage({
          length: 2,
          nodes: [
            [2, nulls],
            [2, 0]
          ],
          parts: [Uint8Array.of(3), Int32Array.of(1, 2), none, Int32Array.of(3, 4)],
          ...(change === undefined ? {} : { change })
        })
      ])
    const bad = { offset: 999_992, length: 8 }
    const second = file(([a, b, c]) => [a!, b!, c!, bad])
    const values = file(([a, , c, d]) => [a!, bad, c!, d!])
    const validity = file(([, b, c, d]) => [bad, b!, c!, d!], 1)
    return Effect.gen(function* () {
      assert.strictEqual(yield* withFile(second, (file) => file.cell(0, 0, 1)), 2)
      for (const bytes of [values, validity]) {
        const failure = yield* Effect.flip(withFile(bytes, (file) => file.cell(0, 0, 1)))
        assert.strictEqual(failure._tag === "ArrowError" && codeOf(failure), "LayoutError/buffer-out-of-body")
      }
    })
  })

  it.effect("may have a footer that names no batches", () => {
    const empty = Fb.ref(Fb.vector([]))
    const footer = Fb.build(Fb.table([Fb.int16(4), Fb.ref(Fb.table([undefined, empty]))]))
    const bytes = new Uint8Array(8 + footer.length + 10)
    const magic = new TextEncoder().encode("ARROW1")
    bytes.set(magic)
    bytes.set(footer, 8)
    new DataView(bytes.buffer).setInt32(8 + footer.length, footer.length, true)
    bytes.set(magic, bytes.length - 6)
    return withFile(bytes, (file) =>
      Effect.gen(function* () {
        assert.strictEqual(file.length, 0)
        assert.deepStrictEqual((yield* file.footer).recordBatches, [])
        const failure = yield* Effect.flip(file.readBatch(0))
        assert.strictEqual(failure._tag === "ArrowError" && codeOf(failure), "FileError/index")
      })
    )
  })

  it.effect("is read as far as its blocks are right, and as a whole only if all are", () => {
    const bytes = fileOf(schema, [batchOf(1), batchOf(2), batchOf(3)], (footer) => ({
      ...footer,
      recordBatches: footer.recordBatches.map((block, i) => (i === 1 ? { ...block, bodyLength: 2 ** 40 } : block))
    }))
    return withFile(bytes, (file) =>
      Effect.gen(function* () {
        assert.deepStrictEqual([yield* file.cell(0, 0, 0), yield* file.cell(2, "f", 0)], [1, 3])
        const failures = [
          yield* Effect.flip(file.cell(1, 0, 0)),
          yield* Effect.flip(file.readBatch(1)),
          yield* Effect.flip(file.footer),
          yield* Effect.flip(Stream.runDrain(file.recordBatches()))
        ]
        for (const failure of failures) {
          assert.strictEqual(failure._tag === "ArrowError" && codeOf(failure), "FileError/block")
        }
      })
    )
  })

  it.effect("reads a footer longer than what it reads first", () => {
    const columns = Array.from({ length: 1000 }, (_, i) => Schema.field(`${"column ".repeat(10)}${i}`, int32))
    const bytes = fileOf(Schema.make(columns), [])
    return withFile(bytes, (file) => Effect.sync(() => assert.strictEqual(file.schema.fields.length, 1000)))
  })
})
