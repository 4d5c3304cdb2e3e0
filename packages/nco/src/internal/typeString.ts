import * as Result from "effect/Result"
import type { Dtype, FieldDescr, FixedName, Unit } from "../Dtype.ts"
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

/** Every unit, and the smaller ones that a part of it may be: how many of each NumPy takes it for. */
const units: ReadonlyMap<string, ReadonlyArray<readonly [unit: Unit, many: number]>> = new Map<
  string,
  ReadonlyArray<readonly [unit: Unit, many: number]>
>([
  [
    "Y",
    [
      ["M", 12],
      ["W", 52],
      ["D", 365]
    ]
  ],
  [
    "M",
    [
      ["W", 4],
      ["D", 30],
      ["h", 720]
    ]
  ],
  [
    "W",
    [
      ["D", 7],
      ["h", 168],
      ["m", 10_080]
    ]
  ],
  [
    "D",
    [
      ["h", 24],
      ["m", 1440],
      ["s", 86_400]
    ]
  ],
  [
    "h",
    [
      ["m", 60],
      ["s", 3600]
    ]
  ],
  [
    "m",
    [
      ["s", 60],
      ["ms", 60_000]
    ]
  ],
  [
    "s",
    [
      ["ms", 1000],
      ["us", 1_000_000]
    ]
  ],
  [
    "ms",
    [
      ["us", 1000],
      ["ns", 1_000_000]
    ]
  ],
  [
    "us",
    [
      ["ns", 1000],
      ["ps", 1_000_000]
    ]
  ],
  [
    "ns",
    [
      ["ps", 1000],
      ["fs", 1_000_000]
    ]
  ],
  [
    "ps",
    [
      ["fs", 1000],
      ["as", 1_000_000]
    ]
  ],
  ["fs", [["as", 1000]]],
  ["as", []],
  ["generic", []]
])

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
const timed = /^(?:([<>=|]?)([Mm])8|(datetime64|timedelta64))(?:\[(\d{0,10})([A-Za-zμ]{1,7})(?:\/(\d{1,10}))?\])?$/

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
    const [, order, letter, word, count, given, divisor = "1"] = time
    const whole = given === "μs" ? "us" : (given ?? "generic")
    const parts = Number(divisor)
    const smaller = units.get(whole)
    const [unit, many] =
      parts === 1 ? [whole, 1] : (smaller?.find(([, many]) => parts > 0 && many % parts === 0) ?? [undefined, 0])
    const multiplier = (count === undefined || count === "" ? 1 : Number(count)) * (parts === 1 ? 1 : many / parts)
    if (smaller === undefined || unit === undefined || multiplier > maximumItemsize) {
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

/** A field among types with commas between: a count or a shape, and the type. */
const field = /(?:(\d+)|\(([\d, ]*)\))?([<>=|]?[A-Za-z?][\w?]*(?:\[\w*\])?)(?:\s*(,)\s*|$)/y
/** Longer texts are refused: a field of two characters becomes a hundred times as much. */
const longest = 4096
const axes = /^(?:|\d+,|\d+(?:, *\d+)+,?)$/

/**
 * The fields that types with commas between stand for; `undefined` where that is not what they are. Counts of 1 and of items without bytes
 * are refused: not every NumPy reads them alike.
 */
export const fields = (text: string): ReadonlyArray<FieldDescr> | undefined => {
  const described: Array<FieldDescr> = []
  field.lastIndex = 0
  for (;;) {
    const found = text.length > longest ? null : field.exec(text)
    if (found === null) return undefined
    const [, count, shape, type = "", comma] = found
    const numbers = (count ?? shape ?? "").match(/\d+/g) ?? []
    const alike = numbers.every((n) => n === "0" || !n.startsWith("0")) && !(numbers.length === 1 && numbers[0] === "1")
    const empty = (count ?? shape) !== undefined && Result.getOrUndefined(parse(type))?.itemsize === 0
    if (!alike || !axes.test(shape ?? "") || empty) return undefined
    described.push([`f${described.length}`, type, numbers.map(Number)])
    if (comma === undefined) return described.length < 2 ? undefined : described
  }
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
