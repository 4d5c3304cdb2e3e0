import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { DecodeError } from "../src/BinaryError.ts"
import { Binary, Codec, type Layout, Parser } from "../src/index.ts"

const record = Binary.Struct({ id: Binary.Uint8, name: Binary.Utf8(Binary.Uint8) })
const list: Layout.Layout<unknown> = Binary.Suspend("List", () =>
  Binary.Struct({ head: Binary.Uint8, tail: Binary.Flagged(Binary.Uint8, list) })
)

/** Layouts whose messages end by themselves, each in another way, with a few messages. */
const layouts: ReadonlyArray<readonly [name: string, layout: Layout.Layout<unknown>, values: ReadonlyArray<unknown>]> =
  [
    [
      "a signed four-byte size",
      Binary.Window(Binary.Int32, record),
      [
        { id: 1, name: "abc" },
        { id: 2, name: "" }
      ]
    ],
    [
      "a checked element",
      Binary.Array(record.pipe(Binary.decodeTo(Schema.Struct({ id: Schema.Int, name: Schema.String }))), Binary.Uint8),
      [[{ id: 1, name: "abc" }], []]
    ],
    [
      "a size prefix",
      Binary.Window(Binary.Uint16, record),
      [
        { id: 1, name: "" },
        { id: 2, name: "longer" }
      ]
    ],
    [
      "a little-endian size prefix",
      Binary.littleEndian(Binary.Window(Binary.Uint32, record)),
      [{ id: 1, name: "abc" }]
    ],
    [
      "a size that counts itself",
      Binary.Window(Binary.prefixed(Binary.Uint16, { plus: -2 }), record),
      [{ id: 1, name: "abc" }]
    ],
    [
      "a varint size",
      Binary.Window(Binary.Varint(), record),
      [
        { id: 1, name: "x".repeat(200) },
        { id: 2, name: "" }
      ]
    ],
    [
      "a fixed size",
      Binary.Struct({ a: Binary.Uint24, b: Binary.Int64 }),
      [
        { a: 1, b: -2n },
        { a: 3, b: 4n }
      ]
    ],
    [
      "no bytes in between",
      record,
      [
        { id: 1, name: "one" },
        { id: 2, name: "" },
        { id: 3, name: "three" }
      ]
    ],
    [
      "terminators",
      Binary.Struct({ a: Binary.Ascii(Binary.terminated(13, 10)), b: Binary.Bytes(Binary.terminated(0)) }),
      [
        { a: "k\rv", b: Uint8Array.of(1) },
        { a: "", b: new Uint8Array(0) }
      ]
    ],
    [
      "counted elements",
      Binary.Array(record, Binary.Uint8),
      [
        [],
        [
          { id: 1, name: "a" },
          { id: 2, name: "bc" }
        ]
      ]
    ],
    ["counted fixed elements", Binary.Array(Binary.Uint16, Binary.Varint()), [[], [1, 2, 3]]],
    ["elements up to a terminator", Binary.Array(record, Binary.terminated(0)), [[], [{ id: 1, name: "a" }]]],
    [
      "elements in bytes",
      Binary.Array(record, Binary.prefixed(Binary.Uint8, { unit: "bytes" })),
      [[], [{ id: 1, name: "a" }]]
    ],
    [
      "a size read earlier",
      Binary.Struct({
        n: Binary.Computed(Binary.Uint8, Binary.sizeOf("data")),
        x: Binary.Uint8,
        data: Binary.Bytes(Binary.field("n"))
      }),
      [{ x: 1, data: Uint8Array.of(5, 6) }]
    ],
    ["a 64-bit size", Binary.Bytes(Binary.Uint64), [Uint8Array.of(1, 2)]],
    ["an absent value", Binary.Utf8(Binary.prefixed(Binary.Int16, { absent: -1 })), [null, "there", ""]],
    [
      "tags before",
      Binary.Tagged(Binary.Uint8, { A: [1, record], B: [2, Binary.Uint16] }),
      [
        { _tag: "A", id: 1, name: "a" },
        { _tag: "B", value: 5 }
      ]
    ],
    [
      "tags inside",
      Binary.Tagged(Binary.peek(Binary.Uint8, 1), {
        A: [[0, 9], Binary.Struct({ x: Binary.Uint8, t: Binary.Uint8 })],
        B: [10, Binary.Struct({ x: Binary.Uint8, t: Binary.Uint8, s: Binary.Utf8(Binary.Uint8) })]
      }),
      [
        { _tag: "A", x: 1, t: 3 },
        { _tag: "B", x: 1, t: 10, s: "s" }
      ]
    ],
    [
      "tags outside",
      Binary.Struct({
        kind: Binary.Enum(Binary.Varint(), { a: 1, b: 2 }),
        pad: Binary.Utf8(Binary.Uint8),
        of: Binary.Tagged(Binary.field("kind"), { A: [1, record], B: [2, Binary.Uint16] })
      }),
      [{ kind: "b", pad: "", of: { _tag: "B", value: 5 } }]
    ],
    [
      "conditions",
      Binary.Struct({ flag: Binary.Uint8, some: Binary.When(Binary.field("flag"), record), end: Binary.Align(4) }),
      [
        { flag: 0, some: undefined },
        { flag: 1, some: { id: 7, name: "seven" } }
      ]
    ],
    ["recursion", list, [{ head: 1, tail: { head: 2, tail: undefined } }]],
    [
      "a byte order chosen by a field",
      Binary.Struct({
        order: Binary.Uint8,
        of: Binary.littleEndianWhen(Binary.equals(Binary.field("order"), 1), Binary.Bytes(Binary.Uint16))
      }),
      [
        { order: 1, of: Uint8Array.of(1, 2) },
        { order: 0, of: Uint8Array.of(3) }
      ]
    ]
  ]

