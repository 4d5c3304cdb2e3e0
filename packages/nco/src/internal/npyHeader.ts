import * as Binary from "@bytewright/core-binary/Binary"
import * as Codec from "@bytewright/core-binary/Codec"
import * as Result from "effect/Result"
import * as Dtype from "../Dtype.ts"
import * as NcoError from "../NcoError.ts"
import type { NdArray } from "../NdArray.ts"
import { reprShape, reprString } from "./literal.ts"

export const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

const fixed = (version: 1 | 2 | 3, headerLength: typeof Binary.Uint16LE) =>
  Binary.Struct({
    magic: Binary.Magic(magic),
    major: Binary.Const(Binary.Uint8, version),
    minor: Binary.Const(Binary.Uint8, 0),
    headerLength
  })

/** What comes before the dictionary, in each version. */
export const layouts = {
  1: fixed(1, Binary.Uint16LE),
  2: fixed(2, Binary.Uint32LE),
  3: fixed(3, Binary.Uint32LE)
} as const

/** Readers and writers of {@link layouts}. */
export const codecs = { 1: Codec.make(layouts[1]), 2: Codec.make(layouts[2]), 3: Codec.make(layouts[3]) } as const

/** A header that is yet to be written, so that it can go straight to its place among other bytes. */
export interface Plan {
  /** How many bytes it has, from the magic to the data. */
  readonly size: number
  readonly version: 1 | 2 | 3
  /** The dictionary: latin-1 as text, UTF-8 as bytes. */
  readonly body: string | Uint8Array
}

const reprDescr = (descr: Dtype.Descr): string => {
  if (typeof descr === "string") return reprString(descr)
  const fields = descr.map(([name, of, shape]) => {
    const named = typeof name === "string" ? reprString(name) : `(${reprString(name[0])}, ${reprString(name[1])})`
    return `(${named}, ${reprDescr(of)}${shape === undefined ? "" : `, ${reprShape(shape)}`})`
  })
  return `[${fields.join(", ")}]`
}

/** NumPy leaves room for the first axis to grow to this many digits, so that a file can be appended to in place. */
const growthDigits = 21

/** The header of an array in the oldest version that can hold it. */
export const plan = (array: NdArray): Result.Result<Plan, NcoError.NcoError> => {
  const { dtype, order, shape } = array
  if (Dtype.hasObject(dtype)) {
    const detail = "an array of Python objects would be a pickle, which other readers refuse"
    return Result.fail(NcoError.make({ _tag: "NotRepresentable", detail }, 0, "descr"))
  }
  const descr = Dtype.toDescr(dtype)
  if (Result.isFailure(descr)) return Result.fail(descr.failure)
  const fortran = order === "F"
  const text = `{'descr': ${reprDescr(descr.success)}, 'fortran_order': ${fortran ? "True" : "False"}, 'shape': ${reprShape(shape)}, }`
  const first = fortran ? shape.at(-1)! : shape[0]!
  const growth = shape.length === 0 ? 0 : Math.max(0, growthDigits - String(first).length)
  // Only the names of fields can be anything but ASCII.
  const wide = dtype.fields !== undefined && Array.from(text).some((character) => character > "\xff")
  const body = wide ? new TextEncoder().encode(text) : text
  const length = body.length + growth + 1
  const padded = (prefix: number): number => prefix + length + 64 - ((prefix + length) % 64)
  const version = wide ? 3 : padded(10) - 10 < 65_536 ? 1 : 2
  return Result.succeed({ size: padded(version === 1 ? 10 : 12), version, body })
}

/** Writes a header at `at`, padded with spaces to a multiple of 64 bytes and ended with a newline. */
export const write = ({ body, size, version }: Plan, target: Uint8Array, at: number): void => {
  const start = version === 1 ? 10 : 12
  codecs[version].write({ headerLength: size - start }, target, at)
  if (typeof body !== "string") target.set(body, at + start)
  else for (let i = 0; i < body.length; i++) target[at + start + i] = body.charCodeAt(i)
  const end = at + size - 1
  for (let i = at + start + body.length; i < end; i++) target[i] = 0x20
  target[end] = 0x0a
}
