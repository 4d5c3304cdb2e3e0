/** Cuts a slice of an array out of its buffers, so that it starts at slot 0, as a body must have it. */
import { ArrayData } from "../ArrayData.ts"
import type { DataType, Int } from "../DataType.ts"
import { layoutOf } from "../Layout.ts"
import { countBits, integers, viewAs } from "./typedArrays.ts"

const empty = new Uint8Array(0)

export const bytesOf = (view: ArrayBufferView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

/** `length` bits from bit `from`, starting at bit 0 of the result; a view where `from` is a multiple of 8. */
export const sliceBits = (bytes: Uint8Array, from: number, length: number): Uint8Array => {
  const first = from >>> 3
  const shift = from & 7
  const size = (length + 7) >>> 3
  if (shift === 0) return bytes.subarray(first, first + size)
  const output = new Uint8Array(size)
  for (let i = 0; i < size; i++) {
    output[i] = (bytes[first + i]! >>> shift) | ((bytes[first + i + 1] ?? 0) << (8 - shift))
  }
  return output
}

interface Range {
  readonly offsets: Uint8Array
  readonly first: number
  readonly last: number
}

/** The offsets of `length` slots from slot `from`, made to start at 0, and what they span. */
const sliceOffsets = (bytes: Uint8Array, from: number, length: number, wide: boolean): Range => {
  if (length === 0) return { offsets: empty, first: 0, last: 0 }
  if (wide) {
    const offsets = viewAs(BigInt64Array, bytes).subarray(from, from + length + 1)
    const first = offsets[0]!
    const rebased = first === 0n ? offsets : offsets.map((offset) => offset - first)
    return { offsets: bytesOf(rebased), first: Number(first), last: Number(offsets[length]!) }
  }
  const offsets = viewAs(Int32Array, bytes).subarray(from, from + length + 1)
  const first = offsets[0]!
  const rebased = first === 0 ? offsets : offsets.map((offset) => offset - first)
  return { offsets: bytesOf(rebased), first, last: offsets[length]! }
}

const runEndsOf = (data: ArrayData): Int16Array | Int32Array | Float64Array => {
  const { bitWidth } = data.field.type as Int
  const bytes = data.buffer(1)
  const ends = bitWidth === 16 ? viewAs(Int16Array, bytes) : integers(bytes, bitWidth === 64)
  return ends.subarray(data.offset, data.offset + data.length)
}

const encodeRunEnds = (data: ArrayData, ends: ReadonlyArray<number>): ArrayData => {
  const { bitWidth } = data.field.type as Int
  const values =
    bitWidth === 16 ? Int16Array.from(ends) : bitWidth === 32 ? Int32Array.from(ends) : BigInt64Array.from(ends, BigInt)
  return new ArrayData(data.field, ends.length, 0, [empty, bytesOf(values)], [], undefined)
}

const compactRuns = (data: ArrayData, from: number, length: number): ReadonlyArray<ArrayData> => {
  const [runEnds, values] = data.children as [ArrayData, ArrayData]
  const ends = runEndsOf(runEnds)
  if (from === 0 && ends[ends.length - 1] === length) return [compact(runEnds), compact(values)]
  const first = ends.findIndex((end) => end > from)
  const last = ends.findIndex((end) => end >= from + length)
  const kept = length === 0 ? [] : Array.from(ends.subarray(first, last + 1), (end) => Math.min(end - from, length))
  return [encodeRunEnds(runEnds, kept), compact(values, values.offset + (kept.length === 0 ? 0 : first), kept.length)]
}

const compactChildren = (
  type: DataType,
  data: ArrayData,
  from: number,
  length: number,
  range: Range | undefined
): ReadonlyArray<ArrayData> => {
  const slice = (start: number, count: number) =>
    data.children.map((child) => compact(child, child.offset + start, count))
  switch (type._tag) {
    case "Struct":
      return slice(from, length)
    case "FixedSizeList":
      return slice(from * type.listSize, length * type.listSize)
    case "Union":
      return type.mode === "Sparse" ? slice(from, length) : data.children.map((child) => compact(child))
    case "RunEndEncoded":
      return compactRuns(data, from, length)
    default:
      return range === undefined
        ? data.children.map((child) => compact(child))
        : slice(range.first, range.last - range.first)
  }
}

/**
 * `length` slots of `data` from slot `from` of its buffers as an array of offset 0, with nothing in its buffers and
 * children that no slot refers to by an offset. Buffers stay views where they can: bitmaps are shifted, and offsets
 * rebased, into new ones.
 */
export const compact = (data: ArrayData, from = data.offset, length = data.length): ArrayData => {
  const isWhole = from === data.offset && length === data.length
  const type = data.field.dictionary?.indexType ?? data.field.type
  const layout = layoutOf(type)
  let range: Range | undefined
  let nullCount = isWhole || type._tag === "Null" ? Math.min(data.nullCount, length) : 0
  const buffers = layout.buffers.map(({ kind, width }, i) => {
    const bytes = data.buffer(i)
    switch (kind) {
      case "validity": {
        if (data.nullCount === 0 || bytes.length === 0) return empty
        const bits = sliceBits(bytes, from, length)
        if (!isWhole) nullCount = length - countBits(bits, 0, length)
        return bits
      }
      case "bits":
        return sliceBits(bytes, from, length)
      case "fixed":
        return bytes.subarray(from * width, (from + length) * width)
      case "offsets":
        range = sliceOffsets(bytes, from, length, width === 8)
        return range.offsets
      case "data":
        return bytes.subarray(range!.first, range!.last)
    }
  })
  for (let i = layout.buffers.length; i < data.buffers.length; i++) buffers.push(data.buffer(i))
  const children = compactChildren(type, data, from, length, range)
  return new ArrayData(data.field, length, nullCount, buffers, children, data.dictionary)
}
