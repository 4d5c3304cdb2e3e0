/**
 * Typed tables: a schema declared once gives the static type of its rows, and is checked against the data at run time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as EffectSchema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { BatchBuilder } from "./ArrayBuilder.ts"
import * as ArrowError from "./ArrowError.ts"
import { type Fields, fieldsOf, type Row, type ValueOf } from "./ArrowType.ts"
import type { ChunkedColumn } from "./ChunkedColumn.ts"
import type { CompressionCodecs } from "./CompressionCodecs.ts"
import { type Derived, Walk } from "./internal/arrowFromSchema.ts"
import { match, type Mode } from "./internal/matchSchema.ts"
import { effectSchema } from "./internal/schemaFromArrow.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import { make, type Schema } from "./Schema.ts"
import * as Table from "./Table.ts"
import * as Writer from "./Writer.ts"

export * from "./ArrowType.ts"

/**
 * A schema that knows its rows.
 *
 * @category models
 * @since 0.1.0
 */
export interface TypedSchema<F extends Fields> {
  readonly fields: F
  readonly schema: Schema
}

/**
 * Declares a schema by its fields, in their order.
 *
 * **Example** (Rows with a static type)
 *
 * ```ts
 * import { Arrow } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const Person = Arrow.schema({ id: Arrow.int32, name: Arrow.nullable(Arrow.utf8), tags: Arrow.list(Arrow.utf8) })
 * const bytes = Result.getOrThrow(Arrow.encode(Person, [{ id: 1, name: null, tags: ["a"] }]))
 * const people = Result.getOrThrow(Arrow.decode(Person, bytes))
 * console.log(people.rows())
 * // => [ { id: 1, name: null, tags: [ 'a' ] } ]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const schema = <const F extends Fields>(fields: F): TypedSchema<F> => ({
  fields,
  schema: make(fieldsOf(fields))
})

/**
 * A table whose data was checked against a schema; it holds the fields of that schema alone, in its order.
 *
 * @category models
 * @since 0.1.0
 */
export class TypedTable<F extends Fields> {
  declare readonly table: Table.Table

  constructor(table: Table.Table) {
    this.table = table
  }

  /** How many rows there are. */
  get length(): number {
    return this.table.length
  }

  /** The column called `name`. */
  column<K extends keyof F & string>(name: K): ChunkedColumn<NonNullable<ValueOf<F[K]>>> {
    return this.table.column(name) as ChunkedColumn<NonNullable<ValueOf<F[K]>>>
  }

  /** All rows, as plain objects. */
  rows(): ReadonlyArray<Row<F>> {
    return this.table.toObjects() as unknown as ReadonlyArray<Row<F>>
  }
}

/**
 * How like the schema the data must be: `exact` (the same fields in the same order), `projection` (these fields with
 * these types, among others, in any order) or `widening` (as projection, where narrower integers, floats and
 * decimals, other widths of text, bytes and lists, dictionaries, and nullable fields without a null will do).
 *
 * @category models
 * @since 0.1.0
 */
export type { Mode }

/**
 * Checks a table against a schema. Fails with `SchemaMismatch` and the path of the first field that differs.
 *
 * @category decoding
 * @since 0.1.0
 */
export const typed = <F extends Fields>(
  { schema }: TypedSchema<F>,
  table: Table.Table,
  mode: Mode = "widening"
): Result.Result<TypedTable<F>, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const indices = match(schema, table.schema, mode, table.batches)
    const batches = table.batches.map((batch) => batch.select(indices))
    const selected = { ...table.schema, fields: indices.map((index) => table.schema.fields[index]!) }
    return new TypedTable(new Table.Table(selected, batches, table.metadata))
  })

/**
 * Reads a stream or file and checks it against a schema. Fails as `Table.fromBytes` and `typed` do.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = <F extends Fields>(
  schema: TypedSchema<F>,
  bytes: Uint8Array,
  options?: { readonly mode?: Mode; readonly codecs?: CompressionCodecs | undefined }
): Result.Result<TypedTable<F>, ArrowError.ArrowError> =>
  Result.flatMap(Table.fromBytes(bytes, options), (table) => typed(schema, table, options?.mode))

/**
 * Builds one record batch of typed rows. Fails as `ArrayBuilder.make` does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const batch = <F extends Fields>(
  { schema }: TypedSchema<F>,
  rows: ReadonlyArray<Row<F>>
): Result.Result<RecordBatch, ArrowError.ArrowError> => new BatchBuilder(schema).fromRows(rows)

/**
 * Writes typed rows as a stream or file of one batch. Fails as `batch` and `Writer.encode` do.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = <F extends Fields>(
  schema: TypedSchema<F>,
  rows: ReadonlyArray<Row<F>>,
  options?: Writer.Options
): Result.Result<Uint8Array, ArrowError.ArrowError> =>
  Result.map(
    Result.flatMap(batch(schema, rows), (built) => Writer.encode(schema.schema, [built], options)),
    Writer.concat
  )

/**
 * The Effect Schema of an Arrow schema's rows, as columns give them: bigint for 64-bit integers, timestamps and
 * decimals, `Uint8Array`, arrays, structs.
 *
 * @category schemas
 * @since 0.1.0
 */
