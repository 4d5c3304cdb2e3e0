import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { Framing, Limits, Schema, StreamReader } from "../src/index.ts"
import { bytesOf, codeOf, failureOf, refusal } from "./fixtures.ts"
import { batchMessage, int32, none, schemaMessage, streamOf } from "./messages.ts"

const schema = Schema.make([Schema.field("f", int32)])
const batch = batchMessage({ length: 2, nodes: [[2, 0]], parts: [none, Int32Array.of(1, 2)] })
const bytes = streamOf([schemaMessage(schema), batch])

/** The bytes with a word written at `at`. */
const patched = (at: number, word: number): Uint8Array => {
  const copy = bytes.slice()
  new DataView(copy.buffer).setInt32(at, word, true)
  return copy
}

describe("frames", () => {
  it("say where each message lies", () => {
    const frames = Result.getOrThrow(Framing.frames(bytes))
    assert.deepStrictEqual(
      frames.map(({ message }) => message.header._tag),
      ["Schema", "RecordBatch"]
    )
    const [first, second] = frames
    assert.strictEqual(first!.offset, 0)
    assert.strictEqual(first!.metadataOffset, 8)
    assert.strictEqual(first!.bodyOffset, second!.offset)
    assert.strictEqual(second!.body.buffer, bytes.buffer)
    assert.deepStrictEqual([...second!.body.subarray(0, 8)], [1, 0, 0, 0, 2, 0, 0, 0])
    assert.strictEqual(second!.message.bodyLength, second!.body.length)
    assert.deepStrictEqual(second!.metadata, bytes.subarray(second!.metadataOffset, second!.bodyOffset))
  })

  it("are complete before a fault, which comes next and stays", () => {
    const framer = new Framing.Framer()
    const spoiled = new Uint8Array(bytes.length + 8)
    spoiled.set(bytes.subarray(0, bytes.length - 8))
    new DataView(spoiled.buffer).setInt32(bytes.length - 8, -2, true)
    assert.strictEqual(Result.getOrThrow(framer.push(spoiled)).length, 2)
    const failure = failureOf(framer.push(none))
    assert.strictEqual(codeOf(failure), "FramingError/negative-metadata-length")
    assert.strictEqual(failure.offset, bytes.length - 8)
    assert.strictEqual(failureOf(framer.end()), failure)
  })

  it("span chunks of any size, and grow with what arrives", () => {
    const body = new Int32Array(1_000_000).map((_, i) => i)
    const long = streamOf([
      schemaMessage(schema),
      batchMessage({ length: body.length, nodes: [[body.length, 0]], parts: [none, body] })
    ])
    const framer = new Framing.Framer()
    const frames = []
    for (let at = 0; at < long.length; at += 100_000)
      frames.push(...Result.getOrThrow(framer.push(long.subarray(at, at + 100_000))))
    assert.isTrue(framer.ended)
    assert.deepStrictEqual(new Int32Array(frames[1]!.body.buffer, frames[1]!.body.byteOffset, body.length), body)
  })

  it.each([
    ["a prefix", 2, "prefix"],
    ["a length", 6, "length"],
    ["metadata", 20, "metadata"],
    ["a body", bytes.length - 12, "body of 8 bytes"]
  ])("cut inside %s are truncated", (_, length, what) => {
    const failure = failureOf(Framing.frames(bytes.subarray(0, length)))
    assert.strictEqual(codeOf(failure), "FramingError/truncated")
    assert.strictEqual(failure.detail, `the stream ends inside a ${what}`)
    assert.isAtMost(failure.offset!, length)
  })

  it("of hostile lengths are refused before anything is allocated", () => {
    const huge = failureOf(Framing.frames(patched(4, 2 ** 30)))
    assert.deepInclude(huge.reason, { _tag: "LimitExceeded", code: "metadata", limit: 2 ** 26, wanted: 2 ** 30 })
    assert.strictEqual(codeOf(failureOf(Framing.frames(patched(4, -8)))), "FramingError/negative-metadata-length")
    const limits = { ...Limits.defaults, bodyLength: 4 }
    const body = failureOf(Framing.frames(bytes, limits))
    assert.deepInclude(body.reason, { _tag: "LimitExceeded", code: "body", limit: 4, wanted: 8 })
  })

  it("announced but not arrived take no memory", () => {
    const framer = new Framing.Framer()
    const announced = patched(4, 2 ** 25)
    const before = process.memoryUsage().arrayBuffers
    assert.deepStrictEqual(Result.getOrThrow(framer.push(announced.subarray(0, 64))), [])
    assert.isBelow(process.memoryUsage().arrayBuffers - before, 2 ** 22)
  })
})

describe("a stream of messages", () => {
  it("that failed stays failed", () => {
    const reader = new StreamReader.StreamReader()
    const failure = failureOf(reader.push(streamOf([batch])))
    assert.strictEqual(reader.failure, failure)
    assert.strictEqual(failureOf(reader.push(bytes)), failure)
    assert.strictEqual(failureOf(reader.end()), failure)
  })

  it.each([
    ["nothing", new Uint8Array(0), "FramingError/no-schema"],
    ["its end alone", streamOf([]), "FramingError/no-schema"],
    ["a batch before the schema", streamOf([batch]), "FramingError/no-schema"],
    ["two schemas", streamOf([schemaMessage(schema), schemaMessage(schema)]), "FramingError/second-schema"],
    ["a tensor", bytesOf("tensor", "tensor"), "FramingError/unexpected-message"],
    [
      "a tensor among batches",
      new Uint8Array([...streamOf([schemaMessage(schema)]).subarray(0, -8), ...bytesOf("tensor", "tensor")]),
      "FramingError/unexpected-message"
    ]
  ])("that holds %s is refused", (_, bytes, code) => {
    assert.strictEqual(codeOf(refusal(bytes)), code)
  })
})
