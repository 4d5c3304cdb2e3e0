/**
 * Encodes the tables of `Schema.fbs`, `Message.fbs`, `File.fbs`, `Tensor.fbs` and `SparseTensor.fbs`; the mirror of
 * the decoders.
 */
import type { DataType, Int } from "../DataType.ts"
import {
  bool,
  build,
  type Builder,
  inline,
  int16,
  int32,
  int64,
  int8,
  items,
  ref,
  type Slot,
  string,
  table,
  type Target,
  vector
} from "../FlatbufferBuilder.ts"
import type { Block, Footer } from "../Footer.ts"
import {
  codecs,
  dateUnits,
  endiannesses,
  intervalUnits,
  precisions,
  timeUnits,
  types,
  unionModes,
  versions
} from "./enumerations.ts"
import type { Buffer, Message, RecordBatch } from "../Message.ts"
import type { DictionaryEncoding, Field, KeyValue, Schema } from "../Schema.ts"
import type { SparseTensor, Tensor, TensorDim } from "../Tensor.ts"

const int64s = (values: ReadonlyArray<number>): Target =>
  items(values.length, 8, 8, (builder, position, i) => builder.int64(position, values[i]!))

const int32s = (values: ReadonlyArray<number>): Target =>
  items(values.length, 4, 4, (builder, position, i) => builder.view.setInt32(position, values[i]!, true))

const intTable = (type: Int): Target => table([int32(type.bitWidth), bool(type.isSigned)])

/** What types have besides their tag. */
const parameters = (type: DataType): ReadonlyArray<Slot | undefined> => {
  switch (type._tag) {
    case "Int":
      return [int32(type.bitWidth), bool(type.isSigned)]
    case "FloatingPoint":
      return [int16(precisions.indexOf(type.precision))]
    case "Decimal":
      return [int32(type.precision), int32(type.scale), int32(type.bitWidth, 128)]
    case "Date":
      return [int16(dateUnits.indexOf(type.unit), 1)]
    case "Time":
      return [int16(timeUnits.indexOf(type.unit), 1), int32(type.bitWidth, 32)]
    case "Timestamp":
      return [int16(timeUnits.indexOf(type.unit)), ref(type.timezone === undefined ? undefined : string(type.timezone))]
    case "Interval":
      return [int16(intervalUnits.indexOf(type.unit))]
    case "Union":
      return [int16(unionModes.indexOf(type.mode)), ref(int32s(type.typeIds))]
    case "FixedSizeBinary":
      return [int32(type.byteWidth)]
    case "FixedSizeList":
      return [int32(type.listSize)]
    case "Map":
      return [bool(type.keysSorted)]
    case "Duration":
      return [int16(timeUnits.indexOf(type.unit), 1)]
    default:
      return []
  }
}

/** The member of the union `Type`, and its table. */
const typeSlots = (type: DataType): [Slot | undefined, Slot | undefined] => [
  int8(types.indexOf(type._tag)),
  ref(table(parameters(type)))
]

const keyValues = (pairs: ReadonlyArray<KeyValue>): Slot | undefined =>
  pairs.length === 0
    ? undefined
    : ref(vector(pairs.map(({ bytes, key, value }) => table([ref(string(key)), ref(string(bytes ?? value))]))))

const dictionaryTable = (encoding: DictionaryEncoding): Target =>
  table([int64(encoding.id), ref(intTable(encoding.indexType)), bool(encoding.isOrdered)])

const fieldTable = (field: Field): Target =>
  table([
    ref(string(field.name)),
    bool(field.nullable),
    ...typeSlots(field.type),
    field.dictionary === undefined ? undefined : ref(dictionaryTable(field.dictionary)),
    ref(vector(field.children.map(fieldTable))),
    keyValues(field.metadata)
  ])

const schemaTable = (schema: Schema): Target =>
  table([
    int16(endiannesses.indexOf(schema.endianness)),
    ref(vector(schema.fields.map(fieldTable))),
    keyValues(schema.metadata),
    schema.features.length === 0
      ? undefined
      : ref(
          items(schema.features.length, 8, 8, (builder, position, i) =>
            builder.view.setBigInt64(position, schema.features[i]!, true)
          )
        )
  ])

const buffers = (values: ReadonlyArray<Buffer>): Target =>
  items(values.length, 16, 8, (builder, position, i) => {
    builder.int64(position, values[i]!.offset)
    builder.int64(position + 8, values[i]!.length)
  })

