/**
 * Files of NCO objects, one after another: found by position or by walking their headers, read one by one, checked and recovered.
 *
 * A file has no index of its own (`NengoCache` keeps one beside it): each header says where the next object starts. Only what is
 * asked for is read, and objects can be read at the same time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { relocate, relocated } from "./internal/relocate.ts"
import * as Nco from "./Nco.ts"
import * as NcoError from "./NcoError.ts"
import * as NcoHeader from "./NcoHeader.ts"
import * as Npy from "./Npy.ts"
import * as Pickle from "./Pickle.ts"
import * as Subfile from "./Subfile.ts"

/**
 * How objects are read.
 *
 * **Details**
 *
 * `abi`: the layout of every header, where it is known. `maxPickleBytes`: how long metadata may be, 256 MiB by default.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly abi?: NcoHeader.Abi | undefined
  readonly pickle?: Pickle.DecodeOptions | undefined
  readonly npy?: Npy.Options | undefined
  readonly maxPickleBytes?: number | undefined
}

/**
 * A file of objects. Positions are those of the subfile, whose start is the position 0 of the offsets in headers.
 *
 * @category models
 * @since 0.1.0
 */
export interface NcoFile {
  readonly subfile: Subfile.Subfile
  readonly options: Options
}

/**
 * The objects of a window.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (subfile: Subfile.Subfile, options: Options = {}): NcoFile => ({ subfile, options })

/**
 * The objects in `bytes`, which are borrowed: arrays are views of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBytes = (bytes: Uint8Array, options?: Options): NcoFile => make(Subfile.fromBytes(bytes), options)

/**
 * The objects of the file at `path`, open for as long as the scope is. Fails with `Io`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (
  path: string,
  options?: Options
): Effect.Effect<NcoFile, NcoError.NcoError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.map(Subfile.open(path), (subfile) => make(subfile, options))

/** Bytes that hold a header of either size. */
const headerRead = 40

/** Enough for an object's header, its metadata and its NPY header, and for most objects whole. */
const objectRead = 65_536

const notFound = (detail: string, offset: number) => Effect.fail(NcoError.make({ _tag: "NotFound", detail }, offset))

const decodeHeader = (file: NcoFile, bytes: Uint8Array, start: number) =>
  relocated(NcoHeader.decode(bytes, { start, fileSize: file.subfile.size, abi: file.options.abi }), start)

/**
 * The header of the object at a position.
 *
 * **Details**
 *
 * Fails where {@link NcoHeader.decode} does, with `NotFound` at or after the end of the file, and with `Io`.
 *
 * @category reading
 * @since 0.1.0
 */
export const header = (file: NcoFile, start: number): Effect.Effect<NcoHeader.NcoHeader, NcoError.NcoError> =>
  start >= 0 && start < file.subfile.size
    ? Effect.flatMap(file.subfile.readAt(start, headerRead), (bytes) =>
        Effect.fromResult(decodeHeader(file, bytes, start))
      )
    : notFound(`there is no object at ${start}: the file ends at ${file.subfile.size}`, start)

/**
 * The headers of all objects, in file order, without reading anything else. Ends with an error at the first byte that is no header;
 * {@link recover} goes on.
 *
 * @category reading
 * @since 0.1.0
 */
export const headers = (file: NcoFile): Stream.Stream<NcoHeader.NcoHeader, NcoError.NcoError> =>
  Stream.unfold(0, (start) =>
    start === file.subfile.size
      ? Effect.undefined
      : Effect.map(header(file, start), (found) => [found, found.arrayEnd] as const)
  )

/**
 * The header of the object that so many others come before. Fails where {@link headers} does, and with `NotFound`.
 *
 * @category reading
 * @since 0.1.0
 */
export const nth = (file: NcoFile, index: number): Effect.Effect<NcoHeader.NcoHeader, NcoError.NcoError> =>
  Effect.flatMap(Stream.runCollect(Stream.take(Stream.drop(headers(file), index), 1)), ([found]) =>
    found === undefined || index < 0
      ? notFound(`the file has no object ${index}`, file.subfile.size)
      : Effect.succeed(found)
  )

/**
 * The metadata of an object. Fails where `Pickle.decode` does, with `LimitExceeded` (`maxPickleBytes`), and with `Io`.
 *
 * @category reading
 * @since 0.1.0
 */
export const metadata = (file: NcoFile, header: NcoHeader.NcoHeader): Effect.Effect<unknown, NcoError.NcoError> =>
  Effect.flatMap(pickle(file, header), (bytes) =>
    Effect.fromResult(relocated(Pickle.decode(bytes, file.options.pickle), header.pickleStart, "metadata"))
  )

