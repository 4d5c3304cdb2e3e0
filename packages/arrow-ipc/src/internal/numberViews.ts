/** How buffers of numbers are viewed. */
import type { ArrayData } from "../ArrayData.ts"
import type { Int } from "../DataType.ts"
import { byteWidth, isLarge } from "../Layout.ts"
import { integers, type Numbers, viewAs, widenHalves } from "./typedArrays.ts"

/** By half their width. */
const unsigned = [Uint8Array, Uint16Array, Uint32Array]
const signed = [Int8Array, Int16Array, Int32Array]

/**
 * The slots of an array as numbers: its values, or its indices. Float16 is widened to float32. Integers of 64
 * bits are rounded beyond 2^53: they must be indices or run ends, which are checked against less.
 */
export const numbersOf = (data: ArrayData): Numbers => {
  const type = data.field.dictionary?.indexType ?? data.field.type
  const width = byteWidth(type)
  const bytes = slotsOf(data, width)
  if (type._tag === "FloatingPoint") {
    return width < 4
      ? widenHalves(viewAs(Uint16Array, bytes))
      : width < 8
        ? viewAs(Float32Array, bytes)
        : viewAs(Float64Array, bytes)
  }
  if (width > 4) return integers(bytes, true)
  return viewAs<Numbers>(((type as Int).isSigned === false ? unsigned : signed)[width >> 1]!, bytes)
}

/** The bytes of an array's slots, of `width` bytes each. */
export const slotsOf = (data: ArrayData, width: number): Uint8Array =>
  data.buffer(1).subarray(data.offset * width, (data.offset + data.length) * width)

/** The offsets, or sizes, in a buffer of an array, from its first slot on. */
export const offsetsOf = (data: ArrayData, buffer = 1): Int32Array | Float64Array =>
  integers(data.buffer(buffer), isLarge(data.field.type)).subarray(data.offset)
