import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { fileURLToPath } from "node:url"
import { vectors } from "../../../harness/vectors.ts"
import { load } from "../conformance/run.ts"
import { Builder, Frame, Parser, Request, Response } from "../src/index.ts"
import { seeded, token } from "./messages.ts"

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"))

const parseAll = <A>(parser: Parser.Parser<A>, pieces: ReadonlyArray<Uint8Array>): ReadonlyArray<A> => {
  const messages: Array<A> = []
  for (const piece of pieces) {
    parser.feed(piece)
    messages.push(...Result.getOrThrow(parser.parse()))
  }
  return messages
}

const directories = [fileURLToPath(new URL("fixtures", import.meta.url)), vectors("echo")]

describe("every split point of every accepted vector", () => {
  for (const directory of directories) {
    for (const each of directory === undefined ? [] : load(directory).filter((each) => each.accept)) {
      it(`${each.kind} ${each.name}`, () => {
        const bytes = bytesOf(each.hex)
        const split = <A>(frame: Parameters<typeof Parser.make<A>>[0], whole: A) => {
          for (let at = 0; at <= bytes.length; at++) {
            const parser = Parser.make(frame)
            assert.deepStrictEqual(parseAll(parser, [bytes.subarray(0, at), bytes.subarray(at)]), [whole])
            assert.strictEqual(parser.pending, 0)
          }
          const dribbled = parseAll(
            Parser.make(frame),
            Array.from(bytes, (byte) => Uint8Array.of(byte))
          )
          assert.deepStrictEqual(dribbled, [whole])
        }
        if (each.kind === "request") split(Request.frame, Request.codec.decodeSync(bytes))
        else split(Response.frame, Response.codec.decodeSync(bytes))
      })
    }
  }
})

describe("every split point of every refused vector", () => {
  for (const directory of directories) {
    for (const each of directory === undefined ? [] : load(directory).filter((each) => !each.accept)) {
      it(`${each.kind} ${each.name}`, () => {
        const bytes = bytesOf(each.hex)
        const frame = each.kind === "request" ? Request.frame : Response.frame
        const outcome = (at: number) => {
          const parser = Parser.make<unknown>(frame)
          parser.feed(bytes.subarray(0, at))
          parser.feed(bytes.subarray(at))
          const parsed = parser.parse()
          return Result.isFailure(parsed) ? parsed.failure.offset : [parsed.success, parser.pending]
        }
        const whole = outcome(0)
        for (let at = 1; at <= bytes.length; at++) assert.deepStrictEqual(outcome(at), whole)
      })
    }
  }
})

describe("Parser", () => {
  const random = seeded(token)
  const requests = Array.from({ length: 200 }, random.request)
  const builder = Builder.make(Request.codec)
  for (const request of requests) builder.add(request)
  const bytes = builder.build()

  it(`gives the same messages for any pieces (token ${token})`, () => {
    for (let round = 0; round < 50; round++) {
      const pieces: Array<Uint8Array> = []
      for (let p = 0; p < bytes.length;) {
        const size = 1 + random.next(round < 25 ? 40 : 4000)
        pieces.push(bytes.subarray(p, p + size))
        p += size
      }
      assert.deepStrictEqual(parseAll(Parser.make(Request.frame), pieces), requests)
    }
  })

  it("views the bytes it was fed", () => {
    const [first] = parseAll(Parser.make(Request.frame), [bytes])
    assert.strictEqual(first!.body.buffer, bytes.buffer)
  })

  it("gives the messages before a failure, then the failure for ever", () => {
    const parser = Parser.make(Request.frame)
    const bad = bytes.slice()
    const second = 4 + new DataView(bytes.buffer).getInt32(0)
    bad[second + 4] = 9
    parser.feed(bad)
    assert.deepStrictEqual(parser.parse(), Result.succeed([requests[0]!]))
    for (let i = 0; i < 3; i++) {
      const failed = Result.getOrThrow(Result.flip(parser.parse()))
      assert.strictEqual(failed.reason._tag, "InvalidTag")
      assert.deepStrictEqual(failed.path, ["apiKey"])
      assert.strictEqual(failed.offset, 4)
      parser.feed(bytes)
    }
  })

  it("refuses a frame above the limit before its payload is there", () => {
    const parser = Parser.make(Request.frame, { maxFrameSize: 1000 })
    parser.feed(Uint8Array.of(0, 0, 3, 0xe4))
    assert.deepStrictEqual(parser.parse(), Result.succeed([]))
    assert.strictEqual(parser.pending, 4)
    const larger = Parser.make(Request.frame, { maxFrameSize: 1000 })
    larger.feed(Uint8Array.of(0, 0, 3, 0xe5))
    const failed = Result.getOrThrow(Result.flip(larger.parse()))
    assert.strictEqual(failed.reason._tag, "LimitExceeded")
    assert.strictEqual(failed.offset, 0)
  })

  it("takes a frame of the greatest number of metadata items by default", () => {
    const request = { ...requests[0]!, metadata: Array.from({ length: 32767 }, (_, i) => i - 16384) }
    const parsed = parseAll(Parser.make(Request.frame), [Request.codec.encodeSync(request)])
    assert.deepStrictEqual(parsed, [request])
    assert.strictEqual(Frame.defaultMaxFrameSize, 1048576)
  })
})
