import * as Result from "effect/Result"
import { make, type NcoError } from "../../NcoError.ts"
import * as NdArray from "../../NdArray.ts"
import type { Registry } from "../../Registry.ts"
import { PyByteArray, PyDict, PyFrozenSet, PySet, PyTuple } from "../py/collections.ts"
import { KeySpace } from "../py/keySpace.ts"
import { PyFloat } from "../py/numbers.ts"
import { arrayOf, PickleBuffer, reduceArray } from "../py/numpy.ts"
import { PyGlobal, PyObject, PySingleton } from "../py/objects.ts"
import { Fault, limitExceeded, notRepresentable, type PyProtocol, reduce, type Reduction } from "../py/protocol.ts"
import { fromDate } from "../py/time.ts"
import { Memo } from "./memo.ts"
import { Op } from "./opcode.ts"
import { Sink } from "./sink.ts"
import { latin1 } from "./text.ts"

/** Everything a writer depends on, defaults filled in. */
export interface WriterSettings {
  readonly protocol: 2 | 3 | 4 | 5
  readonly lossless: boolean
  readonly numpy: "numpy._core" | "numpy.core"
  readonly undefinedAs: "error" | "omit" | "None"
  readonly dates: "error" | "datetime"
  readonly identity: "graph" | "tree"
  readonly registry: Registry
  readonly persistentId: ((value: object) => unknown) | undefined
  readonly outOfBand: ((buffer: Uint8Array) => boolean) | undefined
  readonly maxDepth: number
}

export interface Encoded {
  readonly bytes: Uint8Array
  readonly buffers: ReadonlyArray<Uint8Array>
}

/** What CPython puts between two MARKs at most. */
const batch = 1000

/** Python 2's name of a global that Python 3 renamed. */
const python2 = (module: string, name: string): readonly [string, string] => {
  if (module === "builtins") return ["__builtin__", name === "range" ? "xrange" : name]
  return [module === "copyreg" ? "copy_reg" : module, name]
}

/** Whether an object is written as a `dict` with its own keys. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Encodes one value. */
export const encode = (value: unknown, settings: WriterSettings): Result.Result<Encoded, NcoError> => {
  try {
    return Result.succeed(new Writer(settings, undefined).run(value))
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
  }
  // The way to what cannot be written is only kept when it is asked for.
  const path: Array<string> = []
  try {
    return Result.succeed(new Writer(settings, path).run(value))
  } catch (fault) {
    const { reason } = fault as Fault
    // What breaks a rule of Python's types has no opcode here.
    const said =
      reason._tag === "PickleMalformed" ? ({ _tag: "NotRepresentable", detail: reason.detail } as const) : reason
    return Result.fail(make(said, 0, path.join("/")))
  }
}

/** The keys that the last record at some depth had, in order, and where the memo holds each: the next one's are likely the same. */
interface Shape {
  readonly keys: Array<string>
  readonly indices: Array<number>
}

/** Records with more keys than this are tables, whose keys do not come again. */
const maxShape = 64

class Writer extends Sink {
  private readonly settings: WriterSettings
  private readonly protocol: number
  private readonly path: Array<string> | undefined
  private readonly graph: boolean
  private readonly lossless: boolean
  private readonly memo = new Memo()
  private readonly names = new Map<string, number>()
  private readonly shapes: Array<Shape> = []
  /** Whether somebody gave every object properties of their own. */
  private readonly inherited: boolean
  private memoized = 0
  private depth = 0
  private readonly buffers: Array<Uint8Array> = []

  constructor(settings: WriterSettings, path: Array<string> | undefined) {
    super()
    this.settings = settings
    this.protocol = settings.protocol
    this.path = path
    this.lossless = settings.lossless
    this.graph = settings.identity === "graph"
    this.inherited = Object.keys(Object.prototype).length > 0
  }

