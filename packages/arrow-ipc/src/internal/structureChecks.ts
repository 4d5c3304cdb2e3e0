/** Checks that take the same time however many slots there are. */
import type { ArrayData } from "../ArrayData.ts"
import type { Fault } from "./fault.ts"
import { integers } from "./typedArrays.ts"

/** The least number of slots that each child must have. */
const childSlots = (data: ArrayData): number => {
  const { type } = data.field
  const slots = data.offset + data.length
  if (type._tag === "Struct" || (type._tag === "Union" && type.mode === "Sparse")) return slots
  return type._tag === "FixedSizeList" ? slots * type.listSize : 0
}

const checkRunEnds = (data: ArrayData, fault: Fault): void => {
  const [runEnds, values] = data.children as [ArrayData, ArrayData]
  if (runEnds.nullCount > 0) fault.layout("null-count", "run ends are null")
  if (runEnds.length > values.length || (runEnds.length === 0 && data.length > 0)) {
    const detail = `${runEnds.length} run ends and ${values.length} values for ${data.length} slots`
    fault.layout("child-length", detail)
  }
}

/** The last offset of a list must not leave its child. */
const checkLastOffset = (data: ArrayData, isLarge: boolean, fault: Fault): void => {
  const lazy = data.buffers[1]
  if (!(lazy instanceof Uint8Array) || data.length === 0) return
  const width = isLarge ? 8 : 4
  const at = (data.offset + data.length) * width
  const last = integers(lazy.subarray(at, at + width), isLarge)[0]!
  const slots = data.children[0]!.length
  if (last < 0 || last > slots) {
    fault.data("offsets", data.length, `the last list ends at ${last}, the child has ${slots} slots`, lazy, at)
  }
}

export const checkStructure = (data: ArrayData, fault: Fault): void => {
  if (data.dictionary !== undefined) return
  const needed = childSlots(data)
  for (const child of data.children) {
    if (child.length < needed) {
      fault.layout("child-length", `child ${child.field.name} has ${child.length} slots, its parent needs ${needed}`)
    }
  }
  switch (data.field.type._tag) {
    case "RunEndEncoded":
      return checkRunEnds(data, fault)
    case "List":
    case "Map":
      return checkLastOffset(data, false, fault)
    case "LargeList":
      return checkLastOffset(data, true, fault)
    default:
  }
}
