/** Checks of what values mean: rules that old writers broke without harm to memory. */
import type { ArrayData } from "../ArrayData.ts"
import type { DataType, TimeUnit } from "../DataType.ts"
import { readDecimal } from "../FixedColumn.ts"
import type { Fault } from "./fault.ts"
import { viewAs } from "./typedArrays.ts"

const perDay: Record<TimeUnit, bigint> = {
  SECOND: 86_400n,
  MILLISECOND: 86_400_000n,
  MICROSECOND: 86_400_000_000n,
  NANOSECOND: 86_400_000_000_000n
}

const isValid = (data: ArrayData, slot: number): boolean =>
  data.nullCount === 0 || ((data.buffer(0)[slot >> 3]! >> (slot & 7)) & 1) === 1

/** Calls `check` with each slot that holds a value. */
const slots = (data: ArrayData, check: (slot: number) => void): void => {
  for (let slot = data.offset; slot < data.offset + data.length; slot++) if (isValid(data, slot)) check(slot)
}

const checkDecimals = (data: ArrayData, bitWidth: number, precision: number, fault: Fault): void => {
  const bytes = data.buffer(1)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const width = bitWidth >> 3
  const bound = 10n ** BigInt(precision)
  slots(data, (slot) => {
    const value = readDecimal(view, slot * width, width)
    if (value >= bound || value <= -bound) {
      fault.data("precision", slot - data.offset, `${value} has more than ${precision} digits`, bytes, slot * width)
    }
  })
}

const checkDates = (data: ArrayData, fault: Fault): void => {
  const bytes = data.buffer(1)
  const values = viewAs(BigInt64Array, bytes)
  slots(data, (slot) => {
    if (values[slot]! % perDay.MILLISECOND !== 0n) {
      fault.data("date", slot - data.offset, `${values[slot]!} ms are no whole days`, bytes, slot * 8)
    }
  })
}

const checkTimes = (data: ArrayData, type: DataType & { readonly _tag: "Time" }, fault: Fault): void => {
  const bytes = data.buffer(1)
  const values = type.bitWidth === 32 ? viewAs(Int32Array, bytes) : viewAs(BigInt64Array, bytes)
  slots(data, (slot) => {
    const value = BigInt(values[slot]!)
    if (value < 0n || value >= perDay[type.unit]) {
      fault.data("time", slot - data.offset, `${value} is no time of a day`, bytes, slot * (type.bitWidth >> 3))
    }
  })
}

export const checkSemantic = (data: ArrayData, fault: Fault): void => {
  const { nullable, type } = data.field
  if (!nullable && data.nullCount > 0 && type._tag !== "Null") {
    fault.data("non-nullable", 0, `${data.nullCount} slots are null in a field that is not nullable`)
  }
  if (data.dictionary !== undefined) return
  switch (type._tag) {
    case "Decimal":
      return checkDecimals(data, type.bitWidth, type.precision, fault)
    case "Date":
      return type.unit === "MILLISECOND" ? checkDates(data, fault) : undefined
    case "Time":
      return checkTimes(data, type, fault)
    case "Map":
      if (data.children[0]!.children[0]!.nullCount > 0) fault.data("map-key", 0, "keys of a map are null")
      return
    default:
  }
}
