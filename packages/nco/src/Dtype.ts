/**
 * NumPy data types: what one item of an array is, as plain data; read from and written as NumPy's `descr`.
 *
 * Every dtype an NPY file can hold is here, in both byte orders. "Native" order (`=`, or none given) is little endian, as on
 * every machine that runs JavaScript.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { fixed, malformed, maximumItemsize, simple } from "./internal/typeString.ts"
import * as typeString from "./internal/typeString.ts"
import * as NcoError from "./NcoError.ts"

/**
 * The storage of each dtype's array in JavaScript, by the dtype's name.
 *
 * **Details**
 *
 * Complex numbers are interleaved (real, imaginary). `longdouble`, `bytes`, `str`, `void` and `structured` items stay the
 * raw bytes they are in the file. `bool` is a byte an item. `datetime64` and `timedelta64` count units; NaT is `-(2n ** 63n)`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Storage {
  readonly bool: Uint8Array
  readonly int8: Int8Array
  readonly int16: Int16Array
  readonly int32: Int32Array
  readonly int64: BigInt64Array
  readonly uint8: Uint8Array
  readonly uint16: Uint16Array
  readonly uint32: Uint32Array
  readonly uint64: BigUint64Array
  readonly float16: Float16Array
  readonly float32: Float32Array
  readonly float64: Float64Array
  readonly longdouble: Uint8Array
  readonly complex64: Float32Array
  readonly complex128: Float64Array
  readonly clongdouble: Uint8Array
  readonly bytes: Uint8Array
  readonly str: Uint8Array
  readonly datetime64: BigInt64Array
  readonly timedelta64: BigInt64Array
  readonly void: Uint8Array
  readonly structured: Uint8Array
  readonly object: Array<unknown>
}

/**
 * The name of a dtype, without its size, byte order or unit.
 *
 * @category models
 * @since 0.1.0
 */
export type Name = keyof Storage

/**
 * `<` little endian, `>` big endian, `|` where order has no meaning.
 *
 * @category models
 * @since 0.1.0
 */
export type ByteOrder = "<" | ">" | "|"

/**
 * The unit of a `datetime64` or `timedelta64`; `generic` where there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type Unit = "Y" | "M" | "W" | "D" | "h" | "m" | "s" | "ms" | "us" | "ns" | "ps" | "fs" | "as" | "generic"

/**
 * One field of a structured dtype.
 *
 * **Details**
 *
 * `offset` counts bytes from the start of the item. A `shape` that is not empty makes the field a subarray of `dtype`s in C
 * order. `title` is NumPy's second name of a field.
 *
 * @category models
 * @since 0.1.0
 */
export interface Field {
  readonly name: string
  readonly title?: string | undefined
  readonly dtype: Dtype
  readonly shape: ReadonlyArray<number>
  readonly offset: number
}

/**
 * What one item of an array is: `itemsize` bytes in `byteorder`.
 *
 * **Details**
 *
 * `unit` and `multiplier` are those of `datetime64` and `timedelta64` (`M8[25us]`: 25 and `us`); `fields` are those of
 * `structured`, with bytes between them and after the last one as padding.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dtype<out N extends Name = Name> {
  readonly name: N
  readonly itemsize: number
  readonly byteorder: ByteOrder
  readonly unit?: Unit
  readonly multiplier?: number
  readonly fields?: ReadonlyArray<Field>
}

/**
 * NumPy's description of a dtype as JSON: a type string (`"<f8"`), or the fields of a structured dtype, each
 * `[name, descr]` or `[name, descr, shape]`, the name being `[title, name]` where there is a title.
 *
 * @category models
 * @since 0.1.0
 */
export type Descr = string | ReadonlyArray<FieldDescr>

/**
 * One field of a {@link Descr}.
 *
 * @category models
 * @since 0.1.0
 */
export type FieldDescr =
  | readonly [name: string | readonly [title: string, name: string], descr: Descr]
  | readonly [name: string | readonly [title: string, name: string], descr: Descr, shape: ReadonlyArray<number>]

/**
 * The name of a dtype whose size is fixed by its name.
 *
 * @category models
 * @since 0.1.0
 */
export type FixedName = Exclude<Name, "bytes" | "str" | "void" | "structured" | "object" | "datetime64" | "timedelta64">

/** How many items of no bytes a field may have: no bytes of a file bound what a reader of them would do. */
const maximumEmpty = 1024

/** How many items one item of a dtype that has no bytes is made of. */
const emptiness = (dtype: Dtype): number =>
  dtype.itemsize > 0
    ? 1
    : (dtype.fields ?? []).reduce(
        (sum, { dtype, shape }) => sum + shape.reduce((product, d) => product * Math.max(d, 1), emptiness(dtype)),
        1
      )

