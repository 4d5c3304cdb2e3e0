import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { assert, describe, it } from "@effect/vitest"
import { Nco, NcoError, NcoFile, NcoHeader, NcoStream, NcoWriter, NdArray, Npy } from "../src/index.ts"
import { memory, type Options, type Trace } from "./files.ts"
import { describeError, latin1, ncoFixtures } from "./fixtures.ts"

const ok = Result.getOrThrow
const abis = ["LP64-LE", "LP64-BE", "ILP32-LE", "ILP32-BE"] as const

/** Objects one after another; the i-th holds i bytes, so that their starts have every residue. */
const concatenated = (count: number, abi: (i: number) => NcoHeader.Abi = () => "LP64-LE", start = 0): Uint8Array => {
  const chunks: Array<Uint8Array> = []
  let at = start
  for (let i = 0; i < count; i++) {
    const array = ok(NdArray.make("uint8", [i], new Uint8Array(i).fill(i)))
    const { chunks: object, header } = ok(
      Nco.assemble(latin1(`K${String.fromCharCode(i)}.`), ok(Npy.encodeChunks(array)), { start: at, abi: abi(i) })
    )
    chunks.push(...object)
    at = header.arrayEnd
  }
  return new Uint8Array(Buffer.concat(chunks))
}

/** An object whose array has so many bytes. */
const large = (size: number): Uint8Array => {
  const array = ok(NdArray.make("uint8", [size], new Uint8Array(size).fill(7)))
  return new Uint8Array(Buffer.concat(ok(Nco.assemble(latin1("N."), ok(Npy.encodeChunks(array)))).chunks))
}

const summary = (objects: ReadonlyArray<Nco.NcoObject>) =>
  objects.map(({ array, header, metadata }) => [header.start, metadata, array.toNested()])

const expected = (count: number, bytes: Uint8Array, start = 0) => {
  let at = start
  return Array.from({ length: count }, (_, i) => {
    const object = ok(Nco.decode(bytes.subarray(at - start), { start: at }))
    at = object.header.arrayEnd
    return [object.header.start, i, Array.from({ length: i }, () => i)]
  })
}

const onFile = <A, E>(
  bytes: Uint8Array,
  use: (file: NcoFile.NcoFile) => Effect.Effect<A, E>,
  options?: Options & { readonly trace?: Trace; readonly nco?: NcoFile.Options }
) =>
  Effect.scoped(Effect.flatMap(NcoFile.open("/file", options?.nco), use)).pipe(
    Effect.provide(memory(new Map([["/file", bytes]]), options, options?.trace))
  )

