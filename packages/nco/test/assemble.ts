import { assert } from "@effect/vitest"
import * as Result from "effect/Result"
import type { NcoError } from "../src/index.ts"
import { Pickle } from "../src/index.ts"

/** A pickle from its text, one character a byte. */
export const pickle = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** A call of a global with arguments, in text opcodes. */
export const call = (global: string, args = ""): string => `c${global.replace(":", "\n")}\n(${args}tR`

export const decode = (text: string, options?: Pickle.DecodeOptions): unknown =>
  Result.getOrThrow(Pickle.decode(pickle(text), options))

export const lossless = (text: string, options?: Pickle.DecodeOptions): unknown =>
  decode(text, { ...options, profile: "lossless" })

/** The error of a pickle that must not be read. */
export const refused = (text: string, options?: Pickle.DecodeOptions): NcoError.NcoError => {
  const result = Pickle.decode(pickle(text), options)
  assert.isTrue(Result.isFailure(result), `${JSON.stringify(text)} was accepted`)
  return (result as { readonly failure: NcoError.NcoError }).failure
}

/** `<tag>@<offset> <message>` of an error. */
export const summary = ({ message, offset, reason }: NcoError.NcoError): string => `${reason._tag}@${offset} ${message}`

export const encode = (value: unknown, options?: Pickle.EncodeOptions): Uint8Array =>
  Result.getOrThrow(Pickle.encode(value, options))

export const unwritable = (value: unknown, options?: Pickle.EncodeOptions): NcoError.NcoError => {
  const result = Pickle.encode(value, options)
  assert.isTrue(Result.isFailure(result), "it was written")
  return (result as { readonly failure: NcoError.NcoError }).failure
}
