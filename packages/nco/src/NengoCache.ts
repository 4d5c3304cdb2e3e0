/**
 * Nengo's decoder cache: a directory of NCO files, `<2 characters>/<the rest>.nco`, and an index beside them.
 *
 * Caches are read only unless opened as `writable`. Paths in an index are absolute and may come from another machine: only their last
 * two parts are used, under the directory that was opened, so that no index can make this read anything else.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type * as Nco from "./Nco.ts"
import * as NcoError from "./NcoError.ts"
import * as NcoFile from "./NcoFile.ts"
import type * as NcoHeader from "./NcoHeader.ts"
import * as NcoWriter from "./NcoWriter.ts"
import * as NengoIndex from "./NengoIndex.ts"

/**
 * How a cache is opened.
 *
 * **Details**
 *
 * `writable`: whether {@link add} and {@link repair} may change it; false by default. `create`: whether a directory without an index,
 * or none at all, is made an empty cache of version 2; false by default. `maxIndexBytes`: how long the index may be, 256 MiB by default.
 *
 * `lock`: takes the lock on the file that is given to it (`index.lock`) until its scope closes, which it does when the index is written, when that
 * fails and when it is interrupted. None by default. Whatever it is, the index is read again before it is written, and keys of others stay.
 *
 * **Gotchas**
 *
 * Nengo holds an advisory lock, `flock(2)`, on `index.lock`; the file itself stays there for ever and means nothing, and the kernel drops the
 * lock of a process that dies. Neither Node nor `FileSystem` can take such a lock. A `lock` that runs the command `flock` of Linux does,
 * as `interop/flock.ts` shows; without one, write to caches that no Nengo is writing to.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options extends NcoFile.Options {
  readonly writable?: boolean | undefined
  readonly create?: boolean | undefined
  readonly maxIndexBytes?: number | undefined
  readonly lock?: ((path: string) => Effect.Effect<void, NcoError.NcoError, Scope.Scope>) | undefined
}

/**
 * A cache as it was when it was opened. `version` 2 is Nengo's since 2.3, 1 and 0 its legacy versions.
 *
 * @category models
 * @since 0.1.0
 */
export interface NengoCache {
  readonly directory: string
  readonly version: 0 | 1 | 2
  readonly protocol: number | undefined
  readonly places: ReadonlyMap<string, NengoIndex.Place>
  readonly options: Options
}

const io = (cause: PlatformError): NcoError.NcoError => NcoError.make({ _tag: "Io", cause }, 0)

const notFound = (detail: string, offset = 0) => NcoError.make({ _tag: "NotFound", detail }, offset)

/** A file of the cache as Nengo names them: two characters, a slash, and the rest with its ending. */
const relative = /(?:^|[/\\])([^/\\.]{2}[/\\][^/\\.][^/\\]{0,250}\.nco)$/

/** The file that an index names, in the cache's directory. */
const fileOf = (cache: NengoCache, path: string): Effect.Effect<string, NcoError.NcoError> => {
  const found = relative.exec(path)
  return found === null
    ? Effect.fail(notFound(`${JSON.stringify(path)} is not the path of a file of a cache`))
    : Effect.succeed(`${cache.directory}/${found[1]!.replace("\\", "/")}`)
}

/** The cache's NCO files, relative to its directory. */
const filesIn = (directory: string): Effect.Effect<ReadonlyArray<string>, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const files: Array<string> = []
    const names = yield* Effect.mapError(fileSystem.readDirectory(directory), io)
    for (const name of names.filter((name) => name.length === 2 && !name.includes("."))) {
      const inner = yield* Effect.mapError(fileSystem.readDirectory(`${directory}/${name}`), io)
      files.push(...inner.map((file) => `${name}/${file}`).filter((path) => relative.test(path)))
    }
    return files.sort()
  })

