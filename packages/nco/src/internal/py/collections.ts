import type { Key } from "./keySpace.ts"
import { KeySpace } from "./keySpace.ts"
import {
  append,
  build,
  children,
  fill,
  keyOf,
  malformed,
  notRepresentable,
  type PyProtocol,
  reduce,
  type Reduction,
  setItem
} from "./protocol.ts"

/**
 * Python's `tuple`: it cannot change, and it is a key where all its items are.
 *
 * @category models
 * @since 0.1.0
 */
export class PyTuple<out A extends ReadonlyArray<unknown> = ReadonlyArray<unknown>> implements PyProtocol {
  readonly items: A
  constructor(items: A) {
    this.items = items
  }
  get _tag(): "PyTuple" {
    return "PyTuple"
  }
  get length(): number {
    return this.items.length
  }
  [Symbol.iterator](): Iterator<A[number]> {
    return this.items[Symbol.iterator]()
  }
  [keyOf](space: KeySpace): Key {
    return space.sequence("t", this.items)
  }
  [children](): Iterable<unknown> {
    return this.items
  }
}

const none: ReadonlyArray<unknown> = []

/** Up to this many entries a scan is faster than a `Map`, and most dicts are that small. */
const scanned = 16

/**
 * Python's `dict`: entries in the order in which their keys came, keys equal as Python has it (`1 == 1.0 == True`, tuples and
 * frozensets by what they hold, NaN to nothing).
 *
 * **Details**
 *
 * Looking up or setting a key that Python cannot hash (a list, a dict) throws.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDict<K = unknown, V = unknown> implements PyProtocol {
  private names: Array<K> = none as Array<K>
  private held: Array<V> = none as Array<V>
  /** Whether `names` is also another dict's, and to be copied before it grows. */
  private borrowed = true
  private index: Map<Key, number> | undefined = undefined
  private space: KeySpace | undefined

  constructor(entries?: Iterable<readonly [K, V]>, /** @internal */ space?: KeySpace) {
    this.space = space
    if (entries !== undefined) for (const [key, value] of entries) this.set(key, value)
  }

  get _tag(): string {
    return "PyDict"
  }

  /** How many entries there are. */
  get size(): number {
    return this.names.length
  }

  /** The value of a key equal to this one. */
  get(key: unknown): V | undefined {
    const at = this.find(key)
    return at === undefined ? undefined : this.held[at]
  }

  has(key: unknown): boolean {
    return this.find(key) !== undefined
  }

  /** Replaces the value of an equal key (which stays), or adds an entry at the end. */
  set(key: K, value: V): this {
    this[setItem](key, value)
    return this
  }

  /** The keys in their order; not a copy. */
  keys(): ReadonlyArray<K> {
    return this.names
  }

  /** The values in the order of their keys; not a copy. */
  values(): ReadonlyArray<V> {
    return this.held
  }

  *entries(): IterableIterator<[K, V]> {
    for (let i = 0; i < this.names.length; i++) yield [this.names[i]!, this.held[i]!]
  }

  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries()
  }

  [setItem](key: unknown, value: unknown): void {
    const { held, names } = this
    if (this.index === undefined) {
      if (typeof key === "string" && names.length < scanned) {
        for (let i = 0; i < names.length; i++) {
          if (names[i] === key) {
            held[i] = value as V
            return
          }
        }
        this.add(key as K, value as V)
        return
      }
      this.reindex()
    }
    const index = this.index!
    const own = typeof key === "string" ? key : this.space!.of(key)
    const at = index.get(own)
    if (at === undefined) {
      index.set(own, names.length)
      this.add(key as K, value as V)
    } else held[at] = value as V
  }

  /**
   * Puts the pairs `stack[from..to)` in. Most dicts of a pickle have the very keys of one before them: `shapes` keeps the last keys
   * of each number, which later dicts borrow.
   */
  [fill](stack: ReadonlyArray<unknown>, from: number, to: number, shapes: Array<Array<unknown> | undefined>): void {
    const count = (to - from) >> 1
    const fresh = this.names.length === 0 && this.index === undefined && count <= scanned
    if (fresh) {
      const shape = shapes[count]
      if (shape !== undefined && this.borrow(shape as Array<K>, stack, from)) return
    }
    for (let i = from; i < to; i += 2) this[setItem](stack[i], stack[i + 1])
    if (fresh && this.index === undefined && this.names.length === count) {
      shapes[count] = this.names
      this.borrowed = true
    }
  }

  private borrow(shape: Array<K>, stack: ReadonlyArray<unknown>, from: number): boolean {
    for (let i = 0; i < shape.length; i++) if (stack[from + 2 * i] !== shape[i]) return false
    this.names = shape
    const held = new Array<V>(shape.length)
    for (let i = 0; i < shape.length; i++) held[i] = stack[from + 2 * i + 1] as V
    this.held = held
    return true
  }

  private add(key: K, value: V): void {
    if (this.borrowed) {
      this.names = this.names.slice()
      this.borrowed = false
    }
    this.names.push(key)
    if (this.held === none) this.held = []
    this.held.push(value)
  }

  [keyOf](): Key {
    throw malformed(`unhashable type: 'dict'`)
  }

  *[children](): Iterable<unknown> {
    yield* this.names
    yield* this.held
  }

  private find(key: unknown): number | undefined {
    if (this.index === undefined && typeof key === "string") {
      const at = this.names.indexOf(key as never)
      return at === -1 ? undefined : at
    }
    return (this.index ?? this.reindex()).get(this.space!.of(key))
  }

  // Before there is an index, every key is a string.
  private reindex(): Map<Key, number> {
    this.space ??= new KeySpace()
    this.index = new Map()
    for (let i = 0; i < this.names.length; i++) this.index.set(this.names[i] as string, i)
    return this.index
  }
}

