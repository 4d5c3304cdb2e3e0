/**
 * N-dimensional arrays as NumPy stores them: a dtype, a shape, a memory order and bytes.
 *
 * An array borrows the bytes it was made from. `data` is a typed array over those same bytes where they are little endian and
 * aligned, and otherwise one copy, made when it is first asked for. Fortran order is kept, not transposed.
 *
 * @since 0.1.0
 */
import * as Equal from "effect/Equal"
import * as Hash from "effect/Hash"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Dtype from "./Dtype.ts"
import { badCodePoint, readItem } from "./internal/item.ts"
import { type Format, longdoubleAt } from "./internal/longdouble.ts"
import { swapped } from "./internal/swap.ts"
import * as NcoError from "./NcoError.ts"

/**
 * A complex number.
 *
 * @category models
 * @since 0.1.0
 */
export interface Complex {
  readonly re: number
  readonly im: number
}

/**
 * What one item of an array is in JavaScript, by the dtype's name.
 *
 * **Details**
 *
 * `longdouble` and `void` items are their bytes; `bytes` and `str` come without trailing zeros, as from NumPy; a subarray
 * field of a `structured` item is nested arrays.
 *
 * @category models
 * @since 0.1.0
 */
export interface Item {
  readonly bool: boolean
  readonly int8: number
  readonly int16: number
  readonly int32: number
  readonly int64: bigint
  readonly uint8: number
  readonly uint16: number
  readonly uint32: number
  readonly uint64: bigint
  readonly float16: number
  readonly float32: number
  readonly float64: number
  readonly longdouble: Uint8Array
  readonly complex64: Complex
  readonly complex128: Complex
  readonly clongdouble: Uint8Array
  readonly bytes: Uint8Array
  readonly str: string
  readonly datetime64: bigint
  readonly timedelta64: bigint
  readonly void: Uint8Array
  readonly structured: Readonly<Record<string, unknown>>
  readonly object: unknown
}

/**
 * `C`: the last index varies fastest; `F` (Fortran): the first.
 *
 * @category models
 * @since 0.1.0
 */
export type Order = "C" | "F"

const typedArrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
  datetime64: BigInt64Array,
  timedelta64: BigInt64Array
}

const typedArrayOf = (name: Dtype.Name) =>
  name in typedArrays ? typedArrays[name as keyof typeof typedArrays] : Uint8Array

const stridesOf = (shape: ReadonlyArray<number>, order: Order): ReadonlyArray<number> => {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let k = 0; k < shape.length; k++) {
    const axis = order === "F" ? k : shape.length - 1 - k
    strides[axis] = stride
    stride *= shape[axis]!
  }
  return strides
}

/**
 * An n-dimensional array; made by {@link make} and {@link fromBytes}, which check it.
 *
 * @category models
 * @since 0.1.0
 */
export class NdArray<
  out N extends Dtype.Name = Dtype.Name,
  out Shape extends ReadonlyArray<number> = ReadonlyArray<number>
