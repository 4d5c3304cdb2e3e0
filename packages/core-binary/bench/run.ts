/**
 * Ratios of this package against code written by hand and against its peers: `node bench/run.ts [--json]`.
 *
 * Every contender has a call site of its own, as a program that uses one codec has: sites that a loop makes share what the
 * engine learns about them.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { isDeepStrictEqual } from "node:util"
import * as Schema from "effect/Schema"
import { type Claim, measure, report, row, type Row } from "../../../harness/ratio.ts"
import * as AotCompiler from "../src/AotCompiler.ts"
import * as Binary from "../src/Binary.ts"
import * as BinarySchema from "../src/BinarySchema.ts"
import * as Codec from "../src/Codec.ts"
import * as Parser from "../src/Parser.ts"
import * as byHand from "./byHand.ts"
import { large, Request, small } from "./echo.ts"
import { others } from "./others.ts"
import { peers, plain } from "./peers.ts"
import { sizes } from "./size.ts"

const codec = Codec.make(Request)
const smallBytes = codec.encodeSync(small).slice()
const largeBytes = codec.encodeSync(large).slice()
const smallView = new DataView(smallBytes.buffer)
const largeView = new DataView(largeBytes.buffer)
// One buffer for both writers: where a buffer happens to lie is worth several percent.
const target = new Uint8Array(4096)
const targetView = new DataView(target.buffer)
for (const message of [small, large]) {
  const ours = target.slice(0, codec.write(message, target, 0))
  target.fill(0)
  if (!isDeepStrictEqual(ours, target.slice(0, byHand.write(targetView, target, 0, message))))
    throw new Error("the generated writer and the one by hand write different bytes")
}
const generatedRead = { name: "generated", run: () => codec.read(smallBytes, 0, smallBytes.length) }
const generatedWrite = { name: "generated", run: () => codec.write(small, target, 0) }

// Many short rounds: the machine changes its speed by half within seconds, and a round should see one speed.
const short = { rounds: 41, millisecondsPerRound: 8 }

const againstHand = (suffix: string): ReadonlyArray<Claim> =>
  handClaims(suffix).map((claim) => ({ ...short, ...claim }))

const handClaims = (suffix: string): ReadonlyArray<Claim> => [
  {
    what: `decode, 57-byte request${suffix}`,
    subject: generatedRead,
    against: { name: "by hand", run: () => byHand.read(smallView, smallBytes.buffer, 0, smallBytes.length) },
    bound: { atLeast: 0.95 }
  },
  {
    what: `decode, 1 KiB body${suffix}`,
    subject: { name: "generated", run: () => codec.read(largeBytes, 0, largeBytes.length) },
    against: { name: "by hand", run: () => byHand.read(largeView, largeBytes.buffer, 0, largeBytes.length) },
    bound: { atLeast: 0.95 }
  },
  {
    what: `encode, 57-byte request${suffix}`,
    subject: generatedWrite,
    against: { name: "by hand", run: () => byHand.write(targetView, target, 0, small) },
    bound: { atLeast: 0.95 }
  },
  {
    what: `encode, 1 KiB body${suffix}`,
    subject: { name: "generated", run: () => codec.write(large, target, 0) },
    against: { name: "by hand", run: () => byHand.write(targetView, target, 0, large) },
    bound: { atLeast: 0.95 }
  }
]

const decodeSchema = Schema.decodeUnknownSync(BinarySchema.toCodec(Request))
const closures = Codec.make(Request, { backend: "closures" })
const againstClosures = (suffix: string, atLeast: number): ReadonlyArray<Claim> => [
  {
    what: `closures, decode${suffix}`,
    subject: { name: "closures", run: () => closures.read(smallBytes, 0, smallBytes.length) },
    against: generatedRead,
    bound: { atLeast }
  },
  {
    what: `closures, encode${suffix}`,
    subject: { name: "closures", run: () => closures.write(small, target, 0) },
    against: generatedWrite,
    bound: { atLeast }
  }
]

const readings: ReadonlyArray<Claim> = [
  {
    what: "Schema.decodeUnknownSync",
    subject: { name: "schema", run: () => decodeSchema(smallBytes) },
    against: { name: "compiled decoder", run: () => codec.decodeSync(smallBytes) },
    bound: { atLeast: 0.7 }
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

const framed = Binary.Window(Binary.Int32, Request)
const frame = Codec.make(framed)
const stream = frame.encodeSync(small)
const input = new Uint8Array(stream.length * 4000)
for (let i = 0; i < 4000; i++) input.set(stream, i * stream.length)

const inPieces = (size: number) => {
  const chunks: Array<Uint8Array> = []
  for (let p = 0; p < input.length; p += size) chunks.push(input.slice(p, p + size))
  return () => {
    const parser = Parser.make(framed)
    let sum = 0
    for (const chunk of chunks) {
      parser.push(chunk, (message) => {
        sum += message.metadata.length
      })
    }
    return sum
  }
}

const inPlace = {
  name: "decoding in place",
  run: () => {
    let sum = 0
    for (let p = 0; p < input.length; p += stream.length) {
      const message = frame.read(input, p, p + stream.length)
      if (message === Codec.invalid) throw new Error("invalid")
      sum += (message as typeof small).metadata.length
    }
    return sum
  }
}

const framing: ReadonlyArray<Claim> = [
  {
    what: "parser, 64 KiB chunks",
    subject: { name: "parser", run: inPieces(65536) },
    against: inPlace,
    bound: { atLeast: 0.8 }
  },
  {
    what: "parser, 1 KiB chunks",
    subject: { name: "parser", run: inPieces(1024) },
    against: inPlace,
    bound: { atLeast: 0.5 }
  },
  {
    what: "parser, a byte at a time: twice the input",
    subject: {
      name: "whole input",
      run: () => {
        const parser = Parser.make(framed)
        let sum = 0
        for (let p = 0; p < stream.length * 1000; p++)
          parser.push(input.subarray(p, p + 1), (message) => (sum += message.metadata.length))
        return sum
      }
    },
    against: {
      name: "half of it",
      run: () => {
        const parser = Parser.make(framed)
        let sum = 0
        for (let p = 0; p < stream.length * 500; p++)
          parser.push(input.subarray(p, p + 1), (message) => (sum += message.metadata.length))
        return sum
      }
    },
    bound: { atMost: 2.3 },
    equal: (a, b) => a === 2 * (b as number)
  }
]

const broken = smallBytes.slice()
broken[10] = 0x74
const brokenView = new DataView(broken.buffer)
const failing: ReadonlyArray<Claim> = [
  {
    what: "an error, with offset and path",
    subject: { name: "decode", run: () => codec.decode(broken)._tag },
    against: {
      name: "throw by hand",
      run: () => {
        try {
          if (byHand.read(brokenView, broken.buffer, 0, broken.length) === undefined)
            throw new Error("subject: invalid length at byte 10")
          return "Success"
        } catch {
          return "Failure"
        }
      }
    },
    bound: { atMost: 1 }
  }
]

/** A Python script of this directory that prints the seconds one reading of the small request takes. */
const python = (script: string, against: string): ReadonlyArray<Row> => {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const run = spawnSync("python3", [path, Buffer.from(smallBytes).toString("hex")], { encoding: "utf8" })
  if (run.status !== 0) {
    const why = run.error?.message ?? run.stderr.trim().split("\n").at(-1)
    console.error(`skipped: decode, 57-byte request, against ${against} (${why})`)
    return []
  }
  const start = performance.now()
  for (let i = 0; i < 1e6; i++) codec.read(smallBytes, 0, smallBytes.length)
  const ours = (performance.now() - start) / 1e9
  return [row("decode, 57-byte request", against, Number(run.stdout) / ours, undefined)]
}

