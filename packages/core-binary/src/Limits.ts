/**
 * What a codec takes on before it refuses.
 *
 * @since 0.1.0
 */

/**
 * Bounds on untrusted input. They are part of a codec's options.
 *
 * - `maxBytes`: the size of one message.
 * - `maxElements`: the elements of one array.
 * - `maxDepth`: how often layouts may refer to themselves; the stack bears a few hundred levels.
 * - `maxPointers`: the pointers followed in one message, which together may lead to `maxBytes`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  readonly maxBytes: number
  readonly maxElements: number
  readonly maxDepth: number
  readonly maxPointers: number
}

/**
 * 256 MiB, 1,048,576 elements, 64 levels, 65,536 pointers.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLimits: Limits = {
  maxBytes: 0x10000000,
  maxElements: 0x100000,
  maxDepth: 64,
  maxPointers: 0x10000
}