/**
 * Python's `collections.OrderedDict`.
 *
 * @category models
 * @since 0.1.0
 */
export class PyOrderedDict<K = unknown, V = unknown> extends PyDict<K, V> {
  override get _tag(): "PyOrderedDict" {
    return "PyOrderedDict"
  }
  [build](): void {
    throw notRepresentable("attributes of an OrderedDict")
  }
  [reduce](): Reduction {
    return { module: "collections", name: "OrderedDict", args: [], entries: this }
  }
}

/**
 * Python's `collections.defaultdict`; `factory` is what it calls for a missing key, as a reference that is never called.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDefaultDict<K = unknown, V = unknown> extends PyDict<K, V> {
  override get _tag(): "PyDefaultDict" {
    return "PyDefaultDict"
  }
  readonly factory: unknown
  constructor(factory: unknown, entries?: Iterable<readonly [K, V]>, /** @internal */ space?: KeySpace) {
    super(entries, space)
    this.factory = factory
  }
  [reduce](): Reduction {
    return {
      module: "collections",
      name: "defaultdict",
      args: this.factory === null ? [] : [this.factory],
      entries: this
    }
  }
}

/**
 * Python's `collections.Counter`.
 *
 * @category models
 * @since 0.1.0
 */
export class PyCounter<K = unknown, V = unknown> extends PyDict<K, V> {
  override get _tag(): "PyCounter" {
    return "PyCounter"
  }
  [reduce](): Reduction {
    return { module: "collections", name: "Counter", args: [new PyDict(this)] }
  }
}

/**
 * Python's `set`: items equal as the keys of a {@link PyDict} are.
 *
 * @category models
 * @since 0.1.0
 */
export class PySet<A = unknown> implements PyProtocol {
  readonly _tag: string = "PySet"
  private readonly dict: PyDict<A, null>

  constructor(items?: Iterable<A>, /** @internal */ space?: KeySpace) {
    this.dict = new PyDict(undefined, space)
    if (items !== undefined) for (const item of items) this.dict.set(item, null)
  }
  get size(): number {
    return this.dict.size
  }
  has(item: unknown): boolean {
    return this.dict.has(item)
  }
  /** The items in the order in which they came; not a copy. */
  values(): ReadonlyArray<A> {
    return this.dict.keys()
  }
  [Symbol.iterator](): Iterator<A> {
    return this.dict.keys()[Symbol.iterator]()
  }
  [append](item: unknown): void {
    this.dict[setItem](item, null)
  }
  [keyOf](_space: KeySpace): Key {
    throw malformed(`unhashable type: 'set'`)
  }
  [children](): Iterable<unknown> {
    return this.dict.keys()
  }
}

/**
 * Python's `frozenset`: a set that is a key itself.
 *
 * @category models
 * @since 0.1.0
 */
export class PyFrozenSet<A = unknown> extends PySet<A> {
  override readonly _tag = "PyFrozenSet"
  override [keyOf](space: KeySpace): Key {
    return space.unordered(this)
  }
}

/**
 * Python's `collections.deque`; with a `maxlen` it keeps the last so many items.
 *
 * @category models
 * @since 0.1.0
 */
export class PyDeque<A = unknown> implements PyProtocol {
  readonly _tag = "PyDeque"
  readonly items: Array<A>
  readonly maxlen: number | null
  constructor(items: Iterable<A> = [], maxlen: number | null = null) {
    const all = [...items]
    this.items = maxlen === null ? all : all.slice(Math.max(0, all.length - maxlen))
    this.maxlen = maxlen
  }
  [append](item: unknown): void {
    this.items.push(item as A)
    // A pickle that holds more than fits is forged: Python would drop, item by item, what came first.
    if (this.maxlen !== null && this.items.length > this.maxlen)
      throw malformed(`more than maxlen=${this.maxlen} items`)
  }
  [keyOf](): Key {
    throw malformed("unhashable type: 'collections.deque'")
  }
  [children](): Iterable<unknown> {
    return this.items
  }
  [reduce](): Reduction {
    return {
      module: "collections",
      name: "deque",
      args: this.maxlen === null ? [] : [new PyTuple([]), BigInt(this.maxlen)],
      items: this.items
    }
  }
}

/**
 * Python's `bytearray`; `bytes` is a view of the pickle it came from.
 *
 * @category models
 * @since 0.1.0
 */
export class PyByteArray implements PyProtocol {
  readonly _tag = "PyByteArray"
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
  [keyOf](): Key {
    throw malformed("unhashable type: 'bytearray'")
  }
}
