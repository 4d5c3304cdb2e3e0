/**
 * NumPy data types as plain data: `descr` to and from `Dtype`.
 *
 * @since 0.1.0
 */
export * as Dtype from "./Dtype.ts"
/**
 * NCO objects over bytes: sections, decoding, encoding, schemas.
 *
 * @since 0.1.0
 */
export * as Nco from "./Nco.ts"
/**
 * Errors: one tagged error, with a tagged reason, an offset and a path.
 *
 * @since 0.1.0
 */
export * as NcoError from "./NcoError.ts"
/**
 * Files of NCO objects: random access, recovery and verification.
 *
 * @since 0.1.0
 */
export * as NcoFile from "./NcoFile.ts"
/**
 * The header of an NCO object in its four C layouts, and their detection.
 *
 * @since 0.1.0
 */
export * as NcoHeader from "./NcoHeader.ts"
/**
 * Streams of NCO objects, from and to bytes in any pieces.
 *
 * @since 0.1.0
 */
export * as NcoStream from "./NcoStream.ts"
/**
 * New files from old ones: rebased, split, joined, converted; and appending.
 *
 * @since 0.1.0
 */
export * as NcoWriter from "./NcoWriter.ts"
/**
 * N-dimensional arrays as NumPy stores them, over the bytes they were read from.
 *
 * @since 0.1.0
 */
export * as NdArray from "./NdArray.ts"
/**
 * Nengo's decoder cache: a directory of NCO files and an index.
 *
 * @since 0.1.0
 */
export * as NengoCache from "./NengoCache.ts"
/**
 * The index of a Nengo cache.
 *
 * @since 0.1.0
 */
export * as NengoIndex from "./NengoIndex.ts"
/**
 * What Nengo's solvers say about a solution.
 *
 * @since 0.1.0
 */
export * as NengoSolverInfo from "./NengoSolverInfo.ts"
/**
 * NPY files: decoding, encoding, and reading by rows.
 *
 * @since 0.1.0
 */
export * as Npy from "./Npy.ts"
/**
 * The header of an NPY file.
 *
 * @since 0.1.0
 */
export * as NpyHeader from "./NpyHeader.ts"
/**
 * NPZ archives.
 *
 * @since 0.1.0
 */
export * as Npz from "./Npz.ts"
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
/**
 * Bounded windows of bytes and files.
 *
 * @since 0.1.0
 */
export * as Subfile from "./Subfile.ts"
/**
 * Schemas of Python's values, and codecs from them to Effect's own.
 *
 * @since 0.1.0
 */
export * as PySchema from "./PySchema.ts"
