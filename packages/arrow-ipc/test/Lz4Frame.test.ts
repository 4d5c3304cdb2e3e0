import { readFileSync } from "node:fs"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { Lz4Frame } from "../src/index.ts"

interface Fixture {
  readonly name: string
  readonly frame: string
  readonly length: number
  readonly content: string
}

const fixtures = JSON.parse(
  readFileSync(new URL("fixtures/lz4.json", import.meta.url), "utf8")
) as ReadonlyArray<Fixture>

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"))

const lines = (): Uint8Array =>
  new Uint8Array(
    Buffer.from(Array.from({ length: 4000 }, (_, i) => `line ${i} of a text that spans blocks\n`).join(""))
  )

const contentOf = ({ content }: Fixture): Uint8Array => (content.startsWith("lines") ? lines() : hex(content))

const frameOf = (name: string): Uint8Array => hex(fixtures.find((fixture) => fixture.name === name)!.frame)

const failure = (bytes: Uint8Array, options?: Lz4Frame.DecodeOptions) => {
  const error = Result.getOrThrow(Result.flip(Lz4Frame.decode(bytes, options)))
  assert.strictEqual(error.reason._tag, "CompressionError")
  assert.strictEqual(error.reason.code, "corrupt")
  return error
}

const random = (length: number): Uint8Array => {
  let state = 1
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 23)
}

const concat = (...parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

describe("Lz4Frame.decode", () => {
  for (const fixture of fixtures) {
    it(`reads a frame of the reference implementation: ${fixture.name}`, () => {
      const content = contentOf(fixture)
      assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(hex(fixture.frame))), content)
      assert.deepStrictEqual(
        Result.getOrThrow(Lz4Frame.decode(hex(fixture.frame), { length: content.length })),
        content
      )
    })

    it(`gives an error or content, and nothing else, for each damaged byte: ${fixture.name}`, () => {
      const frame = hex(fixture.frame)
      const step = Math.max(1, Math.floor(frame.length / 60))
      for (let i = 0; i < frame.length; i += step) {
        for (const flip of [1, 0x80, 0xff]) {
          const damaged = frame.slice()
          damaged[i]! ^= flip
          const result = Lz4Frame.decode(damaged, { length: fixture.length })
          if (Result.isSuccess(result)) assert.strictEqual(result.success.length, fixture.length)
          else assert.strictEqual(result.failure._tag, "ArrowError")
        }
      }
    })

    it(`refuses each cut: ${fixture.name}`, () => {
      const frame = hex(fixture.frame)
      const step = Math.max(1, Math.floor(frame.length / 60))
      for (let i = 0; i < frame.length; i += step) failure(frame.subarray(0, i))
    })
  }

  it("reads frames in a row, skippable frames and zero padding", () => {
    const skippable = hex("5b2a4d1803000000616263")
    const one = Lz4Frame.encode(Uint8Array.of(1, 2, 3))
    const two = Lz4Frame.encode(Uint8Array.of(4))
    const joined = concat(skippable, one, two, new Uint8Array(5))
    assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(joined)), Uint8Array.of(1, 2, 3, 4))
    assert.match(failure(concat(one, Uint8Array.of(0, 0, 1, 0))).detail, /no LZ4 frame/)
    assert.match(failure(hex("5b2a4d180300000061")).detail, /skippable data/)
    assert.match(failure(hex("5b2a4d18")).detail, /skippable frame's length/)
  })

  it("names what is wrong with a header, and where", () => {
    const plain = frameOf("plain")
    const withByte = (index: number, value: number) => {
      const changed = plain.slice()
      changed[index] = value
      return failure(changed)
    }
    assert.strictEqual(
      withByte(0, 0).message,
      "CompressionError/corrupt at byte 0: LZ4_FRAME: no LZ4 frame (magic number 0x184d2200)"
    )
    assert.strictEqual(withByte(4, 0x80).offset, 4)
    assert.match(withByte(4, 0x80).detail, /version 2/)
    assert.match(withByte(4, plain[4]! | 2).detail, /reserved flag/)
    assert.match(withByte(4, plain[4]! | 1).detail, /needs a dictionary/)
    assert.match(withByte(5, 0x30).detail, /block descriptor 0x30/)
    assert.match(withByte(5, 0x41).detail, /block descriptor 0x41/)
    assert.match(withByte(14, plain[14]! ^ 1).detail, /header's checksum/)
    assert.match(failure(plain.subarray(0, 5)).detail, /ends inside its header/)
    assert.match(failure(plain.subarray(0, 14)).detail, /ends inside its header/)
  })

  it("checks block and content checksums", () => {
    const block = frameOf("block checksums")
    block[block.length - 5]! ^= 1
    assert.match(failure(block).detail, /block's checksum/)
    const content = frameOf("content checksum")
    content[content.length - 1]! ^= 1
    assert.match(failure(content).detail, /content's checksum/)
  })

  it("believes no length: announced, of a block, or of a frame", () => {
    const frame = Lz4Frame.encode(new Uint8Array(1000))
    assert.match(failure(frame, { length: 2 ** 40 }).detail, /at most/)
    assert.match(failure(frame, { length: 1001 }).detail, /1001 bytes were announced and 1000 decoded/)
    assert.match(failure(frame, { length: 999 }).detail, /decodes to more than is allowed/)
    assert.match(failure(frame, { maxLength: 10 }).detail, /decodes to more than is allowed/)
    const stored = frameOf("stored")
    assert.match(failure(stored, { maxLength: 10 }).detail, /decodes to more than is allowed/)
    const huge = stored.slice()
    huge.set([0xff, 0xff, 0xff, 0x7f], 15)
    assert.match(failure(huge).detail, /a block of 2147483647 bytes/)
    const sized = Lz4Frame.encode(Uint8Array.of(1, 2, 3), { contentChecksum: true })
    assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(sized)), Uint8Array.of(1, 2, 3))
  })

  it("refuses blocks that break off, reach back too far or grow too long", () => {
    // A header without content size: 64 KiB blocks, independent.
    const frame = (...block: ReadonlyArray<number>) =>
      concat(hex("04224d18604082"), Uint8Array.of(block.length, 0, 0, 0), Uint8Array.from(block), new Uint8Array(4))
    assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(frame(0x10, 7))), Uint8Array.of(7))
    assert.match(failure(frame(0xf0)).detail, /ends inside a sequence/)
    assert.match(failure(frame(0x20, 7)).detail, /ends inside a sequence/)
    assert.match(failure(frame(0x10, 7, 1)).detail, /ends inside a sequence/)
    assert.match(failure(frame(0x1f, 7, 1, 0)).detail, /ends inside a sequence/)
    assert.match(failure(frame(0x10, 7, 1, 0)).detail, /ends inside a sequence/)
    assert.match(failure(frame(0x10, 7, 0, 0)).detail, /reaches before its window/)
    assert.match(failure(frame(0x10, 7, 2, 0)).detail, /reaches before its window/)
    assert.match(failure(frame(0x10, 7, 1, 0, 0x10, 7), { maxLength: 3 }).detail, /more than is allowed/)
    assert.match(failure(frame(0x20, 7, 7), { maxLength: 1 }).detail, /more than is allowed/)
  })
})

