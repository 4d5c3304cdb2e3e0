/**
 * Files of NCO objects made from others: rebased, split, joined, converted to another C layout, or longer by some objects.
 *
 * Moving an object changes its header and its padding only; pickle and array are copied as they are, in pieces, and never decoded.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Stream from "effect/Stream"
import * as Nco from "./Nco.ts"
import * as NcoError from "./NcoError.ts"
import * as NcoFile from "./NcoFile.ts"
import * as NcoHeader from "./NcoHeader.ts"

/**
 * Where the first object goes, 0 by default, and in which layout; by default each keeps its own.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly start?: number | undefined
  readonly abi?: NcoHeader.Abi | undefined
}

/**
 * An object in a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Located {
  readonly file: NcoFile.NcoFile
  readonly header: NcoHeader.NcoHeader
}

/** How much of an array is in memory at a time. */
const pieceSize = 2 ** 20

/**
 * Objects from any files, moved so that they follow each other, as the bytes of a new file.
 *
 * **Details**
 *
 * Fails with `NotRepresentable` where an offset does not fit the layout, with `LimitExceeded` (`maxPickleBytes`), with `NpyTruncated`
 * where a file became shorter meanwhile, and with `Io`.
 *
 * @category rewriting
 * @since 0.1.0
 */
export const rewrite =
  (options: Options = {}) =>
  <E, R>(objects: Stream.Stream<Located, E, R>): Stream.Stream<Uint8Array, E | NcoError.NcoError, R> =>
    Stream.suspend(() => {
      let start = options.start ?? 0
      return Stream.flatMap(objects, ({ file, header }) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const pickle = yield* NcoFile.pickle(file, header)
            const npy = NcoFile.npy(file, header)
            const abi = options.abi ?? header.abi
            const moved = yield* Effect.fromResult(NcoHeader.layout(pickle.length, npy.size, { start, abi }))
            start = moved.arrayEnd
            const head = new Uint8Array(moved.arrayStart - moved.start)
            NcoHeader.encodeInto(moved, head)
            head.set(pickle, moved.pickleStart - moved.start)
            const pieces = Array.from({ length: Math.ceil(npy.size / pieceSize) }, (_, i) => i * pieceSize)
            const data = Stream.mapEffect(Stream.fromIterable(pieces), (at) => {
              const needed = Math.min(pieceSize, npy.size - at)
              return Effect.filterOrFail(
                npy.readAt(at, needed),
                (bytes) => bytes.length === needed,
                ({ length }) =>
                  NcoError.make(
                    { _tag: "NpyTruncated", needed, available: length },
                    header.arrayStart + at,
                    "array/data"
                  )
              )
            })
            return Stream.concat(Stream.succeed(head), data)
          })
        )
      )
    })

/**
 * The objects of several files as one file. With one file and an `abi`, this converts it; after damage, this compacts it, since
 * `NcoFile.recover` finds the objects that {@link rewrite} takes.
 *
 * **Details**
 *
 * Fails where `NcoFile.headers` and {@link rewrite} do.
 *
 * **Example** (Converting a file to the layout of Windows)
 *
 * ```ts
 * import { Nco, NcoFile, NcoWriter, NdArray } from "@bytewright/nco"
 * import * as Effect from "effect/Effect"
 * import * as Result from "effect/Result"
 * import * as Stream from "effect/Stream"
 *
 * const array = Result.getOrThrow(NdArray.make("int8", [1], new Int8Array([7])))
 * const file = NcoFile.fromBytes(Result.getOrThrow(Nco.encode({ metadata: {}, array })))
 * const chunks = await Effect.runPromise(Stream.runCollect(NcoWriter.concat([file], { abi: "ILP32-LE" })))
 * console.log(chunks.map((chunk) => chunk.length))
 * // => [ 48, 129 ]
 * ```
 *
 * @category rewriting
 * @since 0.1.0
 */
export const concat = (
  files: ReadonlyArray<NcoFile.NcoFile>,
  options?: Options
): Stream.Stream<Uint8Array, NcoError.NcoError> =>
  Stream.fromIterable(files).pipe(
    Stream.flatMap((file) => Stream.map(NcoFile.headers(file), (header) => ({ file, header }))),
    rewrite(options)
  )

/**
 * The objects of a file as files of one object each. Fails where `NcoFile.headers` and {@link rewrite} do.
 *
 * @category rewriting
 * @since 0.1.0
 */
export const split = (
  file: NcoFile.NcoFile,
  options?: Options
): Stream.Stream<
  { readonly header: NcoHeader.NcoHeader; readonly bytes: Stream.Stream<Uint8Array, NcoError.NcoError> },
  NcoError.NcoError
> =>
  Stream.map(NcoFile.headers(file), (header) => ({
    header,
    bytes: rewrite(options)(Stream.succeed({ file, header }))
  }))

const io = (cause: PlatformError): NcoError.NcoError => NcoError.make({ _tag: "Io", cause }, 0)

/**
 * Writes objects at the end of the file at `path`, which is made if there is none, and returns where each of them is.
 *
 * **Details**
 *
 * Fails where {@link Nco.encodeChunks} does, and with `Io`; the file then ends where it did before.
 *
 * **Gotchas**
 *
 * Nothing keeps another process from writing to the same file at the same time.
 *
 * @category writing
 * @since 0.1.0
 */
export const append = (
  path: string,
  contents: Iterable<Nco.Content>,
  options: Omit<Nco.EncodeOptions, "start"> = {}
): Effect.Effect<
  ReadonlyArray<{ readonly start: number; readonly end: number }>,
  NcoError.NcoError,
  FileSystem.FileSystem
> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const file = yield* Effect.mapError(fileSystem.open(path, { flag: "a" }), io)
      const before = Number((yield* Effect.mapError(file.stat, io)).size)
      const places: Array<{ readonly start: number; readonly end: number }> = []
      let start = before
      const write = Effect.gen(function* () {
        for (const content of contents) {
          let end = start
          for (const chunk of yield* Effect.fromResult(Nco.encodeChunks(content, { ...options, start }))) {
            yield* Effect.mapError(file.writeAll(chunk), io)
            end += chunk.length
          }
          places.push({ start, end })
          start = end
        }
      })
      yield* Effect.onExit(write, (exit) =>
        exit._tag === "Success" ? Effect.void : Effect.ignore(file.truncate(before))
      )
      return places
    })
  )
