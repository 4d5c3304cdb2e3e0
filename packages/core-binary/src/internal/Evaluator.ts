/** What a codec must know of expressions. An expression brings it along, as a node its kind: layouts without any ship none of it. */
import type { Expr } from "../Expr.ts"
import type { EncodeReason } from "../BinaryError.ts"
import type { Length } from "../Layout.ts"
import { carried, carry } from "./carry.ts"
import type { Locals } from "./emitted.ts"
import type { Operands, Slots } from "./Frame.ts"
import type { Visit } from "./Kind.ts"
import type { ReadGenerator, ReadSite } from "./ReadGenerator.ts"
import type { Source } from "./Source.ts"
import type { WriteGenerator, WriteSite } from "./WriteGenerator.ts"
import type { WritePlace, Writer, WriteState } from "./Writer.ts"

export interface Evaluator {
  /**
   * An expression's code. Statements that check what it reads go before it: `fail` is what they return. A boolean counts as
   * 0 or 1 wherever a number is wanted.
   */
  emit(source: Source, expr: Expr, scope: Locals | undefined, remaining: string, fail: string): string
  /** An expression as a closure: its number, booleans as 0 and 1. */
  closure<S extends Operands>(expr: Expr, slots: Slots | undefined): (s: S) => number
  /** The fields it asks for. */
  names(expr: Expr, visit: Visit): void
  /** The code that checks an expression against a number, now or when the computed fields it depends on are known. */
  emitAgrees(
    g: WriteGenerator,
    expr: Expr,
    actual: string,
    differ: (computed: string, actual: string) => string,
    site: WriteSite
  ): void
  /** As `emitAgrees`, as a closure; `shown` is how a refusal shows the number. */
  agrees(
    c: Writer,
    expr: Expr,
    place: WritePlace,
    holds: (computed: number, actual: number) => boolean,
    reason: EncodeReason,
    shown: (actual: number) => string
  ): (s: WriteState, actual: number, offset?: number) => boolean
  /** A length that an expression gives. */
  length(expr: Expr): Length
}

export const evaluated = <E extends Expr>(by: Evaluator, expr: E): E => carry(by, expr)

export const evaluatorOf = (expr: Expr): Evaluator => carried(expr)

/** The code of an expression where a node is read. */
export const emitExpr = (g: ReadGenerator, expr: Expr, site: ReadSite): string =>
  evaluatorOf(expr).emit(g.source, expr, site.scope, `(${site.end} - (${g.source.at()}))`, "X")
