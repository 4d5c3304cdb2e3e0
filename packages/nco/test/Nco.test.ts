import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import { assert, describe, expectTypeOf, it } from "vitest"
import { Nco, NcoError, NdArray, NengoSolverInfo, Npy, Pickle } from "../src/index.ts"
import { failure, ncoFixtures } from "./fixtures.ts"

const ok = Result.getOrThrow
const array = ok(NdArray.make("float64", [2, 2], new Float64Array([1, 2, 3, 4])))
const abis = ["LP64-LE", "LP64-BE", "ILP32-LE", "ILP32-BE"] as const
const fixture = ncoFixtures[1]!

describe("Nengo's objects", () => {
  it.each(ncoFixtures.map((fixture) => [fixture.start, fixture] as const))(
    "at %i are read and written",
    (start, fixture) => {
      const { header, npy, pickle } = ok(Nco.sections(fixture.bytes, { start, trailing: "error" }))
      assert.deepEqual([pickle, npy], [fixture.pickle, fixture.npy])
      assert.deepEqual([header.pickleStart, header.pickleEnd, header.arrayStart, header.arrayEnd], [...fixture.header])
      const { array } = ok(Nco.decode(fixture.bytes, { start }))
      assert.deepEqual(ok(Npy.encode(array)), new Uint8Array(fixture.npy) as never)
      const { chunks } = ok(Nco.assemble(fixture.pickle, ok(Npy.encodeChunks(array)), { start }))
      assert.deepEqual(new Uint8Array(Buffer.concat(chunks)), fixture.bytes)
      assert.deepEqual(ok(Nco.sections(fixture.bytes, { start: "slice" })).header, header)
    }
  )
})

describe("decode", () => {
  it("reads metadata", () => {
    const { metadata } = ok(Nco.decode(ncoFixtures[4]!.bytes, { start: 24 }))
    assert.deepEqual(metadata, { deep: { list: [1, null, true] } })
  })

  it("takes bytes after the object, or refuses them", () => {
    const longer = Buffer.concat([fixture.bytes, Buffer.from("more")])
    assert.isTrue(Result.isSuccess(Nco.decode(longer)))
    assert.strictEqual(failure(Nco.decode(longer, { trailing: "error" })), `TrailingGarbage@${fixture.bytes.length}`)
  })

  it("fails where the object leaves the bytes, whatever the file's size", () => {
    const short = fixture.bytes.subarray(0, -1)
    assert.strictEqual(failure(Nco.decode(short)), "OffsetsOutOfFile@32 header/arrayEnd")
    assert.strictEqual(failure(Nco.decode(short, { fileSize: 1000 })), "OffsetsOutOfFile@0 header/arrayEnd")
  })

  it("gives offsets in the input, and names the part", () => {
    const [pickleStart, pickleEnd, arrayStart, arrayEnd] = fixture.header
    const damaged = (at: number, byte: number) => {
      const bytes = fixture.bytes.slice()
      bytes[at] = byte
      return failure(Nco.decode(bytes))
    }
    assert.match(damaged(pickleEnd - 1, 0xff), /^Pickle\w+@\d+ metadata/)
    assert.strictEqual(damaged(arrayStart, 0), `NpyBadMagic@${arrayStart} array/magic`)
    assert.strictEqual(damaged(arrayStart + 6, 9), `UnsupportedVersion@${arrayStart + 6} array/version`)
    const offsets = new Uint8Array(fixture.bytes)
    new DataView(offsets.buffer).setBigUint64(32, BigInt(arrayEnd - 1), true)
    assert.strictEqual(failure(Nco.decode(offsets)), `NpyTruncated@${arrayStart + 128} array/data`)
    assert.isBelow(pickleStart, pickleEnd)
  })

  it("does not let an array leave bytes over, whatever npy.trailing says", () => {
    const { chunks } = ok(Nco.assemble(fixture.pickle, [fixture.npy, Uint8Array.of(0)]))
    const bytes = Buffer.concat(chunks)
    assert.match(failure(Nco.decode(bytes, { npy: { trailing: "ignore" } })), /^NpyTrailingBytes@\d+ array\/data$/)
  })
})

