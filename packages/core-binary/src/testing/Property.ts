/**
 * Properties of generated values, with a token that replays the value that broke one.
 *
 * @since 0.1.0
 */
import * as Random from "./Random.ts"

/**
 * How many values (100 unless said otherwise), and where they start. `seed` is random unless given; `replay` is the token
 * of a failure: only its value is tried.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly cases?: number | undefined
  readonly seed?: number | undefined
  readonly replay?: string | undefined
}

/**
 * The token of a case: seed and number in hexadecimal, `5eed:1f`.
 *
 * @category tokens
 * @since 0.1.0
 */
export const token = (seed: number, index: number): string => `${seed.toString(16)}:${index.toString(16)}`

/**
 * The seed and the number of a token; throws where it is none.
 *
 * @category tokens
 * @since 0.1.0
 */
export const parseToken = (text: string): { readonly seed: number; readonly index: number } => {
  const match = /^([0-9a-f]{1,8}):([0-9a-f]{1,13})$/.exec(text)
  if (match === null) throw new Error(`a replay token is seed:case in hexadecimal, not ${text}`)
  return { seed: Number.parseInt(match[1]!, 16), index: Number.parseInt(match[2]!, 16) }
}

/**
 * A seed of 32 bits that nobody chose.
 *
 * @category tokens
 * @since 0.1.0
 */
export const randomSeed = (): number => Math.floor(Math.random() * 0x100000000)

/**
 * Tries a property on generated values; `property` throws where it does not hold. Throws an error whose message has the
 * replay token and whose `cause` is what was thrown.
 *
 * **Example** (What is written is read again)
 *
 * ```ts
 * import { Binary, Codec } from "@bytewright/core-binary"
 * import { Property, Values } from "@bytewright/core-binary/testing"
 *
 * const codec = Codec.make(Binary.Struct({ id: Binary.Uint16, name: Binary.Utf8(Binary.Uint8) }))
 * Property.check(Values.make(codec.layout), (value) => {
 *   const { id, name } = codec.decodeSync(codec.encodeSync(value))
 *   if (id !== value.id || name !== value.name) throw new Error("lost")
 * })
 * ```
 *
 * @category properties
 * @since 0.1.0
 */
export const check = <A>(
  generate: (random: Random.Random) => A,
  property: (value: A) => void,
  options?: Options
): void => {
  const only = options?.replay === undefined ? undefined : parseToken(options.replay)
  const seed = only?.seed ?? options?.seed ?? randomSeed()
  const first = only?.index ?? 0
  const last = only === undefined ? (options?.cases ?? 100) : first + 1
  for (let index = first; index < last; index++) {
    const value = generate(Random.make(seed, index))
    try {
      property(value)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`case ${index} fails (replay: ${token(seed, index)}): ${why}`, { cause })
    }
  }
}
