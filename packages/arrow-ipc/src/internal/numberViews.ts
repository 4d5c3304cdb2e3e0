/** How buffers of numbers are viewed. */
import type { Numbers } from "../NumberColumn.ts"
import { integers, viewAs, widenHalves } from "./typedArrays.ts"

type View = (bytes: Uint8Array) => Numbers

const int8: View = (bytes) => viewAs(Int8Array, bytes)
const int16: View = (bytes) => viewAs(Int16Array, bytes)
const int32: View = (bytes) => viewAs(Int32Array, bytes)
const uint8: View = (bytes) => bytes
const uint16: View = (bytes) => viewAs(Uint16Array, bytes)
const uint32: View = (bytes) => viewAs(Uint32Array, bytes)
const int64: View = (bytes) => integers(bytes, true)
const float16: View = (bytes) => widenHalves(viewAs(Uint16Array, bytes))
const float32: View = (bytes) => viewAs(Float32Array, bytes)
const float64: View = (bytes) => viewAs(Float64Array, bytes)

const signed: Record<number, View> = { 8: int8, 16: int16, 32: int32, 64: int64 }
const unsigned: Record<number, View> = { 8: uint8, 16: uint16, 32: uint32, 64: int64 }
/** How float buffers are viewed; float16 is widened to float32. */
export const floatViews = { HALF: float16, SINGLE: float32, DOUBLE: float64 }

/**
 * Integers of up to 64 bits as numbers. Those of 64 bits are rounded beyond 2^53: they must be indices, offsets or run
 * ends, which are checked against less.
 */
export const integerView = (bitWidth: number, isSigned: boolean): View => (isSigned ? signed : unsigned)[bitWidth]!
