/** The canonical extension types. */
import type { ExtensionType } from "./extensionType.ts"
import type { Field } from "../Schema.ts"

const asStored = { decode: (value: unknown) => value, encode: (value: unknown) => value }

const fail = (sentence: string): never => {
  throw new Error(sentence)
}

const isText = ({ type }: Field): boolean =>
  type._tag === "Utf8" || type._tag === "LargeUtf8" || type._tag === "Utf8View"

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const uuid: ExtensionType = {
  name: "arrow.uuid",
  open: ({ type }) =>
    type._tag === "FixedSizeBinary" && type.byteWidth === 16
      ? {
          decode: (stored) => hex(stored as Uint8Array).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
          encode: (value) =>
            typeof value === "string" && uuidText.test(value)
              ? Uint8Array.from(value.replaceAll("-", "").match(/../g)!, (pair) => Number.parseInt(pair, 16))
              : fail(`${String(value)} is not a UUID`)
        }
      : "the storage must be FixedSizeBinary(16)"
}

const json: ExtensionType = {
  name: "arrow.json",
  open: (storage) =>
    isText(storage)
      ? {
          decode: (stored) => JSON.parse(stored as string) as unknown,
          encode: (value) => JSON.stringify(value) ?? fail("the value has no JSON")
        }
      : "the storage must be text"
}

const bool8: ExtensionType = {
  name: "arrow.bool8",
  open: ({ type }) =>
    type._tag === "Int" && type.bitWidth === 8 && type.isSigned
      ? {
          decode: (stored) => stored !== 0,
          encode: (value) => (typeof value === "boolean" ? Number(value) : fail(`${String(value)} is not a boolean`))
        }
      : "the storage must be Int(8, signed)"
}

/** The members of the JSON object in a type's parameters; `undefined` where it is none. */
const parameters = (text: string): Record<string, unknown> | undefined => {
  try {
    const parsed: unknown = JSON.parse(text === "" ? "{}" : text)
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const opaque: ExtensionType = {
  name: "arrow.opaque",
  open: (_storage, text) => {
    const given = parameters(text)
    return typeof given?.["type_name"] === "string" && typeof given["vendor_name"] === "string"
      ? asStored
      : "the parameters need type_name and vendor_name"
  }
}

/** A tensor as one value: sizes of the dimensions, and the elements in row-major order of the physical layout. */
interface TensorValue {
  readonly shape: ReadonlyArray<number>
  readonly data: ReadonlyArray<unknown>
}

const isShape = (value: unknown): value is ReadonlyArray<number> =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0)

const product = (shape: ReadonlyArray<number>): number => shape.reduce((size, dimension) => size * dimension, 1)

const checkTensor = (value: unknown): TensorValue => {
  const { data, shape } = Object(value) as Partial<TensorValue>
  if (!isShape(shape) || !Array.isArray(data)) return fail("the value is not { shape, data }")
  if (data.length !== product(shape)) return fail(`${data.length} elements do not fill the shape ${shape.join(" x ")}`)
  return { shape, data }
}

const fixedShapeTensor: ExtensionType = {
  name: "arrow.fixed_shape_tensor",
  open: ({ type }, text) => {
    const shape = parameters(text)?.["shape"]
    if (!isShape(shape)) return "the parameters need a shape"
    if (type._tag !== "FixedSizeList" || type.listSize !== product(shape)) {
      return `the storage must be FixedSizeList(${product(shape)})`
    }
    return {
      decode: (data) => ({ shape, data }),
      encode: (value) => {
        const tensor = checkTensor(value)
        return tensor.shape.join() === shape.join()
          ? tensor.data
          : fail(`the shape ${tensor.shape.join(" x ")} is not ${shape.join(" x ")}`)
      }
    }
  }
}

const variableShapeTensor: ExtensionType = {
  name: "arrow.variable_shape_tensor",
  open: ({ children, type }) => {
    const [data, shape] = children
    const isStorage =
      type._tag === "Struct" &&
      children.length === 2 &&
      data!.name === "data" &&
      data!.type._tag === "List" &&
      shape!.name === "shape" &&
      shape!.type._tag === "FixedSizeList"
    return isStorage
      ? { decode: checkTensor, encode: checkTensor }
      : "the storage must be Struct<data: List, shape: FixedSizeList>"
  }
}

const isInt16 = (value: unknown): value is number => typeof value === "number" && (value << 16) >> 16 === value

const timestampWithOffset: ExtensionType = {
  name: "arrow.timestamp_with_offset",
  open: ({ children, type }) => {
    const [timestamp, offset] = children
    const isStorage =
      type._tag === "Struct" &&
      children.length === 2 &&
      timestamp!.name === "timestamp" &&
      timestamp!.type._tag === "Timestamp" &&
      timestamp!.type.timezone === "UTC" &&
      offset!.name === "offset_minutes"
    if (!isStorage) return "the storage must be Struct<timestamp: Timestamp(UTC), offset_minutes: Int(16)>"
    return {
      decode: (stored) => {
        const value = stored as { readonly timestamp: bigint; readonly offset_minutes: number }
        return { timestamp: value.timestamp, offsetMinutes: value.offset_minutes }
      },
      encode: (value) => {
        const { offsetMinutes, timestamp } = Object(value) as { timestamp?: unknown; offsetMinutes?: unknown }
        return typeof timestamp === "bigint" && isInt16(offsetMinutes)
          ? { timestamp, offset_minutes: offsetMinutes }
          : fail("the value is not { timestamp, offsetMinutes }")
      }
    }
  }
}

const variant: ExtensionType = {
  name: "arrow.parquet.variant",
  open: ({ children, type }) =>
    type._tag === "Struct" && children.some(({ name }) => name === "metadata")
      ? asStored
      : "the storage must be a Struct with metadata"
}

export const canonicalTypes: ReadonlyArray<ExtensionType> = [
  uuid,
  json,
  bool8,
  opaque,
  fixedShapeTensor,
  variableShapeTensor,
  timestampWithOffset,
  variant
]