const rows: Array<Row & { readonly nanoseconds?: readonly [number, number] }> = []
const run = (claims: ReadonlyArray<Claim>) => {
  for (const claim of claims) rows.push(measure(claim))
}

run(againstHand(""))
run(readings)
run(againstClosures("", 0.5))
for (const peer of peers(smallBytes, small)) {
  run([
    {
      what: "Schema.decodeUnknownSync, 57-byte request",
      subject: { name: "schema", run: () => decodeSchema(smallBytes) },
      against: { name: peer.name, run: peer.decode },
      bound: { atLeast: peer.name === "SchemaBinary" ? 4 : 1 },
      equal: (ours, theirs) =>
        JSON.stringify(plain(ours as typeof small)) === JSON.stringify(peer.normal(theirs as never))
    }
  ])
}
run(framing)
run(failing)

const aot = Codec.make(
  (() => {
    const layout = Binary.Struct(Request.fields)
    const module = new Function(
      AotCompiler.emit(layout)
        .replace(/export const fingerprint = (.*)/, "const fingerprint = $1")
        .replace("export const make", "const make") + "\nreturn { fingerprint, make }"
    )
    AotCompiler.install(layout, module() as AotCompiler.Module)
    return layout
  })()
)
run([
  {
    what: "ahead-of-time module, decode",
    subject: { name: "ahead of time", run: () => aot.read(smallBytes, 0, smallBytes.length) },
    against: generatedRead,
    bound: { atLeast: 1 }
  }
])
others("generated")
others("closures")
run(againstHand(", twenty other layouts live"))
run(againstClosures(", twenty other layouts live", 0.25))
rows.push(
  ...(await sizes()),
  ...python("struct_echo.py", "CPython's struct"),
  ...python("cython_echo.py", "a Cython parser")
)
report(rows)
if (process.argv.includes("--times")) {
  for (const { nanoseconds, what } of rows)
    if (nanoseconds !== undefined) console.log(what, nanoseconds.map((time) => time.toFixed(0)).join(" / "))
}
