/**
 * The values that dictionary-encoded columns point into.
 *
 * @since 0.1.0
 */
export { Dictionary } from "./ArrayData.ts"
