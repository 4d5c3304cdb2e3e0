/**
 * The metadata of messages and files as Effect Schemas, and as codecs of their flatbuffers.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import * as S from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import * as ArrowError from "./ArrowError.ts"
import type * as Footers from "./Footer.ts"
import { encodeFooter, encodeMessage } from "./internal/encodeMetadata.ts"
import { dataType, int, keyValues, schema } from "./internal/typeSchemas.ts"
import type * as Messages from "./Message.ts"
import { decodeFooter, decodeMessage } from "./Metadata.ts"
import type * as Schemas from "./Schema.ts"
import type * as Tensors from "./Tensor.ts"

/**
 * A schema: fields, metadata, byte order.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Schema: S.Codec<Schemas.Schema> = schema

const buffer = S.Struct({ offset: S.Finite, length: S.Finite })

/**
 * The metadata of a record batch.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RecordBatch: S.Codec<Messages.RecordBatch> = S.TaggedStruct("RecordBatch", {
  length: S.Finite,
  nodes: S.Array(S.Struct({ length: S.Finite, nullCount: S.Finite })),
  buffers: S.Array(buffer),
  compression: S.UndefinedOr(S.Struct({ codec: S.Literals(["LZ4_FRAME", "ZSTD"]), method: S.Literal("BUFFER") })),
  variadicBufferCounts: S.Array(S.Finite)
})

/**
 * The metadata of a dictionary batch.
 *
 * @category schemas
 * @since 0.1.0
 */
export const DictionaryBatch: S.Codec<Messages.DictionaryBatch> = S.TaggedStruct("DictionaryBatch", {
  id: S.BigInt,
  data: RecordBatch,
  isDelta: S.Boolean
})

const shape = S.Array(S.Struct({ size: S.Finite, name: S.String }))

/**
 * The metadata of a dense tensor.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Tensor: S.Codec<Tensors.Tensor> = S.TaggedStruct("Tensor", {
  type: dataType,
  shape,
  strides: S.Array(S.Finite),
  data: buffer
})

const sparseIndex = S.Union([
  S.TaggedStruct("SparseTensorIndexCOO", {
    indicesType: int,
    indicesStrides: S.Array(S.Finite),
    indicesBuffer: buffer,
    isCanonical: S.Boolean
  }),
  S.TaggedStruct("SparseMatrixIndexCSX", {
    compressedAxis: S.Literals(["Row", "Column"]),
    indptrType: int,
    indptrBuffer: buffer,
    indicesType: int,
    indicesBuffer: buffer
  }),
  S.TaggedStruct("SparseTensorIndexCSF", {
    indptrType: int,
    indptrBuffers: S.Array(buffer),
    indicesType: int,
    indicesBuffers: S.Array(buffer),
    axisOrder: S.Array(S.Finite)
  })
])

/**
 * The metadata of a sparse tensor.
 *
 * @category schemas
 * @since 0.1.0
 */
export const SparseTensor: S.Codec<Tensors.SparseTensor> = S.TaggedStruct("SparseTensor", {
  type: dataType,
  shape,
  nonZeroLength: S.Finite,
  sparseIndex,
  data: buffer
})

/**
 * The metadata of a message.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Message: S.Codec<Messages.Message> = S.Struct({
  version: S.Literals(["V4", "V5"]),
  header: S.Union([S.TaggedStruct("Schema", { schema }), RecordBatch, DictionaryBatch, Tensor, SparseTensor]),
  bodyLength: S.Finite,
  customMetadata: keyValues
})

const blocks = S.Array(S.Struct({ offset: S.Finite, metaDataLength: S.Finite, bodyLength: S.Finite }))

/**
 * The footer of a file.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Footer: S.Codec<Footers.Footer> = S.Struct({
  version: S.Literals(["V1", "V2", "V3", "V4", "V5"]),
  schema,
  dictionaries: blocks,
  recordBatches: blocks,
  customMetadata: keyValues
})

const flatbuffer = <A>(
  schema: S.Codec<A>,
  decode: (bytes: Uint8Array) => Result.Result<A, ArrowError.ArrowError>,
  encode: (value: A) => Uint8Array
): S.Codec<A, Uint8Array> =>
  S.Uint8Array.pipe(
    S.decodeTo(
      schema,
      SchemaTransformation.transformEffect({
        decode: (bytes) =>
          Effect.mapError(
            Effect.fromResult(decode(bytes)),
            (error) => new SchemaIssue.InvalidValue({ message: error.message, cause: error }, bytes)
          ),
        encode: (value) => Effect.succeed(encode(value))
      })
    )
  )

/**
 * The flatbuffer of a message, without prefix, as a codec: verified when decoded. The `ArrowError` of bytes that do
 * not verify is the issue's `cause`.
 *
 * **Example** (Metadata there and back)
 *
 * ```ts
 * import { MetadataSchema, Schema as ArrowSchema } from "@bytewright/arrow-ipc"
 * import { Schema } from "effect"
 *
 * const message = {
 *   version: "V5",
 *   header: { _tag: "Schema", schema: ArrowSchema.make([]) },
 *   bodyLength: 0,
 *   customMetadata: []
 * } as const
 * const bytes = Schema.encodeSync(MetadataSchema.MessageFlatbuffer)(message)
 * console.log(Schema.decodeSync(MetadataSchema.MessageFlatbuffer)(bytes).header._tag)
 * // => Schema
 * ```
 *
 * @category codecs
 * @since 0.1.0
 */
export const MessageFlatbuffer: S.Codec<Messages.Message, Uint8Array> = flatbuffer(
  Message,
  (bytes) => decodeMessage(bytes),
  encodeMessage
)

/**
 * The flatbuffer of a file's footer as a codec: verified when decoded.
 *
 * @category codecs
 * @since 0.1.0
 */
export const FooterFlatbuffer: S.Codec<Footers.Footer, Uint8Array> = flatbuffer(
  Footer,
  (bytes) => decodeFooter(bytes),
  encodeFooter
)
