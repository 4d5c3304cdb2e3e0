import * as NdArray from "../../NdArray.ts"
import * as Result from "effect/Result"
import type { Entry } from "../../Registry.ts"
import { PyByteArray, PyFrozenSet, PySet, PyTuple } from "../py/collections.ts"
import type { KeySpace } from "../py/keySpace.ts"
import { buildArray } from "../py/numpy.ts"
import { PyGlobal, PyObject, PyUuid } from "../py/objects.ts"
import { append, build, Fault, malformed, type PyProtocol, setItem } from "../py/protocol.ts"
import { buildUuid, type Construction, type Native, reference } from "./native.ts"
import type { Settings } from "./options.ts"
import { renamed } from "./python2.ts"
import { setAdd } from "./profile.ts"

/** A value that an entry of the user made, and where the memo holds it. */
interface Owned {
  readonly entry: Entry
  readonly memo: Array<number>
}

/** A value that its `build`, `append` or `setItem` put in another's place. */
export type Replace = (from: unknown, to: unknown, memo: ReadonlyArray<number>) => void

/** Told of every global, by today's name, and of the names under which a registry may hold it. */
export type Seen = (module: string, name: string, candidates: ReadonlyArray<string>) => void

/** Everything a pickle does with names: finding them in the registry, and making and filling what they stand for. */
export class Globals implements Construction {
  readonly space: KeySpace
  private readonly settings: Settings
  private readonly hashable: WeakSet<object> | undefined
  private readonly seen: Seen | undefined
  private readonly found = new Map<string, unknown>()
  private readonly natives = new Map<unknown, Native>()
  private readonly entries = new Map<unknown, Entry>()
  private readonly shells = new Set<object>()
  /** The `Set`s that stand for frozensets. */
  readonly frozen = new WeakSet<object>()
  /** `undefined` until an entry of the user made something. */
  owned: Map<unknown, Owned> | undefined = undefined

  constructor(settings: Settings, space: KeySpace, hashable: WeakSet<object> | undefined, seen: Seen | undefined) {
    this.settings = settings
    this.space = space
    this.hashable = hashable
    this.seen = seen
  }

  /** The token, or the constant, of a name. */
  find(module: unknown, name: unknown): unknown {
    if (typeof module !== "string" || typeof name !== "string") throw malformed("the name of a global is a str")
    const key = `${module}:${name}`
    let token = this.found.get(key)
    if (token === undefined) this.found.set(key, (token = this.resolve(module, name)))
    return token
  }

  private resolve(module: string, name: string): unknown {
    const { opaque, registry } = this.settings
    const [module3, name3, same] = renamed(module, name)
    const candidates = same ? [`${module}:${name}`, `${module3}:${name3}`] : [`${module}:${name}`]
    const key = candidates.find((candidate) => registry.names.has(candidate))
    this.seen?.(module3, name3, candidates)
    const token = new PyGlobal(module3, name3)
    if (key === undefined) {
      if (opaque) return token
      throw new Fault({ _tag: "PickleUnknownGlobal", module, name })
    }
    const entry = registry.entries.get(key)
    const native = registry.natives.get(key)
    if (entry !== undefined) this.entries.set(token, entry)
    else if (native !== undefined) this.natives.set(token, native)
    else return registry.constants.get(key)
    return token
  }

  /** REDUCE, OBJ, INST (`newObject` false), NEWOBJ, NEWOBJ_EX. */
  call(callee: unknown, args: unknown, newObject: boolean, kwargs?: unknown): unknown {
    const items = args instanceof PyTuple ? args.items : args
    if (!Array.isArray(items)) throw malformed("the arguments of a call are a tuple")
    const native = this.natives.get(callee)
    if (native === reference && this.settings.opaque) return new PyObject(callee, items, newObject, kwargs)
    if (native !== undefined) {
      if (kwargs !== undefined && !isEmpty(kwargs)) throw malformed("keyword arguments are not taken")
      try {
        return native(items, this)
      } catch (fault) {
        // What the registry's function cannot take because the registry does not know it, stays as inert as it is.
        if (fault instanceof Fault && this.settings.opaque && items.some((item) => this.isOpaque(item))) {
          return new PyObject(callee, items, newObject, kwargs)
        }
        throw fault
      }
    }
    const entry = this.entries.get(callee)
    if (entry !== undefined) return this.construct(entry, items, kwargs, String(callee))
    if (this.isOpaque(callee)) return new PyObject(callee, items, newObject, kwargs)
    throw malformed("only a class or a function can be called")
  }

