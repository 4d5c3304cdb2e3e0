/**
 * The Effect Schema of a layout's values: what to document, to put into JSON, to generate.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { range } from "./internal/integer.ts"
import { varintRange } from "./internal/varint.ts"
import type { Lazy } from "./Codec.ts"
import type { Layout, Node } from "./Layout.ts"
import * as L from "./Layout.ts"

type Values = Schema.Codec<unknown, unknown>

const cache = new WeakMap<Node, Values>()

const ofNode = (node: Node): Values => {
  let schema = cache.get(node)
  if (schema === undefined) cache.set(node, (schema = compute(node) as Values))
  return schema
}

/** The wire has no negative zero: a number that is one would come back as another. */
const notNegativeZero = Schema.makeFilter<number>((n) => !Object.is(n, -0), { expected: "a number other than -0" })

const whole = (node: L.Int | L.Varint): Schema.Constraint => {
  const { max, min } = node._tag === "Int" ? range(node) : varintRange(node)
  if (node.type === "bigint") return Schema.BigInt.check(Schema.isBetweenBigInt({ minimum: min, maximum: max }))
  return Schema.Int.check(Schema.isBetween({ minimum: Number(min), maximum: Number(max) }), notNegativeZero)
}

const encodable: { readonly [E in L.Text["encoding"]]: (text: string) => boolean } = {
  utf8: (text) => text.isWellFormed(),
  utf16: (text) => text.isWellFormed(),
  ascii: (text) => !/[^\0-\x7f]/.test(text),
  latin1: (text) => !/[^\0-\xff]/.test(text)
}

const isLazy = (value: unknown): value is Lazy<unknown> =>
  typeof value === "object" && value !== null && (value as { readonly bytes?: unknown }).bytes instanceof Uint8Array

const nullable = (length: L.Length, schema: Schema.Constraint): Schema.Constraint =>
  length._tag === "Prefixed" && length.absent !== undefined ? Schema.NullOr(schema) : schema

const struct = (node: L.Struct, tag: Record<string, Schema.Constraint>): Schema.Constraint => {
  const fields: Record<string, Schema.Constraint> = { ...tag }
  for (const field of node.fields) {
    if (L.isHidden(field.node)) continue
    const schema = ofNode(field.node)
    Object.defineProperty(fields, field.name, {
      value: isOptional(field.node) ? Schema.optional(schema) : schema,
      enumerable: true
    })
  }
  return Schema.Struct(fields)
}

const isOptional = (node: Node): boolean =>
  node._tag === "Optional" || (node._tag === "Endianness" && isOptional(node.of))

const compute = (node: Node): Schema.Constraint => {
  switch (node._tag) {
    case "Int":
    case "Varint":
      return whole(node)
    case "Float":
      return Schema.Number
    case "Bits":
      return Schema.Struct(
        Object.fromEntries(
          node.fields
            .filter((field) => field.value === undefined)
            .map(({ bits, name, signed }) => [
              name,
              whole({ _tag: "Int", bits: bits as L.Int["bits"], signed, endian: "big", type: "number" })
            ])
        )
      )
    case "Bytes":
      return nullable(node.length, Schema.Uint8Array)
    case "Text": {
      const expected = `text that ${node.encoding} can represent`
      return nullable(node.length, Schema.String.check(Schema.makeFilter(encodable[node.encoding], { expected })))
    }
    case "Array":
      return nullable(node.length, Schema.Array(ofNode(node.of)))
    case "Struct":
      return struct(node, {})
    case "Tagged":
      return Schema.Union(
        node.cases.map((each) =>
          each.node._tag === "Struct"
            ? struct(each.node, { _tag: Schema.Literal(each.name) })
            : Schema.Struct({ _tag: Schema.Literal(each.name), value: ofNode(each.node) })
        )
      )
    case "Enum": {
      const names = Schema.Literals(node.names.map(([name]) => name))
      return node.open ? Schema.Union([names, whole(node.of)]) : names
    }
    case "Flags":
      return Schema.Struct(Object.fromEntries(node.names.map(([name]) => [name, Schema.Boolean])))
    case "Optional":
      return Schema.UndefinedOr(ofNode(node.of))
    case "Window":
      return nullable(node.length, node.lazy ? Schema.declare(isLazy, { expected: "a lazy value" }) : ofNode(node.of))
    case "Pointer":
    case "Endianness":
      return ofNode(node.of)
    case "Suspend":
      return Schema.suspend(() => ofNode(node.of()))
    case "Transform":
      return Schema.toType(node.schema)
    default:
      return Schema.Undefined
  }
}

/**
 * The schema of a layout's values. Its encoded side is the same: bytes are `Codec`'s and `BinarySchema.toCodec`'s matter.
 *
 * **Details**
 *
 * Whole numbers carry their range, text its encoding; a value that it takes can still be too long for its length prefix.
 *
 * **Example** (A message as JSON)
 *
 * ```ts
 * import { Binary, ValueSchema } from "@bytewright/core-binary"
 * import { Schema } from "effect"
 *
 * const Point = Binary.Struct({ x: Binary.Int16, y: Binary.Int16 })
 * const decode = Schema.decodeUnknownSync(ValueSchema.toSchema(Point))
 * console.log(decode({ x: 1, y: -2 }))
 * // => { x: 1, y: -2 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const toSchema = <A>(layout: Layout<A>): Schema.Codec<A> => ofNode(layout.node) as Schema.Codec<A>
