/** One message in every kind of memory, at every kind of place, and under every limit: what must not make a difference. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type DecodeError, type EncodeError } from "../src/BinaryError.ts"
import { BinarySchema, Codec } from "../src/index.ts"
import { isPlaced } from "../src/internal/place.ts"
import { same } from "../src/internal/same.ts"
import type { Layout } from "../src/Layout.ts"
import type { Random } from "../src/testing.ts"

const filler = 0xaa

type Refusable = Result.Result<unknown, DecodeError | EncodeError>

/** As many bytes in memory of some kind, which starts and ends elsewhere. */
const memory = (random: Random.Random, size: number): Uint8Array => {
  const [before, behind] = [random.int(0, 9), random.int(0, 9)]
  const whole = before + size + behind
  const buffers = [
    () => new ArrayBuffer(whole),
    () => new SharedArrayBuffer(whole),
    () => new ArrayBuffer(whole, { maxByteLength: whole + random.int(0, 64) }),
    () => new SharedArrayBuffer(whole, { maxByteLength: whole + random.int(0, 64) })
  ]
  const buffer = random.pick(buffers)()
  new Uint8Array(buffer).fill(filler)
  return random.chance(0.3)
    ? Buffer.from(buffer as ArrayBuffer, before, size)
    : new Uint8Array(buffer as ArrayBuffer, before, size)
}

const within = (random: Random.Random, bytes: Uint8Array): Uint8Array => {
  const target = memory(random, bytes.length)
  target.set(bytes)
  return target
}

/** Whether nothing but the bytes was written to the memory. */
const untouched = (target: Uint8Array, from: number, to: number): boolean => {
  const all = new Uint8Array(target.buffer)
  const start = target.byteOffset
  return all.every((byte, i) => byte === filler || (i >= start + from && i < start + to))
}

/** What of a message depends on where it is, or on who asks for it; nothing where nothing does. */
export const difference = <A>(
  layout: Layout<A>,
  backend: "generated" | "closures",
  value: A,
  random: Random.Random
) => {
  const codec = Codec.make(layout, { backend })
  const bytes = Result.getOrThrow(codec.encode(value)).slice()
  const success = Result.succeed(value)
  if (!same(codec.decode(within(random, bytes)), success)) return "bytes read the same in any memory"
  const copy = Codec.make(layout, { backend, copy: true })
  const input = within(random, bytes)
  const copied = copy.decode(input)
  // Lazy values stay views.
  if (!same(copied, success)) return "copies are the same"
  if (!same(Schema.decodeUnknownResult(BinarySchema.toCodec(layout))(within(random, bytes)), success))
    return "a schema reads the same"

  const { length } = bytes
  const exact = Codec.make(layout, { backend, limits: { maxBytes: length } })
  if (!same(exact.decode(bytes), success) || !same(exact.encode(value), Result.succeed(bytes)))
    return "a message as large as the limit is taken"
  if (length > 0) {
    const less = Codec.make(layout, { backend, limits: { maxBytes: length - 1 } })
    for (const each of [less.decode(bytes), less.encode(value), less.size(value)] as ReadonlyArray<Refusable>)
      if (Result.isSuccess(each) || each.failure.reason._tag !== "LimitExceeded") return "a larger one is refused"
  }

  if (isPlaced(layout.node)) return undefined
  const offset = random.int(0, 5)
  const target = memory(random, offset + length)
  if (!same(codec.encodeInto(value, target, offset), Result.succeed(offset + length)))
    return "exactly enough room is enough"
  if (!same(Uint8Array.from(target.subarray(offset)), bytes)) return "bytes are the same in any memory"
  if (!untouched(target, offset, offset + length)) return "nothing beside a message is written"
  const at = codec.decodeAt(target, offset)
  if (Result.isFailure(at)) return `a message is read at its place: ${at.failure.message}`
  if (!same(at.success, { value, next: offset + length })) return "a message is the same at its place"
  for (let missing = 1; missing <= Math.min(length, 6); missing++) {
    const short = memory(random, offset + length - missing)
    const refused = codec.encodeInto(value, short, offset)
    if (Result.isSuccess(refused) || refused.failure.reason._tag !== "NoRoom")
      return `${missing} bytes too few are no room`
    if (!untouched(short, offset, short.length)) return "nothing behind too little room is written"
  }
  const many = Result.getOrThrow(codec.encodeMany([value, value, value]))
  if (!same(many, Uint8Array.from([...bytes, ...bytes, ...bytes]))) return "many are one behind the other"
  return undefined
}