export const toSchema = (schema: Schema): EffectSchema.Struct<Record<string, EffectSchema.Codec<unknown>>> =>
  EffectSchema.Struct(Object.fromEntries(schema.fields.map((field) => [field.name, effectSchema(field)])))

const derive = (ast: SchemaAST.AST): Derived => {
  if (ast._tag !== "Objects" || ast.indexSignatures.length > 0) {
    const reason = { code: "unsupported", expected: "a struct", actual: ast._tag } as const
    throw ArrowError.make({ _tag: "SchemaMismatch", ...reason }, "rows must be structs")
  }
  return new Walk().struct("", ast, [])
}

/**
 * The Arrow schema that holds the encoded values of an Effect Schema.
 *
 * | Effect | Arrow |
 * | --- | --- |
 * | String; Number; Int; BigInt; Boolean | utf8; float64; int32; int64; bool |
 * | NullOr, UndefinedOr, optionalKey | nullable |
 * | Array; Struct; Record of strings | list; struct; map |
 * | Literals (strings) | dictionary of utf8 |
 * | Uint8Array; Date, DateTimeUtc | binary; timestamp[ms, UTC] |
 * | BigDecimal | needs an annotation |
 *
 * `annotate({ arrow: Arrow.int64 })` on a leaf overrides. Fails with `SchemaMismatch/unsupported` for anything else.
 *
 * @category schemas
 * @since 0.1.0
 */
export const fromSchema = (schema: EffectSchema.Top): Result.Result<Schema, ArrowError.ArrowError> =>
  ArrowError.attempt(() => make(derive(EffectSchema.toEncoded(schema).ast).field.children))

/**
 * A codec between rows and the bytes of an Arrow stream (or, by `options`, file).
 *
 * **Details**
 *
 * The columns are those of `fromSchema`; the data may have more, and narrower types. An `ArrowError` becomes a
 * schema issue whose message is that of the error. Throws an
 * `ArrowError` where `fromSchema` fails.
 *
 * **Example** (A table file is a list of rows)
 *
 * ```ts
 * import { Arrow } from "@bytewright/arrow-ipc"
 * import { Schema } from "effect"
 *
 * const Reading = Schema.Struct({ at: Schema.DateTimeUtc, celsius: Schema.NullOr(Schema.Number) })
 * const Readings = Arrow.codec(Reading)
 * const at = Schema.decodeSync(Schema.DateTimeUtcFromMillis)(0)
 * const bytes = Schema.encodeSync(Readings)([{ at, celsius: 21.5 }])
 * console.log(Schema.decodeSync(Readings)(bytes)[0]?.celsius)
 * // => 21.5
 * ```
 *
 * @category codecs
 * @since 0.1.0
 */
export const codec = <S extends EffectSchema.Top>(
  schema: S,
  options?: Writer.Options
): EffectSchema.Codec<ReadonlyArray<S["Type"]>, Uint8Array, S["DecodingServices"], S["EncodingServices"]> => {
  const derived = derive(EffectSchema.toEncoded(schema).ast)
  const arrow = make(derived.field.children)
  const read = (bytes: Uint8Array) =>
    Result.flatMap(decode({ fields: {}, schema: arrow }, bytes, options), ({ table }) =>
      ArrowError.attempt(() => table.toObjects().map(derived.fromColumn) as ReadonlyArray<S["Encoded"]>)
    )
  const write = (rows: ReadonlyArray<S["Encoded"]>) =>
    Result.flatMap(new BatchBuilder(arrow).fromRows(rows.map(derived.toColumn)), (built) =>
      Result.map(Writer.encode(arrow, [built], options), Writer.concat)
    )
  const issue = <A>(result: Result.Result<A, ArrowError.ArrowError>, input: unknown) =>
    Effect.fromResult(
      Result.mapError(result, (error) => new SchemaIssue.InvalidValue({ message: error.message, cause: error }, input))
    )
  return EffectSchema.Uint8Array.pipe(
    EffectSchema.decodeTo(
      EffectSchema.Array(schema),
      SchemaTransformation.transformEffect({
        decode: (bytes: Uint8Array) => issue(read(bytes), bytes),
        encode: (rows: ReadonlyArray<S["Encoded"]>) => issue(write(rows), rows)
      })
    )
  ) as unknown as EffectSchema.Codec<ReadonlyArray<S["Type"]>, Uint8Array, S["DecodingServices"], S["EncodingServices"]>
}
