import * as Result from "effect/Result"
import * as Dtype from "../../Dtype.ts"
import * as NdArray from "../../NdArray.ts"
import { swapped } from "../swap.ts"
import { PyByteArray, PyDict, PyTuple } from "./collections.ts"
import type { Key, KeySpace } from "./keySpace.ts"
import {
  build,
  Fault,
  keyOf,
  malformed,
  type PyProtocol,
  reduce,
  type ReduceContext,
  type Reduction
} from "./protocol.ts"
import { PyGlobal } from "./objects.ts"

/** What a synchronous part of this package returns, or its reason as a fault. */
const orFault = <A>(result: Result.Result<A, { readonly reason: Fault["reason"] }>): A => {
  if (Result.isFailure(result)) throw new Fault(result.failure.reason)
  return result.success
}

const sequenceOf = (value: unknown, what: string): ReadonlyArray<unknown> => {
  if (value instanceof PyTuple) return value.items
  if (Array.isArray(value)) return value
  throw malformed(`${what} is a tuple`)
}

const integerOf = (value: unknown, what: string): number => {
  const number = Number(value)
  if ((typeof value !== "number" && typeof value !== "bigint") || !Number.isSafeInteger(number)) {
    throw malformed(`${what} is an int`)
  }
  return number
}

/** Text that Python 2 may have written as bytes. */
const textOf = (value: unknown, what: string): string => {
  if (typeof value === "string") return value
  if (value instanceof Uint8Array) return String.fromCharCode(...value.subarray(0, 64))
  throw malformed(`${what} is a str`)
}

/** Bytes, or the text that Python 2's become under latin1. */
const bytesOf = (value: unknown, what: string): Uint8Array => {
  if (value instanceof Uint8Array) return value
  if (value instanceof PyByteArray) return value.bytes
  if (typeof value === "string") {
    const bytes = new Uint8Array(value.length)
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i)
      if (code > 255) throw malformed(`${what} is bytes`)
      bytes[i] = code
    }
    return bytes
  }
  throw malformed(`${what} is bytes`)
}

const ordered = (dtype: Dtype.Dtype, order: string): Dtype.Dtype => {
  if (!["<", ">", "|", "="].includes(order)) throw malformed(`${JSON.stringify(order)} is not a byte order`)
  return dtype.byteorder === "|" || order === "|" ? dtype : { ...dtype, byteorder: order === ">" ? ">" : "<" }
}

/**
 * NumPy's `dtype`, as a value in a pickle.
 *
 * **Details**
 *
 * `shape` is not empty only in the dtype of a subarray. The `metadata` of a dtype are not kept, as in NPY files.
 *
 * @category models
 * @since 0.1.0
 */
