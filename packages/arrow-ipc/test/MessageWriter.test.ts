import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import {
  type ArrowError,
  DataType,
  type Footer,
  Framing,
  type Message,
  MessageWriter,
  Metadata,
  Schema,
  type Tensor
} from "../src/index.ts"

const fault = (result: Result.Result<unknown, ArrowError.ArrowError>) => Result.getOrThrow(Result.flip(result))
const schema = Schema.make([Schema.field("a", DataType.int(32))])
const schemaMessage: Message.Message = {
  version: "V5",
  header: { _tag: "Schema", schema },
  bodyLength: 0,
  customMetadata: []
}
const join = (chunks: ReadonlyArray<Uint8Array>) => new Uint8Array(Buffer.concat(chunks))

describe("MessageWriter", () => {
  it("aligns sizes", () => {
    assert.deepStrictEqual(
      [0, 1, 8, 9].map((size) => MessageWriter.alignTo(size, 8)),
      [0, 8, 8, 16]
    )
    assert.strictEqual(MessageWriter.alignTo(2 ** 40 + 1, 64), 2 ** 40 + 64)
    assert.strictEqual(MessageWriter.alignTo(10, 6), 12)
  })

  it("says where each message lies, as a footer's block does", () => {
    const writer = new MessageWriter.MessageWriter({ format: "file", alignment: 64 })
    assert.strictEqual(writer.position, 8)
    const first = Result.getOrThrow(writer.write(schemaMessage, []))
    assert.deepStrictEqual([first.offset, first.bodyLength], [8, 0])
    assert.strictEqual(writer.position % 64, 0)
    const header: Message.RecordBatch = {
      _tag: "RecordBatch",
      length: 1,
      nodes: [{ length: 1, nullCount: 0 }],
      buffers: [
        { offset: 0, length: 0 },
        { offset: 0, length: 4 }
      ],
      compression: undefined,
      variadicBufferCounts: []
    }
    const batch = Result.getOrThrow(
      writer.write({ ...schemaMessage, header }, [Uint8Array.of(1, 0, 0), Uint8Array.of(0)])
    )
    assert.deepStrictEqual(batch, {
      offset: first.offset + first.metaDataLength,
      metaDataLength: batch.metaDataLength,
      bodyLength: 64
    })
    const footer: Footer.Footer = {
      version: "V5",
      schema,
      dictionaries: [],
      recordBatches: [batch],
      customMetadata: []
    }
    Result.getOrThrow(writer.finish(footer))
    const bytes = join(writer.take())
    assert.strictEqual(writer.position, bytes.length)
    const length = new DataView(bytes.buffer).getInt32(bytes.length - 10, true)
    const end = bytes.length - 10
    assert.deepStrictEqual(Result.getOrThrow(Metadata.decodeFooter(bytes.subarray(end - length, end))), footer)
    const [, frame] = Result.getOrThrow(new Framing.Framer().push(bytes.subarray(8)))
    assert.deepStrictEqual(frame!.message.header, header)
    assert.deepStrictEqual([...frame!.body.subarray(0, 5)], [1, 0, 0, 0, 0])
  })

  it("wants a footer for a file, and nothing after its end", () => {
    const writer = new MessageWriter.MessageWriter({ format: "file" })
    assert.strictEqual(fault(writer.finish()).reason._tag, "FileError")
    const stream = new MessageWriter.MessageWriter()
    Result.getOrThrow(stream.finish())
    assert.strictEqual(fault(stream.finish()).reason.code, "after-end")
    assert.strictEqual(fault(stream.write(schemaMessage, [])).reason.code, "after-end")
  })

  it("refuses metadata that readers would refuse", () => {
    const error = fault(new MessageWriter.MessageWriter({ metadataLength: 64 }).write(schemaMessage, []))
    assert.deepInclude(error.reason, { _tag: "LimitExceeded", code: "metadata", limit: 64 })
  })
})