/**
 * The dtype of a name that fixes its size, little endian unless told otherwise.
 *
 * **Example** (A big-endian double)
 *
 * ```ts
 * import { Dtype } from "@bytewright/nco"
 *
 * console.log(Dtype.toDescr(Dtype.make("float64", ">")).toString())
 * // => success(">f8")
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <N extends FixedName>(name: N, byteorder: "<" | ">" = "<"): Dtype<N> =>
  simple.get(byteorder + fixed[name]) as Dtype<N>

/**
 * The dtype of arrays whose items are arbitrary Python objects; only pickles hold them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const object: Dtype<"object"> = typeString.object

/**
 * A structured dtype. Without `offset`s fields follow each other without padding.
 *
 * **Details**
 *
 * Fails with `NpyMalformed` when two fields share a name or title, a field leaves the item, or the item is larger than
 * NumPy's 2 GiB. Fields may overlap, as NumPy's may; such a dtype has no `descr`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const structured = (
  fields: ReadonlyArray<{
    readonly name: string
    readonly title?: string | undefined
    readonly dtype: Dtype
    readonly shape?: ReadonlyArray<number>
    readonly offset?: number
  }>,
  itemsize?: number
): Result.Result<Dtype<"structured">, NcoError.NcoError> => {
  const names = new Set<string>()
  const laid: Array<Field> = []
  let end = 0
  let reach = 0
  for (const { dtype, name, offset = end, shape = [], title } of fields) {
    if (names.has(name)) return malformed(`the field name ${JSON.stringify(name)} is used twice`)
    names.add(name)
    if (title !== undefined) {
      if (names.has(title)) return malformed(`the field title ${JSON.stringify(title)} is used twice`)
      names.add(title)
    }
    let size = dtype.itemsize
    let extent = emptiness(dtype)
    for (const dimension of shape) {
      if (!Number.isSafeInteger(dimension) || dimension < 0) return malformed(`${dimension} is not a dimension`)
      size *= dimension
      if (dimension > 0) extent *= dimension
    }
    if (size === 0 && extent > maximumEmpty) {
      return malformed(`field ${JSON.stringify(name)} has ${extent} items, but no bytes`)
    }
    if (!Number.isSafeInteger(offset) || offset < 0) return malformed(`${offset} is not an offset`)
    end = offset + size
    if (!(end <= maximumItemsize)) return malformed(`field ${JSON.stringify(name)} ends at byte ${end} of an item`)
    reach = Math.max(reach, end)
    laid.push({ name, ...(title === undefined ? {} : { title }), dtype, shape, offset })
  }
  const size = itemsize ?? reach
  if (!Number.isSafeInteger(size) || size < reach || size > maximumItemsize) {
    return malformed(`an item of ${size} bytes cannot hold fields of ${reach}`)
  }
  return Result.succeed({ name: "structured", itemsize: size, byteorder: "|", fields: laid })
}

/**
 * Reads a type string, as NumPy writes them (`"<f8"`, `"|S3"`, `"<M8[25us]"`), or a dtype's name (`"float64"`).
 *
 * **Details**
 *
 * Several of them with commas between are the fields `f0`, `f1`, ... of a structured dtype, each with a count or a shape before it
 * where it is a subarray: `"2i4,(2,3)<f8"`. A part of a unit is a smaller unit: `"M8[D/24]"` is `"M8[h]"`.
 *
 * Letters whose size depends on the platform (`l`, `L`, `p`) are refused, as is everything NumPy refuses, and what its versions read in
 * different ways (a comma at the end, a count of 1), and more than 4096 characters with commas: `NpyMalformed`.
 *
 * **Example** (Reading a type string)
 *
 * ```ts
 * import { Dtype } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * const dtype = Result.getOrThrow(Dtype.parse(">M8[25us]"))
 * console.log(dtype.name, dtype.byteorder, dtype.multiplier, dtype.unit)
 * // => datetime64 > 25 us
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<Dtype, NcoError.NcoError> => {
  if (!text.includes(",")) return typeString.parse(text)
  const fields = typeString.fields(text)
  return fields === undefined ? malformed(`${JSON.stringify(text.slice(0, 64))} is not a dtype`) : fromDescr(fields)
}

const isShape = (u: unknown): u is ReadonlyArray<number> =>
  Array.isArray(u) && u.length <= 64 && u.every((dimension) => Number.isSafeInteger(dimension))

/**
 * Reads a `descr` of which nothing is known yet: a type string or a list of fields, nested at most `maxDepth` deep.
 *
 * **Details**
 *
 * Unnamed `void` fields are padding. A bare number as a field's shape means one dimension. Fails with `NpyMalformed` for
 * what NumPy refuses, and with `LimitExceeded` (`maxDepth`, 32 by default).
 *
 * @category decoding
 * @since 0.1.0
 */
export const fromDescr = (descr: unknown, maxDepth = 32): Result.Result<Dtype, NcoError.NcoError> =>
  fromNested(descr, 1, maxDepth)