const pieces = (bytes: Uint8Array, sizes: () => number): ReadonlyArray<Uint8Array> => {
  const found: Array<Uint8Array> = []
  for (let p = 0; p < bytes.length;) {
    const size = sizes()
    found.push(bytes.subarray(p, p + size))
    p += size
  }
  return found
}

describe("every layout that ends by itself, split everywhere", () => {
  for (const [name, layout, values] of layouts) {
    it(name, () => {
      const codec = Codec.make(layout)
      const encoded = values.map((value) => codec.encodeSync(value).slice())
      const bytes = new Uint8Array(Buffer.concat(encoded))
      const parse = (chunks: ReadonlyArray<Uint8Array>) => {
        const parser = Parser.make(layout)
        const messages = chunks.flatMap((chunk) => parser.feedSync(chunk))
        parser.endSync()
        return messages
      }
      assert.deepStrictEqual(parse([bytes]), values)
      for (let at = 0; at <= bytes.length; at++) {
        assert.deepStrictEqual(parse([bytes.subarray(0, at), bytes.subarray(at)]), values, `split at ${at}`)
      }
      assert.deepStrictEqual(parse(pieces(bytes, () => 1)), values)
      assert.deepStrictEqual(parse(pieces(bytes, () => 3)), values)
      // An incomplete message is an error at the end, at every cut that is not between two messages.
      const ends = new Set(encoded.map((_, i) => encoded.slice(0, i).reduce((sum, each) => sum + each.length, 0)))
      for (let cut = 0; cut < bytes.length; cut++) {
        const parser = Parser.make(layout)
        const failed = (() => {
          try {
            parser.feedSync(bytes.subarray(0, cut))
            parser.endSync()
            return false
          } catch (error) {
            assert.strictEqual((error as DecodeError)._tag, "DecodeError")
            return true
          }
        })()
        assert.strictEqual(failed, !ends.has(cut), `cut at ${cut}`)
      }
    })
  }
})

