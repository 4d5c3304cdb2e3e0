/** Compares the schema that a program expects with the one that a file has. */
import type { ArrayData } from "../ArrayData.ts"
import * as ArrowError from "../ArrowError.ts"
import * as DataType from "../DataType.ts"
import { type Field, formatField, type Schema } from "../Schema.ts"

export type Mode = "exact" | "projection" | "widening"

/** The arrays of one column, batch by batch; how a nullable field without nulls is known. */
type Chunks = ReadonlyArray<ArrayData>

const mismatch = (
  code: ArrowError.SchemaMismatch["code"],
  path: ArrowError.Path,
  expected: string,
  actual: string
): never => {
  throw ArrowError.make(
    { _tag: "SchemaMismatch", code, expected, actual },
    `expected ${expected}, the data has ${actual}`,
    undefined,
    path
  )
}

/** Types whose values are the same in JavaScript, the later ones holding all of the earlier. */
const families: ReadonlyArray<ReadonlyArray<string>> = [
  ["Utf8", "LargeUtf8", "Utf8View"],
  ["Binary", "LargeBinary", "BinaryView"],
  ["List", "LargeList", "ListView", "LargeListView"]
]

const isWider = (expected: DataType.DataType, actual: DataType.DataType): boolean => {
  if (expected._tag === "Int" && actual._tag === "Int") {
    const room = expected.bitWidth - (expected.isSigned && !actual.isSigned ? 1 : 0)
    return (
      (expected.isSigned || !actual.isSigned) &&
      actual.bitWidth <= room &&
      expected.bitWidth < 64 === actual.bitWidth < 64
    )
  }
  if (expected._tag === "FloatingPoint" && actual._tag === "FloatingPoint") {
    const order = ["HALF", "SINGLE", "DOUBLE"]
    return order.indexOf(actual.precision) <= order.indexOf(expected.precision)
  }
  if (expected._tag === "Decimal" && actual._tag === "Decimal") {
    return expected.scale === actual.scale && expected.precision >= actual.precision
  }
  return families.some((family) => family.includes(expected._tag) && family.includes(actual._tag))
}

const hasNulls = (chunks: Chunks): boolean => chunks.some((chunk) => chunk.nullCount > 0)

class Matcher {
  declare private readonly mode: Mode
  constructor(mode: Mode) {
    this.mode = mode
  }

  field(expected: Field, actual: Field, chunks: Chunks | undefined, path: ArrowError.Path, isNamed = true): void {
    if (expected.nullable !== actual.nullable && (this.mode !== "widening" || !expected.nullable)) {
      // A field that may be null, in data where it never is, serves a program that expects values.
      const isNeverNull = this.mode === "widening" && chunks !== undefined && !hasNulls(chunks)
      if (!isNeverNull) {
        mismatch("nullability", path, formatField(expected), formatField(actual))
      }
    }
    this.type(expected, actual, path)
    this.children(expected, actual, chunks, path, isNamed)
  }

  private type(expected: Field, actual: Field, path: ArrowError.Path): void {
    const isEncoded = (field: Field) =>
      field.dictionary === undefined ? "plain" : DataType.format(field.dictionary.indexType)
    const isSame =
      DataType.format(expected.type) === DataType.format(actual.type) && isEncoded(expected) === isEncoded(actual)
    if (isSame) return
    const isSameValue =
      DataType.format(expected.type) === DataType.format(actual.type) || isWider(expected.type, actual.type)
    if (this.mode !== "widening" || !isSameValue) {
      mismatch("type", path, formatField(expected), formatField(actual))
    }
  }

  private children(
    expected: Field,
    actual: Field,
    chunks: Chunks | undefined,
    path: ArrowError.Path,
    isNamed: boolean
  ): void {
    if (expected.children.length !== actual.children.length) {
      mismatch("type", path, formatField(expected), formatField(actual))
    }
    const { _tag } = expected.type
    expected.children.forEach((child, i) => {
      const other = actual.children[i]!
      const within = [...path, child.name]
      // What lists and maps call their children is up to the writer.
      if (isNamed && (_tag === "Struct" || _tag === "Union") && child.name !== other.name) {
        mismatch("missing-field", within, child.name, other.name)
      }
      const parts = actual.dictionary === undefined ? chunks?.map((chunk) => chunk.children[i]!) : undefined
      this.field(child, other, parts, within, _tag !== "Map")
    })
  }
}

/** The indices of the actual fields that the expected ones mean; throws `SchemaMismatch`. */
export const match = (
  expected: Schema,
  actual: Schema,
  mode: Mode,
  batches: ReadonlyArray<{ readonly data: ReadonlyArray<ArrayData> }> | undefined
): ReadonlyArray<number> => {
  const matcher = new Matcher(mode)
  const names = actual.fields.map((field) => field.name)
  if (mode === "exact") {
    const extra = actual.fields[expected.fields.length]
    if (extra !== undefined) mismatch("extra-field", [extra.name], "no field", `${extra.name}: ${formatField(extra)}`)
  }
  return expected.fields.map((field, position) => {
    const index = mode === "exact" ? position : names.indexOf(field.name)
    const found = actual.fields[index]
    if (found === undefined || found.name !== field.name) {
      return mismatch(
        "missing-field",
        [field.name],
        `${field.name}: ${formatField(field)}`,
        names.slice(0, 16).join(", ")
      )
    }
    if (names.indexOf(field.name) !== names.lastIndexOf(field.name)) {
      mismatch("extra-field", [field.name], "one field", `several fields called ${JSON.stringify(field.name)}`)
    }
    matcher.field(
      field,
      found,
      batches?.map((batch) => batch.data[index]!),
      [field.name]
    )
    return index
  })
}
