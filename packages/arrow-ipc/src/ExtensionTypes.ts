/**
 * Extension types: types of an application that are stored as one of Arrow's, told apart by a field's metadata.
 *
 * The canonical ones are built in: `arrow.uuid`, `arrow.json`, `arrow.bool8`, `arrow.opaque`,
 * `arrow.fixed_shape_tensor`,
 * `arrow.variable_shape_tensor`, `arrow.timestamp_with_offset` and `arrow.parquet.variant` (as its storage). Source:
 * Arrow Columnar Format, "Canonical Extension Types".
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Result from "effect/Result"
import * as ArrowError from "./ArrowError.ts"
import type { Conversion, ExtensionType } from "./internal/extensionType.ts"
import { canonicalTypes } from "./internal/canonicalExtensions.ts"
import type { Field } from "./Schema.ts"

export type { Conversion, ExtensionType } from "./internal/extensionType.ts"

const nameKey = "ARROW:extension:name"
const metadataKey = "ARROW:extension:metadata"

const find = (field: Field, key: string): string | undefined => field.metadata.find((pair) => pair.key === key)?.value

/**
 * The name of a field's extension type, if it has one.
 *
 * @category fields
 * @since 0.1.0
 */
export const nameOf = (field: Field): string | undefined => find(field, nameKey)

/**
 * The field of an extension type over its storage; `parameters` are the type's own text (JSON, for the canonical
 * types that have some).
 *
 * @category fields
 * @since 0.1.0
 */
export const field = (storage: Field, name: string, parameters = ""): Field => ({
  ...storage,
  metadata: [
    ...storage.metadata.filter(({ key }) => key !== nameKey && key !== metadataKey),
    { key: nameKey, value: name },
    { key: metadataKey, value: parameters }
  ]
})

/**
 * Extension types by their names.
 *
 * @category models
 * @since 0.1.0
 */
export type Registry = ReadonlyMap<string, ExtensionType>

/**
 * The canonical extension types.
 *
 * @category constants
 * @since 0.1.0
 */
export const canonical: Registry = new Map(canonicalTypes.map((type) => [type.name, type]))

/**
 * A registry with further types, which replace those of the same name.
 *
 * @category constructors
 * @since 0.1.0
 */
export const register = (types: ReadonlyArray<ExtensionType>, registry: Registry = canonical): Registry =>
  new Map([...registry, ...types.map((type) => [type.name, type] as const)])

/**
 * The registry in use: the canonical types, unless another is provided.
 *
 * @category services
 * @since 0.1.0
 */
export const ExtensionTypes: Context.Reference<Registry> = /* @__PURE__ */ Context.Reference<Registry>(
  "@bytewright/arrow-ipc/ExtensionTypes",
  { defaultValue: () => canonical }
)

const convertEach =
  (path: ArrowError.Path, convert: (value: unknown) => unknown) =>
  (value: unknown, row: number): unknown => {
    if (value === null || value === undefined) return null
    try {
      return convert(value)
    } catch (cause) {
      const detail = `${cause instanceof Error ? cause.message : String(cause)} (slot ${row})`
      throw ArrowError.make({ _tag: "DataError", code: "unrepresentable", row }, detail, undefined, path)
    }
  }

const open = (storage: Field, registry: Registry): Conversion | undefined => {
  const name = nameOf(storage)
  const type = name === undefined ? undefined : registry.get(name)
  if (type === undefined) return undefined
  const opened = type.open(storage, find(storage, metadataKey) ?? "")
  if (typeof opened !== "string") return opened
  throw ArrowError.make({ _tag: "UnsupportedFeature", code: "parameter" }, `${type.name}: ${opened}`, undefined, [
    storage.name
  ])
}

/**
 * The values of a column as its extension type has them; those of the column itself where it has none, or none that
 * the registry knows.
 *
 * **Details**
 *
 * Fails with `UnsupportedFeature/parameter` where storage or parameters are not what the type demands, and with
 * `DataError/unrepresentable` for a value that is none of the type's.
 *
 * **Example** (UUIDs)
 *
 * ```ts
 * import { ArrayBuilder, Columns, DataType, ExtensionTypes, Schema } from "@bytewright/arrow-ipc"
 * import { Result } from "effect"
 *
 * const id = ExtensionTypes.field(Schema.field("id", { _tag: "FixedSizeBinary", byteWidth: 16 }), "arrow.uuid")
 * const stored = Result.getOrThrow(ExtensionTypes.encode(id, ["00112233-4455-6677-8899-aabbccddeeff"]))
 * const column = Columns.make(Result.getOrThrow(ArrayBuilder.make(id, stored)))
 * console.log(Result.getOrThrow(ExtensionTypes.decode(column.field, column.toArray())))
 * // => [ '00112233-4455-6677-8899-aabbccddeeff' ]
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  storage: Field,
  values: ReadonlyArray<unknown>,
  registry: Registry = canonical
): Result.Result<ReadonlyArray<unknown>, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const conversion = open(storage, registry)
    return conversion === undefined ? values : values.map(convertEach([storage.name], conversion.decode))
  })

/**
 * The stored values of an extension type's values, for `ArrayBuilder.make`. Fails as `decode` does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (
  storage: Field,
  values: ReadonlyArray<unknown>,
  registry: Registry = canonical
): Result.Result<ReadonlyArray<unknown>, ArrowError.ArrowError> =>
  ArrowError.attempt(() => {
    const conversion = open(storage, registry)
    return conversion === undefined ? values : values.map(convertEach([storage.name], conversion.encode))
  })