  run(value: unknown): Encoded {
    this.u1(Op.PROTO, this.protocol)
    if (this.protocol >= 4) this.u8(Op.FRAME, 0)
    this.value(value)
    this.op(Op.STOP)
    // One frame around everything: what frames are for, reading ahead, is done by who has the bytes.
    if (this.protocol >= 4) {
      const length = this.at - 11
      this.view.setUint32(3, length % 2 ** 32, true)
      this.view.setUint32(7, Math.floor(length / 2 ** 32), true)
    }
    return { bytes: this.finish(), buffers: this.buffers }
  }

  private value(value: unknown): void {
    // Each comparison is compiled to a look at the value; a `switch` would call for the name of its type.
    if (typeof value === "string") return this.text(value)
    if (typeof value === "number") return this.number(value)
    if (typeof value === "object") return value === null ? this.op(Op.NONE) : this.object(value)
    if (typeof value === "boolean") return this.op(value ? Op.NEWTRUE : Op.NEWFALSE)
    if (typeof value === "bigint") return this.bigint(value)
    if (value !== undefined) throw notRepresentable(`a ${typeof value}`)
    if (this.settings.undefinedAs === "None") return this.op(Op.NONE)
    throw notRepresentable("undefined: leave it out, or set the option undefinedAs")
  }

  private number(value: number): void {
    if (this.lossless) this.f8(Op.BINFLOAT, value)
    else if ((value | 0) === value && (value !== 0 || 1 / value > 0)) this.int32(value)
    else if (Number.isSafeInteger(value) && value !== 0) {
      this.ensure(10)
      this.view.setUint32(this.at + 2, value >>> 0, true)
      this.view.setInt32(this.at + 6, Math.floor(value / 2 ** 32), true)
      this.long8(value < 0)
    } else this.f8(Op.BINFLOAT, value)
  }

  private int32(value: number): void {
    if (value >= 0 && value < 256) this.u1(Op.BININT1, value)
    else if (value >= 0 && value < 65_536) this.u2(Op.BININT2, value)
    else this.u4(Op.BININT, value)
  }

  private bigint(value: bigint): void {
    if (value >= -0x8000_0000n && value < 0x8000_0000n) return this.int32(Number(value))
    if (BigInt.asIntN(64, value) === value) {
      this.ensure(10)
      this.view.setBigInt64(this.at + 2, value, true)
      return this.long8(value < 0n)
    }
    const magnitude = value < 0n ? ~value : value
    const hex = magnitude.toString(16)
    const size = Math.floor(magnitude.toString(2).length / 8) + 1
    const digits = hex.padStart(size * 2, "0")
    if (size < 256) this.u1(Op.LONG1, size)
    else this.u4(Op.LONG4, size)
    this.ensure(size)
    const flip = value < 0n ? 255 : 0
    for (let i = size - 1; i >= 0; i--) this.bytes[this.at++] = parseInt(digits.slice(i * 2, i * 2 + 2), 16) ^ flip
  }

  /** An int whose eight bytes stand where they belong, as few of them as keep the sign. */
  private long8(negative: boolean): void {
    const { at, bytes } = this
    const fill = negative ? 255 : 0
    let size = 8
    while (bytes[at + 1 + size] === fill && bytes[at + size]! >> 7 === fill >> 7) size--
    bytes[at] = Op.LONG1
    bytes[at + 1] = size
    this.at = at + 2 + size
  }

  private text(value: string): void {
    const { length } = value
    const head = this.protocol >= 4 && length < 256 ? 2 : 5
    this.ensure(head + length * 3)
    const { at, bytes } = this
    let end = at + head
    if (length < 64) {
      let i = 0
      for (; i < length; i++) {
        const code = value.charCodeAt(i)
        if (code > 127) break
        bytes[end++] = code
      }
      if (i === length) {
        this.textHead(at, head, length)
        this.at = end
        return
      }
    }
    this.at = at + head
    const size = this.utf8(value)
    if (head === 2 && size > 255) {
      this.bytes.copyWithin(at + 5, at + 2, this.at)
      this.at += 3
      this.textHead(at, 5, size)
    } else this.textHead(at, head, size)
  }

