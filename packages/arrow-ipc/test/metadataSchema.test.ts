import * as Result from "effect/Result"
import * as EffectSchema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { FileReader, Framing, MetadataSchema, type Tensor } from "../src/index.ts"
import { bytesOf, names, pathOf } from "./fixtures.ts"
import { int32 } from "./messages.ts"

const { FooterFlatbuffer, MessageFlatbuffer } = MetadataSchema
const buffer = { offset: 0, length: 8 }
const shape = [{ size: 2, name: "rows" }]
const indices: ReadonlyArray<Tensor.SparseTensor["sparseIndex"]> = [
  {
    _tag: "SparseTensorIndexCOO",
    indicesType: int32,
    indicesStrides: [8, 4],
    indicesBuffer: buffer,
    isCanonical: true
  },
  {
    _tag: "SparseMatrixIndexCSX",
    compressedAxis: "Row",
    indptrType: int32,
    indptrBuffer: buffer,
    indicesType: int32,
    indicesBuffer: buffer
  },
  {
    _tag: "SparseTensorIndexCSF",
    indptrType: int32,
    indptrBuffers: [buffer],
    indicesType: int32,
    indicesBuffers: [buffer],
    axisOrder: [0]
  }
]

describe("metadata as Effect Schemas", () => {
  it.each(names)("of the messages of %s goes there and back", (name) => {
    for (const { message, metadata } of Result.getOrThrow(Framing.frames(bytesOf(name)))) {
      const decoded = EffectSchema.decodeSync(MessageFlatbuffer)(metadata)
      assert.deepStrictEqual(decoded, message)
      assert.deepStrictEqual(
        EffectSchema.decodeSync(MessageFlatbuffer)(EffectSchema.encodeSync(MessageFlatbuffer)(decoded)),
        message
      )
    }
  })

  it.each(names.filter((name) => pathOf(name, "arrow_file")))("of the footer of %s goes there and back", (name) => {
    const { footer } = Result.getOrThrow(FileReader.open(bytesOf(name, "arrow_file")))
    const bytes = EffectSchema.encodeSync(FooterFlatbuffer)(footer)
    assert.deepStrictEqual(EffectSchema.decodeSync(FooterFlatbuffer)(bytes), footer)
  })

  it.each(indices)("of tensors with $_tag goes there and back", (sparseIndex) => {
    const header: Tensor.SparseTensor = {
      _tag: "SparseTensor",
      type: int32,
      shape,
      nonZeroLength: 1,
      sparseIndex,
      data: buffer
    }
    const message = { version: "V5" as const, header, bodyLength: 8, customMetadata: [] }
    assert.deepStrictEqual(
      EffectSchema.decodeSync(MessageFlatbuffer)(EffectSchema.encodeSync(MessageFlatbuffer)(message)),
      message
    )
  })

  it("that does not verify is an issue with what is wrong", () => {
    assert.throws(
      () => EffectSchema.decodeSync(MessageFlatbuffer)(new Uint8Array(3)),
      /FlatbufferError\/out-of-bounds at byte 0/
    )
    assert.throws(
      () => EffectSchema.decodeSync(FooterFlatbuffer)(new Uint8Array(3)),
      /FlatbufferError\/out-of-bounds at byte 0/
    )
  })
})
