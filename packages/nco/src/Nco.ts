/**
 * NCO objects: a header, metadata as a Python pickle, and an array as an NPY file.
 *
 * Everything here is synchronous and works on bytes; {@link NcoFile} reads files. Nothing is executed: metadata is decoded by
 * `Pickle`, whose registry holds pure constructors alone.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { plan, write } from "./internal/npyHeader.ts"
import { relocate } from "./internal/relocate.ts"
import * as NcoError from "./NcoError.ts"
import * as NcoHeader from "./NcoHeader.ts"
import type * as NdArray from "./NdArray.ts"
import * as Npy from "./Npy.ts"
import * as Pickle from "./Pickle.ts"

/**
 * One object: what its header says, its metadata and its array.
 *
 * @category models
 * @since 0.1.0
 */
export interface NcoObject {
  readonly header: NcoHeader.NcoHeader
  readonly metadata: unknown
  readonly array: NdArray.NdArray
}

/**
 * What an object is written from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Content {
  readonly metadata: unknown
  readonly array: NdArray.NdArray
}

/**
 * How the two parts of an object are read.
 *
 * **Details**
 *
 * `trailing`: what to do with bytes after the object; `ignore` by default, since files hold several. The array's NPY file must fill
 * its part whatever `npy.trailing` says elsewhere.
 *
 * @category options
 * @since 0.1.0
 */
export interface DecodeOptions extends NcoHeader.Options {
  readonly pickle?: Pickle.DecodeOptions | undefined
  readonly npy?: Npy.Options | undefined
  readonly trailing?: "ignore" | "error" | undefined
}

/**
 * How an object is written: its position in the file, the layout of its header (`LP64-LE` by default) and its pickle.
 *
 * @category options
 * @since 0.1.0
 */
export interface EncodeOptions {
  readonly start?: number | undefined
  readonly abi?: NcoHeader.Abi | undefined
  readonly pickle?: Pickle.EncodeOptions | undefined
}

/**
 * An object's parts, undecoded: views of the input. `npy` is a complete NPY file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sections {
  readonly header: NcoHeader.NcoHeader
  readonly pickle: Uint8Array
  readonly npy: Uint8Array
}

/**
 * Finds the parts of the object at the start of `bytes`, without decoding them.
 *
 * **Details**
 *
 * Fails where {@link NcoHeader.decode} does, and with `TrailingGarbage` where the options refuse bytes after the object.
 *
 * @category decoding
 * @since 0.1.0
 */
export const sections = (
  bytes: Uint8Array,
  options: DecodeOptions = {}
): Result.Result<Sections, NcoError.NcoError> => {
  const decoded = NcoHeader.decode(bytes, options)
  if (Result.isFailure(decoded)) return Result.fail(decoded.failure)
  const header = decoded.success
  const { arrayEnd, arrayStart, pickleEnd, pickleStart, start } = header
  const end = arrayEnd - start
  if (end > bytes.length) {
    const detail = `the object ends at byte ${end} of ${bytes.length} that were given`
    return Result.fail(NcoError.make({ _tag: "OffsetsOutOfFile", detail }, 0, "header/arrayEnd"))
  }
  if (options.trailing === "error" && end < bytes.length) {
    return Result.fail(NcoError.make({ _tag: "TrailingGarbage", count: bytes.length - end }, end))
  }
  return Result.succeed({
    header,
    pickle: bytes.subarray(pickleStart - start, pickleEnd - start),
    npy: bytes.subarray(arrayStart - start, end)
  })
}

