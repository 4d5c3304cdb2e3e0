import type * as Dtype from "../Dtype.ts"
import { defineField } from "./record.ts"

/** Reads one item, of any dtype but `object`, at `offset` of `view`, which holds all of it. */
export const readItem = (dtype: Dtype.Dtype, view: DataView, offset: number): unknown => {
  const little = dtype.byteorder !== ">"
  switch (dtype.name) {
    case "bool":
      return view.getUint8(offset) !== 0
    case "int8":
      return view.getInt8(offset)
    case "int16":
      return view.getInt16(offset, little)
    case "int32":
      return view.getInt32(offset, little)
    case "int64":
    case "datetime64":
    case "timedelta64":
      return view.getBigInt64(offset, little)
    case "uint8":
      return view.getUint8(offset)
    case "uint16":
      return view.getUint16(offset, little)
    case "uint32":
      return view.getUint32(offset, little)
    case "uint64":
      return view.getBigUint64(offset, little)
    case "float16":
      return view.getFloat16(offset, little)
    case "float32":
      return view.getFloat32(offset, little)
    case "float64":
      return view.getFloat64(offset, little)
    case "complex64":
      return { re: view.getFloat32(offset, little), im: view.getFloat32(offset + 4, little) }
    case "complex128":
      return { re: view.getFloat64(offset, little), im: view.getFloat64(offset + 8, little) }
    case "bytes":
      return withoutTrailingZeros(bytesAt(view, offset, dtype.itemsize))
    case "str":
      return text(view, offset, dtype.itemsize, little)
    case "structured":
      return record(dtype, view, offset)
    default:
      return bytesAt(view, offset, dtype.itemsize)
  }
}

const bytesAt = (view: DataView, offset: number, length: number): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset + offset, length)

const withoutTrailingZeros = (bytes: Uint8Array): Uint8Array => {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}

const text = (view: DataView, offset: number, itemsize: number, little: boolean): string => {
  let end = offset + itemsize
  while (end > offset && view.getUint32(end - 4, little) === 0) end -= 4
  let string = ""
  for (let at = offset; at < end; at += 4) string += String.fromCodePoint(view.getUint32(at, little))
  return string
}

const record = (dtype: Dtype.Dtype, view: DataView, offset: number): Record<string, unknown> => {
  const object: Record<string, unknown> = {}
  for (const field of dtype.fields!) {
    defineField(object, field.name, subarray(field, field.shape, view, offset + field.offset))
  }
  return object
}

const subarray = (field: Dtype.Field, shape: ReadonlyArray<number>, view: DataView, offset: number): unknown => {
  if (shape.length === 0) return readItem(field.dtype, view, offset)
  const inner = shape.slice(1)
  const stride = inner.reduce((product, dimension) => product * dimension, field.dtype.itemsize)
  return Array.from({ length: shape[0]! }, (_, i) => subarray(field, inner, view, offset + i * stride))
}

/**
 * The byte offset in `view` of the first code point, in items of a `str` or structured dtype, that Unicode does not have; -1 where
 * there is none.
 */
export const badCodePoint = (dtype: Dtype.Dtype, view: DataView, offset: number, count: number): number => {
  if (dtype.name === "str") {
    const little = dtype.byteorder === "<"
    for (let at = offset; at < offset + count * dtype.itemsize; at += 4) {
      if (view.getUint32(at, little) > 0x10ffff) return at
    }
    return -1
  }
  for (const field of dtype.fields!) {
    // Items of no bytes hold nothing, and there may be any number of them.
    if ((field.dtype.name !== "str" && field.dtype.fields === undefined) || field.dtype.itemsize === 0) continue
    const items = field.shape.reduce((product, dimension) => product * dimension, 1)
    for (let i = 0; i < count; i++) {
      const bad = badCodePoint(field.dtype, view, offset + i * dtype.itemsize + field.offset, items)
      if (bad !== -1) return bad
    }
  }
  return -1
}
