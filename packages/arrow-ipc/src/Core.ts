/**
 * The readers alone, for bundles: streams, files and tables, with nothing that the caller does not hand in.
 *
 * They read and check as `Table.fromBytes`, `StreamReader` and `FileReader.open` do, `full` validation being the default,
 * but bring no codec (LZ4 is `Lz4Frame.codec`), no `semantic` checks, and do not call by their names formats that are not
 * Arrow (`Format.explainFailure` does).
 *
 * **Example** (Read with LZ4)
 *
 * ```ts
 * import { Core, Lz4Frame } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const read = Core.fromBytes(new Uint8Array(3), { codecs: { LZ4_FRAME: Lz4Frame.codec } })
 * console.log(Result.getOrThrow(Result.flip(read)).message)
 * // => FramingError/truncated at byte 0: the stream ends inside a prefix
 * ```
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import type { CompressionCodecs } from "./CompressionCodecs.ts"
import * as FileReader from "./FileReader.ts"
import { checkFull } from "./internal/fullChecks.ts"
import type { Check } from "./internal/runChecks.ts"
import { StreamDecoder } from "./internal/streamDecoder.ts"
import { checkStructure } from "./internal/structureChecks.ts"
import * as Limits from "./Limits.ts"
import type { ResolvedOptions } from "./ReadOptions.ts"
import * as Table from "./Table.ts"

/**
 * Options: as `ReadOptions`, with no codec and `full` validation where nothing is said.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly limits?: Partial<Limits.Limits> | undefined
  readonly validation?: "none" | "structural" | "full" | undefined
  readonly codecs?: CompressionCodecs | undefined
  readonly columns?: ReadonlyArray<number | string> | undefined
}

const checks: Record<"none" | "structural" | "full", ReadonlyArray<Check>> = {
  none: [],
  structural: [checkStructure],
  full: [checkStructure, checkFull]
}

const resolve = (options: Options = {}): ResolvedOptions => ({
  limits: { ...Limits.defaults, ...options.limits },
  checks: checks[options.validation ?? "full"],
  codecs: options.codecs ?? {},
  columns: options.columns
})

/**
 * The table in `bytes`, a whole file or stream: see `Table.fromBytes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const fromBytes = (bytes: Uint8Array, options?: Options): Result.Result<Table.Table, ArrowError.ArrowError> =>
  Table.decode(bytes, resolve(options))

/**
 * Opens the file in `bytes`: see `FileReader.open`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = (
  bytes: Uint8Array,
  options?: Options
): Result.Result<FileReader.FileReader, ArrowError.ArrowError> =>
  ArrowError.attempt(() => FileReader.unsafeOpen(bytes, resolve(options)))

/**
 * The incremental reader of streams: see `StreamReader`.
 *
 * @category models
 * @since 0.1.0
 */
export class StreamReader extends StreamDecoder {
  constructor(options?: Options) {
    super(resolve(options))
  }
}
