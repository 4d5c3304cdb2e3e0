/** The synchronous functions behind a `Transform` node's schema. */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import type { Transform } from "../Layout.ts"
import { invalid } from "./invalid.ts"

export interface Converter {
  /** The value, or `invalid`; `why` tells the reason when asked. */
  readonly decode: (value: unknown, why?: (reason: string) => void) => unknown
  readonly encode: (value: unknown, why?: (reason: string) => void) => unknown
}

const cache = new WeakMap<Transform, Converter>()

const convert =
  (run: (value: unknown) => Exit.Exit<unknown, Schema.SchemaError>): Converter["decode"] =>
  (value, why) => {
    const exit = run(value)
    if (Exit.isSuccess(exit)) return exit.value
    // A schema that is not synchronous or throws is a defect in its cause: it refuses like any other.
    why?.(String(Cause.squash(exit.cause)))
    return invalid
  }

export const converter = (node: Transform): Converter => {
  let found = cache.get(node)
  if (found === undefined) {
    found = {
      decode: convert(Schema.decodeUnknownExit(node.schema)),
      encode: convert(Schema.encodeUnknownExit(node.schema))
    }
    cache.set(node, found)
  }
  return found
}
