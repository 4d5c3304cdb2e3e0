/**
 * NPZ files: zip archives of NPY files, as `numpy.savez` and `numpy.savez_compressed` write them.
 *
 * The archive is Effect's `Zip`; this module only names its entries as NumPy does.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Zip from "effect/encoding/Zip"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as NcoError from "./NcoError.ts"
import type * as NdArray from "./NdArray.ts"
import * as Npy from "./Npy.ts"

/**
 * One array of an archive; `name` comes without the ending `.npy`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entry {
  readonly name: string
  readonly array: NdArray.NdArray
}

/**
 * Reads the arrays of an archive, in the order they are in it, each as soon as it is complete.
 *
 * **Details**
 *
 * Fails with `Io` where the archive is damaged (its cause is the `ZipError`), with `LimitExceeded` for an entry that unpacks to more
 * than `maxBytes` (4 GiB by default), and where {@link Npy.decode} does, with the entry's name as path; an entry that is no
 * NPY file is `NpyBadMagic`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode =
  (options: Npy.Options = {}) =>
  <E, R>(archive: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Entry, E | NcoError.NcoError, R> => {
    const maximum = options.maxBytes ?? 2 ** 32
    const unpack = (entry: Zip.Entry<Zip.ZipError | E>): Effect.Effect<Entry, E | NcoError.NcoError> =>
      Effect.gen(function* () {
        const { path } = entry.header
        const chunks: Array<Uint8Array> = []
        let size = 0
        yield* Stream.runForEach(Stream.mapError(entry.body, ioOf), (chunk) => {
          size += chunk.length
          if (size > maximum) {
            const reason = { _tag: "LimitExceeded", limit: "maxBytes", value: size, maximum } as const
            return Effect.fail(NcoError.make(reason, 0, path))
          }
          chunks.push(chunk)
          return Effect.void
        })
        const bytes = new Uint8Array(size)
        let at = 0
        for (const chunk of chunks) {
          bytes.set(chunk, at)
          at += chunk.length
        }
        const array = Npy.decode(bytes, options)
        if (Result.isFailure(array)) {
          const { offset, path: inner, reason } = array.failure
          return yield* NcoError.make(reason, offset, `${path}/${inner}`)
        }
        return { name: path.replace(/\.npy$/, ""), array: array.success }
      })
    return archive.pipe(
      Stream.pipeThroughChannel(Zip.decode<E>()),
      Stream.mapError(ioOf),
      Stream.filter((entry) => entry.header.type === "File"),
      Stream.mapEffect(unpack)
    )
  }

const ioOf = <E>(error: E | Zip.ZipError): E | NcoError.NcoError =>
  Zip.isZipError(error) ? NcoError.make({ _tag: "Io", cause: error }, 0) : error

/**
 * Writes arrays as an archive.
 *
 * **Details**
 *
 * Entries are stored, or deflated with `compress`. Fails where {@link Npy.encode} does, and with `Io` for a name that no zip entry
 * can have.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode =
  (options: { readonly compress?: boolean | undefined } = {}) =>
  <E, R>(entries: Stream.Stream<Entry, E, R>): Stream.Stream<Uint8Array, E | NcoError.NcoError, R> =>
    entries.pipe(
      Stream.mapEffect((entry) =>
        Effect.map(Effect.fromResult(Npy.encode(entry.array)), (bytes) =>
          Zip.file(`${entry.name}.npy`, bytes, { method: options.compress === true ? "Deflate" : "Store" })
        )
      ),
      Stream.pipeThroughChannel(Zip.encode<E | NcoError.NcoError, unknown, Zip.ContentEntry>()),
      Stream.mapError(ioOf)
    )