export class NumpyDtype implements PyProtocol {
  readonly _tag = "NumpyDtype"
  private described: Dtype.Dtype
  private axes: ReadonlyArray<number> = []
  constructor(dtype: Dtype.Dtype) {
    this.described = dtype
  }
  get dtype(): Dtype.Dtype {
    return this.described
  }
  get shape(): ReadonlyArray<number> {
    return this.axes
  }
  [keyOf](space: KeySpace): Key {
    return space.text("dtype", JSON.stringify(this.described) + this.axes.join())
  }
  [build](state: unknown): void {
    const parts = sequenceOf(state, "the state of a dtype")
    const version = integerOf(parts[0], "the version of a dtype")
    if ((version !== 3 && version !== 4) || parts.length < 8 || parts.length > 9) {
      throw malformed(`the state of a dtype, version ${version} with ${parts.length} parts, is not known`)
    }
    const [, order, subarray, names, fields, itemsize] = parts
    const size = integerOf(itemsize, "the itemsize of a dtype")
    if (subarray !== null) {
      const [base, shape] = sequenceOf(subarray, "the subarray of a dtype")
      if (!(base instanceof NumpyDtype) || base.axes.length > 0) throw malformed("a subarray is of a dtype")
      const axes = sequenceOf(shape, "the shape of a subarray").map((n) => integerOf(n, "a dimension"))
      const bytes = orFault(NdArray.byteLength(base.dtype, axes))
      if (bytes !== size) throw malformed(`a subarray of ${bytes} bytes with itemsize ${size}`)
      this.described = base.dtype
      this.axes = axes
      return
    }
    let dtype = ordered(this.described, textOf(order, "a byte order"))
    if (names !== null) dtype = this.structured(sequenceOf(names, "the names of a dtype"), fields, size)
    else if (size !== -1 && size !== dtype.itemsize) {
      throw malformed(`the itemsize of ${Dtype.format(dtype)} is ${dtype.itemsize}, not ${size}`)
    }
    this.described = parts[8] === undefined || parts[8] === null ? dtype : timed(dtype, parts[8])
  }
  private structured(names: ReadonlyArray<unknown>, fields: unknown, size: number): Dtype.Dtype {
    const laid = names.map((key) => {
      const name = textOf(key, "a field's name")
      const found = fields instanceof PyDict || fields instanceof Map ? fields.get(key) : undefined
      const own = typeof fields === "object" && fields !== null && Object.hasOwn(fields, name)
      const field = sequenceOf(found ?? (own ? (fields as Record<string, unknown>)[name] : undefined), "a field")
      const [inner, offset, title] = field
      if (!(inner instanceof NumpyDtype)) throw malformed("a field has a dtype")
      return {
        name,
        ...(typeof title === "string" ? { title } : {}),
        dtype: inner.dtype,
        shape: inner.shape,
        offset: integerOf(offset, "the offset of a field")
      }
    })
    return orFault(Dtype.structured(laid, size))
  }
  [reduce]({ numpy }: ReduceContext): Reduction {
    const { axes, described } = this
    const letter = Dtype.format(described)
    const structure = described.fields !== undefined
    const flexible = structure || axes.length > 0 || ["str", "bytes", "void"].includes(described.name)
    const size = axes.reduce((product, n) => product * n, described.itemsize)
    // A subarray is the void of its size: fields and units are those of its items.
    const { fields, unit } = axes.length > 0 ? void0 : described
    const named =
      fields === undefined
        ? [null, null]
        : [new PyTuple(fields.map(({ name }) => name)), new PyDict(fields.map(fieldOf))]
    const state: Array<unknown> = [
      unit === undefined ? 3n : 4n,
      axes.length > 0 ? "|" : described.byteorder,
      axes.length > 0 ? new PyTuple([new NumpyDtype(described), integers(axes)]) : null,
      ...named,
      flexible ? BigInt(size) : -1n,
      flexible ? (described.name === "str" ? 4n : 1n) : -1n,
      described.name === "object" ? 63n : structure ? (Dtype.hasObject(described) ? 63n : 16n) : 0n
    ]
    if (unit !== undefined) {
      const ascii = new TextEncoder().encode(unit)
      // NumPy 1 takes no None for metadata, and NumPy 2 warns of an empty dict.
      const metadata = numpy === "numpy.core" ? new PyDict() : null
      state.push(new PyTuple([metadata, new PyTuple([ascii, BigInt(described.multiplier!), 1n, 1n])]))
    }
    const base = axes.length > 0 ? `V${size}` : unit === undefined ? letter.slice(1) : letter.slice(1, 3)
    return { module: "numpy", name: "dtype", args: [base, false, true], state: new PyTuple(state) }
  }
}

const void0: Dtype.Dtype = { name: "void", itemsize: 0, byteorder: "|" }

/** Numbers that are Python's ints in every profile. */
const integers = (numbers: ReadonlyArray<number>): PyTuple => new PyTuple(numbers.map(BigInt))

const values = new WeakMap<Dtype.Dtype, NumpyDtype>()

/** The same value for the same dtype, so that a pickle holds it once. */
const valueOf = (dtype: Dtype.Dtype): NumpyDtype => {
  let value = values.get(dtype)
  if (value === undefined) values.set(dtype, (value = new NumpyDtype(dtype)))
  return value
}

