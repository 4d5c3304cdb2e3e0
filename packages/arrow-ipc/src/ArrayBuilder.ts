/**
 * Builds arrays of every type from JavaScript values, exactly: what a type cannot hold is an error, never rounded,
 * wrapped or dropped.
 *
 * | types | values |
 * | --- | --- |
 * | Int to 32 bits, Interval[year-month] | integer in range, as number or bigint |
 * | Int of 64 bits, Duration, finer Time | bigint, or a safe integer, in the type's unit |
 * | Time to milliseconds | number, within a day |
 * | Date, Timestamp | the stored number or bigint, or a `Date` that the unit holds exactly |
 * | FloatingPoint | a number that the precision holds exactly |
 * | Decimal | bigint (unscaled), text such as `"-1.50"`, or an Effect `BigDecimal` |
 * | Interval[day-time], [month-day-nano] | `DayTime`, `MonthDayNano` |
 * | Bool; Utf8 and its kin; Binary and its kin | boolean; well-formed string; `Uint8Array` |
 * | lists; Map | array, typed array or iterable; `Map` or list of `[key, value]` |
 * | Struct | object with the fields' names and no others, or an array in their order |
 * | Union | `union(child, value)` |
 * | RunEndEncoded, dictionary-encoded | those of the values |
 *
 * `null` and `undefined` are empty slots. A typed array of just the stored kind (`Float64Array` for a double,
 * `BigInt64Array` for a timestamp, ...) becomes the buffer without a copy. Padding and empty slots are zero.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import type { ArrayData } from "./ArrayData.ts"
import * as ArrowError from "./ArrowError.ts"
import { buildBinary, buildView } from "./internal/buildBytes.ts"
import { Dictionaries } from "./internal/buildDictionary.ts"
import * as Fixed from "./internal/buildFixed.ts"
import * as Nested from "./internal/buildNested.ts"
import { Slots } from "./internal/slots.ts"
import { RecordBatch } from "./RecordBatch.ts"
import type { Field, KeyValue, Schema } from "./Schema.ts"

/**
 * A value of a union, for its child at index `child`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const union = (child: number, value: unknown): Nested.UnionValue => new Nested.UnionValue(child, value)

const buildPlain = (slots: Slots, build: Nested.BuildChild): ArrayData => {
  const { type } = slots.field
  switch (type._tag) {
    case "Null":
      return Fixed.buildNull(slots)
    case "Int":
      return Fixed.buildInt(slots, type)
    case "FloatingPoint":
      return Fixed.buildFloat(slots, type.precision)
    case "Bool":
      return Fixed.buildBool(slots)
    case "Decimal":
      return Fixed.buildDecimal(slots, type)
    case "Date":
    case "Time":
    case "Timestamp":
    case "Duration":
      return Fixed.buildTemporal(slots, type)
    case "Interval":
      return Fixed.buildInterval(slots, type.unit)
    case "FixedSizeBinary":
      return Fixed.buildFixedSizeBinary(slots, type.byteWidth)
    case "Utf8":
    case "LargeUtf8":
      return buildBinary(slots, true, type._tag === "LargeUtf8")
    case "Binary":
    case "LargeBinary":
      return buildBinary(slots, false, type._tag === "LargeBinary")
    case "Utf8View":
    case "BinaryView":
      return buildView(slots, type._tag === "Utf8View")
    case "List":
    case "LargeList":
      return Nested.buildList(slots, build, type._tag === "LargeList")
    case "ListView":
    case "LargeListView":
      return Nested.buildListView(slots, build, type._tag === "LargeListView")
    case "FixedSizeList":
      return Nested.buildFixedSizeList(slots, build, type.listSize)
    case "Map":
      return Nested.buildMap(slots, build)
    case "Struct":
      return Nested.buildStruct(slots, build)
    case "Union":
      return Nested.buildUnion(slots, build, type)
    case "RunEndEncoded":
      return Nested.buildRunEndEncoded(slots, build)
  }
}

const builder = (dictionaries: Dictionaries) => {
  const build = (slots: Slots): ArrayData =>
    slots.field.dictionary === undefined ? buildPlain(slots, child) : dictionaries.encode(slots, build)
  const child: Nested.BuildChild = (field, values, parent, stride = 1) =>
    build(new Slots(field, values, [...parent.path, field.name], stride === 0 ? undefined : parent, stride))
  return build
}

/**
 * Builds one array.
 *
 * **Details**
 *
 * Fails with `DataError` (`unrepresentable`, `non-nullable`, `precision`, `date`, `time`), with the slot and the
 * path of field names.
 *
 * **Example** (Exact or not at all)
 *
 * ```ts
 * import { ArrayBuilder, DataType, Schema } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const field = Schema.field("small", DataType.int(8))
 * console.log(Result.isSuccess(ArrayBuilder.make(field, [1, null, -128])))
 * // => true
 * const failure = Result.getOrThrow(Result.flip(ArrayBuilder.make(field, [1, 128])))
 * console.log(failure.message)
 * // => DataError/unrepresentable in small: 128 is not an integer of 8 bits (slot 1)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (field: Field, values: ArrayLike<unknown>): Result.Result<ArrayData, ArrowError.ArrowError> =>
  ArrowError.attempt(() => builder(new Dictionaries())(new Slots(field, values, [field.name])))

/**
 * Builds record batches of one schema. Its dictionaries grow from batch to batch, so that a writer sends only what
 * is new, as deltas.
 *
 * @category constructors
 * @since 0.1.0
 */
