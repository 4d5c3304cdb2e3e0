/**
 * The tagged form of Python values, as vectors spell them: whether a decoded value (lossless profile) is the one that a tag describes.
 */
import { createHash } from "node:crypto"
import * as Result from "effect/Result"
import { Dtype, NdArray, Py } from "../src/index.ts"

export type Tag = { readonly t: string; readonly [key: string]: unknown }

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex")

const bits = (value: number): string => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return Number.isNaN(value) ? "nan" : bytes.toString("hex")
}

const floatTag = (hex: unknown): string => bits(Buffer.from(hex as string, "hex").readDoubleBE())

const sizeOf = (dtype: Dtype.Dtype, shape: ReadonlyArray<number>): number =>
  shape.reduce((product, dimension) => product * dimension, dtype.itemsize)

const descrOf = (dtype: Dtype.Dtype): unknown => Result.getOrElse(Dtype.toDescr(dtype), (error) => error.message)

/** What differs, as a path and a text; `undefined` where nothing does. */
export type Difference = string | undefined

class Comparison {
  private ids: Map<unknown, unknown>
  private readonly met = new Set<unknown>()
  readonly opaque: boolean
  constructor(opaque: boolean, ids = new Map<unknown, unknown>()) {
    this.opaque = opaque
    this.ids = ids
  }

  run(tag: Tag, value: unknown, path: string): Difference {
    if (tag.t === "ref") return this.ids.get(tag["id"]) === value ? undefined : `${path}: not the shared object`
    if (tag["id"] !== undefined) this.ids.set(tag["id"], value)
    const mutable = Array.isArray(value) || value instanceof Py.PyDict || value instanceof NdArray.NdArray
    if (mutable && this.met.has(value)) return `${path}: shared, but should not be`
    if (mutable) this.met.add(value)
    return this.compare(tag, value, path)
  }