describe("a pause", () => {
  for (const [name, layout, values] of layouts) {
    it(`keeps what is left until the parser goes on (${name})`, () => {
      const codec = Codec.make(layout)
      const bytes = Buffer.concat(values.map((value) => codec.encodeSync(value)))
      for (const chunks of [[bytes], pieces(bytes, () => 1), pieces(bytes, () => 5)]) {
        const parser = Parser.make(layout)
        const messages: Array<unknown> = []
        const one = (message: unknown) => {
          messages.push(message)
          parser.pause()
        }
        // The first message pauses the parser; all other chunks come during the pause.
        for (const chunk of chunks) assert.strictEqual(parser.push(chunk, one), undefined)
        assert.deepStrictEqual(messages, values.slice(0, 1))
        assert.isTrue(parser.paused)
        for (let i = 2; i <= values.length; i++) {
          assert.strictEqual(parser.resume(one), undefined)
          assert.deepStrictEqual(messages, values.slice(0, i))
          assert.isTrue(parser.paused)
        }
        assert.strictEqual(
          parser.resume(() => assert.fail("no message is left")),
          undefined
        )
        assert.isFalse(parser.paused)
        parser.endSync()
      }
    })
  }

  const layout = Binary.Window(Binary.Uint8, Binary.Struct({ id: Binary.Uint8 }))

  it("before the first chunk keeps that", () => {
    const parser = Parser.make(layout)
    parser.pause()
    const messages: Array<unknown> = []
    const take = (message: unknown) => void messages.push(message)
    assert.strictEqual(parser.push(Uint8Array.of(1, 7, 1), take), undefined)
    assert.strictEqual(parser.push(Uint8Array.of(8, 0), take), undefined)
    assert.deepStrictEqual(messages, [])
    assert.strictEqual(parser.resume(take)?.reason._tag, "UnexpectedEnd")
    assert.deepStrictEqual(messages, [{ id: 7 }, { id: 8 }])
  })

  it("is no place to end in as long as bytes are unread", () => {
    const message = Uint8Array.of(1, 7)
    for (const chunks of [[Uint8Array.of(1, 7, 1, 8)], [message, Uint8Array.of(1, 8)], [message, Uint8Array.of(1)]]) {
      const parser = Parser.make(layout)
      for (const chunk of chunks) parser.push(chunk, () => parser.pause())
      const left = chunks.reduce((sum, chunk) => sum + chunk.length, -2)
      assert.throws(
        () => parser.endSync(),
        `TrailingBytes at byte 0: expected no end during a pause, got ${left} bytes`
      )
    }
    const read = Parser.make(layout)
    read.push(message, () => read.pause())
    read.endSync()
  })

  it("puts off a failure until the messages before it are given", () => {
    const parser = Parser.make(layout)
    const messages: Array<unknown> = []
    const one = (message: unknown) => {
      messages.push(message)
      parser.pause()
    }
    assert.strictEqual(parser.push(Uint8Array.of(1, 7, 1, 8, 0, 1, 9), one), undefined)
    assert.strictEqual(parser.resume(one), undefined)
    assert.deepStrictEqual(messages, [{ id: 7 }, { id: 8 }])
    const failure = parser.resume(one)
    assert.strictEqual(failure?.reason._tag, "UnexpectedEnd")
    assert.isFalse(parser.paused)
    assert.strictEqual(parser.resume(one), failure)
    assert.strictEqual(parser.push(Uint8Array.of(1, 9), one), failure)
    assert.strictEqual(messages.length, 2)
  })
})

describe("a lazy parser", () => {
  for (const [name, layout, values] of layouts) {
    it(`gives views with the same fields (${name})`, () => {
      const codec = Codec.make(layout)
      const bytes = Buffer.concat(values.map((value) => codec.encodeSync(value)))
      for (const chunks of [[bytes], pieces(bytes, () => 1)]) {
        const parser = Parser.make(layout, { lazy: true })
        const views = chunks.flatMap((chunk) => parser.feedSync(chunk))
        assert.strictEqual(views.length, values.length)
        values.forEach((value, i) => {
          if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) {
            return assert.deepStrictEqual(views[i], value)
          }
          for (const [field, expected] of Object.entries(value)) {
            assert.deepStrictEqual((views[i] as Record<string, unknown>)[field], expected, field)
          }
        })
      }
    })
  }

  it("finds wrong lengths at once, and what else is wrong when it is asked for, counted from the message's start", () => {
    const layout = Binary.Window(Binary.Uint8, Binary.Struct({ id: Binary.Uint8, name: Binary.Utf8(Binary.Uint8) }))
    const parser = Parser.make(layout, { lazy: true })
    const [good, wrong] = parser.feedSync(Uint8Array.of(3, 1, 1, 65, 3, 2, 1, 255, 3, 2, 9, 65))
    assert.strictEqual(good!.name, "A")
    assert.strictEqual(wrong!.id, 2)
    try {
      assert.fail(wrong!.name)
    } catch (error) {
      const { offset, path, reason } = error as DecodeError
      assert.deepStrictEqual([reason._tag, offset, path], ["InvalidUtf8", 3, ["name"]])
    }
    assert.throws(() => parser.feedSync(new Uint8Array(0)), /name: InvalidLength at byte 2/)
  })
})

