import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { layouts } from "../fuzz/layouts.ts"
import { Binary, Codec, Layout, Parser } from "../src/index.ts"
import { DecodeError, EncodeError } from "../src/BinaryError.ts"
import { Chunks, Fuzz, Malformed, Property, Random, Values } from "../src/testing.ts"

const seed = 0x5eed

describe("Random", () => {
  it("is the same for the same seed and another for another", () => {
    const take = (seed: number, index?: number) => Array.from({ length: 4 }, Random.make(seed, index).uint32)
    assert.deepStrictEqual(take(1), take(1, 0))
    assert.notDeepEqual(take(1), take(2))
    assert.notDeepEqual(take(1, 1), take(1, 2))
  })

  it("stays within its bounds and reaches them", () => {
    const random = Random.make(seed)
    const seen = new Set(Array.from({ length: 500 }, () => random.int(-2, 2)))
    assert.deepStrictEqual(
      [...seen].sort((a, b) => a - b),
      [-2, -1, 0, 1, 2]
    )
    const wide = Array.from({ length: 300 }, () => random.bigint(-1n, 1n))
    assert.deepStrictEqual(
      [...new Set(wide)].sort((a, b) => Number(a - b)),
      [-1n, 0n, 1n]
    )
    assert.isTrue(Array.from({ length: 100 }, () => random.bigint(0n, 2n ** 64n - 1n)).some((n) => n > 2n ** 63n))
    assert.isTrue(random.chance(1))
    assert.isFalse(random.chance(0))
    assert.strictEqual(random.bytes(5).length, 5)
    assert.include(["a", "b"], random.pick(["a", "b"]))
  })
})

describe("Chunks", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  const joined = (chunks: ReadonlyArray<Uint8Array>) => Buffer.concat(chunks).toString("hex")

  it("of every kind join to the bytes", () => {
    assert.strictEqual(Chunks.everySplit(bytes).length, 9)
    for (const chunks of Chunks.all(bytes)) assert.strictEqual(joined(chunks), "0102030405060708")
    assert.deepStrictEqual(
      Chunks.ofSize(bytes, 3).map((chunk) => chunk.length),
      [3, 3, 2]
    )
    const random = Chunks.random(bytes, Random.make(seed), 3)
    assert.strictEqual(joined(random), "0102030405060708")
    assert.isTrue(random.every((chunk) => chunk.length <= 3))
  })

  it("of no bytes are one split", () => {
    assert.deepStrictEqual(Chunks.everySplit(new Uint8Array(0)).length, 1)
    assert.deepStrictEqual(Chunks.ofSize(new Uint8Array(0), 1), [])
  })

  it("refuse pieces of nothing", () => {
    assert.throws(() => Chunks.ofSize(bytes, 0), "a chunk has at least 1 byte, not 0")
  })

  it("feed a parser the same messages", () => {
    const codec = Codec.make(layouts.echo)
    const generate = Values.make(layouts.echo)
    const stream = Result.getOrThrow(codec.encodeMany([1, 2, 3].map((index) => generate(Random.make(seed, index)))))
    for (const chunks of Chunks.all(stream)) {
      const parser = Parser.make(layouts.echo)
      const messages = chunks.flatMap((chunk) => parser.feedSync(chunk))
      parser.endSync()
      assert.strictEqual(joined([Result.getOrThrow(codec.encodeMany(messages))]), joined([stream]))
    }
  })

  it("cut off anywhere leave a message incomplete", () => {
    const codec = Codec.make(layouts.echo)
    const bytes = codec.encodeSync(Values.make(layouts.echo)(Random.make(seed, 9)))
    for (const cut of Chunks.everyTruncation(bytes)) assert.isTrue(Result.isFailure(codec.decode(cut)))
  })
})

