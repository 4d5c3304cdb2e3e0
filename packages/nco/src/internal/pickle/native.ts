import { PyCounter, PyDefaultDict, PyDeque, PyDict, PyOrderedDict, PyTuple } from "../py/collections.ts"
import type { KeySpace } from "../py/keySpace.ts"
import { PyComplex, PyDecimal, PyFraction, PyRange, PySlice } from "../py/numbers.ts"
import { constructDtype, constructEmpty, constructFromBuffer, constructScalar } from "../py/numpy.ts"
import { PyGlobal, PyObject, PySingleton, PyUuid } from "../py/objects.ts"
import { type PathClass, PyPath } from "../py/paths.ts"
import { malformed } from "../py/protocol.ts"
import { dateOf, dateTimeOf, PyTimeDelta, PyTimeZone, timeOf } from "../py/time.ts"

/** What a constructor may ask of the machine that calls it. */
export interface Construction {
  readonly lossless: boolean
  readonly space: KeySpace
  set(items: Iterable<unknown>): unknown
  frozenSet(items: Iterable<unknown>): unknown
  byteArray(bytes: Uint8Array): unknown
  /** `cls.__new__(cls)`, for classes whose objects are made in two steps. */
  instantiate(callee: unknown): unknown
  /** Remembers that a value is of no use until `BUILD` has given it its state. */
  unfinished(value: object): void
}

/** Makes what Python's class or function of this name would return; throws a `Fault`. */
export type Native = (args: ReadonlyArray<unknown>, construction: Construction) => unknown

const count = (args: ReadonlyArray<unknown>, least: number, most: number): void => {
  if (args.length < least || args.length > most)
    throw malformed(`${args.length} arguments, where ${least}..${most} are taken`)
}

/** The items of a tuple or a list. */
const itemsOf = (value: unknown): ReadonlyArray<unknown> => {
  if (value instanceof PyTuple) return value.items
  if (Array.isArray(value)) return value
  throw malformed("a list or a tuple is taken")
}

/** An int. The `js` profile does not tell it from a float that is as whole. */
const bigintOf = (value: unknown, { lossless }: Pick<Construction, "lossless">): bigint => {
  if (typeof value === "bigint") return value
  if (!lossless && typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value)
  throw malformed("an int is taken")
}

const integerOf = (value: unknown, profile: Pick<Construction, "lossless">): number => {
  const number = Number(bigintOf(value, profile))
  if (!Number.isSafeInteger(number)) throw malformed("an int below 2**53 is taken")
  return number
}

const textOf = (value: unknown): string => {
  if (typeof value === "string") return value
  throw malformed("a str is taken")
}

/** The bytes of a `datetime` state, or the text that Python 2's become under latin1. */
const stateOf = (value: unknown, length: number): Uint8Array => {
  const bytes = typeof value === "string" ? latin1Of(value) : value
  if (bytes instanceof Uint8Array && bytes.length === length) return bytes
  throw malformed(`a state of ${length} bytes is taken`)
}

const latin1Of = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 255) throw malformed("text is not latin1")
    bytes[i] = code
  }
  return bytes
}

const floatOf = (value: unknown): number => {
  if (typeof value === "number") return value
  throw malformed("a float is taken")
}

/** `_codecs.encode(text, "latin1")`, how protocols 0 to 2 hold bytes; no other codec. */
const encode: Native = (args) => {
  count(args, 2, 2)
  if (args[1] !== "latin1" && args[1] !== "latin-1") throw malformed("the only codec is latin1")
  return latin1Of(textOf(args[0]))
}

/** `bytes()` and `bytearray()`: of nothing or of bytes, never of a length. */
const bytes: Native = (args) => {
  if (args.length === 2) return encode(args, undefined!)
  count(args, 0, 1)
  if (args.length === 0) return new Uint8Array(0)
  if (args[0] instanceof Uint8Array) return args[0]
  throw malformed("bytes are taken")
}

const tzOf = (value: unknown): unknown => {
  if (value === null || value instanceof PyTimeZone || value instanceof PyObject) return value
  throw malformed("a timezone is taken")
}

const fraction: Native = (args, construction) => {
  count(args, 1, 2)
  if (args.length === 2) return new PyFraction(bigintOf(args[0], construction), bigintOf(args[1], construction), true)
  const match = /^([+-]?\d{1,4300})(?:\/(\d{1,4300}))?$/.exec(textOf(args[0]))
  if (match === null) throw malformed("not the text of a Fraction")
  return new PyFraction(BigInt(match[1]!), BigInt(match[2] ?? 1), true)
}

const uuid: Native = (args, construction) => {
  count(args, 0, 1)
  if (args.length === 0) {
    const shell = new PyUuid()
    construction.unfinished(shell)
    return shell
  }
  const match = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.exec(textOf(args[0]))
  if (match === null) throw malformed("not the text of a UUID")
  return new PyUuid(BigInt(`0x${match[0].replaceAll("-", "")}`))
}

const orderedDict: Native = (args, { space }) => {
  count(args, 0, 1)
  const pairs = args.length === 0 ? [] : itemsOf(args[0]).map((pair) => itemsOf(pair))
  if (pairs.some((pair) => pair.length !== 2)) throw malformed("an OrderedDict is of pairs")
  return new PyOrderedDict(pairs as ReadonlyArray<ReadonlyArray<unknown>> as ReadonlyArray<[unknown, unknown]>, space)
}

const entriesOf = (value: unknown): Iterable<readonly [unknown, unknown]> => {
  if (value instanceof PyDict || value instanceof Map) return value
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value)
  }
  throw malformed("a dict is taken")
}

