import type { Key, KeySpace } from "./keySpace.ts"
import { keyOf, malformed, type PyProtocol, reduce, type Reduction } from "./protocol.ts"

const check = (what: string, value: number, least: number, most: number): number => {
  if (!Number.isInteger(value) || value < least || value > most) throw malformed(`${what} must be in ${least}..${most}`)
  return value
}

const two = (n: number): string => String(n).padStart(2, "0")

/** Days since 1970-01-01, in the proleptic Gregorian calendar that both languages use. */
const epochDay = (year: number, month: number, day: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime() / 86_400_000
}

const daysIn = (year: number, month: number): number => epochDay(year, month + 1, 1) - epochDay(year, month, 1)

/** The day before the next power of two that a byte of the state marks a repeated (`fold`) time with. */
const foldBit = 0x80

/**
 * Python's `datetime.date`; a date that does not exist, or a year outside 1..9999, throws.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDate implements PyProtocol {
  readonly _tag = "PyDate"
  readonly year: number
  readonly month: number
  readonly day: number
  constructor(year: number, month: number, day: number) {
    this.year = check("year", year, 1, 9999)
    this.month = check("month", month, 1, 12)
    this.day = check("day", day, 1, daysIn(year, month))
  }
  /** `2024-02-29`. */
  toString(): string {
    return `${String(this.year).padStart(4, "0")}-${two(this.month)}-${two(this.day)}`
  }
  [keyOf](space: KeySpace): Key {
    return space.text("date", this.toString())
  }
  [reduce](): Reduction {
    const state = Uint8Array.of(this.year >> 8, this.year & 255, this.month, this.day)
    return { module: "datetime", name: "date", args: [state] }
  }
}

/**
 * Python's `datetime.timedelta`, normalized as Python does: `seconds` in 0..86399, `microseconds` in 0..999999.
 *
 * **Details**
 *
 * Throws for more than 999,999,999 days either way.
 *
 * @category models
 * @since 0.1.0
 */
export class PyTimeDelta implements PyProtocol {
  readonly _tag = "PyTimeDelta"
  readonly days: number
  readonly seconds: number
  readonly microseconds: number
  constructor(days: number, seconds = 0, microseconds = 0) {
    const most = Number.MAX_SAFE_INTEGER
    for (const part of [days, seconds, microseconds]) check("a part of a timedelta", part, -most, most)
    const carried = seconds + Math.floor(microseconds / 1_000_000)
    this.days = check("days", days + Math.floor(carried / 86_400), -999_999_999, 999_999_999)
    this.seconds = carried - Math.floor(carried / 86_400) * 86_400
    this.microseconds = microseconds - Math.floor(microseconds / 1_000_000) * 1_000_000
  }
  /** The whole of it in microseconds. */
  get total(): bigint {
    return (BigInt(this.days) * 86_400n + BigInt(this.seconds)) * 1_000_000n + BigInt(this.microseconds)
  }
  [keyOf](space: KeySpace): Key {
    return space.text("timedelta", String(this.total))
  }
  [reduce](): Reduction {
    return { module: "datetime", name: "timedelta", args: [this.days, this.seconds, this.microseconds].map(BigInt) }
  }
}

const minute = 60_000_000n
const day = 1440n * minute

/**
 * Python's `datetime.timezone`: a fixed offset, less than a day either way, with a name or without.
 *
 * @category models
 * @since 0.1.0
 */
export class PyTimeZone implements PyProtocol {
  readonly _tag = "PyTimeZone"
  readonly offset: PyTimeDelta
  readonly name: string | undefined
  constructor(offset: PyTimeDelta, name?: string) {
    if (offset.total <= -day || offset.total >= day) throw malformed("the offset of a timezone is less than a day")
    this.offset = offset
    this.name = name
  }
  /** The name, or `UTC`, `UTC+05:30`. */
  toString(): string {
    return this.name ?? `UTC${this.offset.total === 0n ? "" : formatOffset(this.offset)}`
  }
  [keyOf](space: KeySpace): Key {
    return space.text("timezone", String(this.offset.total))
  }
  [reduce](): Reduction {
    const args = this.name === undefined ? [this.offset] : [this.offset, this.name]
    return { module: "datetime", name: "timezone", args }
  }
}