  private textHead(at: number, head: number, size: number): void {
    if (head === 2) {
      this.bytes[at] = Op.SHORT_BINUNICODE
      this.bytes[at + 1] = size
    } else {
      this.bytes[at] = Op.BINUNICODE
      this.view.setUint32(at + 1, size, true)
    }
  }

  /** A string that is likely to come again: a key, the name of a module. */
  private key(value: string, shape?: Shape, at?: number): void {
    if (!this.graph) return this.text(value)
    let index = this.names.get(value)
    if (index === undefined) {
      this.text(value)
      this.names.set(value, (index = this.put()))
    } else this.recall(index)
    if (shape === undefined || at! >= maxShape) return
    shape.keys[at!] = value
    shape.indices[at!] = index
  }

  private put(): number {
    const index = this.memoized++
    if (this.protocol >= 4) this.op(Op.MEMOIZE)
    else if (index < 256) this.u1(Op.BINPUT, index)
    else this.u4(Op.LONG_BINPUT, index)
    return index
  }

  private recall(index: number): void {
    if (index < 256) this.u1(Op.BINGET, index)
    else this.u4(Op.LONG_BINGET, index)
  }

  private remember(value: object): void {
    if (this.graph) this.memo.set(value, this.put())
  }

  private object(value: object): void {
    if (this.settings.persistentId !== undefined) {
      const id = this.settings.persistentId(value)
      if (id !== undefined) {
        this.value(id)
        return this.op(Op.BINPERSID)
      }
    }
    const list = Array.isArray(value)
    const plain = list || isPlain(value)
    if (plain ? !this.opened(value, list ? Op.EMPTY_LIST : Op.EMPTY_DICT) : this.recalled(value)) return
    if (++this.depth > this.settings.maxDepth) throw limitExceeded("maxDepth", this.depth, this.settings.maxDepth)
    if (list) this.items(value, Op.APPENDS, Op.APPEND)
    else if (plain) this.record(value as Record<string, unknown>)
    else this.instance(value)
    this.depth--
  }

  /** Whether the memo has a value, which is then all that is written of it. */
  private recalled(value: object): boolean {
    const index = this.memo.get(value)
    if (index === undefined) return false
    this.recall(index)
    return true
  }

  /** Starts a list or a dict; `false` where the memo has it. */
  private opened(value: object, empty: number): boolean {
    if (!this.graph) {
      this.op(empty)
      return true
    }
    const index = this.memo.add(value, this.memoized)
    if (index !== undefined) {
      this.recall(index)
      return false
    }
    this.op(empty)
    this.put()
    return true
  }

  private items(items: ReadonlyArray<unknown>, many: number, one: number | undefined): void {
    const { path } = this
    for (let from = 0; from < items.length; from += batch) {
      const to = Math.min(items.length, from + batch)
      const single = one !== undefined && to - from === 1
      if (!single) this.op(Op.MARK)
      for (let i = from; i < to; i++) {
        path?.push(String(i))
        this.value(items[i])
        path?.pop()
      }
      this.op(single ? one : many)
    }
  }

  private record(record: Record<string, unknown>): void {
    const { path, settings } = this
    const omit = settings.undefinedAs === "omit"
    const shape = (this.shapes[this.depth] ??= { keys: [], indices: [] })
    let written = 0
    // Loads of a `for in` go by the hidden class, which loads by a key of any object cannot.
    for (const key in record) {
      if (this.inherited && !Object.hasOwn(record, key)) continue
      const value = record[key]
      if (omit && value === undefined) continue
      if (written % batch === 0) {
        if (written > 0) this.op(Op.SETITEMS)
        this.op(Op.MARK)
      }
      if (shape.keys[written] === key) this.recall(shape.indices[written]!)
      else this.key(key, shape, written)
      written++
      path?.push(key)
      this.value(value)
      path?.pop()
    }
    if (written > 0) this.op(Op.SETITEMS)
    if (Object.getOwnPropertySymbols(record).length > 0) throw notRepresentable("a record with symbols for keys")
  }