/**
 * Opens the cache in a directory and reads its index.
 *
 * **Details**
 *
 * Fails with `NotFound` where there is neither `index` nor the `legacy.txt` of a version without one, where {@link NengoIndex.decode}
 * does, with `LimitExceeded` (`maxIndexBytes`), and with `Io`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (
  directory: string,
  options: Options = {}
): Effect.Effect<NengoCache, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const maximum = options.maxIndexBytes ?? 2 ** 28
    const read = (path: string) =>
      Effect.gen(function* () {
        const value = Number((yield* fileSystem.stat(path)).size)
        if (value > maximum) {
          return yield* NcoError.make({ _tag: "LimitExceeded", limit: "maxIndexBytes", value, maximum }, 0, path)
        }
        return yield* fileSystem.readFile(path)
      }).pipe(Effect.catchTag("PlatformError", (error) => Effect.fail(io(error))))
    const exists = (path: string) => Effect.mapError(fileSystem.exists(path), io)
    if (yield* exists(`${directory}/index`)) {
      const bytes = yield* read(`${directory}/index`)
      return { directory, options, ...(yield* Effect.fromResult(NengoIndex.decode(bytes))) }
    }
    if (yield* exists(`${directory}/legacy.txt`)) {
      const text = String.fromCharCode(...(yield* read(`${directory}/legacy.txt`)).subarray(0, 64))
      const legacy = yield* Effect.fromResult(NengoIndex.decodeLegacy(text))
      if (legacy.version === 0) {
        const places = new Map<string, NengoIndex.Place>()
        for (const path of yield* filesIn(directory)) {
          const end = Number((yield* Effect.mapError(fileSystem.stat(`${directory}/${path}`), io)).size)
          places.set(path.slice(0, 2) + path.slice(3, -4), { path: `${directory}/${path}`, start: 0, end })
        }
        return { directory, options, version: 0, protocol: legacy.protocol, places } as const
      }
    }
    if (options.create === true) {
      yield* Effect.mapError(fileSystem.makeDirectory(directory, { recursive: true }), io)
      return yield* update({ directory, options, version: 2, protocol: 5, places: new Map() }, () => undefined)
    }
    return yield* notFound(
      `${directory} has no index: it is no Nengo cache, or its index is lost (NcoFile.headers finds the objects of a file)`
    )
  })

/**
 * The object of a key.
 *
 * **Details**
 *
 * Fails with `NotFound` for a key that the index does not have, or whose place is not where an object starts and ends, where
 * `NcoFile.read` does, and with `Io`.
 *
 * @category reading
 * @since 0.1.0
 */
export const get = (
  cache: NengoCache,
  key: string
): Effect.Effect<Nco.NcoObject, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const place = cache.places.get(key)
      if (place === undefined) return yield* notFound(`the index has no key ${JSON.stringify(key)}`)
      const file = yield* NcoFile.open(yield* fileOf(cache, place.path), cache.options)
      const header = yield* NcoFile.header(file, place.start)
      if (header.arrayEnd !== place.end) {
        return yield* notFound(`the object at ${place.start} ends at ${header.arrayEnd}, not ${place.end}`, place.start)
      }
      return yield* NcoFile.read(file, header)
    })
  )

/**
 * All objects with their keys, in the order of the index. Ends with an error where {@link get} does.
 *
 * @category reading
 * @since 0.1.0
 */
export const objects = (
  cache: NengoCache
): Stream.Stream<readonly [key: string, object: Nco.NcoObject], NcoError.NcoError, FileSystem.FileSystem> =>
  Stream.mapEffect(Stream.fromIterable(cache.places.keys()), (key) =>
    Effect.map(get(cache, key), (object) => [key, object] as const)
  )

/**
 * What {@link verify} found.
 *
 * **Details**
 *
 * `intact`: keys whose place holds an object. `dangling`: keys whose place does not, and why. `orphans`: objects that no key leads
 * to, with their file's path under the directory. `problems`: what is wrong inside files.
 *
 * @category models
 * @since 0.1.0
 */
export interface Report {
  readonly intact: ReadonlyArray<string>
  readonly dangling: ReadonlyArray<{ readonly key: string; readonly error: NcoError.NcoError }>
  readonly orphans: ReadonlyArray<{ readonly path: string; readonly header: NcoHeader.NcoHeader }>
  readonly problems: ReadonlyArray<{ readonly path: string; readonly error: NcoError.NcoError }>
}

/**
 * Compares the index with the files, and checks the files as `NcoFile.verify` does.
 *
 * **Details**
 *
 * Nengo itself leaves keys of removed files in its index. Fails with `Io` only.
 *
 * @category recovery
 * @since 0.1.0
 */
export const verify = (cache: NengoCache): Effect.Effect<Report, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const intact: Array<string> = []
    const dangling: Array<Report["dangling"][number]> = []
    const orphans: Array<Report["orphans"][number]> = []
    const problems: Array<Report["problems"][number]> = []
    const lost = new Map<string, NcoHeader.NcoHeader>()
    for (const path of yield* filesIn(cache.directory)) {
      const report = yield* Effect.scoped(
        Effect.flatMap(NcoFile.open(`${cache.directory}/${path}`, cache.options), NcoFile.verify)
      )
      for (const header of report.objects) lost.set(`${path} ${header.start} ${header.arrayEnd}`, header)
      problems.push(...report.problems.map((error) => ({ path, error })))
    }
    const found = new Set<string>()
    for (const [key, { end, path, start }] of cache.places) {
      const file = yield* Effect.result(fileOf(cache, path))
      if (Result.isFailure(file)) {
        dangling.push({ key, error: file.failure })
        continue
      }
      const place = `${file.success.slice(cache.directory.length + 1)} ${start} ${end}`
      if (lost.has(place)) {
        intact.push(key)
        found.add(place)
      } else {
        dangling.push({ key, error: notFound(`${file.success} has no object from ${start} to ${end}`, start) })
      }
    }
    for (const [place, header] of lost) {
      if (!found.has(place)) orphans.push({ path: place.slice(0, place.indexOf(" ")), header })
    }
    return { intact, dangling, orphans, problems }
  })

