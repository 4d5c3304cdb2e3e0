/**
 * Layouts of contents with a length: bytes, text, arrays, windows.
 *
 * @since 0.1.0
 */
import type { Lazy as LazyValue } from "../Codec.ts"
import type { Expr } from "../Expr.ts"
import { evaluatorOf } from "../internal/Evaluator.ts"
import { carried } from "../internal/carry.ts"
import { change, make } from "../internal/Kind.ts"
import { computedLength } from "../internal/length/Computed.ts"
import { fixed } from "../internal/length/Fixed.ts"
import { Nullable as NullableKind } from "../internal/length/Nullable.ts"
import { prefixedBy } from "../internal/length/Prefixed.ts"
import { rest as restLength } from "../internal/length/Rest.ts"
import { terminatedBy } from "../internal/length/Terminated.ts"
import { Array_ as ArrayKind } from "../internal/node/Array.ts"
import { Bytes as BytesKind } from "../internal/node/Bytes.ts"
import { Lazy as LazyKind } from "../internal/node/Lazy.ts"
import { Text as TextKind } from "../internal/node/Text.ts"
import { Window as WindowKind } from "../internal/node/Window.ts"
import type { Encoding } from "../internal/text/Encoding.ts"
import { ascii, latin1 } from "../internal/text/single.ts"
import { utf16 } from "../internal/text/utf16.ts"
import { utf8 } from "../internal/text/utf8.ts"
import * as Layout from "../Layout.ts"
import type { Whole } from "./Number.ts"

/**
 * A length with a number in front that may say `null`.
 *
 * @category models
 * @since 0.1.0
 */
export type NullableLength = Extract<Layout.Length, { readonly _tag: "Prefixed" }> & { readonly absent: number }

/**
 * How a length is written: a number for a fixed one, an integer layout for a prefix, an expression over earlier fields, or
 * what {@link prefixed}, {@link terminated} and {@link rest} give.
 *
 * @category models
 * @since 0.1.0
 */
export type LengthInput = number | Whole | Expr | Layout.Length

type Nullable<L, A> = L extends { readonly absent: number } ? A | null : A

