/**
 * The index of a Nengo cache: where the object of each key is.
 *
 * ```text
 * version 2   pickle (2, protocol)  pickle {key: (path, start, end), ...}    Nengo 2.3 and later
 * legacy 1                          pickle {key: (path, start, end), ...}    Nengo 2.1 and 2.2; legacy.txt holds "1.<protocol>"
 * legacy 0    none: the object of a key is the file <key[:2]>/<key[2:]>.nco  Nengo 2.0; legacy.txt holds "0"
 * ```
 *
 * Keys are SHA-1 sums of what decoders were solved for, in hexadecimal; they are nowhere in the objects themselves.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { relocated } from "./internal/relocate.ts"
import * as NcoError from "./NcoError.ts"
import * as Pickle from "./Pickle.ts"
import * as Py from "./Py.ts"

/**
 * Where an object is: `[start, end)` in the file at `path`, as its writer saw it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly path: string
  readonly start: number
  readonly end: number
}

/**
 * An index: its version, the highest pickle protocol of its writer where it says so, and the place of each key.
 *
 * @category models
 * @since 0.1.0
 */
export interface NengoIndex {
  readonly version: 1 | 2
  readonly protocol: number | undefined
  readonly places: ReadonlyMap<string, Place>
}

const malformed = (detail: string, offset: number): Result.Result<never, NcoError.NcoError> =>
  Result.fail(NcoError.make({ _tag: "PickleMalformed", opcode: "STOP", detail }, offset, "index"))

const isOffset = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= 0

const placesOf = (
  dict: ReadonlyMap<unknown, unknown>,
  offset: number
): Result.Result<ReadonlyMap<string, Place>, NcoError.NcoError> => {
  const places = new Map<string, Place>()
  for (const [key, value] of dict) {
    if (typeof key !== "string") return malformed("a key of the index is not a string", offset)
    const [path, start, end, ...rest] = Array.isArray(value) ? (value as ReadonlyArray<unknown>) : []
    if (typeof path !== "string" || !isOffset(start) || !isOffset(end) || end < start || rest.length > 0) {
      return malformed(`the index says of ${JSON.stringify(key)} something else than (path, start, end)`, offset)
    }
    places.set(key, { path, start, end })
  }
  return Result.succeed(places)
}

const options: Pickle.DecodeOptions = { dicts: "map", strings: "latin1" }

/**
 * Reads an index of version 2 or legacy 1.
 *
 * **Details**
 *
 * Fails where `Pickle.decode` does, with `UnsupportedVersion` for a version above 2, with `PickleMalformed` for values that are no
 * index, and with `PickleTrailingBytes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array): Result.Result<NengoIndex, NcoError.NcoError> => {
  const first = relocated(Pickle.decodePrefix(bytes, options), 0, "index")
  if (Result.isFailure(first)) return Result.fail(first.failure)
  const { end, value } = first.success
  if (value instanceof Map) {
    if (end < bytes.length) {
      return Result.fail(NcoError.make({ _tag: "PickleTrailingBytes", count: bytes.length - end }, end, "index"))
    }
    return Result.map(placesOf(value, 0), (places) => ({ version: 1, protocol: undefined, places }))
  }
  const [version, protocol] = Array.isArray(value) && value.length === 2 ? (value as ReadonlyArray<unknown>) : []
  if (!isOffset(version) || !isOffset(protocol)) return malformed("the first pickle is not (version, protocol)", 0)
  if (version !== 2) {
    const reason = { _tag: "UnsupportedVersion", what: "index", version: String(version) } as const
    return Result.fail(NcoError.make(reason, 0, "version"))
  }
  const second = relocated(Pickle.decode(bytes.subarray(end), options), end, "index")
  if (Result.isFailure(second)) return Result.fail(second.failure)
  if (!(second.success instanceof Map)) return malformed("the second pickle is not a dict", end)
  return Result.map(placesOf(second.success, end), (places) => ({ version: 2, protocol, places }))
}

/**
 * Writes an index as Nengo of its version does; version 2 says and uses `protocol`, 5 where there is none.
 *
 * **Details**
 *
 * Fails where `Pickle.encode` does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (index: NengoIndex): Result.Result<Uint8Array<ArrayBuffer>, NcoError.NcoError> =>
  Result.gen(function* () {
    const said = index.protocol ?? 5
    const protocol = said === 2 || said === 3 || said === 4 ? said : 5
    const dict = new Map<string, unknown>()
    for (const [key, { end, path, start }] of index.places) dict.set(key, new Py.PyTuple([path, start, end]))
    const places = yield* Pickle.encode(dict, { protocol })
    if (index.version === 1) return new Uint8Array(places)
    const version = yield* Pickle.encode(new Py.PyTuple([2, said]), { protocol: 2 })
    const bytes = new Uint8Array(version.length + places.length)
    bytes.set(version)
    bytes.set(places, version.length)
    return bytes
  })

/**
 * Reads `legacy.txt`: the legacy version, 0 or 1, and the pickle protocol behind its dot, if there is one.
 *
 * **Details**
 *
 * Fails with `UnsupportedVersion` for any other text.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeLegacy = (
  text: string
): Result.Result<{ readonly version: 0 | 1; readonly protocol: number | undefined }, NcoError.NcoError> => {
  const found = /^([01])(?:\.(\d))?\s*$/.exec(text)
  if (found === null) {
    const reason = {
      _tag: "UnsupportedVersion",
      what: "legacy.txt",
      version: JSON.stringify(text.slice(0, 32))
    } as const
    return Result.fail(NcoError.make(reason, 0, "legacy.txt"))
  }
  return Result.succeed({
    version: Number(found[1]) as 0 | 1,
    protocol: found[2] === undefined ? undefined : Number(found[2])
  })
}
