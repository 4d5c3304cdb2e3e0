/** Arrays for many values. */
import * as ArrowError from "../ArrowError.ts"

/** The longest array JavaScript can have. */
const maxArrayLength = 2 ** 32 - 1

/** Beyond this, V8 gives `new Array(n)` a slow representation. */
const denseLength = 2 ** 25

/** An array for `length` values, or an `ArrowError` where no array can have them. */
export const arrayOf = <A>(length: number, name: string): Array<A> => {
  if (length <= denseLength) return new Array<A>(length)
  if (length <= maxArrayLength) return []
  const detail = `${length} values are more than an array can hold`
  throw ArrowError.make(
    { _tag: "LimitExceeded", code: "rows", limit: maxArrayLength, wanted: length },
    detail,
    undefined,
    [name]
  )
}
