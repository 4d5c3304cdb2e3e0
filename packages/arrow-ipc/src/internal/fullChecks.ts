/** Checks of every value, as far as reading it as what it claims to be depends on them. */
import type { ArrayData } from "../ArrayData.ts"
import type { DataType, Int, Union } from "../DataType.ts"
import type { Fault } from "./fault.ts"
import { integerView } from "./numberViews.ts"
import { countBits, integers, isAscii, viewAs } from "./typedArrays.ts"
import { isUtf8 } from "./utf8.ts"

const isEmpty = (data: ArrayData, slot: number): boolean =>
  data.nullCount > 0 && ((data.buffer(0)[slot >> 3]! >> (slot & 7)) & 1) === 0

const checkNullCount = (data: ArrayData, fault: Fault): void => {
  const validity = data.hasValidity ? data.buffer(0) : undefined
  if (validity === undefined || validity.byteLength === 0) return
  const nulls = data.length - countBits(validity, data.offset, data.length)
  if (nulls !== data.nullCount) {
    fault.data("null-count", 0, `${nulls} slots are null, the batch says ${data.nullCount}`, validity)
  }
}

/** Offsets must start at 0 or later, never go back, and end within `limit`. */
const checkOffsets = (data: ArrayData, isLarge: boolean, limit: number, fault: Fault): Int32Array | Float64Array => {
  const bytes = data.buffer(1)
  const offsets = integers(bytes, isLarge)
  if (data.length === 0) return offsets
  let last = offsets[data.offset]!
  if (last < 0) fault.data("offsets", 0, `the first offset is ${last}`, bytes)
  for (let slot = data.offset + 1; slot <= data.offset + data.length; slot++) {
    const next = offsets[slot]!
    if (next < last) {
      fault.data(
        "offsets",
        slot - data.offset - 1,
        `an offset goes back from ${last} to ${next}`,
        bytes,
        slot * (isLarge ? 8 : 4)
      )
    }
    last = next
  }
  if (last > limit) {
    const at = (data.offset + data.length) * (isLarge ? 8 : 4)
    fault.data("offsets", data.length - 1, `the last offset is ${last}, beyond ${limit}`, bytes, at)
  }
  return offsets
}

const checkText = (data: ArrayData, offsets: Int32Array | Float64Array, fault: Fault): void => {
  const bytes = data.buffer(2)
  const end = data.offset + data.length
  if (data.length === 0 || isAscii(bytes.subarray(offsets[data.offset]!, offsets[end]!))) return
  for (let slot = data.offset; slot < end; slot++) {
    if (!isUtf8(bytes, offsets[slot]!, offsets[slot + 1]!) && !isEmpty(data, slot)) {
      fault.data("utf8", slot - data.offset, "the value is not UTF-8", bytes, offsets[slot]!)
    }
  }
}

/** A place for the views that need one, so that no object is made a value. */
interface ViewPlace {
  bytes: Uint8Array
  at: number
}

const placeOfView = (data: ArrayData, words: Int32Array, slot: number, fault: Fault, place: ViewPlace): void => {
  const views = data.buffer(1)
  const length = words[4 * slot]!
  const row = slot - data.offset
  if (length < 0) fault.data("view", row, `a view has length ${length}`, views, 16 * slot)
  place.bytes = views
  place.at = 16 * slot + 4
  if (length <= 12) {
    for (let i = length; i < 12; i++) {
      if (views[place.at + i] !== 0) fault.data("view", row, "a short view is not padded with zeros", views, 16 * slot)
    }
    return
  }
  const index = words[4 * slot + 2]!
  const offset = words[4 * slot + 3]!
  if (index < 0 || index >= data.buffers.length - 2) {
    fault.data("view", row, `a view is in buffer ${index} of ${data.buffers.length - 2}`, views, 16 * slot + 8)
  }
  const bytes = data.buffer(2 + index)
  if (offset < 0 || offset + length > bytes.byteLength) {
    const detail = `a view is ${length} bytes at ${offset} of a buffer of ${bytes.byteLength}`
    fault.data("view", row, detail, views, 16 * slot + 12)
  }
  for (let i = 0; i < 4; i++) {
    if (bytes[offset + i] !== views[place.at + i]) {
      fault.data("view", row, "a view's prefix is not how its value starts", views, place.at)
    }
  }
  place.bytes = bytes
  place.at = offset
}