describe("Property", () => {
  const generate = (random: Random.Random) => random.int(0, 99)

  it("tries as many values as it is told", () => {
    let count = 0
    Property.check(generate, () => void count++, { cases: 7, seed })
    assert.strictEqual(count, 7)
    Property.check(generate, () => void count++)
    assert.strictEqual(count, 107)
  })

  it("names the case that fails, and replays it alone", () => {
    const values: Array<number> = []
    const property = (value: number) => {
      values.push(value)
      if (value > 50) throw new Error(`${value} is too much`)
    }
    let message = ""
    try {
      Property.check(generate, property, { seed })
    } catch (error) {
      message = (error as Error).message
    }
    const replay = /replay: (5eed:[0-9a-f]+)\)/.exec(message)?.[1]
    const last = values.at(-1)!
    assert.include(message, `${last} is too much`)
    values.length = 0
    assert.throws(() => Property.check(generate, property, { replay: replay! }), `${last} is too much`)
    assert.deepStrictEqual(values, [last])
  })

  it("takes whatever is thrown", () => {
    const property = () => {
      // eslint-disable-next-line no-throw-literal
      throw "just text"
    }
    assert.throws(() => Property.check(generate, property, { seed }), "case 0 fails (replay: 5eed:0): just text")
  })

  it("refuses what is no token", () => {
    assert.deepStrictEqual(Property.parseToken(Property.token(0x5eed, 31)), { seed: 0x5eed, index: 31 })
    assert.throws(() => Property.parseToken("nonsense"), "a replay token is seed:case in hexadecimal, not nonsense")
    assert.isTrue(Property.randomSeed() < 2 ** 32)
  })
})