/** `(descr, shape)` is the subarray of so many items; any other descr is one item. */
const subarray = (descr: unknown): readonly [descr: unknown, shape: ReadonlyArray<number>] => {
  if (!Array.isArray(descr) || descr.length !== 2) return [descr, []]
  const [type, shape] = descr as ReadonlyArray<unknown>
  const axes = typeof shape === "number" ? [shape] : shape
  return isShape(axes) ? [type, axes] : [descr, []]
}

const fromNested = (descr: unknown, depth: number, maxDepth: number): Result.Result<Dtype, NcoError.NcoError> => {
  if (typeof descr === "string") return parse(descr)
  if (!Array.isArray(descr)) return malformed("a descr is a type string or a list of fields")
  if (depth > maxDepth) {
    const reason = { _tag: "LimitExceeded", limit: "maxDepth", value: depth, maximum: maxDepth } as const
    return Result.fail(NcoError.make(reason, 0, "descr"))
  }
  const fields: Array<Field> = []
  let offset = 0
  for (const field of descr as ReadonlyArray<unknown>) {
    if (!Array.isArray(field) || field.length < 2 || field.length > 3) {
      return malformed("a field is (name, descr) or (name, descr, shape)")
    }
    const titled = Array.isArray(field[0]) && field[0].length === 2
    const title: unknown = titled ? field[0][0] : undefined
    const name: unknown = titled ? field[0][1] : field[0]
    if (typeof name !== "string" || (titled && typeof title !== "string"))
      return malformed("a field's name is a string")
    const [type, axes] = subarray(field[1])
    const outer: unknown = typeof field[2] === "number" ? [field[2]] : (field[2] ?? [])
    const shape: unknown = Array.isArray(outer) ? [...outer, ...axes] : outer
    if (!isShape(shape)) return malformed(`the shape of field ${JSON.stringify(name)} is not a shape`)
    const inner = fromNested(type, depth + 1, maxDepth)
    if (Result.isFailure(inner)) return inner
    const dtype = inner.success
    const size = shape.reduce((product, dimension) => product * dimension, dtype.itemsize)
    if (!(name === "" && dtype.name === "void")) {
      fields.push({ name, title: title as string | undefined, dtype, shape, offset })
    } else if (!(size >= 0)) return malformed(`padding of ${size} bytes`)
    offset += size
  }
  return structured(fields, offset)
}

/**
 * The type string of a dtype that is not structured: `"<f8"`, `"|S3"`, `"<M8[ns]"`. A structured one is a `"|V<itemsize>"`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const format = (dtype: Dtype): string => typeString.format(dtype)

/**
 * NumPy's `descr` of a dtype, with padding as unnamed `void` fields.
 *
 * **Details**
 *
 * Fails with `NotRepresentable` where a `descr` would be read as something else: fields that overlap or are out of order, and an
 * unnamed `void` field.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toDescr = (dtype: Dtype): Result.Result<Descr, NcoError.NcoError> => {
  if (dtype.fields === undefined) return Result.succeed(format(dtype))
  const descr: Array<FieldDescr> = []
  let end = 0
  for (const { dtype: inner, name, offset, shape, title } of dtype.fields) {
    if (offset < end || (name === "" && inner.name === "void")) {
      const detail = `a descr cannot hold the field ${JSON.stringify(name)}: it is unnamed padding, or overlaps another`
      return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, offset, "descr"))
    }
    if (offset > end) descr.push(["", `|V${offset - end}`])
    const of = toDescr(inner)
    if (Result.isFailure(of)) return of
    const named = title === undefined ? name : ([title, name] as const)
    descr.push(shape.length === 0 ? [named, of.success] : [named, of.success, shape])
    end = offset + shape.reduce((product, dimension) => product * dimension, inner.itemsize)
  }
  if (dtype.itemsize > end) descr.push(["", `|V${dtype.itemsize - end}`])
  return Result.succeed(descr)
}

/**
 * Whether items hold Python objects, at any depth; such arrays exist only inside pickles.
 *
 * @category guards
 * @since 0.1.0
 */
export const hasObject = (dtype: Dtype): boolean =>
  dtype.name === "object" || (dtype.fields?.some((field) => hasObject(field.dtype)) ?? false)

/**
 * How many bytes a byte-order swap turns round at a time; 0 where storage keeps the file's own bytes.
 *
 * @category models
 * @since 0.1.0
 */
export const swapUnit = (dtype: Dtype): 0 | 2 | 4 | 8 => {
  if (dtype.byteorder !== ">") return 0
  switch (dtype.name) {
    case "longdouble":
    case "clongdouble":
    case "str":
      return 0
    case "complex64":
    case "complex128":
      return (dtype.itemsize / 2) as 4 | 8
    default:
      return dtype.itemsize as 2 | 4 | 8
  }
}
