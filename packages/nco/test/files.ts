import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PlatformError from "effect/PlatformError"

/** What went through a {@link layer}: every positioned read as `[position, length]`. */
export interface Trace {
  readonly reads: Array<readonly [position: number, length: number]>
}

/**
 * A file system in memory. `short` bounds how many bytes one read gives; `fail` names the calls that fail; `shrink` is how
 * many bytes files lose after they were measured.
 */
export interface Options {
  readonly short?: number
  readonly fail?: (call: string, path: string) => boolean
  readonly shrink?: number
}

const failed = (method: string): PlatformError.PlatformError =>
  PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method, description: "told to fail" })

const absent = (method: string): PlatformError.PlatformError =>
  PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method, description: "no such file" })

export const memory = (files: Map<string, Uint8Array>, options: Options = {}, trace: Trace = { reads: [] }) => {
  const guard = <A>(call: string, path: string, run: () => A): Effect.Effect<A, PlatformError.PlatformError> =>
    Effect.suspend(() => {
      if (options.fail?.(call, path) === true) return Effect.fail(failed(call))
      return Effect.sync(run)
    })
  const existing = (call: string, path: string) =>
    Effect.suspend(() => {
      const bytes = files.get(path)
      return bytes === undefined ? Effect.fail(absent(call)) : guard(call, path, () => bytes)
    })
  const open: FileSystem.FileSystem["open"] = (path, { flag } = {}) =>
    Effect.suspend(() => {
      if (flag === "a" && !files.has(path)) files.set(path, new Uint8Array())
      return Effect.map(
        existing("open", path),
        () =>
          ({
            stat: guard("stat", path, () => ({ size: BigInt(files.get(path)!.length) }) as never),
            read: (target: Uint8Array, { position }: { readonly position: bigint }) =>
              guard("read", path, () => {
                const at = Number(position)
                trace.reads.push([at, target.length])
                const bytes = files.get(path)!
                const end = Math.min(
                  at + target.length,
                  at + (options.short ?? Infinity),
                  bytes.length - (options.shrink ?? 0)
                )
                target.set(bytes.subarray(at, Math.max(at, end)))
                return Math.max(0, end - at)
              }),
            writeAll: (chunk: Uint8Array) =>
              guard("writeAll", path, () => {
                files.set(path, Buffer.concat([files.get(path)!, chunk]))
              }),
            truncate: (length = 0) =>
              guard("truncate", path, () => {
                files.set(path, files.get(path)!.slice(0, length))
              })
          }) as unknown as FileSystem.File
      )
    })
  const fileSystem: FileSystem.FileSystem = FileSystem.makeNoop({
    open,
    readFile: (path) => existing("readFile", path),
    exists: (path) => Effect.sync(() => files.has(path)),
    writeFile: (path, data) =>
      guard("writeFile", path, () => {
        files.set(path, data)
      }),
    rename: (from, to) =>
      Effect.flatMap(existing("rename", from), (bytes) =>
        Effect.sync(() => {
          files.delete(from)
          files.set(to, bytes)
        })
      ),
    remove: (path) =>
      guard("remove", path, () => {
        files.delete(path)
      }),
    makeDirectory: () => Effect.void,
    readDirectory: (directory) =>
      guard("readDirectory", directory, () => [
        ...new Set(
          [...files.keys()]
            .filter((path) => path.startsWith(`${directory}/`))
            .map((path) => path.slice(directory.length + 1).split("/")[0]!)
        )
      ]),
    stat: (path) =>
      Effect.map(existing("stat", path), (bytes) => ({ size: BigInt(bytes.length), mtime: Option.none() }) as never)
  })
  return Layer.succeed(FileSystem.FileSystem)(fileSystem)
}
