/**
 * Arrow types that know the JavaScript values they hold.
 *
 * @since 0.1.0
 */
import * as DataType from "./DataType.ts"
import type { DayTime, MonthDayNano } from "./FixedColumn.ts"
import { field, type Field } from "./Schema.ts"

/**
 * An Arrow type whose values are `A` in JavaScript; not nullable unless made so by `nullable`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Type<out A> {
  /** Never there at run time: carries the type of the values. */
  readonly Value?: A
  /** The field without its name. */
  readonly field: Field
}

/**
 * The values of a type.
 *
 * @category models
 * @since 0.1.0
 */
export type ValueOf<T> = T extends Type<infer A> ? A : never

/**
 * The types of a schema by the names of its fields.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = { readonly [name: string]: Type<unknown> }

/**
 * A row of a schema: one value a field.
 *
 * @category models
 * @since 0.1.0
 */
export type Row<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }

const plain = <A>(type: DataType.DataType, children: ReadonlyArray<Field> = []): Type<A> => ({
  field: field("", type, { nullable: false, children })
})

const named = (name: string, { field }: Type<unknown>): Field => ({ ...field, name })

/**
 * The fields that types make under their names.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fieldsOf = (fields: Fields): ReadonlyArray<Field> =>
  Object.entries(fields).map(([name, type]) => named(name, type))

/**
 * Signed integers of 8 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const int8: Type<number> = plain(DataType.int(8))
/**
 * Signed integers of 16 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const int16: Type<number> = plain(DataType.int(16))
/**
 * Signed integers of 32 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const int32: Type<number> = plain(DataType.int(32))
/**
 * Signed integers of 64 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const int64: Type<bigint> = plain(DataType.int(64))
/**
 * Unsigned integers of 8 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const uint8: Type<number> = plain(DataType.int(8, false))
/**
 * Unsigned integers of 16 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const uint16: Type<number> = plain(DataType.int(16, false))
/**
 * Unsigned integers of 32 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const uint32: Type<number> = plain(DataType.int(32, false))
/**
 * Unsigned integers of 64 bits.
 *
 * @category types
 * @since 0.1.0
 */
export const uint64: Type<bigint> = plain(DataType.int(64, false))
/**
 * Floats of half precision.
 *
 * @category types
 * @since 0.1.0
 */
export const float16: Type<number> = plain(DataType.float("HALF"))
/**
 * Floats of single precision.
 *
 * @category types
 * @since 0.1.0
 */
export const float32: Type<number> = plain(DataType.float("SINGLE"))
/**
 * Floats of double precision.
 *
 * @category types
 * @since 0.1.0
 */
export const float64: Type<number> = plain(DataType.float("DOUBLE"))
/**
 * Booleans.
 *
 * @category types
 * @since 0.1.0
 */
export const bool: Type<boolean> = plain({ _tag: "Bool" })
/**
 * Text, with 32-bit offsets.
 *
 * @category types
 * @since 0.1.0
 */
export const utf8: Type<string> = plain({ _tag: "Utf8" })
/**
 * Text, with 64-bit offsets.
 *
 * @category types
 * @since 0.1.0
 */
export const largeUtf8: Type<string> = plain({ _tag: "LargeUtf8" })
/**
 * Text, as views.
 *
 * @category types
 * @since 0.1.0
 */
export const utf8View: Type<string> = plain({ _tag: "Utf8View" })
/**
 * Bytes, with 32-bit offsets.
 *
 * @category types
 * @since 0.1.0
 */
export const binary: Type<Uint8Array> = plain({ _tag: "Binary" })
/**
 * Bytes, with 64-bit offsets.
 *
 * @category types
 * @since 0.1.0
 */
export const largeBinary: Type<Uint8Array> = plain({ _tag: "LargeBinary" })
/**
 * Bytes, as views.
 *
 * @category types
 * @since 0.1.0
 */
export const binaryView: Type<Uint8Array> = plain({ _tag: "BinaryView" })
/**
 * Days since 1970-01-01.
 *
 * @category types
 * @since 0.1.0
 */
export const date32: Type<number> = plain({ _tag: "Date", unit: "DAY" })
/**
 * Milliseconds since 1970-01-01, whole days.
 *
 * @category types
 * @since 0.1.0
 */
