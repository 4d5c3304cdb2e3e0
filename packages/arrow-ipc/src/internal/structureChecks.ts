/** Checks that take the same time however many slots there are. */
import { found, outside } from "./details.ts"
import type { ArrayData } from "../ArrayData.ts"
import { isLarge } from "../Layout.ts"
import type { Fault } from "./fault.ts"
import { integers } from "./typedArrays.ts"

const checkRunEnds = ({ children, length }: ArrayData, fault: Fault): void => {
  const [runEnds, values] = children as [ArrayData, ArrayData]
  if (runEnds.nullCount > 0) fault.layout("null-count", found(runEnds.nullCount, 0))
  if (runEnds.length > values.length || (runEnds.length === 0 && length > 0)) {
    fault.layout("child-length", found(runEnds.length, `1 to ${values.length}`))
  }
}

/** The last offset of a list must not leave its child. */
const checkLastOffset = (data: ArrayData, fault: Fault): void => {
  const bytes = data.buffers[1]
  if (!(bytes instanceof Uint8Array) || data.length === 0) return
  const large = isLarge(data.field.type)
  const at = (data.offset + data.length) * (large ? 8 : 4)
  const last = integers(bytes.subarray(at, at + 8), large)[0]!
  const slots = data.children[0]!.length
  if (last < 0 || last > slots) {
    fault.data("offsets", data.length, outside(0, last, slots), bytes, at)
  }
}

export const checkStructure = (data: ArrayData, fault: Fault): void => {
  const { children, dictionary, field, length, offset } = data
  const { type } = field
  if (dictionary !== undefined) return
  const slots = offset + length
  const needed =
    type._tag === "FixedSizeList"
      ? slots * type.listSize
      : type._tag === "Struct" || (type._tag === "Union" && type.mode === "Sparse")
        ? slots
        : 0
  for (const child of children) {
    if (child.length < needed) {
      fault.layout("child-length", `${child.field.name}: ${found(child.length, needed)}`)
    }
  }
  if (type._tag === "RunEndEncoded") checkRunEnds(data, fault)
  if (type._tag === "List" || type._tag === "LargeList" || type._tag === "Map") checkLastOffset(data, fault)
}
