/**
 * Expressions over fields already read: the inspectable arithmetic behind computed lengths, conditions and tags.
 *
 * An expression is plain data, so that every reading of a layout (generated code, closures, dissector exporters)
 * understands it. It can name only fields declared earlier in the same or an enclosing struct, except for
 * {@link sizeOf}, {@link countOf}, {@link offsetOf} and {@link tagOf}, which belong to computed fields.
 *
 * @since 0.1.0
 */

import { evaluated } from "./internal/Evaluator.ts"
import { expression } from "./internal/expression.ts"

/**
 * The operators of an expression. Arithmetic is that of JavaScript numbers; `/` divides and truncates towards zero,
 * the bitwise operators work on 32 bits, comparisons give booleans.
 *
 * @category models
 * @since 0.1.0
 */
export type Operator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "&"
  | "|"
  | "<<"
  | ">>>"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "and"
  | "or"

/**
 * An expression, as data.
 *
 * @category models
 * @since 0.1.0
 */
export type Expr =
  | { readonly _tag: "Literal"; readonly value: number | boolean }
  | { readonly _tag: "Field"; readonly path: readonly [string, ...Array<string>] }
  | { readonly _tag: "Operation"; readonly operator: Operator; readonly left: Expr; readonly right: Expr }
  | { readonly _tag: "Remaining" }
  | { readonly _tag: "SizeOf" | "CountOf" | "OffsetOf" | "TagOf"; readonly field: string }

/**
 * What an expression may be written as: a literal stands for itself.
 *
 * @category models
 * @since 0.1.0
 */
export type Operand = Expr | number | boolean

/** @__NO_SIDE_EFFECTS__ */
const make = (data: Expr): Expr => evaluated(expression, data)

const toExpr = (operand: Operand): Expr => (typeof operand === "object" ? operand : literal(operand))

/**
 * The value of a field that stands earlier on the wire; further names reach into it (`field("header", "flags")`).
 * A 64-bit field counts as a number, which must be a safe integer; an enum counts as its number, unless it is reached into a
 * record, where it is its name and refused.
 *
 * @category constructors
 * @since 0.1.0
 */
export const field = (...path: readonly [string, ...Array<string>]): Expr => make({ _tag: "Field", path })

/**
 * A constant number or boolean.
 *
 * @category constructors
 * @since 0.1.0
 */
export const literal = (value: number | boolean): Expr => make({ _tag: "Literal", value })

/**
 * The bytes left before the end of the enclosing window.
 *
 * @category constructors
 * @since 0.1.0
 */
export const remaining: Expr = /* @__PURE__ */ make({ _tag: "Remaining" })

/**
 * The encoded size, in bytes, of a field of the same struct. For computed fields only.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sizeOf = (field: string): Expr => make({ _tag: "SizeOf", field })

/**
 * The number of elements of an array field, or of bytes of a bytes field, of the same struct. For computed fields only.
 *
 * @category constructors
 * @since 0.1.0
 */
export const countOf = (field: string): Expr => make({ _tag: "CountOf", field })

/**
 * Where a field of the same struct starts, in bytes from the start of the message. For computed fields only.
 *
 * @category constructors
 * @since 0.1.0
 */
export const offsetOf = (field: string): Expr => make({ _tag: "OffsetOf", field })

/**
 * The tag of the case that a tagged union of the same struct holds. For computed fields only.
 *
 * @category constructors
 * @since 0.1.0
 */
export const tagOf = (field: string): Expr => make({ _tag: "TagOf", field })

const operation =
  /* @__NO_SIDE_EFFECTS__ */
  (operator: Operator) =>
    (left: Operand, right: Operand): Expr =>
      make({ _tag: "Operation", operator, left: toExpr(left), right: toExpr(right) })

/** `left + right`. @category operators @since 0.1.0 */
export const add = operation("+")
/** `left - right`. @category operators @since 0.1.0 */
export const subtract = operation("-")
/** `left * right`. @category operators @since 0.1.0 */
export const multiply = operation("*")
/** `left / right`, truncated towards zero. @category operators @since 0.1.0 */
export const divide = operation("/")
/** The remainder of `left / right`. @category operators @since 0.1.0 */
export const remainder = operation("%")
/** Bitwise and, on 32 bits. @category operators @since 0.1.0 */
export const bitAnd = operation("&")
/** Bitwise or, on 32 bits. @category operators @since 0.1.0 */
export const bitOr = operation("|")
/** `left << right`, on 32 bits. @category operators @since 0.1.0 */
export const shiftLeft = operation("<<")
/** `left >>> right`, on 32 bits, filled with zeros. @category operators @since 0.1.0 */
export const shiftRight = operation(">>>")
/** Whether both are equal. @category operators @since 0.1.0 */
export const equals = operation("==")
/** Whether both differ. @category operators @since 0.1.0 */
export const notEquals = operation("!=")
/** `left < right`. @category operators @since 0.1.0 */
export const lessThan = operation("<")
/** `left <= right`. @category operators @since 0.1.0 */
export const lessThanOrEqualTo = operation("<=")
/** `left > right`. @category operators @since 0.1.0 */
export const greaterThan = operation(">")
/** `left >= right`. @category operators @since 0.1.0 */
export const greaterThanOrEqualTo = operation(">=")
/** Whether both hold. @category operators @since 0.1.0 */
export const and = operation("and")
/** Whether either holds. @category operators @since 0.1.0 */
export const or = operation("or")

export {
  /**
   * Whether an expression asks what is left of the window.
   *
   * @category interpreters
   * @since 0.1.0
   */
  dependsOnRemaining,
  /**
   * Evaluates an expression; `leaf` gives the values of everything that is not a literal or an operation.
   *
   * @category interpreters
   * @since 0.1.0
   */
  evaluate,
  /**
   * Applies an operator to numbers.
   *
   * @category interpreters
   * @since 0.1.0
   */
  operate,
  /**
   * Calls `visit` for every field an expression reads: the first name of each `Field`, and the fields of `SizeOf` and its kin.
   *
   * @category interpreters
   * @since 0.1.0
   */
  visitFields
} from "./internal/arithmetic.ts"