describe("a file of objects", () => {
  const bytes = concatenated(20, (i) => abis[i % 4]!)

  it.effect("gives its objects in order", () =>
    Effect.gen(function* () {
      assert.deepEqual(
        summary(yield* Stream.runCollect(NcoFile.objects(NcoFile.fromBytes(bytes)))),
        expected(20, bytes)
      )
      const onDisk = yield* onFile(bytes, (file) => Stream.runCollect(NcoFile.objects(file)), { short: 50 })
      assert.deepEqual(summary(onDisk), expected(20, bytes))
    })
  )

  it.effect("finds objects by index and by position", () =>
    Effect.gen(function* () {
      const file = NcoFile.fromBytes(bytes)
      const header = yield* NcoFile.nth(file, 7)
      assert.strictEqual(yield* NcoFile.metadata(file, header), 7)
      assert.strictEqual((yield* NcoFile.read(file, header.start)).array.size, 7)
      for (const index of [20, -1]) {
        assert.strictEqual(describeError(yield* Effect.flip(NcoFile.nth(file, index))), `NotFound@${bytes.length}`)
      }
      for (const start of [-1, bytes.length]) {
        assert.strictEqual(describeError(yield* Effect.flip(NcoFile.read(file, start))), `NotFound@${start}`)
      }
      assert.strictEqual(describeError(yield* Effect.flip(NcoFile.read(file, 1))), "NotNco@1 magic")
    })
  )

  it.effect("is walked by reading headers alone", () => {
    const trace: Trace = { reads: [] }
    return Effect.map(
      onFile(bytes, (file) => Stream.runCollect(NcoFile.headers(file)), { trace }),
      (headers) => {
        assert.strictEqual(headers.length, 20)
        assert.deepEqual(
          trace.reads.map(([, length]) => length),
          headers.map(() => 40)
        )
      }
    )
  })

  it.effect("can be empty", () =>
    Effect.map(Stream.runCollect(NcoFile.objects(NcoFile.fromBytes(new Uint8Array()))), (objects) =>
      assert.deepEqual(objects, [])
    )
  )

  it.effect("gives an array as a file of its own, and as rows", () =>
    Effect.gen(function* () {
      const source = ncoFixtures[1]!
      const file = NcoFile.fromBytes(source.bytes)
      const header = yield* NcoFile.nth(file, 0)
      assert.deepEqual(yield* NcoFile.npy(file, header).read(), source.npy)
      assert.deepEqual(yield* NcoFile.pickle(file, header), source.pickle)
      const reader = yield* NcoFile.array(file, header)
      assert.deepEqual((yield* reader.rows(1, 3)).toNested(), [1, 2])
      const target = new Float64Array(6)
      yield* reader.readInto(target)
      assert.strictEqual(target[5], 5)
      assert.strictEqual((yield* Stream.runCollect(reader.stream(4))).length, 2)
    })
  )

  it.effect("places errors in the file, and names the part", () =>
    Effect.gen(function* () {
      const second = concatenated(2)
      const start = ok(Nco.decode(second)).header.arrayEnd
      const { arrayStart, pickleStart } = ok(NcoHeader.decode(second.subarray(start), { start }))
      const damage = (at: number, byte: number) => {
        const copy = second.slice()
        copy[at] = byte
        return NcoFile.fromBytes(copy)
      }
      const failing = <A>(effect: Effect.Effect<A, NcoError.NcoError>) => Effect.map(Effect.flip(effect), describeError)
      assert.strictEqual(
        yield* failing(NcoFile.read(damage(start + 3, 1), start)),
        `UnsupportedVersion@${start + 3} version`
      )
      const magic = damage(arrayStart, 0)
      const header = yield* NcoFile.header(magic, start)
      assert.strictEqual(yield* failing(NcoFile.read(magic, start)), `NpyBadMagic@${arrayStart} array/magic`)
      assert.strictEqual(yield* failing(NcoFile.array(magic, header)), `NpyBadMagic@${arrayStart} array/magic`)
      const metadata = damage(pickleStart, 0xff)
      assert.match(
        yield* failing(NcoFile.metadata(metadata, header)),
        new RegExp(`^Pickle\\w+@${pickleStart} metadata`)
      )
      const reader = yield* NcoFile.array(NcoFile.fromBytes(second), header)
      const none = new Uint8Array()
      const limited = `LimitExceeded@${arrayStart + 128} array/data`
      assert.strictEqual(yield* failing(reader.readInto(none)), limited)
      assert.strictEqual(yield* failing(reader.rows(0, 1, none)), limited)
      const whole = NcoFile.make(NcoFile.fromBytes(second).subfile, { npy: { maxBytes: 0 }, maxPickleBytes: 1 })
      assert.strictEqual(yield* failing(Effect.flatMap(NcoFile.array(whole, header), (r) => r.read)), limited)
      assert.strictEqual(
        yield* failing(Effect.flatMap(NcoFile.array(whole, header), (r) => Stream.runDrain(r.stream(1)))),
        limited
      )
      assert.strictEqual(yield* failing(NcoFile.metadata(whole, header)), `LimitExceeded@${pickleStart} metadata`)
    })
  )

  it.effect("reads a large object's array into memory of its own", () => {
    const trace: Trace = { reads: [] }
    const bytes = large(100_000)
    return Effect.gen(function* () {
      const object = yield* onFile(bytes, (file) => NcoFile.read(file, 0), { trace })
      assert.deepEqual([object.metadata, object.array.get(99_999)], [null, 7])
      assert.strictEqual(object.array.bytes.buffer.byteLength, 100_000)
      assert.strictEqual(trace.reads.at(-1)![1], 100_000)
    })
  })

  it.effect("fails with Io where the file does", () =>
    Effect.gen(function* () {
      for (const use of [
        (file: NcoFile.NcoFile) => NcoFile.read(file, 0),
        (file: NcoFile.NcoFile) => Stream.runDrain(NcoFile.recover(file)),
        NcoFile.verify
      ]) {
        const error = yield* Effect.flip(
          onFile<unknown, NcoError.NcoError>(bytes, use, { fail: (call) => call === "read" })
        )
        assert.strictEqual(error.reason._tag, "Io")
      }
    })
  )
})

