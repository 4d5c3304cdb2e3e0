/** Effect Schemas of `DataType` and `Schema`. */
import * as S from "effect/Schema"
import type { Field, Schema } from "../Schema.ts"

const timeUnit = S.Literals(["SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"])

export const int = S.TaggedStruct("Int", { bitWidth: S.Literals([8, 16, 32, 64]), isSigned: S.Boolean })

const plain = [
  S.TaggedStruct("Null", {}),
  S.TaggedStruct("Binary", {}),
  S.TaggedStruct("Utf8", {}),
  S.TaggedStruct("Bool", {}),
  S.TaggedStruct("List", {}),
  S.TaggedStruct("Struct", {}),
  S.TaggedStruct("LargeBinary", {}),
  S.TaggedStruct("LargeUtf8", {}),
  S.TaggedStruct("LargeList", {}),
  S.TaggedStruct("RunEndEncoded", {}),
  S.TaggedStruct("BinaryView", {}),
  S.TaggedStruct("Utf8View", {}),
  S.TaggedStruct("ListView", {}),
  S.TaggedStruct("LargeListView", {})
] as const

export const dataType = S.Union([
  ...plain,
  int,
  S.TaggedStruct("FloatingPoint", { precision: S.Literals(["HALF", "SINGLE", "DOUBLE"]) }),
  S.TaggedStruct("Decimal", { bitWidth: S.Literals([32, 64, 128, 256]), precision: S.Int, scale: S.Int }),
  S.TaggedStruct("Date", { unit: S.Literals(["DAY", "MILLISECOND"]) }),
  S.TaggedStruct("Time", { unit: timeUnit, bitWidth: S.Literals([32, 64]) }),
  S.TaggedStruct("Timestamp", { unit: timeUnit, timezone: S.UndefinedOr(S.String) }),
  S.TaggedStruct("Interval", { unit: S.Literals(["YEAR_MONTH", "DAY_TIME", "MONTH_DAY_NANO"]) }),
  S.TaggedStruct("Union", { mode: S.Literals(["Sparse", "Dense"]), typeIds: S.Array(S.Int) }),
  S.TaggedStruct("FixedSizeBinary", { byteWidth: S.Int }),
  S.TaggedStruct("FixedSizeList", { listSize: S.Int }),
  S.TaggedStruct("Map", { keysSorted: S.Boolean }),
  S.TaggedStruct("Duration", { unit: timeUnit })
])

export const keyValues = S.Array(S.Struct({ key: S.String, value: S.String, bytes: S.optional(S.Uint8Array) }))

export const field: S.Codec<Field> = S.Struct({
  name: S.String,
  nullable: S.Boolean,
  type: dataType,
  dictionary: S.UndefinedOr(S.Struct({ id: S.BigInt, indexType: int, isOrdered: S.Boolean })),
  children: S.Array(S.suspend((): S.Codec<Field> => field)),
  metadata: keyValues
})

export const schema: S.Codec<Schema> = S.Struct({
  endianness: S.Literals(["Little", "Big"]),
  fields: S.Array(field),
  metadata: keyValues,
  features: S.Array(S.BigInt)
})
