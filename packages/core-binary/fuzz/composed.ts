/** Layouts composed at random, and what must hold of any layout, whatever it is made of. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import {
  Binary,
  Checksum,
  Codec,
  Describe,
  Explain,
  Fingerprint,
  Kaitai,
  Mermaid,
  Parser,
  Wireshark
} from "../src/index.ts"
import { same } from "../src/internal/same.ts"
import type { Any, Layout } from "../src/Layout.ts"
import { Chunks, Fuzz, Random, Values } from "../src/testing.ts"
import { difference } from "./placements.ts"

type Random = Random.Random

const counts = [
  Binary.Uint8,
  Binary.Uint16,
  Binary.Uint16LE,
  Binary.Int16,
  Binary.Int32,
  Binary.Uint24,
  Binary.Uint32LE
]
const wholes = [...counts, Binary.Int8, Binary.Int32LE, Binary.Uint32, Binary.Uint40]
const canonical = Binary.Varint({ canonical: true })
const numbers: ReadonlyArray<Any> = [
  ...wholes,
  Binary.Int64,
  Binary.Uint64LE,
  Binary.SafeInt64,
  Binary.Float16,
  Binary.Float32,
  Binary.Float64LE,
  Binary.Int({ bits: 56, type: "bigint" }),
  Binary.Int({ bits: 24, type: "bigint", signed: false }),
  canonical,
  Binary.Varint(),
  Binary.Varint({ encoding: "zigzag", bits: 64, type: "bigint" }),
  Binary.Varint({ encoding: "sleb128" }),
  Binary.Varint({ encoding: "vlq", bits: 64 })
]

const inBytes = [Binary.Uint16, Binary.Uint32, canonical].map((of) => Binary.prefixed(of, { unit: "bytes" }))

/** `open`: nothing stands behind it in its window, so that it may go on to the end. */
const length = (random: Random, open: boolean, elements = false): Binary.LengthInput => {
  switch (random.int(0, open ? 9 : 8)) {
    case 0:
      return random.int(0, 4)
    case 1:
      return Binary.prefixed(random.pick(counts), { plus: random.int(-2, 2) })
    case 2:
      return Binary.prefixed(random.pick([Binary.Int16, Binary.Int8]), { absent: -1 })
    case 3:
      return Binary.Varint({ canonical: random.chance(0.5) })
    case 4:
      return elements ? random.pick(inBytes) : Binary.prefixed(canonical, { plus: 1, absent: 0 })
    case 5:
      return random.chance(0.5) ? Binary.terminated(0) : Binary.terminated(13, 10)
    case 6:
      return Binary.prefixed(random.pick([Binary.Uint8, Binary.Uint16]), {
        min: random.int(0, 2),
        max: random.int(3, 40)
      })
    case 9:
      return Binary.rest
    default:
      return random.pick(counts)
  }
}

const bits = (random: Random): Any => {
  const [a, b, reserved] = [random.int(1, 7), random.int(2, 30), random.int(1, 6)]
  const rest = (16 - ((a + b + reserved) % 8)) % 16
  return Binary.Bits(
    { a, b: Binary.signedBits(b), reserved: Binary.reservedBits(reserved), ...(rest > 0 ? { rest } : {}) },
    random.chance(0.5) ? { order: "lsb" } : undefined
  )
}

const leaf = (random: Random, open: boolean): Any => {
  switch (random.int(0, 8)) {
    case 0:
      return random.pick([Binary.Bytes, Binary.Utf8])(length(random, open))
    case 1:
      return random.pick([Binary.Ascii, Binary.Latin1])(length(random, open))
    case 2:
      return Binary.Utf16(random.pick<Binary.LengthInput>([2 * random.int(0, 3), Binary.Uint8]))
    case 3:
      return bits(random)
    case 4:
      return random.chance(0.4)
        ? Binary.Enum(random.pick(wholes), { a: 1, b: 2, c: 100 }, { open: true })
        : Binary.Enum(random.pick(wholes), { a: 1, b: 2, c: 100 })
    case 5:
      return Binary.Literals(random.pick([Binary.Int8, Binary.Int16]), [1, 7, -1])
    case 6:
      return Binary.Flags(random.pick([Binary.Uint8, Binary.Uint16LE, Binary.Uint32]), { r: 1, w: 2, x: 0x40 })
    default:
      return random.pick(numbers)
  }
}

const hidden = (random: Random): Any => {
  switch (random.int(0, 3)) {
    case 0:
      return Binary.Magic("BW")
    case 1:
      return Binary.Const(random.pick(wholes), 5)
    case 2:
      return Binary.Padding(random.int(0, 3), { fill: random.int(0, 255), verify: random.chance(0.5) })
    default:
      return Binary.Align(random.pick([2, 4, 8]), {
        verify: random.chance(0.5),
        origin: random.chance(0.8) ? "message" : "input"
      })
  }
}

