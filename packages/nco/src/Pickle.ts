/**
 * Python's pickles, read and written without running anything.
 *
 * **Details**
 *
 * A pickle is a program for a small stack machine. {@link decode} runs that machine for all opcodes of protocols 0 to 5, but what
 * would have Python import and call things only looks names up in a `Registry` of pure functions. Bytes, bytearrays and arrays in
 * the result are views of the input. {@link encode} writes protocols 2 to 5.
 *
 * Two profiles say what values become:
 *
 * | Python | `js` | `lossless` |
 * | --- | --- | --- |
 * | `None`, `bool`, `float`, `str` | `null`, `boolean`, `number`, `string` | the same |
 * | `int` | `number` if safe, else `bigint` | `bigint` |
 * | `bytes`, `bytearray` | `Uint8Array` | `Uint8Array`, `PyByteArray` |
 * | `list`, `tuple` | `Array` | `Array`, `PyTuple` |
 * | `dict` | a record, or a `Map` by option | `PyDict` |
 * | `set`, `frozenset` | `Set` | `PySet`, `PyFrozenSet` |
 * | other classes of the registry | a class of `Py`, `NdArray` | the same |
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as listing from "./internal/pickle/disassemble.ts"
import * as machine from "./internal/pickle/machine.ts"
import { defaultLimits } from "./internal/pickle/options.ts"
import * as writer from "./internal/pickle/writer.ts"
import * as NcoError from "./NcoError.ts"
import * as Registry from "./Registry.ts"

/**
 * What one pickle may use up; more is a `LimitExceeded`.
 *
 * **Details**
 *
 * `maxOps` (50,000,000) opcodes, `maxStack` (1,000,000) values on the stack, `maxMemo` (10,000,000) in the memo, `maxDepth` (1,000)
 * containers within each other, `maxBigIntBytes` (65,536) bytes and `maxIntDigits` (4,300) decimal digits an int, `maxKeyNodes`
 * (10,000) values in one key of a dict or item of a set, counted as often as Python would hash them (and never more than 500 within
 * each other). Fixed limits refuse ints as keys that would cost quadratic time (`maxAlikeKeys`, `maxKeyDigits`). No length is allocated for
 * before the window holds that many bytes.
 *
 * @category options
 * @since 0.1.0
 */
export interface Limits {
  readonly maxOps: number
  readonly maxStack: number
  readonly maxMemo: number
  readonly maxDepth: number
  readonly maxBigIntBytes: number
  readonly maxIntDigits: number
  readonly maxKeyNodes: number
}

/**
 * How a pickle is read.
 *
 * **Details**
 *
 * `start` and `end` are the window in the bytes, all of them by default. `dicts` is of the `js` profile: `record` (the default)
 * refuses keys that are no `str`, and keeps JavaScript's order of keys, integers first; `map` keeps everything. `strings` says what
 * the 8-bit strings of Python 2 are: `ascii` by default, which refuses others, as Python does. `unknownGlobals: "opaque"`
 * makes inert `PyGlobal`s and `PyObject`s of what the registry (`Registry.standard` by default) does not hold, instead of failing.
 * `persistentLoad` resolves persistent ids and must be pure; `extensions` are the codes of `copyreg.add_extension`; `buffers` the
 * out-of-band buffers of protocol 5, in their order.
 *
 * @category options
 * @since 0.1.0
 */
export interface DecodeOptions {
  readonly profile?: "js" | "lossless" | undefined
  readonly dicts?: "record" | "map" | undefined
  readonly strings?: "ascii" | "latin1" | "utf8" | "bytes" | undefined
  readonly registry?: Registry.Registry | undefined
  readonly unknownGlobals?: "error" | "opaque" | undefined
  readonly persistentLoad?: ((id: unknown) => Result.Result<unknown, string>) | undefined
  readonly extensions?: ReadonlyMap<number, readonly [module: string, name: string]> | undefined
  readonly buffers?: Iterable<Uint8Array> | undefined
  readonly limits?: Partial<Limits> | undefined
  readonly start?: number | undefined
  readonly end?: number | undefined
}