>
  implements Equal.Equal
{
  readonly dtype: Dtype.Dtype<N>
  /** The length of each axis; empty for an array of one item without axes. */
  readonly shape: Shape
  readonly order: Order
  // Either may be missing, never both: `data` is made from bytes on demand and from then on is what the array holds.
  private memory: Uint8Array | undefined
  private storage: Dtype.Storage[N] | undefined

  /** @internal */
  constructor(
    dtype: Dtype.Dtype<N>,
    shape: Shape,
    order: Order,
    memory: Uint8Array | undefined,
    storage: Dtype.Storage[N] | undefined
  ) {
    this.dtype = dtype
    this.shape = shape
    this.order = order
    this.memory = memory
    this.storage = storage
  }

  /** How many items there are. */
  get size(): number {
    let size = 1
    for (const dimension of this.shape) size *= dimension
    return size
  }

  /** How many items apart neighbours along each axis are. */
  get strides(): ReadonlyArray<number> {
    return stridesOf(this.shape, this.order)
  }

  /** The items in memory order: a view of the input where that is possible, else a copy made once. */
  get data(): Dtype.Storage[N] {
    if (this.storage === undefined) {
      const memory = this.memory!
      const TypedArray = typedArrayOf(this.dtype.name)
      const unit = Dtype.swapUnit(this.dtype)
      const size = TypedArray.BYTES_PER_ELEMENT
      const aligned = memory.byteOffset % size === 0 ? memory : new Uint8Array(memory)
      const bytes = unit === 0 ? aligned : swapped(memory, unit)
      this.storage = new TypedArray(
        bytes.buffer as ArrayBuffer,
        bytes.byteOffset,
        bytes.length / size
      ) as unknown as Dtype.Storage[N]
      this.memory = undefined
    }
    return this.storage
  }

  /** The items' bytes in memory order and in the dtype's byte order; a copy only for big-endian arrays whose `data` was used. */
  get bytes(): Uint8Array {
    if (this.memory !== undefined) return this.memory
    const storage = this.storage as ArrayBufferView
    const bytes = new Uint8Array(storage.buffer, storage.byteOffset, storage.byteLength)
    const unit = Dtype.swapUnit(this.dtype)
    return unit === 0 ? bytes : swapped(bytes, unit)
  }

  /** One item; `undefined` where there is none, as for an index of an ordinary array. */
  get(...indices: { readonly [K in keyof Shape]: number }): Item[N] | undefined {
    const { shape, strides } = this
    if (indices.length !== shape.length) return undefined
    let at = 0
    for (let k = 0; k < shape.length; k++) {
      const index = indices[k]!
      if (!(index >= 0 && index < shape[k]!)) return undefined
      at += index * strides[k]!
    }
    return this.item(at)
  }

  /** The item at a position in memory order. */
  private item(at: number): Item[N] | undefined {
    const { data, dtype } = this
    switch (dtype.name) {
      case "bool":
        return ((data as Uint8Array)[at] !== 0) as Item[N]
      case "complex64":
      case "complex128": {
        const parts = data as Float64Array
        return { re: parts[2 * at]!, im: parts[2 * at + 1]! } as Item[N]
      }
      case "longdouble":
      case "clongdouble":
      case "bytes":
      case "str":
      case "void":
      case "structured": {
        const { buffer, byteLength, byteOffset } = data as Uint8Array
        return readItem(dtype, new DataView(buffer, byteOffset, byteLength), at * dtype.itemsize) as Item[N]
      }
      default:
        return (data as ArrayLike<unknown>)[at] as Item[N]
    }
  }

  /**
   * All items as arrays nested as the shape is, the first axis outermost; a lone item where the shape is empty. Throws an `NcoError`
   * (`LimitExceeded`) for an array without items whose shape asks for more than 2^24 empty arrays.
   */
  toNested(): unknown {
    const { shape, strides } = this
    if (this.size === 0) {
      const value = shape.slice(0, shape.indexOf(0)).reduce((product, dimension) => product * dimension, 1)
      const reason = { _tag: "LimitExceeded", limit: "empty arrays", value, maximum: maximumEmpty } as const
      if (value > maximumEmpty) throw NcoError.make(reason, 0, "shape")
    }
    const nest = (axis: number, at: number): unknown =>
      axis === shape.length
        ? this.item(at)
        : Array.from({ length: shape[axis]! }, (_, i) => nest(axis + 1, at + i * strides[axis]!))
    return nest(0, 0)
  }

  /** Equal in dtype, shape, order and bytes; arrays of objects are compared item by item. */
  [Equal.symbol](that: Equal.Equal): boolean {
    if (!(that instanceof NdArray) || this.order !== that.order) return false
    if (!Equal.equals(this.dtype, that.dtype) || !Equal.equals(this.shape, that.shape)) return false
    if (this.dtype.name === "object") return Equal.equals(this.data, that.data)
    const mine = this.bytes
    const others = that.bytes
    return mine.every((byte, i) => byte === others[i])
  }

  [Hash.symbol](): number {
    return Hash.string(`${Dtype.format(this.dtype)} ${this.shape.join()}`)
  }
}

/** How many items of no bytes there may be where something is done for each. */
const maximumEmpty = 2 ** 24

/** NumPy's rule: an array whose memory reads the same in both orders is in C order. */
const orderOf = (shape: ReadonlyArray<number>, order: Order, itemsize: number): Order => {
  if (order === "C" || itemsize === 0) return "C"
  let long = 0
  for (const dimension of shape) {
    if (dimension === 0) return "C"
    if (dimension !== 1) long++
  }
  return long > 1 ? "F" : "C"
}

/**
 * How many bytes an array of a dtype and a shape has, if it may exist: at most 64 axes, none negative, and no product of
 * dimensions and item size, zero dimensions left out, beyond what NumPy can count (2^63 - 1).
 */
const checkShape = (
  dtype: Dtype.Dtype,
  shape: ReadonlyArray<number>,
  path: string
): Result.Result<number, NcoError.NcoError> => {
  let size = dtype.itemsize
  let extent = Math.max(size, 1)
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      return Result.fail(NcoError.make({ _tag: "NpyMalformed", detail: `${dimension} is not a dimension` }, 0, path))
    }
    size *= dimension
    if (dimension !== 0) extent *= dimension
  }
  // Doubles above 2^53 are only rounded here, and 2^63 is one of them: nothing at or above it slips through. Items of no
  // bytes are counted more strictly, since no bytes bound what a reader of them would loop over.
  if (
    shape.length > 64 ||
    extent >= (dtype.itemsize === 0 ? maximumEmpty : 2 ** 63) ||
    size > Number.MAX_SAFE_INTEGER
  ) {
    const detail = `the shape (${shape.slice(0, 64).join(", ")}) of ${dtype.itemsize}-byte items is too big`
    return Result.fail(NcoError.make({ _tag: "NpyMalformed", detail }, 0, path))
  }
  return Result.succeed(size)
}

