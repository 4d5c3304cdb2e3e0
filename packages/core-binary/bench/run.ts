/**
 * Ratios of this package against code written by hand: `node bench/run.ts [--json]`.
 *
 * Every contender has a call site of its own, as a program that uses one codec has: sites that a loop makes share what the
 * engine learns about them.
 */
import * as Schema from "effect/Schema"
import { type Claim, measure, report } from "../../../harness/ratio.ts"
import * as BinarySchema from "../src/BinarySchema.ts"
import * as Codec from "../src/Codec.ts"
import * as byHand from "./byHand.ts"
import { large, Request, small } from "./echo.ts"

const codec = Codec.make(Request)
const closures = Codec.make(Request, { backend: "closures" })
const schema = BinarySchema.toCodec(Request)
const decodeSchema = Schema.decodeUnknownSync(schema)
const smallBytes = codec.encodeSync(small).slice()
const largeBytes = codec.encodeSync(large).slice()
const smallView = new DataView(smallBytes.buffer)
const largeView = new DataView(largeBytes.buffer)
const target = new Uint8Array(4096)
const handTarget = new Uint8Array(4096)
const handView = new DataView(handTarget.buffer)

const claims: Array<Claim> = [
  {
    what: "decode, 57-byte request",
    subject: { name: "generated", run: () => codec.read(smallBytes, 0, smallBytes.length) },
    against: { name: "by hand", run: () => byHand.read(smallView, smallBytes.buffer, 0, smallBytes.length) },
    bound: { atLeast: 0.95 }
  },
  {
    what: "decode, 1 KiB body",
    subject: { name: "generated", run: () => codec.read(largeBytes, 0, largeBytes.length) },
    against: { name: "by hand", run: () => byHand.read(largeView, largeBytes.buffer, 0, largeBytes.length) },
    bound: { atLeast: 0.95 }
  },
  {
    what: "encode, 57-byte request",
    subject: { name: "generated", run: () => codec.write(small, target, 0) },
    against: { name: "by hand", run: () => byHand.write(handView, handTarget, 0, small) },
    bound: { atLeast: 0.95 }
  },
  {
    what: "encode, 1 KiB body",
    subject: { name: "generated", run: () => codec.write(large, target, 0) },
    against: { name: "by hand", run: () => byHand.write(handView, handTarget, 0, large) },
    bound: { atLeast: 0.95 }
  },
  {
    what: "Schema.decodeUnknownSync",
    subject: { name: "schema", run: () => decodeSchema(smallBytes) },
    against: { name: "compiled decoder", run: () => codec.decodeSync(smallBytes) },
    bound: { atLeast: 0.7 }
  },
  {
    what: "closures, decode",
    subject: { name: "closures", run: () => closures.read(smallBytes, 0, smallBytes.length) },
    against: { name: "generated", run: () => codec.read(smallBytes, 0, smallBytes.length) },
    bound: { atLeast: 0.5 }
  },
  {
    what: "closures, encode",
    subject: { name: "closures", run: () => closures.write(small, target, 0) },
    against: { name: "generated", run: () => codec.write(small, target, 0) },
    bound: { atLeast: 0.5 }
  },
  {
    what: "lazy view, two fields",
    subject: {
      name: "view",
      run: () => {
        const view = codec.viewSync(smallBytes)
        return view.sequence + view.apiKey
      }
    },
    against: {
      name: "full decode",
      run: () => {
        const value = codec.decodeSync(smallBytes)
        return value.sequence + value.apiKey
      }
    },
    bound: { atLeast: 4 }
  }
]
const rows = claims.map((claim) => measure(claim))
report(rows)
if (process.argv.includes("--times")) {
  for (const row of rows) console.log(row.what, row.nanoseconds.map((time) => time.toFixed(0)).join(" / "))
}
