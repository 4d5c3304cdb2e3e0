/**
 * How streams and files are read.
 *
 * @since 0.1.0
 */
import * as CompressionCodecs from "./CompressionCodecs.ts"
import * as Limits from "./Limits.ts"
import type { Check } from "./internal/runChecks.ts"
import * as Validation from "./Validation.ts"

/**
 * Options of every reader: limits (`Limits.defaults`), validation (`full`), codecs (`CompressionCodecs.defaults`),
 * and the columns to read, by name or index,
 * in that order (all of them). Other columns are neither checked nor decompressed.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReadOptions {
  readonly limits?: Partial<Limits.Limits> | undefined
  readonly validation?: Validation.Level | undefined
  readonly codecs?: CompressionCodecs.CompressionCodecs | undefined
  readonly columns?: ReadonlyArray<number | string> | undefined
}

/**
 * Options with nothing left open.
 *
 * @category models
 * @since 0.1.0
 */
export interface ResolvedOptions {
  readonly limits: Limits.Limits
  /** What every array must pass; with none, not even its count of nodes and buffers. */
  readonly checks: ReadonlyArray<Check>
  readonly codecs: CompressionCodecs.CompressionCodecs
  readonly columns: ReadonlyArray<number | string> | undefined
}

/**
 * Fills in the defaults.
 *
 * @category constructors
 * @since 0.1.0
 */
export const resolve = (options: ReadOptions = {}): ResolvedOptions => ({
  limits: { ...Limits.defaults, ...options.limits },
  checks: Validation.checks[options.validation ?? "full"],
  codecs: options.codecs ?? CompressionCodecs.defaults,
  columns: options.columns
})
