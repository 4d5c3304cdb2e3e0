/**
 * A fuzzer of codecs: valid values, attacked, cut, flipped and random bytes, and values that nobody should write.
 *
 * @since 0.1.0
 */
import { identity } from "effect/Function"
import * as Result from "effect/Result"
import { DecodeError, EncodeError } from "../BinaryError.ts"
import type { Codec } from "../Codec.ts"
import { explain } from "../Explain.ts"
import { canonical } from "../internal/canonical.ts"
import { spoil } from "../internal/spoil.ts"
import { same } from "../internal/same.ts"
import type { TraceSettings as Settings } from "../internal/Settings.ts"
import { WalkRead } from "../internal/walkRead.ts"
import { invalid } from "../internal/invalid.ts"
import { defaultLimits, type Limits } from "../Limits.ts"
import * as Malformed from "./Malformed.ts"
import { token } from "./Property.ts"
import * as Random from "./Random.ts"
import * as Values from "./Values.ts"

/**
 * What a case found: what should hold and does not, the bytes or the value it was about, and the token that replays it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Violation {
  readonly claim: string
  readonly input: Uint8Array | { readonly value: unknown }
  readonly replay: string
}

/**
 * The codec's limits, where they are not the defaults: the reference reading needs them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly limits?: Partial<Limits> | undefined
}

/**
 * A fuzzer: `run(seed, index)` tries one case.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fuzzer {
  run(seed: number, index: number): Violation | undefined
}

class Broken {
  readonly claim: string
  readonly input: Violation["input"]

  constructor(claim: string, input: Violation["input"]) {
    this.claim = claim
    this.input = input
  }
}

/** Makes sure that a call throws nothing. */
const quietly = <A>(what: string, input: Violation["input"], run: () => A): A => {
  try {
    return run()
  } catch (error) {
    throw new Broken(`${what} must not throw ${String(error)}`, input)
  }
}

/** Bytes near a valid message: most of a message is right, so that a reader gets far. */
const near = (valid: Uint8Array, random: Random.Random, attack: (valid: Uint8Array) => Uint8Array): Uint8Array => {
  switch (random.int(0, 5)) {
    case 0: {
      const flipped = valid.slice()
      for (let i = random.int(1, 3); i > 0 && flipped.length > 0; i--)
        flipped[random.int(0, flipped.length - 1)]! ^= 1 << random.int(0, 7)
      return flipped
    }
    case 1:
      return valid.subarray(0, random.int(0, valid.length))
    case 2: {
      const at = random.int(0, valid.length)
      return Uint8Array.from([...valid.subarray(0, at), ...random.bytes(random.int(1, 8)), ...valid.subarray(at)])
    }
    case 3:
      return random.bytes(random.int(0, 64))
    default:
      return attack(valid)
  }
}

