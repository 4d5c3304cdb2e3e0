/**
 * Layouts made of layouts: structs, unions, optional fields, constants, computed fields, pointers, recursion, schemas.
 *
 * @since 0.1.0
 */
import { dual } from "effect/Function"
import type * as Schema from "effect/Schema"
import type { Expr } from "../Expr.ts"
import { dependsOnRemaining } from "../internal/arithmetic.ts"
import { change, make } from "../internal/Kind.ts"
import { Checksum as ChecksumKind } from "../internal/node/Checksum.ts"
import { Computed as ComputedKind } from "../internal/node/Computed.ts"
import { Const as ConstKind } from "../internal/node/Const.ts"
import { ConstInt } from "../internal/node/ConstInt.ts"
import { Endianness } from "../internal/node/Endianness.ts"
import { Optional } from "../internal/node/Optional.ts"
import { Padding as PaddingKind } from "../internal/node/Padding.ts"
import { Pointer as PointerKind } from "../internal/node/Pointer.ts"
import { Struct as StructKind } from "../internal/node/Struct.ts"
import { Suspend as SuspendKind } from "../internal/node/Suspend.ts"
import { Tagged as TaggedKind } from "../internal/node/Tagged.ts"
import { Transform } from "../internal/node/Transform.ts"
import * as Layout from "../Layout.ts"
import { checkWhole, type FixedWhole, type Whole } from "./Number.ts"

/** A hidden layout: it has a name in a struct and no value. */
type Hidden = Layout.Layout<undefined, "hidden">

type Flat<T> = { [K in keyof T]: T[K] } & {}

/**
 * The fields of a struct, by name, in wire order.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = Readonly<Record<string, Layout.Any>>

/**
 * The value of a struct: hidden fields are not part of it, optional ones may be missing.
 *
 * @category models
 * @since 0.1.0
 */
export type StructType<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K]["kind"] extends "required" ? K : never]: F[K]["Type"] } & {
    readonly [K in keyof F as F[K]["kind"] extends "optional" ? K : never]?: F[K]["Type"]
  }
>

/**
 * A layout of named fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface Struct<F extends Fields> extends Layout.Layout<StructType<F>, "required"> {
  readonly node: Layout.Struct
  readonly fields: F
}

/**
 * Fields in wire order, which is the order of the keys.
 *
 * **Gotchas**
 *
 * JavaScript puts keys that are whole numbers first: they are refused, since wire order would not be the order written.
 *
 * @category structs
 * @since 0.1.0
 */
export const Struct = <const F extends Fields>(fields: F): Struct<F> => {
  for (const name of Object.keys(fields)) {
    if (/^(0|[1-9]\d*)$/.test(name)) throw new Error(`field ${name}: a whole number as a name would not keep its place`)
  }
  const node = make(StructKind, {
    _tag: "Struct",
    fields: Object.entries(fields).map(([name, layout]) => ({ name, node: layout.node }))
  })
  return Object.assign(Layout.make<StructType<F>>(node), { fields }) as Struct<F>
}

/**
 * A tag that is part of every case, `offset` bytes from its start.
 *
 * @category models
 * @since 0.1.0
 */
export interface Peek {
  readonly _tag: "Peek"
  readonly of: FixedWhole
  readonly offset: number
}

/** A tag inside the cases: it is looked at, and the case reads it again. @category unions @since 0.1.0 */
export const peek = (of: FixedWhole, offset = 0): Peek => ({ _tag: "Peek", of, offset })

/**
 * The cases of a tagged union: a tag, or the first and last of a range of tags, and the layout.
 *
 * @category models
 * @since 0.1.0
 */
export type Cases = Readonly<
  Record<string, readonly [tag: number | readonly [from: number, to: number], layout: Layout.Any]>
>

/**
 * Every tag that no other case has, where the value itself says which: for tags that are inside the case or were read earlier.
 *
 * @category unions
 * @since 0.1.0
 */
export const otherwise: readonly [from: number, to: number] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/**
 * The value of a tagged union: a struct's fields beside `_tag`, any other case's value under `value`.
 *
 * @category models
 * @since 0.1.0
 */
