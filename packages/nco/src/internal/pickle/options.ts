import type * as Result from "effect/Result"
import type { Registry } from "../../Registry.ts"

/** See `Pickle.Limits`, whose docstring is the contract. */
export interface Limits {
  readonly maxOps: number
  readonly maxStack: number
  readonly maxMemo: number
  readonly maxDepth: number
  readonly maxBigIntBytes: number
  readonly maxIntDigits: number
  readonly maxKeyNodes: number
}

export const defaultLimits: Limits = {
  maxOps: 50_000_000,
  maxStack: 1_000_000,
  maxMemo: 10_000_000,
  maxDepth: 1_000,
  maxBigIntBytes: 65_536,
  maxIntDigits: 4_300,
  maxKeyNodes: 10_000
}

/** Everything a machine depends on, defaults filled in. */
export interface Settings {
  readonly lossless: boolean
  readonly maps: boolean
  readonly strings: "ascii" | "latin1" | "utf8" | "bytes"
  readonly opaque: boolean
  readonly registry: Registry
  readonly persistentLoad: ((id: unknown) => Result.Result<unknown, string>) | undefined
  readonly extensions: ReadonlyMap<number, readonly [module: string, name: string]>
  readonly buffers: ReadonlyArray<Uint8Array>
  readonly limits: Limits
}