const formatOffset = (offset: PyTimeDelta): string => {
  const total = offset.total
  const size = total < 0n ? -total : total
  const seconds = Number(size / 1_000_000n)
  const text = `${total < 0n ? "-" : "+"}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`
  const micro = Number(size % 1_000_000n)
  if (micro !== 0) return `${text}:${two(seconds % 60)}.${String(micro).padStart(6, "0")}`
  return seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`
}

/**
 * Python's `datetime.time`.
 *
 * **Details**
 *
 * `tz` is a {@link PyTimeZone}, `null`, or an inert object where unknown classes are let through. `fold` is 1 for the second of
 * two equal wall clock times; protocols below 4 cannot hold it. Fields out of range throw.
 *
 * @category models
 * @since 0.1.0
 */
export class PyTime implements PyProtocol {
  readonly _tag: string = "PyTime"
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  readonly tz: unknown
  readonly fold: number
  constructor(hour: number, minute = 0, second = 0, microsecond = 0, tz: unknown = null, fold = 0) {
    this.hour = check("hour", hour, 0, 23)
    this.minute = check("minute", minute, 0, 59)
    this.second = check("second", second, 0, 59)
    this.microsecond = check("microsecond", microsecond, 0, 999_999)
    this.tz = tz
    this.fold = check("fold", fold, 0, 1)
  }
  /** `12:34:56.789012+00:00`, as Python's `isoformat`. */
  toString(): string {
    const micro = this.microsecond === 0 ? "" : `.${String(this.microsecond).padStart(6, "0")}`
    const offset = this.tz instanceof PyTimeZone ? formatOffset(this.tz.offset) : ""
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${micro}${offset}`
  }
  [keyOf](space: KeySpace): Key {
    return timeKey(space, "time", this.tz, this.ofDay(), this)
  }
  [reduce]({ protocol }: { readonly protocol: number }): Reduction {
    return { module: "datetime", name: "time", args: this.withTz(this.state(protocol, 0)) }
  }
  /** Microseconds since midnight. */
  protected ofDay(): bigint {
    return BigInt((this.hour * 60 + this.minute) * 60 + this.second) * 1_000_000n + BigInt(this.microsecond)
  }
  /** The last six bytes of the state; the first of them, or the month before them, carries the fold. */
  protected state(protocol: number, before: number): Uint8Array {
    if (this.fold === 1 && protocol < 4) throw malformed("protocols below 4 cannot hold a time with fold=1")
    const { hour, microsecond, minute, second } = this
    const state = [hour, minute, second, microsecond >> 16, (microsecond >> 8) & 255, microsecond & 255]
    if (this.fold === 1 && before === 0) state[0]! |= foldBit
    return Uint8Array.from(state)
  }
  protected withTz(state: Uint8Array): ReadonlyArray<unknown> {
    return this.tz === null ? [state] : [state, this.tz]
  }
}

const timeKey = (space: KeySpace, tag: string, tz: unknown, micros: bigint, value: object): Key => {
  if (tz === null) return space.text(tag, String(micros))
  return tz instanceof PyTimeZone ? space.text(`${tag} utc`, String(micros - tz.offset.total)) : space.identity(value)
}

/**
 * Python's `datetime.datetime`: a date, and what {@link PyTime} says.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDateTime extends PyTime {
  override readonly _tag = "PyDateTime"
  readonly date: PyDate
  constructor(date: PyDate, hour = 0, minute = 0, second = 0, microsecond = 0, tz: unknown = null, fold = 0) {
    super(hour, minute, second, microsecond, tz, fold)
    this.date = date
  }
  /** `2024-02-29T12:34:56.789012+00:00`, as Python's `isoformat`. */
  override toString(): string {
    return `${this.date.toString()}T${super.toString()}`
  }
  /** Microseconds from 1970-01-01T00:00 in the value's own time zone, or in none. */
  get wallMicroseconds(): bigint {
    return BigInt(epochDay(this.date.year, this.date.month, this.date.day)) * day + this.ofDay()
  }
  override [keyOf](space: KeySpace): Key {
    return timeKey(space, "datetime", this.tz, this.wallMicroseconds, this)
  }
  override [reduce]({ protocol }: { readonly protocol: number }): Reduction {
    const { day, month, year } = this.date
    const marked = this.fold === 1 ? month | foldBit : month
    const state = Uint8Array.of(year >> 8, year & 255, marked, day, ...this.state(protocol, 1))
    return { module: "datetime", name: "datetime", args: this.withTz(state) }
  }
}

/** The time in six bytes of a state; `fold` is what an earlier byte says of it. */
const timeFields = (state: Uint8Array, at: number): [number, number, number, number] => [
  state[at]!,
  state[at + 1]!,
  state[at + 2]!,
  (state[at + 3]! << 16) | (state[at + 4]! << 8) | state[at + 5]!
]

/** The date in the four bytes that Python pickles. */
export const dateOf = (state: Uint8Array): PyDate => new PyDate((state[0]! << 8) | state[1]!, state[2]!, state[3]!)

/** The time in the six bytes that Python pickles. */
export const timeOf = (state: Uint8Array, tz: unknown): PyTime => {
  const [hour, minute, second, microsecond] = timeFields(state, 0)
  return new PyTime(hour & 127, minute, second, microsecond, tz, hour >> 7)
}

/** The time in the ten bytes that Python pickles. */
export const dateTimeOf = (state: Uint8Array, tz: unknown): PyDateTime => {
  const date = new PyDate((state[0]! << 8) | state[1]!, state[2]! & 127, state[3]!)
  return new PyDateTime(date, ...timeFields(state, 4), tz, state[2]! >> 7)
}

const utc = new PyTimeZone(new PyTimeDelta(0))

/** A moment as an aware `datetime` in UTC. */
export const fromDate = (at: Date): PyDateTime => {
  const date = new PyDate(at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate())
  const [hour, minute, second] = [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
  return new PyDateTime(date, hour, minute, second, at.getUTCMilliseconds() * 1000, utc)
}