const factoryOf = (value: unknown): unknown => {
  if (value === null || value instanceof PyGlobal || value instanceof PyObject) return value
  throw malformed("the factory of a defaultdict is a class or None")
}

const path =
  (pathClass: PathClass): Native =>
  (args) =>
    new PyPath(args.map(textOf), pathClass)

/** A class that is only referred to. */
export const reference: Native = () => {
  throw malformed("this class is only a reference here and cannot be called")
}

/** Values that a name stands for by itself. */
export const constants: ReadonlyMap<string, unknown> = new Map([
  ["builtins:Ellipsis", new PySingleton("Ellipsis")],
  ["builtins:NotImplemented", new PySingleton("NotImplemented")]
])

/** The standard library's and NumPy's. None allocates by an argument's say, and none does anything but make a value. */
export const natives: ReadonlyMap<string, Native> = new Map<string, Native>([
  ...["bool", "dict", "float", "int", "list", "object", "str", "tuple"].map(
    (name) => [`builtins:${name}`, reference] as const
  ),
  ["numpy:ndarray", reference],
  ["_codecs:encode", encode],
  ["builtins:bytes", bytes],
  ["builtins:bytearray", (args, construction) => construction.byteArray(bytes(args, construction) as Uint8Array)],
  [
    "builtins:complex",
    (args) => {
      count(args, 2, 2)
      return new PyComplex(floatOf(args[0]), floatOf(args[1]))
    }
  ],
  [
    "builtins:set",
    (args, construction) => {
      count(args, 0, 1)
      return construction.set(args.length === 0 ? [] : itemsOf(args[0]))
    }
  ],
  [
    "builtins:frozenset",
    (args, construction) => {
      count(args, 0, 1)
      return construction.frozenSet(args.length === 0 ? [] : itemsOf(args[0]))
    }
  ],
  [
    "builtins:range",
    (args, construction) => {
      count(args, 3, 3)
      const [start, stop, step] = args.map((value) => bigintOf(value, construction))
      return new PyRange(start!, stop!, step!)
    }
  ],
  [
    "builtins:slice",
    (args) => {
      count(args, 3, 3)
      return new PySlice(args[0], args[1], args[2])
    }
  ],
  [
    "copyreg:_reconstructor",
    (args, construction) => {
      count(args, 3, 3)
      const [callee, base, state] = args
      if (!(base instanceof PyGlobal) || base.toString() !== "builtins.object" || state !== null) {
        throw malformed("only plain objects are reconstructed")
      }
      return construction.instantiate(callee)
    }
  ],
  ["collections:OrderedDict", orderedDict],
  [
    "collections:defaultdict",
    (args, { space }) => {
      count(args, 0, 1)
      return new PyDefaultDict(factoryOf(args[0] ?? null), undefined, space)
    }
  ],
  [
    "collections:Counter",
    (args, { space }) => {
      count(args, 0, 1)
      return new PyCounter(args.length === 0 ? undefined : entriesOf(args[0]), space)
    }
  ],
  [
    "collections:deque",
    (args, construction) => {
      count(args, 0, 2)
      const maxlen = args[1] === undefined || args[1] === null ? null : integerOf(args[1], construction)
      if (maxlen !== null && maxlen < 0) throw malformed("maxlen is not negative")
      return new PyDeque(args.length === 0 ? [] : itemsOf(args[0]), maxlen)
    }
  ],
  [
    "datetime:date",
    (args) => {
      count(args, 1, 1)
      return dateOf(stateOf(args[0], 4))
    }
  ],
  [
    "datetime:time",
    (args) => {
      count(args, 1, 2)
      return timeOf(stateOf(args[0], 6), tzOf(args[1] ?? null))
    }
  ],
  [
    "datetime:datetime",
    (args) => {
      count(args, 1, 2)
      return dateTimeOf(stateOf(args[0], 10), tzOf(args[1] ?? null))
    }
  ],
  [
    "datetime:timedelta",
    (args) => {
      count(args, 0, 3)
      // Python takes floats here, and makes the same of those that are whole.
      const numbers = args.map((value) => integerOf(value, { lossless: false }))
      const [days = 0, seconds = 0, microseconds = 0] = numbers
      return new PyTimeDelta(days, seconds, microseconds)
    }
  ],
  [
    "datetime:timezone",
    (args) => {
      count(args, 1, 2)
      if (!(args[0] instanceof PyTimeDelta)) throw malformed("a timedelta is taken")
      return new PyTimeZone(args[0], args.length === 2 ? textOf(args[1]) : undefined)
    }
  ],
  [
    "decimal:Decimal",
    (args) => {
      count(args, 1, 1)
      return new PyDecimal(textOf(args[0]))
    }
  ],
  ["fractions:Fraction", fraction],
  ["uuid:UUID", uuid],
  ["pathlib:PosixPath", path("PosixPath")],
  ["pathlib:WindowsPath", path("WindowsPath")],
  ["pathlib:PurePosixPath", path("PurePosixPath")],
  ["pathlib:PureWindowsPath", path("PureWindowsPath")],
  ["numpy:dtype", constructDtype],
  ["numpy._core.multiarray:scalar", constructScalar],
  ["numpy._core.multiarray:_reconstruct", constructEmpty],
  ["numpy._core.numeric:_frombuffer", constructFromBuffer]
])

/** Gives a UUID its state: `{"int": n}`, and how safe its making was, which nothing depends on. */
export const buildUuid = (uuid: PyUuid, state: unknown, construction: Construction): void => {
  for (const [key, value] of entriesOf(state)) {
    if (key === "int") uuid.set(bigintOf(value, construction))
    else if (key !== "is_safe") throw malformed("a UUID has no such attribute")
  }
}
