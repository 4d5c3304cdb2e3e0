/**
 * What a server would like to know of its transport beyond what a `Socket` tells.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * How many bytes that were written to the connection at hand the transport still holds.
 *
 * **When to use**
 *
 * Provide it to the handler of each connection where the transport knows, as `node:net` does (`writableLength`): then the
 * memory of responses is used again as soon as they have left. By default nothing is known, and it never is.
 *
 * @category references
 * @since 0.1.0
 */
export const Unsent: Context.Reference<() => number> = Context.Reference("@bytewright/echo-server/Unsent", {
  defaultValue: () => () => Infinity
})