const fieldOf = ({ dtype, name, offset, shape, title }: Dtype.Field): readonly [string, PyTuple] => {
  const held = new NumpyDtype(dtype)
  if (shape.length > 0) Object.assign(held, { axes: shape })
  return [name, new PyTuple(title === undefined ? [held, BigInt(offset)] : [held, BigInt(offset), title])]
}

/**
 * The unit of `datetime64` and `timedelta64`, which the state carries apart: `(metadata, (unit, multiple, 1, 1))`. Metadata themselves are
 * notes of a program to itself that NumPy drops on most of its ways, and in NPY files: they are passed over here too.
 */
const timed = (dtype: Dtype.Dtype, metadata: unknown): Dtype.Dtype => {
  if (dtype.unit === undefined) return dtype
  const [, parts] = sequenceOf(metadata, "the metadata of a dtype")
  const [unit, multiple, divisor] = sequenceOf(parts, "the unit of a dtype")
  const name = textOf(unit, "a unit")
  const count = integerOf(multiple, "the multiple of a unit")
  if (count < 1) throw malformed("the multiple of a unit is positive")
  const letter = dtype.name === "datetime64" ? "M8" : "m8"
  return orFault(
    Dtype.parse(
      `${dtype.byteorder}${letter}${name === "generic" ? "" : `[${count}${name}/${integerOf(divisor, "the divisor of a unit")}]`}`
    )
  )
}

/**
 * A scalar of NumPy: one item of a dtype, as its bytes.
 *
 * @category models
 * @since 0.1.0
 */
export class NumpyScalar implements PyProtocol {
  readonly _tag = "NumpyScalar"
  /** The item as an array without axes. */
  readonly array: NdArray.NdArray
  constructor(array: NdArray.NdArray) {
    this.array = array
  }
  get dtype(): Dtype.Dtype {
    return this.array.dtype
  }
  /** The item, as `NdArray.get` has it. */
  get value(): unknown {
    return this.array.get()
  }
  get bytes(): Uint8Array {
    return this.array.bytes
  }
  [keyOf](space: KeySpace): Key {
    const { dtype, value } = this
    if (["number", "bigint", "string", "boolean"].includes(typeof value) && dtype.unit === undefined)
      return space.of(value)
    return space.text("numpy", `${Dtype.format(dtype)} ${this.bytes.join()}`)
  }
  [reduce]({ numpy }: ReduceContext): Reduction {
    return { module: `${numpy}.multiarray`, name: "scalar", args: [valueOf(this.dtype), this.bytes] }
  }
}

const maximumAxes = 64

/** The last shape that was asked for: most arrays of a pickle have the one of the array before, and need no copy of their own. */
let lastShape: ReadonlyArray<number> = []

const shapeOf = (value: unknown): ReadonlyArray<number> => {
  const items = typeof value === "number" || typeof value === "bigint" ? [value] : sequenceOf(value, "a shape")
  if (items.length > maximumAxes) throw malformed(`${items.length} axes, where NumPy has at most ${maximumAxes}`)
  if (items.length === lastShape.length && items.every((n, axis) => n === lastShape[axis])) return lastShape
  // Never the sequence itself, which the pickle may still change.
  return (lastShape = items.map((n) => integerOf(n, "a dimension")))
}

const noAxes: ReadonlyArray<number> = []

const dtypeOf = (value: unknown): Dtype.Dtype => {
  if (!(value instanceof NumpyDtype) || value.shape.length > 0) throw malformed("an array has a dtype")
  return value.dtype
}

const int8 = Dtype.make("int8")

/** `numpy.dtype(text, align, copy)`. */
export const constructDtype = (args: ReadonlyArray<unknown>): NumpyDtype =>
  new NumpyDtype(orFault(Dtype.parse(textOf(args[0], "the description of a dtype"))))

/** `multiarray.scalar(dtype, bytes)`. */
export const constructScalar = (args: ReadonlyArray<unknown>): NumpyScalar =>
  new NumpyScalar(native(orFault(NdArray.fromBytes(dtypeOf(args[0]), noAxes, bytesOf(args[1], "a scalar")))))