/**
 * The pickle of an object, undecoded. Fails with `LimitExceeded` (`maxPickleBytes`) and with `Io`.
 *
 * @category reading
 * @since 0.1.0
 */
export const pickle = (file: NcoFile, header: NcoHeader.NcoHeader): Effect.Effect<Uint8Array, NcoError.NcoError> => {
  const maximum = file.options.maxPickleBytes ?? 2 ** 28
  const value = header.pickleEnd - header.pickleStart
  return value > maximum
    ? Effect.fail(
        NcoError.make(
          { _tag: "LimitExceeded", limit: "maxPickleBytes", value, maximum },
          header.pickleStart,
          "metadata"
        )
      )
    : file.subfile.readAt(header.pickleStart, value)
}

/**
 * The array of an object, as a reader of all of it or of rows. Fails where {@link Npy.open} does.
 *
 * @category reading
 * @since 0.1.0
 */
export const array = (file: NcoFile, header: NcoHeader.NcoHeader): Effect.Effect<Npy.Reader, NcoError.NcoError> =>
  Effect.map(
    under(header, Npy.open(npy(file, header), { ...file.options.npy, trailing: "error" })),
    (reader): Npy.Reader => ({
      header: reader.header,
      read: under(header, reader.read),
      readInto: (target) => under(header, reader.readInto(target)),
      rows: (from, to, target) => under(header, reader.rows(from, to, target)),
      stream: (count) => Stream.mapError(reader.stream(count), (error) => relocate(error, header.arrayStart, "array"))
    })
  )

const under = <A>(header: NcoHeader.NcoHeader, effect: Effect.Effect<A, NcoError.NcoError>) =>
  Effect.mapError(effect, (error) => relocate(error, header.arrayStart, "array"))

/**
 * The part of the file that is an object's array: a complete NPY file.
 *
 * @category reading
 * @since 0.1.0
 */
export const npy = (file: NcoFile, header: NcoHeader.NcoHeader): Subfile.Subfile =>
  file.subfile.window(header.arrayStart, header.arrayEnd)

/**
 * The object at a position, or that a header describes.
 *
 * **Details**
 *
 * Small objects are read at once; the array of a large one is read straight into memory of its own. Fails where {@link header},
 * {@link metadata} and {@link array} do.
 *
 * @category reading
 * @since 0.1.0
 */
export const read = (
  file: NcoFile,
  at: number | NcoHeader.NcoHeader
): Effect.Effect<Nco.NcoObject, NcoError.NcoError> =>
  Effect.gen(function* () {
    const found = typeof at === "number" ? yield* header(file, at) : at
    const { arrayEnd, start } = found
    const { abi, npy, pickle } = { ...file.options, abi: found.abi }
    if (arrayEnd - start <= objectRead) {
      const bytes = yield* file.subfile.readAt(start, arrayEnd - start)
      return yield* Effect.fromResult(relocated(Nco.decode(bytes, { start, abi, npy, pickle }), start))
    }
    const reader = yield* array(file, found)
    return { header: found, metadata: yield* metadata(file, found), array: yield* reader.read }
  })

/**
 * All objects, in file order. Ends with an error at the first that cannot be read.
 *
 * @category reading
 * @since 0.1.0
 */
export const objects = (file: NcoFile): Stream.Stream<Nco.NcoObject, NcoError.NcoError> =>
  Stream.mapEffect(headers(file), (found) => read(file, found))

/**
 * A part of a file, as {@link recover} finds it: an object, or bytes that are none with the reason why.
 *
 * @category models
 * @since 0.1.0
 */
export type Segment =
  | { readonly _tag: "Object"; readonly header: NcoHeader.NcoHeader }
  | { readonly _tag: "Gap"; readonly start: number; readonly end: number; readonly error: NcoError.NcoError }

/**
 * Everything in a file, in order and without holes: objects, and the bytes between them that are none.
 *
 * **Details**
 *
 * After damage, the next object is the next header whose offsets make sense and are aligned, whose pickle ends in STOP and whose array
 * starts with the magic of NPY. Fails with `Io` only.
 *
 * @category recovery
 * @since 0.1.0
 */
export const recover = (file: NcoFile): Stream.Stream<Segment, NcoError.NcoError> =>
  Stream.unfold(0, (start: number) =>
    Effect.gen(function* () {
      if (start >= file.subfile.size) return undefined
      const found = yield* Effect.result(Effect.flatMap(header(file, start), (header) => probe(file, header)))
      if (Result.isSuccess(found)) {
        return [{ _tag: "Object", header: found.success }, found.success.arrayEnd] as readonly [Segment, number]
      }
      if (found.failure.reason._tag === "Io") return yield* found.failure
      const end = yield* resync(file, start + 1)
      return [{ _tag: "Gap", start, end, error: found.failure }, end] as readonly [Segment, number]
    })
  )