const recordBatchTable = (batch: RecordBatch): Target =>
  table([
    int64(batch.length),
    ref(
      items(batch.nodes.length, 16, 8, (builder, position, i) => {
        builder.int64(position, batch.nodes[i]!.length)
        builder.int64(position + 8, batch.nodes[i]!.nullCount)
      })
    ),
    ref(buffers(batch.buffers)),
    batch.compression === undefined ? undefined : ref(table([int8(codecs.indexOf(batch.compression.codec))])),
    batch.variadicBufferCounts.length === 0 ? undefined : ref(int64s(batch.variadicBufferCounts))
  ])

const shape = (dims: ReadonlyArray<TensorDim>): Slot | undefined =>
  ref(vector(dims.map(({ name, size }) => table([int64(size), name === "" ? undefined : ref(string(name))]))))

const buffer = ({ length, offset }: Buffer): Slot => inline([offset, length])

const tensorTable = (tensor: Tensor): Target =>
  table([
    ...typeSlots(tensor.type),
    shape(tensor.shape),
    tensor.strides.length === 0 ? undefined : ref(int64s(tensor.strides)),
    buffer(tensor.data)
  ])

const sparseIndex = (index: SparseTensor["sparseIndex"]): readonly [number, Target] => {
  switch (index._tag) {
    case "SparseTensorIndexCOO":
      return [
        1,
        table([
          ref(intTable(index.indicesType)),
          index.indicesStrides.length === 0 ? undefined : ref(int64s(index.indicesStrides)),
          buffer(index.indicesBuffer),
          bool(index.isCanonical)
        ])
      ]
    case "SparseMatrixIndexCSX":
      return [
        2,
        table([
          int16(index.compressedAxis === "Row" ? 0 : 1),
          ref(intTable(index.indptrType)),
          buffer(index.indptrBuffer),
          ref(intTable(index.indicesType)),
          buffer(index.indicesBuffer)
        ])
      ]
    case "SparseTensorIndexCSF":
      return [
        3,
        table([
          ref(intTable(index.indptrType)),
          ref(buffers(index.indptrBuffers)),
          ref(intTable(index.indicesType)),
          ref(buffers(index.indicesBuffers)),
          ref(int32s(index.axisOrder))
        ])
      ]
  }
}

const sparseTensorTable = (tensor: SparseTensor): Target => {
  const [kind, index] = sparseIndex(tensor.sparseIndex)
  return table([
    ...typeSlots(tensor.type),
    shape(tensor.shape),
    int64(tensor.nonZeroLength),
    int8(kind),
    ref(index),
    buffer(tensor.data)
  ])
}

const header = (message: Message["header"]): readonly [number, Target] => {
  switch (message._tag) {
    case "Schema":
      return [1, schemaTable(message.schema)]
    case "DictionaryBatch":
      return [2, table([int64(message.id), ref(recordBatchTable(message.data)), bool(message.isDelta)])]
    case "RecordBatch":
      return [3, recordBatchTable(message)]
    case "Tensor":
      return [4, tensorTable(message)]
    case "SparseTensor":
      return [5, sparseTensorTable(message)]
  }
}

/**
 * Encodes the flatbuffer of one message, little-endian whatever its schema says.
 *
 * Source: `Message.fbs`, table `Message`. The result's length is a multiple of 8, without a length prefix; the
 * caller owns it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeMessage = (message: Message): Uint8Array => {
  const [kind, target] = header(message.header)
  return build(
    table([
      int16(versions.indexOf(message.version)),
      int8(kind),
      ref(target),
      int64(message.bodyLength),
      keyValues(message.customMetadata)
    ])
  )
}

const blocks = (values: ReadonlyArray<Block>): Target =>
  items(values.length, 24, 8, (builder: Builder, position, i) => {
    const { bodyLength, metaDataLength, offset } = values[i]!
    builder.int64(position, offset)
    builder.view.setInt32(position + 8, metaDataLength, true)
    builder.int64(position + 16, bodyLength)
  })

/**
 * Encodes the flatbuffer of a file's footer.
 *
 * Source: `File.fbs`, table `Footer`. The result's length is a multiple of 8; the caller owns it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeFooter = (footer: Footer): Uint8Array =>
  build(
    table([
      int16(versions.indexOf(footer.version)),
      ref(schemaTable(footer.schema)),
      ref(blocks(footer.dictionaries)),
      ref(blocks(footer.recordBatches)),
      keyValues(footer.customMetadata)
    ])
  )