describe("recover", () => {
  const segments = (bytes: Uint8Array, options?: NcoFile.Options) =>
    Effect.map(Stream.runCollect(NcoFile.recover(NcoFile.fromBytes(bytes, options))), (parts) =>
      parts.map((part) =>
        part._tag === "Object" ? part.header.start : `${part.start}-${part.end} ${part.error.reason._tag}`
      )
    )

  it.effect("goes on after damage of any byte that matters", () =>
    Effect.gen(function* () {
      const bytes = concatenated(3)
      const headers = yield* Stream.runCollect(NcoFile.headers(NcoFile.fromBytes(bytes)))
      const [first, second, third] = headers.map(({ start }) => start)
      const { arrayStart, pickleEnd } = headers[1]!
      for (const at of [second! + 1, second! + 3, second! + 32, pickleEnd - 1, arrayStart]) {
        const copy = bytes.slice()
        copy[at]! ^= 0x80
        const [start, gap, next] = yield* segments(copy)
        assert.deepEqual([start, next], [first, third] as Array<unknown>)
        assert.match(String(gap), new RegExp(`^${second}-${third} `))
      }
    })
  )

  it.effect("finds gaps, bytes before the first object and after the last", () =>
    Effect.gen(function* () {
      const object = concatenated(1)
      const moved = (start: number) => concatenated(1, () => "ILP32-BE", start)
      const next = object.length + 32
      const bytes = Buffer.concat([object, new Uint8Array(32), moved(next), latin1("NCO\0NCO\0garbage")])
      const end = next + moved(next).length
      assert.deepEqual(yield* segments(bytes), [
        0,
        `${object.length}-${next} NotNco`,
        next,
        `${end}-${end + 15} TruncatedHeader`
      ])
      assert.deepEqual(yield* segments(Buffer.concat([latin1("junk"), concatenated(1, () => "LP64-LE", 4)])), [
        "0-4 NotNco",
        4
      ])
      assert.deepEqual(yield* segments(latin1("junk")), ["0-4 NotNco"])
    })
  )

  it.effect("finds an object whose header lies across the parts that are read", () =>
    Effect.gen(function* () {
      for (const start of [65_530, 65_536, 65_537, 131_070]) {
        const bytes = Buffer.concat([new Uint8Array(start).fill(0x4e), concatenated(1, () => "LP64-LE", start)])
        assert.deepEqual(yield* segments(bytes), [`0-${start} NotNco`, start])
      }
    })
  )

  it.effect("does not take a header whose parts are elsewhere for an object", () =>
    Effect.gen(function* () {
      const forged = new Uint8Array(400)
      NcoHeader.encodeInto(
        { abi: "LP64-LE", start: 100, pickleStart: 150, pickleEnd: 150, arrayStart: 160, arrayEnd: 170 },
        forged,
        100
      )
      forged[149] = 0x2e
      assert.deepEqual(yield* segments(forged), ["0-400 NotNco"])
      const aligned = {
        abi: "LP64-LE",
        start: 100,
        pickleStart: 144,
        pickleEnd: 144,
        arrayStart: 144,
        arrayEnd: 170
      } as const
      NcoHeader.encodeInto(aligned, forged, 100)
      assert.deepEqual(yield* segments(forged), ["0-400 NotNco"])
      NcoHeader.encodeInto({ ...aligned, pickleEnd: 140 }, forged, 100)
      assert.deepEqual(yield* segments(forged), ["0-400 NotNco"])
      NcoHeader.encodeInto({ ...aligned, pickleEnd: 146, arrayStart: 150 }, forged, 100)
      assert.deepEqual(yield* segments(forged), ["0-400 NotNco"])
      NcoHeader.encodeInto({ ...aligned, start: 0, pickleStart: 48, pickleEnd: 48, arrayStart: 48 }, forged)
      assert.deepEqual(yield* segments(forged), ["0-400 PickleTruncated"])
    })
  )

  it.effect("fails with Io while it searches", () =>
    Effect.gen(function* () {
      let reads = 0
      const bytes = Buffer.concat([latin1("junk"), concatenated(1, () => "LP64-LE", 4)])
      for (const failing of [2, 3]) {
        reads = 0
        const error = yield* Effect.flip(
          onFile(bytes, (file) => Stream.runDrain(NcoFile.recover(file)), {
            fail: (call) => call === "read" && ++reads === failing
          })
        )
        assert.strictEqual(describeError(error), "Io@0")
      }
    })
  )
})

