/** Builds the arrays that have children: lists, maps, structs, unions, runs. */
import { ArrayData } from "../ArrayData.ts"
import type { DataType, Union } from "../DataType.ts"
import type { Field } from "../Schema.ts"
import { bytesOf } from "./compact.ts"
import type { Slots } from "./slots.ts"

/**
 * Builds a child of `slots` from its values; `stride` is how many of its slots belong to one of the parent's, if
 * that is fixed.
 */
export type BuildChild = (field: Field, values: ArrayLike<unknown>, parent: Slots, stride?: number) => ArrayData

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

const itemsOf = (slots: Slots, row: number, value: unknown): ArrayLike<unknown> => {
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value)) return value as ArrayLike<unknown>
  return isObject(value) && Symbol.iterator in value
    ? Array.from(value as Iterable<unknown>)
    : slots.refuse(row, value, "an array")
}

/** The items of all lists in a row, and where each ends. */
const flatten = (slots: Slots, items: (value: unknown, row: number) => ArrayLike<unknown>) => {
  const { length, values } = slots
  const flat: Array<unknown> = []
  const ends = new Float64Array(length + 1)
  for (let i = 0; i < length; i++) {
    if (slots.isNull(i)) slots.setNull(i)
    else {
      const list = items(values[i], i)
      for (let k = 0; k < list.length; k++) flat.push(list[k])
    }
    ends[i + 1] = flat.length
  }
  return { flat, ends }
}

const offsetsOf = (ends: Float64Array, isLarge: boolean): Uint8Array =>
  bytesOf(isLarge ? BigInt64Array.from(ends, BigInt) : Int32Array.from(ends))

export const buildList = (slots: Slots, build: BuildChild, isLarge: boolean): ArrayData => {
  const { ends, flat } = flatten(slots, (value, row) => itemsOf(slots, row, value))
  const buffers = [slots.validity, offsetsOf(ends, isLarge)]
  const child = build(slots.field.children[0]!, flat, slots, 0)
  return new ArrayData(slots.field, slots.length, slots.nullCount, buffers, [child], undefined)
}

export const buildListView = (slots: Slots, build: BuildChild, isLarge: boolean): ArrayData => {
  const { ends, flat } = flatten(slots, (value, row) => itemsOf(slots, row, value))
  const starts = ends.subarray(0, slots.length)
  const sizes = starts.map((start, i) => ends[i + 1]! - start)
  const buffers = [slots.validity, offsetsOf(starts, isLarge), offsetsOf(sizes, isLarge)]
  const child = build(slots.field.children[0]!, flat, slots, 0)
  return new ArrayData(slots.field, slots.length, slots.nullCount, buffers, [child], undefined)
}

export const buildFixedSizeList = (slots: Slots, build: BuildChild, size: number): ArrayData => {
  const flat: Array<unknown> = []
  for (let i = 0; i < slots.length; i++) {
    if (slots.isNull(i)) slots.setNull(i)
    const list = slots.isNull(i) ? new Array<unknown>(size).fill(null) : itemsOf(slots, i, slots.values[i])
    if (list.length !== size) slots.refuse(i, list, `a list of ${size} items: it has ${list.length}`)
    for (let k = 0; k < size; k++) flat.push(list[k])
  }
  const child = build(slots.field.children[0]!, flat, slots, size)
  return new ArrayData(slots.field, slots.length, slots.nullCount, [slots.validity], [child], undefined)
}

const entriesOf = (slots: Slots, row: number, value: unknown): ReadonlyArray<readonly [unknown, unknown]> => {
  const entries = Array.from(isObject(value) && Symbol.iterator in value ? (value as Iterable<unknown>) : [undefined])
  return entries.every((entry) => Array.isArray(entry) && entry.length === 2)
    ? (entries as Array<[unknown, unknown]>)
    : slots.refuse(row, value, "a Map or a list of [key, value]")
}

export const buildMap = (slots: Slots, build: BuildChild): ArrayData => {
  const { ends, flat } = flatten(slots, (value, row) => entriesOf(slots, row, value))
  const entries = build(slots.field.children[0]!, flat, slots, 0)
  const buffers = [slots.validity, offsetsOf(ends, false)]
  return new ArrayData(slots.field, slots.length, slots.nullCount, buffers, [entries], undefined)
}

/** A property by its name alone: `__proto__` is a name like any other. */
export const property = (value: object, name: string): unknown =>
  name === "__proto__" && !Object.hasOwn(value, name) ? undefined : (value as Record<string, unknown>)[name]