/** A schema that changes a bigint into what no layout has, and leaves all else. */
const wrapped = Schema.Unknown.pipe(
  Schema.decodeTo(
    Schema.Unknown,
    SchemaTransformation.transform({
      decode: (value: unknown) => (typeof value === "bigint" ? { wrapped: value } : value),
      encode: (value: unknown) =>
        typeof value === "object" && value !== null && "wrapped" in value && typeof value.wrapped === "bigint"
          ? value.wrapped
          : value
    })
  )
)

const checksums = [
  [Checksum.crc32, Binary.Uint32],
  [Checksum.crc32c, Binary.Uint32],
  [Checksum.adler32, Binary.Uint32LE]
] as const

const struct = (random: Random, depth: number, open: boolean): Any => {
  const fields: Record<string, Any> = { first: leaf(random, false) }
  const numbers: Array<string> = []
  const number = () => Binary.field(random.pick(numbers))
  const inner = (open = false): Any => layoutOf(random, depth - 1, open)
  const size = random.int(1, 5)
  for (let i = 0; i < size; i++) {
    const [name, by] = [`${random.pick(["a", "constructor", "if"])}${i}`, `by${i}`]
    switch (random.int(0, numbers.length > 0 ? 13 : 8)) {
      case 0:
        fields[name] = hidden(random)
        break
      case 1:
        fields[by] = Binary.Computed(random.pick([Binary.Uint8, Binary.Uint16, Binary.Uint32LE]), Binary.sizeOf(name))
        if (random.chance(0.4)) fields[`between${i}`] = leaf(random, false)
        fields[name] = random.pick([Binary.Bytes, Binary.Utf8])(Binary.field(by))
        break
      case 13: {
        const more = random.int(1, 9)
        fields[by] = Binary.Computed(Binary.Uint16, Binary.add(Binary.sizeOf(name), more))
        fields[name] = Binary.Window(Binary.subtract(Binary.field(by), more), inner(true))
        break
      }
      case 2:
        fields[by] = Binary.Computed(random.pick([Binary.Uint8, Binary.Uint16LE]), Binary.countOf(name))
        fields[name] = Binary.Array(inner(), Binary.field(by))
        break
      case 3:
        fields[name] = Binary.Flagged(random.pick([Binary.Uint8, Binary.Uint16]), inner())
        break
      case 4: {
        const [algorithm, of] = random.pick(checksums)
        const to = random.chance(0.5) ? name : undefined
        fields[by] = Binary.Checksum(of, algorithm, { from: "first", to })
        if (to !== undefined) fields[name] = inner(open && i === size - 1)
        break
      }
      case 5:
        fields[by] = Binary.Computed(random.pick([Binary.Uint8, Binary.Uint16]), Binary.tagOf(name))
        fields[name] = Binary.Tagged(Binary.field(by), { A: [1, inner()], B: [2, Binary.Uint16] })
        break
      case 6:
        fields[by] = Binary.Computed(Binary.Uint32, Binary.offsetOf(name))
        fields[name] = inner()
        break
      case 7:
      case 8:
        fields[name] = random.pick([Binary.Uint8, Binary.Uint16, Binary.Uint16LE])
        numbers.push(name)
        break
      case 9:
        fields[name] = Binary.When(
          random.pick([number(), Binary.equals(number(), 1), Binary.bitAnd(number(), 1)]),
          inner()
        )
        break
      case 10:
        fields[name] = random.pick([Binary.Bytes, Binary.Latin1])(number())
        break
      case 11:
        fields[name] = Binary.littleEndianWhen(Binary.equals(number(), 1), inner())
        break
      default:
        fields[name] = inner(open && i === size - 1)
    }
  }
  if (open && random.chance(0.2)) fields["trailing"] = Binary.Trailing(inner(true))
  return Binary.Struct(fields)
}