describe("verify", () => {
  it.effect("fails with Io where a part cannot be read", () =>
    Effect.gen(function* () {
      for (const failing of [4, 5]) {
        let reads = 0
        const error = yield* Effect.flip(
          onFile(concatenated(1), NcoFile.verify, { fail: (call) => call === "read" && ++reads === failing })
        )
        assert.strictEqual(error.reason._tag, "Io")
      }
    })
  )

  it.effect("finds nothing in a good file", () =>
    Effect.gen(function* () {
      const report = yield* NcoFile.verify(NcoFile.fromBytes(concatenated(5, (i) => abis[i % 4]!)))
      assert.deepEqual([report.objects.length, report.problems], [5, []])
    })
  )

  it.effect("finds gaps, metadata that does not decode, arrays of another size, and what trails", () =>
    Effect.gen(function* () {
      const bytes = concatenated(4)
      const headers = yield* Stream.runCollect(NcoFile.headers(NcoFile.fromBytes(bytes)))
      const copy = Buffer.concat([bytes, latin1("tail")])
      copy[headers[0]!.pickleStart] = 0xff
      copy[headers[1]!.start] = 0
      copy[copy.indexOf("(2,)") + 1] = 0x33
      const { objects, problems } = yield* NcoFile.verify(NcoFile.fromBytes(new Uint8Array(copy)))
      assert.deepEqual(
        objects.map(({ start }) => start),
        [headers[0]!.start, headers[2]!.start, headers[3]!.start]
      )
      assert.deepEqual(
        problems.map((error) => describeError(error)),
        [
          `PickleMalformed@${headers[0]!.pickleStart} metadata`,
          `NotNco@${headers[1]!.start} magic`,
          `Gap@${headers[1]!.start}`,
          `NpyTruncated@${headers[2]!.arrayStart + 128} array/data`,
          `TruncatedHeader@${bytes.length} header`,
          `TrailingGarbage@${bytes.length}`
        ].map((text) => (text.startsWith("TruncatedHeader") ? `NotNco@${bytes.length} magic` : text))
      )
    })
  )
})

describe("a stream of bytes", () => {
  const pieces = (bytes: Uint8Array, ...cuts: ReadonlyArray<number>) =>
    Stream.fromIterable([0, ...cuts].map((from, i) => bytes.subarray(from, cuts[i] ?? bytes.length)))

  it.effect("gives the same objects for every split point", () =>
    Effect.gen(function* () {
      for (const start of [0, 5]) {
        const bytes = concatenated(6, (i) => abis[i % 4]!, start)
        const all = expected(6, bytes, start)
        for (let cut = 0; cut <= bytes.length; cut++) {
          const objects = yield* Stream.runCollect(NcoStream.decode({ start })(pieces(bytes, cut)))
          assert.deepEqual(summary(objects), all)
        }
        const bits = pieces(bytes, ...Array.from({ length: bytes.length - 1 }, (_, i) => i + 1))
        assert.deepEqual(summary(yield* Stream.runCollect(NcoStream.decode({ start })(bits))), all)
      }
    })
  )

  it.effect("borrows a piece that holds an object whole", () =>
    Effect.gen(function* () {
      const bytes = concatenated(3)
      const objects = yield* Stream.runCollect(NcoStream.decode()(Stream.make(bytes)))
      assert.isTrue(objects.every(({ array }) => array.bytes.buffer === bytes.buffer))
    })
  )

  it.effect("gives the objects before an error, and then the error at its byte", () =>
    Effect.gen(function* () {
      const bytes = Buffer.concat([concatenated(2), latin1("NCX\0"), new Uint8Array(60)])
      const at = concatenated(2).length
      for (const cut of [0, 100, at + 50]) {
        const seen: Array<Nco.NcoObject> = []
        const error = yield* Effect.flip(
          Stream.runForEach(NcoStream.decode()(pieces(bytes, cut)), (object) => Effect.sync(() => seen.push(object)))
        )
        assert.strictEqual(describeError(error), `NotNco@${at} magic`)
        assert.strictEqual(seen.length, 2)
      }
    })
  )

  it.effect("fails where it ends inside an object", () =>
    Effect.gen(function* () {
      const bytes = concatenated(2, undefined, 10)
      const second = ok(Nco.decode(bytes, { start: 10 })).header.arrayEnd - 10
      for (const [length, expected] of [
        [second + 3, `TruncatedHeader@${second} header`],
        [second + 30, `TruncatedHeader@${second} header`],
        [second + 50, `OffsetsOutOfFile@${second + 32} header/arrayEnd`],
        [bytes.length - 1, `OffsetsOutOfFile@${second + 32} header/arrayEnd`]
      ] as const) {
        const error = yield* Effect.flip(
          Stream.runDrain(NcoStream.decode({ start: 10 })(Stream.make(bytes.subarray(0, length))))
        )
        assert.strictEqual(describeError(error), expected)
      }
    })
  )

  it.effect("bounds how long an object may be, and takes one without a pickle for what it is", () =>
    Effect.gen(function* () {
      const forge = (offsets: Omit<NcoHeader.NcoHeader, "abi" | "start">, abi: NcoHeader.Abi) => {
        const bytes = new Uint8Array(40)
        NcoHeader.encodeInto({ abi, start: 0, ...offsets }, bytes)
        return Effect.map(Effect.flip(Stream.runDrain(NcoStream.decode({ abi })(Stream.make(bytes)))), describeError)
      }
      const far = { pickleStart: 48, pickleEnd: 50, arrayStart: 64, arrayEnd: 2 ** 31 }
      assert.strictEqual(yield* forge(far, "LP64-LE"), "LimitExceeded@0 header/arrayEnd")
      const short = { pickleStart: 20, pickleEnd: 21, arrayStart: 21, arrayEnd: 21 }
      assert.match(yield* forge(short, "ILP32-LE"), /^Pickle\w+@20 metadata/)
    })
  )

  it.effect("passes other errors on", () =>
    Effect.map(Effect.flip(Stream.runDrain(NcoStream.decode()(Stream.fail("mine" as const)))), (error) =>
      assert.strictEqual(error, "mine")
    )
  )
})