type Flaw = readonly [reason: NcoError.Reason, offset: number, path: string]

/** What is wrong with a header whose offsets are in good order, but lead to no end of a pickle or no start of an NPY file. */
const flaw = (file: NcoFile, header: NcoHeader.NcoHeader): Effect.Effect<Flaw | undefined, NcoError.NcoError> => {
  const { arrayEnd, arrayStart, pickleEnd, pickleStart } = header
  const truncated: Flaw = [{ _tag: "PickleTruncated", needed: 1, available: 0 }, pickleEnd, "metadata"]
  if (pickleEnd === pickleStart) return Effect.succeed(truncated)
  return Effect.flatMap(file.subfile.readAt(pickleEnd - 1, 1), (stop) =>
    stop[0] !== 0x2e
      ? Effect.succeed<Flaw | undefined>(truncated)
      : Effect.map(file.subfile.readAt(arrayStart, Math.min(6, arrayEnd - arrayStart)), (magic) => {
          if (String.fromCharCode(...magic) === "\x93NUMPY") return undefined
          const found = Array.from(magic, (byte) => byte.toString(16).padStart(2, "0")).join(" ")
          return [{ _tag: "NpyBadMagic", found }, arrayStart, "array/magic"] as const
        })
  )
}

/** The header, if it is one of an object. */
const probe = (file: NcoFile, header: NcoHeader.NcoHeader): Effect.Effect<NcoHeader.NcoHeader, NcoError.NcoError> =>
  Effect.flatMap(flaw(file, header), (found) =>
    found === undefined ? Effect.succeed(header) : Effect.fail(NcoError.make(...found))
  )

/** The first position from `from` on at which an object starts; the file's size where there is none. */
const resync = (file: NcoFile, from: number): Effect.Effect<number, NcoError.NcoError> =>
  Effect.gen(function* () {
    const { subfile } = file
    for (let base = from; base < subfile.size; base += objectRead) {
      const bytes = yield* subfile.readAt(base, objectRead + headerRead)
      const limit = Math.min(bytes.length, objectRead)
      for (let at = bytes.indexOf(0x4e); at !== -1 && at < limit; at = bytes.indexOf(0x4e, at + 1)) {
        const options = { start: base + at, fileSize: subfile.size, abi: file.options.abi }
        const header = NcoHeader.find(bytes, at, options)
        if (header === undefined) continue
        if ((yield* flaw(file, header)) === undefined) return base + at
      }
    }
    return subfile.size
  })

/**
 * What {@link verify} found: the objects, and everything that is wrong, each with its position.
 *
 * @category models
 * @since 0.1.0
 */
export interface Report {
  readonly objects: ReadonlyArray<NcoHeader.NcoHeader>
  readonly problems: ReadonlyArray<NcoError.NcoError>
}

/**
 * Checks a whole file: that objects follow each other without gaps, that metadata decodes and ends where its header says, and
 * that each array has as many bytes as its dtype and shape need.
 *
 * **Details**
 *
 * A gap is reported as `Gap`, or as `TrailingGarbage` after the last object, together with the reason why no object starts there. Array
 * data is not read. Fails with `Io` only.
 *
 * @category recovery
 * @since 0.1.0
 */
export const verify = (file: NcoFile): Effect.Effect<Report, NcoError.NcoError> =>
  Effect.gen(function* () {
    const objects: Array<NcoHeader.NcoHeader> = []
    const problems: Array<NcoError.NcoError> = []
    const note = (check: Effect.Effect<unknown, NcoError.NcoError>) =>
      Effect.flatMap(Effect.result(check), (result) => {
        if (Result.isSuccess(result)) return Effect.void
        if (result.failure.reason._tag === "Io") return Effect.fail(result.failure)
        problems.push(result.failure)
        return Effect.void
      })
    yield* Stream.runForEach(recover(file), (segment) =>
      Effect.gen(function* () {
        if (segment._tag === "Object") {
          objects.push(segment.header)
          yield* note(metadata(file, segment.header))
          yield* note(array(file, segment.header))
        } else {
          const _tag = segment.end === file.subfile.size ? "TrailingGarbage" : "Gap"
          problems.push(segment.error)
          problems.push(NcoError.make({ _tag, count: segment.end - segment.start }, segment.start))
        }
      })
    )
    return { objects, problems }
  })