/**
 * How a value is written.
 *
 * **Details**
 *
 * `protocol` is 5 by default. `profile: "lossless"` is for values that were read so: every `number` becomes a `float`. `numpy` names NumPy's modules as NumPy 2 (`numpy._core`, the default) or 1 does. `undefinedAs` and
 * `dates` allow what is an error by default: `undefined` as `None`, or left out of records; a `Date` as an aware `datetime`.
 * `identity: "tree"` writes shared values again each time, keeps no memo, and fails for cycles. `persistentId` gives values that are to
 * be written as ids; `outOfBand` takes the buffers that are not to be in the pickle but beside it ({@link encodeWithBuffers}).
 * `maxDepth` is 1,000 by default, and at most 2,000.
 *
 * @category options
 * @since 0.1.0
 */
export interface EncodeOptions {
  readonly protocol?: 2 | 3 | 4 | 5 | undefined
  readonly profile?: "js" | "lossless" | undefined
  readonly numpy?: "numpy._core" | "numpy.core" | undefined
  readonly undefinedAs?: "error" | "omit" | "None" | undefined
  readonly dates?: "error" | "datetime" | undefined
  readonly identity?: "graph" | "tree" | undefined
  readonly registry?: Registry.Registry | undefined
  readonly persistentId?: ((value: object) => unknown) | undefined
  readonly maxDepth?: number | undefined
}

const settingsOf = (options: DecodeOptions): machine.Settings => ({
  lossless: options.profile === "lossless",
  maps: options.dicts === "map",
  strings: options.strings ?? "ascii",
  opaque: options.unknownGlobals === "opaque",
  registry: options.registry ?? Registry.standard,
  persistentLoad: options.persistentLoad,
  extensions: options.extensions ?? new Map(),
  buffers: [...(options.buffers ?? [])],
  limits: options.limits === undefined ? defaultLimits : { ...defaultLimits, ...options.limits }
})

const windowOf = (bytes: Uint8Array, { end = bytes.length, start = 0 }: DecodeOptions): readonly [number, number] => {
  const last = Math.max(0, Math.min(end, bytes.length))
  return [Math.max(0, Math.min(start, last)), last]
}