describe("a stream of contents", () => {
  const array = ok(NdArray.make("uint8", [3], Uint8Array.of(1, 2, 3)))

  it.effect("is written as one file", () =>
    Effect.gen(function* () {
      const contents = [0, 1, 2].map((metadata) => ({ metadata, array }))
      for (const start of [undefined, 100]) {
        const chunks = yield* Stream.runCollect(NcoStream.encode({ start })(Stream.fromIterable(contents)))
        assert.strictEqual(chunks.length, 9)
        const objects = yield* Stream.runCollect(NcoStream.decode({ start })(Stream.fromIterable(chunks)))
        assert.deepEqual(
          objects.map(({ metadata }) => metadata),
          [0, 1, 2]
        )
      }
    })
  )

  it.effect("fails for what cannot be written", () =>
    Effect.gen(function* () {
      const objects = ok(NdArray.make("object", [1], [1]))
      const error = yield* Effect.flip(
        Stream.runDrain(NcoStream.encode()(Stream.make({ metadata: 1, array: objects })))
      )
      assert.strictEqual(describeError(error), "NotRepresentable@0 array/descr")
    })
  )
})

describe("rewriting", () => {
  const bytes = concatenated(9, (i) => abis[i % 4]!)
  const join = (stream: Stream.Stream<Uint8Array, NcoError.NcoError>) =>
    Effect.map(Stream.runCollect(stream), (chunks) => new Uint8Array(Buffer.concat(chunks)))

  it.effect.each(abis)("converts a file to %s", (abi) =>
    Effect.gen(function* () {
      const converted = yield* join(NcoWriter.concat([NcoFile.fromBytes(bytes)], { abi }))
      assert.deepEqual(
        converted,
        concatenated(9, () => abi)
      )
    })
  )

  it.effect("rebases, joins and splits", () =>
    Effect.gen(function* () {
      const file = NcoFile.fromBytes(bytes)
      assert.deepEqual(yield* join(NcoWriter.concat([file])), bytes)
      const rebased = yield* join(NcoWriter.concat([file], { start: 13 }))
      assert.deepEqual(
        rebased,
        concatenated(9, (i) => abis[i % 4]!, 13)
      )
      const twice = NcoFile.fromBytes(yield* join(NcoWriter.concat([file, file])))
      assert.strictEqual((yield* Stream.runCollect(NcoFile.objects(twice))).length, 18)
      const parts = yield* Stream.runCollect(
        Stream.mapEffect(NcoWriter.split(file, { abi: "LP64-LE" }), ({ bytes, header }) =>
          Effect.map(join(bytes), (bytes) => ({ bytes, header }))
        )
      )
      for (const [i, part] of parts.entries()) {
        const object = ok(Nco.decode(part.bytes, { trailing: "error" }))
        assert.deepEqual([object.header.start, object.metadata, object.array.size], [0, i, i])
      }
    })
  )

  it.effect("compacts what recover finds", () =>
    Effect.gen(function* () {
      const damaged = concatenated(3)
      damaged[0] = 0
      const file = NcoFile.fromBytes(damaged)
      const compacted = yield* NcoFile.recover(file).pipe(
        Stream.filter((segment) => segment._tag === "Object"),
        Stream.map(({ header }) => ({ file, header })),
        NcoWriter.rewrite(),
        join
      )
      const objects = yield* Stream.runCollect(NcoFile.objects(NcoFile.fromBytes(compacted)))
      assert.deepEqual(
        objects.map(({ metadata }) => metadata),
        [1, 2]
      )
    })
  )

  it.effect("copies large arrays in pieces", () =>
    Effect.gen(function* () {
      const source = large(3_000_000)
      const chunks = yield* onFile(source, (file) => Stream.runCollect(NcoWriter.concat([file])))
      assert.deepEqual(
        chunks.map(({ length }) => length),
        [64, 2 ** 20, 2 ** 20, 3_000_128 - 2 ** 21]
      )
      assert.deepEqual(Buffer.concat(chunks), Buffer.from(source))
    })
  )

  it.effect("fails where an offset does not fit, or the file became shorter", () =>
    Effect.gen(function* () {
      const far = NcoWriter.concat([NcoFile.fromBytes(bytes)], { abi: "ILP32-LE", start: 2 ** 32 - 50 })
      assert.strictEqual(
        describeError(yield* Effect.flip(Stream.runDrain(far))),
        `NotRepresentable@${2 ** 32 - 50} header/arrayEnd`
      )
      const shrunk = onFile(large(1000), (file) => Stream.runDrain(NcoWriter.concat([file])), { shrink: 10 })
      assert.strictEqual(describeError(yield* Effect.flip(shrunk)), "NpyTruncated@64 array/data")
    })
  )
})