describe("encode", () => {
  it.each(abis)("writes %s, which decode tells from the others", (abi) => {
    for (const start of [0, 1, 16, 39]) {
      const bytes = ok(Nco.encode({ metadata: { a: 1 }, array }, { abi, start }))
      const object = ok(Nco.decode(bytes, { start, trailing: "error" }))
      assert.deepEqual([object.header.abi, object.metadata], [abi, { a: 1 }] as never)
      assert.deepEqual(object.array.toNested(), array.toNested())
      assert.strictEqual((object.header.arrayStart - object.header.pickleStart) % 16, 0)
    }
  })

  it("gives chunks of which the last is the array's own memory", () => {
    const chunks = ok(Nco.encodeChunks({ metadata: {}, array }))
    assert.strictEqual(chunks.at(-1)!.buffer, array.data.buffer)
    assert.deepEqual(Buffer.concat(chunks), Buffer.from(ok(Nco.encode({ metadata: {}, array }))))
  })

  it("fails for what a part cannot hold", () => {
    const objects = ok(NdArray.make("object", [1], [1]))
    assert.strictEqual(failure(Nco.encode({ metadata: {}, array: objects })), "NotRepresentable@0 array/descr")
    assert.strictEqual(failure(Nco.encodeChunks({ metadata: {}, array: objects })), "NotRepresentable@0 array/descr")
    const metadata = { f: () => 1 }
    assert.match(failure<unknown>(Nco.encode({ metadata, array })), /^NotRepresentable@\d+ metadata/)
    assert.match(failure<unknown>(Nco.encodeChunks({ metadata, array })), /^NotRepresentable@\d+ metadata/)
    const far = Nco.encode({ metadata: {}, array }, { abi: "ILP32-LE", start: 2 ** 32 - 100 })
    assert.match(failure(far), /^NotRepresentable@\d+ header\/arrayEnd$/)
  })
})

describe("schema", () => {
  const Decoders = Nco.schema({
    metadata: Schema.Struct({ solver: Schema.String, seed: Schema.optionalKey(Schema.Finite) }),
    array: NdArray.of("float64", 2)
  })

  it("types metadata and array, both ways", () => {
    const bytes = Schema.encodeSync(Decoders)({ metadata: { solver: "LstsqL2", seed: 5 }, array })
    const object = Schema.decodeSync(Decoders)(bytes)
    expectTypeOf(object.metadata.solver).toEqualTypeOf<string>()
    expectTypeOf(object.array.data).toEqualTypeOf<Float64Array>()
    assert.deepEqual(object.metadata, { solver: "LstsqL2", seed: 5 })
    assert.strictEqual(object.array.data[3], 4)
  })

  it("fails for an object that is another", () => {
    const other = ok(Nco.encode({ metadata: { solver: 1 }, array }))
    assert.throws(() => Schema.decodeSync(Decoders)(other), /solver/)
    const vector = ok(NdArray.make("float64", [4], new Float64Array(4)))
    const flat = ok(Nco.encode({ metadata: { solver: "a" }, array: vector }))
    assert.throws(() => Schema.decodeSync(Decoders)(flat), /NdArray<float64, 2>/)
  })

  it("carries the error of bytes that are no object", () => {
    const result = Schema.decodeResult(Decoders)(new Uint8Array(50).fill(1))
    const { issue } = ok(Result.flip(result))
    const find = (issue: SchemaIssue.Issue): unknown =>
      issue._tag === "InvalidValue"
        ? issue.annotations?.[Pickle.errorAnnotation]
        : "issue" in issue
          ? find(issue.issue as SchemaIssue.Issue)
          : undefined
    const error = find(issue) as NcoError.NcoError
    assert.strictEqual(error.reason._tag, "NotNco")
    assert.throws(() => Schema.decodeSync(Decoders)(new Uint8Array(50).fill(1)), /NotNco at byte 0/)
    const wide = Nco.schema({ metadata: Schema.Unknown, array: NdArray.of("object") })
    const objects = ok(NdArray.make("object", [1], [1]))
    assert.throws(() => Schema.encodeSync(wide)({ metadata: 1, array: objects }), /NotRepresentable/)
  })

  it("passes options on", () => {
    const shifted = Nco.schema(
      { metadata: Schema.Unknown, array: NdArray.of("float64") },
      { decode: { start: 24 }, encode: { start: 24, abi: "LP64-BE" } }
    )
    const bytes = Schema.encodeSync(shifted)({ metadata: {}, array })
    assert.strictEqual(bytes[15], 64)
    assert.strictEqual(Schema.decodeSync(shifted)(bytes).array.shape.length, 2)
  })
})

describe("NengoSolverInfo", () => {
  it("is the metadata of Nengo's cache, with what a solver adds", () => {
    const time = 0.5
    const rmses = ok(NdArray.make("float64", [1], new Float64Array([0.25])))
    const info = { rmses, time, iterations: 8, info0: { rank: 3 } }
    assert.deepEqual(Schema.decodeSync(NengoSolverInfo.NengoSolverInfo)(info), info)
    assert.throws(() => Schema.decodeUnknownSync(NengoSolverInfo.NengoSolverInfo)({ time }), /rmses/)
  })
})
