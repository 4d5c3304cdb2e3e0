/**
 * The header of an NCO object: magic `NCO`, version 0, and four absolute file offsets, a C struct of `unsigned long`s.
 *
 * ```text
 * 4e 43 4f 00  00 00 00 00  30 00 00 00 00 00 00 00  53 00 ...      LP64-LE: 40 bytes
 * 4e 43 4f 00  20 00 00 00  39 00 00 00  40 00 00 00  e0 00 00 00   ILP32-LE: 20 bytes
 * |         |  |
 * |         |  +- pickle_start, pickle_end, array_start, array_end, after 4 bytes of padding where they have 8 bytes
 * |         +- version
 * +- magic
 * ```
 *
 * The size and byte order of the writer's `long` are nowhere recorded: {@link decode} finds the only layout whose offsets rise and
 * stay inside the file. `pickle_start` and `array_start` are rounded up to multiples of 16; the next object starts at `array_end`.
 *
 * @since 0.1.0
 */
import * as Binary from "@bytewright/core-binary/Binary"
import * as Codec from "@bytewright/core-binary/Codec"
import * as Result from "effect/Result"
import * as NcoError from "./NcoError.ts"

/**
 * The C data model and byte order of the machine that wrote an object.
 *
 * **Details**
 *
 * `LP64` (`long` has 8 bytes): Linux and macOS on 64-bit processors. `ILP32` (4 bytes): 32-bit processors, and Windows, whose LLP64
 * has the same layout. Offsets of `ILP32` end at 4 GiB.
 *
 * @category models
 * @since 0.1.0
 */
export type Abi = "LP64-LE" | "LP64-BE" | "ILP32-LE" | "ILP32-BE"

const abis: ReadonlyArray<Abi> = ["LP64-LE", "LP64-BE", "ILP32-LE", "ILP32-BE"]

/**
 * Where an object and its two parts are in the file; `end`s are exclusive.
 *
 * @category models
 * @since 0.1.0
 */
export interface NcoHeader {
  readonly abi: Abi
  readonly start: number
  readonly pickleStart: number
  readonly pickleEnd: number
  readonly arrayStart: number
  readonly arrayEnd: number
}

/**
 * How many bytes a header has: 40 in LP64, 20 in ILP32.
 *
 * @category models
 * @since 0.1.0
 */
export const size = (abi: Abi): 20 | 40 => (isLong(abi) ? 40 : 20)

const isLong = (abi: Abi): boolean => abi === "LP64-LE" || abi === "LP64-BE"

const magic = [0x4e, 0x43, 0x4f]

const fixed = { magic: Binary.Magic(magic), version: Binary.Const(Binary.Uint8, 0) }
const offsets = <A>(of: A) => ({ pickleStart: of, pickleEnd: of, arrayStart: of, arrayEnd: of })
const long = Binary.Struct({ ...fixed, padding: Binary.Padding(4), ...offsets(Binary.Uint64) })
const short = Binary.Struct({ ...fixed, ...offsets(Binary.Uint32) })

/**
 * The header as each C layout has it: what is read, written, and shown by `Explain`. Padding may hold anything.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layouts = {
  "LP64-LE": Binary.littleEndian(long),
  "LP64-BE": long,
  "ILP32-LE": Binary.littleEndian(short),
  "ILP32-BE": short
} as const

const codecs = {
  "LP64-LE": Codec.make(layouts["LP64-LE"]),
  "LP64-BE": Codec.make(layouts["LP64-BE"]),
  "ILP32-LE": Codec.make(layouts["ILP32-LE"]),
  "ILP32-BE": Codec.make(layouts["ILP32-BE"])
} as const

const align16 = (offset: number): number => Math.ceil(offset / 16) * 16

/**
 * The header as a layout reads it, from bytes that are enough and start with the magic and the version, so that none fails. Offsets
 * above 2^53 are rounded, which no comparison below can mistake for one in a file.
 */
const read = (bytes: Uint8Array, abi: Abi, start: number | "slice", fileSize: number): NcoHeader => {
  const found = codecs[abi].read(bytes, 0, size(abi)) as Record<(typeof names)[number], number | bigint>
  const arrayEnd = Number(found.arrayEnd)
  const from = start === "slice" ? arrayEnd - fileSize : start
  return {
    abi,
    start: from,
    pickleStart: Number(found.pickleStart),
    pickleEnd: Number(found.pickleEnd),
    arrayStart: Number(found.arrayStart),
    arrayEnd
  }
}

const names = ["pickleStart", "pickleEnd", "arrayStart", "arrayEnd"] as const

interface Problem {
  readonly reason: NcoError.BadOffsets
  readonly field: (typeof names)[number]
}

