/**
 * The metadata of encapsulated messages (`Message.fbs`): what a body holds and where.
 *
 * @since 0.1.0
 */
import type { Buffer, KeyValue, Schema } from "./Schema.ts"
import type { SparseTensor, Tensor } from "./Tensor.ts"

/**
 * Version of the metadata. V5 dropped the validity buffer of unions; earlier ones than V4 are not read.
 *
 * @category models
 * @since 0.1.0
 */
export type MetadataVersion = "V4" | "V5"

/**
 * Length and null count of one array, in the pre-order of the schema's fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldNode {
  readonly length: number
  readonly nullCount: number
}

export type { Buffer } from "./Schema.ts"

/**
 * How each buffer of a body is compressed: an int64 length (uncompressed bytes, -1 for "stored as is"), then a frame.
 *
 * @category models
 * @since 0.1.0
 */
export interface BodyCompression {
  readonly codec: "LZ4_FRAME" | "ZSTD"
  readonly method: "BUFFER"
}

/**
 * Rows of a table: nodes and buffers in the pre-order of the schema's fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordBatch {
  readonly _tag: "RecordBatch"
  readonly length: number
  readonly nodes: ReadonlyArray<FieldNode>
  readonly buffers: ReadonlyArray<Buffer>
  readonly compression: BodyCompression | undefined
  /** How many data buffers each view array has, in pre-order. */
  readonly variadicBufferCounts: ReadonlyArray<number>
}

/**
 * Values of the dictionary `id`: new, replacing (`isDelta` false) or appended (`isDelta` true).
 *
 * @category models
 * @since 0.1.0
 */
export interface DictionaryBatch {
  readonly _tag: "DictionaryBatch"
  readonly id: bigint
  readonly data: RecordBatch
  readonly isDelta: boolean
}

/**
 * What a message is about.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageHeader =
  | { readonly _tag: "Schema"; readonly schema: Schema }
  | RecordBatch
  | DictionaryBatch
  | Tensor
  | SparseTensor

/**
 * The metadata of one encapsulated message.
 *
 * @category models
 * @since 0.1.0
 */
export interface Message {
  readonly version: MetadataVersion
  readonly header: MessageHeader
  /** Bytes of the body that follows, padding included. */
  readonly bodyLength: number
  readonly customMetadata: ReadonlyArray<KeyValue>
}
