/**
 * Schemas of Python's values, and codecs from them to Effect's own.
 *
 * @since 0.1.0
 */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { fromDate } from "./internal/py/time.ts"
import * as Py from "./Py.ts"

const instanceOf = <C extends abstract new (...args: never) => unknown>(type: C) =>
  Schema.declare((u): u is InstanceType<C> => u instanceof type, { title: type.name, expected: type.name })

/**
 * The schema of `Py.PyDict`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyDict = instanceOf(Py.PyDict)

/**
 * The schema of `Py.PySet`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PySet = instanceOf(Py.PySet)

/**
 * The schema of `Py.PyTuple`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyTuple = instanceOf(Py.PyTuple)

/**
 * The schema of `Py.PyByteArray`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyByteArray = instanceOf(Py.PyByteArray)

/**
 * The schema of `Py.PyDeque`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyDeque = instanceOf(Py.PyDeque)

/**
 * The schema of `Py.PyComplex`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyComplex = instanceOf(Py.PyComplex)

/**
 * The schema of `Py.PyDecimal`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyDecimal = instanceOf(Py.PyDecimal)

/**
 * The schema of `Py.PyFraction`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyFraction = instanceOf(Py.PyFraction)

/**
 * The schema of `Py.PyRange`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyRange = instanceOf(Py.PyRange)

/**
 * The schema of `Py.PySlice`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PySlice = instanceOf(Py.PySlice)

/**
 * The schema of `Py.PyDate`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyDate = instanceOf(Py.PyDate)

/**
 * The schema of `Py.PyTime`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyTime = instanceOf(Py.PyTime)

/**
 * The schema of `Py.PyDateTime`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyDateTime = instanceOf(Py.PyDateTime)

/**
 * The schema of `Py.PyTimeDelta`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyTimeDelta = instanceOf(Py.PyTimeDelta)

/**
 * The schema of `Py.PyTimeZone`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyTimeZone = instanceOf(Py.PyTimeZone)

/**
 * The schema of `Py.PyUuid`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyUuid = instanceOf(Py.PyUuid)

/**
 * The schema of `Py.PyPath`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const PyPath = instanceOf(Py.PyPath)

/**
 * The schema of `Py.NumpyScalar`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NumpyScalar = instanceOf(Py.NumpyScalar)

/**
 * The schema of `Py.NumpyDtype`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const NumpyDtype = instanceOf(Py.NumpyDtype)

const invalid = (message: string) => Effect.fail(new SchemaIssue.InvalidValue({ message }))

/**
 * Effect's `BigDecimal` of a `Decimal`, digit for digit; infinities and NaN fail.
 *
 * **Example** (A decimal of a pickle)
 *
 * ```ts
 * import { Py, PySchema } from "@bytewright/nco"
 * import * as BigDecimal from "effect/BigDecimal"
 * import * as Schema from "effect/Schema"
 *
 * const price = Schema.decodeSync(PySchema.BigDecimalFromPy)(new Py.PyDecimal("1.10"))
 * console.log(BigDecimal.format(BigDecimal.sum(price, price)))
 * // => 2.2
 * ```
 *
 * @category codecs
 * @since 0.1.0
 */
export const BigDecimalFromPy = PyDecimal.pipe(
  Schema.decodeTo(
    Schema.BigDecimal,
    SchemaTransformation.transformEffect<BigDecimal.BigDecimal, Py.PyDecimal>({
      decode: ({ text }) =>
        Option.match(BigDecimal.fromString(text), {
          onNone: () => invalid(`the decimal ${text} is no number`),
          onSome: Effect.succeed
        }),
      // Not formatted: that would write an exponent out as zeros.
      encode: ({ scale, value }) => Effect.succeed(new Py.PyDecimal(`${value}E${-scale}`))
    })
  )
)

/**
 * Effect's `DateTime.Utc` of an aware `datetime`. A naive one fails, and so does one with a fraction of a millisecond, which
 * `DateTime` cannot hold. Written, the time zone is UTC.
 *
 * @category codecs
 * @since 0.1.0
 */
export const DateTimeUtcFromPy = PyDateTime.pipe(
  Schema.decodeTo(
    Schema.DateTimeUtc,
    SchemaTransformation.transformEffect<DateTime.Utc, Py.PyDateTime>({
      decode: (value) => {
        if (!(value.tz instanceof Py.PyTimeZone)) return invalid("the datetime has no time zone")
        const micros = value.wallMicroseconds - value.tz.offset.total
        return micros % 1000n === 0n
          ? Effect.succeed(DateTime.makeUnsafe(Number(micros / 1000n)))
          : invalid("the datetime has a fraction of a millisecond")
      },
      encode: (value) => {
        const at = new Date(DateTime.toEpochMillis(value))
        const year = at.getUTCFullYear()
        if (year < 1 || year > 9999) return invalid(`Python has no year ${year}`)
        return Effect.succeed(fromDate(at))
      }
    })
  )
)