describe("Metadata.encodeMessage", () => {
  const again = (message: Message.Message) => Result.getOrThrow(Metadata.decodeMessage(Metadata.encodeMessage(message)))
  const rich = (header: Message.MessageHeader, version: Message.MetadataVersion = "V5"): Message.Message => ({
    version,
    header,
    bodyLength: 2 ** 40,
    customMetadata: [
      { key: "", value: "v\u0000" },
      { key: "k", value: "" }
    ]
  })
  const buffer = { offset: 8, length: 2 ** 33 }
  const shape = [
    { size: 2, name: "rows" },
    { size: 0, name: "" }
  ]
  const float = DataType.float("DOUBLE")
  const int16 = DataType.int(16)
  const sparse = (sparseIndex: Tensor.SparseTensor["sparseIndex"]): Tensor.SparseTensor => ({
    _tag: "SparseTensor",
    type: float,
    shape,
    nonZeroLength: 3,
    sparseIndex,
    data: buffer
  })
  const batch: Message.RecordBatch = {
    _tag: "RecordBatch",
    length: 2 ** 40,
    nodes: [
      { length: 2 ** 40, nullCount: 1 },
      { length: 0, nullCount: 0 }
    ],
    buffers: [buffer, { offset: 0, length: 0 }],
    compression: { codec: "ZSTD", method: "BUFFER" },
    variadicBufferCounts: [0, 3]
  }
  const headers: ReadonlyArray<Message.MessageHeader> = [
    batch,
    { ...batch, compression: { codec: "LZ4_FRAME", method: "BUFFER" }, variadicBufferCounts: [] },
    { _tag: "DictionaryBatch", id: -5n, data: batch, isDelta: true },
    { _tag: "DictionaryBatch", id: 2n ** 40n, data: batch, isDelta: false },
    { _tag: "Schema", schema: { ...schema, features: [1n, 2n], metadata: [{ key: "k", value: "ü" }] } },
    { _tag: "Tensor", type: float, shape, strides: [8, -16], data: buffer },
    { _tag: "Tensor", type: int16, shape: [], strides: [], data: buffer },
    sparse({
      _tag: "SparseTensorIndexCOO",
      indicesType: int16,
      indicesStrides: [8, 2],
      indicesBuffer: buffer,
      isCanonical: true
    }),
    sparse({
      _tag: "SparseTensorIndexCOO",
      indicesType: int16,
      indicesStrides: [],
      indicesBuffer: buffer,
      isCanonical: false
    }),
    ...(["Row", "Column"] as const).map((compressedAxis) =>
      sparse({
        _tag: "SparseMatrixIndexCSX",
        compressedAxis,
        indptrType: DataType.int(64),
        indptrBuffer: buffer,
        indicesType: int16,
        indicesBuffer: buffer
      })
    ),
    sparse({
      _tag: "SparseTensorIndexCSF",
      indptrType: DataType.int(64),
      indptrBuffers: [buffer],
      indicesType: int16,
      indicesBuffers: [buffer, buffer],
      axisOrder: [1, 0]
    })
  ]
  for (const [i, header] of headers.entries()) {
    it(`says what it reads: ${header._tag} ${i}`, () => {
      assert.deepStrictEqual(again(rich(header)), rich(header))
      assert.deepStrictEqual(again(rich(header, "V4")), rich(header, "V4"))
    })
  }

  it("keeps metadata values that are no text", () => {
    const bytes = Uint8Array.of(0xff, 0)
    const message = { ...rich(batch), customMetadata: [{ key: "k", value: "\ufffd\0", bytes }] }
    assert.deepStrictEqual(again(message), message)
  })

  it("grows with a thousand fields", () => {
    const fields = Array.from({ length: 1000 }, (_, i) => Schema.field(`field ${i}`, DataType.int(32)))
    const message = rich({ _tag: "Schema", schema: Schema.make(fields) })
    assert.deepStrictEqual(again(message), message)
  })
})
