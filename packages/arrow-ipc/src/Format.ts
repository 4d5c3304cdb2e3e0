/**
 * Tells from its bytes what something is: one of Arrow's formats, the oxigdal dialect, or not Arrow at all.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import { decodeMessage } from "./Metadata.ts"

/**
 * What `detect` tells apart: the `stream` and `file` formats, a `legacy-stream` (before 0.15, without `FFFFFFFF`),
 * and the `oxigdal-dialect`.
 *
 * @category models
 * @since 0.1.0
 */
export type Format = "stream" | "legacy-stream" | "file" | "oxigdal-dialect"

interface Known {
  readonly name: string
  readonly magic: string
}

/** Magic numbers, one character a byte. */
const known: ReadonlyArray<Known> = [
  { name: "Feather V1 (convert it with pyarrow: feather.read_table, then feather.write_feather)", magic: "FEA1" },
  { name: "Parquet (convert it with pyarrow: pq.read_table, then pa.ipc.new_file)", magic: "PAR1" },
  { name: "encrypted Parquet", magic: "PARE" },
  { name: "gzip (decompress it first)", magic: "\x1f\x8b" },
  { name: "a ZSTD frame (decompress it first)", magic: "\x28\xb5\x2f\xfd" },
  { name: "an LZ4 frame (decompress it first)", magic: "\x04\x22\x4d\x18" },
  { name: "bzip2 (decompress it first)", magic: "BZh" },
  { name: "xz (decompress it first)", magic: "\xfd7zXZ" },
  { name: "a ZIP archive", magic: "PK\x03\x04" },
  { name: "ORC", magic: "ORC" },
  { name: "an Avro container", magic: "Obj\x01" },
  { name: "a NumPy array", magic: "\x93NUMPY" },
  { name: "HDF5", magic: "\x89HDF" },
  { name: "an SQLite database", magic: "SQLite format 3" },
  { name: "a PDF", magic: "%PDF" },
  { name: "a Git LFS pointer (run: git lfs pull)", magic: "version https://git-lfs" }
]

const startsWith = (bytes: Uint8Array, magic: string): boolean => {
  for (let i = 0; i < magic.length; i++) if (bytes[i] !== magic.charCodeAt(i)) return false
  return true
}

const textOf = (head: Uint8Array): string | undefined => {
  if (head.some((byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d)) return undefined
  try {
    // The head may end inside a character.
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true })
  } catch {
    return undefined
  }
}

const nameText = (head: Uint8Array): string | undefined => {
  const text = textOf(head)?.trimStart().toLowerCase()
  if (text === undefined) return undefined
  if (text === "") return "blank text"
  if (text.startsWith("<!doctype html") || text.startsWith("<html")) return "an HTML page (an error page, perhaps)"
  if (text.startsWith("<")) return "XML or HTML"
  return text.startsWith("{") || text.startsWith("[") ? "JSON" : "text"
}

/**
 * The name of the format that `bytes` are in, if it is one that is often taken for Arrow; `undefined` for Arrow, and
 * for what is unknown.
 *
 * @category recognizing
 * @since 0.1.0
 */
export const foreignName = (bytes: Uint8Array): string | undefined =>
  bytes.length === 0
    ? undefined
    : (known.find(({ magic }) => startsWith(bytes, magic))?.name ?? nameText(bytes.subarray(0, 256)))

/** The error for bytes that are not Arrow. */
const notArrow = (name: string): ArrowError.ArrowError =>
  ArrowError.make({ _tag: "FileError", code: "not-arrow" }, `the bytes are not Arrow but ${name}`, 0)

/**
 * Replaces the error of reading `bytes` by one that calls them by their name, if they are in a format that is not
 * Arrow.
 *
 * @category recognizing
 * @since 0.1.0
 */
export const explainFailure = (bytes: Uint8Array, error: ArrowError.ArrowError): ArrowError.ArrowError => {
  const name = foreignName(bytes)
  return name === undefined || Result.isSuccess(detect(bytes)) ? error : notArrow(name)
}

/** Whether a message's flatbuffer of `length` bytes lies at `offset` and verifies. */
const hasMessage = (bytes: Uint8Array, offset: number, length: number): boolean => {
  if (length < 8 || length > bytes.length - offset) return false
  const message = decodeMessage(bytes.subarray(offset, offset + length))
  // What asks for tomorrow's features is Arrow nonetheless.
  return Result.isSuccess(message) || message.failure.reason._tag === "UnsupportedFeature"
}

const isDialect = (bytes: Uint8Array, view: DataView): boolean => {
  const end = bytes.length - 14
  return (
    end >= 8 &&
    startsWith(bytes.subarray(-6), "ARROW1") &&
    view.getUint32(end, true) === 0xffff_ffff &&
    view.getUint32(end + 4, true) === 0 &&
    view.getUint32(8, true) === 0xffff_ffff
  )
}

const hasFooter = (bytes: Uint8Array, view: DataView): boolean => {
  if (bytes.length < 22 || !startsWith(bytes.subarray(-6), "ARROW1")) return false
  const length = view.getInt32(bytes.length - 10, true)
  return length > 0 && length <= bytes.length - 18
}

const detectFile = (bytes: Uint8Array, view: DataView): Format => {
  if (hasFooter(bytes, view)) return "file"
  if (isDialect(bytes, view)) return "oxigdal-dialect"
  const detail =
    "the bytes start as an Arrow file and have no footer at their end: the file is cut short, or not closed"
  throw ArrowError.make({ _tag: "FileError", code: "footer" }, detail, bytes.length)
}

const detectStream = (bytes: Uint8Array, view: DataView): Format | undefined => {
  if (bytes.length < 4) return undefined
  const first = view.getInt32(0, true)
  if (first !== -1) return hasMessage(bytes, 4, first) ? "legacy-stream" : undefined
  if (bytes.length < 8) return undefined
  return hasMessage(bytes, 8, view.getInt32(4, true)) ? "stream" : undefined
}

/**
 * Says which format `bytes` are: all of them, or for a stream at least its first message.
 *
 * **Details**
 *
 * Looks at a few bytes and verifies at most one message; it validates nothing else. Fails with
 * `FileError/not-arrow`, whose detail names what the bytes are instead (HTML, JSON, gzip, Parquet, Feather V1, ...),
 * and with `FileError/footer` for a file that is cut short.
 *
 * **Example** (Name what is not Arrow)
 *
 * ```ts
 * import { Format } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const page = new TextEncoder().encode("<!DOCTYPE html><title>404</title>")
 * console.log(Result.getOrThrow(Result.flip(Format.detect(page))).message)
 * // => FileError/not-arrow at byte 0: the bytes are not Arrow but an HTML page (an error page, perhaps)
 * ```
 *
 * @category recognizing
 * @since 0.1.0
 */
export const detect = (bytes: Uint8Array): Result.Result<Format, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (startsWith(bytes, "ARROW1")) return detectFile(bytes, view)
    const format = detectStream(bytes, view)
    if (format !== undefined) return format
    throw notArrow(foreignName(bytes) ?? (bytes.length === 0 ? "nothing (0 bytes)" : "of no known format"))
  })
