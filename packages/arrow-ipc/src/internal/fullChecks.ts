/** Checks of every value, as far as reading it as what it claims to be depends on them. */
import { found, notUtf8, outside } from "./details.ts"
import type { ArrayData } from "../ArrayData.ts"
import type { Union } from "../DataType.ts"
import { byteWidth, isLarge, plainTag } from "../Layout.ts"
import type { Fault } from "./fault.ts"
import { numbersOf, offsetsOf, slotsOf } from "./numberViews.ts"
import { bitAt, countBits, viewAs } from "./typedArrays.ts"
import { isAscii, isUtf8 } from "./utf8.ts"

const isEmpty = (data: ArrayData, row: number): boolean =>
  data.nullCount > 0 && bitAt(data.buffer(0), data.offset + row) === 0

const checkNullCount = (data: ArrayData, fault: Fault): void => {
  const validity = data.hasValidity ? data.buffer(0) : undefined
  if (!validity?.length) return
  const nulls = data.length - countBits(validity, data.offset, data.length)
  if (nulls !== data.nullCount) fault.data("null-count", 0, found(nulls, data.nullCount), validity)
}

/** Where row `row` of integers of 32 or 64 bits lies in its buffer. */
const offsetAt = (data: ArrayData, row: number): number => (data.offset + row) * (isLarge(data.field.type) ? 8 : 4)

/** Where offsets start to go back, or the last of them. A loop of its own stays fast. */
const goesBack = (offsets: Int32Array | Float64Array, length: number): number => {
  let last = 0
  for (let row = 0; row < length; row++) {
    const next = offsets[row]!
    if (next < last) return row
    last = next
  }
  return length
}

/** Offsets must start at 0 or later, never go back, and end within `limit`. */
const checkOffsets = (data: ArrayData, limit: number, fault: Fault): Int32Array | Float64Array => {
  const offsets = offsetsOf(data)
  const { length } = data
  if (length === 0) return offsets
  const row = goesBack(offsets, length)
  const least = row > 0 ? offsets[row - 1]! : 0
  // The offset that is wrong ends the row before it.
  if (offsets[row]! < least || offsets[row]! > limit) {
    const detail = found(offsets[row], `${least} to ${limit}`)
    fault.data("offsets", Math.max(0, row - 1), detail, data.buffer(1), offsetAt(data, row))
  }
  return offsets
}

const checkText = (data: ArrayData, fault: Fault): void => {
  const bytes = data.buffer(2)
  const offsets = checkOffsets(data, bytes.length, fault)
  if (isAscii(bytes)) return
  for (let row = 0; row < data.length; row++) {
    const begin = offsets[row]!
    if (!isUtf8(bytes, begin, offsets[row + 1]!) && !isEmpty(data, row)) fault.data("utf8", row, notUtf8, bytes, begin)
  }
}

const checkViews = (data: ArrayData, isText: boolean, fault: Fault): void => {
  const views = slotsOf(data, 16)
  const words = viewAs(Int32Array, views)
  const count = data.buffers.length - 2
  const wrong = (row: number, detail: string): void => fault.data("view", row, detail, views, 16 * row)
  for (let row = 0; row < data.length; row++) {
    if (isEmpty(data, row)) continue
    const length = words[4 * row]!
    let bytes = views
    let at = 16 * row + 4
    if (length < 0) wrong(row, found(length, "a length"))
    if (length <= 12) {
      for (let i = length; i < 12; i++) if (views[at + i] !== 0) wrong(row, found(views[at + i], 0))
    } else {
      const index = words[4 * row + 2]!
      const offset = words[4 * row + 3]!
      if (index < 0 || index >= count) wrong(row, outside(1, index, count))
      bytes = data.buffer(2 + index)
      if (offset < 0 || offset + length > bytes.length) wrong(row, outside(length, offset, bytes.length))
      for (let i = 0; i < 4; i++) {
        if (bytes[offset + i] !== views[at + i]) wrong(row, found(views[at + i], bytes[offset + i]))
      }
      at = offset
    }
    if (isText && !isUtf8(bytes, at, at + length)) fault.data("utf8", row, notUtf8, bytes, at)
  }
}

const checkListViews = (data: ArrayData, limit: number, fault: Fault): void => {
  const offsets = offsetsOf(data)
  const sizes = offsetsOf(data, 2)
  for (let row = 0; row < data.length; row++) {
    const offset = offsets[row]!
    const size = sizes[row]!
    if (offset < 0 || size < 0 || offset + size > limit) {
      fault.data("offsets", row, outside(size, offset, limit), data.buffer(1), offsetAt(data, row))
    }
  }
}

const checkUnion = (data: ArrayData, { mode, typeIds }: Union, fault: Fault): void => {
  const childOf = new Int8Array(128).fill(-1)
  typeIds.forEach((id, child) => {
    childOf[id] = child
  })
  const ids = viewAs(Int8Array, data.buffer(0)).subarray(data.offset)
  const offsets = mode === "Dense" ? offsetsOf(data) : undefined
  const lasts = new Float64Array(typeIds.length)
  for (let row = 0; row < data.length; row++) {
    const id = ids[row]!
    const child = childOf[id] ?? -1
    if (child < 0) fault.data("type-id", row, found(id, typeIds), data.buffer(0), data.offset + row)
    if (offsets === undefined) continue
    const offset = offsets[row]!
    const limit = data.children[child]!.length
    const last = lasts[child]!
    if (offset < last || offset >= limit) {
      fault.data("offsets", row, found(offset, `${last} to ${limit - 1}`), data.buffer(1), offsetAt(data, row))
    }
    lasts[child] = offset
  }
}

const checkRunEnds = (data: ArrayData, runEnds: ArrayData, fault: Fault): void => {
  const slots = data.offset + data.length
  const bytes = runEnds.buffer(1)
  let last = 0
  numbersOf(runEnds).forEach((end, run) => {
    const at = (runEnds.offset + run) * byteWidth(runEnds.field.type)
    if (end <= last) fault.data("run-end", run, found(end, last + 1), bytes, at)
    last = end
  })
  if (last < slots) fault.data("run-end", data.length - 1, found(last, slots), bytes)
}

const checkIndices = (data: ArrayData, count: number, fault: Fault): void => {
  const indices = numbersOf(data)
  for (let row = 0; row < indices.length; row++) {
    const index = indices[row]!
    if ((index < 0 || index >= count) && !isEmpty(data, row)) {
      const at = (data.offset + row) * byteWidth(data.field.dictionary!.indexType)
      fault.data("index", row, outside(1, index, count), data.buffer(1), at)
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
