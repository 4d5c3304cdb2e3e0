/**
 * Registries: which classes and functions of Python a pickle may name, and what is made of them.
 *
 * **Details**
 *
 * A pickle never runs anything. It names a global and gives arguments; the registry's function of exactly that name, after
 * Python 2's and NumPy 1's names are brought up to date, makes a value of them. Names are written as Python's entry points are,
 * `module:qualname`; no name is split at its dots, and no prefix matches. A registry cannot change: {@link add} and {@link without} return new ones.
 *
 * @since 0.1.0
 */
import type * as Result from "effect/Result"
import { constants, type Native, natives } from "./internal/pickle/native.ts"
import type { Reduction } from "./internal/py/protocol.ts"

export type {
  /**
   * How a value is written: as a call `module.name(...args)` (or `cls.__new__(cls, ...args)` with `newObject`), then the
   * `state` that Python sets, the `items` it appends and the `entries` it puts in.
   *
   * @category models
   * @since 0.1.0
   */
  Reduction
}

/**
 * What is made of one global. Every function is pure, returns a failure's text for what it does not take, and gets the arguments as
 * the chosen profile has them.
 *
 * **Details**
 *
 * `construct` makes the value from a call; `build`, `append` and `setItem` return what the value becomes when the pickle sets its
 * state, appends an item or puts an entry in: the same object, changed, or another that takes its place. Without one of
 * them that step is an error; without `construct` the global is only a reference. `class` and `reduce` are the way back: how
 * instances of a class are written.
 *
 * **Gotchas**
 *
 * What `build` returns takes the value's place everywhere but inside the state itself: a state that refers back to its
 * object holds what `construct` returned.
 *
 * @category models
 * @since 0.1.0
 */
export interface Entry<A extends object = object> {
  readonly construct?: (args: ReadonlyArray<unknown>, kwargs: unknown) => Result.Result<A, string>
  readonly build?: (value: A, state: unknown) => Result.Result<A, string>
  readonly append?: (value: A, item: unknown) => Result.Result<A, string>
  readonly setItem?: (value: A, key: unknown, item: unknown) => Result.Result<A, string>
  // oxlint-disable-next-line typescript/no-explicit-any -- any constructor at all
  readonly class?: abstract new (...args: any) => A
  readonly reduce?: (value: A) => Omit<Reduction, "module" | "name">
}

/**
 * Which globals a pickle may name.
 *
 * @category models
 * @since 0.1.0
 */
export interface Registry {
  /** The names, `module:qualname`. */
  readonly names: ReadonlySet<string>
  /** @internal */
  readonly natives: ReadonlyMap<string, Native>
  /** @internal */
  readonly constants: ReadonlyMap<string, unknown>
  /** @internal */
  readonly entries: ReadonlyMap<string, Entry>
  /** @internal */
  readonly reducers: ReadonlyMap<unknown, (value: object) => Reduction>
}

const make = (
  natives: ReadonlyMap<string, Native>,
  constants: ReadonlyMap<string, unknown>,
  entries: ReadonlyMap<string, Entry>
): Registry => {
  const reducers = new Map<unknown, (value: object) => Reduction>()
  for (const [key, { class: type, reduce }] of entries) {
    if (type === undefined || reduce === undefined) continue
    const [module = "", name = ""] = key.split(":")
    reducers.set(type, (value) => ({ module, name, ...reduce(value) }))
  }
  const names = new Set([...natives.keys(), ...constants.keys(), ...entries.keys()])
  return { names, natives, constants, entries, reducers }
}

/**
 * No global at all: only what pickles hold by themselves.
 *
 * @category constructors
 * @since 0.1.0
 */
export const empty: Registry = make(new Map(), new Map(), new Map())

/**
 * Values of Python's standard library (`collections`, `datetime`, `decimal`, `fractions`, `pathlib`, `uuid`, built-in types) and
 * NumPy's arrays, scalars and dtypes, of both its major versions. What a decoder uses unless told otherwise.
 *
 * @category constructors
 * @since 0.1.0
 */
export const standard: Registry = make(natives, constants, new Map())

/**
 * The registry with one more global, under its full name; it replaces one of the same name.
 *
 * **Example** (A class of one's own, both ways)
 *
 * ```ts
 * import { Pickle, Registry } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * class Point {
 *   readonly x: number
 *   readonly y: number
 *   constructor(x: number, y: number) {
 *     this.x = x
 *     this.y = y
 *   }
 * }
 * const registry = Registry.add(Registry.standard, "geometry:Point", {
 *   class: Point,
 *   construct: ([x, y]) =>
 *     typeof x === "number" && typeof y === "number" ? Result.succeed(new Point(x, y)) : Result.fail("two numbers are taken"),
 *   reduce: ({ x, y }) => ({ args: [x, y] })
 * })
 *
 * const bytes = Result.getOrThrow(Pickle.encode(new Point(1, 2), { registry }))
 * console.log(Result.getOrThrow(Pickle.decode(bytes, { registry })))
 * // => Point { x: 1, y: 2 }
 * ```
 *
 * @category combinators
 * @since 0.1.0
 */
export const add = <A extends object>(self: Registry, name: string, entry: Entry<A>): Registry => {
  const rest = without(self, name)
  return make(rest.natives, rest.constants, new Map(rest.entries).set(name, entry as unknown as Entry))
}

/**
 * The registry without some globals.
 *
 * @category combinators
 * @since 0.1.0
 */
export const without = (self: Registry, ...names: ReadonlyArray<string>): Registry => {
  const out = new Set(names)
  const kept = <A>(map: ReadonlyMap<string, A>) => new Map([...map].filter(([name]) => !out.has(name)))
  return make(kept(self.natives), kept(self.constants), kept(self.entries))
}