/**
 * The first pickle of the window, and where the byte after it is.
 *
 * **When to use**
 *
 * For pickles written one after the other. Bytes after the pickle are no error here.
 *
 * **Details**
 *
 * Fails where {@link decode} does, but for `PickleTrailingBytes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodePrefix = (
  bytes: Uint8Array,
  options: DecodeOptions = {}
): Result.Result<{ readonly value: unknown; readonly end: number }, NcoError.NcoError> => {
  const [start, end] = windowOf(bytes, options)
  return machine.decode(bytes, start, end, settingsOf(options))
}

/**
 * The value of the pickle that the window holds, and nothing else.
 *
 * **Details**
 *
 * Fails with `PickleTruncated`; with `PickleTrailingBytes` for bytes after STOP; with `PickleMalformed` where an opcode or an
 * argument breaks a rule; with `PickleUnknownGlobal`; with `UnsupportedVersion` above protocol 5; with `LimitExceeded`; with
 * `NotRepresentable` where the profile cannot hold a value. Its `offset` is that of the opcode at fault.
 *
 * **Example** (Reading a pickle)
 *
 * ```ts
 * import { Pickle } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * // pickle.dumps({"rmses": [0.5, 1], "name": "café"})
 * const bytes = Uint8Array.fromBase64(
 *   "gASVJgAAAAAAAAB9lCiMBXJtc2VzlF2UKEc/4AAAAAAAAEsBZYwEbmFtZZSMBWNhZsOplHUu"
 * )
 * console.log(Result.getOrThrow(Pickle.decode(bytes)))
 * // => { rmses: [ 0.5, 1 ], name: 'café' }
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: DecodeOptions = {}): Result.Result<unknown, NcoError.NcoError> => {
  const decoded = decodePrefix(bytes, options)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
  const count = windowOf(bytes, options)[1] - decoded.success.end
  if (count === 0) return Result.succeed(decoded.success.value)
  return Result.fail(NcoError.make({ _tag: "PickleTrailingBytes", count }, decoded.success.end))
}

const writerSettings = (
  options: EncodeOptions,
  outOfBand: ((buffer: Uint8Array) => boolean) | undefined
): writer.WriterSettings => ({
  protocol: options.protocol ?? 5,
  lossless: options.profile === "lossless",
  numpy: options.numpy ?? "numpy._core",
  undefinedAs: options.undefinedAs ?? "error",
  dates: options.dates ?? "error",
  identity: options.identity ?? "graph",
  registry: options.registry ?? Registry.standard,
  persistentId: options.persistentId,
  outOfBand,
  maxDepth: Math.min(options.maxDepth ?? 1000, 2000)
})

/**
 * A value as a pickle that Python reads.
 *
 * **Details**
 *
 * A `number` that is a safe integer, and not -0, becomes an `int`, any other a `float` (in the `lossless` profile each is a `float`);
 * `Py.PyFloat` makes a `float` of any. A
 * `bigint` becomes an `int`, a `Uint8Array` `bytes`, another typed array or an `NdArray` NumPy's array, an `Array` a `list`, a plain
 * object or a `Map` a `dict`, a `Set` a `set`; a class of `Py` what it is named after. Values that occur several times are written once,
 * and cycles are kept.
 *
 * Fails with `NotRepresentable` for what Python has nothing for (a function, a symbol, an instance of a class that is not
 * registered, `undefined`, keys that Python cannot hash or holds equal), and with `LimitExceeded` (`maxDepth`). Its `path` leads to
 * the value at fault; its `offset` is 0. The bytes are new.
 *
 * **Example** (A float that is whole)
 *
 * ```ts
 * import { Pickle, Py } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * const bytes = Result.getOrThrow(Pickle.encode({ count: 3, mean: new Py.PyFloat(3) }))
 * console.log(Result.getOrThrow(Pickle.disassemble(bytes)).split("\n").slice(5, 9).join("\n"))
 * // =>    14: \x8c     SHORT_BINUNICODE 'count'
 * // =>    21: \x94     MEMOIZE    (as 1)
 * // =>    22: K        BININT1    3
 * // =>    24: \x8c     SHORT_BINUNICODE 'mean'
 * ```
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (value: unknown, options: EncodeOptions = {}): Result.Result<Uint8Array, NcoError.NcoError> => {
  const encoded = writer.encode(value, writerSettings(options, undefined))
  return Result.isFailure(encoded) ? Result.fail(encoded.failure) : Result.succeed(encoded.success.bytes)
}

/**
 * A value as a pickle of protocol 5, and the data of its arrays beside it: what Python's `loads` takes as `buffers`.
 *
 * **Details**
 *
 * `outOfBand` says which buffers go beside, all by default. They are views of the arrays, not copies. Fails as {@link encode} does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeWithBuffers = (
  value: unknown,
  options: Omit<EncodeOptions, "protocol"> & {
    readonly outOfBand?: ((buffer: Uint8Array) => boolean) | undefined
  } = {}
): Result.Result<{ readonly bytes: Uint8Array; readonly buffers: ReadonlyArray<Uint8Array> }, NcoError.NcoError> =>
  writer.encode(value, writerSettings({ ...options, protocol: 5 }, options.outOfBand ?? (() => true)))

/**
 * One instruction of a pickle: where it is, its name as in `pickletools`, and its argument.
 *
 * @category inspection
 * @since 0.1.0
 */
export interface Instruction {
  readonly position: number
  readonly code: number
  readonly name: string
  readonly argument: unknown
}

/**
 * The instructions of the first pickle of the window, up to its STOP; nothing is done about them.
 *
 * **Details**
 *
 * Fails with `PickleTruncated`, and with `PickleMalformed` for bytes that are no opcode and arguments that are not what they
 * should be.
 *
 * @category inspection
 * @since 0.1.0
 */
export const instructions = (
  bytes: Uint8Array,
  options: Pick<DecodeOptions, "start" | "end"> = {}
): Result.Result<ReadonlyArray<Instruction>, NcoError.NcoError> => {
  const [start, end] = windowOf(bytes, options)
  return listing.instructions(bytes, start, end)
}