export type TaggedType<C extends Cases> = {
  [K in keyof C & string]: C[K][1] extends Struct<infer F>
    ? Flat<{ readonly _tag: K } & StructType<F>>
    : { readonly _tag: K; readonly value: C[K][1]["Type"] }
}[keyof C & string]

/**
 * A tagged union. The tag is a layout (it stands before the case), {@link peek} (it is inside the case) or an expression
 * (it was read earlier).
 *
 * **Details**
 *
 * A tag without a case is an `InvalidTag`. A case may have a range of tags, or be for all {@link otherwise}, unless the tag
 * stands before it: there a writer could not know which to write. What is written must read back as the same case.
 *
 * **Example** (A tag before its case)
 *
 * ```ts
 * import { Binary, Codec } from "@bytewright/core-binary"
 *
 * const Shape = Binary.Tagged(Binary.Uint8, {
 *   Circle: [1, Binary.Struct({ radius: Binary.Float32 })],
 *   Square: [2, Binary.Struct({ side: Binary.Uint16 })]
 * })
 * const codec = Codec.make(Shape)
 * console.log(codec.decodeSync(Uint8Array.of(2, 0, 7)))
 * // => { _tag: 'Square', side: 7 }
 * ```
 *
 * @category unions
 * @since 0.1.0
 */
export const Tagged = <const C extends Cases>(
  tag: Whole | Peek | Expr,
  cases: C
): Layout.Layout<TaggedType<C>, "required"> => {
  const list = Object.entries(cases)
    .map(([name, [tag, layout]]): Layout.Case => {
      const [from, to] = typeof tag === "number" ? [tag, tag] : tag
      return { name, from, to, node: layout.node }
    })
    // The first case that has a tag takes it.
    .sort((left, right) => Number(isOtherwise(left)) - Number(isOtherwise(right)))
  if (list.length === 0) throw new Error("a tagged union needs a case")
  const inside = "_tag" in tag && tag._tag === "Peek"
  const of = "node" in tag ? tag.node : inside ? tag.of.node : undefined
  list.forEach((each, index) => {
    if (of !== undefined && !isOtherwise(each))
      for (const number of [each.from, each.to]) checkWhole(of, number, `case ${each.name}`)
    if (each.from > each.to) throw new Error(`case ${each.name}: the last tag comes before the first`)
    if ("node" in tag && each.from !== each.to)
      throw new Error(`case ${each.name}: a tag that stands before its case cannot be a range`)
    const other = list.find((other, at) => at < index && other.from <= each.to && each.from <= other.to)
    if (other !== undefined && (isOtherwise(other) || !isOtherwise(each)))
      throw new Error(`cases ${other.name} and ${each.name} have a tag in common`)
    if (each.node._tag === "Struct" && each.node.fields.some((field) => field.name === "_tag"))
      throw new Error(`case ${each.name}: a field cannot be called _tag`)
  })
  return Layout.make(
    make(TaggedKind, {
      _tag: "Tagged",
      tag:
        "node" in tag
          ? { _tag: "Before", of: tag.node }
          : tag._tag === "Peek"
            ? { _tag: "Inside", of: tag.of.node, offset: tag.offset }
            : { _tag: "Outside", expr: tag },
      cases: list
    })
  )
}

const isOtherwise = ({ from, to }: Layout.Case): boolean => from === otherwise[0] && to === otherwise[1]

const optional = <A>(
  presence: Layout.Optional["presence"],
  of: Layout.Layout<A>
): Layout.Layout<A | undefined, "optional"> =>
  Layout.make(make(Optional, { _tag: "Optional", presence, of: of.node }), "optional")

/**
 * A field that is there when an expression over earlier fields is true (or not 0). Writing checks that both agree:
 * `InvalidPresence`.
 *
 * @category optional fields
 * @since 0.1.0
 */
export const When = <A>(expr: Expr, of: Layout.Layout<A>): Layout.Layout<A | undefined, "optional"> =>
  optional({ _tag: "When", expr }, of)