  private is(expected: unknown, actual: unknown, path: string): Difference {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)]
    return a === b ? undefined : `${path}: expected ${a?.slice(0, 200)}, got ${b?.slice(0, 200)}`
  }

  private bytes(tag: Tag, bytes: Uint8Array, path: string): Difference {
    if (tag["hex"] !== undefined) return this.is(tag["hex"], hexOf(bytes), path)
    return (
      this.is(tag["len"], bytes.length, `${path}.len`) ??
      this.is(tag["sha256"], createHash("sha256").update(bytes).digest("hex"), `${path}.sha256`)
    )
  }

  private list(tags: unknown, values: ReadonlyArray<unknown>, path: string): Difference {
    const expected = tags as ReadonlyArray<Tag>
    if (expected.length !== values.length) return `${path}: expected ${expected.length} items, got ${values.length}`
    for (let i = 0; i < expected.length; i++) {
      const difference = this.run(expected[i]!, values[i], `${path}[${i}]`)
      if (difference !== undefined) return difference
    }
    return undefined
  }

  private unordered(tags: unknown, values: ReadonlyArray<unknown>, path: string): Difference {
    const rest = [...values]
    for (const tag of tags as ReadonlyArray<Tag>) {
      const trials = rest.map((value) => {
        const trial = new Comparison(this.opaque, new Map(this.ids))
        return trial.run(tag, value, path) === undefined ? trial.ids : undefined
      })
      const at = trials.findIndex((ids) => ids !== undefined)
      if (at === -1) return `${path}: no item is ${JSON.stringify(tag)}`
      this.ids = trials[at]!
      rest.splice(at, 1)
    }
    return rest.length === 0 ? undefined : `${path}: ${rest.length} items too many`
  }

  private entries(tags: unknown, dict: Iterable<readonly [unknown, unknown]>, path: string): Difference {
    return this.list((tags as ReadonlyArray<ReadonlyArray<Tag>>).flat(), [...dict].flat(), path)
  }

  private compare(tag: Tag, value: unknown, path: string): Difference {
    const wrong = `${path}: expected ${tag.t}, got ${value === null ? "null" : typeof value === "object" ? value.constructor.name : typeof value}`
    const v = tag["v"]
    switch (tag.t) {
      case "none":
        return value === null ? undefined : wrong
      case "bool":
        return value === v ? undefined : wrong
      case "int":
        return typeof value === "bigint" ? this.is(v, String(value), path) : wrong
      case "float":
        return typeof value === "number" ? this.is(floatTag(tag["hex"]), bits(value), path) : wrong
      case "complex":
        if (!(value instanceof Py.PyComplex)) return wrong
        return this.is([floatTag(tag["re"]), floatTag(tag["im"])], [bits(value.re), bits(value.im)], path)
      case "str": {
        if (typeof value !== "string") return wrong
        const points = tag["cps"] as ReadonlyArray<number> | undefined
        return this.is(points === undefined ? v : String.fromCodePoint(...points), value, path)
      }
      case "strlong": {
        if (typeof value !== "string") return wrong
        const hash = createHash("sha256").update(value, "utf8").digest("hex")
        return this.is(tag["len"], [...value].length, path) ?? this.is(tag["sha256"], hash, path)
      }
      case "bytes":
        return value instanceof Uint8Array ? this.bytes(tag, value, path) : wrong
      case "bytearray":
        return value instanceof Py.PyByteArray ? this.bytes(tag, value.bytes, path) : wrong
      case "tuple":
        return value instanceof Py.PyTuple ? this.list(v, value.items, path) : wrong
      case "list":
        return Array.isArray(value) ? this.list(v, value, path) : wrong
      case "set":
        return value instanceof Py.PySet && value._tag === "PySet" ? this.unordered(v, value.values(), path) : wrong
      case "frozenset":
        return value instanceof Py.PyFrozenSet ? this.unordered(v, value.values(), path) : wrong
      case "deque":
        if (!(value instanceof Py.PyDeque)) return wrong
        return this.list(v, value.items, path) ?? this.is(tag["maxlen"], value.maxlen, path)
      case "dict":
        return value instanceof Py.PyDict && value._tag === "PyDict" ? this.entries(v, value, path) : wrong
      case "ordereddict":
        return value instanceof Py.PyOrderedDict ? this.entries(v, value, path) : wrong
      case "counter":
        return value instanceof Py.PyCounter ? this.entries(v, value, path) : wrong
      case "defaultdict":
        if (!(value instanceof Py.PyDefaultDict)) return wrong
        return this.run(tag["factory"] as Tag, value.factory, `${path}.factory`) ?? this.entries(v, value, path)
      case "timezone":
        if (!(value instanceof Py.PyTimeZone)) return wrong
        return this.is(v, String(value), path) ?? this.run(tag["offset"] as Tag, value.offset, `${path}.offset`)
      case "timedelta":
        if (!(value instanceof Py.PyTimeDelta)) return wrong
        return this.is(v, [value.days, value.seconds, value.microseconds], path)
      case "time":
      case "datetime": {
        if (!(tag.t === "time" ? value instanceof Py.PyTime : value instanceof Py.PyDateTime)) return wrong
        const { fold, tz } = value as Py.PyTime
        const difference = this.is(v, String(value), path) ?? this.is(tag["fold"] ?? 0, fold, `${path}.fold`)
        if (difference !== undefined || tag["tz"] === undefined) return difference
        return tag["tz"] === null ? this.is(null, tz, `${path}.tz`) : this.run(tag["tz"] as Tag, tz, `${path}.tz`)
      }
      case "date":
        return value instanceof Py.PyDate ? this.is(v, String(value), path) : wrong
      case "uuid":
        return value instanceof Py.PyUuid ? this.is(v, String(value), path) : wrong
      case "decimal":
        return value instanceof Py.PyDecimal ? this.is(v, value.text, path) : wrong
      case "fraction":
        if (!(value instanceof Py.PyFraction)) return wrong
        return this.is(v, [String(value.numerator), String(value.denominator)], path)
      case "range":
        if (!(value instanceof Py.PyRange)) return wrong
        return this.is(v, [String(value.start), String(value.stop), String(value.step)], path)
      case "slice":
        return value instanceof Py.PySlice ? this.list(v, [value.start, value.stop, value.step], path) : wrong
      case "path":
        return value instanceof Py.PyPath ? this.is([tag["class"], v], [value.class, String(value)], path) : wrong
      case "ellipsis":
        return value instanceof Py.PySingleton ? this.is("Ellipsis", value.name, path) : wrong
      case "notimplemented":
        return value instanceof Py.PySingleton ? this.is("NotImplemented", value.name, path) : wrong
      case "npdtype":
        if (!(value instanceof Py.NumpyDtype)) return wrong
        // NumPy's descr of a subarray is the void of its size.
        if (value.shape.length > 0) return this.is(tag["descr"], `|V${sizeOf(value.dtype, value.shape)}`, path)
        return this.is(tag["descr"], descrOf(value.dtype), path)
      case "npscalar":
        if (!(value instanceof Py.NumpyScalar)) return wrong
        return this.is(tag["descr"], descrOf(value.dtype), path) ?? this.bytes(tag, value.bytes, path)
      case "ndarray":
        if (this.opaque && value instanceof Py.PyObject) return this.inert(tag, value, path)
        return value instanceof NdArray.NdArray ? this.array(tag, value, path) : wrong
      case "global":
        // Python 3 has no importable name for the type of None; a pickle says type(None).
        if (this.opaque && value instanceof Py.PyObject) return this.is("builtins.type", String(value.class), path)
        return value instanceof Py.PyGlobal ? this.is(`${tag["module"]}.${tag["name"]}`, String(value), path) : wrong
      default:
        return value instanceof Py.PyObject ? this.inert(tag, value, path) : wrong
    }
  }

  private array(tag: Tag, array: NdArray.NdArray, path: string): Difference {
    const difference =
      this.is(tag["descr"], descrOf(array.dtype), `${path}.descr`) ??
      this.is(tag["shape"], array.shape, `${path}.shape`) ??
      this.is(tag["order"], array.order, `${path}.order`)
    if (difference !== undefined) return difference
    if (array.dtype.fields !== undefined && typeof tag["hex"] === "string") {
      // What is between fields means nothing, and NumPy does not keep it.
      const expected = new Uint8Array(Buffer.from(tag["hex"], "hex"))
      return this.is(
        hexOf(withoutPadding(array.dtype, expected)),
        hexOf(withoutPadding(array.dtype, array.bytes)),
        path
      )
    }
    if (array.dtype.name !== "object") return this.bytes(tag, array.bytes, path)
    const depth = array.shape.length
    const flat = depth === 0 ? [array.toNested()] : (array.toNested() as Array<unknown>).flat(depth - 1)
    return this.list(tag["values"], flat, path)
  }

  /** An object whose class was not run: its class must be named, and what the pickle spells out must be as it is. */
  private inert(tag: Tag, object: Py.PyObject, path: string): Difference {
    const named = namesIn(object)
    const type = String(tag["class"] ?? "array.array")
    if (!named.some((name) => isClass(name, type))) return this.is(type, named, `${path}.class`)
    if (tag["entries"] !== undefined && object.entries.length > 0) {
      const difference = this.entries(tag["entries"], object.entries, `${path}.entries`)
      if (difference !== undefined) return difference
    }
    const state = stateOf(object.state)
    if (tag["state"] === undefined || state === undefined) return undefined
    const expected = tag["state"] as Record<string, Tag>
    const names = Object.keys(expected)
    const keys = [...state.keys()].map((key) => (key instanceof Uint8Array ? `b'${Buffer.from(key).toString()}'` : key))
    return (
      this.is([...names].sort(), [...keys].sort(), `${path}.state`) ??
      this.list(
        names.map((name) => expected[name]!),
        names.map((name) => [...state.values()][keys.indexOf(name)]),
        `${path}.state`
      )
    )
  }
}