describe("Values", () => {
  it("are written and read again, whatever the layout", () => {
    for (const [name, layout] of Object.entries<Layout.Any>(layouts)) {
      const codec = Codec.make(layout)
      const again = (value: unknown) => codec.encodeSync(codec.decodeSync(codec.encodeSync(value)))
      const property = (value: unknown) => assert.deepStrictEqual(again(value), codec.encodeSync(value), name)
      Property.check(Values.make(layout), property, { cases: 100, seed })
    }
  })

  it("take every case, every presence and both ends of a length", () => {
    const layout = Binary.Struct({
      kind: Binary.Uint8,
      body: Binary.Tagged(Binary.field("kind"), { A: [7, Binary.Struct({})], B: [200, Binary.Uint8] }),
      there: Binary.When(Binary.equals(Binary.field("kind"), 7), Binary.Uint8),
      bounded: Binary.Bytes(Binary.prefixed(Binary.Uint8, { min: 2, max: 3 }))
    })
    const seen = new Set<string>()
    Property.check(
      Values.make(layout),
      ({ body, bounded, there }) => {
        seen.add(body._tag).add(`length ${bounded.length}`)
        assert.strictEqual(there !== undefined, body._tag === "A")
      },
      { seed }
    )
    assert.deepStrictEqual([...seen].sort(), ["A", "B", "length 2", "length 3"])
  })

  it("fill windows of a fixed size", () => {
    const window = Binary.Struct({
      sized: Binary.Window(9, Binary.Struct({ a: Binary.Uint8, items: Binary.Array(Binary.Uint16, Binary.rest) })),
      texts: Binary.Window(6, Binary.Array(Binary.Utf8(Binary.Uint8), Binary.rest)),
      line: Binary.Window(5, Binary.Bytes(Binary.terminated(10))),
      union: Binary.Window(
        4,
        Binary.Tagged(Binary.Varint({ canonical: true }), { X: [300, Binary.Bytes(Binary.rest)] })
      ),
      fixed: Binary.Window(4, Binary.Tagged(Binary.Uint8, { X: [1, Binary.Utf8(Binary.rest)] })),
      wide: Binary.Window(4, Binary.Utf16(Binary.rest)),
      trailing: Binary.Window(2, Binary.Struct({ a: Binary.Trailing(Binary.Uint16) })),
      flagged: Binary.Window(1, Binary.Struct({ a: Binary.Flagged(Binary.Uint8, Binary.Uint16) })),
      n: Binary.Uint8,
      computed: Binary.Window(Binary.field("n"), Binary.Bytes(Binary.rest)),
      counted: Binary.Array(Binary.Uint8, Binary.inBytes(Binary.field("n"))),
      left: Binary.Bytes(Binary.subtract(Binary.remaining, 0))
    })
    const codec = Codec.make(window)
    Property.check(
      Values.make(window),
      (value) => {
        const again = codec.decodeSync(codec.encodeSync(value))
        assert.deepStrictEqual(again, { ...value, trailing: { a: value.trailing.a }, flagged: { a: undefined } })
      },
      { seed }
    )
  })

  it("are found by trying again where a field asks for elements that nothing can write", () => {
    const endless: Layout.Layout<unknown> = Binary.Struct({ next: Binary.Suspend("Endless", () => endless) })
    const layout = Binary.Struct({ count: Binary.Uint8, items: Binary.Array(endless, Binary.field("count")) })
    const make = Values.make(layout)
    for (let index = 0; index < 20; index++)
      assert.deepStrictEqual(make(Random.make(seed, index)), { count: 0, items: [] })
  })

  it("of a case that holds its tag have a tag of that case", () => {
    const layout = Binary.Tagged(Binary.peek(Binary.Uint16LE), {
      One: [300, Binary.Struct({ kind: Binary.Uint16LE, x: Binary.Uint8 })],
      Many: [[1000, 2000], Binary.Struct({ kind: Binary.Uint16LE })]
    })
    Property.check(
      Values.make(layout),
      (value) => {
        if (value._tag === "One") assert.strictEqual(value.kind, 300)
        else assert.isTrue(value.kind >= 1000 && value.kind <= 2000)
      },
      { seed }
    )
    const lazy = Values.make(Binary.Lazy(Binary.Uint8, Binary.Utf8(Binary.terminated(65))))
    Property.check(lazy, ({ bytes }) => assert.strictEqual(bytes.indexOf(65), bytes.length - 1), { seed })
    const dependent = Binary.Struct({
      n: Binary.Uint8,
      u: Binary.Tagged(Binary.peek(Binary.Uint8), { A: [[0, 255], Binary.Bytes(Binary.add(Binary.field("n"), 1))] })
    })
    const line = Binary.Tagged(Binary.peek(Binary.Uint8), { A: [[0, 255], Binary.Utf8(Binary.terminated(65))] })
    Property.check(Values.make(line), ({ value }) => assert.notInclude(value, "A"), { seed })
    Property.check(Values.make(dependent), ({ n, u }) => assert.strictEqual(u.value.length, n + 1), { seed })
  })

  it("agree with fields that the writer computes, and with names that are tags", () => {
    const layout = Binary.Struct({
      count: Binary.Computed(Binary.Uint8, Binary.countOf("items")),
      extra: Binary.When(Binary.greaterThan(Binary.field("count"), 0), Binary.Uint8),
      items: Binary.Array(Binary.Uint8, Binary.field("count")),
      open: Binary.Enum(Binary.Varint({ canonical: true }), { a: 1 }, { open: true }),
      kind: Binary.Enum(Binary.Uint8, { A: 1, B: 2, C: 3 }),
      body: Binary.Tagged(Binary.field("kind"), { X: [2, Binary.Struct({})], Y: [3, Binary.Struct({})] }),
      list: Binary.Array(Binary.Uint8, Binary.prefixed(Binary.Int8, { absent: -1 })),
      first: Binary.Trailing(Binary.Uint8),
      second: Binary.Trailing(Binary.Uint8)
    })
    const seen = new Set<string>()
    const codec = Codec.make(layout)
    Property.check(
      Values.make(layout),
      (value) => {
        seen
          .add(value.kind)
          .add(typeof value.open)
          .add(value.list === null ? "null" : "list")
        assert.strictEqual(value.extra !== undefined, value.items.length > 0)
        assert.isTrue(value.first !== undefined || value.second === undefined)
        assert.deepStrictEqual(codec.decodeSync(codec.encodeSync(value)), value)
      },
      { seed }
    )
    assert.deepStrictEqual([...seen].sort(), ["B", "C", "list", "null", "number", "string"])
  })

  it("are found where many parts have few choices", () => {
    const name: Layout.Layout<unknown> = Binary.Tagged(Binary.peek(Binary.Uint8), {
      End: [0, Binary.Struct({ zero: Binary.Const(Binary.Uint8, 0) })],
      Label: [[1, 63], Binary.Struct({ label: Binary.Latin1(Binary.Uint8), next: Binary.Suspend("Name", () => name) })]
    })
    // A window whose size the writer computes, around a case that needs bytes; a case for the rest of the tags; a length that is a tag.
    const record = Binary.Struct({
      type: Binary.Enum(Binary.Uint16, { Address: 1, Name: 2 }),
      size: Binary.Computed(Binary.Uint16, Binary.sizeOf("data")),
      data: Binary.Window(
        Binary.field("size"),
        Binary.Tagged(Binary.field("type"), {
          Address: [1, Binary.Struct({ address: Binary.Bytes(16) })],
          Name: [2, Binary.Struct({ name })],
          Other: [Binary.otherwise, Binary.Bytes(Binary.rest)]
        })
      )
    })
    const records = Binary.Array(record, 40)
    const codec = Codec.make(records)
    Property.check(
      Values.make(records),
      (value) => assert.deepStrictEqual(codec.decodeSync(codec.encodeSync(value)), value),
      { seed, cases: 20 }
    )
  })

  it("are not found for a layout that has none", () => {
    const never = Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite.check(Schema.makeFilter(() => "never"))))
    const pointer = Binary.Struct({ at: Binary.Uint8, to: Binary.Pointer(Binary.field("at"), Binary.Uint8) })
    const odd = Binary.Utf16(3)
    const part = Binary.Window(3, Binary.Array(Binary.Uint16, Binary.rest))
    const cut = Binary.Window(1, Binary.Utf8(Binary.Uint16))
    const safe = Binary.Struct({ n: Binary.Uint64, b: Binary.Bytes(Binary.add(Binary.field("n"), 2 ** 53)) })
    const empty = Binary.Struct({ a: Binary.Tagged(Binary.literal(1), { X: [2, Binary.Uint8] }) })
    const inside = Binary.Tagged(Binary.peek(Binary.Uint8), { X: [1, Binary.Struct({ c: Binary.Magic([9]) })] })
    const lazy = Binary.Lazy(Binary.Uint8, Binary.Utf8(3))
    const forced: Layout.Layout<unknown> = Binary.Suspend("Forced", () =>
      Binary.Struct({
        kind: Binary.Literals(Binary.Uint8, [1]),
        next: Binary.Tagged(Binary.field("kind"), { End: [0, Binary.Uint8], More: [1, forced] })
      })
    )
    const endless: Layout.Layout<unknown> = Binary.Struct({ next: Binary.Suspend("Endless", () => endless) })
    for (const layout of [never, odd, part, cut, safe, empty, inside, forced])
      assert.throws(
        () => Values.make<unknown>(layout)(Random.make(seed)),
        "found no value of the layout in 500 attempts"
      )
    // What no attempt could write is not attempted.
    for (const layout of [endless, pointer])
      assert.throws(() => Values.make<unknown>(layout)(Random.make(seed)), "no value that can be written")
    assert.strictEqual(Values.make(lazy)(Random.make(seed)).bytes.length, 3)
    let deep: Layout.Layout<number> = Binary.Literals(Binary.Uint8, [7])
    for (let level = 0; level < 20; level++) {
      const of = deep
      deep = Binary.Suspend(`Level${level}`, () => of)
    }
    assert.strictEqual(Values.make(deep)(Random.make(seed)), 7)
    const broken = Binary.Struct({ a: Layout.make({ _tag: "Nonsense" } as never), b: Binary.Uint8 })
    const failing = new Proxy({}, { get: () => assert.fail("no source") }) as Random.Random
    assert.throws(() => Values.make(Binary.Uint8)(failing), "no source")
    assert.throws(() => Values.make(broken), "Nonsense: no constructor of Binary made it")
  })
})