export const date64: Type<bigint> = plain({ _tag: "Date", unit: "MILLISECOND" })

/**
 * Bytes of a fixed length.
 *
 * @category types
 * @since 0.1.0
 */
export const fixedSizeBinary = (byteWidth: number): Type<Uint8Array> => plain({ _tag: "FixedSizeBinary", byteWidth })

/**
 * Units since 1970-01-01T00:00:00, in UTC where there is a time zone.
 *
 * @category types
 * @since 0.1.0
 */
export const timestamp = (unit: DataType.TimeUnit, timezone?: string): Type<bigint> =>
  plain(DataType.timestamp(unit, timezone))

/**
 * A duration in `unit`.
 *
 * @category types
 * @since 0.1.0
 */
export const duration = (unit: DataType.TimeUnit): Type<bigint> => plain({ _tag: "Duration", unit })

/**
 * Seconds or milliseconds since midnight.
 *
 * @category types
 * @since 0.1.0
 */
export const time32 = (unit: "SECOND" | "MILLISECOND"): Type<number> => plain(DataType.time(unit))

/**
 * Microseconds or nanoseconds since midnight.
 *
 * @category types
 * @since 0.1.0
 */
export const time64 = (unit: "MICROSECOND" | "NANOSECOND"): Type<bigint> => plain(DataType.time(unit))

/**
 * The unscaled integer of a decimal.
 *
 * @category types
 * @since 0.1.0
 */
export const decimal = (precision: number, scale: number, bitWidth: 32 | 64 | 128 | 256 = 128): Type<bigint> =>
  plain(DataType.decimal(precision, scale, bitWidth))

/**
 * Days and milliseconds.
 *
 * @category types
 * @since 0.1.0
 */
export const intervalDayTime: Type<DayTime> = plain({ _tag: "Interval", unit: "DAY_TIME" })
/**
 * Months, days and nanoseconds.
 *
 * @category types
 * @since 0.1.0
 */
export const intervalMonthDayNano: Type<MonthDayNano> = plain({ _tag: "Interval", unit: "MONTH_DAY_NANO" })
/**
 * Months.
 *
 * @category types
 * @since 0.1.0
 */
export const intervalYearMonth: Type<number> = plain({ _tag: "Interval", unit: "YEAR_MONTH" })

/**
 * The same type with empty slots.
 *
 * @category types
 * @since 0.1.0
 */
export const nullable = <A>(type: Type<A>): Type<A | null> => ({ field: { ...type.field, nullable: true } })

/**
 * Lists of `item`.
 *
 * @category types
 * @since 0.1.0
 */
export const list = <A>(item: Type<A>): Type<ReadonlyArray<A>> => plain({ _tag: "List" }, [named("item", item)])

/**
 * Lists of `item` with 64-bit offsets.
 *
 * @category types
 * @since 0.1.0
 */
export const largeList = <A>(item: Type<A>): Type<ReadonlyArray<A>> =>
  plain({ _tag: "LargeList" }, [named("item", item)])

/**
 * Lists of `listSize` items.
 *
 * @category types
 * @since 0.1.0
 */
export const fixedSizeList = <A>(item: Type<A>, listSize: number): Type<ReadonlyArray<A>> =>
  plain({ _tag: "FixedSizeList", listSize }, [named("item", item)])

/**
 * Structs of named fields.
 *
 * @category types
 * @since 0.1.0
 */
export const struct = <const F extends Fields>(fields: F): Type<Row<F>> => plain({ _tag: "Struct" }, fieldsOf(fields))

/**
 * Maps, as pairs in their order; keys may repeat.
 *
 * @category types
 * @since 0.1.0
 */
export const map = <K, V>(key: Type<K>, value: Type<V>): Type<ReadonlyArray<readonly [K, V]>> =>
  plain({ _tag: "Map", keysSorted: false }, [
    named("entries", plain({ _tag: "Struct" }, [named("key", key), named("value", value)]))
  ])

/**
 * Values of `type` through a dictionary, `id` telling those of a schema apart.
 *
 * @category types
 * @since 0.1.0
 */
export const dictionary = <A>(
  type: Type<A>,
  id: bigint,
  indexType: DataType.Int = DataType.int(32),
  isOrdered = false
): Type<A> => ({ field: { ...type.field, dictionary: { id, indexType, isOrdered } } })
