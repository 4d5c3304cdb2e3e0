import * as Result from "effect/Result"
import type { Dtype, FixedName, Unit } from "../Dtype.ts"
import * as NcoError from "../NcoError.ts"

/** Kind letter and size of every dtype whose size is fixed by its name. */
export const fixed = {
  bool: "b1",
  int8: "i1",
  int16: "i2",
  int32: "i4",
  int64: "i8",
  uint8: "u1",
  uint16: "u2",
  uint32: "u4",
  uint64: "u8",
  float16: "f2",
  float32: "f4",
  float64: "f8",
  longdouble: "f16",
  complex64: "c8",
  complex128: "c16",
  clongdouble: "c32"
} as const

/** NumPy's one-letter codes whose size is the same on every platform, and its aliases. */
const aliases: Record<string, FixedName> = {
  "?": "bool",
  b: "int8",
  h: "int16",
  i: "int32",
  q: "int64",
  B: "uint8",
  H: "uint16",
  I: "uint32",
  Q: "uint64",
  e: "float16",
  f: "float32",
  d: "float64",
  g: "longdouble",
  F: "complex64",
  D: "complex128",
  G: "clongdouble"
}

/** NumPy's names after C, where every platform agrees on the size. */
const words: Record<string, FixedName> = {
  bool_: "bool",
  byte: "int8",
  short: "int16",
  intc: "int32",
  longlong: "int64",
  ubyte: "uint8",
  ushort: "uint16",
  uintc: "uint32",
  ulonglong: "uint64",
  half: "float16",
  single: "float32",
  double: "float64",
  float: "float64",
  csingle: "complex64",
  cdouble: "complex128",
  complex: "complex128"
}

const units: ReadonlySet<string> = new Set("Y M W D h m s ms us ns ps fs as generic".split(" "))

/** The largest item NumPy can hold: its item sizes are C `int`s. */
export const maximumItemsize = 2 ** 31 - 1

export const malformed = (detail: string): Result.Result<never, NcoError.NcoError> =>
  Result.fail(NcoError.make({ _tag: "NpyMalformed", detail }, 0, "descr"))

/** Every dtype that a name or a type string fixes. */
export const simple = new Map<string, Dtype>()
for (const [name, code] of Object.entries(fixed) as ReadonlyArray<[FixedName, string]>) {
  const itemsize = Number(code.slice(1))
  for (const byteorder of ["<", ">"] as const) {
    const dtype: Dtype = { name, itemsize, byteorder: itemsize === 1 ? "|" : byteorder }
    simple.set(byteorder + code, dtype)
    if (byteorder === "<") for (const key of [code, `=${code}`, `|${code}`, name]) simple.set(key, dtype)
  }
}
for (const [alias, name] of Object.entries(aliases)) {
  const code = fixed[name]
  for (const order of ["", "<", ">", "=", "|"]) simple.set(order + alias, simple.get(order + code)!)
}

for (const [word, name] of Object.entries(words)) simple.set(word, simple.get(name)!)
for (const word of ["bytes", "bytes_"]) simple.set(word, { name: "bytes", itemsize: 0, byteorder: "|" })
for (const word of ["str", "str_"]) simple.set(word, { name: "str", itemsize: 0, byteorder: "<" })
simple.set("void", { name: "void", itemsize: 0, byteorder: "|" })

export const object: Dtype<"object"> = { name: "object", itemsize: 8, byteorder: "|" }

const sized = /^([<>=|]?)([SaUV])(\d{0,10})$/
const timed = /^(?:([<>=|]?)([Mm])8|(datetime64|timedelta64))(?:\[(\d{0,10})([A-Za-zμ]{1,7})\])?$/

export const parse = (text: string): Result.Result<Dtype, NcoError.NcoError> => {
  const known = simple.get(text)
  if (known !== undefined) return Result.succeed(known)
  const string = sized.exec(text)
  if (string !== null) {
    const [, order, letter, digits] = string
    const itemsize = Number(digits) * (letter === "U" ? 4 : 1)
    if (itemsize > maximumItemsize) return malformed(`items of ${itemsize} bytes are larger than NumPy's`)
    if (letter === "U") return Result.succeed({ name: "str", itemsize, byteorder: order === ">" ? ">" : "<" })
    return Result.succeed({ name: letter === "V" ? "void" : "bytes", itemsize, byteorder: "|" })
  }
  const time = timed.exec(text)
  if (time !== null) {
    const [, order, letter, word, count, given] = time
    const unit = given === "μs" ? "us" : (given ?? "generic")
    const multiplier = count === undefined || count === "" ? 1 : Number(count)
    if (!units.has(unit) || multiplier > maximumItemsize) {
      return malformed(`${JSON.stringify(text)} has no unit that NumPy knows`)
    }
    return Result.succeed({
      name: letter === "M" || word === "datetime64" ? "datetime64" : "timedelta64",
      itemsize: 8,
      byteorder: order === ">" ? ">" : "<",
      unit: unit as Unit,
      multiplier
    })
  }
  if (/^[<>=|]?O8?$/.test(text)) return Result.succeed(object)
  return malformed(`${JSON.stringify(text.slice(0, 64))} is not a dtype`)
}

export const format = (dtype: Dtype): string => {
  switch (dtype.name) {
    case "bytes":
      return `|S${dtype.itemsize}`
    case "str":
      return `${dtype.byteorder}U${dtype.itemsize / 4}`
    case "void":
    case "structured":
      return `|V${dtype.itemsize}`
    case "object":
      return "|O"
    case "datetime64":
    case "timedelta64": {
      const letter = dtype.name === "datetime64" ? "M8" : "m8"
      const count = dtype.multiplier === 1 ? "" : String(dtype.multiplier)
      return dtype.byteorder + letter + (dtype.unit === "generic" ? "" : `[${count}${dtype.unit}]`)
    }
    default:
      return dtype.byteorder + fixed[dtype.name]
  }
}
