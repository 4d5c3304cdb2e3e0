/**
 * Which buffers each type has, and how an array is cut out of a record batch's body.
 *
 * @since 0.1.0
 */
import type { DataType } from "./DataType.ts"
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
 * `swap` is the unit that big-endian bodies have reversed: the width of an integer, `mdn` (4, 4 and 8 bytes) or `view`.
 *
 * @category models
 * @since 0.1.0
 */
export interface BufferKind {
  readonly kind: "validity" | "bits" | "fixed" | "offsets" | "data"
  readonly width: number
  readonly swap: number | "mdn" | "view"
}

const validity: BufferKind = { kind: "validity", width: 0, swap: 1 }
const bits: BufferKind = { kind: "bits", width: 0, swap: 1 }
const data: BufferKind = { kind: "data", width: 1, swap: 1 }
const typeIds: BufferKind = { kind: "fixed", width: 1, swap: 1 }
const views: BufferKind = { kind: "fixed", width: 16, swap: "view" }
const fixed = (width: number, swap: BufferKind["swap"] = width): BufferKind => ({ kind: "fixed", width, swap })
const offsets = (width: 4 | 8): BufferKind => ({ kind: "offsets", width, swap: width })

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

const layout = (buffers: ReadonlyArray<BufferKind>, isVariadic = false): Layout => ({ buffers, isVariadic })

const none = layout([])
const struct = layout([validity])
const viewLayout = layout([validity, views], true)
const denseUnion = layout([typeIds, fixed(4)])
const sparseUnion = layout([typeIds])
const bool = layout([validity, bits])
const binary = layout([validity, offsets(4), data])
const largeBinary = layout([validity, offsets(8), data])
const list = layout([validity, offsets(4)])
const largeList = layout([validity, offsets(8)])
const listView = layout([validity, fixed(4), fixed(4)])
const largeListView = layout([validity, fixed(8), fixed(8)])
const dayTime = layout([validity, fixed(8, 4)])
const monthDayNano = layout([validity, fixed(16, "mdn")])
const primitives: Record<number, Layout> = {}
for (const width of [1, 2, 4, 8, 16, 32]) primitives[width] = layout([validity, fixed(width)])

const floatWidths = { HALF: 2, SINGLE: 4, DOUBLE: 8 } as const

/**
 * The layout of a type; a dictionary-encoded field has that of its index type.
 *
 * @category layouts
 * @since 0.1.0
 */
export const layoutOf = (type: DataType): Layout => {
  switch (type._tag) {
    case "Null":
    case "RunEndEncoded":
      return none
    case "Int":
    case "Decimal":
    case "Time":
      return primitives[type.bitWidth >> 3]!
    case "FloatingPoint":
      return primitives[floatWidths[type.precision]]!
    case "Date":
      return primitives[type.unit === "DAY" ? 4 : 8]!
    case "Timestamp":
    case "Duration":
      return primitives[8]!
    case "Interval":
      return type.unit === "YEAR_MONTH" ? primitives[4]! : type.unit === "DAY_TIME" ? dayTime : monthDayNano
    case "Bool":
      return bool
    case "Binary":
    case "Utf8":
      return binary
    case "LargeBinary":
    case "LargeUtf8":
      return largeBinary
    case "BinaryView":
    case "Utf8View":
      return viewLayout
    case "FixedSizeBinary":
      return layout([validity, fixed(type.byteWidth, 1)])
    case "List":
    case "Map":
      return list
    case "LargeList":
      return largeList
    case "ListView":
      return listView
    case "LargeListView":
      return largeListView
    case "Struct":
    case "FixedSizeList":
      return struct
    case "Union":
      return type.mode === "Dense" ? denseUnion : sparseUnion
  }
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