describe("Malformed", () => {
  const layout = Binary.Struct({
    magic: Binary.Magic("AB"),
    kind: Binary.Tagged(Binary.Uint8, { One: [1, Binary.Utf8(Binary.Uint16)] }),
    there: Binary.Flagged(Binary.Uint8, Binary.Varint()),
    pad: Binary.Padding(1, { verify: true }),
    gap: Binary.Padding(1),
    size: Binary.Computed(Binary.Uint8, Binary.literal(1)),
    mode: Binary.Enum(Binary.Uint8, { x: 1 }),
    line: Binary.Bytes(Binary.terminated(0)),
    sum: Binary.Checksum(Binary.Uint8, { name: "sum", compute: () => 7 }, { from: "magic" })
  })
  const codec = Codec.make(layout)
  const message = codec.encodeSync({
    kind: { _tag: "One", value: "hi" },
    there: 300,
    mode: "x",
    line: Uint8Array.of(5)
  })
  const attacks = Malformed.make(layout)(message)

  it("attacks every number that decides about others", () => {
    const targets = [
      "checksum",
      "computed",
      "constant",
      "end",
      "enum",
      "length",
      "presence",
      "tag",
      "terminator",
      "text",
      "varint"
    ]
    assert.deepStrictEqual([...new Set(attacks.map((attack) => attack.target))].sort(), targets)
  })

  it("gives bytes that differ from the message", () => {
    for (const { bytes, how, path } of attacks) assert.notDeepEqual(bytes, message, `${path}: ${how}`)
    assert.deepStrictEqual(message, codec.encodeSync(codec.decodeSync(message)))
  })

  it("knows what must be refused", () => {
    const strict = attacks.filter((attack) => attack.rejected)
    assert.isAbove(strict.length, 10)
    for (const { bytes, how, path } of strict) assert.isTrue(Result.isFailure(codec.decode(bytes)), `${path}: ${how}`)
    for (const { bytes } of attacks) {
      const result = codec.decode(bytes)
      if (Result.isFailure(result)) assert.instanceOf(result.failure, DecodeError)
    }
  })
})

