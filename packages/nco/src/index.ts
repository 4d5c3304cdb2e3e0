/**
 * Errors: one tagged error, with a tagged reason, an offset and a path.
 *
 * @since 0.1.0
 */
export * as NcoError from "./NcoError.ts"