/**
 * Reads the object at the start of `bytes`; its array and byte strings are views of them.
 *
 * **Details**
 *
 * Fails where {@link sections} does, where `Pickle.decode` does with a path under `metadata`, and where {@link Npy.decode} does with
 * a path under `array`. Offsets of errors count from the start of `bytes`.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (bytes: Uint8Array, options: DecodeOptions = {}): Result.Result<NcoObject, NcoError.NcoError> => {
  const found = sections(bytes, options)
  if (Result.isFailure(found)) return Result.fail(found.failure)
  const { header, npy, pickle } = found.success
  const metadata = Pickle.decode(pickle, options.pickle)
  if (Result.isFailure(metadata)) {
    return Result.fail(relocate(metadata.failure, header.pickleStart - header.start, "metadata"))
  }
  const array = Npy.decode(npy, { ...options.npy, trailing: "error" })
  if (Result.isFailure(array)) {
    return Result.fail(relocate(array.failure, header.arrayStart - header.start, "array"))
  }
  return Result.succeed({ header, metadata: metadata.success, array: array.success })
}

/**
 * An object made of a pickle and the chunks of an NPY file, as chunks to be written one after the other: the first of them is new
 * and holds header, pickle and padding, the others are those that were given.
 *
 * **Details**
 *
 * Byte for byte what Nengo writes at that position of a new file. Fails where {@link NcoHeader.layout} does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const assemble = (
  pickle: Uint8Array,
  npy: ReadonlyArray<Uint8Array>,
  options: EncodeOptions = {}
): Result.Result<
  { readonly header: NcoHeader.NcoHeader; readonly chunks: ReadonlyArray<Uint8Array> },
  NcoError.NcoError
> => {
  const length = npy.reduce((sum, chunk) => sum + chunk.length, 0)
  return Result.map(NcoHeader.layout(pickle.length, length, options), (header) => {
    const head = new Uint8Array(header.arrayStart - header.start)
    NcoHeader.encodeInto(header, head)
    head.set(pickle, header.pickleStart - header.start)
    return { header, chunks: [head, ...npy] }
  })
}

/**
 * An object as chunks to be written one after the other, without seeking; the array's data is a view of the array.
 *
 * **Details**
 *
 * Fails where `Pickle.encode`, {@link Npy.encodeChunks} and {@link NcoHeader.layout} do.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeChunks = (
  content: Content,
  options: EncodeOptions = {}
): Result.Result<ReadonlyArray<Uint8Array>, NcoError.NcoError> => {
  const pickle = Pickle.encode(content.metadata, options.pickle)
  if (Result.isFailure(pickle)) return Result.fail(relocate(pickle.failure, 0, "metadata"))
  const npy = Npy.encodeChunks(content.array)
  if (Result.isFailure(npy)) return Result.fail(relocate(npy.failure, 0, "array"))
  return Result.map(assemble(pickle.success, npy.success, options), ({ chunks }) => chunks)
}

/**
 * An object as one new chunk.
 *
 * **Example** (Writing and reading an object)
 *
 * ```ts
 * import { Nco, NdArray } from "@bytewright/nco"
 * import * as Result from "effect/Result"
 *
 * const array = Result.getOrThrow(NdArray.make("float64", [2, 2], new Float64Array([1, 2, 3, 4])))
 * const bytes = Result.getOrThrow(Nco.encode({ metadata: { solver: "LstsqL2" }, array }))
 * const object = Result.getOrThrow(Nco.decode(bytes))
 * console.log(object.header.abi, object.metadata, object.array.toNested())
 * // => LP64-LE { solver: 'LstsqL2' } [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (
  content: Content,
  options: EncodeOptions = {}
): Result.Result<Uint8Array<ArrayBuffer>, NcoError.NcoError> => {
  const encoded = Pickle.encode(content.metadata, options.pickle)
  if (Result.isFailure(encoded)) return Result.fail(relocate(encoded.failure, 0, "metadata"))
  const planned = plan(content.array)
  if (Result.isFailure(planned)) return Result.fail(relocate(planned.failure, 0, "array"))
  const [pickle, npy, data] = [encoded.success, planned.success, content.array.bytes]
  const laid = NcoHeader.layout(pickle.length, npy.size + data.length, options)
  if (Result.isFailure(laid)) return Result.fail(laid.failure)
  const { arrayEnd, arrayStart, pickleStart, start } = laid.success
  // One allocation, each part written in its place: a small object is as long in the allocator as in all else.
  const bytes = new Uint8Array(arrayEnd - start)
  NcoHeader.encodeInto(laid.success, bytes)
  bytes.set(pickle, pickleStart - start)
  write(npy, bytes, arrayStart - start)
  bytes.set(data, arrayEnd - start - data.length)
  return Result.succeed(bytes)
}

const issue = (error: NcoError.NcoError): SchemaIssue.Issue =>
  new SchemaIssue.InvalidValue({ message: error.message, [Pickle.errorAnnotation]: error })

/**
 * The schema of objects whose metadata and array are what two schemas say; encoded, it is the object's bytes.
 *
 * **Details**
 *
 * Metadata is what `Pickle.decode` gives in its default profile. `NdArray.of` makes the schema of an array. The issue of bytes that
 * are no object carries the `NcoError` under `Pickle.errorAnnotation`.
 *
 * **Example** (Typing an object)
 *
 * ```ts
 * import { Nco, NdArray } from "@bytewright/nco"
 * import * as Schema from "effect/Schema"
 *
 * const Decoders = Nco.schema({
 *   metadata: Schema.Struct({ solver: Schema.String }),
 *   array: NdArray.of("float64", 2)
 * })
 * const array = NdArray.make("float64", [1, 2], new Float64Array([1, 2]))
 * if (array._tag === "Success") {
 *   const bytes = Schema.encodeSync(Decoders)({ metadata: { solver: "LstsqL2" }, array: array.success })
 *   console.log(Schema.decodeSync(Decoders)(bytes).metadata.solver)
 * }
 * // => LstsqL2
 * ```
 *
 * @category schemas
 * @since 0.1.0
 */
export const schema = <M extends Schema.Constraint, A extends Schema.Constraint>(
  parts: { readonly metadata: M; readonly array: A },
  options: {
    readonly decode?: DecodeOptions | undefined
    readonly encode?: EncodeOptions | undefined
  } = {}
) => {
  const struct = Schema.Struct({ metadata: parts.metadata, array: parts.array })
  return Schema.Uint8Array.pipe(
    Schema.decodeTo(
      struct,
      SchemaTransformation.transformEffect<(typeof struct)["Encoded"], Uint8Array>({
        decode: (bytes) =>
          Effect.fromResult(
            Result.mapBoth(decode(bytes, options.decode), {
              onSuccess: ({ array, metadata }) => ({ array, metadata }) as (typeof struct)["Encoded"],
              onFailure: issue
            })
          ),
        encode: (content) => Effect.fromResult(Result.mapError(encode(content as Content, options.encode), issue))
      })
    )
  )
}
