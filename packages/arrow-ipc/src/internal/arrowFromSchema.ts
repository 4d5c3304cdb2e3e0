/** Walks the AST of an Effect Schema: which Arrow field holds its encoded values, and how column values become them. */
import * as BigDecimal from "effect/BigDecimal"
import * as DateTime from "effect/DateTime"
import * as SchemaAST from "effect/SchemaAST"
import * as ArrowError from "../ArrowError.ts"
import * as DataType from "../DataType.ts"
import { field, type Field } from "../Schema.ts"
import { property } from "./buildNested.ts"

/** A field, and both ways between its values in JavaScript and those of its column (`null` apart). */
export interface Derived {
  readonly field: Field
  readonly toColumn: (value: unknown) => unknown
  readonly fromColumn: (value: unknown) => unknown
}

const same = (value: unknown): unknown => value

const unsupported = (path: ArrowError.Path, actual: string): never => {
  throw ArrowError.make(
    { _tag: "SchemaMismatch", code: "unsupported", expected: "a schema that Arrow has a type for", actual },
    `no Arrow type for ${actual}; give it one with annotate({ arrow: Arrow.utf8 })`,
    undefined,
    path
  )
}

const refuse = (path: ArrowError.Path, value: unknown, wanted: string): never => {
  throw ArrowError.make(
    { _tag: "DataError", code: "unsafe-integer" },
    `${String(value)} is not ${wanted}`,
    undefined,
    path
  )
}

const leaf = (
  name: string,
  type: DataType.DataType,
  toColumn: (value: unknown) => unknown = same,
  fromColumn: (value: unknown) => unknown = same
): Derived => ({ field: field(name, type, { nullable: false }), toColumn, fromColumn })

const milliseconds = (type: DataType.DataType): bigint =>
  type._tag === "Timestamp" && type.unit === "SECOND"
    ? -1_000n
    : type._tag === "Timestamp" && type.unit === "MICROSECOND"
      ? 1_000n
      : type._tag === "Timestamp" && type.unit === "NANOSECOND"
        ? 1_000_000n
        : 1n

/** Epoch milliseconds of a date column's value, which must be whole. */
const epoch = (path: ArrowError.Path, type: DataType.DataType, value: number | bigint): number => {
  if (typeof value === "number") return value * 86_400_000
  const scale = milliseconds(type)
  if (scale < 0n) return Number(value * -scale)
  return value % scale === 0n ? Number(value / scale) : refuse(path, value, "a whole millisecond")
}

const exactNumber = (path: ArrowError.Path, value: unknown): unknown => {
  if (typeof value !== "bigint") return value
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : refuse(path, value, "a safe integer")
}

const representationOf = (annotations: object | undefined): string | undefined =>
  ({ ...annotations } as { readonly representation?: { readonly id?: string } }).representation?.id

const isInteger = (ast: SchemaAST.AST): boolean =>
  (ast.checks ?? []).some((check) => representationOf(check.annotations) === "effect/schema/isInt")

type Declared = (name: string, type: DataType.DataType | undefined, path: ArrowError.Path) => Derived

const utcMillisecond = DataType.timestamp("MILLISECOND", "UTC")

const declared: Record<string, Declared> = {
  "effect/schema/Uint8Array": (name, type) => leaf(name, type ?? { _tag: "Binary" }),
  "effect/schema/Date": (name, type = utcMillisecond, path) =>
    leaf(name, type, same, (value) => new Date(epoch(path, type, value as bigint))),
  "effect/schema/DateTimeUtc": (name, type = utcMillisecond, path) =>
    leaf(
      name,
      type,
      (value) => DateTime.toDateUtc(value as DateTime.Utc),
      (value) => DateTime.makeUnsafe(epoch(path, type, value as bigint))
    ),
  "effect/schema/BigDecimal": (name, type, path) =>
    type?._tag === "Decimal"
      ? leaf(name, type, same, (value) => BigDecimal.make(value as bigint, type.scale))
      : unsupported(path, "BigDecimal without a decimal type")
}

const nested = (name: string, type: DataType.DataType, children: ReadonlyArray<Field>): Field =>
  field(name, type, { nullable: false, children })

/** Numbers the dictionaries of one schema. */
export class Walk {
  private dictionaries = 0n

  field(name: string, ast: SchemaAST.AST, path: ArrowError.Path): Derived {
    if (ast._tag === "Union") return this.union(name, ast, path)
    const annotated = SchemaAST.resolveAt<{ readonly field: Field }>("arrow")(ast)
    const type = annotated?.field.type
    switch (ast._tag) {
      case "String":
        return leaf(name, type ?? { _tag: "Utf8" })
      case "Number":
        return leaf(name, type ?? (isInteger(ast) ? DataType.int(32) : DataType.float("DOUBLE")), same, (value) =>
          exactNumber(path, value)
        )
      case "BigInt":
        return leaf(name, type ?? DataType.int(64), same, (value) =>
          typeof value === "number" ? BigInt(value) : value
        )
      case "Boolean":
        return leaf(name, type ?? { _tag: "Bool" })
      case "Literal":
        return this.literals(name, [ast], path)
      case "Null":
        return { ...leaf(name, { _tag: "Null" }), field: field(name, { _tag: "Null" }) }
      case "Declaration": {
        const id = representationOf(ast.annotations)
        const derive = declared[id ?? ""]
        return derive === undefined ? unsupported(path, `the declaration ${id}`) : derive(name, type, path)
      }
      case "Arrays":
        return this.list(name, ast, path)
      case "Objects":
        return ast.indexSignatures.length > 0 ? this.map(name, ast, path) : this.struct(name, ast, path)
      default:
        return unsupported(path, ast._tag)
    }
  }

