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
const isLittle = (abi: Abi): boolean => abi === "LP64-LE" || abi === "ILP32-LE"

const magic = [0x4e, 0x43, 0x4f]

const align16 = (offset: number): number => Math.ceil(offset / 16) * 16

/** The header as a layout reads it. Offsets above 2^53 are rounded, which no comparison below can mistake for one in a file. */
const read = (view: DataView, abi: Abi, start: number | "slice", fileSize: number): NcoHeader => {
  const little = isLittle(abi)
  const at = isLong(abi)
    ? (index: number) => Number(view.getBigUint64(8 + index * 8, little))
    : (index: number) => view.getUint32(4 + index * 4, little)
  const arrayEnd = at(3)
  const from = start === "slice" ? arrayEnd - fileSize : start
  return { abi, start: from, pickleStart: at(0), pickleEnd: at(1), arrayStart: at(2), arrayEnd }
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
const candidatesOf = (view: DataView, options: Options): ReadonlyArray<NcoHeader> => {
  const { abi, start = 0 } = options
  const end = endOf(view.byteLength, options)
  const found: Array<NcoHeader> = []
  for (const candidate of abi === undefined ? abis : [abi]) {
    if (view.byteLength < size(candidate)) continue
    const header = read(view, candidate, start, end)
    if (problemOf(header, start === "slice" ? header.arrayEnd : end) === undefined && header.start >= 0) {
      found.push(header)
      // Below 2^24, the offsets of one byte order are far outside any file in the other, and zero in half their size.
      if (candidate === "LP64-LE" && isPadded(view) && header.arrayEnd < 2 ** 24 && end < 2 ** 40) break
    }
  }
  return found.length > 1 && found.some(isAligned) ? found.filter(isAligned) : found
}

const endOf = (available: number, { fileSize, start = 0 }: Options): number =>
  fileSize ?? (start === "slice" ? available : start + available)

/** Whether there is padding where LP64 has it: what is there in ILP32 is never zero. */
const isPadded = (view: DataView): boolean => view.getUint32(4) === 0

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

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
  const view = viewOf(bytes)
  const found = candidatesOf(view, options)
  if (found.length === 1) return Result.succeed(found[0]!)
  if (found.length > 1) {
    const candidates = found.map((header) => header.abi)
    return Result.fail(NcoError.make({ _tag: "AmbiguousAbi", candidates }, 0, "header"))
  }
  return explain(view, options)
}

/** The error of a header that no layout makes sense of, as the likeliest layout sees it. */
const explain = (view: DataView, options: Options): Result.Result<NcoHeader, NcoError.NcoError> => {
  const end = endOf(view.byteLength, options)
  const padded = isPadded(view)
  const guesses = options.abi === undefined ? abis.filter((abi) => isLong(abi) === padded) : [options.abi]
  const needed = size(guesses[0]!)
  if (view.byteLength < needed) return truncated(needed, view.byteLength)
  const headers = guesses.map((abi) => read(view, abi, options.start ?? 0, end))
  const header = headers.reduce((best, other) => (other.pickleStart < best.pickleStart ? other : best))
  const problem = problemOf(header, options.start === "slice" ? header.arrayEnd : end) ?? {
    reason: { _tag: "OffsetsOutOfFile", detail: `array_end ${header.arrayEnd} is less than the bytes that end there` },
    field: "arrayEnd"
  }
  const width = isLong(header.abi) ? 8 : 4
  const offset = (width === 8 ? 8 : 4) + names.indexOf(problem.field) * width
  return Result.fail(NcoError.make(problem.reason, offset, `header/${problem.field}`))
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
 * Writes a header into `target`, which must be zero there, at `at`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeInto = (header: NcoHeader, target: Uint8Array, at = 0): void => {
  const view = new DataView(target.buffer, target.byteOffset + at)
  const little = isLittle(header.abi)
  const long = isLong(header.abi)
  view.setUint32(0, 0x4e434f00)
  for (let i = 0; i < names.length; i++) {
    const offset = header[names[i]!]
    if (long) {
      view.setUint32(8 + i * 8 + (little ? 0 : 4), offset, little)
      view.setUint32(8 + i * 8 + (little ? 4 : 0), offset / 2 ** 32, little)
    } else view.setUint32(4 + i * 4, offset, little)
  }
}