/**
 * `numeric._frombuffer(buffer, dtype, shape, order)`. Since NumPy 2.3 an order `K` is followed by axes: the buffer is in C order of
 * `shape`, whose axes are then put in that order.
 */
export const constructFromBuffer = (args: ReadonlyArray<unknown>): NdArray.NdArray => {
  const [buffer, dtype, shape, order, axes] = args
  const bytes = bytesOf(buffer, "the data of an array")
  if (order === "K" && axes !== undefined && axes !== null) {
    return transposed(orFault(NdArray.fromBytes(dtypeOf(dtype), shapeOf(shape), bytes)), shapeOf(axes))
  }
  if (order !== "C" && order !== "F") throw malformed("the order of an array is C or F, or K with axes")
  return orFault(NdArray.fromBytes(dtypeOf(dtype), shapeOf(shape), bytes, order))
}

/** The array with its axes in another order: over the same bytes where that is Fortran's order, else a copy in C order. */
const transposed = (
  { bytes, dtype, shape, strides }: NdArray.NdArray,
  axes: ReadonlyArray<number>
): NdArray.NdArray => {
  const depth = shape.length
  if (axes.length !== depth || axes.some((axis) => axis < 0 || axis >= depth) || new Set(axes).size !== depth) {
    throw malformed(`the axes ${axes.join()} are no order of ${depth}`)
  }
  const turned = axes.map((axis) => shape[axis]!)
  if (axes.every((axis, i) => axis === depth - 1 - i)) return orFault(NdArray.fromBytes(dtype, turned, bytes, "F"))
  const { itemsize } = dtype
  const copy = new Uint8Array(bytes.length)
  const position = axes.map(() => 0)
  for (let to = 0, from = 0; to < copy.length; to += itemsize) {
    copy.set(bytes.subarray(from * itemsize, (from + 1) * itemsize), to)
    for (let i = depth - 1; i >= 0; i--) {
      from += strides[axes[i]!]!
      if (++position[i]! < turned[i]!) break
      from -= strides[axes[i]!]! * turned[i]!
      position[i] = 0
    }
  }
  return orFault(NdArray.fromBytes(dtype, turned, copy))
}

/** `multiarray._reconstruct(ndarray, (0,), b"b")`: an empty array that its state then fills in place. */
export const constructEmpty = (args: ReadonlyArray<unknown>): NdArray.NdArray => {
  const [type, shape, code] = args
  if (!(type instanceof PyGlobal) || type.module !== "numpy" || type.name !== "ndarray") {
    throw malformed("only numpy.ndarray itself is reconstructed")
  }
  if (shapeOf(shape).join() !== "0" || textOf(code, "a type code") !== "b") {
    throw malformed(`an array starts as (0,) of b"b"`)
  }
  return orFault(NdArray.fromBytes(int8, [0], new Uint8Array(0)))
}

/** Fills the array that {@link constructEmpty} made: cycles through an array of objects need the very object. */
export const buildArray = (array: NdArray.NdArray, state: unknown): void => {
  if (array.dtype !== int8 || array.shape.length !== 1 || array.size !== 0)
    throw malformed("the state of an array that has one")
  const parts = sequenceOf(state, "the state of an array")
  const [shape, type, fortran, raw] = parts.length === 5 ? parts.slice(1) : parts
  if (parts.length < 4 || parts.length > 5 || typeof fortran !== "boolean") {
    throw malformed("the state of an array is (1, shape, dtype, is_fortran, data)")
  }
  const dtype = dtypeOf(type)
  const axes = shapeOf(shape)
  const order = fortran ? "F" : "C"
  if (dtype.name === "object") {
    if (!Array.isArray(raw)) throw malformed("the data of an array of objects is a list")
    const data = fortran ? reordered(raw, axes) : raw
    Object.assign(array, orFault(NdArray.make(dtype as Dtype.Dtype<"object">, axes, data, order)))
    return
  }
  const bytes = bytesOf(raw, "the data of an array")
  Object.assign(array, native(orFault(NdArray.fromBytes(dtype, axes, bytes, order))))
}

