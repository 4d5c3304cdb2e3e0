/**
 * Structs of closures, eight fields at a time, each with its own place in the code: an engine remembers what it saw at a
 * place, and a loop over the names has only one.
 */
import { invalid } from "./invalid.ts"

const failed = {}

/** The first eight of a list; those that it does not have are not asked for. */
type Eight<A> = ReadonlyArray<A> & readonly [A, A, A, A, A, A, A, A]

/** Reads fields in order into a plain object, which starts with `_tag` where there is a tag. */
export const readFields = <S>(
  names: ReadonlyArray<string>,
  reads: ReadonlyArray<(s: S) => unknown>,
  tag: string | undefined
): ((s: S) => unknown) => {
  const size = names.length
  const [n0, n1, n2, n3, n4, n5, n6, n7] = names as Eight<string>
  const [r0, r1, r2, r3, r4, r5, r6, r7] = reads as Eight<(s: S) => unknown>
  // A constructor, so that the engine sees one shape.
  function Fields(this: Record<string, unknown>, s: S): unknown {
    if (tag !== undefined) this["_tag"] = tag
    if (size === 0) return undefined
    if ((this[n0] = r0(s)) === invalid) return failed
    if (size === 1) return undefined
    if ((this[n1] = r1(s)) === invalid) return failed
    if (size === 2) return undefined
    if ((this[n2] = r2(s)) === invalid) return failed
    if (size === 3) return undefined
    if ((this[n3] = r3(s)) === invalid) return failed
    if (size === 4) return undefined
    if ((this[n4] = r4(s)) === invalid) return failed
    if (size === 5) return undefined
    if ((this[n5] = r5(s)) === invalid) return failed
    if (size === 6) return undefined
    if ((this[n6] = r6(s)) === invalid) return failed
    if (size === 7) return undefined
    if ((this[n7] = r7(s)) === invalid) return failed
    for (let i = 8; i < size; i++) if ((this[names[i]!] = reads[i]!(s)) === invalid) return failed
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
export const writeFields = <S>(
  names: ReadonlyArray<string>,
  writes: ReadonlyArray<(s: S, value: unknown) => boolean>
): ((s: S, value: Record<string, unknown>) => boolean) => {
  const size = names.length
  const [n0, n1, n2, n3, n4, n5, n6, n7] = names as Eight<string>
  const [w0, w1, w2, w3, w4, w5, w6, w7] = writes as Eight<(s: S, value: unknown) => boolean>
  return (s, value) => {
    if (size === 0) return true
    if (!w0(s, value[n0])) return false
    if (size === 1) return true
    if (!w1(s, value[n1])) return false
    if (size === 2) return true
    if (!w2(s, value[n2])) return false
    if (size === 3) return true
    if (!w3(s, value[n3])) return false
    if (size === 4) return true
    if (!w4(s, value[n4])) return false
    if (size === 5) return true
    if (!w5(s, value[n5])) return false
    if (size === 6) return true
    if (!w6(s, value[n6])) return false
    if (size === 7) return true
    if (!w7(s, value[n7])) return false
    for (let i = 8; i < size; i++) if (!writes[i]!(s, value[names[i]!])) return false
    return true
  }
}
