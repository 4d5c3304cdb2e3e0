/** What the Effect shells read with. */
import * as Effect from "effect/Effect"
import { CompressionCodecs } from "../CompressionCodecs.ts"
import { Limits } from "../Limits.ts"
import type { ReadOptions } from "../ReadOptions.ts"

/** Options with what the environment says where the caller does not. */
export const withServices = Effect.fnUntraced(function* (options: ReadOptions | undefined) {
  const limits = yield* Limits
  const codecs = yield* CompressionCodecs
  return { ...options, limits: { ...limits, ...options?.limits }, codecs: options?.codecs ?? codecs }
})
