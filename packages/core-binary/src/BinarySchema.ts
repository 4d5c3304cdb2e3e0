/**
 * A layout as an ordinary `Schema.Codec` over bytes.
 *
 * **Details**
 *
 * The compiled passes are installed behind the schema, so that `Schema.decodeUnknownSync`, `Effect` and `Exit` all take
 * them; annotating it or adding checks keeps them. All is right without them too: the registry they are installed in is
 * marked unstable by Effect, and the codec never depends on it for its result.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as SchemaCompiler from "effect/schema/SchemaCompiler"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaParser from "effect/SchemaParser"
import * as SchemaTransformation from "effect/SchemaTransformation"
import type { DecodeError, EncodeError } from "./BinaryError.ts"
import * as Codec from "./Codec.ts"
import type { Layout } from "./Layout.ts"
import { toSchema } from "./ValueSchema.ts"

const annotation = "@bytewright/core-binary/error"

const toIssue = (error: DecodeError | EncodeError, options: SchemaAST.ParseOptions): SchemaIssue.Issue => {
  const issue = new SchemaIssue.InvalidValue({ message: error.message, [annotation]: error }, undefined, options)
  return error.path.length === 0 ? issue : new SchemaIssue.Pointer(error.path, issue)
}

const fromIssue = (issue: SchemaIssue.Issue): DecodeError | EncodeError | undefined => {
  switch (issue._tag) {
    case "InvalidValue":
      return issue.annotations?.[annotation] as DecodeError | EncodeError | undefined
    case "Pointer":
    case "Encoding":
    case "Filter":
      return fromIssue(issue.issue)
    case "Composite":
    case "AnyOf":
      for (const each of issue.issues) {
        const found = fromIssue(each)
        if (found !== undefined) return found
      }
      return undefined
    default:
      return undefined
  }
}

/**
 * The error of the binary layer inside a schema error, with its byte offset; `undefined` where another schema failed.
 *
 * @category errors
 * @since 0.1.0
 */
export const findError = (error: Schema.SchemaError): DecodeError | EncodeError | undefined => fromIssue(error.issue)

const holds = (
  checks: SchemaAST.Checks | undefined,
  value: unknown,
  ast: SchemaAST.AST,
  options: SchemaAST.ParseOptions
): boolean =>
  checks === undefined ||
  options.disableChecks === true ||
  checks.every((check) =>
    check._tag === "FilterGroup" ? holds(check.checks, value, ast, options) : !check.run(value, ast, options)
  )

/** Installs the passes for an AST and its inverse; `own` are the checks that the layout itself proves. */
const install = <A>(codec: Codec.Codec<A>, ast: SchemaAST.AST, own: SchemaAST.Checks | undefined): void => {
  const added = ast.checks?.slice(own?.length ?? 0) as SchemaAST.Checks | undefined
  // An equal AST in which nothing is installed: what the interpreter does with this schema.
  const plain = Schema.make<Schema.Codec<A, Uint8Array>>(ast).annotate({})
  const decodeEffect = SchemaParser.decodeUnknownEffect(plain)
  const encodeEffect = SchemaParser.encodeUnknownEffect(plain)
  SchemaCompiler.set(ast, {
    decode: (input, options) => {
      if (!(input instanceof Uint8Array)) return SchemaCompiler.invalid
      const value = codec.read(input, 0, input.length)
      return value === Codec.invalid || !holds(added, value, ast, options) ? SchemaCompiler.invalid : value
    },
    decodeEffect: (input, options) => decodeEffect(input, options)
  })
  SchemaCompiler.set(SchemaAST.flip(ast), {
    decode: (value, options) => {
      // Unknown keys are not written; to report them is the interpreter's.
      if (options.onExcessProperty === "error") return SchemaCompiler.invalid
      const bytes = codec.encode(value as A)
      return Result.isFailure(bytes) || !holds(added, value, ast, options) ? SchemaCompiler.invalid : bytes.success
    },
    decodeEffect: (value, options) => encodeEffect(value, options)
  })
}

/**
 * The codec of a layout: from `Uint8Array` to its values.
 *
 * **Details**
 *
 * A failure is a `SchemaError` whose issue points to the field; {@link findError} gives the `DecodeError` or
 * `EncodeError` in it. Ownership of bytes is that of `Codec`.
 *
 * **Example** (An ordinary schema)
 *
 * ```ts
 * import { Binary, BinarySchema } from "@bytewright/core-binary"
 * import { Schema } from "effect"
 *
 * const Point = BinarySchema.toCodec(Binary.Struct({ x: Binary.Int16, y: Binary.Int16 }))
 * console.log(Schema.decodeUnknownSync(Point)(Uint8Array.of(0, 1, 255, 254)))
 * // => { x: 1, y: -2 }
 * console.log(Array.from(Schema.encodeSync(Point)({ x: 258, y: 0 })))
 * // => [ 1, 2, 0, 0 ]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const toCodec = <A>(layout: Layout<A>, options?: Codec.Options): Schema.Codec<A, Uint8Array> => {
  const codec = Codec.make(layout, options)
  const lift = <E extends DecodeError | EncodeError, B>(result: Result.Result<B, E>, options: SchemaAST.ParseOptions) =>
    Result.isSuccess(result) ? Effect.succeed(result.success) : Effect.fail(toIssue(result.failure, options))
  const plain = Schema.Uint8Array.pipe(
    Schema.decodeTo(
      toSchema(layout),
      SchemaTransformation.transformEffect<A, Uint8Array>({
        decode: (bytes, options) => lift(codec.decode(bytes), options),
        encode: (value, options) => lift(codec.encode(value), options)
      })
    )
  )
  const own = plain.ast.checks
  const rebuild = (ast: SchemaAST.AST): Schema.Codec<A, Uint8Array> => {
    install(codec, ast, own)
    return Schema.make(ast, { rebuild })
  }
  return rebuild(plain.ast)
}
