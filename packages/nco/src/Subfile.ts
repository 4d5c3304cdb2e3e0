/**
 * A window `[start, end)` of bytes or of an open file, with a cursor that never leaves it.
 *
 * Positions count from the window's start. Reads of a file name the position they read from, so that several windows of one file
 * are read at the same time without disturbing each other.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type { PlatformError } from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as NcoError from "./NcoError.ts"

/**
 * Where a seek counts from.
 *
 * @category models
 * @since 0.1.0
 */
export type Whence = "start" | "current" | "end"

/**
 * A bounded reader.
 *
 * **Details**
 *
 * Every effect fails with `Io` only; the end of the window is never an error but a shorter result. Over bytes, what is read is
 * a view of them; over a file it is the reader's own.
 *
 * @category models
 * @since 0.1.0
 */
export interface Subfile {
  /** Where the window starts in the bytes or the file. */
  readonly start: number
  /** How many bytes the window has. */
  readonly size: number
  /** The next `length` bytes, fewer at the end; all that is left by default. Moves the cursor. */
  readonly read: (length?: number) => Effect.Effect<Uint8Array, NcoError.NcoError>
  /** The next bytes up to and including `\n`, at most `limit` of them. Moves the cursor. */
  readonly readline: (limit?: number) => Effect.Effect<Uint8Array, NcoError.NcoError>
  /** Moves the cursor, no further than the window's ends; returns where it is. */
  readonly seek: (offset: number, whence?: Whence) => number
  /** Where the cursor is. */
  readonly tell: () => number
  /** Up to `length` bytes from `position`, without the cursor. */
  readonly readAt: (position: number, length: number) => Effect.Effect<Uint8Array, NcoError.NcoError>
  /** Fills `target` from `position` as far as the window goes, without the cursor; returns how many bytes were written. */
  readonly readInto: (target: Uint8Array, position: number) => Effect.Effect<number, NcoError.NcoError>
  /** A smaller window, `start` and `end` counted from this one's start and clamped to it. */
  readonly window: (start: number, end?: number) => Subfile
}

interface Source {
  readonly view: (at: number, length: number) => Effect.Effect<Uint8Array, NcoError.NcoError>
  readonly fill: (target: Uint8Array, at: number) => Effect.Effect<number, NcoError.NcoError>
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

const lineChunk = 8192

const make = (source: Source, start: number, size: number): Subfile => {
  let cursor = 0
  /** How much of `length` is there from `position`: nothing before the start, nothing from the end on. */
  const within = (position: number, length: number): number =>
    position >= 0 ? clamp(Math.trunc(length), 0, Math.max(size - position, 0)) : 0
  const readAt = (position: number, length: number) => source.view(start + position, within(position, length))
  return {
    start,
    size,
    readAt,
    readInto: (target, position) => source.fill(target.subarray(0, within(position, target.length)), start + position),
    read: (length = size) =>
      Effect.suspend(() =>
        Effect.map(readAt(cursor, length), (bytes) => {
          cursor += bytes.length
          return bytes
        })
      ),
    readline: (limit = size) =>
      Effect.suspend(() => {
        const from = cursor
        const search = (length: number): Effect.Effect<Uint8Array, NcoError.NcoError> =>
          Effect.flatMap(readAt(from, Math.min(length, limit)), (bytes) => {
            const newline = bytes.indexOf(0x0a)
            if (newline === -1 && bytes.length === length) return search(length * 4)
            const line = newline === -1 ? bytes : bytes.subarray(0, newline + 1)
            cursor = from + line.length
            return Effect.succeed(line)
          })
        return search(lineChunk)
      }),
    seek: (offset, whence = "start") => {
      const base = whence === "start" ? 0 : whence === "end" ? size : cursor
      cursor = clamp(base + Math.trunc(offset), 0, size)
      return cursor
    },
    tell: () => cursor,
    window: (from, to = size) => {
      const low = clamp(from, 0, size)
      return make(source, start + low, clamp(to, low, size) - low)
    }
  }
}

/**
 * The window `[start, end)` of `bytes`, which it borrows; both ends are clamped to them.
 *
 * **Example** (Reading a window)
 *
 * ```ts
 * import { Subfile } from "@bytewright/nco"
 * import * as Effect from "effect/Effect"
 *
 * const subfile = Subfile.fromBytes(new TextEncoder().encode("one\ntwo\nthree"), 4, 9)
 * const line = await Effect.runPromise(subfile.readline())
 * console.log(line.length, subfile.seek(-100, "current"), subfile.seek(0, "end"))
 * // => 4 0 5
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBytes = (bytes: Uint8Array, start = 0, end = bytes.length): Subfile => {
  const source: Source = {
    view: (at, length) => Effect.succeed(bytes.subarray(at, at + length)),
    fill: (target, at) =>
      Effect.sync(() => {
        target.set(bytes.subarray(at, at + target.length))
        return target.length
      })
  }
  return make(source, 0, bytes.length).window(start, end)
}

const io = (cause: PlatformError): NcoError.NcoError => NcoError.make({ _tag: "Io", cause }, 0)

/** Runtimes refuse single reads of 2 GiB and more. */
const maximumRead = 2 ** 30

/**
 * The window `[start, end)` of an open file; `end` is the file's size by default, and clamped to it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromFile = (
  file: FileSystem.File,
  start = 0,
  end = Number.MAX_SAFE_INTEGER
): Effect.Effect<Subfile, NcoError.NcoError> => {
  const fill = (target: Uint8Array, at: number, filled = 0): Effect.Effect<number, PlatformError> =>
    filled === target.length
      ? Effect.succeed(filled)
      : Effect.flatMap(
          file.read(target.subarray(filled, filled + maximumRead), { position: BigInt(at + filled) }),
          (count) => (count === 0 ? Effect.succeed(filled) : fill(target, at, filled + count))
        )
  const source: Source = {
    fill: (target, at) => Effect.mapError(fill(target, at), io),
    view: (at, length) =>
      Effect.suspend(() => {
        const target = new Uint8Array(length)
        return Effect.map(Effect.mapError(fill(target, at), io), (count) => target.subarray(0, count))
      })
  }
  return Effect.map(Effect.mapError(file.stat, io), (info) => make(source, 0, Number(info.size)).window(start, end))
}

/**
 * All of the file at `path`, open for as long as the scope is.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (path: string): Effect.Effect<Subfile, NcoError.NcoError, FileSystem.FileSystem | Scope.Scope> =>
  Effect.flatMap(FileSystem.FileSystem, (fileSystem) =>
    Effect.flatMap(Effect.mapError(fileSystem.open(path, { flag: "r" }), io), (file) => fromFile(file))
  )
