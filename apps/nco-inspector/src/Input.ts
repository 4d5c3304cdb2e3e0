/** What a path holds: told by the first bytes, never by the name. */
import { NcoError, NcoFile, Npy, Npz, Subfile } from "@bytewright/nco"
import type { NcoHeader, NdArray } from "@bytewright/nco"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"

/** A directory is a cache; what has no magic is taken for a pickle. */
export type Input =
  | { readonly _tag: "Cache"; readonly path: string }
  | { readonly _tag: "Nco"; readonly file: NcoFile.NcoFile }
  | { readonly _tag: "Npy"; readonly subfile: Subfile.Subfile }
  | { readonly _tag: "Npz"; readonly path: string }
  | { readonly _tag: "Pickle"; readonly subfile: Subfile.Subfile }

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0))

/** The largest pickle that is read. */
const maximumPickle = 2 ** 30

export const open = (path: string) =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const info = yield* Effect.mapError(fileSystem.stat(path), (cause) => NcoError.make({ _tag: "Io", cause }, 0))
    if (info.type === "Directory") return { _tag: "Cache", path } as Input
    const subfile = yield* Subfile.open(path)
    const bytes = yield* subfile.readAt(0, 6)
    if (startsWith(bytes, "NCO")) return { _tag: "Nco", file: NcoFile.make(subfile) } as Input
    if (startsWith(bytes, "\x93NUMPY")) return { _tag: "Npy", subfile } as Input
    if (startsWith(bytes, "PK")) return { _tag: "Npz", path } as Input
    return { _tag: "Pickle", subfile } as Input
  })

/** The arrays of an archive, one by one. */
export const entries = (path: string) =>
  Stream.unwrap(Effect.map(FileSystem.FileSystem, (fileSystem) => fileSystem.stream(path))).pipe(
    Stream.mapError((cause) => NcoError.make({ _tag: "Io", cause }, 0)),
    Npz.decode()
  )

const unfit = (what: string) => NcoError.make({ _tag: "NotFound", detail: `${what}; what is there: nco list PATH` }, 0)

/** The array of an input: of the object or entry of an index where there are several. */
export const array = (
  input: Input,
  index: number
): Effect.Effect<NdArray.NdArray, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    switch (input._tag) {
      case "Nco": {
        const header = yield* NcoFile.nth(input.file, index)
        return yield* (yield* NcoFile.array(input.file, header)).read
      }
      case "Npy":
        return yield* (yield* Npy.open(input.subfile)).read
      case "Npz": {
        const [entry] = yield* Stream.runCollect(Stream.take(Stream.drop(entries(input.path), index), 1))
        return entry === undefined ? yield* unfit(`the archive has no entry ${index}`) : entry.array
      }
      default:
        return yield* unfit("a pickle or a cache is no array")
    }
  })

/** The pickle of an input, undecoded, and where it starts in the file. */
export const pickle = (
  input: Input,
  index: number
): Effect.Effect<{ readonly bytes: Uint8Array; readonly header: NcoHeader.NcoHeader | undefined }, NcoError.NcoError> =>
  Effect.gen(function* () {
    switch (input._tag) {
      case "Nco": {
        const header = yield* NcoFile.nth(input.file, index)
        return { bytes: yield* NcoFile.pickle(input.file, header), header }
      }
      case "Pickle": {
        const value = input.subfile.size
        if (value > maximumPickle) {
          return yield* NcoError.make(
            { _tag: "LimitExceeded", limit: "maxPickleBytes", value, maximum: maximumPickle },
            0
          )
        }
        return { bytes: yield* input.subfile.readAt(0, value), header: undefined }
      }
      default:
        return yield* unfit("arrays alone have no pickle")
    }
  })