/** What is wrong with a header's offsets in a file that ends at `end`, if anything is. */
const problemOf = (header: NcoHeader, end: number): Problem | undefined => {
  const { abi, arrayEnd, arrayStart, pickleEnd, pickleStart, start } = header
  const problem = (_tag: NcoError.BadOffsets["_tag"], field: Problem["field"], detail: string): Problem => ({
    reason: { _tag, detail },
    field
  })
  if (pickleStart <= start) {
    return problem(
      "OffsetsOutOfOrder",
      "pickleStart",
      `pickle_start ${pickleStart} is not after the object's start ${start}`
    )
  }
  if (pickleStart < start + size(abi)) {
    return problem("OffsetsOverlap", "pickleStart", `pickle_start ${pickleStart} lies in the header`)
  }
  if (pickleEnd < pickleStart) {
    return problem("OffsetsOutOfOrder", "pickleEnd", `pickle_end ${pickleEnd} is before pickle_start ${pickleStart}`)
  }
  if (arrayEnd < arrayStart) {
    return problem("OffsetsOutOfOrder", "arrayEnd", `array_end ${arrayEnd} is before array_start ${arrayStart}`)
  }
  if (arrayStart < pickleEnd) {
    const tag = arrayStart < pickleStart ? "OffsetsOutOfOrder" : "OffsetsOverlap"
    return problem(tag, "arrayStart", `array_start ${arrayStart} is before pickle_end ${pickleEnd}`)
  }
  if (arrayEnd > end) return problem("OffsetsOutOfFile", "arrayEnd", `array_end ${arrayEnd} is beyond the end ${end}`)
  return undefined
}

const isAligned = (header: NcoHeader): boolean =>
  header.pickleStart === align16(header.start + size(header.abi)) && header.arrayStart === align16(header.pickleEnd)

const truncated = (needed: number, available: number): Result.Result<never, NcoError.NcoError> =>
  Result.fail(NcoError.make({ _tag: "TruncatedHeader", needed, available }, 0, "header"))

/**
 * What {@link decode} may be told.
 *
 * **Details**
 *
 * `start`: the file position of the bytes' first byte, 0 by default; `"slice"` for bytes that are one object cut out of a longer file,
 * whose position then follows from the offsets. `fileSize`: where the file ends, by default where the bytes do. `abi`: the
 * layout, where it is known; detected otherwise.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly start?: number | "slice" | undefined
  readonly fileSize?: number | undefined
  readonly abi?: Abi | undefined
}

/** The headers that the layouts make of bytes which start with the magic and the version, as far as their offsets make sense. */
const candidatesOf = (bytes: Uint8Array, options: Options): ReadonlyArray<NcoHeader> => {
  const { abi, start = 0 } = options
  const end = endOf(bytes.length, options)
  const found: Array<NcoHeader> = []
  for (const candidate of abi === undefined ? abis : [abi]) {
    if (bytes.length < size(candidate)) continue
    const header = read(bytes, candidate, start, end)
    if (problemOf(header, start === "slice" ? header.arrayEnd : end) === undefined && header.start >= 0) {
      found.push(header)
      // Below 2^24, the offsets of one byte order are far outside any file in the other, and zero in half their size.
      if (candidate === "LP64-LE" && isPadded(bytes) && header.arrayEnd < 2 ** 24 && end < 2 ** 40) break
    }
  }
  return found.length > 1 && found.some(isAligned) ? found.filter(isAligned) : found
}

const endOf = (available: number, { fileSize, start = 0 }: Options): number =>
  fileSize ?? (start === "slice" ? available : start + available)

/** Whether there is padding where LP64 has it: what is there in ILP32 is never zero. */
const isPadded = (bytes: Uint8Array): boolean => low32(bytes, 4) === 0

/** The low 32 bits of a number at `at`, little endian. */
const low32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0

const turned = (word: number): number =>
  ((word >>> 24) | ((word >>> 8) & 0xff00) | ((word << 8) & 0xff0000) | (word << 24)) >>> 0

