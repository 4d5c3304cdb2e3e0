/** Builds the arrays of fixed width: numbers, booleans, decimals, dates, times, intervals and fixed-size bytes. */
import { ArrayData } from "../ArrayData.ts"
import type { DataType, Int, TimeUnit } from "../DataType.ts"
import type { Slots } from "./slots.ts"

const done = (slots: Slots, values: ArrayBufferView): ArrayData =>
  new ArrayData(
    slots.field,
    slots.length,
    slots.nullCount,
    [slots.validity, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)],
    [],
    undefined
  )

const integerArrays = {
  "8": [Uint8Array, Int8Array],
  "16": [Uint16Array, Int16Array],
  "32": [Uint32Array, Int32Array]
} as const

/** A typed array of exactly the stored kind is taken as it is: no null can be in it, and no value out of range. */
const taken = (slots: Slots, Kind: abstract new () => ArrayBufferView): ArrayData | undefined =>
  slots.values instanceof Kind ? done(slots, slots.values) : undefined

const buildInteger = (slots: Slots, width: 8 | 16 | 32, isSigned: boolean): ArrayData => {
  const Kind = integerArrays[width][isSigned ? 1 : 0]
  const view = taken(slots, Kind)
  if (view !== undefined) return view
  const { length, values } = slots
  const output = new Kind(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (typeof value === "number") {
      output[i] = value
      if (output[i] === value && !(value === 0 && 1 / value < 0)) continue
    } else if (value === null || value === undefined) {
      slots.setNull(i)
      continue
    }
    output[i] = typeof value === "bigint" ? Number(value) : NaN
    if (typeof value !== "bigint" || BigInt(output[i]!) !== value) {
      slots.refuse(i, value, `an ${isSigned ? "" : "unsigned "}integer of ${width} bits`)
    }
  }
  return done(slots, output)
}

/** Turns a value into the bigint that is stored, or fails. */
type Integer64 = (slots: Slots, row: number, value: unknown) => bigint

const integer64: Integer64 = (slots, row, value) => {
  if (typeof value === "bigint") return value
  if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value)
  return slots.refuse(row, value, "a bigint or a safe integer")
}

const build64 = (slots: Slots, isSigned: boolean, read: Integer64): ArrayData => {
  const Kind = isSigned ? BigInt64Array : BigUint64Array
  const view = taken(slots, Kind)
  if (view !== undefined) return view
  const { length, values } = slots
  const output = new Kind(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value === null || value === undefined) {
      slots.setNull(i)
      continue
    }
    const integer = read(slots, i, value)
    output[i] = integer
    if (output[i] !== integer) slots.refuse(i, value, `an ${isSigned ? "" : "unsigned "}integer of 64 bits`)
  }
  return done(slots, output)
}

export const buildInt = (slots: Slots, type: Int): ArrayData =>
  type.bitWidth === 64 ? build64(slots, type.isSigned, integer64) : buildInteger(slots, type.bitWidth, type.isSigned)

const floatArrays = { HALF: Float16Array, SINGLE: Float32Array, DOUBLE: Float64Array } as const

export const buildFloat = (slots: Slots, precision: "HALF" | "SINGLE" | "DOUBLE"): ArrayData => {
  const Kind = floatArrays[precision]
  const view = taken(slots, Kind)
  if (view !== undefined) return view
  const { length, values } = slots
  const output = new Kind(length)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (typeof value === "number") {
      output[i] = value
      if (output[i] !== value && value === value) {
        slots.refuse(i, value, `exact in ${precision.toLowerCase()} precision; round it first`)
      }
    } else if (value === null || value === undefined) slots.setNull(i)
    else slots.refuse(i, value, "a number")
  }
  return done(slots, output)
}

export const buildBool = (slots: Slots): ArrayData => {
  const { length, values } = slots
  const output = new Uint8Array((length + 7) >>> 3)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value === true) output[i >> 3]! |= 1 << (i & 7)
    else if (value === null || value === undefined) slots.setNull(i)
    else if (value !== false) slots.refuse(i, value, "a boolean")
  }
  return done(slots, output)
}

