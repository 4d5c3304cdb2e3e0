import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { NcoHeader } from "../src/index.ts"
import { failure, latin1, ncoFixtures } from "./fixtures.ts"

const ok = Result.getOrThrow
const abis = ["LP64-LE", "LP64-BE", "ILP32-LE", "ILP32-BE"] as const

const encode = (header: NcoHeader.NcoHeader): Uint8Array => {
  const bytes = new Uint8Array(40)
  NcoHeader.encodeInto(header, bytes)
  return bytes
}

const header = (abi: NcoHeader.Abi, offsets: readonly [number, number, number, number], start = 0): Uint8Array => {
  const [pickleStart, pickleEnd, arrayStart, arrayEnd] = offsets
  return encode({ abi, start, pickleStart, pickleEnd, arrayStart, arrayEnd })
}

describe("layout", () => {
  it.each(ncoFixtures.map((fixture) => [fixture.start, fixture] as const))("is Nengo's at %i", (start, fixture) => {
    const laid = ok(NcoHeader.layout(fixture.pickle.length, fixture.npy.length, { start }))
    const { arrayEnd, arrayStart, pickleEnd, pickleStart } = laid
    assert.deepEqual([pickleStart, pickleEnd, arrayStart, arrayEnd], [...fixture.header])
    assert.deepEqual(encode(laid).subarray(0, 40), fixture.bytes.slice(0, 40))
  })

  it("starts after a header of 20 or 40 bytes, rounded up to 16", () => {
    assert.deepEqual(
      abis.map((abi) => ok(NcoHeader.layout(1, 1, { abi })).pickleStart),
      [48, 48, 32, 32]
    )
    assert.deepEqual(
      [1, 7, 15, 24, 40].map((start) => ok(NcoHeader.layout(1, 1, { start })).pickleStart),
      [48, 48, 64, 64, 80]
    )
  })

  it("refuses offsets that do not fit", () => {
    const huge = NcoHeader.layout(10, 2 ** 32, { abi: "ILP32-LE", start: 5 })
    assert.strictEqual(failure(huge), "NotRepresentable@5 header/arrayEnd")
    assert.isTrue(Result.isSuccess(NcoHeader.layout(10, 2 ** 32)))
    assert.isTrue(Result.isFailure(NcoHeader.layout(10, Number.MAX_SAFE_INTEGER)))
    assert.isTrue(Result.isFailure(NcoHeader.layout(Number.NaN, 1)))
  })
})

describe("detection", () => {
  it("finds the layout of any header that could be written", () => {
    const sizes = fc.record({
      abi: fc.constantFrom(...abis),
      start: fc.nat(2 ** 30),
      pickle: fc.integer({ min: 2, max: 2 ** 24 }),
      npy: fc.integer({ min: 80, max: 2 ** 30 }),
      after: fc.nat(2 ** 30)
    })
    fc.assert(
      fc.property(sizes, ({ abi, after, npy, pickle, start }) => {
        const laid = ok(NcoHeader.layout(pickle, npy, { start, abi }))
        for (const fileSize of [laid.arrayEnd, laid.arrayEnd + after, Number.MAX_SAFE_INTEGER]) {
          assert.deepEqual(ok(NcoHeader.decode(encode(laid), { start, fileSize })), laid)
        }
        assert.deepEqual(ok(NcoHeader.decode(encode(laid), { start: "slice", fileSize: laid.arrayEnd - start })), laid)
      })
    )
  })

  it("ignores what is in the padding", () => {
    const bytes = header("LP64-LE", [48, 50, 64, 200])
    bytes.fill(0xaa, 4, 8)
    assert.strictEqual(ok(NcoHeader.decode(bytes, { fileSize: 200 })).abi, "LP64-LE")
    const short = header("ILP32-BE", [32, 40, 48, 200])
    short.fill(0xaa, 20)
    assert.strictEqual(ok(NcoHeader.decode(short, { fileSize: 200 })).abi, "ILP32-BE")
    assert.strictEqual(ok(NcoHeader.decode(short.subarray(0, 20), { fileSize: 200 })).abi, "ILP32-BE")
  })

  it("does not need alignment", () => {
    assert.strictEqual(ok(NcoHeader.decode(header("LP64-BE", [41, 43, 43, 44]), { fileSize: 99 })).pickleStart, 41)
  })

  it("prefers the aligned layout of two, and says so when there is none", () => {
    // Offsets whose bytes mean something in both byte orders, in a file that is larger than any.
    const both = header("LP64-LE", [2 ** 24, 2 ** 24, 2 ** 24, 2 ** 24])
    assert.strictEqual(failure(NcoHeader.decode(both, { fileSize: 2 ** 52 })), "AmbiguousAbi@0 header")
    assert.strictEqual(ok(NcoHeader.decode(both, { fileSize: 2 ** 52, abi: "LP64-BE" })).pickleStart, 2 ** 32)
    const aligned = ok(NcoHeader.layout(0, 2 ** 24, { start: 2 ** 24 - 48 }))
    assert.deepEqual(ok(NcoHeader.decode(encode(aligned), { fileSize: 2 ** 52, start: aligned.start })), aligned)
  })
})

