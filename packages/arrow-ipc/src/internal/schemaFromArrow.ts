/** The Effect Schema of the values that a field's column gives. */
import * as Schema from "effect/Schema"
import type { DataType } from "../DataType.ts"
import type { Field } from "../Schema.ts"

const DayTime = Schema.Struct({ days: Schema.Int, milliseconds: Schema.Int })
const MonthDayNano = Schema.Struct({ months: Schema.Int, days: Schema.Int, nanoseconds: Schema.BigInt })

const valueSchema = (type: DataType, children: ReadonlyArray<Field>): Schema.Codec<unknown> => {
  switch (type._tag) {
    case "Null":
      return Schema.Null
    case "Int":
      return type.bitWidth === 64 ? Schema.BigInt : Schema.Int
    case "FloatingPoint":
      // A column of floats holds NaN and the infinities too.
      return Schema.Number
    case "Bool":
      return Schema.Boolean
    case "Decimal":
    case "Timestamp":
    case "Duration":
      return Schema.BigInt
    case "Date":
      return type.unit === "DAY" ? Schema.Int : Schema.BigInt
    case "Time":
      return type.bitWidth === 32 ? Schema.Int : Schema.BigInt
    case "Interval":
      return type.unit === "YEAR_MONTH" ? Schema.Int : type.unit === "DAY_TIME" ? DayTime : MonthDayNano
    case "Utf8":
    case "LargeUtf8":
    case "Utf8View":
      return Schema.String
    case "Binary":
    case "LargeBinary":
    case "BinaryView":
    case "FixedSizeBinary":
      return Schema.Uint8Array
    case "Struct":
      return Schema.Struct(Object.fromEntries(children.map((child) => [child.name, effectSchema(child)])))
    case "Map": {
      const [key, value] = children[0]!.children as [Field, Field]
      return Schema.Array(Schema.Tuple([effectSchema(key), effectSchema(value)]))
    }
    case "Union":
      return Schema.Union(children.map(effectSchema))
    case "RunEndEncoded":
      return effectSchema(children[1]!)
    default:
      return Schema.Array(effectSchema(children[0]!))
  }
}

export const effectSchema = (field: Field): Schema.Codec<unknown> => {
  const schema = valueSchema(field.type, field.children)
  return field.nullable && field.type._tag !== "Null" ? Schema.NullOr(schema) : schema
}
