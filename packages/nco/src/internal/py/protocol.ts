import type { Reason } from "../../NcoError.ts"
import type { KeySpace, Key } from "./keySpace.ts"

/** What the value at hand breaks; the machine that catches it adds where. */
export class Fault extends Error {
  override readonly name = "PyValueError"
  readonly reason: Reason
  constructor(reason: Reason) {
    super("detail" in reason ? reason.detail : reason._tag)
    this.reason = reason
  }
}

/** A rule of Python or of the pickle format is broken; `opcode` is filled in by the machine. */
export const malformed = (detail: string): Fault => new Fault({ _tag: "PickleMalformed", opcode: "", detail })

export const notRepresentable = (detail: string): Fault => new Fault({ _tag: "NotRepresentable", detail })

export const limitExceeded = (limit: string, value: number, maximum: number): Fault =>
  new Fault({ _tag: "LimitExceeded", limit, value, maximum })

/**
 * What a class is in a pickle: a call `module.name(...args)`, by `NEWOBJ` where `newObject` says so, then what `BUILD`,
 * `APPENDS` and `SETITEMS` add to it.
 */
export interface Reduction {
  readonly module: string
  readonly name: string
  readonly args: ReadonlyArray<unknown>
  readonly newObject?: boolean | undefined
  readonly kwargs?: unknown
  readonly state?: unknown
  readonly items?: Iterable<unknown> | undefined
  readonly entries?: Iterable<readonly [unknown, unknown]> | undefined
}

/** What a reduction may depend on. */
export interface ReduceContext {
  readonly protocol: number
  /** `numpy._core` or `numpy.core`. */
  readonly numpy: string
}

export const keyOf: unique symbol = Symbol.for("@bytewright/nco/keyOf")
export const build: unique symbol = Symbol.for("@bytewright/nco/build")
export const append: unique symbol = Symbol.for("@bytewright/nco/append")
export const setItem: unique symbol = Symbol.for("@bytewright/nco/setItem")
export const fill: unique symbol = Symbol.for("@bytewright/nco/fill")
export const reduce: unique symbol = Symbol.for("@bytewright/nco/reduce")
export const children: unique symbol = Symbol.for("@bytewright/nco/children")

/** What the machine and the writer ask of a value class; every method is optional. */
export interface PyProtocol {
  /** Python's `__hash__` and `__eq__` in one: equal values have the same key. Throws a `Fault` where there is none. */
  [keyOf]?(space: KeySpace): Key
  /** Python's `__setstate__`. */
  [build]?(state: unknown): void
  [append]?(item: unknown): void
  [setItem]?(key: unknown, value: unknown): void
  [reduce]?(context: ReduceContext): Reduction
  [children]?(): Iterable<unknown>
}
