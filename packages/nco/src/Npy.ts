/**
 * NPY files: one array each, after a header that says what it is. Versions 1.0, 2.0 and 3.0.
 *
 * {@link decode} and {@link encode} work on bytes; {@link open} reads from a file only what is asked for. Arrays of Python objects
 * are refused in both directions: they would be pickles.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Dtype from "./Dtype.ts"
import { relocated } from "./internal/relocate.ts"
import { swapInPlace } from "./internal/swap.ts"
import * as NcoError from "./NcoError.ts"
import * as NdArray from "./NdArray.ts"
import * as NpyHeader from "./NpyHeader.ts"
import type * as Subfile from "./Subfile.ts"

/**
 * Budgets for reading an array.
 *
 * **Details**
 *
 * `trailing`: what to do with bytes after the array; `ignore` by default, as NumPy does. `maxBytes`: how much memory one read of a
 * file may allocate, 4 GiB by default; arrays over bytes allocate none.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends NpyHeader.Options {
  readonly trailing?: "ignore" | "error" | undefined
  readonly maxBytes?: number | undefined
}

/** That `header` describes an input of `size` bytes. */
const fits = (
  header: NpyHeader.NpyHeader,
  size: number,
  options: Options
): Result.Result<NpyHeader.NpyHeader, NcoError.NcoError> => {
  const { dataLength, dataOffset } = header
  const available = size - dataOffset
  if (available < dataLength) {
    return Result.fail(NcoError.make({ _tag: "NpyTruncated", needed: dataLength, available }, dataOffset, "data"))
  }
  if (available > dataLength && options.trailing === "error") {
    const reason = { _tag: "NpyTrailingBytes", count: available - dataLength } as const
    return Result.fail(NcoError.make(reason, dataOffset + dataLength, "data"))
  }
  return Result.succeed(header)
}

/**
 * Reads the array at the start of `bytes`, which it borrows.
 *
 * **Details**
 *
 * Fails where {@link NpyHeader.decode} does, with `NpyTruncated` where data is missing, and with `NpyTrailingBytes` where the
 * options refuse them.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: Options = {}): Result.Result<NdArray.NdArray, NcoError.NcoError> => {
  const decoded = NpyHeader.decode(bytes, options)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
  const header = decoded.success
  const checked = fits(header, bytes.length, options)
  if (Result.isFailure(checked)) return Result.fail(checked.failure)
  const end = header.dataOffset + header.dataLength
  const data = bytes.subarray(header.dataOffset, end)
  return relocated(NdArray.fromBytes(header.dtype, header.shape, data, header.order), header.dataOffset)
}

/**
 * The file of an array as two chunks, header and data, to be written one after the other; the data is a view of the array.
 *
 * **Details**
 *
 * Byte for byte what NumPy writes. Fails where {@link NpyHeader.encode} does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeChunks = (
  array: NdArray.NdArray
): Result.Result<readonly [header: Uint8Array, data: Uint8Array], NcoError.NcoError> =>
  Result.map(NpyHeader.encode(array), (header) => [header, array.bytes] as const)

/**
 * The file of an array as one new chunk.
 *
 * **Example** (Writing and reading a file's bytes)
 *
 * ```ts
 * import { NdArray, Npy } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * const array = Result.getOrThrow(NdArray.make("int16", [3], new Int16Array([1, 2, 3])))
 * const bytes = Result.getOrThrow(Npy.encode(array))
 * const again = Result.getOrThrow(Npy.decode(bytes))
 * console.log(bytes.length, again.dtype.name, again.toNested())
 * // => 134 int16 [ 1, 2, 3 ]
 * ```
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (array: NdArray.NdArray): Result.Result<Uint8Array<ArrayBuffer>, NcoError.NcoError> =>
  Result.map(encodeChunks(array), ([header, data]) => {
    const bytes = new Uint8Array(header.length + data.length)
    bytes.set(header)
    bytes.set(data, header.length)
    return bytes
  })

/**
 * An array that is still in its file.
 *
 * **Details**
 *
 * A `target` is a typed array of the dtype's storage, or bytes; at least as large as what is read. The array that comes back borrows
 * it, so that reading again into the same target changes it. Reads fail with `Io`, `NpyTruncated` (the file became shorter),
 * `LimitExceeded` (`maxBytes`, or a `target` too small), and where {@link NdArray.fromBytes} does.
 *
 * @category models
 * @since 0.1.0
 */
export interface Reader {
  readonly header: NpyHeader.NpyHeader
  /** All of the array, in memory of its own. */
  readonly read: Effect.Effect<NdArray.NdArray, NcoError.NcoError>
  /** All of the array, in memory of the caller's. */
  readonly readInto: (target: ArrayBufferView) => Effect.Effect<NdArray.NdArray, NcoError.NcoError>
  /** The part of the array whose first index is in `[from, to)`; in Fortran order, that is a part of every column. */
  readonly rows: (
    from: number,
    to: number,
    target?: ArrayBufferView
  ) => Effect.Effect<NdArray.NdArray, NcoError.NcoError>
  /** The whole array in parts of `count` rows, each in memory of its own. */
  readonly stream: (count: number) => Stream.Stream<NdArray.NdArray, NcoError.NcoError>
}

/** Enough for nearly every header. */
const firstRead = 4096

/** How much of a file in Fortran order is read at a time to gather rows from columns. */
const gatherSize = 2 ** 20

