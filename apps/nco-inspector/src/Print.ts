/** Lines of text for people; none of them runs what it prints. */
import { inspect } from "node:util"
import { Dtype, NdArray, Py } from "@bytewright/nco"
import * as Result from "effect/Result"

/** Rows as columns of equal width. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string | number>>): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, String(cell).length)))
  return rows.map((row) =>
    row
      .map((cell, i) => (typeof cell === "number" ? String(cell).padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd()
  )
}

/** `<f8`, or the fields of a structured dtype. */
export const dtype = (dtype: Dtype.Dtype): string =>
  dtype.fields === undefined
    ? Dtype.format(dtype)
    : Result.match(Dtype.toDescr(dtype), {
        onSuccess: (descr) => JSON.stringify(descr),
        onFailure: () => Dtype.format(dtype)
      })

/** `<f8 (2, 3)`, and the order where it is Fortran's. */
export const type = (array: Pick<NdArray.NdArray, "dtype" | "shape" | "order">): string =>
  `${dtype(array.dtype)} (${array.shape.join(", ")}${array.shape.length === 1 ? "," : ""})${array.order === "F" ? " F" : ""}`

/** Text that `inspect` prints as it is. */
class Shown {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
  [inspect.custom](): string {
    return this.text
  }
}

/** How many items of an array are shown. */
const shown = 100

const items = (array: NdArray.NdArray): unknown => {
  if (array.size <= shown) return array.toNested()
  const zeros = array.shape.slice(1).map(() => 0)
  const first = Array.from({ length: Math.min(shown, array.shape.at(-1)!) }, (_, i) => array.get(...zeros, i))
  return [...first, new Shown(`... ${array.size - first.length} more`)]
}

/** A decoded value, with arrays as their type and items. */
export const value = (decoded: unknown): string =>
  inspect(plain(decoded, new Map()), { depth: 12, maxArrayLength: shown, maxStringLength: 1000, breakLength: 100 })

const plain = (decoded: unknown, seen: Map<unknown, unknown>): unknown => {
  if (typeof decoded !== "object" || decoded === null) return decoded
  if (seen.has(decoded)) return seen.get(decoded)
  if (decoded instanceof NdArray.NdArray) {
    return new Shown(
      `array ${type(decoded)} ${inspect(items(decoded), { depth: 4, breakLength: 100, maxArrayLength: shown + 1 })}`
    )
  }
  if (decoded instanceof Py.NumpyScalar) return new Shown(`${dtype(decoded.dtype)} ${inspect(decoded.value)}`)
  if (Array.isArray(decoded)) {
    const copy: Array<unknown> = []
    seen.set(decoded, copy)
    for (const item of decoded) copy.push(plain(item, seen))
    return copy
  }
  if (decoded instanceof Map) {
    const copy = new Map<unknown, unknown>()
    seen.set(decoded, copy)
    for (const [key, item] of decoded) copy.set(plain(key, seen), plain(item, seen))
    return copy
  }
  if (Object.getPrototypeOf(decoded) === Object.prototype) {
    const copy: Record<string, unknown> = {}
    seen.set(decoded, copy)
    for (const [key, item] of Object.entries(decoded)) {
      Object.defineProperty(copy, key, { value: plain(item, seen), enumerable: true, configurable: true })
    }
    return copy
  }
  return decoded
}