describe("Lz4Frame.encode", () => {
  it("gives back what it was given, whatever it is", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .uint8Array({ maxLength: 20, max: 2 })
        .chain((part) =>
          fc
            .nat({ max: 2000 })
            .map((times) => Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length]!))
        )
    )
    fc.assert(
      fc.property(bytes, fc.boolean(), (content, contentChecksum) => {
        const frame = Lz4Frame.encode(content, { contentChecksum })
        assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(frame, { length: content.length })), content)
      }),
      { numRuns: 200 }
    )
  })

  it("uses the block size that holds the input, up to 4 MiB", () => {
    for (const [length, descriptor] of [
      [0, 0x40],
      [65_536, 0x40],
      [65_537, 0x50],
      [300_000, 0x60],
      [1_100_000, 0x70],
      [5_000_000, 0x70]
    ] as const) {
      const content = new Uint8Array(length).map((_, i) => (i >> 4) ^ (i * 31))
      const frame = Lz4Frame.encode(content)
      assert.strictEqual(frame[5], descriptor)
      assert.isTrue(Buffer.compare(Result.getOrThrow(Lz4Frame.decode(frame)), content) === 0)
    }
  })

  it("stores what does not compress, with little overhead", () => {
    const noise = random(1000)
    assert.strictEqual(Lz4Frame.encode(noise).length, 15 + 4 + 1000 + 4)
    const half = concat(noise, new Uint8Array(40), noise.subarray(0, 300))
    assert.deepStrictEqual(Result.getOrThrow(Lz4Frame.decode(Lz4Frame.encode(half))), half)
    const more = random(5000)
    const hardly = concat(more, more.subarray(0, 6), noise.subarray(0, 8))
    assert.strictEqual(Lz4Frame.encode(hardly).length, 15 + 4 + hardly.length + 4)
    assert.match(failure(Lz4Frame.encode(noise), { maxLength: 10 }).detail, /decodes to more than is allowed/)
    const long = concat(noise, lines())
    assert.isTrue(Lz4Frame.encode(long).length < long.length / 2)
  })

  it("is the LZ4_FRAME codec", () => {
    const content = lines()
    const frame = Lz4Frame.codec.compress(content)
    assert.deepStrictEqual(Lz4Frame.codec.decompress(frame, content.length), content)
    assert.throws(() => Lz4Frame.codec.decompress(frame.subarray(0, 100), content.length), /ends inside/)
  })
})
