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