const refuseExcess = (slots: Slots, row: number, value: object, names: ReadonlySet<string>): void => {
  for (const key of Object.keys(value)) {
    if (!names.has(key)) slots.fail("unrepresentable", row, `the value has a property ${JSON.stringify(key)}, no field`)
  }
}

/**
 * The values of each field, column by column. A value is an object with the fields' names, or an array in their
 * order (needed where names repeat).
 */
export const columnsOf = (slots: Slots, fields: ReadonlyArray<Field>): ReadonlyArray<Array<unknown>> => {
  const names = new Set(fields.map((field) => field.name))
  const columns = fields.map(() => new Array<unknown>(slots.length).fill(null))
  for (let i = 0; i < slots.length; i++) {
    const value = slots.values[i]
    if (value === null || value === undefined) continue
    if (Array.isArray(value)) {
      if (value.length !== fields.length) slots.refuse(i, value, `${fields.length} values in the order of the fields`)
      for (let k = 0; k < fields.length; k++) columns[k]![i] = value[k]
    } else if (isObject(value)) {
      if (names.size !== fields.length) slots.refuse(i, value, "an array, which fields with the same name need")
      refuseExcess(slots, i, value, names)
      for (let k = 0; k < fields.length; k++) columns[k]![i] = property(value, fields[k]!.name)
    } else slots.refuse(i, value, "an object")
  }
  return columns
}

export const buildStruct = (slots: Slots, build: BuildChild): ArrayData => {
  const { children } = slots.field
  const columns = columnsOf(slots, children)
  for (let i = 0; i < slots.length; i++) if (slots.isNull(i)) slots.setNull(i)
  const built = children.map((child, k) => build(child, columns[k]!, slots))
  return new ArrayData(slots.field, slots.length, slots.nullCount, [slots.validity], built, undefined)
}

/** A value of a union: which child (by index) it belongs to. */
export class UnionValue {
  declare readonly child: number
  declare readonly value: unknown
  constructor(child: number, value: unknown) {
    this.child = child
    this.value = value
  }
}

const chosen = (slots: Slots, row: number): UnionValue => {
  const value = slots.values[row]
  if (value === null || value === undefined) return new UnionValue(0, null)
  return value instanceof UnionValue && slots.field.children[value.child] !== undefined
    ? value
    : slots.refuse(row, value, `a UnionValue of one of ${slots.field.children.length} children`)
}

export const buildUnion = (slots: Slots, build: BuildChild, type: Union): ArrayData => {
  const { field, length } = slots
  const typeIds = new Int8Array(length)
  const offsets = new Int32Array(length)
  const isDense = type.mode === "Dense"
  const columns = field.children.map(() => (isDense ? [] : new Array<unknown>(length).fill(null)))
  for (let i = 0; i < length; i++) {
    const { child, value } = chosen(slots, i)
    typeIds[i] = type.typeIds[child]!
    offsets[i] = columns[child]!.length
    if (isDense) columns[child]!.push(value)
    else columns[child]![i] = value
  }
  // In a sparse union the slots of children that were not chosen say nothing, so they may be missing.
  const children = field.children.map((child, k) => {
    const said = slots.with(Array.from(typeIds, (id) => (id === type.typeIds[k] ? id : null)))
    return build(child, columns[k]!, said, isDense ? 0 : 1)
  })
  const buffers = isDense ? [bytesOf(typeIds), bytesOf(offsets)] : [bytesOf(typeIds)]
  return new ArrayData(field, length, 0, buffers, children, undefined)
}

export const buildRunEndEncoded = (slots: Slots, build: BuildChild): ArrayData => {
  const [runEnds, values] = slots.field.children as [Field, Field]
  const ends: Array<number> = []
  const runs: Array<unknown> = []
  for (let i = 0; i < slots.length; i++) {
    const value = slots.values[i] ?? null
    if (runs.length > 0 && Object.is(runs[runs.length - 1], value)) ends[ends.length - 1] = i + 1
    else {
      ends.push(i + 1)
      runs.push(value)
    }
  }
  const width = (runEnds.type as Extract<DataType, { _tag: "Int" }>).bitWidth
  const stored = width === 64 ? BigInt64Array.from(ends, BigInt) : ends
  const children = [build(runEnds, stored, slots, 0), build(values, runs, slots, 0)]
  return new ArrayData(slots.field, slots.length, 0, [], children, undefined)
}