/** A field behind a number that is 0 (missing) or 1 (there); another is an `InvalidTag`. @category optional fields @since 0.1.0 */
export const Flagged = <A>(flag: FixedWhole<number>, of: Layout.Layout<A>): Layout.Layout<A | undefined, "optional"> =>
  optional({ _tag: "Flagged", of: flag.node }, of)

/** A field that is there when bytes are left in the window: what later versions of a format add at the end. @category optional fields @since 0.1.0 */
export const Trailing = <A>(of: Layout.Layout<A>): Layout.Layout<A | undefined, "optional"> =>
  optional({ _tag: "Trailing" }, of)

const hidden = (node: Layout.Node): Hidden => Layout.make(node, "hidden")

/** Bytes that must stand there: a magic. Text means its ASCII bytes. Others are a `ConstantMismatch`. @category hidden fields @since 0.1.0 */
export const Magic = (bytes: string | Iterable<number>): Hidden =>
  hidden(
    make(ConstKind, {
      _tag: "Const",
      bytes: typeof bytes === "string" ? Array.from(bytes, ascii) : Array.from(bytes, byte)
    })
  )

const byte = (value: number): number => {
  if (!(Number.isInteger(value) && value >= 0 && value <= 255)) throw new Error(`a byte is 0 to 255, not ${value}`)
  return value
}

const ascii = (character: string): number => {
  const code = character.codePointAt(0)!
  if (code > 0x7f) throw new Error(`a magic given as text must be ASCII: ${character}`)
  return code
}

/** A number that must stand there; another is a `ConstantMismatch`. @category hidden fields @since 0.1.0 */
export const Const = <A extends number | bigint>(of: FixedWhole<A>, value: A): Hidden => {
  checkWhole(of.node, value, "constant")
  return hidden(make(ConstInt, { _tag: "ConstInt", of: of.node, value }))
}

interface PaddingOptions {
  /** The byte that is written; 0 unless said otherwise. */
  readonly fill?: number | undefined
  /** Whether other bytes are a `ConstantMismatch`; ignored unless said otherwise. */
  readonly verify?: boolean | undefined
}

const padding = (amount: Layout.Padding["amount"], options: PaddingOptions | undefined): Hidden =>
  hidden(
    make(PaddingKind, {
      _tag: "Padding",
      amount,
      fill: byte(options?.fill ?? 0),
      verify: options?.verify ?? false
    })
  )

/** Bytes without meaning. @category hidden fields @since 0.1.0 */
export const Padding = (size: number, options?: PaddingOptions): Hidden => {
  if (!(Number.isSafeInteger(size) && size >= 0))
    throw new Error(`padding must be a whole number from 0 on, not ${size}`)
  return padding({ _tag: "Fixed", value: size }, options)
}

/** Padding up to a multiple of `to`, counted from the start of the message, or of the input. @category hidden fields @since 0.1.0 */
export const Align = (
  to: number,
  options?: PaddingOptions & { readonly origin?: "message" | "input" | undefined }
): Hidden => {
  if (!(Number.isSafeInteger(to) && to > 0)) throw new Error(`an alignment must be a whole number from 1 on, not ${to}`)
  return padding({ _tag: "Aligned", to, origin: options?.origin ?? "message" }, options)
}

/**
 * A number that is computed from other fields of the struct: the writer fills it in, the reader verifies it
 * (`ComputedMismatch`). Lengths of later fields may refer to it by name.
 *
 * **Example** (A length that stands apart from its content)
 *
 * ```ts
 * import { Binary, Codec } from "@bytewright/core-binary"
 *
 * const codec = Codec.make(
 *   Binary.Struct({
 *     length: Binary.Computed(Binary.Uint16, Binary.sizeOf("body")),
 *     kind: Binary.Uint8,
 *     body: Binary.Utf8(Binary.field("length"))
 *   })
 * )
 * console.log(Array.from(codec.encodeSync({ kind: 9, body: "hi" })))
 * // => [ 0, 2, 9, 104, 105 ]
 * ```
 *
 * @category hidden fields
 * @since 0.1.0
 */
