/**
 * The logical types of the columnar format, under the names of `Schema.fbs`.
 *
 * A type holds its parameters only; children belong to the `Field`, as they do in the format.
 *
 * @since 0.1.0
 */

/**
 * Unit of a date.
 *
 * @category models
 * @since 0.1.0
 */
export type DateUnit = "DAY" | "MILLISECOND"

/**
 * Unit of a time, timestamp or duration.
 *
 * @category models
 * @since 0.1.0
 */
export type TimeUnit = "SECOND" | "MILLISECOND" | "MICROSECOND" | "NANOSECOND"

/**
 * Unit of an interval: months (int32), days and milliseconds (2 x int32), or months, days (int32) and nanoseconds
 * (int64).
 *
 * @category models
 * @since 0.1.0
 */
export type IntervalUnit = "YEAR_MONTH" | "DAY_TIME" | "MONTH_DAY_NANO"

/**
 * Width of a float: 16, 32 or 64 bits.
 *
 * @category models
 * @since 0.1.0
 */
export type Precision = "HALF" | "SINGLE" | "DOUBLE"

/**
 * A two's complement or unsigned integer of 8, 16, 32 or 64 bits.
 *
 * @category models
 * @since 0.1.0
 */
export interface Int {
  readonly _tag: "Int"
  readonly bitWidth: 8 | 16 | 32 | 64
  readonly isSigned: boolean
}

/**
 * A timestamp since 1970-01-01T00:00:00; `timezone` absent means local time of no known zone.
 *
 * @category models
 * @since 0.1.0
 */
export interface Timestamp {
  readonly _tag: "Timestamp"
  readonly unit: TimeUnit
  readonly timezone: string | undefined
}

/**
 * One of several children a row; `typeIds` are the ids that the type buffer holds, child by child.
 *
 * @category models
 * @since 0.1.0
 */
export interface Union {
  readonly _tag: "Union"
  readonly mode: "Sparse" | "Dense"
  readonly typeIds: ReadonlyArray<number>
}

/**
 * Lists of `listSize` values each.
 *
 * @category models
 * @since 0.1.0
 */
export interface FixedSizeList {
  readonly _tag: "FixedSizeList"
  readonly listSize: number
}

/**
 * A logical type of the columnar format.
 *
 * @category models
 * @since 0.1.0
 */
export type DataType =
  | { readonly _tag: "Null" }
  | Int
  | { readonly _tag: "FloatingPoint"; readonly precision: Precision }
  | { readonly _tag: "Binary" }
  | { readonly _tag: "Utf8" }
  | { readonly _tag: "Bool" }
  | {
      readonly _tag: "Decimal"
      readonly bitWidth: 32 | 64 | 128 | 256
      readonly precision: number
      readonly scale: number
    }
  | { readonly _tag: "Date"; readonly unit: DateUnit }
  | { readonly _tag: "Time"; readonly unit: TimeUnit; readonly bitWidth: 32 | 64 }
  | Timestamp
  | { readonly _tag: "Interval"; readonly unit: IntervalUnit }
  | { readonly _tag: "List" }
  | { readonly _tag: "Struct" }
  | Union
  | { readonly _tag: "FixedSizeBinary"; readonly byteWidth: number }
  | FixedSizeList
  | { readonly _tag: "Map"; readonly keysSorted: boolean }
  | { readonly _tag: "Duration"; readonly unit: TimeUnit }
  | { readonly _tag: "LargeBinary" }
  | { readonly _tag: "LargeUtf8" }
  | { readonly _tag: "LargeList" }
  | { readonly _tag: "RunEndEncoded" }
  | { readonly _tag: "BinaryView" }
  | { readonly _tag: "Utf8View" }
  | { readonly _tag: "ListView" }
  | { readonly _tag: "LargeListView" }

/**
 * The tag of a type: `Int`, `Utf8`, `RunEndEncoded`, ...
 *
 * @category models
 * @since 0.1.0
 */
export type TypeTag = DataType["_tag"]

/**
 * An integer type.
 *
 * @category constructors
 * @since 0.1.0
 */
export const int = (bitWidth: Int["bitWidth"], isSigned = true): Int => ({ _tag: "Int", bitWidth, isSigned })

/**
 * A float type.
 *
 * @category constructors
 * @since 0.1.0
 */
export const float = (precision: Precision): DataType => ({ _tag: "FloatingPoint", precision })

/**
 * A decimal of `precision` digits, `scale` of them after the point, stored in `bitWidth` bits.
 *
 * @category constructors
 * @since 0.1.0
 */
export const decimal = (precision: number, scale: number, bitWidth: 32 | 64 | 128 | 256 = 128): DataType => ({
  _tag: "Decimal",
  bitWidth,
  precision,
  scale
})

/**
 * A timestamp type.
 *
 * @category constructors
 * @since 0.1.0
 */
export const timestamp = (unit: TimeUnit, timezone?: string): Timestamp => ({ _tag: "Timestamp", unit, timezone })

/**
 * A time of day: 32 bits for seconds and milliseconds, 64 for finer units.
 *
 * @category constructors
 * @since 0.1.0
 */
export const time = (unit: TimeUnit): DataType => ({
  _tag: "Time",
  unit,
  bitWidth: unit === "SECOND" || unit === "MILLISECOND" ? 32 : 64
})

/**
 * A type on one line: its tag, and its parameters where it has some, such as `Timestamp(MILLISECOND, UTC)`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (type: DataType): string => {
  const { _tag, ...parameters } = type
  const values = Object.values(parameters).filter((value) => value !== undefined)
  return values.length === 0 ? _tag : `${_tag}(${values.map(String).join(", ")})`
}