describe("wrong bytes", () => {
  const cases: ReadonlyArray<
    readonly [
      name: string,
      layout: Layout.Layout<unknown>,
      bytes: ReadonlyArray<number>,
      reason: string,
      offset: number
    ]
  > = [
    ["a negative size", Binary.Window(Binary.Int16, record), [255, 255, 0], "InvalidLength", 0],
    ["a tag without a case", Binary.Tagged(Binary.Uint8, { A: [1, record] }), [9, 0], "InvalidTag", 0],
    [
      "a varint without end",
      Binary.Struct({ n: Binary.Varint(), x: Binary.Uint8 }),
      [255, 255, 255, 255, 255, 255],
      "InvalidVarint",
      0
    ],
    ["a negative count", Binary.Array(record, Binary.Int8), [255], "InvalidLength", 0],
    ["too many elements", Binary.Array(record, Binary.Uint32), [255, 0, 0, 0, 1], "LimitExceeded", 0],
    [
      "a size computed to be negative",
      Binary.Struct({ n: Binary.Uint8, x: Binary.Bytes(Binary.subtract(Binary.field("n"), 5)) }),
      [1, 0],
      "InvalidLength",
      1
    ],
    [
      "a referenced field that is wrong",
      Binary.Struct({ n: Binary.Enum(Binary.Uint8, { a: 1 }), x: Binary.Bytes(Binary.field("n")) }),
      [7, 0],
      "InvalidTag",
      0
    ],
    [
      "an unsafe size",
      Binary.Struct({ n: Binary.Uint64, x: Binary.Bytes(Binary.field("n")) }),
      [255, 0, 0, 0, 0, 0, 0, 0, 1],
      "InvalidLength",
      8
    ],
    ["a message that is whole but wrong", Binary.Window(Binary.Uint8, record), [4, 1, 9, 65, 66], "InvalidLength", 2]
  ]
  for (const [name, layout, bytes, reason, offset] of cases) {
    it(name, () => {
      for (const chunks of [[Uint8Array.from(bytes)], bytes.map((byte) => Uint8Array.of(byte))]) {
        const parser = Parser.make(layout)
        let failure: DecodeError | undefined
        for (const chunk of chunks) failure ??= parser.push(chunk, () => assert.fail("no message"))
        assert.strictEqual(failure?.reason._tag, reason)
        assert.strictEqual(failure?.offset, offset)
        assert.strictEqual(
          parser.push(Uint8Array.of(0), () => assert.fail("no message")),
          failure
        )
        assert.throws(() => parser.endSync(), failure!.message)
      }
    })
  }

  it("gives the messages before a failure, whatever says where they end", () => {
    const layout = Binary.Struct({ text: Binary.Ascii(Binary.Uint8) })
    const parser = Parser.make(layout)
    assert.deepStrictEqual(parser.feedSync(Uint8Array.of(1, 65, 1, 200, 1, 66)), [{ text: "A" }])
    assert.throws(() => parser.feedSync(Uint8Array.of()), /InvalidUtf8/)
  })

  it("refuses recursion beyond its limit before the message is whole", () => {
    const parser = Parser.make(list, { limits: { maxDepth: 3 } })
    const failure = parser.push(Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1), () => assert.fail("no message"))
    assert.strictEqual(failure?.reason._tag, "DepthExceeded")
  })

  it("refuses too many elements up to a terminator", () => {
    const parser = Parser.make(Binary.Array(record, Binary.terminated(0)), { limits: { maxElements: 2 } })
    const failure = parser.push(Uint8Array.of(1, 0, 1, 0, 1, 0, 0), () => assert.fail("no message"))
    assert.strictEqual(failure?.reason._tag, "LimitExceeded")
  })

  it("refuses a message above maxFrameSize as soon as its size is known", () => {
    for (const layout of [Binary.Bytes(Binary.Uint32), Binary.Window(Binary.Uint32, Binary.Bytes(Binary.rest))]) {
      const parser = Parser.make<unknown>(layout, { maxFrameSize: 1000 })
      const failure = parser.push(Uint8Array.of(0, 0, 3, 0xe5), () => assert.fail("no message"))
      assert.strictEqual(failure?.reason._tag, "LimitExceeded")
      assert.strictEqual(parser.pending, 0)
    }
  })
})

