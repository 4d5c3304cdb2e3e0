import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { FileReader, Framing, type Message, MessageCursor, Schema } from "../src/index.ts"
import { bytesOf, codeOf, failureOf, names, pathOf } from "./fixtures.ts"
import { batchMessage, int32, none, oneBatch, streamOf } from "./messages.ts"

const headersOf = (bytes: Uint8Array): ReadonlyArray<MessageCursor.MessageHeader> => {
  const cursor = Result.getOrThrow(MessageCursor.make(bytes))
  const headers: Array<MessageCursor.MessageHeader> = []
  for (let header = Result.getOrThrow(cursor.next()); header !== undefined; header = Result.getOrThrow(cursor.next())) {
    headers.push(header)
  }
  return headers
}

describe("a message cursor", () => {
  it.each(names)("finds the messages of %s that the framer finds", (name) => {
    const bytes = bytesOf(name)
    const frames = Result.getOrThrow(Framing.frames(bytes))
    const cursor = Result.getOrThrow(MessageCursor.make(bytes))
    for (const frame of frames) {
      const header = Result.getOrThrow(cursor.next())!
      assert.deepStrictEqual(header, {
        type: frame.message.header._tag,
        offset: frame.offset,
        metadataLength: frame.metadata.length,
        bodyOffset: frame.bodyOffset,
        bodyLength: frame.body.length,
        message: frame.message
      })
      assert.deepStrictEqual(cursor.body(header), frame.body)
      assert.strictEqual(cursor.position, header.bodyOffset + header.bodyLength)
    }
    assert.strictEqual(Result.getOrThrow(cursor.next()), undefined)
  })

  it.each(names.filter((name) => pathOf(name, "arrow_file")))(
    "finds those of the file of %s, and no footer",
    (name) => {
      const bytes = bytesOf(name, "arrow_file")
      const reader = Result.getOrThrow(FileReader.open(bytes))
      const offsets = headersOf(bytes).flatMap(({ offset, type }) => (type === "RecordBatch" ? [offset] : []))
      assert.deepStrictEqual(
        offsets,
        reader.footer.recordBatches.map(({ offset }) => offset)
      )
    }
  )

  it("ends with bytes that have no marker", () => {
    assert.strictEqual(headersOf(streamOf([]).subarray(8)).length, 0)
  })

  it("stays where it was when it fails", () => {
    const bytes = oneBatch(Schema.field("f", int32), { length: 1, nodes: [[1, 0]], parts: [none, Int32Array.of(1)] })
    const second = headersOf(bytes)[1]!
    for (const [length, what] of [
      [second.offset + 2, "prefix of 4"],
      [second.offset + 6, "prefix of 8"],
      [second.offset + 20, "flatbuffer of"],
      [second.bodyOffset + 4, "body of 8"]
    ] as const) {
      const cursor = Result.getOrThrow(MessageCursor.make(bytes.subarray(0, length)))
      Result.getOrThrow(cursor.next())
      for (let i = 0; i < 2; i++) {
        const failure = failureOf(cursor.next())
        assert.strictEqual(codeOf(failure), "FramingError/truncated")
        assert.include(failure.message, what)
      }
      assert.strictEqual(cursor.position, second.offset)
    }
  })

  it("does not open a file without a footer", () => {
    const file = bytesOf("integers", "arrow_file")
    assert.strictEqual(codeOf(failureOf(MessageCursor.make(file.subarray(0, -1)))), "FileError/magic")
    const { footerLength, footerOffset } = Result.getOrThrow(FileReader.parseHeader(file))
    assert.strictEqual(footerOffset + footerLength + 10, file.length)
  })

  it("gives the buffers of a batch as views", () => {
    const { body, header } = batchMessage({ length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(1, 2)] })
    const batch = header as Message.RecordBatch
    const buffers = Result.getOrThrow(MessageCursor.buffers(batch, body!))
    assert.deepStrictEqual(
      buffers.map((buffer) => [...buffer]),
      [[], [1, 0, 0, 0, 2, 0, 0, 0]]
    )
    assert.strictEqual(buffers[1]!.buffer, body!.buffer)
    assert.deepStrictEqual(batch.nodes, [{ length: 2, nullCount: 0 }])
    for (const bad of [
      { offset: 8, length: 8 },
      { offset: -8, length: 8 },
      { offset: 0, length: -8 }
    ]) {
      const failure = failureOf(MessageCursor.buffers({ ...batch, buffers: [bad] }, body!))
      assert.strictEqual(codeOf(failure), "LayoutError/buffer-out-of-body")
      assert.deepStrictEqual(failure.path, [0])
    }
  })
})
