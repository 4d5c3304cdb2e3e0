import type { Key, KeySpace } from "./keySpace.ts"
import {
  append,
  build,
  children,
  keyOf,
  malformed,
  notRepresentable,
  type PyProtocol,
  reduce,
  type Reduction,
  setItem
} from "./protocol.ts"

/**
 * A reference to a class or a function of Python: a name, never the thing.
 *
 * @category models
 * @since 0.1.0
 */
export class PyGlobal implements PyProtocol {
  readonly _tag = "PyGlobal"
  readonly module: string
  readonly name: string
  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }
  toString(): string {
    return `${this.module}.${this.name}`
  }
  [keyOf](space: KeySpace): Key {
    return space.text("global", `${this.module}\n${this.name}`)
  }
}

/**
 * An object of a class that the registry does not hold: what the pickle would have Python call, kept and not called.
 *
 * **Details**
 *
 * `class` is the callee, a {@link PyGlobal} or what another call would return; `newObject` tells `cls.__new__(cls, ...)` from
 * `cls(...)`. `state`, `items` and `entries` are what the pickle then sets, appends and puts into it; `state` is `undefined` where
 * nothing is set.
 *
 * @category models
 * @since 0.1.0
 */
export class PyObject implements PyProtocol {
  readonly _tag = "PyObject"
  readonly class: unknown
  readonly args: ReadonlyArray<unknown>
  readonly newObject: boolean
  readonly kwargs: unknown
  state: unknown = undefined
  readonly items: Array<unknown> = []
  readonly entries: Array<readonly [unknown, unknown]> = []
  constructor(callee: unknown, args: ReadonlyArray<unknown>, newObject = false, kwargs: unknown = undefined) {
    this.class = callee
    this.args = args
    this.newObject = newObject
    this.kwargs = kwargs
  }
  [build](state: unknown): void {
    if (this.state !== undefined) throw notRepresentable("an object that is given its state twice")
    this.state = state
  }
  [append](item: unknown): void {
    this.items.push(item)
  }
  [setItem](key: unknown, value: unknown): void {
    this.entries.push([key, value])
  }
  [keyOf](space: KeySpace): Key {
    return space.identity(this)
  }
  *[children](): Iterable<unknown> {
    yield this.class
    yield* this.args
    yield this.kwargs
    yield this.state
    yield* this.items
    for (const entry of this.entries) yield* entry
  }
}

/**
 * Python's `Ellipsis` or `NotImplemented`.
 *
 * @category models
 * @since 0.1.0
 */
export class PySingleton implements PyProtocol {
  readonly _tag = "PySingleton"
  readonly name: "Ellipsis" | "NotImplemented"
  constructor(name: "Ellipsis" | "NotImplemented") {
    this.name = name
  }
  [keyOf](space: KeySpace): Key {
    return space.text("singleton", this.name)
  }
}

/**
 * Python's `uuid.UUID`, as its 128-bit number.
 *
 * @category models
 * @since 0.1.0
 */
export class PyUuid implements PyProtocol {
  readonly _tag = "PyUuid"
  private number: bigint | undefined
  /** @internal Python makes a UUID without its number first. */
  constructor(number?: bigint) {
    if (number !== undefined) this.set(number)
  }
  /** The number. */
  get int(): bigint {
    if (this.number === undefined) throw malformed("a UUID is used before it is given its number")
    return this.number
  }
  /** `12345678-1234-5678-1234-567812345678`. */
  toString(): string {
    const hex = this.int.toString(16).padStart(32, "0")
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
  }
  /** Gives a UUID that is being read its number, once. */
  set(number: bigint): void {
    if (this.number !== undefined) throw malformed("a UUID is given its number twice")
    if (number < 0n || number >> 128n !== 0n) throw malformed("a UUID has 128 bits")
    this.number = number
  }
  [keyOf](space: KeySpace): Key {
    return space.text("uuid", this.toString())
  }
  [reduce](): Reduction {
    return { module: "uuid", name: "UUID", args: [], newObject: true, state: { int: this.int } }
  }
}
