/** Framing, decoding and encoding of requests against code written by hand, as ratios: `node bench/run.ts [--json]`. */
import * as CoreParser from "@bytewright/core-binary/Parser"
import { type Claim, measure, report } from "../../../harness/ratio.ts"
import { Builder, Parser, Request } from "../src/index.ts"
import * as byHand from "./byHand.ts"

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const request = (sequence: number): Request.Request => ({
  apiKey: 0,
  sequence,
  timestamp: 9999n,
  subject: bytes("test"),
  metadata: [1, 2, 3],
  body: bytes("We have a lot in common")
})
/** As many as are in flight at most. */
const requests = Array.from({ length: 256 }, (_, index) => request(index - 128))
const chunk = requests.reduce((builder, each) => (builder.add(each), builder), Builder.make(Request.codec)).build()
const size = chunk.length / requests.length

const target = new Uint8Array(chunk.length)
const handTarget = new Uint8Array(chunk.length)
const handView = new DataView(handTarget.buffer)

/** A sum over what was decoded, so that nothing of it can be left out. */
let sum = 0
const use = (request: Request.Request): void => {
  sum += request.sequence + request.metadata.length + request.subject.length + request.body.length
}
const summed = (read: () => void): number => {
  sum = 0
  read()
  return sum
}

const pushed = CoreParser.make(Request.frame)
const fed = Parser.make(Request.frame)
const split = Parser.make(Request.frame)

const all = { name: "by hand", run: () => summed(() => byHand.readAll(chunk, use)) }

const claims: ReadonlyArray<Claim> = [
  {
    what: `framing and decoding, 256 requests of ${size} bytes`,
    subject: { name: "Parser.push", run: () => summed(() => pushed.push(chunk, use)) },
    against: all,
    bound: { atLeast: 0.95 }
  },
  {
    what: "the same gathered in an array",
    subject: {
      name: "Parser.feed and parse",
      run: () =>
        summed(() => {
          fed.feed(chunk)
          const parsed = fed.parse()
          if (parsed._tag === "Success") parsed.success.forEach(use)
        })
    },
    against: all,
    bound: undefined
  },
  {
    what: "the same in pieces of 1 KiB",
    subject: {
      name: "Parser.feed and parse",
      run: () =>
        summed(() => {
          for (let p = 0; p < chunk.length; p += 1024) {
            split.feed(chunk.subarray(p, p + 1024))
            const parsed = split.parse()
            if (parsed._tag === "Success") parsed.success.forEach(use)
          }
        })
    },
    against: all,
    bound: undefined
  },
  {
    what: "encoding of 256 requests into a buffer",
    subject: {
      name: "codec.write",
      run: () => {
        let p = 0
        for (const each of requests) p = Request.codec.write(each, target, p)
        return target
      }
    },
    against: {
      name: "by hand",
      run: () => {
        let p = 0
        for (const each of requests) p = byHand.write(handView, handTarget, p, each)
        return handTarget
      }
    },
    bound: { atLeast: 0.95 }
  },
  {
    what: "the same sized first, into a buffer of its own",
    subject: {
      name: "Builder",
      run: () => {
        const builder = Builder.make(Request.codec)
        for (const each of requests) builder.add(each)
        return builder.build()
      }
    },
    against: {
      name: "by hand",
      run: () => {
        let total = 0
        for (const { body, metadata, subject } of requests)
          total += 24 + subject.length + 2 * metadata.length + body.length
        const own = new Uint8Array(total)
        const view = new DataView(own.buffer)
        let p = 0
        for (const each of requests) p = byHand.write(view, own, p, each)
        return own
      }
    },
    bound: undefined
  }
]

report(claims.map(measure))
