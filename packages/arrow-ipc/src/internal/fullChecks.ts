/** Checks of every value, as far as reading it as what it claims to be depends on them. */
import { found, notUtf8, outside } from "./details.ts"
import type { ArrayData } from "../ArrayData.ts"
import type { Union } from "../DataType.ts"
import { byteWidth, isLarge, plainTag } from "../Layout.ts"
import type { Fault } from "./fault.ts"
import { numbersOf } from "./numberViews.ts"
import { bitAt, countBits, integers, viewAs } from "./typedArrays.ts"
import { decodeUtf8, isUtf8 } from "./utf8.ts"

const isEmpty = (data: ArrayData, slot: number): boolean => data.nullCount > 0 && bitAt(data.buffer(0), slot) === 0

const checkNullCount = (data: ArrayData, fault: Fault): void => {
  const validity = data.hasValidity ? data.buffer(0) : undefined
  if (!validity?.length) return
  const nulls = data.length - countBits(validity, data.offset, data.length)
  if (nulls !== data.nullCount) {
    fault.data("null-count", data, data.offset, found(nulls, data.nullCount), validity)
  }
}

/** Offsets must start at 0 or later, never go back, and end within `limit`. */
const checkOffsets = (data: ArrayData, limit: number, fault: Fault): Int32Array | Float64Array => {
  const bytes = data.buffer(1)
  const large = isLarge(data.field.type)
  const offsets = integers(bytes, large)
  const begin = data.offset
  const end = begin + data.length
  // The offset that is wrong, of the slot before it.
  const wrong = (slot: number, least: number, most: number): void => {
    const detail = found(offsets[slot], `${least} to ${most}`)
    fault.data("offsets", data, Math.max(begin, slot - 1), detail, bytes, slot * (large ? 8 : 4))
  }
  if (begin === end) return offsets
  let last = offsets[begin]!
  if (last < 0) wrong(begin, 0, limit)
  for (let slot = begin + 1; slot <= end; slot++) {
    const next = offsets[slot]!
    if (next < last) wrong(slot, last, limit)
    last = next
  }
  if (last > limit) wrong(end, 0, limit)
  return offsets
}

const checkText = (data: ArrayData, fault: Fault): void => {
  const bytes = data.buffer(2)
  const offsets = checkOffsets(data, bytes.length, fault)
  const end = data.offset + data.length
  const all = data.length === 0 ? bytes.subarray(0, 0) : bytes.subarray(offsets[data.offset], offsets[end])
  // As many characters as bytes: all are ASCII.
  if (decodeUtf8(all)?.length === all.length) return
  for (let slot = data.offset; slot < end; slot++) {
    if (!isUtf8(bytes, offsets[slot]!, offsets[slot + 1]!) && !isEmpty(data, slot)) {
      fault.data("utf8", data, slot, notUtf8, bytes, offsets[slot]!)
    }
  }
}

const checkViews = (data: ArrayData, isText: boolean, fault: Fault): void => {
  const views = data.buffer(1)
  const words = viewAs(Int32Array, views)
  const count = data.buffers.length - 2
  const wrong = (slot: number, what: string): void => {
    fault.data("view", data, slot, what, views, 16 * slot)
  }
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    if (isEmpty(data, slot)) continue
    const length = words[4 * slot]!
    let bytes = views
    let at = 16 * slot + 4
    if (length < 0) wrong(slot, found(length, "a length"))
    if (length <= 12) {
      for (let i = length; i < 12; i++) if (views[at + i] !== 0) wrong(slot, found(views[at + i], 0))
    } else {
      const index = words[4 * slot + 2]!
      const offset = words[4 * slot + 3]!
      if (index < 0 || index >= count) wrong(slot, outside(1, index, count))
      bytes = data.buffer(2 + index)
      if (offset < 0 || offset + length > bytes.length) {
        wrong(slot, outside(length, offset, bytes.length))
      }
      for (let i = 0; i < 4; i++) {
        if (bytes[offset + i] !== views[at + i]) wrong(slot, found(views[at + i], bytes[offset + i]))
      }
      at = offset
    }
    if (isText && !isUtf8(bytes, at, at + length)) fault.data("utf8", data, slot, notUtf8, bytes, at)
  }
}

