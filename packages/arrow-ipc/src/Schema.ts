/**
 * The schema of a stream or file: its fields, their types, and what was said about them.
 *
 * @since 0.1.0
 */
import * as DataType from "./DataType.ts"

/**
 * One pair of custom metadata; keys may repeat and their order is kept. Where the stored value is not UTF-8 (some
 * writers keep pickles there),
 * `bytes` has it, and `value` the text with U+FFFD; writers write `bytes` if there are any.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyValue {
  readonly key: string
  readonly value: string
  readonly bytes?: Uint8Array | undefined
}

/**
 * Says that a field's values are indices into the dictionary `id`.
 *
 * @category models
 * @since 0.1.0
 */
export interface DictionaryEncoding {
  readonly id: bigint
  readonly indexType: DataType.Int
  readonly isOrdered: boolean
}

/**
 * A named column or child. With `dictionary`, `type` and `children` describe the dictionary's values.
 *
 * @category models
 * @since 0.1.0
 */
export interface Field {
  readonly name: string
  readonly nullable: boolean
  readonly type: DataType.DataType
  readonly dictionary: DictionaryEncoding | undefined
  readonly children: ReadonlyArray<Field>
  readonly metadata: ReadonlyArray<KeyValue>
}

/**
 * The fields of a record batch; `endianness` is that of the bodies.
 *
 * @category models
 * @since 0.1.0
 */
export interface Schema {
  readonly endianness: "Little" | "Big"
  readonly fields: ReadonlyArray<Field>
  readonly metadata: ReadonlyArray<KeyValue>
  /** Feature numbers (`Schema.fbs`, `Feature`): 1 dictionary replacement, 2 compressed body. */
  readonly features: ReadonlyArray<bigint>
}

/**
 * Where a buffer lies: `offset` from the start of the body, `length` without padding.
 *
 * @category models
 * @since 0.1.0
 */
export interface Buffer {
  readonly offset: number
  readonly length: number
}

/**
 * Makes a field: nullable, without children, dictionary and metadata unless `options` say otherwise.
 *
 * @category constructors
 * @since 0.1.0
 */
export const field = (
  name: string,
  type: DataType.DataType,
  options?: {
    readonly nullable?: boolean | undefined
    readonly dictionary?: DictionaryEncoding | undefined
    readonly children?: ReadonlyArray<Field> | undefined
    readonly metadata?: ReadonlyArray<KeyValue> | undefined
  }
): Field => ({
  name,
  nullable: options?.nullable ?? true,
  type,
  dictionary: options?.dictionary,
  children: options?.children ?? [],
  metadata: options?.metadata ?? []
})

/**
 * Makes a little-endian schema of fields.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (fields: ReadonlyArray<Field>, metadata: ReadonlyArray<KeyValue> = []): Schema => ({
  endianness: "Little",
  fields,
  metadata,
  features: []
})

/**
 * A field's type on one line, with its children and its dictionary's index type, such as `List<item: Int(32, true)
 * not null>`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const formatField = (field: Field): string => {
  const children = field.children.map((child) => `${child.name}: ${formatField(child)}`).join(", ")
  const type = DataType.format(field.type) + (children === "" ? "" : `<${children}>`)
  const { dictionary } = field
  const encoded =
    dictionary === undefined ? type : `Dictionary(${dictionary.id}, ${DataType.format(dictionary.indexType)}, ${type})`
  return field.nullable ? encoded : `${encoded} not null`
}
