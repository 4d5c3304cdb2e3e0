/**
 * NumPy data types as plain data: `descr` to and from {@link Dtype.Dtype}.
 *
 * @since 0.1.0
 */
export * as Dtype from "./Dtype.ts"
/**
 * Errors: one tagged error, with a tagged reason, an offset and a path.
 *
 * @since 0.1.0
 */
export * as NcoError from "./NcoError.ts"
/**
 * N-dimensional arrays as NumPy stores them, over the bytes they were read from.
 *
 * @since 0.1.0
 */
export * as NdArray from "./NdArray.ts"
/**
 * Python's pickles, read and written without running anything.
 *
 * @since 0.1.0
 */
export * as Pickle from "./Pickle.ts"
/**
 * Python's values that JavaScript has no type for.
 *
 * @since 0.1.0
 */
export * as Py from "./Py.ts"
/**
 * Which classes and functions of Python a pickle may name.
 *
 * @since 0.1.0
 */
export * as Registry from "./Registry.ts"
