/**
 * Values that a layout can write.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Codec from "../Codec.ts"
import { Generation, Unsatisfied } from "../internal/generateValue.ts"
import { heights } from "../internal/heights.ts"
import { hintsOf } from "../internal/hints.ts"
import type { Layout } from "../Layout.ts"
import type { Random } from "./Random.ts"

const attempts = 500

/**
 * Makes a generator of values of a layout: edges of ranges, empty and longer contents, every case and every presence, with
 * lengths and conditions that agree with the fields they depend on. Unions leave out cases that nothing can write (pointers).
 *
 * **Details**
 *
 * Fields that depend on each other in ways that cannot be followed are found by trying again; a layout without any value
 * (a pointer that is not optional, a schema that refuses nearly everything) makes the generator throw.
 *
 * @category generators
 * @since 0.1.0
 */
export const make = <A>(layout: Layout<A>): ((random: Random) => A) => {
  const { node } = layout
  const levels = heights(node)
  const hints = hintsOf(node)
  const codec = Codec.make(layout, { backend: "closures" })
  return (random) => {
    if (levels.get(node) === Infinity) throw new Error("the layout has no value that can be written")
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        const value = new Generation(random, levels, node).value(node, undefined, hints, undefined)
        if (Result.isSuccess(codec.size(value as A))) return value as A
      } catch (error) {
        if (!(error instanceof Unsatisfied)) throw error
      }
    }
    throw new Error(`found no value of the layout in ${attempts} attempts`)
  }
}
