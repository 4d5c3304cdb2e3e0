/** Layouts with pointers composed at random, which are only read: from bytes that are small numbers more often than not. */
import { Binary, Codec, Parser } from "../src/index.ts"
import { same } from "../src/internal/same.ts"
import type { Any, Layout } from "../src/Layout.ts"
import type { Limits } from "../src/Limits.ts"
import { Chunks, Fuzz, type Random } from "../src/testing.ts"

const leaf = (random: Random.Random): Any =>
  random.pick<Any>([
    Binary.Uint8,
    Binary.Uint16LE,
    Binary.Varint(),
    Binary.Int64,
    Binary.Utf8(Binary.Uint8),
    Binary.Ascii(Binary.terminated(0)),
    Binary.Bytes(2),
    Binary.Bits({ a: 3, b: 5 }),
    Binary.Flags(Binary.Uint8, { a: 1, b: 2, c: 252 }),
    Binary.Array(Binary.Uint8, Binary.Varint())
  ])

const origin = (random: Random.Random) => ({ origin: random.pick(["message", "input"] as const) })

/** A list whose links lead on, or back. */
const list = (random: Random.Random): Any => {
  const next: Any = Binary.Suspend(`List${random.uint32()}`, () => link)
  const link = Binary.Struct({
    at: Binary.Uint8,
    next: Binary.When(Binary.field("at"), Binary.Pointer(Binary.field("at"), next, origin(random))),
    of: leaf(random)
  })
  return next
}

const pointing = (random: Random.Random, depth: number, open: boolean): Any => {
  if (depth === 0) return leaf(random)
  const inner = (open = false): Any => pointing(random, depth - 1, open)
  switch (random.int(0, 12)) {
    case 0:
      return Binary.Window(random.pick<Binary.LengthInput>([Binary.Uint8, Binary.Varint(), 4]), inner(true))
    case 1:
      return Binary.Array(
        inner(),
        random.pick<Binary.LengthInput>([Binary.Uint8, 2, Binary.prefixed(Binary.Uint8, { unit: "bytes" })])
      )
    case 2:
      return Binary.Tagged(Binary.peek(Binary.Uint8), {
        A: [[0, 3], Binary.Struct({ tag: Binary.Uint8, of: inner(open) })],
        B: [[4, 255], Binary.Struct({ tag: Binary.Uint8, of: leaf(random) })]
      })
    case 3:
      return Binary.Lazy(Binary.Uint8, inner(true))
    case 4:
      return list(random)
    case 5:
      return Binary.littleEndianWhen(Binary.literal(random.chance(0.5)), inner(open))
    case 6:
      return Binary.Flagged(Binary.Uint8, inner())
    default: {
      const at = Binary.bitAnd(Binary.field("at"), 7)
      return Binary.Struct({
        first: leaf(random),
        at: random.pick<Any>([Binary.Uint8, Binary.Int8, Binary.Varint()]),
        ...(random.chance(0.3) ? { gap: Binary.Align(random.pick([2, 4]), origin(random)) } : {}),
        there: Binary.Pointer(random.pick([Binary.field("at"), at, Binary.add(at, 1)]), inner(true), origin(random)),
        ...(random.chance(0.5) ? { more: inner() } : {}),
        ...(open && random.chance(0.3) ? { rest: Binary.Bytes(Binary.rest) } : {})
      })
    }
  }
}

/** A layout in which pointers lead anywhere; what it is made of is decided by `random` alone. */
export const point = (random: Random.Random): Layout<unknown> => pointing(random, 3, true)

const bytes = (random: Random.Random, most: number): Uint8Array =>
  Uint8Array.from({ length: random.int(1, most) }, () => random.int(0, random.chance(0.7) ? 6 : 255))

const limits = (random: Random.Random): Partial<Limits> => ({
  maxDepth: random.int(1, 5),
  maxPointers: random.int(1, 20),
  maxBytes: random.int(10, 200),
  maxElements: random.int(1, 20)
})

const attack = (codec: Codec.Codec<unknown>, options: Fuzz.Options, seed: number): Fuzz.Violation | undefined => {
  try {
    return Fuzz.make(codec, options).run(seed, 0)
  } catch (error) {
    // What leads anywhere hardly has a value.
    if (/found no value|has no value/.test(String(error))) return undefined
    throw error
  }
}

/** What two ways of reading a layout do not agree on, or nothing. */
export const disagreement = (layout: Layout<unknown>, random: Random.Random): string | undefined => {
  const options = random.chance(0.5) ? { limits: limits(random) } : {}
  const [generated, closures] = (["generated", "closures"] as const).map((backend) =>
    Codec.make(layout, { ...options, backend })
  ) as [Codec.Codec<unknown>, Codec.Codec<unknown>]
  for (let i = 0; i < 20; i++) {
    const input = bytes(random, 40)
    const read = generated.decode(input)
    if (!same(read, closures.decode(input))) return "both back-ends read the same"
    if (read._tag === "Success" && generated.view(input)._tag === "Failure") return "what is read is viewed"
    const offset = random.int(0, 5)
    const moved = Uint8Array.from([...new Uint8Array(offset), ...input])
    if (!same(generated.decodeAt(moved, offset), closures.decodeAt(moved, offset)))
      return "both back-ends read the same at a place"
    const violation = attack(i % 2 === 0 ? generated : closures, options, random.uint32())
    // Values are generated without a look at the limits.
    if (violation !== undefined && !/LimitExceeded|DepthExceeded/.test(violation.claim)) return violation.claim
  }
  const parse = (chunks: ReadonlyArray<Uint8Array>) => {
    const parser = Parser.make(layout, options)
    const messages: Array<unknown> = []
    const failed = chunks.some((chunk) => parser.push(chunk, (message) => messages.push(message)) !== undefined)
    return { messages, failed }
  }
  try {
    Parser.make(layout, options)
  } catch {
    // A message without an end of its own, or one that counts from the start of the input.
    return undefined
  }
  const stream = bytes(random, 80)
  return same(parse([stream]), parse(Chunks.ofSize(stream, 1))) ? undefined : "a stream gives the same in any pieces"
}
