/**
 * The header of an NPY file: magic `\x93NUMPY`, version, length, and a Python dictionary that says what the data is.
 *
 * ```text
 * 93 4e 55 4d 50 59  01 00  76 00  7b 27 64 65 73 63 72 27 ...
 * |                  |      |      +- the dictionary, padded with spaces to a multiple of 64 bytes, ends in a newline
 * |                  |      +- its length: u16 in version 1.0, u32 in 2.0 and 3.0, little endian
 * |                  +- version: 1.0 and 2.0 are latin-1 text, 3.0 is UTF-8
 * +- magic
 * ```
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Dtype from "./Dtype.ts"
import { type Literal, LiteralError, parse, Tuple } from "./internal/literal.ts"
import { codecs, layouts as fixed, magic, plan, write } from "./internal/npyHeader.ts"
import { latin1 } from "./internal/pickle/text.ts"
import { relocate } from "./internal/relocate.ts"
import * as NcoError from "./NcoError.ts"
import * as NdArray from "./NdArray.ts"

/**
 * What an NPY header says.
 *
 * **Details**
 *
 * `dataOffset` is where the data starts, counted from the magic; `dataLength` how many bytes it has.
 *
 * @category models
 * @since 0.1.0
 */
export interface NpyHeader {
  readonly version: 1 | 2 | 3
  readonly dtype: Dtype.Dtype
  readonly order: NdArray.Order
  readonly shape: ReadonlyArray<number>
  readonly dataOffset: number
  readonly dataLength: number
}

/**
 * Budgets for reading a header.
 *
 * **Details**
 *
 * `maxHeaderSize`: bytes of the dictionary, 65,536 by default. `maxDepth`: how deep it may nest, 32 by default.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly maxHeaderSize?: number | undefined
  readonly maxDepth?: number | undefined
}

/**
 * What comes before the dictionary in each major version: what is read, written, and shown by `Explain`.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layouts = fixed

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const malformed = (detail: string, offset: number, path: string): Result.Result<never, NcoError.NcoError> =>
  Result.fail(NcoError.make({ _tag: "NpyMalformed", detail }, offset, path))

const truncated = (needed: number, available: number): Result.Result<never, NcoError.NcoError> =>
  Result.fail(NcoError.make({ _tag: "NpyTruncated", needed, available }, 0, "header"))

/** Where the dictionary starts and ends, once the bytes before it are there. */
const extent = (
  bytes: Uint8Array,
  options: Options
): Result.Result<{ readonly version: 1 | 2 | 3; readonly start: number; readonly end: number }, NcoError.NcoError> => {
  for (let i = 0; i < magic.length; i++) {
    if (i < bytes.length && bytes[i] !== magic[i]) {
      const found = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join(" ")
      return Result.fail(NcoError.make({ _tag: "NpyBadMagic", found }, 0, "magic"))
    }
  }
  if (bytes.length < 10) return truncated(10, bytes.length)
  const major = bytes[6]!
  if (major < 1 || major > 3 || bytes[7] !== 0) {
    return Result.fail(
      NcoError.make({ _tag: "UnsupportedVersion", what: "NPY", version: `${major}.${bytes[7]}` }, 6, "version")
    )
  }
  const version = major as 1 | 2 | 3
  const start = version === 1 ? 10 : 12
  if (bytes.length < start) return truncated(start, bytes.length)
  // Magic, version and size were looked at, so that this cannot fail.
  const { headerLength: length } = codecs[version].read(bytes, 0, start) as { readonly headerLength: number }
  const maximum = options.maxHeaderSize ?? 65_536
  if (length > maximum) {
    const reason = { _tag: "LimitExceeded", limit: "maxHeaderSize", value: length, maximum } as const
    return Result.fail(NcoError.make(reason, 8, "headerLength"))
  }
  return Result.succeed({ version, start, end: start + length })
}

/** Lists and tuples both as arrays, which is what a `descr` is in JSON. */
const plain = (literal: Literal | undefined): unknown =>
  literal instanceof Tuple ? literal.items.map(plain) : Array.isArray(literal) ? literal.map(plain) : literal

const isDictionary = (literal: Literal): literal is ReadonlyMap<string, Literal> => literal instanceof Map

const keys = ["descr", "fortran_order", "shape"] as const

/**
 * Reads the header at the start of `bytes`; bytes after it are not looked at.
 *
 * **Details**
 *
 * Fails with `NpyBadMagic`, `UnsupportedVersion`, `NpyTruncated` (with the number of bytes that a header, or the part of it that
 * says how long it is, has), `NpyMalformed` and `LimitExceeded`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: Options = {}): Result.Result<NpyHeader, NcoError.NcoError> => {
  const found = extent(bytes, options)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const { end, start, version } = found.success
  if (bytes.length < end) return truncated(end, bytes.length)
  const raw = bytes.subarray(start, end)
  let text: string
  try {
    // `TextDecoder` calls windows-1252 latin-1.
    text = version === 3 ? utf8.decode(raw) : latin1(raw, 0, raw.length)
  } catch {
    return malformed("the header is not valid UTF-8", start, "header")
  }
  const literal = parse(text, options.maxDepth ?? 32, version < 3)
  if (literal instanceof LiteralError) {
    const before = version === 3 ? new TextEncoder().encode(text.slice(0, literal.at)).length : literal.at
    if (literal.depth === undefined) return malformed(literal.detail, start + before, "header")
    const reason = {
      _tag: "LimitExceeded",
      limit: "maxDepth",
      value: literal.depth,
      maximum: literal.depth - 1
    } as const
    return Result.fail(NcoError.make(reason, start + before, "header"))
  }
  if (!isDictionary(literal)) return malformed("the header is not a dictionary", start, "header")
  if (literal.size !== 3 || !keys.every((key) => literal.has(key))) {
    const there = [...literal.keys()].slice(0, 8).join(", ")
    return malformed(`the header has the keys ${there} instead of ${keys.join(", ")}`, start, "header")
  }
  const fortran = literal.get("fortran_order")
  if (typeof fortran !== "boolean") return malformed("fortran_order is neither True nor False", start, "fortran_order")
  const axes = literal.get("shape")
  if (!(axes instanceof Tuple) || !axes.items.every((axis) => typeof axis === "number")) {
    return malformed("shape is not a tuple of integers", start, "shape")
  }
  const shape = axes.items as ReadonlyArray<number>
  const dtype = Dtype.fromDescr(plain(literal.get("descr")), options.maxDepth)
  if (Result.isFailure(dtype)) return Result.fail(relocate(dtype.failure, start))
  if (Dtype.hasObject(dtype.success)) {
    return malformed("arrays of Python objects hold a pickle, which is not read", start, "descr")
  }
  const dataLength = NdArray.byteLength(dtype.success, shape)
  if (Result.isFailure(dataLength)) return Result.fail(relocate(dataLength.failure, start))
  return Result.succeed({
    version,
    dtype: dtype.success,
    order: fortran ? "F" : "C",
    shape,
    dataOffset: end,
    dataLength: dataLength.success
  })
}

/**
 * The header of an array, byte for byte as NumPy writes it: in the oldest version that can hold it.
 *
 * **Details**
 *
 * Fails with `NotRepresentable` for objects, for what {@link Dtype.toDescr} refuses.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (array: NdArray.NdArray): Result.Result<Uint8Array<ArrayBuffer>, NcoError.NcoError> =>
  Result.map(plan(array), (header) => {
    const bytes = new Uint8Array(header.size)
    write(header, bytes, 0)
    return bytes
  })
