import type { Slots } from "./Frame.ts"

/** The slot of a field that stands before a place. */
export const slotOf = (slots: Slots | undefined, name: string): number => {
  for (let at = slots; at !== undefined; at = at.parent) {
    const found = at.fields.get(name)
    if (found !== undefined) return found
  }
  throw new Error(`no field ${name} before this place`)
}

/** As `slotOf`, within the struct itself. */
export const ownSlot = (slots: Slots | undefined, name: string): number => {
  const found = slots?.fields.get(name)
  if (found === undefined) throw new Error(`no field ${name} in this struct`)
  return found
}