describe("append", () => {
  const array = ok(NdArray.make("uint8", [3], Uint8Array.of(1, 2, 3)))

  it.effect("makes a file, and makes it longer", () =>
    Effect.gen(function* () {
      const files = new Map<string, Uint8Array>()
      const layer = memory(files)
      const first = yield* Effect.provide(NcoWriter.append("/new", [{ metadata: 1, array }]), layer)
      const others = [2, 3].map((metadata) => ({ metadata, array }))
      const rest = yield* Effect.provide(NcoWriter.append("/new", others, { abi: "ILP32-BE" }), layer)
      const objects = yield* Stream.runCollect(NcoFile.objects(NcoFile.fromBytes(new Uint8Array(files.get("/new")!))))
      assert.deepEqual(
        objects.map(({ header, metadata }) => [metadata, header.start, header.arrayEnd]),
        [...first, ...rest].map(({ end, start }, i) => [i + 1, start, end])
      )
    })
  )

  it.effect("leaves the file as it was when it fails", () =>
    Effect.gen(function* () {
      const before = concatenated(2)
      const files = new Map([["/old", before]])
      const objects = ok(NdArray.make("object", [1], [1]))
      const contents = [
        { metadata: 1, array },
        { metadata: 2, array: objects }
      ]
      const error = yield* Effect.flip(Effect.provide(NcoWriter.append("/old", contents), memory(files)))
      assert.strictEqual(describeError(error), "NotRepresentable@0 array/descr")
      assert.deepEqual(new Uint8Array(files.get("/old")!), before)
      let writes = 0
      const full = memory(files, { fail: (call) => call === "writeAll" && ++writes === 2 })
      assert.strictEqual(
        describeError(yield* Effect.flip(Effect.provide(NcoWriter.append("/old", contents), full))),
        "Io@0"
      )
      assert.deepEqual(new Uint8Array(files.get("/old")!), before)
      for (const call of ["open", "stat"]) {
        const broken = memory(files, { fail: (name) => name === call })
        assert.strictEqual(
          describeError(yield* Effect.flip(Effect.provide(NcoWriter.append("/old", []), broken))),
          "Io@0"
        )
      }
    })
  )
})