/** The array in this machine's byte order, as NumPy hands out what it did not read over a buffer. */
const native = (array: NdArray.NdArray): NdArray.NdArray => {
  const { bytes, dtype, order, shape } = array
  if (dtype.byteorder !== ">") return array
  const unit = dtype.name === "str" ? 4 : Dtype.swapUnit(dtype)
  const turned = unit === 0 ? turned16(bytes) : swapped(bytes, unit)
  return orFault(NdArray.fromBytes(ordered(dtype, "<"), shape, turned, order))
}

/** A copy with the order of the bytes in each long double turned round. */
const turned16 = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  for (let at = 0; at < copy.length; at += 16) copy.subarray(at, at + 16).reverse()
  return copy
}

/** Items in C order laid out in Fortran order; a pickle holds objects in C order whatever the memory's is. */
const reordered = (items: ReadonlyArray<unknown>, shape: ReadonlyArray<number>): Array<unknown> =>
  relaid(items, shape, (i, j) => [j, i])

/** Items in Fortran order laid out in C order. */
const unordered = (items: ReadonlyArray<unknown>, shape: ReadonlyArray<number>): Array<unknown> =>
  relaid(items, shape, (i, j) => [i, j])

const relaid = (
  items: ReadonlyArray<unknown>,
  shape: ReadonlyArray<number>,
  pair: (c: number, f: number) => readonly [to: number, from: number]
): Array<unknown> => {
  const out = [...items]
  for (let c = 0; c < items.length; c++) {
    let rest = c
    let f = 0
    let stride = items.length
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      stride /= shape[axis]!
      f += (rest % shape[axis]!) * stride
      rest = Math.floor(rest / shape[axis]!)
    }
    const [to, from] = pair(c, f)
    out[to] = items[from]
  }
  return out
}

/** How NumPy pickles an array: over a buffer since protocol 5, as a state before, and where it holds objects. */
export const reduceArray = (array: NdArray.NdArray, { numpy, protocol }: ReduceContext): Reduction => {
  const dtype = valueOf(array.dtype)
  const shape = integers(array.shape)
  const object = array.dtype.name === "object"
  // NumPy counts what is in a buffer by the size of an item.
  if (protocol >= 5 && !object && array.dtype.itemsize > 0) {
    const args = [new PickleBuffer(array.bytes), dtype, shape, array.order]
    return { module: `${numpy}.numeric`, name: "_frombuffer", args }
  }
  const data = object
    ? array.order === "F"
      ? unordered(array.data as Array<unknown>, array.shape)
      : [...(array.data as Array<unknown>)]
    : array.bytes
  return {
    module: `${numpy}.multiarray`,
    name: "_reconstruct",
    args: [new PyGlobal("numpy", "ndarray"), new PyTuple([0n]), Uint8Array.of(0x62)],
    state: new PyTuple([1n, shape, dtype, array.order === "F", data])
  }
}

/** Bytes that a pickle may leave to its side. */
export class PickleBuffer {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

const named: Readonly<Record<string, Dtype.FixedName>> = {
  Int8Array: "int8",
  Int16Array: "int16",
  Int32Array: "int32",
  BigInt64Array: "int64",
  Uint8ClampedArray: "uint8",
  Uint16Array: "uint16",
  Uint32Array: "uint32",
  BigUint64Array: "uint64",
  Float16Array: "float16",
  Float32Array: "float32",
  Float64Array: "float64"
}

/** The array of a typed array that is not bytes; `undefined` of anything else. */
export const arrayOf = (value: object): NdArray.NdArray | undefined => {
  if (!ArrayBuffer.isView(value) || value instanceof DataView) return undefined
  const dtype = Dtype.make(named[value.constructor.name]!)
  const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  return orFault(NdArray.fromBytes(dtype, [bytes.length / dtype.itemsize], bytes))
}
