import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Builder, Request, Response } from "../src/index.ts"
import { seeded, token } from "./messages.ts"

describe("Builder", () => {
  it(`gives the bytes of every message, one behind the other (token ${token})`, () => {
    const random = seeded(token)
    const builder = Builder.make(Response.codec)
    const responses = Array.from({ length: 300 }, random.response)
    for (const response of responses) assert.isTrue(Result.isSuccess(builder.add(response)))
    const expected = Buffer.concat(responses.map((response) => Response.codec.encodeSync(response)))
    assert.strictEqual(builder.size, expected.length)
    const bytes = builder.build()
    assert.isTrue(expected.equals(bytes))
    assert.strictEqual(bytes.byteLength, bytes.buffer.byteLength)
    assert.strictEqual(builder.size, 0)
    assert.strictEqual(builder.build().length, 0)
  })

  const request = seeded(token).request()

  it("refuses what the wire cannot represent and keeps the rest", () => {
    const builder = Builder.make(Request.codec)
    builder.add(request)
    const cases: ReadonlyArray<
      readonly [Partial<Record<keyof Request.Request, unknown>>, string, ReadonlyArray<string | number>]
    > = [
      [{ apiKey: 1 }, "InvalidTag", ["apiKey"]],
      [{ sequence: 128 }, "OutOfRange", ["sequence"]],
      [{ sequence: -129 }, "OutOfRange", ["sequence"]],
      [{ sequence: -0 }, "OutOfRange", ["sequence"]],
      [{ sequence: 1n }, "InvalidType", ["sequence"]],
      [{ timestamp: 2n ** 63n }, "OutOfRange", ["timestamp"]],
      [{ timestamp: 5 }, "InvalidType", ["timestamp"]],
      [{ metadata: [1, 0.5] }, "OutOfRange", ["metadata", 1]],
      [{ metadata: new Array(32768).fill(0) }, "InvalidLength", ["metadata"]],
      [{ body: "text" }, "InvalidType", ["body"]]
    ]
    for (const [change, reason, path] of cases) {
      const failed = Result.getOrThrow(Result.flip(builder.add({ ...request, ...change } as Request.Request)))
      assert.strictEqual(failed.reason._tag, reason)
      assert.deepStrictEqual(failed.path, path)
    }
    assert.deepStrictEqual(builder.build(), Request.codec.encodeSync(request).slice())
  })

  it("refuses a frame above the limit", () => {
    const size = Request.codec.encodeSync(request).length
    assert.isTrue(Result.isSuccess(Builder.make(Request.codec, { maxFrameSize: size }).add(request)))
    const failed = Result.getOrThrow(Result.flip(Builder.make(Request.codec, { maxFrameSize: size - 1 }).add(request)))
    assert.strictEqual(failed.reason._tag, "LimitExceeded")
  })

  it("refuses a frame above the limit, which there is room for, and has room for what follows", () => {
    const builder = Builder.make(Request.codec, { maxFrameSize: 6000 })
    const sized = (size: number): Request.Request => ({ ...request, metadata: [], body: new Uint8Array(size) })
    builder.add(sized(5000))
    const { size } = builder
    for (const body of [6500, 9000]) {
      const failed = Result.getOrThrow(Result.flip(builder.add(sized(body))))
      assert.strictEqual(failed.reason._tag, "LimitExceeded")
      assert.strictEqual(builder.size, size)
    }
    const wrong = Result.getOrThrow(
      Result.flip(builder.add({ ...sized(0), subject: new Uint8Array(9000), metadata: [0.5] }))
    )
    assert.deepStrictEqual([wrong.reason._tag, wrong.path], ["OutOfRange", ["metadata", 0]])
    builder.add(sized(1))
    const expected = [sized(5000), sized(1)].map((each) => Request.codec.encodeSync(each))
    assert.isTrue(Buffer.concat(expected).equals(builder.build()))
  })

  it("writes a message as it is when it is added, and gives bytes that nothing writes to any more", () => {
    const builder = Builder.make(Request.codec)
    const metadata = [1, 2, 3]
    const expected = Request.codec.encodeSync({ ...request, metadata }).slice()
    builder.add({ ...request, metadata })
    metadata[1] = 0.5
    const bytes = builder.build()
    builder.add({ ...request, sequence: request.sequence ^ 1 })
    assert.deepStrictEqual(bytes, expected)
  })
})
