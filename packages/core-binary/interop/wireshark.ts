/**
 * Runs generated dissectors in TShark: every field that `Explain` finds must be at the same place in TShark's tree, over UDP,
 * and every message must come out of TCP segments that cut it anywhere.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { compose } from "../fuzz/composed.ts"
import { layouts } from "../fuzz/layouts.ts"
import { Codec, Describe, Explain, Wireshark } from "../src/index.ts"
import type { Any } from "../src/Layout.ts"
import { Chunks, Random, Values } from "../src/testing.ts"
import { tcp, udp, udpPayload } from "./capture.ts"

const seed = 7
const messages = 40
const directory = mkdtempSync(join(tmpdir(), "bytewright-"))

const tshark = (name: string, layout: Any, transport: "udp" | "tcp", capture: Uint8Array): string => {
  const script = join(directory, `${name}.lua`)
  const file = join(directory, `${name}.pcap`)
  writeFileSync(script, Wireshark.dissector(layout, { name: `bw_${name}`, transport, ports: [9000] }).text)
  writeFileSync(file, capture)
  const reassemble = ["-o", "tcp.desegment_tcp_streams:TRUE", "-o", "tcp.check_checksum:FALSE"]
  return execFileSync("tshark", ["-X", `lua_script:${script}`, ...reassemble, "-r", file, "-T", "pdml"], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"]
  })
}

/** Each with the messages of it; after our own, layouts composed at random. */
const subjects: ReadonlyArray<readonly [name: string, layout: Any, messages: number]> = [
  ...Object.entries<Any>(layouts).map(([name, layout]) => [name, layout, messages] as const),
  ...Array.from({ length: 100 }, (_, index) => [`composed${index}`, compose(Random.make(seed, index)), 8] as const)
]

/** The names of the fields below the dissector's protocol, by `offset+size`. */
const places = (name: string, packet: string): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>()
  const tags = packet.matchAll(/<field name="([^"]*)" showname="([^":(]*)[^>]*? size="(\d+)" pos="(\d+)"/g)
  for (const [, filter, label, size, position] of tags) {
    if (!filter!.startsWith(`bw_${name}.`)) continue
    const key = `${Number(position) - udpPayload}+${size}`
    const names = found.get(key) ?? new Set()
    found.set(key, names.add(label!.replace("[truncated]", "").trim()))
  }
  return found
}

/** What a dissector may call the field of a row: its own name, that of the case it is, or in a recursion that of its first place. */
const namesOf = (name: string, layout: Any, row: Explain.Row): ReadonlyArray<string> => {
  const keys = row.path.replaceAll(/\[\d+\]/g, "").split(".")
  const cases = [...JSON.stringify(Describe.describe(layout)).matchAll(/"name":"(\w+)","from"/g)].map(
    (match) => match[1]!
  )
  const array = row.role === "group" && row.type.startsWith("array")
  const suffix = array ? " elements" : row.role === "field" || row.role === "group" ? "" : ` ${row.role}`
  return [`bw_${name}`, ...keys, ...cases].map((each) => `${each}${suffix}`)
}

const isThere = (name: string, layout: Any, row: Explain.Row, there: Map<string, Set<string>>): boolean => {
  const found = there.get(`${row.offset}+${row.size}`)
  return row.role === "terminator" || row.size === 0 || namesOf(name, layout, row).some((each) => found?.has(each))
}

let passed = 0
let failed = 0
const claim = (what: string, holds: boolean, detail = ""): void => {
  if (holds) passed++
  else failed++
  if (!holds) console.log(`FAILED ${what} ${detail}`)
}

try {
  for (const [name, layout, count] of subjects) {
    const codec = Codec.make(layout)
    const generate = Values.make(layout)
    const all: Array<Uint8Array> = []
    try {
      for (let index = 0; index < count; index++) all.push(codec.encodeSync(generate(Random.make(seed, index))))
    } catch (error) {
      console.log(`${name}: no generated values: ${String(error)}`)
    }
    const valid = all.filter((bytes) => bytes.length > 0)
    const packets = tshark(name, layout, "udp", udp(valid)).split("<packet>").slice(1)
    valid.forEach((bytes, index) => {
      const packet = packets[index] ?? ""
      const there = places(name, packet)
      const { rows } = Explain.explain(layout, bytes)
      const missing = rows.filter((row) => !isThere(name, layout, row, there))
      const faults = packet.includes(`bw_${name}.malformed`)
      claim(
        `${name} ${seed}:${index.toString(16)}`,
        missing.length === 0 && !faults,
        JSON.stringify(missing[0]) + (faults ? " malformed" : "")
      )
    })
  }
  const stream = new Uint8Array(
    Buffer.concat(
      Array.from({ length: 20 }, (_, index) =>
        Codec.make(layouts.echo).encodeSync(Values.make(layouts.echo)(Random.make(seed, index)))
      )
    )
  )
  for (const chunks of [Chunks.ofSize(stream, 1), Chunks.ofSize(stream, 3), Chunks.ofSize(stream, 50), [stream]]) {
    const out = tshark("echo", layouts.echo, "tcp", tcp(chunks))
    const found = out.match(/<field name="bw_echo\.timestamp"/g)?.length ?? 0
    claim(`TCP in ${chunks.length} segments`, found === 20 && !out.includes("malformed"), `${found} messages`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
