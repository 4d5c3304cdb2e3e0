/** The enumerations of `Schema.fbs` and `Message.fbs`: names in the order of their numbers. */
import type { DateUnit, IntervalUnit, Precision, TimeUnit, TypeTag } from "../DataType.ts"

/** The union `Type`, whose first member is none. */
export const types: ReadonlyArray<TypeTag | undefined> = [
  undefined,
  "Null",
  "Int",
  "FloatingPoint",
  "Binary",
  "Utf8",
  "Bool",
  "Decimal",
  "Date",
  "Time",
  "Timestamp",
  "Interval",
  "List",
  "Struct",
  "Union",
  "FixedSizeBinary",
  "FixedSizeList",
  "Map",
  "Duration",
  "LargeBinary",
  "LargeUtf8",
  "LargeList",
  "RunEndEncoded",
  "BinaryView",
  "Utf8View",
  "ListView",
  "LargeListView"
]

export const versions = ["V1", "V2", "V3", "V4", "V5"] as const
export const endiannesses = ["Little", "Big"] as const
export const precisions: ReadonlyArray<Precision> = ["HALF", "SINGLE", "DOUBLE"]
export const dateUnits: ReadonlyArray<DateUnit> = ["DAY", "MILLISECOND"]
export const timeUnits: ReadonlyArray<TimeUnit> = ["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"]
export const intervalUnits: ReadonlyArray<IntervalUnit> = ["YEAR_MONTH", "DAY_TIME", "MONTH_DAY_NANO"]
export const unionModes = ["Sparse", "Dense"] as const
export const codecs = ["LZ4_FRAME", "ZSTD"] as const
export const compressionMethods = ["BUFFER"] as const
