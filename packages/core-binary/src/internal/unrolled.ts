/**
 * Structs of closures, six fields at a time, each with its own place in the code: an engine remembers what it saw at a
 * place, and a loop over the names has only one.
 */
import { invalid, isInvalid } from "./invalid.ts"
import type { Write } from "./Writer.ts"

const failed = {}

/** The first six of a list; those that it does not have are not asked for. */
type Six<A> = ReadonlyArray<A> & readonly [A, A, A, A, A, A]

/** Reads fields in order into a plain object, which starts with `_tag` where there is a tag. */
export const readFields = <S>(
  names: ReadonlyArray<string>,
  reads: ReadonlyArray<(s: S) => unknown>,
  tag: string | undefined
): ((s: S) => unknown) => {
  const size = names.length
  const [n0, n1, n2, n3, n4, n5] = names as Six<string>
  const [r0, r1, r2, r3, r4, r5] = reads as Six<(s: S) => unknown>
  // A constructor, so that the engine sees one shape.
  function Fields(this: Record<string, unknown>, s: S): unknown {
    if (tag !== undefined) this["_tag"] = tag
    if (size > 0 && isInvalid((this[n0] = r0(s)))) return failed
    if (size > 1 && isInvalid((this[n1] = r1(s)))) return failed
    if (size > 2 && isInvalid((this[n2] = r2(s)))) return failed
    if (size > 3 && isInvalid((this[n3] = r3(s)))) return failed
    if (size > 4 && isInvalid((this[n4] = r4(s)))) return failed
    if (size > 5 && isInvalid((this[n5] = r5(s)))) return failed
    for (let i = 6; i < size; i++) if (isInvalid((this[names[i]!] = reads[i]!(s)))) return failed
    return undefined
  }
  Fields.prototype = Object.prototype
  const New = Fields as unknown as new (s: S) => object
  return (s) => {
    const value = new New(s)
    return value === failed ? invalid : value
  }
}

/** Writes the fields of an object in order. */
export const writeFields = (names: ReadonlyArray<string>, writes: ReadonlyArray<Write>): Write => {
  const size = names.length
  const [n0, n1, n2, n3, n4, n5] = names as Six<string>
  const [w0, w1, w2, w3, w4, w5] = writes as Six<Write>
  return (s, object) => {
    if (typeof object !== "object" || object === null) return s.type("an object", object)
    const value = object as Record<string, unknown>
    if (size > 0 && !w0(s, value[n0])) return false
    if (size > 1 && !w1(s, value[n1])) return false
    if (size > 2 && !w2(s, value[n2])) return false
    if (size > 3 && !w3(s, value[n3])) return false
    if (size > 4 && !w4(s, value[n4])) return false
    if (size > 5 && !w5(s, value[n5])) return false
    for (let i = 6; i < size; i++) if (!writes[i]!(s, value[names[i]!])) return false
    return true
  }
}
