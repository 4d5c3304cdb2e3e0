/** Plain data that brings along, out of sight, what handles it: nodes and lengths their kinds, expressions their evaluator. */
const by = Symbol("by")

/** Lets data bring something along; it is not enumerated, compared or copied with it. */
export const carry = <D extends object>(what: unknown, data: D): D => Object.defineProperty(data, by, { value: what })

export const carried = <W>(data: { readonly _tag: string; readonly [by]?: W }): W => {
  const what = data[by]
  if (what === undefined) throw new Error(`${data._tag}: no constructor of Binary made it`)
  return what
}
