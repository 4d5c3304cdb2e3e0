/** Every type, through every way it can be written, however the bytes then come. */
import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { canonicalColumn } from "../conformance/canonical.ts"
import { ArrayBuilder, FileReader, Framing, Metadata, RecordBatch, Schema, Table, Writer } from "../src/index.ts"
import * as NodeCodecs from "../src/NodeCodecs.ts"
import { failureOf } from "./fixtures.ts"
import { everyType, type Sample } from "./support/columns.ts"

const { codecs } = NodeCodecs

const forms: ReadonlyArray<Writer.Options> = (["stream", "file"] as const).flatMap((format) =>
  ([undefined, "LZ4_FRAME", "ZSTD"] as const).flatMap((compression) =>
    ([8, 64] as const).map((alignment) => ({ format, compression, alignment, codecs }))
  )
)

const nameOf = ({ alignment, compression, format }: Writer.Options): string =>
  `${format}, ${compression ?? "plain"}, aligned to ${alignment}`

/** The whole column, and slices that start and end anywhere. */
const batchesOf = ({ field, values }: Sample) => {
  const schema = Schema.make([field])
  const data = Result.getOrThrow(ArrayBuilder.make(field, values))
  const whole = new RecordBatch.RecordBatch(schema, data.length, [data])
  return { schema, batches: [whole, whole.slice(1), whole.slice(1, 3), whole.slice(2, 2)] }
}

const valuesOf = (batches: ReadonlyArray<RecordBatch.RecordBatch>): ReadonlyArray<unknown> =>
  batches.map((batch) => canonicalColumn(batch.column(0)))

const encoded = (sample: Sample, options: Writer.Options) => {
  const { batches, schema } = batchesOf(sample)
  const chunks = Result.getOrThrow(Writer.encode(schema, batches, options))
  return { batches, schema, chunks, bytes: Writer.concat(chunks) }
}

const everySample = everyType.map((sample) => [sample.field.name, sample] as const)

describe.each(forms.map((form) => [nameOf(form), form] as const))("%s", (_, form) => {
  it.each(everySample)("%s reads back as it was, in whole and in slices", (_, sample) => {
    const { batches, bytes, schema } = encoded(sample, form)
    const table = Result.getOrThrow(Table.fromBytes(bytes, { codecs, validation: "semantic" }))
    assert.deepStrictEqual(table.schema, schema)
    assert.deepStrictEqual(valuesOf(table.batches), valuesOf(batches))
    assert.deepStrictEqual(
      table.batches.map(({ length }) => length),
      batches.map(({ length }) => length)
    )
  })

  it("counts its bytes: chunks, messages, buffers and padding add up", () => {
    for (const sample of everyType) {
      const { bytes, chunks } = encoded(sample, form)
      assert.strictEqual(
        chunks.reduce((length, chunk) => length + chunk.length, 0),
        bytes.length
      )
      const start = form.format === "file" ? 8 : 0
      const framer = new Framing.Framer()
      const frames = Result.getOrThrow(framer.push(bytes.subarray(start)))
      assert.isTrue(framer.ended)
      let at = 0
      for (const { body, bodyOffset, message, metadata, metadataOffset, offset } of frames) {
        assert.deepStrictEqual([offset, metadataOffset], [at, at + 8], sample.field.name)
        assert.strictEqual(bodyOffset, metadataOffset + metadata.length)
        assert.strictEqual((start + bodyOffset) % 8, 0)
        assert.strictEqual(body.length % form.alignment!, 0)
        const { header } = message
        const data = header._tag === "DictionaryBatch" ? header.data : header
        if (data._tag === "RecordBatch") {
          let end = 0
          for (const buffer of data.buffers) {
            assert.strictEqual(buffer.offset % form.alignment!, 0)
            assert.isAtLeast(buffer.offset, end)
            assert.isTrue(
              body.subarray(end, buffer.offset).every((byte) => byte === 0),
              "padding is zero"
            )
            end = buffer.offset + buffer.length
          }
          assert.strictEqual(Math.ceil(end / form.alignment!) * form.alignment!, body.length)
        }
        at = bodyOffset + body.length
      }
      const rest = bytes.subarray(start + at)
      assert.deepStrictEqual([...rest.subarray(0, 8)], [255, 255, 255, 255, 0, 0, 0, 0])
      if (form.format === "stream") assert.strictEqual(rest.length, 8)
      else {
        const { footerLength, footerOffset } = Result.getOrThrow(FileReader.parseHeader(bytes))
        assert.strictEqual(footerOffset, start + at + 8)
        assert.strictEqual(footerOffset + footerLength + 10, bytes.length)
        const footer = Result.getOrThrow(Metadata.decodeFooter(bytes.subarray(footerOffset, -10), footerOffset))
        const blocks = [...footer.dictionaries, ...footer.recordBatches].sort((a, b) => a.offset - b.offset)
        assert.deepStrictEqual(
          blocks,
          frames.slice(1).map(({ body, bodyOffset, offset }) => ({
            offset: start + offset,
            metaDataLength: bodyOffset - offset,
            bodyLength: body.length
          }))
        )
      }
    }
  })
})

const plain: Writer.Options = { codecs }

/** What frames say, in a form that can be compared. */
const placesOf = (frames: ReadonlyArray<Framing.Frame>) =>
  frames.map(({ body, bodyOffset, message, metadata, metadataOffset, offset }) => ({
    places: [offset, metadataOffset, bodyOffset],
    header: message.header,
    metadata: Buffer.from(metadata).toString("hex"),
    body: Buffer.from(body).toString("hex")
  }))

describe("a stream cut in two, at every byte", () => {
  it.each(everySample)("has the same messages at the same places: %s", (_, sample) => {
    const { bytes } = encoded(sample, plain)
    const expected = placesOf(Result.getOrThrow(Framing.frames(bytes)))
    for (let cut = 0; cut <= bytes.length; cut++) {
      const framer = new Framing.Framer()
      const frames = [
        ...Result.getOrThrow(framer.push(bytes.subarray(0, cut))),
        ...Result.getOrThrow(framer.push(bytes.slice(cut)))
      ]
      Result.getOrThrow(framer.end())
      assert.deepStrictEqual(placesOf(frames), expected, `cut at ${cut}`)
    }
  })

  it("and one that ends early says where", () => {
    const { bytes } = encoded(everyType[0]!, plain)
    const ends = new Set([0, ...Result.getOrThrow(Framing.frames(bytes)).map((f) => f.bodyOffset + f.body.length)])
    for (let length = 0; length < bytes.length; length++) {
      const framer = new Framing.Framer()
      Result.getOrThrow(framer.push(bytes.subarray(0, length)))
      const end = framer.end()
      if (ends.has(length)) Result.getOrThrow(end)
      else {
        const { offset, reason } = failureOf(end)
        assert.deepStrictEqual(reason, { _tag: "FramingError", code: "truncated" })
        assert.isAtMost(offset!, length)
        assert.isAbove(offset!, length - 1000)
      }
    }
  })
})