/**
 * A listing of the first pickle of the window, line for line that of `python -m pickletools`.
 *
 * **Details**
 *
 * Fails as {@link instructions} does.
 *
 * @category inspection
 * @since 0.1.0
 */
export const disassemble = (
  bytes: Uint8Array,
  options: Pick<DecodeOptions, "start" | "end"> = {}
): Result.Result<string, NcoError.NcoError> => Result.map(instructions(bytes, options), listing.format)

/**
 * A global that a pickle names, by today's name, and whether the registry holds it.
 *
 * @category inspection
 * @since 0.1.0
 */
export interface NamedGlobal {
  readonly module: string
  readonly name: string
  readonly known: boolean
}

/**
 * What a pickle would have Python import.
 *
 * **Details**
 *
 * `verdict` is `safe` where the registry holds every global, `unknown` where it does not, and `malformed` where the pickle cannot
 * be followed to its end: then `error` says why, and `globals` are those named until there.
 *
 * @category inspection
 * @since 0.1.0
 */
export interface Scan {
  readonly verdict: "safe" | "unknown" | "malformed"
  readonly globals: ReadonlyArray<NamedGlobal>
  readonly error: NcoError.NcoError | undefined
}

/**
 * Lists the globals of the pickle in the window, each once, without making anything of them.
 *
 * **Details**
 *
 * The very machine that decodes follows the pickle, with every name as an inert token: no trick with the stack or the memo hides
 * a name from one of them and not from the other. Never fails.
 *
 * @category inspection
 * @since 0.1.0
 */
export const scan = (bytes: Uint8Array, options: DecodeOptions = {}): Scan => {
  const [start, end] = windowOf(bytes, options)
  const found = new Map<string, NamedGlobal>()
  const known = (options.registry ?? Registry.standard).names
  const settings = settingsOf({
    persistentLoad: Result.succeed,
    ...options,
    profile: "lossless",
    unknownGlobals: "opaque",
    registry: Registry.empty
  })
  const result = machine.decode(bytes, start, end, settings, (module, name, candidates) => {
    found.set(`${module}:${name}`, { module, name, known: candidates.some((candidate) => known.has(candidate)) })
  })
  const globals = [...found.values()]
  if (Result.isFailure(result)) return { verdict: "malformed", globals, error: result.failure }
  return { verdict: globals.every((global) => global.known) ? "safe" : "unknown", globals, error: undefined }
}

/**
 * Under this annotation, the schema issue of bytes that are no pickle carries the {@link NcoError.NcoError}.
 *
 * @category schemas
 * @since 0.1.0
 */
export const errorAnnotation = "~@bytewright/nco/error"

const issue = (error: NcoError.NcoError): SchemaIssue.Issue =>
  new SchemaIssue.InvalidValue({ message: error.message, [errorAnnotation]: error })

/**
 * The schema of pickles whose value is what a schema says; encoded, it is the pickle's bytes.
 *
 * **Example** (Typing a pickle)
 *
 * ```ts
 * import { Pickle } from "@bytewright/nco"
 * import * as Schema from "effect/Schema"
 *
 * const Info = Pickle.schema(Schema.Struct({ solver: Schema.String, rmse: Schema.Finite }))
 * const bytes = Schema.encodeSync(Info)({ solver: "LstsqL2", rmse: 0.25 })
 * console.log(Schema.decodeSync(Info)(bytes))
 * // => { solver: 'LstsqL2', rmse: 0.25 }
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const schema = <S extends Schema.Constraint>(
  value: S,
  options: { readonly decode?: DecodeOptions | undefined; readonly encode?: EncodeOptions | undefined } = {}
) =>
  Schema.Uint8Array.pipe(
    Schema.decodeTo(
      value,
      SchemaTransformation.transformEffect<S["Encoded"], Uint8Array>({
        decode: (bytes) => Effect.fromResult(Result.mapError(decode(bytes, options.decode), issue)),
        encode: (content) => Effect.fromResult(Result.mapError(encode(content, options.encode), issue))
      })
    )
  )