/**
 * Changes the index as it is now, which others may have written to since the cache was opened, and replaces it at once: a reader
 * sees the old one or the new one.
 */
const update = (
  cache: NengoCache,
  change: (places: Map<string, NengoIndex.Place>) => void
): Effect.Effect<NengoCache, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      const { directory, options, protocol, version } = cache
      const index = `${directory}/index`
      if (version !== 0 && options.lock !== undefined) yield* options.lock(`${index}.lock`)
      const there = version !== 0 && (yield* Effect.mapError(fileSystem.exists(index), io))
      const places = new Map((there ? yield* open(directory, options) : cache).places)
      change(places)
      if (version !== 0) {
        const bytes = yield* Effect.fromResult(NengoIndex.encode({ version, protocol, places }))
        yield* Effect.mapError(fileSystem.writeFile(`${index}.part`, bytes), io)
        yield* Effect.mapError(fileSystem.rename(`${index}.part`, index), io)
      }
      return { ...cache, places }
    })
  )

const writable = (cache: NengoCache): Effect.Effect<void, NcoError.NcoError> =>
  cache.options.writable === true
    ? Effect.void
    : Effect.fail(
        NcoError.make(
          { _tag: "NotRepresentable", detail: "the cache was opened read only: open it with writable" },
          0,
          cache.directory
        )
      )

const isSame = (a: NengoIndex.Place | undefined, b: NengoIndex.Place | undefined): boolean =>
  a?.path === b?.path && a?.start === b?.start && a?.end === b?.end

/**
 * Drops the keys whose objects are gone from the index, and returns the cache as it is then, with what was found.
 *
 * **Details**
 *
 * Files are not touched. Fails with `NotRepresentable` unless the cache is `writable`, and with `Io`.
 *
 * **Gotchas**
 *
 * Without the option `lock`, repair a cache that no Nengo is using.
 *
 * @category recovery
 * @since 0.1.0
 */
export const repair = (
  cache: NengoCache
): Effect.Effect<{ readonly cache: NengoCache; readonly report: Report }, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    yield* writable(cache)
    const report = yield* verify(cache)
    const repaired = yield* update(cache, (places) => {
      for (const { key } of report.dangling) {
        // Somebody may have written the object anew meanwhile.
        if (isSame(places.get(key), cache.places.get(key))) places.delete(key)
      }
    })
    return { cache: repaired, report }
  })

/**
 * Writes objects under keys, as Nengo does: all into one new file, then the index; a key that was there gets the new object.
 *
 * **Details**
 *
 * `name` is the new file's, at least three characters, random by default. The directory should be absolute, since Nengo opens the paths
 * of its index as they are. Fails with `NotRepresentable` unless the cache is `writable` and has an index, and for a `name` that names
 * no file, where `Nco.encodeChunks` does, and with `Io`.
 *
 * @category writing
 * @since 0.1.0
 */
export const add = (
  cache: NengoCache,
  entries: Iterable<Nco.Content & { readonly key: string }>,
  options: { readonly name?: string | undefined } & Omit<Nco.EncodeOptions, "start"> = {}
): Effect.Effect<NengoCache, NcoError.NcoError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    yield* writable(cache)
    const fileSystem = yield* FileSystem.FileSystem
    const name = options.name ?? crypto.randomUUID()
    const path = `${cache.directory}/${name.slice(0, 2)}/${name.slice(2)}.nco`
    if (cache.version === 0 || !relative.test(path)) {
      const detail = cache.version === 0 ? "a cache of legacy 0 has no index to add to" : `${name} cannot name a file`
      return yield* NcoError.make({ _tag: "NotRepresentable", detail }, 0, path)
    }
    const contents = [...entries]
    yield* Effect.mapError(fileSystem.makeDirectory(path.slice(0, -name.length - 3), { recursive: true }), io)
    const written = yield* NcoWriter.append(path, contents, options)
    return yield* update(cache, (places) => {
      for (const [i, place] of written.entries()) places.set(contents[i]!.key, { path, ...place })
    })
  })
