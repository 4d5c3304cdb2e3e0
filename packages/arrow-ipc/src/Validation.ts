/**
 * Checks what arrays hold, beyond what cutting them out of a body already proved.
 *
 * | level | what is certain afterwards |
 * | --- | --- |
 * | `none` | nodes and buffers are there, in the body, long enough for their slots; nothing is known of their content |
 * | `structural` | and children have the slots their parents need, nothing is left over, first and last offsets fit; no pass over values |
 * | `full` | and offsets, views, sizes, type ids, run ends, indices, null counts and UTF-8 are right: every value can be read as what it claims to be |
 * | `semantic` | and values keep their type's rules: decimal digits, whole days, times within a day, no null keys, no nulls where the schema says so |
 *
 * `full` is for bytes from outside. Old writers broke the rules of `semantic`.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import type { ArrayData } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import { checkFull } from "./internal/fullChecks.ts"
import { checkSemantic } from "./internal/semanticChecks.ts"
import { checkStructure } from "./internal/structureChecks.ts"
import { type Check, runChecks } from "./internal/runChecks.ts"

/**
 * How much is checked.
 *
 * @category models
 * @since 0.1.0
 */
export type Level = "none" | "structural" | "full" | "semantic"

/**
 * The checks of each level, one upon the other.
 *
 * @category validation
 * @since 0.1.0
 */
export const checks: Record<Level, ReadonlyArray<Check>> = {
  none: [],
  structural: [checkStructure],
  full: [checkStructure, checkFull],
  semantic: [checkStructure, checkFull, checkSemantic]
}

/**
 * Checks an array and its children at `level`. Failures: `LayoutError`, `DataError`, `CompressionError`.
 *
 * @category validation
 * @since 0.1.0
 */
export const validate = (data: ArrayData, level: Level): Result.Result<void, ArrowError.ArrowError> =>
  ArrowError.attempt(() => runChecks(data, checks[level]))
