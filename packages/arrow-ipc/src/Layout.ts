/**
 * Which buffers each type has, and how an array is cut out of a record batch's body.
 *
 * @since 0.1.0
 */
import type { DataType, TypeTag, Union } from "./DataType.ts"
import type { Field } from "./Schema.ts"

/**
 * What a buffer holds, and so how long it must be for `n` slots:
 *
 * | kind | bytes |
 * | --- | --- |
 * | `validity`, `bits` | `n / 8`, rounded up |
 * | `fixed` | `n` times `width` |
 * | `offsets` | `n + 1` times `width`, or none for no slots |
 * | `data` | what the offsets or views say |
 *
 * `swap` says what big-endian bodies have reversed: integers of these widths, over and over, or what a view has.
 *
 * @category models
 * @since 0.1.0
 */
export interface BufferKind {
  readonly kind: "validity" | "bits" | "fixed" | "offsets" | "data"
  readonly width: number
  readonly swap: ReadonlyArray<number> | "view"
}

const bufferKind = (
  kind: BufferKind["kind"],
  width: number,
  swap: BufferKind["swap"] = width > 1 ? [width] : []
): BufferKind => ({ kind, width, swap })

/**
 * A validity bitmap.
 *
 * @category layouts
 * @since 0.1.0
 */
export const validity: BufferKind = bufferKind("validity", 0)

/**
 * Bytes that offsets or views point into.
 *
 * @category layouts
 * @since 0.1.0
 */
export const data: BufferKind = bufferKind("data", 1)

/**
 * The buffers of a type, in the order of a record batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface Layout {
  readonly buffers: ReadonlyArray<BufferKind>
  /** Whether as many data buffers follow as the message's next variadic count says. */
  readonly isVariadic: boolean
}

/**
 * Whether a type has offsets and sizes of 64 bits instead of 32.
 *
 * @category layouts
 * @since 0.1.0
 */
export const isLarge = ({ _tag }: DataType): boolean => _tag.startsWith("Large")

/**
 * The tag of a type, without the `Large` that only says how wide offsets are.
 *
 * @category layouts
 * @since 0.1.0
 */
export const plainTag = ({ _tag }: DataType): Exclude<TypeTag, `Large${string}`> =>
  _tag.replace("Large", "") as Exclude<TypeTag, `Large${string}`>

/** Widths that a parameter alone says. */
const widths: Record<string, number> = {
  HALF: 2,
  SINGLE: 4,
  DAY: 4,
  YEAR_MONTH: 4,
  MONTH_DAY_NANO: 16
}

/**
 * The bytes that each value of a type takes, if all take the same.
 *
 * @category layouts
 * @since 0.1.0
 */
export const byteWidth = (type: DataType): number => {
  const { bitWidth, byteWidth, precision, unit } = type as {
    readonly [key in "bitWidth" | "byteWidth"]?: number
  } & { readonly [key in "precision" | "unit"]?: string }
  return bitWidth === undefined ? (byteWidth ?? widths[precision ?? unit!] ?? 8) : bitWidth >> 3
}

const buffersOf = (type: DataType): ReadonlyArray<BufferKind> => {
  const width = isLarge(type) ? 8 : 4
  const offsets = bufferKind("offsets", width)
  const fixed = bufferKind("fixed", width)
  switch (plainTag(type)) {
    case "Null":
    case "RunEndEncoded":
      return []
    case "Struct":
    case "FixedSizeList":
      return [validity]
    case "Union": {
      const typeIds = bufferKind("fixed", 1)
      return (type as Union).mode === "Dense" ? [typeIds, fixed] : [typeIds]
    }
    case "Bool":
      return [validity, bufferKind("bits", 0)]
    case "Binary":
    case "Utf8":
      return [validity, offsets, data]
    case "List":
    case "Map":
      return [validity, offsets]
    case "ListView":
      return [validity, fixed, fixed]
    case "BinaryView":
    case "Utf8View":
      return [validity, bufferKind("fixed", 16, "view")]
    default: {
      const width = byteWidth(type)
      const swap =
        type._tag === "FixedSizeBinary" ? [] : type._tag === "Interval" ? (width < 16 ? [4] : [4, 4, 8]) : undefined
      return [validity, bufferKind("fixed", width, swap)]
    }
  }
}

/**
 * The layout of a type; a dictionary-encoded field has that of its index type.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layoutOf = (type: DataType): Layout => {
  const buffers = buffersOf(type)
  return { buffers, isVariadic: buffers[1]?.swap === "view" }
}

/**
 * A field with its layout and those of its children: computed once a schema, used for every batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldLayout {
  readonly field: Field
  /** The type that is stored: the index type of a dictionary-encoded field. */
  readonly type: DataType
  readonly layout: Layout
  readonly children: ReadonlyArray<FieldLayout>
  readonly path: ReadonlyArray<string>
}

/**
 * The layouts of a field and its children. A dictionary-encoded field has no children: those belong to its dictionary.
 *
 * @category layouts
 * @since 0.1.0
 */
export const fieldLayout = (field: Field, parents: ReadonlyArray<string> = []): FieldLayout => {
  const path = [...parents, field.name]
  const type = field.dictionary?.indexType ?? field.type
  const children = field.dictionary === undefined ? field.children.map((child) => fieldLayout(child, path)) : []
  return { field, type, layout: layoutOf(type), children, path }
}