/**
 * How many bytes an array of a dtype and a shape has.
 *
 * **Details**
 *
 * Fails with `NpyMalformed` for more than 64 axes, a negative or fractional dimension, and shapes too big for NumPy to count.
 *
 * @category models
 * @since 0.1.0
 */
export const byteLength = (
  dtype: Dtype.Dtype,
  shape: ReadonlyArray<number>
): Result.Result<number, NcoError.NcoError> => checkShape(dtype, shape, "shape")

/**
 * The array whose items are `bytes`, in memory order; it borrows them.
 *
 * **Details**
 *
 * As in NumPy, an array with at most one axis longer than 1, or of items without bytes, is in C order, whatever is asked for.
 *
 * Fails with `NpyMalformed` where {@link byteLength} does, for a dtype that holds objects, and for a `str` with a code point that
 * Unicode does not have; with `NpyTruncated` or `NpyTrailingBytes` for bytes too few or too many.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromBytes = <N extends Dtype.Name, const Shape extends ReadonlyArray<number>>(
  dtype: Dtype.Dtype<N>,
  shape: Shape,
  bytes: Uint8Array,
  order: Order = "C"
): Result.Result<NdArray<N, Shape>, NcoError.NcoError> => {
  const expected = checkShape(dtype, shape, "shape")
  if (Result.isFailure(expected)) return Result.fail(expected.failure)
  const needed = expected.success
  const available = bytes.length
  if (available < needed) return Result.fail(NcoError.make({ _tag: "NpyTruncated", needed, available }, 0, "data"))
  if (available > needed) {
    return Result.fail(NcoError.make({ _tag: "NpyTrailingBytes", count: available - needed }, needed, "data"))
  }
  if (dtype.name === "str" || dtype.fields !== undefined || dtype.name === "object") {
    if (Dtype.hasObject(dtype)) {
      const detail = "an array of objects is a pickle, not bytes"
      return Result.fail(NcoError.make({ _tag: "NpyMalformed", detail }, 0, "descr"))
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const bad = needed === 0 ? -1 : badCodePoint(dtype, view, 0, needed / dtype.itemsize)
    if (bad !== -1) {
      const detail = "a str holds a code point above U+10FFFF"
      return Result.fail(NcoError.make({ _tag: "NpyMalformed", detail }, bad, "data"))
    }
  }
  return Result.succeed(new NdArray(dtype, shape, orderOf(shape, order, dtype.itemsize), bytes, undefined))
}

/**
 * The array of a dtype whose `data` is given, in memory order and in this machine's byte order; it borrows them.
 *
 * **Details**
 *
 * Fails as {@link fromBytes} does, and with `NotRepresentable` where `data` is not the dtype's {@link Dtype.Storage}.
 *
 * **Example** (Making and reading an array)
 *
 * ```ts
 * import { NdArray } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * const array = Result.getOrThrow(NdArray.make("float64", [2, 3], new Float64Array([1, 2, 3, 4, 5, 6])))
 * console.log(array.get(1, 0), array.toNested())
 * // => 4 [ [ 1, 2, 3 ], [ 4, 5, 6 ] ]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <N extends Dtype.Name, const Shape extends ReadonlyArray<number>>(
  dtype: (N & (Dtype.FixedName | "object")) | Dtype.Dtype<N>,
  shape: Shape,
  data: Dtype.Storage[N],
  order: Order = "C"
): Result.Result<NdArray<N, Shape>, NcoError.NcoError> => {
  const type = (
    typeof dtype === "object" ? dtype : dtype === "object" ? Dtype.object : Dtype.make(dtype as Dtype.FixedName)
  ) as Dtype.Dtype<N>
  if (type.name === "object") return fromObjects(shape, data as Array<unknown>, order) as never
  if (!(data instanceof typedArrayOf(type.name))) {
    const detail = `the data of a ${type.name} array is a ${typedArrayOf(type.name).name}`
    return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, 0, "data"))
  }
  const view = data as ArrayBufferView
  const checked = fromBytes(type, shape, new Uint8Array(view.buffer, view.byteOffset, view.byteLength), order)
  return Result.isFailure(checked)
    ? checked
    : Result.succeed(new NdArray(type, shape, checked.success.order, undefined, data))
}

const fromObjects = <const Shape extends ReadonlyArray<number>>(
  shape: Shape,
  data: Array<unknown>,
  order: Order
): Result.Result<NdArray<"object", Shape>, NcoError.NcoError> => {
  const expected = checkShape(Dtype.object, shape, "shape")
  if (Result.isFailure(expected)) return Result.fail(expected.failure)
  const needed = expected.success / Dtype.object.itemsize
  if (Array.isArray(data) && data.length === needed) {
    return Result.succeed(
      new NdArray(Dtype.object, shape, orderOf(shape, order, Dtype.object.itemsize), undefined, data)
    )
  }
  const detail = `the data of this object array is an Array of ${needed} items`
  return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, 0, "data"))
}

/**
 * A one-dimensional array of text, as wide as the longest string.
 *
 * **Gotchas**
 *
 * NumPy pads with NUL and drops trailing NULs on reading, so that a string that ends in one fails with `NotRepresentable`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromStrings = (
  strings: ReadonlyArray<string>
): Result.Result<NdArray<"str", readonly [number]>, NcoError.NcoError> => {
  const points = strings.map((string) => Array.from(string, (character) => character.codePointAt(0)!))
  const width = points.reduce((longest, { length }) => Math.max(longest, length), 0)
  const data = new Uint32Array(width * strings.length)
  for (const [i, string] of points.entries()) {
    if (string.at(-1) === 0) {
      const detail = "NumPy drops the NULs at the end of a string"
      return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, 0, `[${i}]`))
    }
    data.set(string, i * width)
  }
  return fromBytes({ name: "str", itemsize: width * 4, byteorder: "<" }, [strings.length], new Uint8Array(data.buffer))
}

/**
 * One field of every item of a structured array, by its name or title, as a new array; `undefined` where there is none.
 *
 * **Details**
 *
 * The result is in C order, its axes those of the array and then those of the field; its bytes are a copy.
 *
 * @category combinators
 * @since 0.1.0
 */