  private construct(entry: Entry, args: ReadonlyArray<unknown>, kwargs: unknown, name: string): unknown {
    if (entry.construct === undefined) throw malformed(`${name} is only a reference here and cannot be called`)
    const value = taken(entry.construct(args, kwargs), name)
    this.owned ??= new Map()
    this.owned.set(value, { entry, memo: [] })
    return value
  }

  private isOpaque(value: unknown): boolean {
    if (value instanceof PyObject) return true
    return value instanceof PyGlobal && !this.natives.has(value) && !this.entries.has(value)
  }

  /** BUILD: what the target is afterwards. */
  build(target: unknown, state: unknown, replace: Replace): unknown {
    const owned = this.owned?.get(target)
    if (owned !== undefined) return this.change(target, owned, "build", [state], replace)
    if (target instanceof PyUuid) {
      buildUuid(target, state, this)
      this.shells.delete(target)
    } else if (target instanceof NdArray.NdArray) buildArray(target, state)
    else {
      const own = protocolOf(target)?.[build]
      if (own === undefined) throw malformed("this value takes no state")
      own.call(target as PyProtocol, state)
    }
    return target
  }

  /** APPEND and APPENDS on what is no list. */
  append(target: unknown, items: ReadonlyArray<unknown>, replace: Replace): unknown {
    const owned = this.owned?.get(target)
    let value = target
    if (owned !== undefined) {
      for (const item of items) value = this.change(value, owned, "append", [item], replace)
      return value
    }
    const own = target instanceof PySet ? undefined : protocolOf(target)?.[append]
    if (own === undefined) throw malformed("nothing can be appended to this value")
    for (const item of items) own.call(target as PyProtocol, item)
    return target
  }

  /** SETITEM and SETITEMS on what is no dict. */
  setItems(target: unknown, pairs: ReadonlyArray<unknown>, replace: Replace): unknown {
    const owned = this.owned?.get(target)
    let value = target
    if (owned !== undefined) {
      for (let i = 0; i < pairs.length; i += 2) {
        value = this.change(value, owned, "setItem", [pairs[i], pairs[i + 1]], replace)
      }
      return value
    }
    const own = protocolOf(target)?.[setItem]
    if (own === undefined) throw malformed("no entry can be put into this value")
    for (let i = 0; i < pairs.length; i += 2) own.call(target as PyProtocol, pairs[i], pairs[i + 1])
    return target
  }

  private change(
    target: unknown,
    owned: Owned,
    how: "build" | "append" | "setItem",
    args: ReadonlyArray<unknown>,
    replace: Replace
  ): unknown {
    const step = owned.entry[how] as
      | ((value: unknown, ...args: ReadonlyArray<unknown>) => Result.Result<unknown, string>)
      | undefined
    if (step === undefined) throw malformed(`the registry's entry has no ${how}`)
    const value = taken(step(target, ...args), how)
    if (value !== target) {
      this.owned!.delete(target)
      this.owned!.set(value, owned)
      replace(target, value, owned.memo)
    }
    return value
  }

  /** What STOP finds wrong. */
  finish(): void {
    if (this.shells.size > 0) throw malformed("a UUID was made but not given its number")
  }

  get lossless(): boolean {
    return this.settings.lossless
  }

  set(items: Iterable<unknown>): unknown {
    if (this.lossless) return this.filled(new PySet(undefined, this.space), items)
    const set = new Set()
    for (const item of items) setAdd(set, item, this.space)
    return set
  }

  frozenSet(items: Iterable<unknown>): unknown {
    if (this.settings.lossless) return this.filled(new PyFrozenSet(undefined, this.space), items)
    const set = this.set(items)
    this.hashable?.add(set as object)
    this.frozen.add(set as object)
    return set
  }

  private filled(set: PySet, items: Iterable<unknown>): PySet {
    for (const item of items) set[append](item)
    return set
  }

  byteArray(bytes: Uint8Array): unknown {
    return this.settings.lossless ? new PyByteArray(bytes) : bytes
  }

  instantiate(callee: unknown): unknown {
    return this.call(callee, [], true)
  }

  unfinished(value: object): void {
    this.shells.add(value)
  }
}

const protocolOf = (value: unknown): PyProtocol | undefined =>
  typeof value === "object" && value !== null ? (value as PyProtocol) : undefined

const isEmpty = (kwargs: unknown): boolean =>
  typeof kwargs === "object" &&
  kwargs !== null &&
  ("size" in kwargs ? kwargs.size === 0 : Object.keys(kwargs).length === 0)

const taken = (result: Result.Result<unknown, string>, name: string): unknown => {
  if (Result.isFailure(result)) throw malformed(`${name}: ${result.failure}`)
  return result.success
}