/**
 * The header at `at` of `bytes`, if one is there as every writer makes them, with its parts aligned; `undefined` otherwise.
 *
 * **When to use**
 *
 * To search: it makes no error, and is done with what is no header in a few comparisons. `options` are those of a header at `at`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const find = (
  bytes: Uint8Array,
  at: number,
  options: Options & { readonly start: number }
): NcoHeader | undefined => {
  if (bytes[at] !== 0x4e || bytes[at + 1] !== 0x43 || bytes[at + 2] !== 0x4f || bytes[at + 3] !== 0) return undefined
  const long = align16(options.start + 40) % 2 ** 32
  const short = align16(options.start + 20)
  const first = low32(bytes, at + 4)
  const aligned = first === short || turned(first) === short
  if (!aligned && low32(bytes, at + 8) !== long && turned(low32(bytes, at + 12)) !== long) return undefined
  const found = Result.getOrUndefined(decode(bytes.subarray(at, at + 40), options))
  return found !== undefined && isAligned(found) ? found : undefined
}

/**
 * Reads the header at the start of `bytes`, of which 40 are enough.
 *
 * **Details**
 *
 * Padding may hold anything. Fails with `TruncatedHeader`, `NotNco`, `UnsupportedVersion`, `OffsetsOutOfOrder`, `OffsetsOverlap`,
 * `OffsetsOutOfFile`, or `AmbiguousAbi` where several layouts make sense.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: Options = {}): Result.Result<NcoHeader, NcoError.NcoError> => {
  const available = bytes.length
  for (let i = 0; i < 3 && i < available; i++) {
    if (bytes[i] !== magic[i]) {
      const found = Array.from(bytes.subarray(0, 3), (byte) => byte.toString(16).padStart(2, "0")).join(" ")
      return Result.fail(NcoError.make({ _tag: "NotNco", found }, 0, "magic"))
    }
  }
  if (available > 3 && bytes[3] !== 0) {
    return Result.fail(NcoError.make({ _tag: "UnsupportedVersion", what: "NCO", version: `${bytes[3]}` }, 3, "version"))
  }
  if (available < 20) return truncated(20, available)
  const found = candidatesOf(bytes, options)
  if (found.length === 1) return Result.succeed(found[0]!)
  if (found.length > 1) {
    const candidates = found.map((header) => header.abi)
    return Result.fail(NcoError.make({ _tag: "AmbiguousAbi", candidates }, 0, "header"))
  }
  return problem(bytes, options)
}

/** The error of a header that no layout makes sense of, as the likeliest layout sees it. */
const problem = (bytes: Uint8Array, options: Options): Result.Result<NcoHeader, NcoError.NcoError> => {
  const end = endOf(bytes.length, options)
  const padded = isPadded(bytes)
  const guesses = options.abi === undefined ? abis.filter((abi) => isLong(abi) === padded) : [options.abi]
  const needed = size(guesses[0]!)
  if (bytes.length < needed) return truncated(needed, bytes.length)
  const headers = guesses.map((abi) => read(bytes, abi, options.start ?? 0, end))
  const header = headers.reduce((best, other) => (other.pickleStart < best.pickleStart ? other : best))
  const { field, reason } = problemOf(header, options.start === "slice" ? header.arrayEnd : end) ?? {
    reason: { _tag: "OffsetsOutOfFile", detail: `array_end ${header.arrayEnd} is less than the bytes that end there` },
    field: "arrayEnd" as const
  }
  const width = isLong(header.abi) ? 8 : 4
  const offset = (width === 8 ? 8 : 4) + names.indexOf(field) * width
  return Result.fail(NcoError.make(reason, offset, `header/${field}`))
}

/**
 * Where the parts of an object lie that starts at `start`, from their lengths in bytes.
 *
 * **Details**
 *
 * Fails with `NotRepresentable` where an offset does not fit the layout.
 *
 * @category constructors
 * @since 0.1.0
 */
export const layout = (
  pickleLength: number,
  arrayLength: number,
  options: { readonly start?: number | undefined; readonly abi?: Abi | undefined } = {}
): Result.Result<NcoHeader, NcoError.NcoError> => {
  const { abi = "LP64-LE", start = 0 } = options
  const pickleStart = align16(start + size(abi))
  const pickleEnd = pickleStart + pickleLength
  const arrayStart = align16(pickleEnd)
  const arrayEnd = arrayStart + arrayLength
  const maximum = isLong(abi) ? Number.MAX_SAFE_INTEGER : 0xffff_ffff
  if (!(arrayEnd <= maximum)) {
    const detail = `array_end ${arrayEnd} is more than ${abi} offsets can hold (${maximum})`
    return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, start, "header/arrayEnd"))
  }
  return Result.succeed({ abi, start, pickleStart, pickleEnd, arrayStart, arrayEnd })
}

/**
 * Writes a header into `target` at `at`; its offsets are those that {@link layout} gives.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeInto = (header: NcoHeader, target: Uint8Array, at = 0): void => {
  const { abi, arrayEnd, arrayStart, pickleEnd, pickleStart } = header
  if (abi === "LP64-LE" || abi === "LP64-BE") {
    codecs[abi].write(
      {
        pickleStart: BigInt(pickleStart),
        pickleEnd: BigInt(pickleEnd),
        arrayStart: BigInt(arrayStart),
        arrayEnd: BigInt(arrayEnd)
      },
      target,
      at
    )
  } else codecs[abi].write(header, target, at)
}
