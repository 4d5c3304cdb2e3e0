/** Random values of every kind that a pickle of the default registry holds. */
import * as Result from "effect/Result"
import { random as generator } from "../fuzz/mutate.ts"
import { Dtype, NdArray, Py } from "../src/index.ts"

const names: ReadonlyArray<Dtype.FixedName> = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "float32",
  "float64",
  "longdouble",
  "complex64",
  "complex128"
]

/** One random value, for a pickle of `protocol`. */
export const randomValue = (seed: number, protocol: number): unknown => {
  const random = generator(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const pick = <A>(items: ReadonlyArray<A>): A => items[below(items.length)]!
  const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => below(256))
  const made: Array<unknown> = []
  const keep = <A>(value: A): A => {
    made.push(value)
    return value
  }
  const text = (): string => {
    const alphabet = pick([
      ["a", "b", "'", '"', "\\", "\n"],
      ["é", "ÿ", "\0"],
      ["日", "\ufeff", "\ufffd"],
      ["😀", "x"],
      ["\ud800.", "\udfff."]
    ])
    return Array.from({ length: pick([0, 1, 5, 12, 13, 70, 300]) }, () => pick(alphabet)).join("")
  }
  const integer = (): bigint => {
    const size = pick([1, 8, 16, 31, 32, 48, 53, 54, 63, 64, 65, 200, 2100])
    let value = 0n
    for (let i = 0; i < size; i += 32) value = (value << 32n) | BigInt(below(2 ** 32))
    return BigInt.asUintN(size, value) * pick([1n, -1n]) - BigInt(below(2))
  }
  const float = (): number =>
    pick([0, -0, 1, 1e300, 5e-324, Infinity, -Infinity, NaN, random(), -random() * 10 ** (below(600) - 300)])
  const zone = (): Py.PyTimeZone | null => {
    const offset = new Py.PyTimeDelta(0, 60 * (below(2878) - 1439) + pick([0, 0, 7]))
    return pick([
      null,
      new Py.PyTimeZone(offset),
      new Py.PyTimeZone(offset, "Name"),
      new Py.PyTimeZone(new Py.PyTimeDelta(0))
    ])
  }
  const date = (): Py.PyDate => new Py.PyDate(1 + below(9999), 1 + below(12), 1 + below(28))
  const clock = (): [number, number, number, number, Py.PyTimeZone | null, number] => [
    below(24),
    below(60),
    below(60),
    pick([0, below(1e6)]),
    zone(),
    protocol >= 4 ? below(2) : 0
  ]
  const scalars: ReadonlyArray<() => unknown> = [
    () => null,
    () => random() < 0.5,
    integer,
    integer,
    float,
    text,
    text,
    () => bytes(pick([0, 3, 255, 256, 600])),
    () => new Py.PyComplex(float(), float()),
    () => new Py.PyDecimal(pick(["-0", "1.10", "Infinity", "-NaN", "sNaN12", "1E+999", "0E-7", `-${below(1e9)}.5`])),
    () => new Py.PyFraction(integer(), 1n + integer() ** 2n),
    () => new Py.PyUuid(BigInt.asUintN(128, integer())),
    date,
    () => new Py.PyTime(...clock()),
    () => new Py.PyDateTime(date(), ...clock()),
    () => new Py.PyTimeDelta(below(2e4) - 1e4, below(86_400), below(1e6)),
    zone,
    () => new Py.PyRange(integer(), integer(), pick([-3n, 1n, 2n])),
    () => new Py.PyPath(pick([[], ["/"], ["a", "b"], ["/", "x", "y.z"]])),
    () =>
      new Py.PyPath(
        pick([
          ["C:\\", "x"],
          ["a", "b"]
        ]),
        "PureWindowsPath"
      ),
    () =>
      pick([new Py.PySingleton("Ellipsis"), new Py.PySingleton("NotImplemented"), new Py.PyGlobal("builtins", "int")])
  ]
  const scalar = (): unknown => pick(scalars)()
  const hashable = (depth: number): unknown => {
    if (depth > 0 && random() < 0.3) {
      const items = Array.from({ length: below(4) }, () => hashable(depth - 1))
      return random() < 0.5 ? new Py.PyTuple(items) : new Py.PyFrozenSet(items)
    }
    const value = scalar()
    // Python refuses to hash a signaling NaN.
    return value instanceof Py.PyDecimal && value.text.startsWith("s") ? null : value
  }
  const array = (): NdArray.NdArray => {
    const shape = Array.from({ length: below(4) }, () => below(4))
    const size = shape.reduce((product, n) => product * n, 1)
    const order = shape.filter((n) => n > 1).length > 1 && size > 0 && random() < 0.3 ? "F" : "C"
    const roll = random()
    let dtype: Dtype.Dtype
    if (roll < 0.1) {
      const fields = [
        { name: "a", dtype: Dtype.make("int32") },
        { name: "b", dtype: Dtype.make("float64", ">"), shape: [2], offset: 8 }
      ]
      dtype = Result.getOrThrow(Dtype.structured(fields, pick([24, 32])))
    } else if (roll < 0.3)
      dtype = Result.getOrThrow(Dtype.parse(pick(["<M8[ns]", "<m8[25s]", "<M8", "|S5", "|V7", "<U2"])))
    else {
      const name = pick(names)
      dtype = Dtype.make(name, protocol === 5 && name !== "longdouble" && random() < 0.3 ? ">" : "<")
    }
    const raw = bytes(dtype.itemsize * size)
    if (dtype.name === "bool") for (let i = 0; i < raw.length; i++) raw[i]! &= 1
    if (dtype.name === "str") for (let i = 0; i < raw.length; i++) raw[i] = i % 4 === 0 ? 97 + (raw[i]! % 26) : 0
    // An x87 number has six bytes of padding, and a bit that says whether it is normal.
    if (dtype.name === "longdouble") raw.fill(0)
    return Result.getOrThrow(NdArray.fromBytes(dtype, shape, raw, order))
  }
  const some = (depth: number): Array<unknown> => Array.from({ length: below(6) }, () => value(depth - 1))
  const pairs = (depth: number): Array<[unknown, unknown]> => some(depth).map((item) => [text(), item])
  const containers: ReadonlyArray<(depth: number) => unknown> = [
    (depth) => {
      const list: Array<unknown> = keep([])
      list.push(...some(depth))
      return list
    },
    (depth) => {
      const dict = keep(new Py.PyDict())
      for (const item of some(depth)) dict.set(hashable(2), item)
      return dict
    },
    (depth) => keep(new Py.PyTuple(some(depth))),
    () => keep(new Py.PySet(Array.from({ length: below(6) }, () => hashable(2)))),
    () => keep(new Py.PyFrozenSet(Array.from({ length: below(6) }, () => hashable(2)))),
    () => new Py.PyByteArray(bytes(pick([0, 5, 300]))),
    (depth) => keep(new Py.PyDeque(some(depth), pick([null, 3]))),
    (depth) => keep(new Py.PyOrderedDict(pairs(depth))),
    (depth) => keep(new Py.PyDefaultDict(pick([null, new Py.PyGlobal("builtins", "list")]), pairs(depth))),
    () => new Py.PyCounter([[text(), integer()]]),
    () => new Py.PySlice(scalar(), null, scalar()),
    () => keep(array()),
    () => {
      const from = array()
      if (from.size === 0) return new Py.NumpyDtype(from.dtype)
      // Scalars of NumPy are in the machine's order.
      const big = from.dtype.byteorder === ">"
      const item = from.bytes.slice(0, from.dtype.itemsize)
      return new Py.NumpyScalar(
        Result.getOrThrow(NdArray.fromBytes(big ? Dtype.make("int16") : from.dtype, [], big ? bytes(2) : item))
      )
    },
    (depth) => {
      const items = [value(depth - 1), value(depth - 1), value(depth - 1), value(depth - 1)]
      return keep(Result.getOrThrow(NdArray.make("object", [2, 2], items, pick(["C", "F"]))))
    }
  ]
  const value = (depth: number): unknown => {
    const roll = random()
    if (made.length > 0 && roll < 0.08) return pick(made)
    return depth <= 0 || roll < 0.4 ? scalar() : pick(containers)(depth)
  }
  return value(4)
}