describe("Fuzz", () => {
  for (const backend of ["generated", "closures"] as const) {
    it(`finds nothing in any layout (${backend})`, () => {
      for (const [name, layout] of Object.entries<Layout.Any>(layouts)) {
        const fuzzer = Fuzz.make(Codec.make(layout, { backend }))
        for (let index = 0; index < 200; index++) assert.isUndefined(fuzzer.run(seed, index), name)
      }
    })
  }

  it("finds nothing where bytes are copied, or where a layout has more than one encoding", () => {
    const skip = Binary.Struct({
      flags: Binary.Flags(Binary.Uint8, { several: 0xff }),
      pad: Binary.Padding(2),
      skip: Binary.Window(3, Binary.Bytes(Binary.rest), { rest: "skip" })
    })
    // A zero of two bytes is read, and would end the array as it is written.
    const ended = Binary.Array(Binary.Varint({ encoding: "zigzag" }), Binary.terminated(0))
    for (const layout of [layouts.contents, layouts.windows, skip, ended]) {
      const fuzzer = Fuzz.make<unknown>(Codec.make<unknown>(layout, { copy: true }))
      for (let index = 0; index < 200; index++) assert.isUndefined(fuzzer.run(seed, index))
    }
  })

  it("reads random bytes where nothing can be written", () => {
    const layout = Binary.Struct({ at: Binary.Uint8, to: Binary.Pointer(Binary.field("at"), Binary.Uint8) })
    const fuzzer = Fuzz.make(Codec.make(layout))
    for (let index = 0; index < 3; index++) assert.isUndefined(fuzzer.run(seed, index))
  })

  it("refuses to write a literal 0 as -0, which the wire would lose", () => {
    for (const backend of ["generated", "closures"] as const) {
      const codec = Codec.make(Binary.Literals(Binary.Int8, [0]), { backend })
      assert.isTrue(Result.isSuccess(codec.encode(0)))
      const refused = codec.encode(-0 as 0)
      assert.strictEqual(Result.isFailure(refused) ? refused.failure.reason._tag : "", "InvalidTag")
      assert.isTrue(Result.isFailure(codec.size(-0 as 0)))
    }
  })

  const point = Binary.Struct({ x: Binary.Uint8, flag: Binary.Magic("!"), y: Binary.Bytes(Binary.Uint8) })
  type Point = { readonly x: number; readonly y: Uint8Array }

  /** What a fuzzer claims about a codec of which a method is replaced. */
  const claims = <A>(
    layout: Layout.Layout<A>,
    change: (codec: Codec.Codec<A>) => Partial<Codec.Codec<A>>
  ): Set<string> => {
    const codec = Codec.make(layout)
    const fuzzer = Fuzz.make<A>(Object.assign(Object.create(codec), change(codec)))
    const found = new Set<string>()
    for (let index = 0; index < 1500; index++) {
      const violation = fuzzer.run(seed, index)
      if (violation === undefined) continue
      assert.strictEqual(violation.replay, Property.token(seed, index))
      assert.isDefined(violation.input)
      found.add(violation.claim.replace(/:.*/s, ""))
    }
    return found
  }
  const decodeFailure = (codec: Codec.Codec<Point>) => codec.diagnose(Uint8Array.of(1), 0, 1)
  const value: Point = { x: 1, y: new Uint8Array(0) }
  const broken: ReadonlyArray<readonly [string, (codec: Codec.Codec<Point>) => Partial<Codec.Codec<Point>>]> = [
    [
      "decode must not throw Error",
      () => ({
        decode: () => {
          throw new Error("no")
        }
      })
    ],
    [
      "encode must not throw Error",
      () => ({
        encode: () => {
          throw new Error("no")
        }
      })
    ],
    ["a valid value is written", (codec) => ({ encode: () => Result.fail(codec.diagnoseValue({ x: -1 } as never)) })],
    [
      "a refusal is an EncodeError",
      (codec) => ({
        encode: (value) => Result.mapError(codec.encode(value), () => new Error("no") as unknown as EncodeError)
      })
    ],
    [
      "a refusal is a DecodeError",
      (codec) => ({
        decode: (bytes) => Result.mapError(codec.decode(bytes), () => new Error("no") as unknown as DecodeError)
      })
    ],
    ["size is that of the bytes", () => ({ size: () => Result.succeed(1000) })],
    ["what was written reads", (codec) => ({ decode: () => Result.fail(decodeFailure(codec)) })],
    ["what was written reads as what it was", () => ({ decode: () => Result.succeed(value) })],
    [
      "both passes agree",
      (codec) => ({ decode: (bytes) => Result.orElse(codec.decode(bytes), () => Result.succeed(value)) })
    ],
    [
      "both passes give the same value",
      (codec) => ({
        decode: (bytes) => Result.map(codec.decode(bytes), (point) => ({ ...point, x: point.x ^ 1 }))
      })
    ],
    [
      "the offset is in the bytes",
      (codec) => ({
        decode: (bytes) =>
          Result.mapError(codec.decode(bytes), (error) => Object.assign(Object.create(error), { offset: 1e6 }))
      })
    ],
    [
      "explain finds the same fault",
      (codec) => ({
        decode: (bytes) =>
          Result.mapError(codec.decode(bytes), (error) =>
            Object.assign(Object.create(error), { reason: { _tag: "X" } })
          )
      })
    ],
    [
      "what was read is written as the same bytes",
      (codec) => ({
        encode: (value) => Result.map(codec.encode(value), (bytes) => new Uint8Array([...bytes, 0]))
      })
    ],
    [
      "what was read is written",
      (codec) => {
        let calls = 0
        return {
          encode: (value) =>
            calls++ % 2 === 0 ? codec.encode(value) : Result.fail(codec.diagnoseValue({ x: -1 } as never))
        }
      }
    ]
  ]
  for (const [claim, change] of broken) {
    it(`claims that ${claim}`, () => {
      assert.include([...claims(point, change)], claim)
    })
  }

  it("refuses what an attack says is wrong", () => {
    const layout = Binary.Struct({
      sum: Binary.Checksum(Binary.Uint8, { name: "any", compute: (bytes) => bytes[0]! }, { from: "sum" })
    })
    assert.include([...claims<unknown>(layout, () => ({}))], "the attack is refused")
  })

  it("lets other errors through", () => {
    const layout = Binary.Uint8.pipe(Binary.decodeTo(Schema.Finite.check(Schema.makeFilter(() => "never"))))
    assert.throws(() => Fuzz.make(Codec.make(layout)).run(seed, 1), "found no value of the layout")
  })

  it("accepts another value for a layout that loses something, once", () => {
    const layout = Binary.Struct({ x: Binary.Float32 })
    assert.deepStrictEqual([...claims(layout, () => ({}))], [])
    const drifting = claims(layout, (codec) => ({
      decode: (bytes) => Result.map(codec.decode(bytes), ({ x }) => ({ x: x + 1 }))
    }))
    assert.include([...drifting], "what was written reads as what it was")
  })

  it("keeps the limits it is given", () => {
    const limits = { maxElements: 2 }
    const fuzzer = Fuzz.make(Codec.make(Binary.Array(Binary.Uint8, Binary.Uint8), { limits }), { limits })
    const found = Array.from({ length: 100 }, (_, index) => fuzzer.run(seed, index)?.claim)
    assert.isTrue(found.every((claim) => claim === undefined || claim.includes("LimitExceeded")))
  })
})