interface PrefixOptions {
  /** What the prefix counts: elements for arrays, bytes for all else, unless said otherwise. */
  readonly unit?: "bytes" | "elements" | undefined
  /** The prefix holds the length plus this: 1 for Kafka's compact strings, the prefix's own size where it counts itself. */
  readonly plus?: number | undefined
  /** Lengths outside are refused at the prefix. */
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/**
 * A length given by the number before it.
 *
 * **Details**
 *
 * `absent` is the number in the prefix that says there is no value: it reads as `null`, and `null` writes it.
 *
 * @category lengths
 * @since 0.1.0
 */
export const prefixed: {
  (of: Whole, options: PrefixOptions & { readonly absent: number }): NullableLength
  (of: Whole, options?: PrefixOptions): Exclude<Layout.Length, NullableLength>
} = (of: Whole, options?: PrefixOptions & { readonly absent?: number }): NullableLength =>
  prefixedBy(of.node, options as object, options?.absent === undefined ? undefined : NullableKind) as NullableLength

/**
 * Everything up to a terminator, one byte or several; the terminator is consumed and not part of the value.
 *
 * @category lengths
 * @since 0.1.0
 */
export const terminated = (...terminator: readonly [number, ...Array<number>]): Layout.Length => {
  for (const byte of terminator) {
    if (!(Number.isInteger(byte) && byte >= 0 && byte <= 255)) throw new Error(`a byte is 0 to 255, not ${byte}`)
  }
  return terminatedBy(terminator)
}

/**
 * A length in bytes by an expression, for arrays whose elements are not counted.
 *
 * @category lengths
 * @since 0.1.0
 */
export const inBytes = (expr: Expr): Layout.Length => computedLength(expr, "bytes")

/**
 * Everything to the end of the window.
 *
 * @category lengths
 * @since 0.1.0
 */
export const rest: Layout.Length = restLength

const isLength = (input: Expr | Layout.Length): input is Layout.Length => "put" in carried<object>(input)

const toLength = (input: LengthInput): Layout.Length => {
  if (typeof input === "number") {
    if (!Number.isSafeInteger(input) || input < 0)
      throw new Error(`a fixed length must be a whole number from 0 on, not ${input}`)
    return fixed(input)
  }
  if ("node" in input) return prefixedBy(input.node)
  return isLength(input) ? input : evaluatorOf(input).length(input)
}

/** A content whose unit is the byte: there is no other way to count it. */
const toByteLength = (input: LengthInput): Layout.Length => {
  const length = toLength(input)
  return "unit" in length ? change<Layout.Length>(length, { unit: "bytes" }) : length
}

/**
 * Opaque bytes. The value is a view of the input (it keeps its buffer alive and changes with it) unless the codec copies.
 *
 * @category contents
 * @since 0.1.0
 */
export const Bytes = <const L extends LengthInput>(length: L): Layout.Layout<Nullable<L, Uint8Array>, "required"> =>
  Layout.make(make(BytesKind, { _tag: "Bytes", length: toByteLength(length) }))

/* @__NO_SIDE_EFFECTS__ */
const text = (encoding: Encoding) => {
  const kind = TextKind(encoding)
  return <const L extends LengthInput>(length: L): Layout.Layout<Nullable<L, string>, "required"> =>
    Layout.make(make(kind, { _tag: "Text", encoding: encoding.name, length: toByteLength(length) }))
}

/**
 * UTF-8 text whose length counts bytes. Strict both ways: malformed bytes are an `InvalidUtf8`, a lone surrogate an
 * `InvalidText`; a byte order mark is kept.
 *
 * @category contents
 * @since 0.1.0
 */
export const Utf8 = text(utf8)

/**
 * ASCII text; a byte above 0x7F is an `InvalidUtf8`, a character above U+007F an `InvalidText`.
 *
 * @category contents
 * @since 0.1.0
 */
export const Ascii = text(ascii)

/**
 * ISO 8859-1 text: every byte is the character of its number.
 *
 * @category contents
 * @since 0.1.0
 */
export const Latin1 = text(latin1)

/**
 * UTF-16 text in the byte order of its place; the length counts bytes. Lone surrogates are refused both ways.
 *
 * @category contents
 * @since 0.1.0
 */
export const Utf16 = text(utf16)

const ArrayLayout = <A, const L extends LengthInput>(
  of: Layout.Layout<A>,
  length: L
): Layout.Layout<Nullable<L, ReadonlyArray<A>>, "required"> =>
  Layout.make(make(ArrayKind, { _tag: "Array", of: of.node, length: toLength(length) }))

export {
  /**
   * Elements of one layout; the length counts elements, unless it is said to count bytes.
   *
   * **Details**
   *
   * A count is checked against the bytes that are left and against `maxElements` before an array is allocated.
   *
   * @category contents
   * @since 0.1.0
   */
  ArrayLayout as Array
}

/**
 * A layout within a bounded number of bytes: a size-delimited frame, a chunk, a section. All of it must be used
 * (`TrailingBytes`), unless `rest` is `skip`; a writer leaves nothing to skip.
 *
 * @category contents
 * @since 0.1.0
 */
export const Window = <A, const L extends LengthInput>(
  length: L,
  of: Layout.Layout<A>,
  options?: { readonly rest?: "error" | "skip" | undefined }
): Layout.Layout<Nullable<L, A>, "required"> =>
  Layout.make(
    make(WindowKind, {
      _tag: "Window",
      length: toByteLength(length),
      of: of.node,
      rest: options?.rest ?? "error",
      lazy: false
    })
  )

/**
 * A layout within a bounded number of bytes that is read when its value is asked for.
 *
 * @category contents
 * @since 0.1.0
 */
export const Lazy = <A, const L extends LengthInput>(
  length: L,
  of: Layout.Layout<A>
): Layout.Layout<Nullable<L, LazyValue<A>>, "required"> =>
  Layout.make(make(LazyKind, { _tag: "Window", length: toByteLength(length), of: of.node, rest: "error", lazy: true }))
