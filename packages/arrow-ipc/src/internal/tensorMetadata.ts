/** Decodes the tables of `Tensor.fbs` and `SparseTensor.fbs`. */
import type { Table } from "../Flatbuffer.ts"
import type { Buffer } from "../Message.ts"
import type { SparseTensor, Tensor, TensorDim } from "../Tensor.ts"
import { found } from "./details.ts"
import { readBuffer, readInt64 } from "./messageMetadata.ts"
import { decodeIndexType, decodeType, one, unsupported } from "./schemaMetadata.ts"

const requiredBuffer = (table: Table, id: number, name: string): Buffer => {
  const position = table.slot(id, 16, 8)
  return position === 0 ? table.missing(name) : readBuffer(table.reader, position)
}

const decodeShape = (table: Table): ReadonlyArray<TensorDim> =>
  table.tables(2, (dim) => ({ size: dim.int(0, 8), name: dim.string(1) ?? "" })) ?? table.missing("shape")

const decodeValueType = (table: Table) => {
  const type = decodeType(table.int(0, 1), table.required(1, "type"), 0)
  if (type._tag !== "Int" && type._tag !== "FloatingPoint") {
    unsupported(table, "parameter", found(type._tag, "Int or FloatingPoint"))
  }
  return type
}

const decodeTensor = (table: Table): Tensor => ({
  _tag: "Tensor",
  type: decodeValueType(table),
  shape: decodeShape(table),
  strides: table.items(3, 8, readInt64) ?? [],
  data: requiredBuffer(table, 4, "data")
})

const decodeSparseIndex = (kind: number, table: Table): SparseTensor["sparseIndex"] => {
  switch (kind) {
    case 1:
      return {
        _tag: "SparseTensorIndexCOO",
        indicesType: decodeIndexType(table.required(0, "indicesType")),
        indicesStrides: table.items(1, 8, readInt64) ?? [],
        indicesBuffer: requiredBuffer(table, 2, "indicesBuffer"),
        isCanonical: table.bool(3)
      }
    case 2:
      return {
        _tag: "SparseMatrixIndexCSX",
        compressedAxis: one(table, ["Row", "Column"] as const, table.int(0, 2)),
        indptrType: decodeIndexType(table.required(1, "indptrType")),
        indptrBuffer: requiredBuffer(table, 2, "indptrBuffer"),
        indicesType: decodeIndexType(table.required(3, "indicesType")),
        indicesBuffer: requiredBuffer(table, 4, "indicesBuffer")
      }
    case 3:
      return {
        _tag: "SparseTensorIndexCSF",
        indptrType: decodeIndexType(table.required(0, "indptrType")),
        indptrBuffers: table.items(1, 16, readBuffer) ?? table.missing("indptrBuffers"),
        indicesType: decodeIndexType(table.required(2, "indicesType")),
        indicesBuffers: table.items(3, 16, readBuffer) ?? table.missing("indicesBuffers"),
        axisOrder:
          table.items(4, 4, (reader, position) => reader.view.getInt32(position, true)) ?? table.missing("axisOrder")
      }
    default:
      return unsupported(table, "type", found(kind, "a SparseTensorIndex"))
  }
}

const decodeSparseTensor = (table: Table): SparseTensor => ({
  _tag: "SparseTensor",
  type: decodeValueType(table),
  shape: decodeShape(table),
  nonZeroLength: table.int(3, 8),
  sparseIndex: decodeSparseIndex(table.int(4, 1), table.required(5, "sparseIndex")),
  data: requiredBuffer(table, 6, "data")
})

export const tensorHeaders = { 4: decodeTensor, 5: decodeSparseTensor }