export class BatchBuilder {
  declare readonly schema: Schema
  private readonly build: (slots: Slots) => ArrayData

  constructor(schema: Schema) {
    this.schema = schema
    this.build = builder(new Dictionaries())
  }

  /**
   * A batch of columns given in the order of the fields, all of one length (`length` where there are none).
   *
   * Fails with `LayoutError/length-mismatch`, and as `make` does.
   */
  fromColumns(
    columns: ReadonlyArray<ArrayLike<unknown>>,
    options?: { readonly length?: number; readonly customMetadata?: ReadonlyArray<KeyValue> }
  ): Result.Result<RecordBatch, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeFromColumns(columns, options?.length, options?.customMetadata))
  }

  /** A batch of rows: objects with the fields' names, or arrays in their order. Fails as `make` does. */
  fromRows(
    rows: ReadonlyArray<unknown>,
    options?: { readonly customMetadata?: ReadonlyArray<KeyValue> }
  ): Result.Result<RecordBatch, ArrowError.ArrowError> {
    return ArrowError.attempt(() => this.unsafeFromRows(rows, options?.customMetadata))
  }

  /** As `fromRows`, but throws. */
  unsafeFromRows(rows: ReadonlyArray<unknown>, customMetadata?: ReadonlyArray<KeyValue>): RecordBatch {
    const { fields } = this.schema
    const slots = new Slots(rowField, rows, [])
    for (let i = 0; i < rows.length; i++) if (slots.isNull(i)) slots.refuse(i, rows[i], "a row")
    return this.unsafeFromColumns(Nested.columnsOf(slots, fields), rows.length, customMetadata)
  }

  private unsafeFromColumns(
    columns: ReadonlyArray<ArrayLike<unknown>>,
    rows: number | undefined,
    customMetadata: ReadonlyArray<KeyValue> = []
  ): RecordBatch {
    const { fields } = this.schema
    const length = rows ?? columns[0]?.length ?? 0
    const wrong = fields.length === columns.length ? columns.findIndex((column) => column.length !== length) : -2
    if (wrong !== -1) {
      const detail =
        wrong === -2
          ? `${columns.length} columns were given for ${fields.length} fields`
          : `a column of ${columns[wrong]!.length} values in a batch of ${length} rows`
      const path = wrong === -2 ? [] : [fields[wrong]!.name]
      throw ArrowError.make({ _tag: "LayoutError", code: "length-mismatch" }, detail, undefined, path)
    }
    const data = fields.map((field, i) => this.build(new Slots(field, columns[i]!, [field.name])))
    return new RecordBatch(this.schema, length, data, customMetadata)
  }
}

const rowField: Field = {
  name: "",
  nullable: false,
  type: { _tag: "Struct" },
  dictionary: undefined,
  children: [],
  metadata: []
}