const checkListViews = (data: ArrayData, limit: number, fault: Fault): void => {
  const bytes = data.buffer(1)
  const large = isLarge(data.field.type)
  const offsets = integers(bytes, large)
  const sizes = integers(data.buffer(2), large)
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const offset = offsets[slot]!
    const size = sizes[slot]!
    if (offset < 0 || size < 0 || offset + size > limit) {
      const detail = outside(size, offset, limit)
      fault.data("offsets", data, slot, detail, bytes, slot * (large ? 8 : 4))
    }
  }
}

const checkUnion = (data: ArrayData, { mode, typeIds }: Union, fault: Fault): void => {
  const ids = viewAs(Int8Array, data.buffer(0))
  const childOf = new Int8Array(128).fill(-1)
  for (let child = 0; child < typeIds.length; child++) childOf[typeIds[child]!] = child
  const offsets = mode === "Dense" ? viewAs(Int32Array, data.buffer(1)) : undefined
  const lasts = new Float64Array(typeIds.length)
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const id = ids[slot]!
    const child = childOf[id] ?? -1
    if (child < 0) fault.data("type-id", data, slot, found(id, typeIds), data.buffer(0), slot)
    if (offsets === undefined) continue
    const offset = offsets[slot]!
    const limit = data.children[child]!.length
    if (offset < lasts[child]! || offset >= limit) {
      const detail = found(offset, `${lasts[child]} to ${limit - 1}`)
      fault.data("offsets", data, slot, detail, data.buffer(1), 4 * slot)
    }
    lasts[child] = offset
  }
}

const checkRunEnds = (data: ArrayData, runEnds: ArrayData, fault: Fault): void => {
  const ends = numbersOf(runEnds)
  const width = byteWidth(runEnds.field.type)
  const slots = data.offset + data.length
  const bytes = runEnds.buffer(1)
  let last = 0
  for (let run = runEnds.offset; run < runEnds.offset + runEnds.length; run++) {
    const end = ends[run]!
    if (end <= last) fault.data("run-end", runEnds, run, found(end, last + 1), bytes, run * width)
    last = end
  }
  if (last < slots) fault.data("run-end", data, slots - 1, found(last, slots), bytes)
}

const checkIndices = (data: ArrayData, count: number, fault: Fault): void => {
  const indices = numbersOf(data)
  for (let slot = data.offset; slot < data.offset + data.length; slot++) {
    const index = indices[slot]!
    if ((index < 0 || index >= count) && !isEmpty(data, slot)) {
      const detail = outside(1, index, count)
      fault.data("index", data, slot, detail, data.buffer(1), slot * byteWidth(data.field.dictionary!.indexType))
    }
  }
}

export const checkFull = (data: ArrayData, fault: Fault): void => {
  // Even what has no wrong values must be there: decompression may fail.
  for (let i = 0; i < data.buffers.length; i++) data.buffer(i)
  checkNullCount(data, fault)
  const { dictionary, field } = data
  const { type } = field
  if (dictionary !== undefined) return checkIndices(data, dictionary.length, fault)
  const [child] = data.children
  const tag = plainTag(type)
  switch (tag) {
    case "Binary":
      checkOffsets(data, data.buffer(2).length, fault)
      return
    case "Utf8":
      return checkText(data, fault)
    case "List":
    case "Map":
      checkOffsets(data, child!.length, fault)
      return
    case "BinaryView":
    case "Utf8View":
      return checkViews(data, tag === "Utf8View", fault)
    case "ListView":
      return checkListViews(data, child!.length, fault)
    case "Union":
      return checkUnion(data, type as Union, fault)
    case "RunEndEncoded":
      return checkRunEnds(data, child!, fault)
  }
}