export const field = (array: NdArray<"structured">, name: string): NdArray | undefined => {
  const found = array.dtype.fields!.find((field) => field.name === name || field.title === name)
  if (found === undefined) return undefined
  const width = found.shape.reduce((product, dimension) => product * dimension, found.dtype.itemsize)
  const { bytes, shape, size, strides } = array
  const column = new Uint8Array(width * size)
  const outer = stridesOf(shape, "C")
  for (let i = 0; i < size; i++) {
    let at = 0
    for (let axis = 0; axis < shape.length; axis++) at += (Math.floor(i / outer[axis]!) % shape[axis]!) * strides[axis]!
    const start = at * array.dtype.itemsize + found.offset
    column.set(bytes.subarray(start, start + width), i * width)
  }
  return new NdArray(found.dtype, [...shape, ...found.shape], "C", column, undefined)
}

/**
 * The items of a `longdouble` array (or the parts of a `clongdouble` one) as the nearest doubles, in memory order.
 *
 * **Gotchas**
 *
 * This loses precision, and no file says which machine wrote it: `x87` (80-bit extended, x86, the default) or `binary128`
 * (64-bit ARM).
 *
 * @category conversions
 * @since 0.1.0
 */
export const toFloat64 = (array: NdArray<"longdouble" | "clongdouble">, format: Format = "x87"): Float64Array => {
  const { buffer, byteLength, byteOffset } = array.bytes
  const view = new DataView(buffer, byteOffset, byteLength)
  const little = array.dtype.byteorder === "<"
  return Float64Array.from({ length: byteLength / 16 }, (_, i) => longdoubleAt(view, i * 16, little, format))
}

/**
 * The type of a shape of `D` axes.
 *
 * @category models
 * @since 0.1.0
 */
export type ShapeOf<D extends number, Axes extends ReadonlyArray<number> = []> = number extends D
  ? ReadonlyArray<number>
  : Axes["length"] extends D
    ? Readonly<Axes>
    : ShapeOf<D, [...Axes, number]>

/**
 * The schema of arrays of one dtype, with so many axes if `dimensions` is given.
 *
 * **Example** (Naming an array's type)
 *
 * ```ts
 * import { NdArray } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 * import * as Schema from "effect/Schema"
 *
 * const Matrix = NdArray.of("float64", 2)
 * const vector = Result.getOrThrow(NdArray.make("float64", [3], new Float64Array(3)))
 * console.log(Schema.is(Matrix)(vector))
 * // => false
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const of = <N extends Dtype.Name, const D extends number = number>(
  name: N,
  dimensions?: D
): Schema.declare<NdArray<N, ShapeOf<D>>> => {
  const expected = `NdArray<${name}${dimensions === undefined ? "" : `, ${dimensions}`}>`
  return Schema.declare(
    (u): u is NdArray<N, ShapeOf<D>> =>
      u instanceof NdArray && u.dtype.name === name && (dimensions === undefined || u.shape.length === dimensions),
    { title: expected, expected }
  )
}
