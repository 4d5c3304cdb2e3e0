/**
 * The metadata of Nengo's cached decoders.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as NdArray from "./NdArray.ts"

/**
 * What Nengo's solvers say about a solution, which is the metadata of its cache; what a solver adds of its own is kept.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NengoSolverInfo = Schema.StructWithRest(
  Schema.Struct({
    /** The root mean squared error of each dimension. */
    rmses: NdArray.of("float64"),
    /** Seconds it took. */
    time: Schema.Finite,
    residuals: Schema.optionalKey(NdArray.of("float64")),
    singular_values: Schema.optionalKey(NdArray.of("float64")),
    iterations: Schema.optionalKey(Schema.Union([Schema.Finite, NdArray.of("int64")])),
    /** The solver's own status, its type depends on the solver. */
    rank: Schema.optionalKey(Schema.Unknown),
    info: Schema.optionalKey(Schema.Unknown)
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
)