describe("layouts without an end of their own", () => {
  it("are refused when the parser is made", () => {
    const rest = Binary.Bytes(Binary.rest)
    const all: ReadonlyArray<Layout.Layout<unknown>> = [
      rest,
      Binary.Struct({ a: Binary.Uint8, b: rest }),
      Binary.Array(record, Binary.rest),
      Binary.Tagged(Binary.Uint8, { A: [1, rest] }),
      Binary.Struct({ a: Binary.Trailing(Binary.Uint8) }),
      Binary.Suspend("S", () => Binary.Struct({ a: rest })),
      Binary.littleEndian(rest)
    ]
    for (const layout of all) assert.throws(() => Parser.make(layout), /messages that end/)
  })

  it("are refused where they count from the start of the input: where a chunk starts must not matter", () => {
    const origin = "input"
    const aligned = Binary.Struct({ a: Binary.Uint8, pad: Binary.Align(4, { origin }), b: Binary.Utf8(Binary.Uint8) })
    const pointing = Binary.Struct({ a: Binary.Uint8, b: Binary.Pointer(Binary.field("a"), Binary.Uint8, { origin }) })
    const all: ReadonlyArray<Layout.Layout<unknown>> = [aligned, pointing, Binary.Window(Binary.Uint8, aligned)]
    for (const layout of all) assert.throws(() => Parser.make(layout), /no start to count from/)
  })
})

describe("the effectful forms", () => {
  const layout = Binary.Window(Binary.Uint8, record)
  const codec = Codec.make(layout)
  const bytes = new Uint8Array(
    Buffer.concat(
      [
        { id: 1, name: "a" },
        { id: 2, name: "b" }
      ].map((value) => codec.encodeSync(value))
    )
  )

  it.effect("feed and end", () =>
    Effect.gen(function* () {
      const parser = Parser.make(layout)
      assert.deepStrictEqual(yield* parser.feed(bytes.subarray(0, 5)), [{ id: 1, name: "a" }])
      assert.strictEqual((yield* Effect.flip(parser.end)).reason._tag, "InvalidLength")
      assert.strictEqual((yield* Effect.flip(parser.feed(bytes))).reason._tag, "InvalidLength")
      const other = Parser.make(layout)
      yield* other.feed(bytes)
      yield* other.end
    })
  )

  it.effect("a stream gives the messages before a failure, then the failure", () =>
    Effect.gen(function* () {
      const read = (...chunks: ReadonlyArray<Uint8Array>) => {
        const seen: Array<unknown> = []
        return Stream.fromIterable(chunks).pipe(
          Parser.stream(layout),
          Stream.runForEach((message) => Effect.sync(() => seen.push(message))),
          Effect.exit,
          Effect.map((exit) => [seen.length, exit._tag] as const)
        )
      }
      assert.deepStrictEqual(yield* read(bytes.subarray(0, 3), bytes.subarray(3)), [2, "Success"])
      assert.deepStrictEqual(yield* read(bytes, Uint8Array.of(200)), [2, "Failure"])
      assert.deepStrictEqual(yield* read(bytes, Uint8Array.of(1, 0), bytes), [2, "Failure"])
      assert.deepStrictEqual(yield* read(new Uint8Array([...bytes, 1, 0])), [2, "Failure"])
      assert.deepStrictEqual(yield* read(), [0, "Success"])
      // A chunk that completes nothing asks for the next.
      const late = Stream.concat(Stream.make(bytes.subarray(0, 2)), Stream.make(bytes.subarray(2))).pipe(
        Parser.stream(layout),
        Stream.runCollect
      )
      assert.strictEqual((yield* late).length, 2)
      const broken = Stream.concat(Stream.make(bytes), Stream.fail("lost")).pipe(
        Parser.stream(layout),
        Stream.runCollect
      )
      assert.strictEqual(yield* Effect.flip(broken), "lost")
    })
  )
})

describe("ownership", () => {
  it("views a chunk that holds the message whole, and gathers one that does not", () => {
    const layout = Binary.Window(Binary.Uint8, Binary.Bytes(Binary.rest))
    const parser = Parser.make(layout)
    const chunk = Uint8Array.of(2, 7, 8, 2, 7)
    const [whole] = parser.feedSync(chunk)
    assert.strictEqual(whole!.buffer, chunk.buffer)
    const [gathered] = parser.feedSync(Uint8Array.of(9))
    assert.deepStrictEqual(Array.from(gathered!), [7, 9])
    assert.notStrictEqual(gathered!.buffer, chunk.buffer)
  })

  it("is linear in its input when fed a byte at a time: every byte is gathered once", () => {
    const layout = Binary.Bytes(Binary.Uint32)
    const size = 200_000
    const parser = Parser.make(layout)
    const bytes = Codec.make(layout).encodeSync(new Uint8Array(size))
    let messages = 0
    for (let i = 0; i < bytes.length; i++) parser.push(bytes.subarray(i, i + 1), () => messages++)
    assert.strictEqual(messages, 1)
  })
})
