/** Ratios of this package against code written by hand: `node bench/run.ts [--json]`. */
import { type Claim, measure, report } from "../../../harness/ratio.ts"
import * as Codec from "../src/Codec.ts"
import * as byHand from "./byHand.ts"
import { large, Request, small } from "./echo.ts"

const claims: Array<Claim> = []
for (const [name, value] of [
  ["57 bytes", small],
  ["1 KiB body", large]
] as const) {
  const codec = Codec.make(Request)
  const closures = Codec.make(Request, { backend: "closures" })
  const bytes = codec.encodeSync(value).slice()
  const view = new DataView(bytes.buffer)
  const target = new Uint8Array(4096)
  const targetView = new DataView(target.buffer)
  const generatedRead = { name: "generated", run: () => codec.read(bytes, 0, bytes.length) }
  const generatedWrite = { name: "generated", run: () => codec.write(value, target, 0) }
  claims.push(
    {
      what: `decode, ${name}`,
      subject: generatedRead,
      against: { name: "by hand", run: () => byHand.read(view, bytes.buffer, 0, bytes.length) },
      bound: { atLeast: 0.95 }
    },
    {
      what: `encode, ${name}`,
      subject: generatedWrite,
      against: { name: "by hand", run: () => byHand.write(targetView, target, 0, value) },
      bound: { atLeast: 0.95 }
    },
    {
      what: `decode by closures, ${name}`,
      subject: { name: "closures", run: () => closures.read(bytes, 0, bytes.length) },
      against: generatedRead,
      bound: { atLeast: 0.5 }
    },
    {
      what: `encode by closures, ${name}`,
      subject: { name: "closures", run: () => closures.write(value, target, 0) },
      against: generatedWrite,
      bound: { atLeast: 0.5 }
    }
  )
}
const rows = claims.map((claim) => measure(claim))
report(rows)
if (process.argv.includes("--times"))
  for (const row of rows) console.log(row.what, row.nanoseconds.map((ns) => ns.toFixed(0)).join(" / "))