const checkViews = (data: ArrayData, isText: boolean, fault: Fault): void => {
  const words = viewAs(Int32Array, data.buffer(1))
  const place: ViewPlace = { bytes: data.buffer(1), at: 0 }
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    if (isEmpty(data, slot)) continue
    placeOfView(data, words, slot, fault, place)
    if (isText && !isUtf8(place.bytes, place.at, place.at + words[4 * slot]!)) {
      fault.data("utf8", slot - data.offset, "the value is not UTF-8", place.bytes, place.at)
    }
  }
}

const checkListViews = (data: ArrayData, isLarge: boolean, fault: Fault): void => {
  const offsets = integers(data.buffer(1), isLarge)
  const sizes = integers(data.buffer(2), isLarge)
  const limit = data.children[0]!.length
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const offset = offsets[slot]!
    const size = sizes[slot]!
    if (offset < 0 || size < 0 || offset + size > limit) {
      const detail = `a list is ${size} slots at ${offset} of a child of ${limit}`
      fault.data("offsets", slot - data.offset, detail, data.buffer(1), slot * (isLarge ? 8 : 4))
    }
  }
}

const checkUnion = (data: ArrayData, union: Union, fault: Fault): void => {
  const typeIds = viewAs(Int8Array, data.buffer(0))
  const childOf = new Int8Array(128).fill(-1)
  for (let child = 0; child < union.typeIds.length; child++) childOf[union.typeIds[child]!] = child
  const offsets = union.mode === "Dense" ? viewAs(Int32Array, data.buffer(1)) : undefined
  const lasts = new Float64Array(union.typeIds.length)
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const id = typeIds[slot]!
    const child = childOf[id] ?? -1
    if (child < 0) fault.data("type-id", slot - data.offset, `no child has type id ${id}`, data.buffer(0), slot)
    if (offsets === undefined) continue
    const offset = offsets[slot]!
    const limit = data.children[child]!.length
    if (offset < lasts[child]! || offset >= limit) {
      const detail = `an offset of ${offset} after ${lasts[child]} in a child of ${limit}`
      fault.data("offsets", slot - data.offset, detail, data.buffer(1), 4 * slot)
    }
    lasts[child] = offset
  }
}

const checkRunEnds = (data: ArrayData, fault: Fault): void => {
  const runEnds = data.children[0]!
  const bytes = runEnds.buffer(1)
  const width = (runEnds.field.type as Int).bitWidth
  const ends = integerView(width, true)(bytes)
  let last = 0
  for (let run = runEnds.offset; run < runEnds.offset + runEnds.length; run++) {
    const end = ends[run]!
    if (end <= last) {
      fault.data("run-end", run, `a run ends at ${end}, after one that ends at ${last}`, bytes, (run * width) >> 3)
    }
    last = end
  }
  const slots = data.offset + data.length
  if (last < slots) fault.data("run-end", data.length - 1, `the last run ends at ${last}, before slot ${slots}`, bytes)
}

const checkIndices = (data: ArrayData, count: number, fault: Fault): void => {
  const { bitWidth, isSigned } = data.field.dictionary!.indexType
  const bytes = data.buffer(1)
  const indices = integerView(bitWidth, isSigned)(bytes)
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const index = indices[slot]!
    if ((index < 0 || index >= count) && !isEmpty(data, slot)) {
      const detail = `index ${index} into a dictionary of ${count} values`
      fault.data("index", slot - data.offset, detail, bytes, (slot * bitWidth) >> 3)
    }
  }
}

export const checkFull = (data: ArrayData, fault: Fault): void => {
  // Even what has no wrong values must be there: decompression may fail.
  for (let i = 0; i < data.buffers.length; i++) data.buffer(i)
  checkNullCount(data, fault)
  if (data.dictionary === undefined) checkValues(data, data.field.type, fault)
  else checkIndices(data, data.dictionary.length, fault)
}

const checkValues = (data: ArrayData, type: DataType, fault: Fault): void => {
  switch (type._tag) {
    case "Binary":
    case "LargeBinary":
      checkOffsets(data, type._tag === "LargeBinary", data.buffer(2).byteLength, fault)
      return
    case "Utf8":
    case "LargeUtf8":
      checkText(data, checkOffsets(data, type._tag === "LargeUtf8", data.buffer(2).byteLength, fault), fault)
      return
    case "List":
    case "LargeList":
    case "Map":
      checkOffsets(data, type._tag === "LargeList", data.children[0]!.length, fault)
      return
    case "BinaryView":
    case "Utf8View":
      return checkViews(data, type._tag === "Utf8View", fault)
    case "ListView":
    case "LargeListView":
      return checkListViews(data, type._tag === "LargeListView", fault)
    case "Union":
      return checkUnion(data, type, fault)
    case "RunEndEncoded":
      return checkRunEnds(data, fault)
    default:
  }
}