const dayMilliseconds = 86_400_000

const perSecond: Record<TimeUnit, bigint> = {
  SECOND: 1n,
  MILLISECOND: 1_000n,
  MICROSECOND: 1_000_000n,
  NANOSECOND: 1_000_000_000n
}

/** Milliseconds of a `Date` in the unit of the column. */
const dateIn =
  (unit: TimeUnit): Integer64 =>
  (slots, row, value) => {
    if (!(value instanceof Date)) return integer64(slots, row, value)
    const time = value.getTime()
    if (Number.isNaN(time)) slots.refuse(row, value, "a valid date")
    if (unit === "SECOND" && time % 1_000 !== 0) slots.refuse(row, value.toISOString(), "a whole second")
    return unit === "SECOND" ? BigInt(time / 1_000) : BigInt(time) * (perSecond[unit] / 1_000n)
  }

const date64: Integer64 = (slots, row, value) => {
  const time = dateIn("MILLISECOND")(slots, row, value)
  return time % BigInt(dayMilliseconds) === 0n ? time : slots.fail("date", row, `${time} ms is not a whole day`)
}

const asDays = (slots: Slots): ArrayLike<unknown> =>
  Array.from(slots.values, (value, i) => {
    if (!(value instanceof Date)) return value
    const days = value.getTime() / dayMilliseconds
    return Number.isInteger(days) ? days : slots.fail("date", i, `${show(value)} is not midnight in UTC`)
  })

const show = (date: Date): string => (Number.isNaN(date.getTime()) ? "an invalid date" : date.toISOString())

const time64 =
  (unit: TimeUnit): Integer64 =>
  (slots, row, value) => {
    const time = integer64(slots, row, value)
    const day = 86_400n * perSecond[unit]
    return time >= 0n && time < day ? time : slots.fail("time", row, `${time} is not a time of day in ${unit}`)
  }

const checkTime32 = (slots: Slots, unit: TimeUnit): void => {
  const day = unit === "SECOND" ? 86_400 : dayMilliseconds
  for (let i = 0; i < slots.length; i++) {
    const value = slots.values[i] as number
    if (value < 0 || value >= day) slots.fail("time", i, `${value} is not a time of day in ${unit}`)
  }
}

export const buildTemporal = (
  slots: Slots,
  type: Extract<DataType, { _tag: "Date" | "Time" | "Timestamp" | "Duration" }>
): ArrayData => {
  switch (type._tag) {
    case "Date":
      if (type.unit === "MILLISECOND") return build64(slots, true, date64)
      return buildInteger(slots.values instanceof Int32Array ? slots : slots.with(asDays(slots)), 32, true)
    case "Time":
      if (type.bitWidth === 64) return build64(slots, true, time64(type.unit))
      checkTime32(slots, type.unit)
      return buildInteger(slots, 32, true)
    case "Timestamp":
      return build64(slots, true, dateIn(type.unit))
    case "Duration":
      return build64(slots, true, integer64)
  }
}

/** A decimal's unscaled integer: a bigint is one already, text is scaled, an Effect `BigDecimal` too. */
const unscaled = (slots: Slots, row: number, value: unknown, scale: number): bigint => {
  if (typeof value === "bigint") return value
  if (typeof value === "string") return rescale(slots, row, value, ...parseDecimal(slots, row, value), scale)
  if (typeof value === "object" && value !== null && "value" in value && "scale" in value) {
    const decimal = value as { readonly value: unknown; readonly scale: unknown }
    if (typeof decimal.value === "bigint" && typeof decimal.scale === "number") {
      return rescale(slots, row, `${decimal.value}e${-decimal.scale}`, decimal.value, decimal.scale, scale)
    }
  }
  return slots.refuse(row, value, "a bigint (the unscaled integer), decimal text or a BigDecimal")
}

const parseDecimal = (slots: Slots, row: number, text: string): [bigint, number] => {
  const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (match === null) return slots.refuse(row, text, "decimal text")
  const [, sign, whole, fraction = ""] = match
  const digits = BigInt(whole! + fraction)
  return [sign === "-" ? -digits : digits, fraction.length]
}

