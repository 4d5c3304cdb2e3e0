/** Whole numbers of either kind, integers and varints: what stands before lengths, cases and optional fields. */
import type { Int, Varint } from "../Layout.ts"
import { type Kind, kindOf } from "./Kind.ts"
import type { Source } from "./Source.ts"
import type { WriteGenerator, WriteSite } from "./WriteGenerator.ts"
import { show, type Write, type WritePlace, type Writer, type WriteState } from "./Writer.ts"

/** The whole numbers from `least` to `most`, which are written as `plus` more. */
export interface Count {
  readonly least: number
  readonly most: number
  readonly plus: number
  readonly refuse: (s: WriteState, value: unknown) => false
}

export interface WholeKind<N> extends Kind<N> {
  range(node: N): { readonly min: bigint; readonly max: bigint }
  /** The bytes that a number in range takes, where that is not always the same. */
  size?(node: N, value: number | bigint): number
  /** The code of `size`. */
  emitSize?(node: N, g: WriteGenerator, value: string): string
  /** The code that writes a number in range, at the position or at `at`. */
  emitPut(node: N, g: WriteGenerator, value: string, rest: number, site: Pick<WriteSite, "little">, at?: string): void
  /** A closure that writes a number in range, whatever its type. */
  put(node: N, c: Writer, rest: number, place: WritePlace): Write
  /** A closure that writes such numbers. */
  count(node: N, c: Writer, rest: number, place: WritePlace, count: Count): Write
}

/** What a derived number or a tag inside its case needs besides. */
export interface IntKind extends WholeKind<Int> {
  /** The code that reads the number at a position. */
  emitAccess(node: Int, source: Source, at: string, little: string): string
  /** The code that checks that a value is one of the integer's. */
  emitCheck(node: Int, g: WriteGenerator, value: string): void
}

/** Refuses a value that is no whole number of a type and range. */
export const refuseWhole = (
  s: WriteState,
  type: string,
  { max, min }: { readonly min: bigint; readonly max: bigint },
  value: unknown
): false =>
  s.refuse(typeof value === type ? "OutOfRange" : "InvalidType", `a ${type} from ${min} to ${max}`, show(value))

/** Checks counts before something else writes them. */
export const counted =
  (put: Write, { least, most, plus, refuse }: Count): Write =>
  (s, value) => {
    const n = value as number
    return n >= least && n <= most ? put(s, n + plus) : refuse(s, n)
  }

export const intKindOf = (node: Int): IntKind => kindOf(node) as IntKind

export const wholeKindOf = <N extends Int | Varint>(node: N): WholeKind<N> => kindOf(node) as WholeKind<N>