  private entries(entries: Iterable<readonly [unknown, unknown]>): void {
    const { path } = this
    let written = 0
    for (const [key, value] of entries) {
      if (written % batch === 0) {
        if (written > 0) this.op(Op.SETITEMS)
        this.op(Op.MARK)
      }
      written++
      path?.push(String(key))
      if (typeof key === "string") this.key(key)
      else this.value(key)
      this.value(value)
      path?.pop()
    }
    if (written > 0) this.op(Op.SETITEMS)
  }

  private instance(value: object): void {
    if (value instanceof PyTuple) return this.tuple(value)
    if (value instanceof Uint8Array) return this.blob(value, value)
    if (value instanceof Map) {
      this.unequal(value)
      this.op(Op.EMPTY_DICT)
      this.remember(value)
      return this.entries(value)
    }
    if (value instanceof Set) {
      this.unequal(value)
      return this.set(value, [...value])
    }
    if (value instanceof PyFloat) return this.f8(Op.BINFLOAT, value.value)
    const own = this.settings.registry.reducers.get(value.constructor)
    if (own !== undefined) return this.reduction(value, own(value))
    if (value instanceof PyDict && value._tag === "PyDict") {
      this.op(Op.EMPTY_DICT)
      this.remember(value)
      return this.entries(value)
    }
    if (value instanceof PySet) {
      return value instanceof PyFrozenSet ? this.frozenSet(value) : this.set(value, value.values())
    }
    if (value instanceof PyByteArray) return this.byteArray(value)
    if (value instanceof PyGlobal) return this.global(value.module, value.name)
    if (value instanceof PySingleton) return this.global("builtins", value.name)
    if (value instanceof PyObject) return this.inert(value)
    if (value instanceof PickleBuffer) return this.buffer(value.bytes)
    const context = { protocol: this.protocol, numpy: this.settings.numpy }
    if (value instanceof NdArray.NdArray) return this.reduction(value, reduceArray(value, context))
    const reduced = (value as PyProtocol)[reduce]
    if (reduced !== undefined) return this.reduction(value, reduced.call(value, context))
    if (value instanceof Date && this.settings.dates === "datetime") return this.date(value)
    const array = arrayOf(value)
    if (array !== undefined) return this.reduction(value, reduceArray(array, context))
    throw notRepresentable(
      `an instance of ${value.constructor?.name ?? "no class"}: register its class, or make it plain`
    )
  }

  /** Refuses keys that Python cannot hash, or would not tell apart. */
  private unequal(container: Map<unknown, unknown> | Set<unknown>): void {
    const space = new KeySpace(undefined, new WeakSet())
    const keys = new Set<unknown>()
    for (const key of container.keys()) keys.add(typeof key === "string" ? key : space.of(key))
    if (keys.size !== container.size) throw notRepresentable("keys that Python holds equal")
  }

  private members(items: ReadonlyArray<unknown>): void {
    if (items.length > 3) this.op(Op.MARK)
    for (let i = 0; i < items.length; i++) {
      this.path?.push(String(i))
      this.value(items[i])
      this.path?.pop()
    }
  }

  private close(length: number): void {
    this.op(length === 0 ? Op.EMPTY_TUPLE : length > 3 ? Op.TUPLE : Op.TUPLE1 + length - 1)
  }

  private tuple(value: PyTuple): void {
    const { length } = value.items
    this.members(value.items)
    if (length === 0) return this.close(0)
    // A tuple that holds itself, through a list, was written meanwhile.
    const index = this.memo.get(value)
    if (index !== undefined) {
      if (length > 3) this.op(Op.POP_MARK)
      else for (let i = 0; i < length; i++) this.op(Op.POP)
      return this.recall(index)
    }
    this.close(length)
    this.remember(value)
  }