const rescale = (slots: Slots, row: number, shown: string, value: bigint, from: number, to: number): bigint => {
  // Far beyond what 76 digits can hold; raising 10 to it would be the work of the attacker's choice.
  if (value === 0n) return 0n
  if (Math.abs(to - from) > 100_000) return slots.fail("precision", row, `${shown} does not fit`)
  if (to >= from) return value * 10n ** BigInt(to - from)
  const divisor = 10n ** BigInt(from - to)
  return value % divisor === 0n
    ? value / divisor
    : slots.fail("precision", row, `${shown} has more than ${to} digits after the point`)
}

export const buildDecimal = (slots: Slots, type: Extract<DataType, { _tag: "Decimal" }>): ArrayData => {
  const { length, values } = slots
  const width = type.bitWidth >> 3
  const output = new Uint8Array(length * width)
  const view = new DataView(output.buffer)
  const limit = 10n ** BigInt(type.precision)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value === null || value === undefined) {
      slots.setNull(i)
      continue
    }
    let integer = unscaled(slots, i, value, type.scale)
    if (integer >= limit || integer <= -limit) {
      slots.fail("precision", i, `${integer} has more than ${type.precision} digits`)
    }
    if (width === 4) view.setInt32(i * 4, Number(integer), true)
    for (let at = 0; at + 8 <= width; at += 8) {
      view.setBigInt64(i * width + at, BigInt.asIntN(64, integer), true)
      integer >>= 64n
    }
  }
  return done(slots, output)
}

const isInt32 = (value: unknown): value is number =>
  typeof value === "number" && (value | 0) === value && !Object.is(value, -0)

export const buildInterval = (slots: Slots, unit: "YEAR_MONTH" | "DAY_TIME" | "MONTH_DAY_NANO"): ArrayData => {
  if (unit === "YEAR_MONTH") return buildInteger(slots, 32, true)
  const { length, values } = slots
  const width = unit === "DAY_TIME" ? 8 : 16
  const output = new Uint8Array(length * width)
  const view = new DataView(output.buffer)
  for (let i = 0; i < length; i++) {
    if (slots.isNull(i)) {
      slots.setNull(i)
      continue
    }
    const value = values[i] as { days?: unknown; milliseconds?: unknown; months?: unknown; nanoseconds?: unknown }
    const { days, milliseconds, months, nanoseconds } = value
    if (unit === "DAY_TIME" && isInt32(days) && isInt32(milliseconds)) {
      view.setInt32(i * 8, days, true)
      view.setInt32(i * 8 + 4, milliseconds, true)
    } else if (
      unit === "MONTH_DAY_NANO" &&
      isInt32(months) &&
      isInt32(days) &&
      typeof nanoseconds === "bigint" &&
      BigInt.asIntN(64, nanoseconds) === nanoseconds
    ) {
      view.setInt32(i * 16, months, true)
      view.setInt32(i * 16 + 4, days, true)
      view.setBigInt64(i * 16 + 8, nanoseconds, true)
    } else {
      slots.refuse(i, value, unit === "DAY_TIME" ? "{ days, milliseconds }" : "{ months, days, nanoseconds }")
    }
  }
  return done(slots, output)
}

export const buildFixedSizeBinary = (slots: Slots, width: number): ArrayData => {
  const { length, values } = slots
  const output = new Uint8Array(length * width)
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (value === null || value === undefined) slots.setNull(i)
    else if (value instanceof Uint8Array && value.length === width) output.set(value, i * width)
    else slots.refuse(i, value, `a Uint8Array of ${width} bytes`)
  }
  return done(slots, output)
}

export const buildNull = (slots: Slots): ArrayData => {
  for (let i = 0; i < slots.length; i++) if (!slots.isNull(i)) slots.refuse(i, slots.values[i], "null")
  return new ArrayData(slots.field, slots.length, slots.length, [], [], undefined)
}