/** A copy of the items of a structured dtype in which only the fields' bytes are left. */
export const withoutPadding = (dtype: Dtype.Dtype, bytes: Uint8Array): Uint8Array => {
  const copy = new Uint8Array(bytes.length)
  for (let item = 0; item < bytes.length; item += dtype.itemsize) {
    for (const field of dtype.fields!) {
      const size = sizeOf(field.dtype, field.shape)
      const inner = bytes.subarray(item + field.offset, item + field.offset + size)
      copy.set(field.dtype.fields === undefined ? inner : withoutPadding(field.dtype, inner), item + field.offset)
    }
  }
  return copy
}

/** Whether a global is the class called `type`, which its package may offer under a shorter name than that of the module it is in. */
const isClass = (name: string, type: string): boolean => {
  const [own, other] = [name.split("."), type.split(".")]
  return `.${name}`.endsWith(`.${type}`) || (own[0] === other[0] && own.at(-1) === other.at(-1))
}

/** Every global that the making of an object names. */
const namesIn = (value: unknown): ReadonlyArray<string> => {
  if (value instanceof Py.PyGlobal) return [String(value)]
  if (value instanceof Py.PyObject) return [value.class, ...value.args].flatMap(namesIn)
  return value instanceof Py.PyTuple ? value.items.flatMap(namesIn) : []
}

/** The attributes in a state: a dict, or the pair of a dict and the slots. */
const stateOf = (state: unknown): Map<unknown, unknown> | undefined => {
  if (state instanceof Py.PyDict) return new Map(state)
  if (!(state instanceof Py.PyTuple) || state.length !== 2) return undefined
  const parts = (state.items as ReadonlyArray<unknown>).filter((part) => part !== null)
  if (!parts.every((part) => part instanceof Py.PyDict)) return undefined
  return new Map(parts.flatMap((part) => [...part]))
}

/** Where a value is not what a tag says. With `opaque`, objects of unknown classes are compared by what is inert in them. */
export const difference = (tag: Tag, value: unknown, opaque = false): Difference =>
  new Comparison(opaque).run(tag, value, "value")