  private union(name: string, ast: SchemaAST.Union, path: ArrowError.Path): Derived {
    const empty = ast.types.filter((member) => member._tag === "Null" || member._tag === "Undefined")
    const rest = ast.types.filter((member) => member._tag !== "Null" && member._tag !== "Undefined")
    const inner =
      rest.length === 1
        ? this.field(name, rest[0]!, path)
        : rest.length > 0 && rest.every((member) => member._tag === "Literal")
          ? this.literals(name, rest, path)
          : unsupported(path, `a union of ${ast.types.map((member) => member._tag).join(", ")}`)
    if (empty.length === 0) return inner
    if (empty.length > 1) return unsupported(path, "a value that may be both null and undefined")
    const nothing = empty.some((member) => member._tag === "Null") ? null : undefined
    return {
      field: { ...inner.field, nullable: true },
      toColumn: (value) => (value === null || value === undefined ? null : inner.toColumn(value)),
      fromColumn: (value) => (value === null ? nothing : inner.fromColumn(value))
    }
  }

  private literals(name: string, literals: ReadonlyArray<SchemaAST.Literal>, path: ArrowError.Path): Derived {
    if (!literals.every(({ literal }) => typeof literal === "string")) {
      return unsupported(path, "literals other than strings")
    }
    const dictionary = { id: this.dictionaries++, indexType: DataType.int(32), isOrdered: false }
    return { ...leaf(name, { _tag: "Utf8" }), field: field(name, { _tag: "Utf8" }, { nullable: false, dictionary }) }
  }

  private list(name: string, ast: SchemaAST.Arrays, path: ArrowError.Path): Derived {
    if (ast.elements.length > 0 || ast.rest.length !== 1) return unsupported(path, "a tuple")
    const item = this.field("item", ast.rest[0]!, [...path, "item"])
    return {
      field: nested(name, { _tag: "List" }, [item.field]),
      toColumn: (value) => (value as ReadonlyArray<unknown>).map(item.toColumn),
      fromColumn: (value) => (value as ReadonlyArray<unknown>).map(item.fromColumn)
    }
  }

  private map(name: string, ast: SchemaAST.Objects, path: ArrowError.Path): Derived {
    const [signature] = ast.indexSignatures
    if (ast.propertySignatures.length > 0 || ast.indexSignatures.length > 1 || signature!.parameter._tag !== "String") {
      return unsupported(path, "a record with keys other than string")
    }
    const value = this.field("value", signature!.type, [...path, "value"])
    const key = field("key", { _tag: "Utf8" }, { nullable: false })
    const entries = nested("entries", { _tag: "Struct" }, [key, value.field])
    return {
      field: nested(name, { _tag: "Map", keysSorted: false }, [entries]),
      toColumn: (record) => Object.entries(record as object).map(([name, item]) => [name, value.toColumn(item)]),
      fromColumn: (pairs) =>
        Object.fromEntries(
          (pairs as ReadonlyArray<[string, unknown]>).map(([name, item]) => [name, value.fromColumn(item)])
        )
    }
  }

  struct(name: string, ast: SchemaAST.Objects, path: ArrowError.Path): Derived {
    const fields = ast.propertySignatures.map(({ name, type }) => {
      if (typeof name === "symbol") return unsupported(path, "a symbol key")
      const derived = this.field(String(name), type, [...path, String(name)])
      const isOptional = SchemaAST.isOptional(type)
      if (isOptional && type._tag === "Union" && type.types.some((member) => member._tag === "Null")) {
        return unsupported(path, "a key that may be both null and absent")
      }
      return {
        name: String(name),
        isOptional,
        ...derived,
        field: { ...derived.field, nullable: derived.field.nullable || isOptional }
      }
    })
    const toColumn = (value: unknown): unknown => {
      const record = value as Record<string, unknown>
      return fields.map(({ name, toColumn }) => {
        const item = property(record, name)
        return item === null || item === undefined ? null : toColumn(item)
      })
    }
    const fromColumn = (value: unknown): unknown => {
      const record = value as Record<string, unknown>
      const entries = fields.flatMap(({ fromColumn, isOptional, name }) =>
        record[name] === null && isOptional ? [] : [[name, fromColumn(record[name])] as const]
      )
      return Object.fromEntries(entries)
    }
    return {
      field: nested(
        name,
        { _tag: "Struct" },
        fields.map((derived) => derived.field)
      ),
      toColumn,
      fromColumn
    }
  }
}