describe("errors", () => {
  it.each([
    ["", "TruncatedHeader@0 header"],
    ["N", "TruncatedHeader@0 header"],
    ["NCO\0", "TruncatedHeader@0 header"],
    ["X", "NotNco@0 magic"],
    ["NX", "NotNco@0 magic"],
    ["NCX", "NotNco@0 magic"],
    ["NCO\x01", "UnsupportedVersion@3 version"],
    ["NCO\0" + "\0".repeat(35), "TruncatedHeader@0 header"]
  ])("%j", (text, expected) => {
    assert.strictEqual(failure(NcoHeader.decode(latin1(text))), expected)
  })

  it.each([
    ["LP64-LE", [0, 0, 0, 0], "OffsetsOutOfOrder@8 header/pickleStart"],
    ["LP64-LE", [8, 9, 10, 11], "OffsetsOverlap@8 header/pickleStart"],
    ["LP64-LE", [48, 47, 64, 99], "OffsetsOutOfOrder@16 header/pickleEnd"],
    ["LP64-LE", [48, 60, 64, 63], "OffsetsOutOfOrder@32 header/arrayEnd"],
    ["LP64-BE", [48, 60, 50, 99], "OffsetsOverlap@24 header/arrayStart"],
    ["LP64-LE", [48, 60, 10, 99], "OffsetsOutOfOrder@24 header/arrayStart"],
    ["LP64-LE", [48, 60, 64, 101], "OffsetsOutOfFile@32 header/arrayEnd"],
    ["LP64-LE", [48, 60, 64, 2 ** 53], "OffsetsOutOfFile@32 header/arrayEnd"],
    ["ILP32-LE", [32, 31, 64, 99], "OffsetsOutOfOrder@8 header/pickleEnd"],
    ["ILP32-BE", [32, 40, 48, 101], "OffsetsOutOfFile@16 header/arrayEnd"]
  ] as const)("%s %j", (abi, offsets, expected) => {
    const bytes = header(abi, offsets)
    assert.strictEqual(failure(NcoHeader.decode(bytes, { fileSize: 100 })), expected)
    assert.strictEqual(failure(NcoHeader.decode(bytes, { fileSize: 100, abi })), expected)
  })

  it("are typed for offsets of 2^64 - 1", () => {
    const bytes = header("LP64-LE", [0, 0, 0, 0])
    bytes.fill(0xff, 8)
    assert.strictEqual(failure(NcoHeader.decode(bytes)), "OffsetsOutOfFile@32 header/arrayEnd")
  })

  it("are typed for a slice that is longer than its offsets allow", () => {
    const bytes = header("LP64-LE", [48, 50, 64, 80])
    assert.strictEqual(
      failure(NcoHeader.decode(bytes, { start: "slice", fileSize: 100 })),
      "OffsetsOutOfFile@32 header/arrayEnd"
    )
  })
})
