import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as fc from "fast-check"
import { assert, it } from "vitest"
import { Dtype, Nco, NcoFile, NcoStream, NdArray, Npy, Subfile } from "../src/index.ts"

const ok = Result.getOrThrow

const codes = ["?", "i1", "u1", "S3", "V5", "S0"].concat(
  ["<", ">"].flatMap((order) =>
    ["i2", "u4", "i8", "f2", "f4", "f8", "f16", "c8", "c16", "c32", "M8[25us]", "m8"].map((code) => order + code)
  )
)

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 6, unit: "grapheme" }), {
  minLength: 1,
  maxLength: 3
})

const descr: fc.Arbitrary<Dtype.Descr> = fc.letrec<{ descr: Dtype.Descr }>((tie) => ({
  descr: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...codes),
    fc
      .tuple(names, fc.array(tie("descr"), { minLength: 3, maxLength: 3 }), fc.array(fc.nat(2), { maxLength: 2 }))
      .map(([names, inner, shape]) =>
        names.map((name, i) => (shape.length === i ? [name, inner[i]!] : [name, inner[i]!, shape]) as Dtype.FieldDescr)
      )
  )
})).descr

const arrays: fc.Arbitrary<NdArray.NdArray> = fc
  .tuple(
    descr,
    fc.array(fc.nat(3), { maxLength: 4 }),
    fc.constantFrom("C" as const, "F" as const),
    fc.infiniteStream(fc.nat(255))
  )
  .map(([descr, shape, order, random]) => {
    const dtype = ok(Dtype.fromDescr(descr))
    const bytes = Uint8Array.from({ length: ok(NdArray.byteLength(dtype, shape)) }, () => random.next().value)
    return ok(NdArray.fromBytes(dtype, shape, bytes, order))
  })

const runs = { numRuns: 200 }

it("an array is read as it was written, and every part of its file that is missing is noticed", () => {
  fc.assert(
    fc.property(arrays, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (array, part) => {
      const bytes = ok(Npy.encode(array))
      assert.isTrue(Equal.equals(ok(Npy.decode(bytes, { trailing: "error" })), array))
      assert.isTrue(Result.isFailure(Npy.decode(bytes.subarray(0, Math.floor(part * bytes.length)))))
    }),
    runs
  )
})

it("rows of an array are those of all of it", () => {
  fc.assert(
    fc.property(arrays, fc.nat(4), fc.nat(4), (array, from, to) => {
      fc.pre(array.shape.length > 0)
      const reader = Effect.runSync(Npy.open(Subfile.fromBytes(ok(Npy.encode(array)))))
      const rows = Effect.runSync(reader.rows(from, to))
      assert.deepEqual(rows.toNested(), (array.toNested() as ReadonlyArray<unknown>).slice(from, Math.max(from, to)))
    }),
    runs
  )
})

it("objects are the same from bytes, from a file and from a stream in any pieces", () => {
  const metadata = fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)))
  const contents = fc.array(fc.tuple(metadata, arrays), { minLength: 1, maxLength: 3 })
  const abi = fc.constantFrom("LP64-LE" as const, "LP64-BE" as const, "ILP32-LE" as const, "ILP32-BE" as const)
  fc.assert(
    fc.property(contents, abi, fc.nat(100), fc.integer({ min: 1, max: 400 }), (contents, abi, start, size) => {
      const written = NcoStream.encode({ abi, start })(
        Stream.fromIterable(contents.map(([metadata, array]) => ({ metadata, array })))
      )
      const bytes = new Uint8Array(Buffer.concat(Effect.runSync(Stream.runCollect(written))))
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size)
      )
      const streamed = Effect.runSync(Stream.runCollect(NcoStream.decode({ start })(Stream.fromIterable(pieces))))
      const padded = new Uint8Array(Buffer.concat([new Uint8Array(start), bytes]))
      const file = NcoFile.fromBytes(padded)
      assert.strictEqual(streamed.length, contents.length)
      for (const [i, object] of streamed.entries()) {
        const read = Effect.runSync(NcoFile.read(file, object.header.start))
        const direct = ok(Nco.decode(padded.subarray(object.header.start), { start: object.header.start }))
        for (const one of [object, read, direct]) {
          assert.deepEqual([one.header, one.metadata], [object.header, contents[i]![0]] as never)
          assert.isTrue(Equal.equals(one.array, contents[i]![1]))
        }
      }
    }),
    runs
  )
})