export const Computed = (of: FixedWhole<number>, expr: Expr): Hidden => {
  checkKnown(expr, "a computed field")
  return hidden(make(ComputedKind, { _tag: "Computed", of: of.node, expr }))
}

/** What is left of a window is known to readers only. */
const checkKnown = (expr: Expr, what: string): void => {
  if (dependsOnRemaining(expr)) throw new Error(`${what} cannot depend on what remains of the window`)
}

/**
 * A checksum over the bytes from the start of field `from` to the start of field `to`, or to itself: the writer fills it
 * in, the reader verifies it (`ChecksumMismatch`). Where the span covers the checksum, its own bytes count as zero.
 *
 * @category hidden fields
 * @since 0.1.0
 */
export const Checksum = (
  of: FixedWhole<number>,
  algorithm: Layout.Algorithm,
  span: { readonly from: string; readonly to?: string | undefined }
): Hidden =>
  hidden(
    make(ChecksumKind, {
      _tag: "Checksum",
      of: change(of.node, { signed: false }),
      algorithm,
      from: span.from,
      to: span.to
    })
  )

/**
 * A layout that stands elsewhere: `at` bytes from the start of the message, or of the input. An offset outside is an
 * `InvalidPointer`. It can be read only: a writer cannot know where to put it.
 *
 * @category recursion
 * @since 0.1.0
 */
export const Pointer = <A>(
  at: Expr,
  of: Layout.Layout<A>,
  options?: { readonly origin?: "message" | "input" | undefined }
): Layout.Layout<A, "required"> =>
  Layout.make(make(PointerKind, { _tag: "Pointer", at, origin: options?.origin ?? "message", of: of.node }))

/**
 * A layout that refers to itself, at most `maxDepth` levels deep (`DepthExceeded`). `name` is what exporters and messages call it.
 *
 * **Gotchas**
 *
 * Expressions inside cannot see fields outside.
 *
 * @category recursion
 * @since 0.1.0
 */
export const Suspend = <A>(name: string, of: () => Layout.Layout<A>): Layout.Layout<A, "required"> => {
  let node: Layout.Node | undefined
  return Layout.make(make(SuspendKind, { _tag: "Suspend", name, of: () => (node ??= of().node) }))
}

/**
 * Passes the values of a layout through a schema: a transformation, a brand, a class. Its encoded side is the layout's
 * value. What it refuses is a `CheckFailed`. The schema must be synchronous and need no services.
 *
 * @category schemas
 * @since 0.1.0
 */
export const decodeTo: {
  <T, A>(schema: Schema.Codec<T, A>): (self: Layout.Layout<A>) => Layout.Layout<T, "required">
  <A, T>(self: Layout.Layout<A>, schema: Schema.Codec<T, A>): Layout.Layout<T, "required">
} = /* @__PURE__ */ dual(2, <A, T>(self: Layout.Layout<A>, schema: Schema.Codec<T, A>): Layout.Layout<T, "required"> =>
  Layout.make(make(Transform, { _tag: "Transform", of: self.node, schema: schema as Schema.Codec<unknown, unknown> }))
)

const withEndianness =
  (little: boolean | Expr) =>
  <A, Kind extends "required" | "optional" | "hidden">(of: Layout.Layout<A, Kind>): Layout.Layout<A, Kind> =>
    Layout.make(make(Endianness, { _tag: "Endianness", little, of: of.node }), of.kind)

/** Little endian for all within that does not say otherwise. @category byte order @since 0.1.0 */
export const littleEndian = withEndianness(true)

/** Big endian for all within that does not say otherwise. @category byte order @since 0.1.0 */
export const bigEndian = withEndianness(false)

/** Little endian where an expression over earlier fields is true, big endian otherwise. @category byte order @since 0.1.0 */
export const littleEndianWhen = <A, Kind extends "required" | "optional" | "hidden">(
  expr: Expr,
  of: Layout.Layout<A, Kind>
): Layout.Layout<A, Kind> => {
  checkKnown(expr, "a byte order")
  return withEndianness(expr)(of)
}