  private set(value: object, items: ReadonlyArray<unknown>): void {
    if (this.protocol < 4) return this.reduction(value, { module: "builtins", name: "set", args: [items] })
    this.op(Op.EMPTY_SET)
    this.remember(value)
    this.items(items, Op.ADDITEMS, undefined)
  }

  private frozenSet(value: PyFrozenSet): void {
    const items = value.values()
    if (this.protocol < 4) return this.reduction(value, { module: "builtins", name: "frozenset", args: [items] })
    this.op(Op.MARK)
    for (const item of items) this.value(item)
    this.op(Op.FROZENSET)
    this.remember(value)
  }

  private blob(value: object, bytes: Uint8Array): void {
    const { length } = bytes
    if (this.protocol < 3) {
      const args = length === 0 ? [] : [latin1(bytes, 0, length), "latin1"]
      const name = length === 0 ? { module: "builtins", name: "bytes" } : { module: "_codecs", name: "encode" }
      return this.reduction(value, { ...name, args })
    }
    this.ensure(length)
    if (length < 256) this.u1(Op.SHORT_BINBYTES, length)
    else this.u4(Op.BINBYTES, length)
    this.raw(bytes)
    this.remember(value)
  }

  private byteArray(value: PyByteArray): void {
    if (this.protocol < 5) {
      return this.reduction(value, { module: "builtins", name: "bytearray", args: [value.bytes] })
    }
    this.u8(Op.BYTEARRAY8, value.bytes.length)
    this.raw(value.bytes)
    this.remember(value)
  }

  private buffer(bytes: Uint8Array): void {
    if (this.settings.outOfBand?.(bytes) === true) {
      this.buffers.push(bytes)
      return this.op(Op.NEXT_BUFFER)
    }
    // A bytearray, so that the array that Python makes of it can be written to.
    this.u8(Op.BYTEARRAY8, bytes.length)
    this.raw(bytes)
  }

  private date(value: Date): void {
    if (Number.isNaN(value.getTime())) throw notRepresentable("an invalid Date")
    this.reduction(value, fromDate(value)[reduce](this.settings))
  }

  private global(module: string, name: string): void {
    const key = `${module}\n${name}`
    const index = this.memo.get(key)
    if (index !== undefined) return this.recall(index)
    if (this.protocol >= 4) {
      this.key(module)
      this.key(name)
      this.op(Op.STACK_GLOBAL)
    } else {
      const [old, oldName] = this.protocol === 2 ? python2(module, name) : [module, name]
      if (/[\n\r]/.test(old + oldName))
        throw notRepresentable("a global with a newline in its name, in a protocol below 4")
      this.op(Op.GLOBAL)
      this.utf8(`${old}\n${oldName}\n`)
    }
    if (this.graph) this.memo.set(key, this.put())
  }

  private reduction(value: object, reduction: Reduction): void {
    this.global(reduction.module, reduction.name)
    this.made(value, reduction)
  }

  private inert(value: PyObject): void {
    this.value(value.class)
    this.made(value, value)
  }

  /** The call of what is on the stack, and what is done to the result. */
  private made(
    value: object,
    { args, entries, items, kwargs, newObject, state }: Omit<Reduction, "module" | "name">
  ): void {
    // Not remembered: these tuples are made here, of arrays that may be lists elsewhere.
    this.members(args)
    this.close(args.length)
    if (kwargs !== undefined) {
      if (this.protocol < 4) throw notRepresentable("keyword arguments, in a protocol below 4")
      this.value(kwargs)
      this.op(Op.NEWOBJ_EX)
    } else this.op(newObject === true ? Op.NEWOBJ : Op.REDUCE)
    this.remember(value)
    if (items !== undefined) this.items([...items], Op.APPENDS, Op.APPEND)
    if (entries !== undefined) this.entries(entries)
    if (state !== undefined) {
      this.value(state)
      this.op(Op.BUILD)
    }
  }
}