/**
 * Makes a fuzzer of a codec.
 *
 * **Details**
 *
 * It claims: reading gives a value or a `DecodeError` whose offset is in the bytes, and throws nothing; the fast pass and the
 * field by field reading agree, on the value too; bytes that an attack says are wrong are refused; `explain` finds the same
 * first fault; what was read can be written and reads the same, to the same bytes where the layout has one encoding; what was
 * written reads as what it was; a value that cannot be written gives an `EncodeError`. Every case is told by a seed and a number.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <A>(codec: Codec<A>, options?: Options): Fuzzer => {
  const { layout } = codec
  const generate = Values.make(layout)
  const plans = Malformed.plans(layout)
  const encodings = canonical(layout.node)
  const limits = { ...defaultLimits, ...options?.limits }
  // Lazy values are compared by their bytes.
  const settings: Settings = { limits, copy: false, lazy: (bytes) => ({ bytes, read: identity }) }

  const decode = (bytes: Uint8Array): Result.Result<A, DecodeError> =>
    quietly("decode", bytes, () => codec.decode(bytes))

  const encode = (value: A): Result.Result<Uint8Array, EncodeError> =>
    quietly("encode", { value }, () => codec.encode(value))

  /** Values that nobody asked for may lose something that the layout says is lost, as a float does: but only once. */
  const readsBack = (value: A, bytes: Uint8Array, exactly: boolean): void => {
    const again = decode(bytes)
    if (Result.isFailure(again)) throw new Broken(`what was written reads: ${again.failure.message}`, { value })
    if (same(value, again.success)) return
    if (exactly || !same(encode(again.success), Result.succeed(bytes)))
      throw new Broken("what was written reads as what it was", { value })
  }

  const value = (value: A, valid: boolean): void => {
    const bytes = encode(value)
    if (Result.isFailure(bytes)) {
      if (valid) throw new Broken(`a valid value is written: ${String(bytes.failure)}`, { value })
      if (!(bytes.failure instanceof EncodeError)) throw new Broken("a refusal is an EncodeError", { value })
      return
    }
    const size = quietly("size", { value }, () => codec.size(value))
    if (!same(size, Result.succeed(bytes.success.length))) throw new Broken("size is that of the bytes", { value })
    readsBack(value, bytes.success, valid || encodings === "one")
  }

  const refused = (error: DecodeError, bytes: Uint8Array): void => {
    if (!(error instanceof DecodeError)) throw new Broken("a refusal is a DecodeError", bytes)
    if (!(error.offset >= 0 && error.offset <= bytes.length)) throw new Broken("the offset is in the bytes", bytes)
    const { error: explained } = quietly("explain", bytes, () => explain(layout, bytes, { limits }))
    if (explained?.offset !== error.offset || explained.reason._tag !== error.reason._tag)
      throw new Broken(`explain finds the same fault: ${error.message}`, bytes)
  }

  const bytes = (bytes: Uint8Array, mustRefuse: boolean): void => {
    const result = decode(bytes)
    const reference = quietly("the slow pass", bytes, () => new WalkRead(bytes, 0, settings).message(layout.node))
    if (Result.isSuccess(result) !== (reference !== invalid)) throw new Broken("both passes agree", bytes)
    if (Result.isFailure(result)) return refused(result.failure, bytes)
    if (mustRefuse) throw new Broken("the attack is refused", bytes)
    if (!same(result.success, reference)) throw new Broken("both passes give the same value", bytes)
    if (encodings === "none") return
    const again = encode(result.success)
    // Read from an encoding that the writer does not choose: a zero of two bytes, say, where one ends the array.
    if (encodings === "many" && Result.isFailure(again) && again.failure.reason._tag === "Unrepresentable") return
    if (Result.isFailure(again)) throw new Broken(`what was read is written: ${String(again.failure)}`, bytes)
    if (encodings === "many") return readsBack(result.success, again.success, true)
    if (!same(again.success, bytes)) throw new Broken("what was read is written as the same bytes", bytes)
  }

  /** A valid value; none where the layout, or the part of it that would be needed, cannot be written. */
  const sample = (random: Random.Random): A | undefined => {
    try {
      return generate(random)
    } catch (error) {
      if (encodings !== "none") throw error
      return undefined
    }
  }

  const step = (random: Random.Random): void => {
    const valid = sample(random)
    if (valid === undefined) return bytes(random.bytes(random.int(0, 64)), false)
    const kind = random.int(0, 9)
    if (kind === 0) return value(valid, true)
    if (kind === 1) return value(spoil(valid, random) as A, false)
    const message = Result.getOrElse(encode(valid), () => new Uint8Array(0))
    let rejected = false
    const input = near(message, random, (message) => {
      const attack = Malformed.carryOut(random.pick(plans(message)), message)
      rejected = attack?.rejected ?? false
      return attack?.bytes ?? message
    })
    bytes(input, rejected)
  }

  return {
    run(seed, index) {
      try {
        step(Random.make(seed, index))
        return undefined
      } catch (error) {
        if (!(error instanceof Broken)) throw error
        return { claim: error.claim, input: error.input, replay: token(seed, index) }
      }
    }
  }
}
