/** Arrays for many values, and places in sorted ones. */
import * as ArrowError from "../ArrowError.ts"

/** The longest array JavaScript can have. */
const maxArrayLength = 2 ** 32 - 1

/** Beyond this, V8 gives `new Array(n)` a slow representation. */
const denseLength = 2 ** 25

/** An array for `length` values, or an `ArrowError` where no array can have them. */
export const arrayOf = <A>(length: number, name: string): Array<A> => {
  if (length <= denseLength) return new Array<A>(length)
  ArrowError.checkLimit("rows", length, maxArrayLength, undefined, [name])
  return []
}

/** The first index whose value is more than `bound`, in sorted values; their length if there is none. */
export const upperBound = (values: ArrayLike<number>, bound: number): number => {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle]! > bound) high = middle
    else low = middle + 1
  }
  return low
}
