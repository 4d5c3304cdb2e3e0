/**
 * The footer of a file (`File.fbs`): the schema, and where each message starts.
 *
 * @since 0.1.0
 */
import type { MetadataVersion } from "./Message.ts"
import type { KeyValue, Schema } from "./Schema.ts"

/**
 * Where a message lies in a file: `offset` of its prefix, `metaDataLength` up to its body (prefix and padding
 * included), `bodyLength` with padding.
 *
 * @category models
 * @since 0.1.0
 */
export interface Block {
  readonly offset: number
  readonly metaDataLength: number
  readonly bodyLength: number
}

/**
 * The index at the end of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Footer {
  /** What the writer put here, which may be anything: the version of each message is what counts. */
  readonly version: MetadataVersion | "V1" | "V2" | "V3"
  readonly schema: Schema
  readonly dictionaries: ReadonlyArray<Block>
  readonly recordBatches: ReadonlyArray<Block>
  readonly customMetadata: ReadonlyArray<KeyValue>
}