/**
 * Reads the header of the array that a window starts with, and nothing else yet.
 *
 * **Details**
 *
 * Fails as {@link decode} does, and with `Io`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const open = (subfile: Subfile.Subfile, options: Options = {}): Effect.Effect<Reader, NcoError.NcoError> => {
  const decodeHeader = (length: number): Effect.Effect<NpyHeader.NpyHeader, NcoError.NcoError> =>
    Effect.flatMap(subfile.readAt(0, length), (bytes) => {
      const header = NpyHeader.decode(bytes, options)
      if (Result.isSuccess(header)) return Effect.fromResult(fits(header.success, subfile.size, options))
      const { reason } = header.failure
      return reason._tag === "NpyTruncated" && bytes.length === length && length < subfile.size
        ? decodeHeader(reason.needed)
        : Effect.fail(header.failure)
    })
  return Effect.map(decodeHeader(firstRead), (header) => makeReader(subfile, header, options))
}

const makeReader = (subfile: Subfile.Subfile, header: NpyHeader.NpyHeader, options: Options): Reader => {
  const { dataLength, dataOffset, dtype, order, shape } = header
  const maximum = options.maxBytes ?? 2 ** 32
  const rowLength = shape.slice(1).reduce((product, dimension) => product * dimension, 1) * dtype.itemsize

  const exceeded = (limit: string, value: number, most: number) =>
    Effect.fail(NcoError.make({ _tag: "LimitExceeded", limit, value, maximum: most }, dataOffset, "data"))

  /** Memory for `length` bytes: the first of `target`, or new. */
  const memory = (
    length: number,
    target: ArrayBufferView | undefined
  ): Effect.Effect<Uint8Array, NcoError.NcoError> => {
    if (target === undefined) {
      return length > maximum ? exceeded("maxBytes", length, maximum) : Effect.sync(() => new Uint8Array(length))
    }
    if (target.byteLength < length) return exceeded("target", length, target.byteLength)
    return Effect.succeed(new Uint8Array(target.buffer, target.byteOffset, length))
  }

  const fill = (bytes: Uint8Array, position: number): Effect.Effect<void, NcoError.NcoError> =>
    Effect.flatMap(subfile.readInto(bytes, position), (available) =>
      available === bytes.length
        ? Effect.void
        : Effect.fail(NcoError.make({ _tag: "NpyTruncated", needed: bytes.length, available }, position, "data"))
    )

  /** Rows `[from, to)` of every column: column by column where those are long, else several at a time through a buffer. */
  const gather = (bytes: Uint8Array, from: number, to: number): Effect.Effect<void, NcoError.NcoError> =>
    Effect.gen(function* () {
      const column = shape[0]! * dtype.itemsize
      const wanted = (to - from) * dtype.itemsize
      const columns = wanted === 0 ? 0 : bytes.length / wanted
      const together = Math.floor(gatherSize / column)
      const buffer = new Uint8Array(Math.min(together, columns) * column)
      for (let at = 0; at < columns; at += Math.max(together, 1)) {
        const count = Math.min(together, columns - at)
        if (count < 2) {
          const part = bytes.subarray(at * wanted, (at + 1) * wanted)
          yield* fill(part, dataOffset + at * column + from * dtype.itemsize)
        } else {
          yield* fill(buffer.subarray(0, count * column), dataOffset + at * column)
          for (let i = 0; i < count; i++) {
            const start = i * column + from * dtype.itemsize
            bytes.set(buffer.subarray(start, start + wanted), (at + i) * wanted)
          }
        }
      }
    })

  /** The array over bytes that were read; a typed target gets this machine's byte order, so that the caller can use it as it is. */
  const arrayOf = (part: ReadonlyArray<number>, bytes: Uint8Array, target: ArrayBufferView | undefined) => {
    const unit = Dtype.swapUnit(dtype)
    if (target === undefined || unit === 0 || target instanceof Uint8Array || target instanceof DataView) {
      return NdArray.fromBytes(dtype, part, bytes, order)
    }
    swapInPlace(bytes, unit)
    const typed = target as Float64Array
    const data = typed.subarray(0, bytes.length / typed.BYTES_PER_ELEMENT)
    return NdArray.make(dtype as Dtype.Dtype<"float64">, part, data, order)
  }

  const load = (
    part: ReadonlyArray<number>,
    length: number,
    target: ArrayBufferView | undefined,
    read: (bytes: Uint8Array) => Effect.Effect<void, NcoError.NcoError>
  ): Effect.Effect<NdArray.NdArray, NcoError.NcoError> =>
    Effect.flatMap(memory(length, target), (bytes) =>
      Effect.flatMap(read(bytes), () => Effect.fromResult(relocated(arrayOf(part, bytes, target), dataOffset)))
    )

  const whole = (target?: ArrayBufferView) => load(shape, dataLength, target, (bytes) => fill(bytes, dataOffset))

  const rows: Reader["rows"] = (from, to, target) => {
    if (shape.length === 0) {
      const detail = "an array without axes has no rows"
      return Effect.fail(NcoError.make({ _tag: "NotFound", detail }, dataOffset, "shape"))
    }
    const low = Math.min(Math.max(Math.trunc(from), 0), shape[0]!)
    const high = Math.min(Math.max(Math.trunc(to), low), shape[0]!)
    return load([high - low, ...shape.slice(1)], (high - low) * rowLength, target, (bytes) =>
      order === "C" ? fill(bytes, dataOffset + low * rowLength) : gather(bytes, low, high)
    )
  }

  const stream: Reader["stream"] = (count) => {
    const step = Math.max(Math.trunc(count), 1)
    return Stream.suspend(() => {
      const starts = Array.from({ length: Math.ceil((shape[0] ?? 1) / step) }, (_, i) => i * step)
      return Stream.mapEffect(Stream.fromIterable(starts), (from) => rows(from, from + step))
    })
  }

  return { header, read: whole(), readInto: whole, rows, stream }
}
