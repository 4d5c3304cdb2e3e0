/**
 * Dense and sparse tensors (`Tensor.fbs`, `SparseTensor.fbs`), which travel as messages of their own.
 *
 * @since 0.1.0
 */
import type * as DataType from "./DataType.ts"
import type { Buffer } from "./Schema.ts"

/**
 * One dimension: its size, and a name that may be empty.
 *
 * @category models
 * @since 0.1.0
 */
export interface TensorDim {
  readonly size: number
  readonly name: string
}

/**
 * A dense tensor; `strides` are bytes a step in each dimension, empty meaning row-major.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tensor {
  readonly _tag: "Tensor"
  readonly type: DataType.DataType
  readonly shape: ReadonlyArray<TensorDim>
  readonly strides: ReadonlyArray<number>
  readonly data: Buffer
}

/**
 * Coordinates of the values: a matrix of values by dimensions.
 *
 * @category models
 * @since 0.1.0
 */
export interface SparseTensorIndexCOO {
  readonly _tag: "SparseTensorIndexCOO"
  readonly indicesType: DataType.Int
  readonly indicesStrides: ReadonlyArray<number>
  readonly indicesBuffer: Buffer
  readonly isCanonical: boolean
}

/**
 * A matrix compressed along rows or columns.
 *
 * @category models
 * @since 0.1.0
 */
export interface SparseMatrixIndexCSX {
  readonly _tag: "SparseMatrixIndexCSX"
  readonly compressedAxis: "Row" | "Column"
  readonly indptrType: DataType.Int
  readonly indptrBuffer: Buffer
  readonly indicesType: DataType.Int
  readonly indicesBuffer: Buffer
}

/**
 * Compressed sparse fibres: a tree of coordinates in the order of `axisOrder`.
 *
 * @category models
 * @since 0.1.0
 */
export interface SparseTensorIndexCSF {
  readonly _tag: "SparseTensorIndexCSF"
  readonly indptrType: DataType.Int
  readonly indptrBuffers: ReadonlyArray<Buffer>
  readonly indicesType: DataType.Int
  readonly indicesBuffers: ReadonlyArray<Buffer>
  readonly axisOrder: ReadonlyArray<number>
}

/**
 * A sparse tensor: `nonZeroLength` values, and where they stand.
 *
 * @category models
 * @since 0.1.0
 */
export interface SparseTensor {
  readonly _tag: "SparseTensor"
  readonly type: DataType.DataType
  readonly shape: ReadonlyArray<TensorDim>
  readonly nonZeroLength: number
  readonly sparseIndex: SparseTensorIndexCOO | SparseMatrixIndexCSX | SparseTensorIndexCSF
  readonly data: Buffer
}
