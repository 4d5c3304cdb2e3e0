import { latin1 } from "../pickle/text.ts"
import { keyOf, limitExceeded, malformed, type PyProtocol } from "./protocol.ts"

/** A structural key: one object for all values that Python holds equal. */
export interface Token {
  readonly id: number
  /** How many nodes the value has when shared parts are counted each time: what hashing it costs Python. */
  readonly size: number
}

/** What Python's dicts compare: equal values have the same key under `Map`'s equality. */
export type Key = string | number | null | Token

/** Thrown for an `Array` or a `Set` of which it is not known whether Python's is hashable. */
export const ambiguous: unique symbol = Symbol("ambiguous")

const unhashable = (type: string) => malformed(`unhashable type: '${type}'`)

/** How many hexadecimal digits of big ints may be looked at for keys in all: they have no hash that is kept. */
const maxDigits = 100_000_000

/** How many ints that `Map` takes for one at first sight, because their lowest 64 bits are the same, may be keys. */
const maxAlike = 1000

/**
 * Gives values their keys. Structures are interned, so that what a key costs is linear in what the pickle holds, and what it
 * would cost Python (which hashes shared parts again and again) is only counted.
 */
export class KeySpace {
  private readonly tokens = new Map<string, Token>()
  private readonly atoms = new Map<unknown, Token>()
  /** A shared structure is walked once, however often it is used as a key. */
  private readonly known = new WeakMap<object, Key>()
  private readonly alike = new Map<bigint, number>()
  private digits = 0
  private count = 0
  private depth = 0
  readonly maxNodes: number
  /** Which `Array`s and `Set`s are Python's tuples and frozensets; `undefined` where nobody took note. */
  readonly hashable: WeakSet<object> | undefined

  constructor(maxNodes = 10_000, hashable?: WeakSet<object>) {
    this.maxNodes = maxNodes
    this.hashable = hashable
  }

  of(value: unknown): Key {
    switch (typeof value) {
      case "string":
        return value
      case "number":
        // NaN is equal to nothing, itself included: each gets a key of its own.
        return value === value ? value : this.unique()
      case "boolean":
        return value ? 1 : 0
      case "bigint":
        return this.ofInt(value)
      case "object":
        return value === null ? null : (this.known.get(value) ?? this.ofObject(value))
      default:
        throw unhashable(typeof value)
    }
  }

  /** The number that is equal, where a double is one. */
  private ofInt(value: bigint): Key {
    const near = Number(value)
    if (Number.isFinite(near) && BigInt(near) === value) return near
    const digits = value.toString(16)
    this.digits += digits.length
    if (this.digits > maxDigits) throw limitExceeded("maxKeyDigits", this.digits, maxDigits)
    return this.intern(`i${digits}`, 1)
  }

  /** Counts an int that is to be a key of a `Map` itself, where ints with the same lowest bits cost quadratic time. */
  countAlike(value: bigint): void {
    const low = BigInt.asUintN(64, value < 0n ? -value : value)
    const alike = (this.alike.get(low) ?? 0) + 1
    if (alike > maxAlike) throw limitExceeded("maxAlikeKeys", alike, maxAlike)
    this.alike.set(low, alike)
  }

  private ofObject(value: object): Key {
    const key = this.keyOfObject(value)
    this.known.set(value, key)
    return key
  }

  private keyOfObject(value: object): Key {
    const own = (value as PyProtocol)[keyOf]
    if (own !== undefined) return own.call(value, this)
    if (value instanceof Uint8Array) {
      return this.intern(`b${latin1(value, 0, value.length)}`, 1)
    }
    if (Array.isArray(value) || value instanceof Set) {
      if (this.hashable === undefined) throw ambiguous
      if (!this.hashable.has(value)) throw unhashable(Array.isArray(value) ? "list" : "set")
      return Array.isArray(value) ? this.sequence("t", value) : this.unordered(value)
    }
    const prototype = Object.getPrototypeOf(value)
    if (prototype === Object.prototype || value instanceof Map) throw unhashable("dict")
    return this.identity(value)
  }

  /** A value that is equal to itself alone. */
  identity(value: object): Token {
    return this.atom(value)
  }

  /** An ordered structure: `tag` tells types apart that are never equal. */
  sequence(tag: string, items: Iterable<unknown>): Token {
    return this.compound(tag, this.parts(items))
  }

  /** A frozenset. */
  unordered(items: Iterable<unknown>): Token {
    return this.compound(
      "f",
      this.parts(items).sort((a, b) => a.id - b.id)
    )
  }

  /** A value of type `tag` that its text says all about. */
  text(tag: string, text: string): Token {
    return this.intern(`${tag} ${text}`, 1)
  }

  private parts(items: Iterable<unknown>): Array<Token> {
    if (++this.depth > 500) throw limitExceeded("maxKeyDepth", this.depth, 500)
    try {
      const parts: Array<Token> = []
      for (const item of items) {
        const key = this.of(item)
        parts.push(typeof key === "object" && key !== null ? key : this.atom(key))
      }
      return parts
    } finally {
      this.depth--
    }
  }

  private compound(tag: string, parts: ReadonlyArray<Token>): Token {
    let size = 1
    let name = tag
    for (const part of parts) {
      size += part.size
      name += `,${part.id}`
    }
    if (size > this.maxNodes) throw limitExceeded("maxKeyNodes", size, this.maxNodes)
    return this.intern(name, size)
  }

  private unique(): Token {
    return { id: this.count++, size: 1 }
  }

  private atom(key: unknown): Token {
    let token = this.atoms.get(key)
    if (token === undefined) this.atoms.set(key, (token = this.unique()))
    return token
  }

  private intern(name: string, size: number): Token {
    let token = this.tokens.get(name)
    if (token === undefined) this.tokens.set(name, (token = { id: this.count++, size }))
    return token
  }
}