const layoutOf = (random: Random, depth: number, open: boolean): Any => {
  if (depth <= 0) return leaf(random, open)
  const inner = (open: boolean): Any => layoutOf(random, depth - 1, open)
  switch (random.int(0, 12)) {
    case 0:
      return Binary.Array(inner(false), length(random, open, true))
    case 1:
      return Binary.Tagged(random.pick([Binary.Uint8, Binary.Uint16LE, canonical]), {
        A: [1, inner(open)],
        B: [2, struct(random, depth - 1, open)]
      })
    case 2:
      return Binary.Window(length(random, open), inner(true))
    case 3:
      return random.pick([Binary.littleEndian, Binary.bigEndian])(inner(open))
    case 4:
      return Binary.Lazy(length(random, open), inner(true))
    case 5:
      return Binary.Tagged(Binary.peek(Binary.Uint8, 1), {
        A: [[0, 99], Binary.Struct({ x: Binary.Uint8, tag: Binary.Uint8, of: inner(open) })],
        B: [[100, 255], Binary.Struct({ x: Binary.Uint8, tag: Binary.Uint8 })]
      })
    case 6: {
      const list: Any = Binary.Suspend(`List${random.uint32()}`, () => link)
      const tail = random.pick([list, Binary.Lazy(Binary.Uint16, list), Binary.Window(canonical, list)])
      const link = Binary.Struct({ head: leaf(random, false), tail: Binary.Flagged(Binary.Uint8, tail) })
      return list
    }
    case 7:
      return inner(open).pipe(Binary.decodeTo(wrapped))
    case 8:
      return leaf(random, open)
    default:
      return struct(random, depth, open)
  }
}

/** A layout of some depth; what it is made of is decided by `random` alone. */
export const compose = (random: Random): Layout<unknown> =>
  random.chance(0.7) ? struct(random, 3, true) : layoutOf(random, 3, true)

/** A value of which every field is read: a view reads them one by one. */
const readAll = (view: unknown, value: unknown): unknown =>
  typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype || "read" in value
    ? view
    : Object.fromEntries(Object.keys(value).map((name) => [name, (view as Record<string, unknown>)[name]]))

const parse = (parser: Parser.Parser<unknown>, chunks: ReadonlyArray<Uint8Array>): ReadonlyArray<unknown> => {
  const messages = chunks.flatMap((chunk) => parser.feedSync(chunk))
  parser.endSync()
  return messages
}

const broken = (layout: Layout<unknown>, random: Random): string | undefined => {
  const [generated, closures] = (["generated", "closures"] as const).map((backend) => Codec.make(layout, { backend }))
  Describe.describe(layout)
  Fingerprint.make(layout)
  Mermaid.packet(layout)
  Kaitai.ksy(layout, { id: "composed" })
  Wireshark.dissector(layout, { name: "composed" })
  const generate = Values.make(layout)
  const messages: Array<Uint8Array> = []
  const values: Array<unknown> = []
  for (let i = 0; i < 3; i++) {
    const bytes = generated!.encode(generate(random))
    if (Result.isFailure(bytes)) return `a valid value is written: ${bytes.failure.message}`
    const value = generated!.decode(bytes.success)
    if (Result.isFailure(value)) return `what was written is read: ${value.failure.message}`
    if (!same(closures!.encode(value.success), generated!.encode(value.success))) return "both back-ends write the same"
    if (!same(closures!.decode(bytes.success), value)) return "both back-ends read the same"
    const view = generated!.view(bytes.success)
    if (Result.isFailure(view)) return `a view is given of what is read: ${view.failure.message}`
    if (!same(readAll(view.success, value.success), readAll(value.success, value.success)))
      return "a view has the same fields"
    const { error } = Explain.explain(layout, bytes.success)
    if (error !== undefined) return `nothing is wrong with what was written: ${error.message}`
    for (const backend of ["generated", "closures"] as const) {
      const claim = difference(layout, backend, value.success, random)
      if (claim !== undefined) return `${claim} (${backend})`
    }
    messages.push(bytes.success.slice())
    values.push(value.success)
  }
  for (const codec of [generated!, closures!]) {
    for (let i = 0; i < 6; i++) {
      const violation = Fuzz.make(codec).run(random.uint32(), 0)
      if (violation !== undefined) return violation.claim
    }
  }
  let parser: () => Parser.Parser<unknown>
  try {
    parser = () => Parser.make(layout)
    parser()
  } catch {
    // A message without an end of its own.
    return undefined
  }
  if (messages.some((bytes) => bytes.length === 0)) return undefined
  const stream = Buffer.concat(messages)
  for (const chunks of [[stream], Chunks.ofSize(stream, 1), Chunks.random(stream, random, 9)]) {
    if (!same(parse(parser(), chunks), values)) return "a stream gives the same in any pieces"
    const views = parse(Parser.make(layout, { lazy: true }), chunks)
    if (!values.every((value, i) => same(readAll(views[i], value), readAll(value, value)))) return "and as views"
  }
  return undefined
}

/** What does not hold of a layout, or nothing; a layout whose conditions leave hardly a value to try has nothing to hold. */
export const contradiction = (layout: Layout<unknown>, random: Random): string | undefined => {
  try {
    return broken(layout, random)
  } catch (error) {
    if (/found no value|has no value/.test(String(error))) return undefined
    throw error
  }
}
